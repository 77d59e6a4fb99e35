//! The registers of a task of the model: where its puppet is in its program, which is the same few steps as on the running
//! kernel.

use kernel_model::kernel::storage::{HandlerCall, Thread};
use kernel_model::verbs::frame::{Gregs, MAX_LINKAGE};

/// Where in its program a puppet is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum At {
    /// It waits for a command.
    #[default]
    Idle,
    /// It is about to execute its command.
    Make,
    /// Its command has given a value.
    Returned,
    /// A handler is about to begin.
    Entry,
}

impl At {
    const ALL: [At; 4] = [At::Idle, At::Make, At::Returned, At::Entry];

    const fn word(self) -> u64 {
        match self {
            At::Idle => 0,
            At::Make => 1,
            At::Returned => 2,
            At::Entry => 3,
        }
    }

    fn of(word: u64) -> At {
        At::ALL
            .into_iter()
            .find(|at| at.word() == word)
            .unwrap_or_default()
    }
}

/// The registers of a puppet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Regs {
    /// The program counter.
    pub at: At,
    /// In how many handlers it is.
    pub level: u64,
    /// What the call gave.
    pub value: i64,
    /// The stack pointer.
    pub sp: u64,
    /// Where the `siginfo_t` of the handler lies that begins.
    pub info: u64,
}

/// Where a `ucontext_t` has rsi, r15, rax, rsp and rip.
const INFO: usize = 9;
const LEVEL: usize = 7;
const VALUE: usize = 13;
const SP: usize = 15;
const AT: usize = 16;

impl Thread for Regs {
    const LINKAGE: usize = 1;

    fn set_return_value(&mut self, value: i64) {
        (self.at, self.value) = (At::Returned, value);
    }

    fn set_stack_pointer(&mut self, sp: u64) {
        self.sp = sp;
    }

    fn set_thread_pointer(&mut self, _: u64) {}

    fn start(&mut self, _: u64, sp: u64) {
        *self = Regs {
            sp,
            ..Regs::default()
        };
    }

    fn stack_pointer(&self) -> u64 {
        self.sp
    }

    fn signal_frame(&self) -> u64 {
        self.sp
    }

    fn restart_call(&mut self) {
        self.at = At::Make;
    }

    fn save(&self) -> Gregs {
        let mut gregs = Gregs::default();
        let all = [
            (INFO, self.info),
            (LEVEL, self.level),
            (VALUE, self.value.cast_unsigned()),
            (SP, self.sp),
            (AT, self.at.word()),
        ];
        for (at, value) in all {
            if let Some(word) = gregs.words.get_mut(at) {
                *word = value;
            }
            gregs.used |= 1 << at;
        }
        gregs
    }

    fn restore(&mut self, gregs: &Gregs) {
        let word = |at: usize| gregs.words.get(at).copied().unwrap_or(0);
        *self = Regs {
            at: At::of(word(AT)),
            level: word(LEVEL),
            value: word(VALUE).cast_signed(),
            sp: word(SP),
            info: word(INFO),
        };
    }

    fn enter_handler(&mut self, call: &HandlerCall) -> [u64; MAX_LINKAGE] {
        (self.at, self.sp, self.info) = (At::Entry, call.sp, call.info);
        let mut words = [0; MAX_LINKAGE];
        words[0] = call.restorer;
        words
    }
}
