//! Floor 5: the system calls. Each is checked, carried out by verbs, and answered; one file for each family.

mod clone3;
mod cred;
pub mod decode;
mod file;
mod futex;
mod ioctl;
mod itimer;
mod memory;
mod open;
mod pidfd;
mod poll;
mod prctl;
mod process;
mod read_write;
mod resource;
mod signal;
mod signalfd;
mod time;

use crate::abi::call::Call;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::SaFlags;
use crate::abi::ids::TaskRef;
use crate::abi::state::{Sleep, State};
use crate::objects::blocked::{Blocked, Restart};
use crate::verbs::deliver::{Delivery, get_signal};
use crate::verbs::frame::restore_saved_sigmask;
use crate::verbs::pipe::Stage;
use crate::verbs::signal::{is_dying, signal_pending};
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

/// How a call stands when its task is about to return to user space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stand {
    /// It is over, with this value, and no signal waits: mostly so.
    Done(i64),
    /// It is over, with this value, and there are signals to take.
    Signals(i64),
    /// It would sleep, but there are signals to take first; what becomes of it, they decide.
    Interrupted(Blocked),
    /// The task sleeps in it.
    Asleep,
    /// The task has ended.
    Gone,
    /// There is no call.
    None,
    /// The embedder is to call exec once more, with the program.
    ExecAgain,
}

impl Stand {
    /// A call is over.
    #[inline(always)]
    #[must_use]
    pub fn over(w: &World<'_>, task: TaskRef, value: i64) -> Stand {
        match signal_pending(w, task) {
            false => Stand::Done(value),
            true => Stand::Signals(value),
        }
    }
}

/// Carries out one call of the task that runs; `sp` is its stack pointer.
#[inline(always)]
pub fn syscall(w: &mut World<'_>, task: TaskRef, call: &Call, sp: u64) -> Stand {
    // A task that is to die, and was told, makes no further call: a fork would outlive it, a vfork would sleep
    // through it.
    if signal_pending(w, task) && is_dying(w.signal(task), task) && get_signal(w, task) == Delivery::Gone {
        return Stand::Gone;
    }
    syscall_entered(w, task, call, sp)
}

/// The same for a task that was in the kernel already when it was told to die: it finishes the call.
pub fn syscall_entered(w: &mut World<'_>, task: TaskRef, call: &Call, sp: u64) -> Stand {
    let reply = dispatch(w, task, call, sp);
    finish(w, task, reply)
}

/// The task runs again: goes on with the call it was parked in, if there is one.
pub fn resume(w: &mut World<'_>, task: TaskRef) -> Stand {
    let restart = core::mem::take(&mut w.tasks[task].restart);
    let Some(reason) = w.tasks[task].parked.take() else {
        return Stand::None;
    };
    match restart {
        true => Stand::Interrupted(reason),
        false => again(w, task, reason),
    }
}

/// Whether the call's condition holds by now.
fn again(w: &mut World<'_>, task: TaskRef, reason: Blocked) -> Stand {
    let reply = match reason {
        Blocked::Wait(args) => process::wait(w, task, &args),
        Blocked::VforkDone { child } => process::vfork_wait(w, task, child),
        Blocked::PipeRead(_)
        | Blocked::PipeWrite(_)
        | Blocked::SignalfdRead(_)
        | Blocked::TtyRead(_)
        | Blocked::TtyWrite(_) => read_write::again(w, task, reason, Stage::GoesOn),
        Blocked::TtyIoctl { fd, request, arg } => ioctl::ioctl(w, task, fd, request, arg),
        Blocked::Nanosleep {
            until,
            remain,
            absolute,
        } => time::nanosleep(w, task, until, remain, absolute),
        Blocked::CpuNanosleep(sleep) => time::cpu_nanosleep(w, task, sleep),
        Blocked::Sigtimedwait { set, info, until } => signal::sigtimedwait_again(w, task, set, info, until),
        Blocked::Clone(args) => process::clone(w, task, &args),
        Blocked::Futex(wait) => futex::futex_wait_again(w, task, wait),
        Blocked::Poll(wait) => poll::poll_again(w, task, wait),
        Blocked::PollRestart(wait) => poll::do_poll(w, task, wait),
        Blocked::FutexRestart(wait) => futex::futex_restart(w, task, wait),
        Blocked::SigsuspendRestart { mask } => Ok(signal::sigsuspend(w, task, mask)),
        Blocked::Pause | Blocked::Sigsuspend { .. } | Blocked::Kthread => Ok(Reply::Block(reason)),
        Blocked::DeThread => return Stand::ExecAgain,
        Blocked::Exit => {
            crate::verbs::exit::exit_after_files(w, task);
            Ok(Reply::Left)
        }
    };
    finish(w, task, reply)
}

/// `exit_to_user_mode_loop()`, once round: the next signal that waits. A call that it interrupts is still the task's
/// while the signal may end it.
pub fn take_signal(w: &mut World<'_>, task: TaskRef, stand: Stand) -> Delivery {
    if !signal_pending(w, task) {
        return Delivery::Continue;
    }
    if let Stand::Interrupted(reason) = stand {
        w.tasks[task].parked = Some(reason);
    }
    let delivery = get_signal(w, task);
    match (stand, delivery) {
        (_, Delivery::Gone) => {}
        (Stand::Interrupted(_), Delivery::Stopped) => w.tasks[task].restart = true,
        (Stand::Interrupted(_), _) => w.tasks[task].parked = None,
        _ => {}
    }
    delivery
}

/// A handler runs, and interrupts this call: the value of the call, or none if it is made anew after the handler.
pub fn interrupt(w: &mut World<'_>, reason: Blocked, flags: SaFlags) -> Option<i64> {
    crate::verbs::file::fdput(w, &reason);
    let anew = match reason.restart() {
        Restart::Sys => flags.contains(SaFlags::SA_RESTART),
        Restart::NoHand => false,
        Restart::NoIntr => true,
    };
    (!anew).then_some(Errno::EINTR.to_return_value())
}

/// No handler runs: the call that was interrupted goes on as if nothing had been (ERESTARTSYS, ERESTARTNOHAND and
/// ERESTART_RESTARTBLOCK are the same then).
pub fn go_on(w: &mut World<'_>, task: TaskRef, reason: Blocked) -> Stand {
    restore_saved_sigmask(w, task);
    match reason {
        // The registers are back at the call by now: what the mask before lets through comes before it.
        Blocked::Sigsuspend { mask } if signal_pending(w, task) => {
            Stand::Interrupted(Blocked::SigsuspendRestart { mask })
        }
        Blocked::Sigsuspend { mask } | Blocked::SigsuspendRestart { mask } => {
            let reply = Ok(signal::sigsuspend(w, task, mask));
            finish(w, task, reply)
        }
        Blocked::PipeRead(_) | Blocked::PipeWrite(_) | Blocked::TtyRead(_) => {
            let reply = read_write::again(w, task, reason, Stage::Begins);
            finish(w, task, reply)
        }
        _ => again(w, task, reason),
    }
}

#[inline(always)]
fn finish(w: &mut World<'_>, task: TaskRef, reply: Result<Reply>) -> Stand {
    match reply {
        Ok(Reply::Done(value)) => Stand::over(w, task, value),
        Err(errno) => Stand::over(w, task, errno.to_return_value()),
        Ok(Reply::Block(reason)) if is_interrupted(w, task, reason) => interrupted(w, task, reason),
        Ok(Reply::Block(reason)) => {
            debug_assert_eq!(w.tasks[task].state(), State::Running);
            sleep(w, task, reason);
            Stand::Asleep
        }
        Ok(Reply::Left) => match w.tasks.get(task) {
            Some(t) if !t.state().has_exited() => Stand::Asleep,
            _ => Stand::Gone,
        },
    }
}

/// `signal_pending_state()`: what may wake such a sleeper keeps it from falling asleep.
fn is_interrupted(w: &World<'_>, task: TaskRef, reason: Blocked) -> bool {
    signal_pending(w, task) && (reason.sleep() == Sleep::Interruptible || is_dying(w.signal(task), task))
}

/// A write that has moved some bytes gives their number, and so does a read of the terminal; any other call waits for
/// what the signals decide.
fn interrupted(w: &mut World<'_>, task: TaskRef, reason: Blocked) -> Stand {
    crate::verbs::n_tty::read_unlock(w, task);
    match reason {
        Blocked::PipeWrite(transfer) | Blocked::TtyRead(transfer) if transfer.done > 0 => {
            crate::verbs::file::fdput(w, &reason);
            Stand::Signals(i64::try_from(transfer.done).unwrap_or(i64::MAX))
        }
        _ => Stand::Interrupted(reason),
    }
}

/// Every call and the function that carries it out.
fn dispatch(w: &mut World<'_>, task: TaskRef, call: &Call, sp: u64) -> Result<Reply> {
    match *call {
        Call::Clone(ref args) => process::clone(w, task, args),
        Call::Clone3 { uargs, size } => clone3::clone3(w, task, uargs, size),
        Call::PidfdOpen { pid, flags } => pidfd::pidfd_open(w, task, pid, flags),
        Call::PidfdGetfd {
            pidfd,
            targetfd,
            flags,
        } => pidfd::pidfd_getfd(w, task, pidfd, targetfd, flags),
        Call::PidfdSendSignal {
            pidfd,
            signal,
            info,
            flags,
        } => pidfd::pidfd_send_signal(w, task, pidfd, signal, info, flags),
        Call::Poll { fds, nfds, timeout } => poll::poll(w, task, fds, nfds, timeout),
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
        Call::Setids { of, change } => cred::set(w, task, of, change),
        Call::Getresids { of, to } => cred::get(w, task, of, to),
        Call::Setfsid { of, id } => Ok(cred::setfs(w, task, of, id)),
        Call::Getgroups { size, list } => cred::getgroups(w, task, size, list),
        Call::Setgroups { size, list } => cred::setgroups(w, task, size, list),
        Call::Capget { header, data } => cred::capget(w, task, header, data),
        Call::Capset { header, data } => cred::capset(w, task, header, data),
        Call::SetTidAddress { tidptr } => {
            w.tasks[task].clear_child_tid = tidptr;
            Ok(w.tasks[task].pid.into())
        }
        Call::Futex {
            uaddr,
            futex_op,
            val,
            timeout,
            uaddr2,
            val3,
        } => {
            let args = futex::FutexArgs {
                uaddr,
                op: futex_op,
                val,
                timeout,
                uaddr2,
                val3,
            };
            futex::futex(w, task, &args)
        }
        Call::SetRobustList { head, len } => futex::set_robust_list(w, task, head, len),
        Call::GetRobustList {
            pid,
            head_ptr,
            len_ptr,
        } => futex::get_robust_list(w, task, pid, head_ptr, len_ptr),
        Call::Prctl { option, args } => prctl::prctl(w, task, option, args),
        Call::Umask { mask } => Ok(process::umask(w, task, mask).into()),

        Call::Kill { pid, signal } => crate::verbs::kill::kill(w, task, pid, signal).map(Reply::from),
        Call::Tkill { tid, signal } => {
            crate::verbs::kill::tgkill(w, task, None, tid, signal).map(Reply::from)
        }
        Call::Tgkill { tgid, tid, signal } => {
            crate::verbs::kill::tgkill(w, task, Some(tgid), tid, signal).map(Reply::from)
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
        Call::RtSigsuspend { mask, size } => signal::rt_sigsuspend(w, task, mask, size),
        Call::RtSigtimedwait {
            set,
            info,
            timeout,
            size,
        } => signal::rt_sigtimedwait(w, task, set, info, timeout, size),
        Call::RtSigqueueinfo { tgid, signal, info } => signal::rt_sigqueueinfo(w, task, tgid, signal, info),
        Call::RtTgsigqueueinfo {
            tgid,
            tid,
            signal,
            info,
        } => signal::rt_tgsigqueueinfo(w, task, (tgid, tid), signal, info),
        Call::Signalfd {
            fd,
            mask,
            size,
            flags,
        } => signalfd::signalfd4(w, task, fd, mask, size, flags),
        Call::Sigaltstack { ss, old } => signal::sigaltstack(w, task, sp, ss, old),
        // do_no_restart_syscall(): what a handler has interrupted is over; what no handler has, goes on by itself.
        // The registers that rt_sigreturn restores are the front door's.
        Call::RestartSyscall | Call::RtSigreturn => Err(Errno::EINTR),
        Call::Pause => Ok(Reply::Block(Blocked::Pause)),

        Call::Read { fd, buf, count } => read_write::read(w, task, fd, buf, count),
        Call::Write { fd, buf, count } => read_write::write(w, task, fd, buf, count),
        Call::Close { fd } => crate::verbs::file::close_fd(w, task, fd).map(Reply::from),
        Call::Dup { fd } => crate::verbs::file::dup_from(w, task, fd, 0, false).map(Reply::from),
        Call::Dup2 { fd, newfd } => file::dup2(w, task, fd, newfd),
        Call::Dup3 { fd, newfd, flags } => file::dup3(w, task, fd, newfd, flags),
        Call::Pipe2 { fds, flags } => crate::verbs::pipe::do_pipe2(w, task, fds, flags).map(Reply::from),
        Call::Fcntl { fd, cmd, arg } => file::fcntl(w, task, fd, cmd, arg),
        Call::Open { path, flags } => open::open(w, task, path, flags),
        Call::Ioctl { fd, request, arg } => ioctl::ioctl(w, task, fd, request, arg),
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
        Call::Getrlimit { resource, rlim } => resource::getrlimit(w, task, resource, rlim),
        Call::Setrlimit { resource, rlim } => resource::setrlimit(w, task, resource, rlim),
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
        Call::Getitimer { which, value } => itimer::getitimer(w, task, which, value),
        Call::Setitimer { which, new, old } => itimer::setitimer(w, task, which, new, old),
        Call::Alarm { seconds } => Ok(itimer::alarm(w, task, seconds)),
        Call::ClockGetres { clock, res } => time::clock_getres(w, task, clock, res),
        Call::ClockGettime { clock, tp } => time::clock_gettime(w, task, clock, tp),
        Call::Gettimeofday { tv } => time::gettimeofday(w, task, tv),
        Call::Time { tloc } => time::time(w, task, tloc),
        Call::Times { buf } => time::times(w, task, buf),
    }
}
