//! Floor 2: the objects. Each file holds one, and names the others only by handle.

pub mod blocked;
pub mod cred;
pub mod file;
pub mod futex;
pub mod mm;
pub mod page_table;
pub mod pid;
pub mod pipe;
pub mod poll;
pub mod pte;
pub mod sched;
pub mod signal;
pub mod sigqueue;
pub mod task;
pub mod tty;
