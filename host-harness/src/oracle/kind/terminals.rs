//! Kinds of arguments about the terminal.

use super::{Kind, NULL, Words, kind, number};
use crate::oracle::operand::Operand::{Number, Pgid, Task};
use crate::oracle::operand::{BAD, NOBODY, NOT_USER, Operand};
use crate::oracle::system::{IN, IN_DFL, IN_IGN};

const LOW: u64 = 0xffff_ffff;
const WORD: Operand = number(IN);

/// What is opened: the terminal by its own name, or whatever terminal is the caller's, or what is not there.
pub const TTY_PATH: Kind = kind(
    &[number(IN), number(IN_DFL)],
    &[number(IN_IGN)],
    &[NULL, number(BAD), number(NOT_USER)],
    Words::Names(&[
        (IN & LOW, "\"/dev/pts/0\""),
        (IN_DFL & LOW, "\"/dev/tty\""),
        (IN_IGN & LOW, "\"/nowhere/tty\""),
        (0, "NULL"),
    ]),
);
/// How it is opened.
pub const OPEN_FLAGS: Kind = kind(
    &[Number(2), Number(0x102)],
    &[Number(0), Number(1), Number(0x802), Number(0x8_0002)],
    &[Number(0x1_0002), Number(0xc2)],
    Words::Flags(&[
        (0x1, "O_WRONLY"),
        (0x2, "O_RDWR"),
        (0x40, "O_CREAT"),
        (0x80, "O_EXCL"),
        (0x100, "O_NOCTTY"),
        (0x800, "O_NONBLOCK"),
        (0x1_0000, "O_DIRECTORY"),
        (0x8_0000, "O_CLOEXEC"),
    ]),
);
/// Questions that are answered with a number.
pub const TIOCG: Kind = kind(
    &[Number(0x540f), Number(0x5429)],
    &[Number(0x541b), Number(0x5413)],
    &[Number(0x54ff)],
    Words::Names(&[
        (0x540f, "TIOCGPGRP"),
        (0x5429, "TIOCGSID"),
        (0x541b, "FIONREAD"),
        (0x5413, "TIOCGWINSZ"),
    ]),
);
/// TIOCSPGRP.
pub const TIOCSPGRP: Kind = kind(
    &[Number(0x5410)],
    &[],
    &[],
    Words::Names(&[(0x5410, "TIOCSPGRP")]),
);
/// Where a call finds what it sets: the arguments behind tell.
pub const SET_FROM: Kind = kind(
    &[WORD],
    &[],
    &[NULL, number(BAD), number(NOT_USER)],
    Words::Address,
);
/// The group that comes to the foreground.
pub const FOREGROUND: Kind = kind(
    &[Pgid(0), Task(0)],
    &[Number(0)],
    &[Number(-1), number(NOBODY)],
    Words::Int,
);
/// TIOCSCTTY.
pub const TIOCSCTTY: Kind = kind(
    &[Number(0x540e)],
    &[],
    &[],
    Words::Names(&[(0x540e, "TIOCSCTTY")]),
);
/// Whether it may be taken from others.
pub const STEALS: Kind = kind(&[Number(0), Number(1)], &[], &[Number(2)], Words::Int);
/// TIOCNOTTY.
pub const TIOCNOTTY: Kind = kind(
    &[Number(0x5422)],
    &[],
    &[],
    Words::Names(&[(0x5422, "TIOCNOTTY")]),
);
/// TCGETS.
pub const TCGETS: Kind = kind(&[Number(0x5401)], &[], &[], Words::Names(&[(0x5401, "TCGETS")]));
/// TCSETS and its like.
pub const TCSETS: Kind = kind(
    &[Number(0x5402), Number(0x5404)],
    &[Number(0x5403)],
    &[],
    Words::Names(&[(0x5402, "TCSETS"), (0x5403, "TCSETSW"), (0x5404, "TCSETSF")]),
);
/// Local modes: the usual ones, TOSTOP, without ICANON.
pub const LFLAG: Kind = kind(
    &[Number(0x8b3b), Number(0x8a3b)],
    &[Number(0x8a39), Number(0x8b39)],
    &[],
    Words::Flags(&[(0x100, "TOSTOP"), (0x2, "ICANON"), (0x1, "ISIG")]),
);
/// MIN.
pub const MIN: Kind = kind(&[Number(1), Number(0)], &[], &[], Words::Size);
/// TCFLSH and tcdrain.
pub const TCFLSH: Kind = kind(
    &[Number(0x540b), Number(0x5409)],
    &[],
    &[],
    Words::Names(&[(0x540b, "TCFLSH"), (0x5409, "TCSBRK")]),
);
/// What is thrown away; not 0, with which TCSBRK would break the line.
pub const QUEUE: Kind = kind(&[Number(2), Number(1)], &[], &[Number(7)], Words::Int);
/// TIOCSWINSZ.
pub const TIOCSWINSZ: Kind = kind(
    &[Number(0x5414)],
    &[],
    &[],
    Words::Names(&[(0x5414, "TIOCSWINSZ")]),
);
/// Rows and columns.
pub const WINSIZE: Kind = kind(&[Number(0x50_0018), Number(0)], &[], &[], Words::Size);
