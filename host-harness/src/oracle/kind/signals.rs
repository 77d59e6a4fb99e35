//! Kinds of arguments of the calls about signals.

use super::{Kind, NULL, SIGNAL, Words, kind, number};
use crate::oracle::operand::BAD;
use crate::oracle::operand::Operand::Number;
use crate::oracle::system::{IN, IN_DFL, IN_IGN, IN_TIME, OUT};

const SIGNAL_WORDS: Words = SIGNAL.words;
/// A signal that gets an action.
pub const CATCHABLE: Kind = kind(
    &[Number(10), Number(12), Number(17), Number(34)],
    &[
        Number(15),
        Number(11),
        Number(18),
        Number(20),
        Number(28),
        Number(13),
    ],
    &[Number(9), Number(19), Number(0), Number(65), Number(-1)],
    SIGNAL_WORDS,
);
/// A signal that handlers are likely to be there for.
pub const SENT: Kind = kind(
    &[Number(10), Number(12), Number(34)],
    &[
        Number(0),
        Number(17),
        Number(15),
        Number(18),
        Number(19),
        Number(11),
        Number(64),
    ],
    &[Number(65), Number(-1)],
    SIGNAL_WORDS,
);
/// An action: the handler, SIG_IGN, SIG_DFL, none to set.
pub const ACTION: Kind = kind(
    &[number(IN)],
    &[number(IN_IGN), number(IN_DFL), NULL],
    &[number(BAD)],
    Words::Address,
);
/// Where an old action, an old mask or a `siginfo_t` goes. Nothing else lies there that is looked at: a call that a handler has
/// interrupted gives its value after those of the handler.
pub const OLD: Kind = kind(&[NULL], &[number(OUT + 96)], &[], Words::Address);
/// What lies in the area, or nothing.
pub const INWARD: Kind = kind(&[number(IN)], &[], &[number(BAD), NULL], Words::Address);
/// The size of a set of signals.
pub const SET_SIZE: Kind = kind(&[Number(8)], &[], &[Number(4), Number(16)], Words::Size);
/// The flags of an action. All want the `siginfo_t`, which is shown, and nearly all have a restorer.
pub const SA_FLAGS: Kind = kind(
    &[Number(0x0400_0004), Number(0x1400_0004)],
    &[
        Number(0x4400_0004),
        number(0x8400_0004),
        Number(0x0c00_0004),
        Number(0x0400_0005),
        Number(0x0400_0006),
        Number(0x5400_0005),
    ],
    &[Number(4), Number(0x1400_0104)],
    Words::Flags(&[
        (0x1, "SA_NOCLDSTOP"),
        (0x2, "SA_NOCLDWAIT"),
        (0x4, "SA_SIGINFO"),
        (0x0400_0000, "SA_RESTORER"),
        (0x0800_0000, "SA_ONSTACK"),
        (0x1000_0000, "SA_RESTART"),
        (0x4000_0000, "SA_NODEFER"),
        (0x8000_0000, "SA_RESETHAND"),
    ]),
);
/// A set of signals.
pub const MASK: Kind = kind(
    &[Number(0), Number(1 << 9), Number(1 << 11)],
    &[
        Number(1 << 9 | 1 << 11),
        Number(1 << 33),
        Number(1 << 16),
        Number(1 << 14),
        Number(1 << 17),
        Number(1 << 19),
        Number(-1),
    ],
    &[],
    Words::Size,
);
/// The signals that sigtimedwait waits for.
pub const AWAITED: Kind = kind(
    &[Number(1 << 9), Number(1 << 9 | 1 << 11 | 1 << 33)],
    &[Number(1 << 16), Number(1 << 33), Number(-1), Number(0)],
    &[],
    Words::Size,
);
/// How sigprocmask changes the mask.
pub const HOW: Kind = kind(
    &[Number(0), Number(1), Number(2)],
    &[],
    &[Number(3), Number(-1)],
    Words::Names(&[(0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK")]),
);
/// How long sigtimedwait waits: no time at all, or for ever.
pub const TIMEOUT: Kind = kind(&[number(IN_TIME), NULL], &[], &[number(BAD)], Words::Address);
/// The nanoseconds of that time, in units that are none.
pub const NO_TIME: Kind = kind(&[Number(0)], &[], &[Number(1)], Words::Int);
/// `si_code` of a queued signal.
pub const SI_CODE: Kind = kind(
    &[Number(-1)],
    &[Number(-2), Number(-6)],
    &[Number(0), Number(1), Number(0x80)],
    Words::Names(&[
        (0, "SI_USER"),
        (0x80, "SI_KERNEL"),
        (0xffff_ffff, "SI_QUEUE"),
        (0xffff_fffe, "SI_TIMER"),
        (0xffff_fffa, "SI_TKILL"),
    ]),
);
/// `si_value` of a queued signal.
pub const VALUE: Kind = kind(&[Number(7), Number(9)], &[], &[], Words::Int);
/// The flags of an alternate stack.
pub const STACK_FLAGS: Kind = kind(
    &[Number(0)],
    &[Number(2), number(0x8000_0000), Number(1)],
    &[Number(3), Number(4)],
    Words::Flags(&[
        (0x1, "SS_ONSTACK"),
        (0x2, "SS_DISABLE"),
        (0x8000_0000, "SS_AUTODISARM"),
    ]),
);
/// Bytes of an alternate stack.
pub const STACK_SIZE: Kind = kind(&[Number(0x4_0000)], &[], &[Number(0), Number(1024)], Words::Size);
