//! `ktm`: runs ordinary C programs on [`kernel_model`] and shows what the kernel did.
//!
//! The parts, from the bottom; a module uses only those above its own in this list:
//!
//! | module | holds |
//! |---|---|
//! | [`isa`] | the instructions and the image of a program |
//! | [`liveness`] | what of a frame a program can still read |
//! | [`libc`] | the C library and the programs of `/bin`, in C |
//! | [`c`] | the C front end: from text to an image |
//! | [`machine`] | processors, memory and the kernel, as one value with one door |
//! | [`report`] | what people and programs are shown |
//! | [`oracle`] | systems that make calls one at a time, compared with each other |
//! | [`run`], [`native`], [`diff`], [`cover`], [`conform`] | a verb of the command line each |
//! | [`cli`] | the command line |
// Allowed again for `oracle::linux` alone; tests/floors.rs holds it to that.
#![deny(unsafe_code)]

pub mod c;
pub mod cli;
pub mod conform;
pub mod cover;
pub mod diff;
pub mod explore;
pub mod isa;
pub mod libc;
pub mod liveness;
pub mod machine;
pub mod native;
pub mod oracle;
pub mod report;
pub mod run;
