//! An executable model of the Linux task model: `task_struct`, the ring of processes, fork, vfork and clone with
//! copy-on-write pages, the states, exit and wait, descriptors and pipes, signals as far as they end a process.
//!
//! A [`Kernel`] is one owned value and a pure state machine. Time, choices and the contents of pages come from
//! outside; the same inputs give the same state. It allocates nothing, has no unsafe code and never panics on
//! input. What it wants done it says in [`Effect`]s, which the [`Board`] below it carries out.
//!
//! The floors, from the bottom; a module uses only those below its own:
//!
//! | floor | module | holds |
//! |---|---|---|
//! | 0 | [`abi`] | the words: errno, ids, flags, calls, effects |
//! | 1 | [`store`] | the containers: arena, list, bitmap |
//! | 2 | [`objects`] | the objects: task, mm, file, ... |
//! | 3 | [`world`] | all tables together |
//! | 4 | [`verbs`] | fork, exit, wait, fault, wake, ... |
//! | 5 | [`syscall`] | the calls: decode, check, call verbs, encode |
//! | 6 | [`kernel`] | the front door; the only generic code |
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]
#[cfg(any(test, feature = "alloc"))]
extern crate alloc;

pub mod abi;
pub mod kernel;
pub mod objects;
pub mod store;
pub mod syscall;
pub mod verbs;
pub mod world;

pub use abi::call::{Call, Outcome};
pub use abi::effect::{Board, Effect};
pub use abi::errno::Errno;
pub use abi::ids::{Pid, TaskRef};
pub use kernel::Kernel;
