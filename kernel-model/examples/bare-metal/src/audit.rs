//! The port's own audit: what the board has made of the model's orders. The model's audit cannot see it.

use kernel_model::Kernel;
use kernel_model::verbs::fault::{Access, translate};

use crate::board::Hardware;
use crate::paging::{self, Found};
use crate::tasks::Tables;

/// What the processor finds in its page tables is what the model would answer: no page too many, no right too much, no
/// address space that is gone. Of what is missing there the model is asked when it is needed.
pub fn tables(k: &Kernel<Tables>, hw: &Hardware) {
    let view = k.view();
    hw.tables.each(&mut |mm, addr, found| {
        let mm = view
            .mms
            .get(mm)
            .expect("audit: page tables of an address space that is gone");
        let known = translate(mm, view.vmas, view.tables, addr, Access::Read).map(Found::from);
        assert!(
            paging::is_sound(found),
            "audit: the zero page can be written, at {addr:#x}"
        );
        assert_eq!(
            known,
            Some(found),
            "audit: what the model knows and what is mapped at {addr:#x}"
        );
    });
}
