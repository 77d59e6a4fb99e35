//! What a call has stored in the area of a puppet, in the forms of the line protocol.

use core::fmt::{self, Display, Formatter};

/// What stands for the area in the arguments of a request, and its bytes.
pub const OUT: u64 = 0x2000_0000_0000;
pub const OUT_LEN: u64 = 128;

/// In which form it lies there.
#[derive(Clone, Copy)]
pub enum Form {
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
}

/// What it says.
#[derive(Clone, Copy)]
pub enum Stored {
    Nothing,
    Status(i32),
    Info([i32; 4]),
    Fds([i32; 2]),
    Words([u32; 8]),
}

impl Stored {
    /// In which form this call has stored something, given these arguments and having given this value.
    pub fn form(nr: u64, args: &[u64; 6], value: i64) -> Option<Form> {
        let [first, second, third, ..] = *args;
        match nr {
            22 | 293 if first == OUT && value == 0 => Some(Form::Fds),
            61 if second == OUT && value > 0 => Some(Form::Status),
            247 if third == OUT && value == 0 => Some(Form::Info),
            0 if second == OUT && value >= 128 => Some(Form::Signal),
            118 | 120 if first == OUT && value == 0 => Some(Form::Words(3)),
            _ => None,
        }
    }
}

fn int(bytes: &[u8], at: usize) -> i32 {
    let word = bytes.get(at..at + 4).and_then(|word| word.first_chunk());
    word.map_or(0, |word| i32::from_le_bytes(*word))
}

impl Form {
    /// Reads it.
    pub fn read(self, bytes: &[u8]) -> Stored {
        match self {
            Form::Status => Stored::Status(int(bytes, 0)),
            Form::Info => Stored::Info([0, 8, 16, 24].map(|at| int(bytes, at))),
            Form::Fds => Stored::Fds([0, 4].map(|at| int(bytes, at))),
            Form::Signal => {
                let places = [0, 8, 12, 40, 44, 48, 52, 72];
                Stored::Words(places.map(|at| int(bytes, at).cast_unsigned()))
            }
            Form::Words(count) => Stored::Words(core::array::from_fn(|at| {
                let word = int(bytes, at * 4).cast_unsigned();
                if at < count { word } else { 0 }
            })),
        }
    }
}

/// Behind the value, as the line protocol has it.
impl Display for Stored {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Stored::Nothing => Ok(()),
            Stored::Status(status) => write!(f, ",\"status\":{status}"),
            Stored::Info([a, b, c, d]) => write!(f, ",\"info\":[{a},{b},{c},{d}]"),
            Stored::Fds([read, write]) => write!(f, ",\"fds\":[{read},{write}]"),
            Stored::Words([first, others @ ..]) => {
                write!(f, ",\"words\":[{first}")?;
                others.iter().try_for_each(|word| write!(f, ",{word}"))?;
                write!(f, "]")
            }
        }
    }
}
