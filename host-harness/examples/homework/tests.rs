//! Without a mistake the kernel agrees with the model, and each mistake has a name of its own.

use std::collections::BTreeSet;

use host_harness::oracle::check::{Options, check};
use host_harness::oracle::generate::{program_within, seed_of};
use host_harness::oracle::program::Observe;
use host_harness::oracle::scope::Scope;
use host_harness::oracle::system::System;
use host_harness::oracle::tally::Tally;

use crate::kernel::Kernel;
use crate::mistake::Mistake;

#[test]
fn without_a_mistake_it_agrees_with_the_model() {
    let options = Options {
        observe: Observe::Each,
        audit: false,
    };
    let mut kernel = Kernel::new(None);
    let scope = kernel.scope();
    assert_ne!(scope, Scope::ALL, "each name in the list is that of a call");
    for number in 0..3000 {
        let program = program_within(seed_of(7, number), 30, &scope);
        let verdict = check(&program, &mut kernel, options, &mut Tally::default()).unwrap();
        if let Some(found) = verdict.divergence() {
            panic!("program {number}: {found:#?}");
        }
    }
}

#[test]
fn mistakes_are_told_apart() {
    assert!(Mistake::ALL.len() >= 30);
    let names: BTreeSet<String> = Mistake::ALL.iter().map(|mistake| mistake.name()).collect();
    assert_eq!(names.len(), Mistake::ALL.len());
    for mistake in Mistake::ALL {
        assert_eq!(Mistake::named(&mistake.name()), Some(*mistake));
    }
}
