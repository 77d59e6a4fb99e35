//! Floor 0: the words that user space, the kernel and the embedder share. It knows nothing of tables.

pub mod call;
pub mod capability;
pub mod clock;
pub mod effect;
pub mod errno;
pub mod flags;
pub mod ids;
pub mod limits;
pub mod rlimit;
pub mod siginfo;
pub mod signal;
pub mod state;
pub mod termios;
pub mod wait;
pub mod words;
