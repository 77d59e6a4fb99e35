//! The way back to user space: the signals that wait are taken, and handlers get their registers.

use super::Kernel;
use super::storage::{HandlerCall, Storage, Thread};
use crate::abi::call::Outcome;
use crate::abi::effect::Board;
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::TaskRef;
use crate::objects::blocked::Blocked;
use crate::syscall::{self, Stand};
use crate::verbs::deliver::{Delivery, Ksignal};
use crate::verbs::frame::{self, Frame};

impl<S: Storage> Kernel<S> {
    fn registers(&mut self, task: TaskRef) -> Option<&mut S::Thread> {
        self.storage.threads_mut().get_mut(task.index() as usize)
    }

    fn set_return_value(&mut self, task: TaskRef, value: i64) {
        if let Some(thread) = self.registers(task) {
            thread.set_return_value(value);
        }
    }

    /// The way back to user space, from a call or from what else a task did in the kernel.
    #[inline(always)]
    pub(super) fn leave(&mut self, task: TaskRef, stand: Stand, board: &mut dyn Board) -> Outcome {
        match self.without_signals(task, &stand) {
            Some(outcome) => outcome,
            None => self.take_signals(task, stand, board),
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
    fn take_signals(&mut self, task: TaskRef, mut stand: Stand, board: &mut dyn Board) -> Outcome {
        let mut caught = None;
        loop {
            let delivery = self.take_signal(task, stand, board);
            match (delivery, stand) {
                (Delivery::Gone, _) => return Outcome::Gone,
                (Delivery::Handler(ksignal), _) => {
                    let value = self.interrupt(task, stand, &ksignal, board);
                    caught = caught.or(Some(Outcome::Caught { value }));
                    self.handle_signal(task, &ksignal, board);
                    stand = Stand::None;
                }
                (Delivery::Continue, Stand::Interrupted(reason)) => {
                    stand = self.go_on(task, reason, board);
                    if let Some(outcome) = self.without_signals(task, &stand) {
                        return outcome;
                    }
                }
                (_, Stand::Signals(value)) => return Outcome::Done(value),
                (Delivery::Stopped, _) => return caught.unwrap_or(Outcome::Blocked),
                (Delivery::Continue, _) => {
                    frame::restore_saved_sigmask(&mut self.world(board), task);
                    return caught.unwrap_or(Outcome::Resumed);
                }
            }
        }
    }

    // Each step below is a function of its own, with a world in its frame: in one function the frames would add up.

    #[inline(never)]
    fn take_signal(&mut self, task: TaskRef, stand: Stand, board: &mut dyn Board) -> Delivery {
        syscall::take_signal(&mut self.world(board), task, stand)
    }

    #[inline(never)]
    fn go_on(&mut self, task: TaskRef, reason: Blocked, board: &mut dyn Board) -> Stand {
        syscall::go_on(&mut self.world(board), task, reason)
    }

    /// The value of the call that a handler interrupts goes into the registers that it will return to; without a value
    /// they go back to the call.
    #[inline(never)]
    fn interrupt(
        &mut self,
        task: TaskRef,
        stand: Stand,
        ksignal: &Ksignal,
        board: &mut dyn Board,
    ) -> Option<i64> {
        let reason = match stand {
            Stand::Interrupted(reason) => reason,
            Stand::Signals(value) => return Some(value),
            _ => return None,
        };
        let value = syscall::interrupt(&mut self.world(board), reason, ksignal.action.flags);
        let thread = self.registers(task)?;
        match value {
            Some(value) => thread.set_return_value(value),
            None => thread.restart_call(),
        }
        value
    }

    /// `handle_signal()`: the frame, and the registers with which the handler begins.
    #[inline(never)]
    fn handle_signal(&mut self, task: TaskRef, ksignal: &Ksignal, board: &mut dyn Board) {
        let set_up = self.setup_rt_frame(task, ksignal, board);
        let mut w = self.world(board);
        match set_up {
            Ok(()) => frame::signal_delivered(&mut w, task, ksignal),
            Err(_) => frame::force_sigsegv(&mut w, task, ksignal.signal),
        }
    }

    #[inline(never)]
    fn setup_rt_frame(&mut self, task: TaskRef, ksignal: &Ksignal, board: &mut dyn Board) -> Result<()> {
        let thread = self.registers(task).ok_or(Errno::EFAULT)?;
        let (sp, gregs, linkage) = (thread.stack_pointer(), thread.save(), S::Thread::LINKAGE);
        let mut handler = thread.clone();
        let interrupted = thread.clone();
        let mut w = self.world(board);
        let parts = (linkage, interrupted.fpstate().len());
        let frame = frame::get_sigframe(&w, task, ksignal, sp, parts).ok_or(Errno::EFAULT)?;
        let words = handler.enter_handler(&HandlerCall {
            sp: frame.sp,
            handler: ksignal.action.handler,
            signo: u64::from(ksignal.signal.number()),
            info: frame.info,
            ucontext: frame.ucontext,
            restorer: ksignal.action.restorer,
        });
        let saved = frame::Saved {
            gregs: &gregs,
            linkage: words.get(..linkage).ok_or(Errno::EFAULT)?,
            fpstate: interrupted.fpstate(),
        };
        frame::setup_rt_frame(&mut w, task, ksignal, &frame, saved)?;
        if let Some(thread) = self.registers(task) {
            *thread = handler;
        }
        Ok(())
    }

    /// rt_sigreturn(2): the registers as the frame has them, the value of the interrupted call among them.
    #[inline(never)]
    pub(super) fn rt_sigreturn(&mut self, task: TaskRef, board: &mut dyn Board) -> Outcome {
        let Some(thread) = self.registers(task) else {
            return Outcome::Gone;
        };
        let (mut thread, frame) = (
            thread.clone(),
            Frame::at(thread.signal_frame(), S::Thread::LINKAGE),
        );
        let current = thread.clone();
        let sp_of = |gregs: &frame::Gregs| {
            let mut copy = current.clone();
            copy.restore(gregs);
            copy.stack_pointer()
        };
        let fpstate = thread.fpstate_mut();
        let gregs = frame::rt_sigreturn(&mut self.world(board), task, &frame, &sp_of, fpstate);
        if let Some(gregs) = gregs {
            thread.restore(&gregs);
            if let Some(place) = self.registers(task) {
                *place = thread;
            }
        }
        self.leave(task, Stand::None, board)
    }
}
