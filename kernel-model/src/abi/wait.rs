//! The status words of `wait(2)`.

use super::signal::Signal;

/// What a parent learns of a child.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WaitStatus {
    /// It called exit with this code (the low eight bits are kept).
    Exited(u8),
    /// A signal ended it.
    Signaled {
        /// The signal.
        signal: Signal,
        /// Whether a core was dumped.
        core: bool,
    },
    /// A signal stopped it.
    Stopped(Signal),
    /// It was continued.
    Continued,
}

impl WaitStatus {
    /// The word that `wait4` stores: `code << 8`, or the signal with 0x80 for a core, or
    /// `signal << 8 | 0x7f`, or 0xffff.
    #[must_use]
    pub const fn to_word(self) -> i32 {
        match self {
            WaitStatus::Exited(code) => (code as i32) << 8,
            WaitStatus::Signaled { signal, core } => signal.number() as i32 | if core { 0x80 } else { 0 },
            WaitStatus::Stopped(signal) => (signal.number() as i32) << 8 | 0x7f,
            WaitStatus::Continued => 0xffff,
        }
    }

    /// Reads a word back; none when it is no status that Linux gives.
    #[must_use]
    pub const fn from_word(word: i32) -> Option<WaitStatus> {
        let low = word & 0x7f;
        match (word, low) {
            (0xffff, _) => Some(WaitStatus::Continued),
            (_, 0) => Some(WaitStatus::Exited((word >> 8 & 0xff) as u8)),
            (_, 0x7f) => match Signal::new((word >> 8 & 0xff) as u64) {
                Some(signal) => Some(WaitStatus::Stopped(signal)),
                None => None,
            },
            _ => match Signal::new(low as u64) {
                Some(signal) => Some(WaitStatus::Signaled {
                    signal,
                    core: word & 0x80 != 0,
                }),
                None => None,
            },
        }
    }
}
