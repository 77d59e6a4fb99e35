//! The registers of a task in the tests' worlds.

use kernel_model::kernel::storage::{HandlerCall, Thread};
use kernel_model::verbs::frame::{Gregs, MAX_LINKAGE};

/// Registers that remember what the kernel did to them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Regs {
    pub value: i64,
    pub sp: u64,
    pub tls: u64,
    pub pc: u64,
    /// How often an interrupted call was to be made anew.
    pub restarts: u64,
    /// The handler's arguments: signal, `siginfo_t`, `ucontext_t`.
    pub args: [u64; 3],
    /// What it computes with.
    pub fx: [u8; 16],
}

impl Thread for Regs {
    const LINKAGE: usize = 1;

    fn stack_pointer(&self) -> u64 {
        self.sp
    }
    fn signal_frame(&self) -> u64 {
        // The handler has returned, and so taken its return address from the stack.
        self.sp - 8
    }
    fn restart_call(&mut self) {
        self.restarts += 1;
    }
    fn save(&self) -> Gregs {
        let mut gregs = Gregs::default();
        for (at, word) in [(13, self.value.cast_unsigned()), (15, self.sp), (16, self.pc)] {
            gregs.words[at] = word;
            gregs.used |= 1 << at;
        }
        gregs
    }
    fn restore(&mut self, gregs: &Gregs) {
        self.value = gregs.words[13].cast_signed();
        (self.sp, self.pc) = (gregs.words[15], gregs.words[16]);
    }
    fn fpstate(&self) -> &[u8] {
        &self.fx
    }
    fn fpstate_mut(&mut self) -> &mut [u8] {
        &mut self.fx
    }
    fn enter_handler(&mut self, call: &HandlerCall) -> [u64; MAX_LINKAGE] {
        (self.pc, self.sp) = (call.handler, call.sp);
        self.args = [call.signo, call.info, call.ucontext];
        let mut words = [0; MAX_LINKAGE];
        words[0] = call.restorer;
        words
    }
    fn set_return_value(&mut self, value: i64) {
        self.value = value;
    }
    fn set_stack_pointer(&mut self, sp: u64) {
        self.sp = sp;
    }
    fn set_thread_pointer(&mut self, tls: u64) {
        self.tls = tls;
    }
    fn start(&mut self, entry: u64, sp: u64) {
        self.pc = entry;
        self.sp = sp;
    }
}
