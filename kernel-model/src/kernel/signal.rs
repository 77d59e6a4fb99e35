//! The way back to user space: the signals that wait are taken, and handlers get their registers.

use super::entry::Entry;
use super::storage::{HandlerCall, Thread};
use crate::abi::call::Outcome;
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::TaskRef;
use crate::syscall::{self, Stand};
use crate::verbs::deliver::{Delivery, Ksignal};
use crate::verbs::frame::{self, Frame};

impl<T: Thread> Entry<'_, T> {
    /// A task that is there and ready goes on with the call in which it slept.
    pub(super) fn resume(&mut self, task: TaskRef) -> Outcome {
        let stand = syscall::resume(&mut self.w, task);
        self.leave(task, stand)
    }

    /// The way back to user space, from a call or from what else a task did in the kernel.
    #[inline(always)]
    pub(super) fn leave(&mut self, task: TaskRef, stand: Stand) -> Outcome {
        match self.without_signals(task, &stand) {
            Some(outcome) => outcome,
            None => self.take_signals(task, stand),
        }
    }

    /// What a task comes to that has no signal to take: mostly there is none.
    #[inline(always)]
    fn without_signals(&mut self, task: TaskRef, stand: &Stand) -> Option<Outcome> {
        self.copy_thread(task);
        match *stand {
            Stand::Asleep => Some(Outcome::Blocked),
            Stand::Gone => Some(Outcome::Gone),
            Stand::ExecAgain => Some(Outcome::Resumed),
            Stand::Done(value) => {
                self.set_return_value(task, value);
                Some(Outcome::Done(value))
            }
            Stand::Signals(value) => {
                self.set_return_value(task, value);
                None
            }
            Stand::Interrupted(_) | Stand::None => None,
        }
    }

    /// `arch_do_signal_or_restart()`, until no signal waits: all handlers are set up before the first of them runs. The
    /// value of the call is decided when the first one is.
    #[inline(never)]
    fn take_signals(&mut self, task: TaskRef, mut stand: Stand) -> Outcome {
        let mut caught = None;
        loop {
            let delivery = syscall::take_signal(&mut self.w, task, stand);
            match (delivery, stand) {
                (Delivery::Gone, _) => return Outcome::Gone,
                (Delivery::Handler(ksignal), _) => {
                    let value = self.interrupt(task, stand, &ksignal);
                    caught = caught.or(Some(Outcome::Caught { value }));
                    self.handle_signal(task, &ksignal);
                    stand = Stand::None;
                }
                (Delivery::Continue, Stand::Interrupted(reason)) => {
                    stand = syscall::go_on(&mut self.w, task, reason);
                    if let Some(outcome) = self.without_signals(task, &stand) {
                        return outcome;
                    }
                }
                (_, Stand::Signals(value)) => return Outcome::Done(value),
                (Delivery::Stopped, _) => return caught.unwrap_or(Outcome::Blocked),
                (Delivery::Continue, _) => {
                    frame::restore_saved_sigmask(&mut self.w, task);
                    return caught.unwrap_or(Outcome::Resumed);
                }
            }
        }
    }

    /// The value of the call that a handler interrupts goes into the registers that it will return to; without a value
    /// they go back to the call.
    fn interrupt(&mut self, task: TaskRef, stand: Stand, ksignal: &Ksignal) -> Option<i64> {
        let reason = match stand {
            Stand::Interrupted(reason) => reason,
            Stand::Signals(value) => return Some(value),
            _ => return None,
        };
        let value = syscall::interrupt(&mut self.w, reason, ksignal.action.flags);
        let thread = self.registers(task)?;
        match value {
            Some(value) => thread.set_return_value(value),
            None => thread.restart_call(),
        }
        value
    }

    /// `handle_signal()`: the frame, and the registers with which the handler begins.
    fn handle_signal(&mut self, task: TaskRef, ksignal: &Ksignal) {
        match self.setup_rt_frame(task, ksignal) {
            Ok(()) => frame::signal_delivered(&mut self.w, task, ksignal),
            Err(_) => frame::force_sigsegv(&mut self.w, task, ksignal.signal),
        }
    }

    fn setup_rt_frame(&mut self, task: TaskRef, ksignal: &Ksignal) -> Result<()> {
        let (w, thread) = self.split(task);
        let thread = thread.ok_or(Errno::EFAULT)?;
        let linkage = T::LINKAGE;
        let parts = (linkage, thread.fpstate().len());
        let frame = frame::get_sigframe(w, task, ksignal, thread.stack_pointer(), parts);
        let frame = frame.ok_or(Errno::EFAULT)?;
        let mut handler = thread.clone();
        let words = handler.enter_handler(&HandlerCall {
            sp: frame.sp,
            handler: ksignal.action.handler,
            signo: u64::from(ksignal.signal.number()),
            info: frame.info,
            ucontext: frame.ucontext,
            restorer: ksignal.action.restorer,
        });
        let saved = frame::Saved {
            gregs: &thread.save(),
            linkage: words.get(..linkage).ok_or(Errno::EFAULT)?,
            fpstate: thread.fpstate(),
        };
        frame::setup_rt_frame(w, task, ksignal, &frame, saved)?;
        *thread = handler;
        Ok(())
    }

    /// rt_sigreturn(2): the registers as the frame has them, the value of the interrupted call among them.
    #[inline(never)]
    pub(super) fn rt_sigreturn(&mut self, task: TaskRef) -> Outcome {
        let (w, Some(thread)) = self.split(task) else {
            return Outcome::Gone;
        };
        let frame = Frame::at(thread.signal_frame(), T::LINKAGE);
        let mut restored = thread.clone();
        let sp_of = |gregs: &frame::Gregs| {
            let mut copy = thread.clone();
            copy.restore(gregs);
            copy.stack_pointer()
        };
        if let Some(gregs) = frame::rt_sigreturn(w, task, &frame, &sp_of, restored.fpstate_mut()) {
            restored.restore(&gregs);
            *thread = restored;
        }
        self.leave(task, Stand::None)
    }
}
