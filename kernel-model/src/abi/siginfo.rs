//! `siginfo_t`: what a signal tells beside its number, in the 48 bytes that the kernel keeps of it.

use super::ids::{Pid, Uid};
use super::signal::Signal;
use super::wait::WaitStatus;

/// `kill(2)`.
pub const SI_USER: i32 = 0;
/// The kernel itself.
pub const SI_KERNEL: i32 = 0x80;
/// `sigqueue(3)`.
pub const SI_QUEUE: i32 = -1;
/// A timer of `timer_create(2)`.
pub const SI_TIMER: i32 = -2;
/// `tkill(2)` and `tgkill(2)`.
pub const SI_TKILL: i32 = -6;
/// A child exited.
pub const CLD_EXITED: i32 = 1;
/// A child was killed.
pub const CLD_KILLED: i32 = 2;
/// A child was killed, and a core was dumped.
pub const CLD_DUMPED: i32 = 3;
/// A child has stopped.
pub const CLD_STOPPED: i32 = 5;
/// A child was continued.
pub const CLD_CONTINUED: i32 = 6;
/// No such mapping.
pub const SEGV_MAPERR: i32 = 1;
/// The mapping does not allow it.
pub const SEGV_ACCERR: i32 = 2;

/// Bytes of a `siginfo_t` in user space.
pub const SIGINFO_BYTES: usize = 128;
/// Bytes of it that the kernel keeps.
pub const KERNEL_SIGINFO_BYTES: usize = 48;

/// Bytes of a `struct signalfd_siginfo`.
pub const SIGNALFD_SIGINFO_BYTES: usize = 128;

/// What the words behind the code are (`enum siginfo_layout`).
enum Layout {
    Kill,
    Timer,
    Poll,
    Fault,
    Chld,
    Rt,
    Sys,
}

/// What a signal tells: `si_signo`, `si_errno`, `si_code`, a gap, and words whose meaning the code says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct SigInfo([u32; 12]);

impl SigInfo {
    /// Nothing: a free slot.
    pub(crate) const ZERO: SigInfo = SigInfo([0; 12]);

    const fn of(signal: Signal, code: i32) -> SigInfo {
        let mut words = [0; 12];
        words[0] = signal.number() as u32;
        words[2] = code.cast_unsigned();
        SigInfo(words)
    }

    /// From a process: SI_USER, SI_TKILL, SI_KERNEL (with 0 and 0), ...
    #[must_use]
    pub const fn sent(signal: Signal, code: i32, pid: Pid, uid: Uid) -> SigInfo {
        let mut info = SigInfo::of(signal, code);
        info.0[4] = pid.0;
        info.0[5] = uid.0;
        info
    }

    /// About a child: why, its status, and its user and system time in clock ticks.
    #[must_use]
    pub const fn child(
        signal: Signal,
        pid: Pid,
        uid: Uid,
        (code, status): (i32, i32),
        ticks: [u64; 2],
    ) -> SigInfo {
        let mut info = SigInfo::sent(signal, code, pid, uid);
        info.0[6] = status.cast_unsigned();
        let [utime, stime] = ticks;
        (info.0[8], info.0[9]) = halves(utime);
        (info.0[10], info.0[11]) = halves(stime);
        info
    }

    /// A fault at an address.
    #[must_use]
    pub const fn fault(signal: Signal, code: i32, addr: u64) -> SigInfo {
        let mut info = SigInfo::of(signal, code);
        (info.0[4], info.0[5]) = halves(addr);
        info
    }

    /// `code` and `si_status` of a child that has ended.
    #[must_use]
    pub const fn of_status(status: WaitStatus) -> (i32, i32) {
        match status {
            WaitStatus::Exited(code) => (CLD_EXITED, code as i32),
            WaitStatus::Signaled { signal, core: false } => (CLD_KILLED, signal.number() as i32),
            WaitStatus::Signaled { signal, core: true } => (CLD_DUMPED, signal.number() as i32),
            WaitStatus::Stopped(signal) => (CLD_STOPPED, signal.number() as i32),
            WaitStatus::Continued => (CLD_CONTINUED, Signal::SIGCONT.number() as i32),
        }
    }

    /// As a program passed it, but for the number.
    #[must_use]
    pub fn from_bytes(signal: Signal, bytes: &[u8; KERNEL_SIGINFO_BYTES]) -> SigInfo {
        let mut info = SigInfo::from_user(bytes);
        info.0[0] = u32::from(signal.number());
        info
    }

    /// As a program passed it, with its own number, which may be none.
    #[must_use]
    pub fn from_user(bytes: &[u8; KERNEL_SIGINFO_BYTES]) -> SigInfo {
        let mut info = SigInfo::ZERO;
        for (word, bytes) in info.0.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        }
        info
    }

    /// As a program gets it; what the kernel does not keep is 0.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SIGINFO_BYTES] {
        bytes_of(&self.0)
    }

    /// A `struct signalfd_siginfo`, as read(2) gives it: what the code has, each at a place of its own.
    #[must_use]
    pub fn to_signalfd_siginfo(&self) -> [u8; SIGNALFD_SIGINFO_BYTES] {
        let w = &self.0;
        let mut words = [0; SIGNALFD_SIGINFO_BYTES / 4];
        let mut put = |at: usize, values: &[u32]| {
            let places = words.iter_mut().skip(at);
            places.zip(values).for_each(|(place, value)| *place = *value);
        };
        // ssi_signo, ssi_errno, ssi_code
        put(0, &[w[0], w[1], w[2]]);
        match self.layout() {
            Layout::Kill => put(3, &[w[4], w[5]]),
            Layout::Timer => {
                // ssi_tid, ssi_overrun; ssi_int, ssi_ptr
                put(6, &[w[4], 0, w[5]]);
                put(11, &[w[6], w[6], w[7]]);
            }
            // ssi_fd; of the band, the lower half
            Layout::Poll => put(5, &[w[6], 0, w[4]]),
            // ssi_addr
            Layout::Fault => put(18, &[w[4], w[5]]),
            Layout::Chld => {
                put(3, &[w[4], w[5]]);
                // ssi_status; ssi_utime, ssi_stime
                put(10, &[w[6]]);
                put(14, &[w[8], w[9], w[10], w[11]]);
            }
            Layout::Rt => {
                put(3, &[w[4], w[5]]);
                put(11, &[w[6], w[6], w[7]]);
            }
            // ssi_syscall; ssi_call_addr, ssi_arch
            Layout::Sys => put(21, &[w[6], w[4], w[5], w[7]]),
        }
        bytes_of(&words)
    }

    /// `siginfo_layout()`: what the words of such a code mean.
    const fn layout(&self) -> Layout {
        const SI_SIGIO: i32 = -5;
        match self.code() {
            code @ 1..SI_KERNEL => match self.0[0] {
                17 if code <= 6 => Layout::Chld,
                4 if code <= 11 => Layout::Fault,
                8 if code <= 15 => Layout::Fault,
                11 if code <= 10 => Layout::Fault,
                7 if code <= 5 => Layout::Fault,
                5 if code <= 6 => Layout::Fault,
                31 if code <= 2 => Layout::Sys,
                _ if code <= 6 => Layout::Poll,
                _ => Layout::Kill,
            },
            SI_TIMER => Layout::Timer,
            SI_SIGIO => Layout::Poll,
            code if code < 0 => Layout::Rt,
            _ => Layout::Kill,
        }
    }

    /// `si_signo`, whatever a program put there.
    #[must_use]
    pub const fn signo(&self) -> i32 {
        self.0[0].cast_signed()
    }

    /// `si_signo`; none in a free slot.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        Signal::new(u64::from(self.0[0]))
    }

    /// `si_code`.
    #[must_use]
    pub const fn code(&self) -> i32 {
        self.0[2].cast_signed()
    }

    /// `si_pid`, where the code has one.
    #[must_use]
    pub const fn pid(&self) -> Pid {
        Pid(self.0[4])
    }

    /// `si_uid`, where the code has one.
    #[must_use]
    pub const fn uid(&self) -> Uid {
        Uid(self.0[5])
    }

    /// `si_status`, where the code has one.
    #[must_use]
    pub const fn status(&self) -> i32 {
        self.0[6].cast_signed()
    }

    /// `si_value`, where the code has one.
    #[must_use]
    pub const fn value(&self) -> u64 {
        self.0[6] as u64 | (self.0[7] as u64) << 32
    }

    /// `si_addr`, where the code has one.
    #[must_use]
    pub const fn addr(&self) -> u64 {
        self.0[4] as u64 | (self.0[5] as u64) << 32
    }

    /// `known_siginfo_layout()`: whether the kernel knows what the words of such a code mean, and that there are no more.
    #[must_use]
    pub const fn has_known_layout(&self) -> bool {
        const SI_DETHREAD: i32 = -7;
        const SI_ASYNCNL: i32 = -60;
        // The highest codes of SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP, SIGCHLD, SIGPOLL, SIGSYS; NSIGPOLL for others.
        let limit = match self.0[0] {
            4 => 11,
            8 => 15,
            11 => 10,
            7 => 5,
            5 | 17 | 29 => 6,
            31 => 2,
            _ => 6,
        };
        let code = self.code();
        match code {
            SI_KERNEL | SI_ASYNCNL => true,
            1.. => code <= limit,
            _ => code >= SI_DETHREAD,
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the two halves of a word")]
const fn halves(word: u64) -> (u32, u32) {
    (word as u32, (word >> 32) as u32)
}

/// The bytes of these words, and 0 behind them.
fn bytes_of<const N: usize>(words: &[u32]) -> [u8; N] {
    let mut bytes = [0; N];
    let all = words.iter().flat_map(|word| word.to_le_bytes());
    bytes.iter_mut().zip(all).for_each(|(to, from)| *to = from);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_lie_where_linux_has_them() {
        let info = SigInfo::child(Signal::SIGCHLD, Pid(7), Uid(8), (CLD_EXITED, 3), [4, 5]);
        let bytes = info.to_bytes();
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!([0, 8, 16, 20, 24, 32, 40].map(word), [17, 1, 7, 8, 3, 4, 5]);
        let back: &[u8; 48] = bytes[..48].try_into().unwrap();
        assert_eq!(SigInfo::from_bytes(Signal::SIGCHLD, back), info);
        assert_eq!(
            SigInfo::fault(Signal::SIGSEGV, SEGV_ACCERR, 0x1234_5678_9abc).addr(),
            0x1234_5678_9abc
        );
    }
}
