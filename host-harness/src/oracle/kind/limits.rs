//! Kinds of the arguments of calls about limits.

use super::{Kind, NULL, Words, kind, number};
use crate::oracle::operand::Operand::{Number, Out};
use crate::oracle::operand::{BAD, NOT_USER};
use crate::oracle::system::IN;

const NAMES: Words = Words::Names(&[
    (0, "RLIMIT_CPU"),
    (1, "RLIMIT_FSIZE"),
    (2, "RLIMIT_DATA"),
    (3, "RLIMIT_STACK"),
    (5, "RLIMIT_RSS"),
    (6, "RLIMIT_NPROC"),
    (7, "RLIMIT_NOFILE"),
    (8, "RLIMIT_MEMLOCK"),
    (9, "RLIMIT_AS"),
    (10, "RLIMIT_LOCKS"),
    (11, "RLIMIT_SIGPENDING"),
    (12, "RLIMIT_MSGQUEUE"),
    (13, "RLIMIT_NICE"),
    (14, "RLIMIT_RTPRIO"),
    (15, "RLIMIT_RTTIME"),
]);

/// A limit to look at: not RLIMIT_CORE, which depends on where cores go.
pub const RESOURCE: Kind = kind(
    &[Number(7), Number(6)],
    &[
        Number(0),
        Number(1),
        Number(2),
        Number(3),
        Number(5),
        Number(8),
        Number(9),
        Number(10),
        Number(11),
        Number(12),
        Number(13),
        Number(14),
        Number(15),
    ],
    &[Number(16), Number(-1)],
    NAMES,
);
/// A limit to set. Not those of memory, of which each system has its own, nor RLIMIT_RTTIME, which would end a puppet.
pub const SETTABLE: Kind = kind(
    &[Number(7), Number(6)],
    &[
        Number(1),
        Number(5),
        Number(8),
        Number(10),
        Number(12),
        Number(13),
        Number(14),
    ],
    &[Number(16), Number(-1)],
    NAMES,
);
/// The limit of queued signals: what others of user 0 have queued counts too, so that it is all or nothing.
pub const SIGPENDING: Kind = kind(&[Number(11)], &[], &[], NAMES);
/// The limit of processor time.
pub const CPU: Kind = kind(&[Number(0)], &[], &[], NAMES);
/// New limits.
pub const NEW_LIMIT: Kind = kind(&[number(IN)], &[], &[NULL, number(BAD)], Words::Address);
/// New limits, or none.
pub const NEW_LIMIT_OR_NONE: Kind = kind(&[number(IN), NULL], &[], &[number(BAD)], Words::Address);
/// Where the old ones go, or nowhere.
pub const OLD_LIMIT: Kind = kind(
    &[Out, NULL],
    &[],
    &[number(BAD), number(NOT_USER)],
    Words::Address,
);
/// A soft limit.
pub const SOFT: Kind = kind(
    &[Number(5), Number(0), Number(1024)],
    &[Number(3), Number(2)],
    &[Number(-1)],
    Words::Size,
);
/// A hard limit. That of descriptors begins at 4,096, and above 2^20 there are none.
pub const HARD: Kind = kind(
    &[Number(1024), Number(4096)],
    &[Number(5), Number(0)],
    &[Number(4097), Number(0x10_0001), Number(-1)],
    Words::Size,
);
/// Limits of queued signals.
pub const ALL_OR_NOTHING: Kind = kind(&[Number(0), Number(1024)], &[], &[], Words::Size);
/// A soft limit of seconds.
pub const FAR: Kind = kind(&[Number(100_000), Number(-1)], &[], &[], Words::Size);
/// A hard one.
pub const FARTHER: Kind = kind(
    &[Number(200_000), Number(-1)],
    &[],
    &[Number(50_000)],
    Words::Size,
);
