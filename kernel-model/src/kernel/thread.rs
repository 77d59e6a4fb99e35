//! The registers of a task, of whatever machine.

use crate::verbs::frame::{Gregs, MAX_LINKAGE};

/// A handler that is about to run, for the registers to be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HandlerCall {
    /// Where the frame begins: the words of [`Thread::enter_handler`] will lie there.
    pub sp: u64,
    /// The handler.
    pub handler: u64,
    /// Its first argument.
    pub signo: u64,
    /// Its second: the address of the `siginfo_t`.
    pub info: u64,
    /// Its third: the address of the `ucontext_t`.
    pub ucontext: u64,
    /// Where it returns to.
    pub restorer: u64,
}

/// The registers of a task, of whatever machine the embedder runs.
pub trait Thread: Clone + Default + PartialEq {
    /// How many words lie at the stack pointer when a handler begins: on x86-64 the return address.
    const LINKAGE: usize;

    /// The stack pointer.
    fn stack_pointer(&self) -> u64;
    /// At a call of rt_sigreturn: where the frame begins that [`Self::enter_handler`] was told.
    fn signal_frame(&self) -> u64;
    /// Goes back to the system call that was interrupted, so that it is made anew.
    fn restart_call(&mut self);
    /// The registers as a program finds them in its `ucontext_t`.
    fn save(&self) -> Gregs;
    /// The same registers again, after the program may have changed them.
    fn restore(&mut self, gregs: &Gregs);
    /// The task goes on in a handler. Returns the words that lie at its stack pointer, of which [`Self::LINKAGE`] count.
    fn enter_handler(&mut self, call: &HandlerCall) -> [u64; MAX_LINKAGE];
    /// The floating-point state, which a handler's frame keeps too, since a handler may compute. None by default.
    fn fpstate(&self) -> &[u8] {
        &[]
    }
    /// The same bytes, into which rt_sigreturn reads what the frame has before it calls [`Self::restore`]. A program may
    /// have written anything there.
    fn fpstate_mut(&mut self) -> &mut [u8] {
        &mut []
    }
    /// Sets the value that the system call gives.
    fn set_return_value(&mut self, value: i64);
    /// Sets the stack pointer of a child that clone gave a stack of its own.
    fn set_stack_pointer(&mut self, sp: u64);
    /// Sets the thread pointer (CLONE_SETTLS).
    fn set_thread_pointer(&mut self, tls: u64);
    /// Makes the registers those of a program that starts.
    fn start(&mut self, entry: u64, sp: u64);
}

/// A task without registers, for whoever only makes calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NoThread;

impl Thread for NoThread {
    const LINKAGE: usize = 1;

    fn stack_pointer(&self) -> u64 {
        0
    }
    fn signal_frame(&self) -> u64 {
        0
    }
    fn restart_call(&mut self) {}
    fn save(&self) -> Gregs {
        Gregs::default()
    }
    fn restore(&mut self, _: &Gregs) {}
    fn enter_handler(&mut self, call: &HandlerCall) -> [u64; MAX_LINKAGE] {
        let mut words = [0; MAX_LINKAGE];
        words[0] = call.restorer;
        words
    }
    fn set_return_value(&mut self, _: i64) {}
    fn set_stack_pointer(&mut self, _: u64) {}
    fn set_thread_pointer(&mut self, _: u64) {}
    fn start(&mut self, _: u64, _: u64) {}
}
