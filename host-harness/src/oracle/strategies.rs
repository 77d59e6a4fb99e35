//! Programs for property tests: [proptest](https://docs.rs/proptest) strategies, which shrink in proptest's way too.
//! With the feature `proptest`.
//!
//! ```
//! use host_harness::oracle::{check, model::Model, strategies};
//! use proptest::prelude::*;
//!
//! proptest!(ProptestConfig::with_cases(32), |(program in strategies::programs(10))| {
//!     let mut system = Model::new().expect("the model boots");
//!     let verdict = check::check(&program, &mut system, check::Options::default(), &mut Default::default());
//!     prop_assert_eq!(verdict.map(|verdict| verdict.divergence()), Ok(None));
//! });
//! ```

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::strategy::Union;

use super::alphabet::CallId;
use super::kind::Kind;
use super::operand::Operand;
use super::program::{Program, Step};

/// Operands of a kind; usual ones mostly.
pub fn operands(kind: Kind) -> impl Strategy<Value = Operand> {
    let classes = [(80, kind.usual), (15, kind.rare), (5, kind.wild)];
    let classes = classes.into_iter().filter(|(_, class)| !class.is_empty());
    let weighted = classes.map(|(weight, class)| (weight, proptest::sample::select(class)));
    (Union::new_weighted(weighted.collect()), 0..4u32).prop_map(|(operand, k)| match operand.chooses() {
        Some(_) => operand.with(k),
        None => operand,
    })
}

/// Steps that make one call.
pub fn steps_of(call: CallId) -> impl Strategy<Value = Step> {
    let each: Vec<_> = call.row().kinds.iter().map(|kind| operands(*kind)).collect();
    (0..4u32, each, Just(call)).prop_map(|(who, operands, call)| Step { who, call, operands })
}

/// Steps of any call, each as often as its row says.
pub fn steps() -> impl Strategy<Value = Step> {
    Union::new_weighted(
        CallId::all()
            .map(|call| (call.row().weight, steps_of(call).boxed()))
            .collect(),
    )
}

/// Programs of at most so many steps.
pub fn programs(most: usize) -> impl Strategy<Value = Program> {
    vec(steps(), 0..=most).prop_map(|steps| Program { steps })
}
