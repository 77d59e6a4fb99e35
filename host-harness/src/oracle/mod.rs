//! The truth machine: the model, the running kernel and anyone's kernel, asked the same and compared.
//!
//! - [`system`]: what a system must do, so that it can be asked;
//! - [`model`]: the model as a system; [`linux`]: the running kernel; [`saved`]: answers in a file;
//! - [`alphabet`]: the calls, with [`kind`]s of arguments and [`operand`]s that mean something in every state, and the
//!   [`answers`] that they can get;
//! - [`program`]: steps of these; [`generate`]: random ones;
//! - [`check`]: a system held against the model; [`differ`]: where they differ; [`tally`]: what was reached;
//! - [`laws`]: what holds of every system, without a model beside it; `strategies`, with the feature `proptest`.
//! - [`lines`]: a kernel in another process; [`scope`]: what a kernel has, where it is less than all;
//! - [`shrink`]: the shortest program that still fails.

pub mod alphabet;
pub mod answers;
pub mod check;
pub mod differ;
pub mod generate;
pub mod inward;
pub mod kind;
pub mod laws;
pub mod lines;
// The one place with unsafe code: raw calls, memory shared with other processes, and the instructions they execute.
#[cfg_attr(
    not(all(target_os = "linux", target_arch = "x86_64")),
    path = "linux/elsewhere.rs"
)]
#[allow(
    unsafe_code,
    reason = "the running kernel is asked by raw calls and through shared memory"
)]
pub mod linux;
pub mod model;
pub mod operand;
pub mod out;
pub mod program;
pub mod registers;
pub mod saved;
pub mod scope;
pub mod shrink;
pub mod stacks;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod system;
pub mod tally;
mod view;
