//! `struct termios` and `struct winsize`: how a terminal behaves, as `termios(3)` names it.

use bitflags::bitflags;

/// Bytes of the kernel's `struct termios`.
pub const TERMIOS_BYTES: usize = 36;

/// Special characters there is room for (`NCCS`).
pub const NCCS: usize = 19;

bitflags! {
    /// `c_iflag`, as far as it matters. Other bits are kept.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct InputModes: u32 {
        /// A newline becomes a carriage return.
        const INLCR = 0o100;
        /// Carriage returns are thrown away.
        const IGNCR = 0o200;
        /// A carriage return becomes a newline.
        const ICRNL = 0o400;
    }
}

bitflags! {
    /// `c_lflag`, as far as it matters. Other bits are kept.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct LocalModes: u32 {
        /// The keys ^C, ^\ and ^Z send signals.
        const ISIG = 0o1;
        /// Input comes in lines, which can be corrected.
        const ICANON = 0o2;
        /// What is typed is shown: left to whoever types here.
        const ECHO = 0o10;
        /// A signal from a key does not throw the input away.
        const NOFLSH = 0o200;
        /// Who writes from the background gets SIGTTOU.
        const TOSTOP = 0o400;
        /// Further keys for lines.
        const IEXTEN = 0o100_000;
    }
}

/// A special character: its place in `c_cc`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cc {
    /// SIGINT: ^C.
    Intr = 0,
    /// SIGQUIT: ^\.
    Quit = 1,
    /// Takes the last character back: DEL.
    Erase = 2,
    /// Takes the line back: ^U.
    Kill = 3,
    /// The end of the file: ^D.
    Eof = 4,
    /// Tenths of a second that a read waits without ICANON.
    Time = 5,
    /// Bytes that a read waits for without ICANON.
    Min = 6,
    /// SIGTSTP: ^Z.
    Susp = 10,
    /// A further end of a line: none.
    Eol = 11,
    /// Another one, with IEXTEN.
    Eol2 = 16,
}

/// How a terminal behaves (`struct ktermios`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Termios {
    /// Input modes.
    pub c_iflag: InputModes,
    /// Output modes: kept.
    pub c_oflag: u32,
    /// Modes of the line: kept.
    pub c_cflag: u32,
    /// Local modes.
    pub c_lflag: LocalModes,
    /// The line discipline: kept.
    pub c_line: u8,
    /// The special characters; 0 for none.
    pub c_cc: [u8; NCCS],
}

impl Termios {
    /// All zero: before there is a terminal.
    pub const ZERO: Termios = Termios {
        c_iflag: InputModes::empty(),
        c_oflag: 0,
        c_cflag: 0,
        c_lflag: LocalModes::empty(),
        c_line: 0,
        c_cc: [0; NCCS],
    };

    /// `tty_std_termios`: ICRNL IXON, OPOST ONLCR, B38400 CS8 CREAD, and of the local modes ISIG ICANON ECHO ECHOE ECHOK
    /// ECHOCTL ECHOKE IEXTEN.
    pub const STD: Termios = Termios {
        c_iflag: InputModes::from_bits_retain(0x500),
        c_oflag: 0x5,
        c_cflag: 0xbf,
        c_lflag: LocalModes::from_bits_retain(0x8a3b),
        c_line: 0,
        c_cc: [
            3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0xf, 0x17, 0x16, 0, 0, 0,
        ],
    };

    /// A special character; none where it is switched off.
    #[must_use]
    pub fn cc(&self, which: Cc) -> Option<u8> {
        self.c_cc
            .get(which as usize)
            .copied()
            .filter(|character| *character != 0)
    }

    /// What MIN is: how many bytes a read waits for without ICANON.
    #[must_use]
    pub fn min(&self) -> u8 {
        self.cc(Cc::Min).unwrap_or(0)
    }

    /// As a program sees it.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; TERMIOS_BYTES] {
        let words = [
            self.c_iflag.bits(),
            self.c_oflag,
            self.c_cflag,
            self.c_lflag.bits(),
        ];
        let bytes = words
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .chain([self.c_line])
            .chain(self.c_cc);
        let mut all = [0; TERMIOS_BYTES];
        all.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        all
    }

    /// As a program sets it.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; TERMIOS_BYTES]) -> Termios {
        let word = |at: usize| {
            let mut word = [0; 4];
            let from = bytes.iter().skip(at);
            word.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            u32::from_le_bytes(word)
        };
        let mut c_cc = [0; NCCS];
        let from = bytes.iter().skip(17);
        c_cc.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Termios {
            c_iflag: InputModes::from_bits_retain(word(0)),
            c_oflag: word(4),
            c_cflag: word(8),
            c_lflag: LocalModes::from_bits_retain(word(12)),
            c_line: bytes.get(16).copied().unwrap_or(0),
            c_cc,
        }
    }
}

/// `struct winsize`: rows, columns, and pixels of both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Winsize(pub [u16; 4]);

impl Winsize {
    /// As a program sees it.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 8] {
        let mut all = [0; 8];
        let bytes = self.0.into_iter().flat_map(u16::to_le_bytes);
        all.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        all
    }

    /// As a program sets it.
    #[must_use]
    pub const fn from_bytes([a, b, c, d, e, f, g, h]: [u8; 8]) -> Winsize {
        Winsize([
            u16::from_le_bytes([a, b]),
            u16::from_le_bytes([c, d]),
            u16::from_le_bytes([e, f]),
            u16::from_le_bytes([g, h]),
        ])
    }
}
