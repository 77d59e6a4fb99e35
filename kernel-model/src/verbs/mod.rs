//! Floor 4: what tasks do and what happens to them. Verbs know nothing of call numbers or registers.

pub mod children;
pub mod cred;
pub mod deliver;
pub mod exec;
pub mod exit;
pub mod fault;
pub mod file;
pub mod fork;
pub mod frame;
pub mod futex;
pub mod group;
pub mod kill;
pub mod mm;
pub mod mmap;
pub mod n_tty;
pub mod pidfd;
pub mod pipe;
pub mod poll;
pub mod sched;
pub mod signal;
pub mod sigqueue;
pub mod state;
pub mod timer;
pub mod tty;
pub mod uaccess;
pub mod wait;
