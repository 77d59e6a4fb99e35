//! `ktm`: runs ordinary C programs on `kernel-model` and shows what the kernel did.
#![forbid(unsafe_code)]
pub mod libc;
pub mod c;
pub mod isa;
pub mod machine;
pub mod report;
pub mod run;
