//! The C front end and the processor: programs are compiled, run on flat memory, and compared with `cc`.
#![allow(missing_docs, unreachable_pub)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod flat;
mod fuzz;
mod image;
mod messages;
mod own_headers;
mod programs;
mod random_expressions;
mod snippets;
mod support;
