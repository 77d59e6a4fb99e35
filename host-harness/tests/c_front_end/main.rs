//! The C front end and the processor: programs are compiled, run on flat memory, and compared with `cc`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs
)]

mod flat;
mod programs;
mod random_expressions;
mod snippets;
mod support;
