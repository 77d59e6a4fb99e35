//! What a call takes from memory: how a system fills the area that [`IN`] stands for. The numbers in it are arguments of
//! the command behind those that the call itself looks at.

use kernel_model::abi::termios::{Cc, LocalModes, Termios};
use kernel_model::abi::words::from_bytes;

use super::system::{IN, IN_DFL, IN_IGN, IN_TIME};

/// Words of 64 bits in the area.
pub const WORDS: usize = 24;
/// The word of the area at which a length of time lies.
const TIME_AT: usize = 16;
/// The pid and the uid that a queued signal tells.
const TOLD: [u32; 2] = [77, 78];

/// A path, in words.
pub type Path = [u64; 3];

/// Where things lie in a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Places {
    /// The area itself.
    pub area: u64,
    /// The handler that every action installs.
    pub handler: u64,
    /// What it would return to.
    pub restorer: u64,
    /// An alternate stack of the task's own.
    pub stack: u64,
    /// The name of the terminal, with a NUL behind it.
    pub terminal: Path,
}

/// Whether the area is meant.
#[must_use]
pub const fn is_inward(arg: u64) -> bool {
    matches!(arg, IN | IN_IGN | IN_DFL | IN_TIME)
}

/// An argument with the area in place of what stands for it.
#[must_use]
pub const fn translated(arg: u64, area: u64) -> u64 {
    match arg {
        IN | IN_IGN | IN_DFL => area,
        IN_TIME => area + TIME_AT as u64 * 8,
        _ => arg,
    }
}

/// What the area holds when the call is made; none for a call that is not given it.
#[must_use]
pub fn content(nr: u64, args: &[u64; 6], places: &Places) -> Option<[u64; WORDS]> {
    if !args.iter().any(|arg| is_inward(*arg)) {
        return None;
    }
    let [_, second, third, fourth, fifth, sixth] = *args;
    let mut words = [0; WORDS];
    let pair = |low: u64, high: u64| low & 0xffff_ffff | high << 32;
    let [pid, uid] = TOLD.map(u64::from);
    let content = match nr {
        // rt_sigaction: handler, flags, restorer, mask.
        13 => match second {
            IN_IGN => [1, fifth, places.restorer, sixth, 0, 0],
            IN_DFL => [0, fifth, places.restorer, sixth, 0, 0],
            _ => [places.handler, fifth, places.restorer, sixth, 0, 0],
        },
        // rt_sigprocmask and rt_sigtimedwait; rt_sigsuspend.
        14 | 128 => [fifth, 0, 0, 0, 0, 0],
        130 => [third, 0, 0, 0, 0, 0],
        // rt_sigqueueinfo and rt_tgsigqueueinfo: the code at 8, pid and uid at 16, the value at 24.
        129 => [0, pair(fourth, 0), pair(pid, uid), fifth, 0, 0],
        297 => [0, pair(fifth, 0), pair(pid, uid), sixth, 0, 0],
        // pidfd_send_signal: the same, with a number of its own at 0.
        424 => [
            second.wrapping_add(sixth) & 0xffff_ffff,
            pair(fifth, 0),
            pair(pid, uid),
            7,
            0,
            0,
        ],
        // signalfd and signalfd4: the set.
        282 => [fourth, 0, 0, 0, 0, 0],
        289 => [fifth, 0, 0, 0, 0, 0],
        // sigaltstack: where, flags, how much.
        131 => [places.stack, pair(third, 0), fourth, 0, 0, 0],
        // setitimer: the interval, then the time.
        38 => [sixth, 0, fourth, fifth, 0, 0],
        // nanosleep and clock_nanosleep.
        35 => [third, fourth, 0, 0, 0, 0],
        230 => [fifth, sixth, 0, 0, 0, 0],
        // setrlimit and prlimit64: the soft one, the hard one.
        160 => [third, fourth, 0, 0, 0, 0],
        302 => [fifth, sixth, 0, 0, 0, 0],
        _ => [0; 6],
    };
    words.iter_mut().zip(content).for_each(|(to, from)| *to = from);
    match nr {
        2 => {
            let path = match *args {
                [IN_DFL, ..] => from_bytes(b"/dev/tty"),
                [IN_IGN, ..] => from_bytes(b"/nowhere/tty"),
                _ => places.terminal,
            };
            words.iter_mut().zip(path).for_each(|(to, from)| *to = from);
        }
        16 => words = of_ioctl(second, fourth, fifth),
        _ => {}
    }
    if nr == 128 {
        // A second of 2^32 nanoseconds is none.
        let nanoseconds = words.get_mut(TIME_AT + 1)?;
        *nanoseconds = sixth << 32;
    }
    Some(words)
}

/// What ioctl sets: a group, modes with these local ones and this MIN, a size.
fn of_ioctl(request: u64, value: u64, min: u64) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    match request {
        0x5402..=0x5404 => {
            let mut termios = Termios::STD;
            let bits = u32::try_from(value & 0xffff_ffff).unwrap_or(0);
            termios.c_lflag = LocalModes::from_bits_retain(bits);
            if let Some(place) = termios.c_cc.get_mut(Cc::Min as usize) {
                *place = u8::try_from(min).unwrap_or(1);
            }
            words = from_bytes(&termios.to_bytes());
        }
        _ => {
            if let Some(first) = words.first_mut() {
                *first = value & 0xffff_ffff;
            }
        }
    }
    words
}
