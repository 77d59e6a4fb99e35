//! Floor 5: the system calls. Each is checked, carried out by verbs, and answered; one file for each family.

pub mod decode;
mod file;
mod memory;
mod process;
mod resource;
mod signal;
mod time;

use crate::abi::call::{Call, Outcome};
use crate::abi::errno::Result;
use crate::abi::ids::TaskRef;
use crate::abi::state::State;
use crate::objects::blocked::Blocked;
use crate::verbs::signal::{Delivery, get_signal, is_dying, signal_pending};
use crate::verbs::state::sleep;
use crate::world::World;

/// How far a call came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reply {
    /// It is over.
    Done(i64),
    /// Its condition does not hold yet.
    Block(Blocked),
    /// It is over for the caller's user space, but the caller sleeps already (vfork) or has ended (exit).
    Left,
}

impl From<u32> for Reply {
    fn from(value: u32) -> Reply {
        Reply::Done(i64::from(value))
    }
}

impl From<crate::abi::ids::Pid> for Reply {
    fn from(pid: crate::abi::ids::Pid) -> Reply {
        Reply::from(pid.0)
    }
}

impl From<()> for Reply {
    fn from((): ()) -> Reply {
        Reply::Done(0)
    }
}

/// Carries out one call of the task that runs.
pub fn syscall(w: &mut World<'_>, task: TaskRef, call: Call) -> Outcome {
    // A task that is to die, and was told, makes no further call: a fork would outlive it, a vfork would sleep
    // through it.
    if signal_pending(w, task) && is_dying(w.signal(task), task) && get_signal(w, task) == Delivery::Gone {
        return Outcome::Gone;
    }
    let reply = dispatch(w, task, call);
    finish(w, task, reply)
}

/// The task runs again: goes on with the call it was parked in, if there is one.
pub fn resume(w: &mut World<'_>, task: TaskRef) -> Outcome {
    if core::mem::take(&mut w.tasks[task].restart) && w.tasks[task].parked.is_some() {
        match return_to_user(w, task) {
            Delivery::Continue => {}
            Delivery::Stopped => {
                w.tasks[task].restart = true;
                return Outcome::Blocked;
            }
            Delivery::Gone => return Outcome::Gone,
        }
    }
    let Some(reason) = w.tasks[task].parked.take() else {
        return match return_to_user(w, task) {
            Delivery::Continue => Outcome::Resumed,
            Delivery::Stopped => Outcome::Blocked,
            Delivery::Gone => Outcome::Gone,
        };
    };
    let reply = match reason {
        Blocked::Wait(args) => process::wait(w, task, &args),
        Blocked::VforkDone { child } => process::vfork_wait(w, task, child),
        Blocked::PipeRead(transfer) => file::pipe_read_again(w, task, transfer),
        Blocked::PipeWrite(transfer) => file::pipe_write_again(w, task, transfer),
        Blocked::Nanosleep { until, remain } => time::nanosleep(w, until, remain),
        Blocked::Clone(args) => process::clone(w, task, &args),
        Blocked::Pause | Blocked::Kthread => Ok(Reply::Block(reason)),
        // The embedder calls exec once more, with the program.
        Blocked::DeThread => return Outcome::Resumed,
    };
    finish(w, task, reply)
}

/// Before a task returns to user space it takes its signals.
pub fn return_to_user(w: &mut World<'_>, task: TaskRef) -> Delivery {
    if signal_pending(w, task) {
        get_signal(w, task)
    } else {
        Delivery::Continue
    }
}

#[inline(always)]
fn finish(w: &mut World<'_>, task: TaskRef, reply: Result<Reply>) -> Outcome {
    match reply {
        Ok(Reply::Done(value)) => Outcome::Done(value),
        Err(errno) => Outcome::Done(errno.to_return_value()),
        Ok(Reply::Block(reason)) => block(w, task, reason),
        Ok(Reply::Left) => match w.tasks.get(task) {
            Some(t) if !t.state().has_exited() => Outcome::Blocked,
            _ => Outcome::Gone,
        },
    }
}

/// Parks the call. A signal that is there already is taken first; without a handler to run, the call then goes on as
/// if nothing had been (ERESTARTSYS, ERESTARTNOHAND and ERESTART_RESTARTBLOCK are the same then).
fn block(w: &mut World<'_>, task: TaskRef, reason: Blocked) -> Outcome {
    if signal_pending(w, task) {
        w.tasks[task].parked = Some(reason);
        match get_signal(w, task) {
            Delivery::Gone => return Outcome::Gone,
            Delivery::Stopped => {
                w.tasks[task].restart = true;
                return Outcome::Blocked;
            }
            Delivery::Continue => {}
        }
    }
    debug_assert_eq!(w.tasks[task].state(), State::Running);
    sleep(w, task, reason);
    Outcome::Blocked
}

/// Every call and the function that carries it out.
fn dispatch(w: &mut World<'_>, task: TaskRef, call: Call) -> Result<Reply> {
    match call {
        Call::Clone(args) => process::clone(w, task, &args),
        Call::Exit { status } => process::exit(w, task, status),
        Call::ExitGroup { status } => process::exit_group(w, task, status),
        Call::Wait4 {
            pid,
            wstatus,
            options,
            rusage,
        } => process::wait4(w, task, pid, wstatus, options, rusage),
        Call::Waitid {
            idtype,
            id,
            infop,
            options,
            rusage,
        } => process::waitid(w, task, (idtype, id), infop, options, rusage),
        Call::Getpid => Ok(w.tasks[task].tgid.into()),
        Call::Gettid => Ok(w.tasks[task].pid.into()),
        Call::Getppid => Ok(process::getppid(w, task).into()),
        Call::Getpgid { pid } => crate::verbs::group::getpgid(w, task, pid).map(Reply::from),
        Call::Getsid { pid } => crate::verbs::group::getsid(w, task, pid).map(Reply::from),
        Call::Setpgid { pid, pgid } => crate::verbs::group::setpgid(w, task, pid, pgid).map(Reply::from),
        Call::Setsid => crate::verbs::group::setsid(w, task).map(Reply::from),
        Call::Getuid => Ok(w.tasks[task].cred.uid.0.into()),
        Call::Geteuid => Ok(w.tasks[task].cred.euid.0.into()),
        Call::Getgid => Ok(w.tasks[task].cred.gid.0.into()),
        Call::Getegid => Ok(w.tasks[task].cred.egid.0.into()),
        Call::SetTidAddress { tidptr } => {
            w.tasks[task].clear_child_tid = tidptr;
            Ok(w.tasks[task].pid.into())
        }
        // None of the options modelled looks at the further arguments.
        Call::Prctl { option, arg2, .. } => process::prctl(w, task, option, arg2),
        Call::Umask { mask } => Ok(process::umask(w, task, mask).into()),

        Call::Kill { pid, signal } => crate::verbs::signal::kill(w, task, pid, signal).map(Reply::from),
        Call::Tkill { tid, signal } => {
            crate::verbs::signal::tgkill(w, task, None, tid, signal).map(Reply::from)
        }
        Call::Tgkill { tgid, tid, signal } => {
            crate::verbs::signal::tgkill(w, task, Some(tgid), tid, signal).map(Reply::from)
        }
        Call::RtSigaction {
            signal,
            act,
            oldact,
            size,
        } => signal::rt_sigaction(w, task, signal, act, oldact, size),
        Call::RtSigprocmask {
            how,
            set,
            oldset,
            size,
        } => signal::rt_sigprocmask(w, task, how, set, oldset, size),
        Call::RtSigpending { set, size } => signal::rt_sigpending(w, task, set, size),
        Call::Pause => Ok(Reply::Block(Blocked::Pause)),

        Call::Read { fd, buf, count } => file::read(w, task, fd, buf, count),
        Call::Write { fd, buf, count } => file::write(w, task, fd, buf, count),
        Call::Close { fd } => crate::verbs::file::close_fd(w, task, fd).map(Reply::from),
        Call::Dup { fd } => crate::verbs::file::dup_from(w, task, fd, 0, false).map(Reply::from),
        Call::Dup2 { fd, newfd } => file::dup2(w, task, fd, newfd),
        Call::Dup3 { fd, newfd, flags } => file::dup3(w, task, fd, newfd, flags),
        Call::Pipe2 { fds, flags } => crate::verbs::pipe::do_pipe2(w, task, fds, flags).map(Reply::from),
        Call::Fcntl { fd, cmd, arg } => file::fcntl(w, task, fd, cmd, arg),
        Call::Ioctl { fd, request, arg } => file::ioctl(w, task, fd, request, arg),
        Call::Fstat { fd, statbuf } => file::fstat(w, task, fd, statbuf),
        Call::Lseek { fd } => file::lseek(w, task, fd),

        Call::Brk { addr } => Ok(memory::brk(w, task, addr)),
        Call::Mmap {
            addr,
            length,
            prot,
            flags,
            fd,
        } => memory::mmap(w, task, (addr, length), prot, flags, fd),
        Call::Munmap { addr, length } => crate::verbs::mmap::munmap(w, task, addr, length).map(Reply::from),
        Call::Mprotect { addr, length, prot } => {
            crate::verbs::mmap::mprotect(w, task, addr, length, prot).map(Reply::from)
        }
        Call::Madvise { addr, length, advice } => {
            crate::verbs::mmap::madvise(w, task, addr, length, advice).map(Reply::from)
        }

        Call::SchedYield => {
            crate::verbs::sched::yield_now(w, task);
            Ok(Reply::Done(0))
        }
        Call::Getpriority { which, who } => resource::getpriority(w, task, which, who),
        Call::Setpriority { which, who, niceval } => resource::setpriority(w, task, which, who, niceval),
        Call::Getrusage { who, usage } => resource::getrusage(w, task, who, usage),
        Call::Prlimit {
            pid,
            resource,
            new,
            old,
        } => resource::prlimit(w, task, pid, resource, new, old),

        Call::ClockNanosleep {
            clock,
            absolute,
            request,
            remain,
        } => time::clock_nanosleep(w, task, clock, absolute, request, remain),
        Call::ClockGettime { clock, tp } => time::clock_gettime(w, task, clock, tp),
        Call::Gettimeofday { tv } => time::gettimeofday(w, task, tv),
        Call::Time { tloc } => time::time(w, task, tloc),
        Call::Times { buf } => time::times(w, task, buf),
    }
}
