//! Kinds of the arguments of calls about time. No time that a program knows comes while it runs: all have come long before, or
//! are far.

use super::{Kind, NULL, Words, kind, number};
use crate::oracle::operand::Operand::{Number, Out};
use crate::oracle::operand::{BAD, NOT_USER};
use crate::oracle::out::ITIMER_AT;
use crate::oracle::system::{IN, OUT};

/// Seconds of an alarm.
pub const ALARM: Kind = kind(
    &[Number(100_000), Number(0)],
    &[Number(50_000)],
    &[Number(0x7fff_ffff), Number(-1)],
    Words::Int,
);
/// Which interval timer.
pub const ITIMER: Kind = kind(
    &[Number(0), Number(1)],
    &[Number(2)],
    &[Number(3), Number(-1)],
    Words::Names(&[(0, "ITIMER_REAL"), (1, "ITIMER_VIRTUAL"), (2, "ITIMER_PROF")]),
);
/// A new timer, or none.
pub const NEW_TIMER: Kind = kind(&[number(IN)], &[NULL], &[number(BAD)], Words::Address);
/// Where the old one goes, or nowhere.
pub const OLD_TIMER: Kind = kind(
    &[number(ITIMER_AT), NULL],
    &[],
    &[number(BAD), number(NOT_USER)],
    Words::Address,
);
/// Where a timer goes.
pub const TIMER_INTO: Kind = kind(
    &[number(ITIMER_AT)],
    &[],
    &[NULL, number(BAD), number(NOT_USER)],
    Words::Address,
);
/// Seconds until a timer goes off.
pub const SECONDS: Kind = kind(
    &[Number(100_000), Number(0)],
    &[Number(50_000)],
    &[Number(-1)],
    Words::Int,
);
/// Microseconds that belong to them.
pub const MICROSECONDS: Kind = kind(&[Number(0)], &[], &[Number(1_000_000), Number(-1)], Words::Int);
/// Seconds from each time to the next.
pub const EVERY: Kind = kind(&[Number(0), Number(7)], &[], &[Number(-1)], Words::Int);

/// A clock. Those of processor time are of the caller, of its thread, and of tasks 1 and 2; the last but one of nobody.
pub const CLOCK: Kind = kind(
    &[Number(1), Number(0)],
    &[
        Number(2),
        Number(3),
        Number(4),
        Number(5),
        Number(6),
        Number(7),
        Number(11),
        Number(-6),
        Number(-2),
        Number(-14),
        Number(-10),
        Number(-22),
        Number(-24),
    ],
    // Not 8 and 9, which want a clock that wakes the machine.
    &[Number(10), Number(12), Number(-1), Number(-5), Number(-79_998)],
    Words::Names(&[
        (0, "CLOCK_REALTIME"),
        (1, "CLOCK_MONOTONIC"),
        (2, "CLOCK_PROCESS_CPUTIME_ID"),
        (3, "CLOCK_THREAD_CPUTIME_ID"),
        (4, "CLOCK_MONOTONIC_RAW"),
        (5, "CLOCK_REALTIME_COARSE"),
        (6, "CLOCK_MONOTONIC_COARSE"),
        (7, "CLOCK_BOOTTIME"),
        (11, "CLOCK_TAI"),
    ]),
);
/// Where what a clock shows goes: its content is the machine's own, so that only its failing can be compared, and nothing
/// else lies there.
pub const CLOCK_INTO: Kind = kind(
    &[number(OUT + 64)],
    &[],
    &[NULL, number(BAD), number(NOT_USER)],
    Words::Address,
);
/// The same for times, which may store nothing.
pub const TIMES_INTO: Kind = kind(
    &[number(OUT + 80), NULL],
    &[],
    &[number(BAD), number(NOT_USER)],
    Words::Address,
);
/// Where the resolution of a clock goes, or nowhere.
pub const RESOLUTION_INTO: Kind = kind(
    &[Out, NULL],
    &[],
    &[number(BAD), number(NOT_USER)],
    Words::Address,
);
/// How long to sleep, or until when.
pub const REQUEST: Kind = kind(&[number(IN)], &[], &[number(BAD), NULL], Words::Address);
/// Where the time left goes. It is the machine's own.
pub const REMAIN: Kind = kind(&[NULL], &[], &[number(BAD)], Words::Address);
/// Its seconds: far as a length, and as a moment since boot or since 1970.
pub const SLEEP_SECONDS: Kind = kind(
    &[Number(0), Number(4_000_000_000)],
    &[],
    &[Number(-1)],
    Words::Size,
);
/// Its nanoseconds.
pub const SLEEP_NANOSECONDS: Kind = kind(
    &[Number(0)],
    &[],
    &[Number(1_000_000_000), Number(-1)],
    Words::Size,
);
/// Whether it is a moment.
pub const SLEEP_FLAGS: Kind = kind(
    &[Number(0), Number(1)],
    &[],
    &[Number(2)],
    Words::Flags(&[(0, "0"), (1, "TIMER_ABSTIME")]),
);
