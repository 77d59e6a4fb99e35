//! Kinds of the arguments of calls about credentials, limits and priorities.

use super::{Kind, Words, at, kind, number};
use crate::oracle::operand::Operand::{Number, Out};
use crate::oracle::operand::{BAD, NOT_USER};
use crate::oracle::system::OUT;

/// A user.
pub const USER: Kind = kind(
    &[Number(0), Number(1001), Number(-1)],
    &[Number(1002), Number(1003)],
    &[],
    Words::Int,
);
/// A group.
pub const GROUP_ID: Kind = kind(
    &[Number(0), Number(100), Number(-1)],
    &[Number(200), Number(300)],
    &[Number(-2)],
    Words::Int,
);
/// Where the first of three results goes.
pub const WORD_0: Kind = kind(&[Out], &[], &[number(BAD), Number(0)], Words::Address);
/// The second.
pub const WORD_1: Kind = kind(&[number(OUT + 4)], &[], &[number(BAD)], Words::Address);
/// The third.
pub const WORD_2: Kind = kind(&[number(OUT + 8)], &[], &[number(NOT_USER)], Words::Address);
/// How many groups.
pub const GROUPS: Kind = kind(
    &[Number(0), Number(3)],
    &[Number(1), Number(8)],
    &[Number(65_537), Number(-1)],
    Words::Int,
);
/// Room for how many groups.
pub const GROUPS_ROOM: Kind = kind(
    &[Number(8), Number(0)],
    &[Number(1), Number(3)],
    &[Number(-1)],
    Words::Int,
);
/// Where the groups go.
pub const GROUPS_INTO: Kind = kind(&[Out], &[number(BAD)], &[], Words::Address);
/// The header of capget: a version and a process. One that holds zeroes is given the version.
pub const HEADER: Kind = kind(&[at(128)], &[at(64)], &[number(BAD), Number(0)], Words::Address);
/// Where the capabilities of capget go.
pub const CAPABILITIES: Kind = kind(
    &[at(192), Out],
    &[at(256), Number(0)],
    &[number(BAD)],
    Words::Address,
);
/// Those that capset sets: what capget has stored there, or nothing.
pub const CAPABILITIES_FROM: Kind = kind(&[at(192)], &[at(256), Number(0)], &[number(BAD)], Words::Address);
/// The option of prctl, for a task.
pub const PRCTL_TASK: Kind = kind(
    &[Number(3), Number(4), Number(38), Number(39)],
    &[Number(7), Number(8), Number(1)],
    &[],
    Words::Names(&[
        (1, "PR_SET_PDEATHSIG"),
        (3, "PR_GET_DUMPABLE"),
        (4, "PR_SET_DUMPABLE"),
        (7, "PR_GET_KEEPCAPS"),
        (8, "PR_SET_KEEPCAPS"),
        (38, "PR_SET_NO_NEW_PRIVS"),
        (39, "PR_GET_NO_NEW_PRIVS"),
    ]),
);
/// Its first argument.
pub const PRCTL_VALUE: Kind = kind(
    &[Number(1), Number(0)],
    &[Number(9), Number(15), Number(2)],
    &[Number(-1), Number(65)],
    Words::Int,
);
/// The option of prctl, for capabilities.
pub const PRCTL_CAP: Kind = kind(
    &[Number(23), Number(24), Number(47)],
    &[Number(27), Number(28)],
    &[],
    Words::Names(&[
        (23, "PR_CAPBSET_READ"),
        (24, "PR_CAPBSET_DROP"),
        (27, "PR_GET_SECUREBITS"),
        (28, "PR_SET_SECUREBITS"),
        (47, "PR_CAP_AMBIENT"),
    ]),
);
/// Its first argument: a capability, an operation on the ambient ones, or bits.
pub const CAPABILITY: Kind = kind(
    &[Number(2), Number(5), Number(7), Number(4)],
    &[
        Number(1),
        Number(3),
        Number(8),
        Number(16),
        Number(40),
        Number(256),
    ],
    &[Number(41), Number(0x20), Number(0x2a), Number(0x1000), Number(-1)],
    Words::Int,
);
/// Its second: the capability of the operation.
pub const CAPABILITY_2: Kind = kind(&[Number(0), Number(5)], &[Number(7)], &[Number(41)], Words::Int);
/// Whose priority.
pub const PRIORITY_OF: Kind = kind(
    &[Number(0), Number(1)],
    &[Number(2)],
    &[Number(3), Number(-1)],
    Words::Names(&[(0, "PRIO_PROCESS"), (1, "PRIO_PGRP"), (2, "PRIO_USER")]),
);
/// A nice value.
pub const NICE: Kind = kind(
    &[Number(5), Number(0), Number(-5)],
    &[Number(19), Number(-20)],
    &[Number(40), Number(-40)],
    Words::Int,
);
