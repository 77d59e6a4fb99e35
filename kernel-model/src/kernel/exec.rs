//! exec: the door to it, and the registers with which a program begins.

use super::entry::Entry;
use super::storage::{Storage, Thread};
use super::{Kernel, enter};
use crate::abi::call::Outcome;
use crate::abi::effect::Board;
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::TaskRef;
use crate::abi::limits::STACK_TOP;
use crate::abi::signal::Signal;
use crate::objects::blocked::Blocked;
use crate::syscall::Stand;
use crate::verbs::binfmt::{self, Arguments};
use crate::verbs::exec::{self, Program, Secureexec};
use crate::verbs::signal::{force_fatal_sig, is_dying};
use crate::world::World;

impl<S: Storage> Kernel<S> {
    /// exec of a program that is given nothing: its stack is empty at [`STACK_TOP`], for the embedder to fill. As
    /// [`Self::execve`] in all else.
    ///
    /// [`STACK_TOP`]: crate::abi::limits::STACK_TOP
    pub fn exec(&mut self, task: TaskRef, program: &Program<'_>, board: &mut dyn Board) -> Outcome {
        self.do_execve(task, program, None, board)
    }

    /// execve: the task runs this program from now on, with these arguments on its stack. Other threads of the process
    /// are told to die first: the outcome is [`Outcome::Blocked`] then, and the embedder calls again when the task runs.
    ///
    /// ENOEXEC and ENOMEM as for [`Program`]; E2BIG and ENOMEM as for [`binfmt::check`].
    pub fn execve(
        &mut self,
        task: TaskRef,
        program: &Program<'_>,
        arguments: &Arguments<'_>,
        board: &mut dyn Board,
    ) -> Outcome {
        self.do_execve(task, program, Some(arguments), board)
    }

    /// Whether the task is in an exec that waits for the other threads to end: when it runs, it is [`Self::execve`] that goes
    /// on, and not [`Self::resume`], which would forget the call.
    #[must_use]
    pub fn in_execve(&self, task: TaskRef) -> bool {
        let view = self.view();
        view.tasks
            .get(task)
            .is_some_and(|t| t.parked == Some(Blocked::DeThread))
    }

    /// How many bytes the strings of an exec may have, for who reads them.
    ///
    /// # Errors
    /// E2BIG: there are too many. ESRCH: no such task.
    pub fn bprm_stack_limits(&self, task: TaskRef, argc: usize, envc: usize) -> Result<u64> {
        let w = self.view();
        match w.tasks.get(task) {
            Some(_) => binfmt::bprm_stack_limits(&w.signal(task).rlim, argc, envc),
            None => Err(Errno::ESRCH),
        }
    }

    #[inline(never)]
    fn do_execve(
        &mut self,
        task: TaskRef,
        program: &Program<'_>,
        arguments: Option<&Arguments<'_>>,
        board: &mut dyn Board,
    ) -> Outcome {
        let mut entry = self.entry(board);
        let w = &mut entry.w;
        if let Err(outcome) = enter(w, task) {
            return outcome;
        }
        match w.tasks[task].parked {
            Some(Blocked::DeThread) => w.tasks[task].parked = None,
            Some(_) => return Outcome::Blocked,
            None => {}
        }
        if is_dying(w.signal(task), task) {
            return entry.resume(task);
        }
        let room = |w: &World<'_>| arguments.map_or(Ok(()), |arguments| binfmt::check(w, task, arguments));
        let may = exec::check_nproc(w, task)
            .and_then(|()| room(w))
            .and_then(|()| exec::check(w, program));
        if let Err(errno) = may {
            return entry.exec_failed(task, errno);
        }
        if exec::de_thread(w, task) {
            crate::verbs::state::sleep(w, task, Blocked::DeThread);
            return Outcome::Blocked;
        }
        match exec::begin_new_exec(w, task, program) {
            Ok(secure) => entry.start(task, program, arguments, secure),
            Err(errno) => entry.exec_failed(task, errno),
        }
    }
}

impl<T: Thread> Entry<'_, T> {
    /// The call is over with this error; it ends the process if the other threads are gone already.
    #[inline(never)]
    fn exec_failed(&mut self, task: TaskRef, errno: Errno) -> Outcome {
        exec::fail_late(&mut self.w, task);
        let stand = Stand::over(&self.w, task, errno.to_return_value());
        self.leave(task, stand)
    }

    /// The new program has its memory: it gets its stack and its registers.
    #[inline(never)]
    fn start(
        &mut self,
        task: TaskRef,
        program: &Program<'_>,
        arguments: Option<&Arguments<'_>>,
        secure: Secureexec,
    ) -> Outcome {
        let sp = match arguments {
            None => Ok(STACK_TOP),
            Some(arguments) => binfmt::create_elf_tables(&mut self.w, task, arguments, program.entry, secure),
        };
        // There is no way back to the old program.
        if sp.is_err() {
            force_fatal_sig(&mut self.w, task, Signal::SIGSEGV);
        }
        if let Some(thread) = self.registers(task) {
            *thread = T::default();
            thread.start(program.entry, sp.unwrap_or(STACK_TOP));
        }
        match sp {
            Ok(_) => Outcome::Done(0),
            Err(_) => self.leave(task, Stand::None),
        }
    }
}
