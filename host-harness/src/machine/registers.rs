//! The registers as the kernel sees them: how a handler begins and what its frame holds.

use kernel_model::kernel::storage::{HandlerCall, Thread};
use kernel_model::verbs::frame::{Gregs, MAX_LINKAGE};

use crate::isa::{INSTR_BYTES, Regs};

/// Where a `ucontext_t` has rbp, rax, rsp and rip.
const RBP: usize = 10;
const RAX: usize = 13;
const RSP: usize = 15;
const RIP: usize = 16;

impl Regs {
    fn places(&mut self) -> [(usize, &mut u64); 4] {
        [
            (RBP, &mut self.fp),
            (RAX, &mut self.acc),
            (RSP, &mut self.sp),
            (RIP, &mut self.pc),
        ]
    }
}

impl Thread for Regs {
    /// The caller's sp and fp, the return address, three arguments.
    const LINKAGE: usize = 6;

    fn set_return_value(&mut self, value: i64) {
        self.acc = value.cast_unsigned();
    }

    fn set_stack_pointer(&mut self, sp: u64) {
        self.sp = sp;
    }

    fn set_thread_pointer(&mut self, tls: u64) {
        self.tp = tls;
    }

    fn start(&mut self, entry: u64, sp: u64) {
        *self = Regs {
            pc: entry,
            sp,
            fp: sp,
            acc: 0,
            tp: 0,
        };
    }

    /// Between a call and the first instruction of the function the new frame lies below `sp`.
    fn stack_pointer(&self) -> u64 {
        self.sp.min(self.fp)
    }

    /// The restorer is entered by a return, so that its `fp` is still that of the handler's caller: the frame.
    fn signal_frame(&self) -> u64 {
        self.fp
    }

    fn restart_call(&mut self) {
        self.pc -= INSTR_BYTES;
    }

    fn save(&self) -> Gregs {
        let mut gregs = Gregs::default();
        for (at, register) in { *self }.places() {
            if let Some(word) = gregs.words.get_mut(at) {
                *word = *register;
            }
            gregs.used |= 1 << at;
        }
        gregs
    }

    fn restore(&mut self, gregs: &Gregs) {
        for (at, register) in self.places() {
            *register = gregs.words.get(at).copied().unwrap_or(0);
        }
    }

    fn enter_handler(&mut self, call: &HandlerCall) -> [u64; MAX_LINKAGE] {
        *self = Regs {
            pc: call.handler,
            sp: call.sp,
            fp: call.sp,
            acc: 0,
            tp: self.tp,
        };
        let arguments = [call.signo, call.info, call.ucontext];
        let [signo, info, ucontext] = arguments;
        [call.sp, call.sp, call.restorer, signo, info, ucontext, 0, 0]
    }
}
