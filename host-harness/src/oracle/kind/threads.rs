//! Kinds of arguments of what threads do: futexes, clone3, descriptors of tasks, poll.

use super::{AT, Kind, NULL, Words, at, kind, number};
use crate::oracle::operand::BAD;
use crate::oracle::operand::NOT_USER;
use crate::oracle::operand::Operand::{Fd, Number, Out, Task};
use crate::oracle::system::IN;

/// The word of a futex.
pub const FUTEX_AT: Kind = kind(
    &[AT, at(8)],
    &[at(128)],
    &[at(1), NULL, number(BAD), number(NOT_USER)],
    Words::Address,
);
/// What futex does.
pub const FUTEX_OP: Kind = kind(
    &[Number(0), Number(1), Number(128), Number(129)],
    &[
        Number(3),
        Number(4),
        Number(131),
        Number(132),
        Number(9),
        Number(10),
        Number(138),
        Number(5),
        Number(133),
        Number(265),
    ],
    &[Number(256), Number(257), Number(2), Number(99), Number(-1)],
    Words::Names(&[
        (0, "FUTEX_WAIT"),
        (1, "FUTEX_WAKE"),
        (2, "FUTEX_FD"),
        (3, "FUTEX_REQUEUE"),
        (4, "FUTEX_CMP_REQUEUE"),
        (5, "FUTEX_WAKE_OP"),
        (9, "FUTEX_WAIT_BITSET"),
        (10, "FUTEX_WAKE_BITSET"),
        (128, "FUTEX_WAIT_PRIVATE"),
        (129, "FUTEX_WAKE_PRIVATE"),
        (131, "FUTEX_REQUEUE_PRIVATE"),
        (132, "FUTEX_CMP_REQUEUE_PRIVATE"),
        (133, "FUTEX_WAKE_OP_PRIVATE"),
        (138, "FUTEX_WAKE_BITSET_PRIVATE"),
        (256, "FUTEX_WAIT|FUTEX_CLOCK_REALTIME"),
        (257, "FUTEX_WAKE|FUTEX_CLOCK_REALTIME"),
        (265, "FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME"),
    ]),
);
/// What the word must hold, or how many are woken.
pub const FUTEX_VAL: Kind = kind(
    &[Number(0), Number(1)],
    &[Number(2), Number(0x7fff_ffff)],
    &[Number(-1)],
    Words::Int,
);
/// The time limit: none, or one that has passed (the area for output holds zeroes). For a requeue it is a number.
pub const FUTEX_TIMEOUT: Kind = kind(
    &[NULL, Out],
    &[Number(1), Number(2)],
    &[number(BAD), Number(-1)],
    Words::Address,
);
/// The bits of a wait and a wake, the value of a requeue, or what FUTEX_WAKE_OP does: add 1, wake if it was 0.
pub const FUTEX_VAL3: Kind = kind(
    &[Number(0), Number(1)],
    &[Number(2), Number(-1), Number(0x1000_1000)],
    &[number(0x5000_0000), number(0x0f00_1000), number(0xa400_2000)],
    Words::Int,
);
/// The head of a robust list: nothing is in it, or what there is leads nowhere.
pub const ROBUST_HEAD: Kind = kind(&[AT, NULL], &[at(64)], &[number(BAD), at(4094)], Words::Address);
/// The size of that head.
pub const ROBUST_LEN: Kind = kind(&[Number(24)], &[], &[Number(0), Number(25)], Words::Size);

/// The structure of clone3: what is in it, the arguments behind its size say.
pub const CLONE3_AT: Kind = kind(&[Out], &[], &[number(BAD), NULL], Words::Address);
/// Its size.
pub const CLONE3_SIZE: Kind = kind(
    &[Number(88), Number(64)],
    &[Number(80)],
    &[Number(63), Number(0), Number(96), Number(4097), Number(-1)],
    Words::Size,
);
const CLONE3_WORDS: Words = Words::Flags(&[
    (0x100, "CLONE_VM"),
    (0x200, "CLONE_FS"),
    (0x400, "CLONE_FILES"),
    (0x800, "CLONE_SIGHAND"),
    (0x1000, "CLONE_PIDFD"),
    (0x4000, "CLONE_VFORK"),
    (0x8000, "CLONE_PARENT"),
    (0x1_0000, "CLONE_THREAD"),
]);
/// The flags of clone3.
pub const CLONE3_FLAGS: Kind = kind(
    &[Number(0x1000), Number(0), Number(0x1_1f00)],
    &[
        Number(0x1_0f00),
        number(0x1_0000_0000),
        Number(0x1400),
        Number(0x5100),
        Number(0x9000),
        Number(0x100),
    ],
    &[
        Number(1),
        Number(0x40_1000),
        number(0x1_0000_0900),
        Number(0x800),
        number(1 << 40),
    ],
    CLONE3_WORDS,
);
/// The exit signal of clone3.
pub const EXIT_SIGNAL: Kind = kind(
    &[Number(17), Number(0)],
    &[Number(10)],
    &[Number(65), Number(0x111), Number(-1)],
    Words::Int,
);
/// The number that the child is to have; 0 for any.
pub const SET_TID: Kind = kind(
    &[NULL],
    &[Number(50), Number(7), Task(0)],
    &[Number(-1), number(5_000_000)],
    Words::Int,
);
/// The flags of pidfd_open.
pub const PIDFD_FLAGS: Kind = kind(
    &[Number(0), Number(0x80)],
    &[Number(0x800)],
    &[Number(1), Number(0x8_0000)],
    Words::Flags(&[(0x80, "PIDFD_THREAD"), (0x800, "PIDFD_NONBLOCK")]),
);
/// What must be 0.
pub const ZERO_OR_ONE: Kind = kind(&[Number(0)], &[], &[Number(1)], Words::Int);
/// Whom pidfd_send_signal sends to: a descriptor, the calling thread, its process.
pub const PIDFD: Kind = kind(
    &[Fd(0)],
    &[Number(-10000), Number(-10001)],
    &[Number(-1), Number(99), Number(-10002)],
    Words::Names(&[
        (0xffff_d8f0, "PIDFD_SELF_THREAD"),
        (0xffff_d8ef, "PIDFD_SELF_THREAD_GROUP"),
    ]),
);
/// Whom of them it means.
pub const PIDFD_SIGNAL: Kind = kind(
    &[Number(0), Number(1)],
    &[Number(2), Number(4)],
    &[Number(3), Number(8)],
    Words::Flags(&[
        (0x1, "PIDFD_SIGNAL_THREAD"),
        (0x2, "PIDFD_SIGNAL_THREAD_GROUP"),
        (0x4, "PIDFD_SIGNAL_PROCESS_GROUP"),
    ]),
);
/// What a signal is to tell, or nothing.
pub const INFO_OR_NOT: Kind = kind(&[NULL, number(IN)], &[], &[number(BAD)], Words::Address);
/// By how much the number in a `siginfo_t` is another one than the signal's.
pub const OTHER_SIGNO: Kind = kind(&[Number(0)], &[], &[Number(2)], Words::Int);
/// The idtype of waitid for a descriptor.
pub const P_PIDFD: Kind = kind(&[Number(3)], &[], &[], Words::Names(&[(3, "P_PIDFD")]));
/// The array of poll: what is in it, the arguments behind the time say.
pub const POLL_AT: Kind = kind(&[Out], &[], &[number(BAD), NULL], Words::Address);
/// How many there are.
pub const NFDS: Kind = kind(
    &[Number(1), Number(2)],
    &[Number(0)],
    &[Number(1025), Number(-1)],
    Words::Int,
);
/// How long poll waits: not at all, or for ever.
pub const POLL_TIMEOUT: Kind = kind(&[Number(0), Number(-1)], &[], &[], Words::Int);
/// What is asked of both.
pub const EVENTS: Kind = kind(
    &[Number(0x5), Number(1)],
    &[Number(4), Number(0), Number(0x45)],
    &[Number(-1)],
    Words::Size,
);
