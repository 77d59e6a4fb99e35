//! What a call stores beside its value: in which form it lies in the OUT area.

use super::system::{OUT, OUT_LEN, Out};

/// A form in which results lie in memory, as x86-64 has them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutForm {
    /// The `int` of wait4.
    Status,
    /// The `siginfo_t` of waitid.
    Info,
    /// The two `int` of pipe.
    Fds,
    /// So many words of 32 bits.
    Words(usize),
    /// The first `struct signalfd_siginfo`: its number, code, sender, status, value, address.
    Signal,
    /// What two `struct pollfd` tell, in place of descriptors.
    Events,
    /// A `struct itimerval` at [`ITIMER_AT`]: the interval, and of the time that is left hundreds of seconds.
    Itimer,
    /// The `struct timespec` of clock_getres: the seconds, and whether it is more than a nanosecond.
    Resolution,
}

fn int(bytes: &[u8], at: usize) -> i32 {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
    word.map_or(0, i32::from_le_bytes)
}

impl OutForm {
    /// Bytes from the start of the area in which every form lies.
    pub const BYTES: usize = 128;

    /// The form of what this call has stored in the OUT area; none where it was not given it, or gave a value with
    /// which nothing is stored. `args` are those of the command, in which the area is [`OUT`].
    #[must_use]
    pub fn of(nr: u64, args: &[u64; 6], value: i64) -> Option<OutForm> {
        let [first, second, third, fourth, ..] = *args;
        match nr {
            22 | 293 if first == OUT && value == 0 => Some(OutForm::Fds),
            61 if second == OUT && value > 0 => Some(OutForm::Status),
            247 if third == OUT && value == 0 => Some(OutForm::Info),
            // getresuid, getresgid; getgroups; capget; getrlimit, prlimit64.
            118 | 120 if first == OUT && value == 0 => Some(OutForm::Words(3)),
            115 if second == OUT && value > 0 && first.cast_signed() > 0 => Some(OutForm::Words(
                usize::try_from(value).unwrap_or(usize::MAX).min(8),
            )),
            125 if second == OUT && value == 0 => Some(OutForm::Words(6)),
            97 if second == OUT && value == 0 => Some(OutForm::Words(4)),
            302 if fourth == OUT && value == 0 => Some(OutForm::Words(4)),
            7 if first == OUT && value > 0 => Some(OutForm::Events),
            36 if second == ITIMER_AT && value == 0 => Some(OutForm::Itimer),
            38 if third == ITIMER_AT && value == 0 => Some(OutForm::Itimer),
            229 if second == OUT && value == 0 => Some(OutForm::Resolution),
            0 if second == OUT && value >= 128 => Some(OutForm::Signal),
            // TCGETS; a size; a number.
            16 if third == OUT && value == 0 => Some(OutForm::Words(match second {
                0x5401 => 8,
                0x5413 => 2,
                _ => 1,
            })),
            _ => None,
        }
    }

    /// Reads it.
    #[must_use]
    pub fn read(self, bytes: &[u8; OutForm::BYTES]) -> Out {
        match self {
            OutForm::Status => Out::Status(int(bytes, 0)),
            OutForm::Fds => Out::Fds(int(bytes, 0), int(bytes, 4)),
            OutForm::Words(count) => Out::Words(std::array::from_fn(|at| {
                if at < count {
                    int(bytes, at * 4).cast_unsigned()
                } else {
                    0
                }
            })),
            OutForm::Events => Out::Fds(int(bytes, 4) >> 16 & 0xffff, int(bytes, 12) >> 16 & 0xffff),
            OutForm::Itimer => {
                let word = |at: usize| int(bytes, 32 + at).cast_unsigned();
                Out::Words([word(0), word(8), hundreds(word(16)), 0, 0, 0, 0, 0])
            }
            OutForm::Resolution => {
                let coarse = u32::from(int(bytes, 8) > 1);
                Out::Words([int(bytes, 0).cast_unsigned(), coarse, 0, 0, 0, 0, 0, 0])
            }
            OutForm::Signal => {
                let places = [0, 8, 12, 40, 44, 48, 52, 72];
                Out::Words(places.map(|at| int(bytes, at).cast_unsigned()))
            }
            OutForm::Info => Out::Info {
                signo: int(bytes, 0),
                code: int(bytes, 8),
                pid: int(bytes, 16),
                status: int(bytes, 24),
            },
        }
    }
}

/// Where in the area an old `struct itimerval` goes: behind all that others store there.
pub const ITIMER_AT: u64 = OUT + 32;

/// Seconds to the nearest hundred: time passes while a program runs, and programs know no other times than far ones.
const fn hundreds(seconds: u32) -> u32 {
    seconds.saturating_add(50) / 100
}

/// What is looked at of a value that a call gave: of the seconds that alarm tells the hundreds; of the moment that times
/// tells nothing.
#[must_use]
pub fn told(nr: u64, value: i64) -> i64 {
    match nr {
        37 => u32::try_from(value).map_or(value, |seconds| i64::from(hundreds(seconds))),
        100 => value.min(0),
        _ => value,
    }
}

/// Whether an argument is an address of the area.
#[must_use]
pub fn is_outward(arg: u64) -> bool {
    (OUT..OUT + OUT_LEN).contains(&arg)
}

/// An argument with the area, which lies at `out`, in place of what stands for it.
#[must_use]
pub fn translated(arg: u64, out: u64) -> u64 {
    if is_outward(arg) { out + (arg - OUT) } else { arg }
}

/// Words from the start of the area in which lies what a call is given.
pub const GIVEN: usize = 13;

/// What a call finds in its OUT area, which lies at `out`, beside zeroes: of clone3 the structure, of poll the array. Their
/// parts are the arguments behind those that the call takes.
#[must_use]
pub fn given(nr: u64, args: &[u64; 6], out: u64) -> [u64; GIVEN] {
    let mut words = [0; GIVEN];
    let [first, _, third, fourth, fifth, sixth] = *args;
    match nr {
        // clone3(OUT, size), then flags, exit signal, set_tid: flags, pidfd, child_tid, parent_tid, exit_signal, stack,
        // stack_size, tls, set_tid, set_tid_size, cgroup, the number, the place of the descriptor.
        435 if first == OUT => {
            let (number, place) = (out + 88, out + 96);
            let wants = third & 0x1000 != 0;
            let set_tid = if fifth == 0 {
                [0, 0, 0]
            } else {
                [number, 1, fifth & 0xffff_ffff]
            };
            words = [
                third,
                if wants { place } else { 0 },
                0,
                0,
                fourth,
                0,
                0,
                0,
                set_tid[0],
                set_tid[1],
                0,
                set_tid[2],
                0,
            ];
        }
        // poll(OUT, nfds, timeout), then two descriptors and what is asked of both.
        7 if first == OUT => {
            let pollfd = |fd: u64| fd & 0xffff_ffff | (sixth & 0xffff) << 32;
            [words[0], words[1]] = [pollfd(fourth), pollfd(fifth)];
        }
        _ => {}
    }
    words
}
