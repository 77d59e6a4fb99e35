//! Who may send a signal to whom: kill, tkill, tgkill, rt_sigqueueinfo.

use crate::abi::capability::Capability;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::TaskFlags;
use crate::abi::ids::{Handle, Pid, TaskRef, kind};
use crate::abi::siginfo::{SI_TKILL, SigInfo};
use crate::abi::signal::Signal;
use crate::objects::cred::Cred;
use crate::objects::task::Tasks;
use crate::store::list;
use crate::world::World;

use super::pidfd::{PidRef, pid_task};
use super::signal::{Sender, Target, from_task, send_signal_locked};

/// `kill_ok_by_cred()`: to the real or saved user from the real or effective one; with CAP_KILL to anybody.
fn kill_ok_by_cred(from: &Cred, to: &Cred) -> bool {
    from.euid == to.suid
        || from.euid == to.uid
        || from.uid == to.suid
        || from.uid == to.uid
        || from.capable(Capability::Kill)
}

/// A signal on its way from a task: its number as the call was given it, and what it tells.
#[derive(Clone, Copy)]
struct Sending {
    from: TaskRef,
    number: i32,
    target: Target,
    /// None: as `kill` tells, who sends.
    info: Option<SigInfo>,
}

/// `check_kill_permission()` and `do_send_sig_info()`; signal 0 only asks.
fn send_checked(w: &mut World<'_>, to: TaskRef, sending: Sending) -> Result<()> {
    let Sending {
        from,
        number,
        target,
        info,
    } = sending;
    let signal = match number {
        0 => None,
        number => Some(signal(number)?),
    };
    let same_group = w.tasks[from].signal == w.tasks[to].signal;
    let same_session = w.signal(from).session == w.signal(to).session;
    // What says it comes from the kernel was checked before: it goes to the caller only.
    let from_kernel = info.is_some_and(|info| info.code() > 0);
    let allowed = from_kernel
        || same_group
        || kill_ok_by_cred(&w.tasks[from].cred, &w.tasks[to].cred)
        || signal == Some(Signal::SIGCONT) && same_session;
    if !allowed {
        return Err(Errno::EPERM);
    }
    let Some(signal) = signal else { return Ok(()) };
    let sender = match &info {
        None => Sender::Task(from),
        Some(info) => Sender::Info(from, info),
    };
    send_signal_locked(w, to, signal, target, sender)
}

fn signal(number: i32) -> Result<Signal> {
    let number = u64::try_from(number).map_err(|_| Errno::EINVAL)?;
    Signal::new(number).ok_or(Errno::EINVAL)
}

/// The signal for a parent's death, from the parent that dies: a child that has become another user's does not hear
/// of it.
pub fn send_pdeath_signal(w: &mut World<'_>, father: TaskRef, child: TaskRef, signal: Signal) {
    let sending = Sending {
        from: father,
        number: signal.number().into(),
        target: Target::Group,
        info: None,
    };
    let _not_allowed = send_checked(w, child, sending);
}

/// kill(2).
///
/// # Errors
/// - ESRCH: no such process or group; INT_MIN.
/// - EINVAL: no such signal.
/// - EPERM: the caller may signal none of them.
pub fn kill(w: &mut World<'_>, from: TaskRef, pid: i32, number: i32) -> Result<()> {
    let sending = Sending {
        from,
        number,
        target: Target::Group,
        info: None,
    };
    match pid {
        1.. => {
            let to = find(w, pid)?;
            send_checked(w, to, sending)
        }
        0 => {
            let group = w.signal(from).pgrp;
            kill_pgrp_info(w, group, sending)
        }
        -1 => kill_all(w, sending),
        _ => {
            let nr = pid
                .checked_neg()
                .and_then(|nr| u32::try_from(nr).ok())
                .ok_or(Errno::ESRCH)?;
            let group = w.pid.find(Pid(nr)).ok_or(Errno::ESRCH)?;
            kill_pgrp_info(w, group, sending)
        }
    }
}

fn find(w: &World<'_>, pid: i32) -> Result<TaskRef> {
    // The idle task has number 0, and no process can name it.
    let nr = u32::try_from(pid).ok().filter(|nr| *nr > 0).ok_or(Errno::ESRCH)?;
    w.pid.task(Pid(nr)).ok_or(Errno::ESRCH)
}

/// `__kill_pgrp_info()`: 0 if it reached anyone.
fn kill_pgrp_info(w: &mut World<'_>, group: Handle<kind::Pid>, sending: Sending) -> Result<()> {
    let mut at = w.pid.pids[group].pgrp.first();
    let mut result = Err(Errno::ESRCH);
    while let Some(member) = at {
        at = list::next::<crate::objects::signal::Pgrp>(&w.signals[member]);
        let leader = w.signals[member].leader;
        let sent = send_checked(w, leader, sending);
        if result.is_err() {
            result = sent;
        }
    }
    result
}

/// A signal from the leader of a session to the foreground group of the terminal that it gives up: to whom it may send.
pub fn kill_pgrp_of_tty(w: &mut World<'_>, from: TaskRef, group: Handle<kind::Pid>, signal: Signal) {
    let sending = Sending {
        from,
        number: signal.number().into(),
        target: Target::Group,
        info: None,
    };
    if w.pid.pids.get(group).is_some() {
        let _nobody_is_told = kill_pgrp_info(w, group, sending);
    }
}

/// `kill(-1)`: every process but init, the kernel threads and the caller's own.
fn kill_all(w: &mut World<'_>, sending: Sending) -> Result<()> {
    let mut at = w.sys.tasks.first();
    let mut result = Err(Errno::ESRCH);
    while let Some(task) = at {
        at = list::next::<Tasks>(&w.tasks[task]);
        let t = &w.tasks[task];
        if t.pid.0 <= 1 || t.flags.contains(TaskFlags::PF_KTHREAD) || t.signal == w.tasks[sending.from].signal
        {
            continue;
        }
        match send_checked(w, task, sending) {
            Err(Errno::EPERM) if result == Err(Errno::ESRCH) => result = Ok(()),
            Err(Errno::EPERM) => {}
            sent => result = sent,
        }
    }
    result
}

/// tkill(2) and tgkill(2): to one thread.
///
/// # Errors
/// - EINVAL: a number that is not positive, or no such signal.
/// - ESRCH: no such thread, or not in that process.
/// - EPERM: the caller may not.
/// - EAGAIN: a real-time signal, and no room in the queue.
pub fn tgkill(w: &mut World<'_>, from: TaskRef, tgid: Option<i32>, tid: i32, number: i32) -> Result<()> {
    let to = thread(w, tgid, tid)?;
    let info = match number {
        0 => None,
        number => Some(from_task(w, from, signal(number)?, SI_TKILL)),
    };
    send_to_thread(w, to, from, number, info)
}

fn thread(w: &World<'_>, tgid: Option<i32>, tid: i32) -> Result<TaskRef> {
    if tid <= 0 || tgid.is_some_and(|tgid| tgid <= 0) {
        return Err(Errno::EINVAL);
    }
    let to = find(w, tid)?;
    if tgid.is_some_and(|tgid| u32::try_from(tgid) != Ok(w.tasks[to].tgid.0)) {
        return Err(Errno::ESRCH);
    }
    Ok(to)
}

fn send_to_thread(
    w: &mut World<'_>,
    to: TaskRef,
    from: TaskRef,
    number: i32,
    info: Option<SigInfo>,
) -> Result<()> {
    let target = Target::Thread;
    send_checked(
        w,
        to,
        Sending {
            from,
            number,
            target,
            info,
        },
    )
}

/// Whether the information is one that the kernel gives, or `kill` and `tkill`.
const fn pretends(info: &SigInfo) -> bool {
    info.code() >= 0 || info.code() == SI_TKILL
}

/// Whether a program may send such information to this task: not even root can pretend to be the kernel, or `kill`.
fn may_tell(w: &World<'_>, from: TaskRef, to: i32, info: &SigInfo) -> Result<()> {
    match pretends(info) && u32::try_from(to) != Ok(w.tasks[from].pid.0) {
        true => Err(Errno::EPERM),
        false => Ok(()),
    }
}

/// rt_sigqueueinfo(2): to a process, with information.
///
/// # Errors
/// - EPERM: the information is one that only the kernel or `kill` gives; the caller may not send there.
/// - ESRCH: no such process.
/// - EINVAL: no such signal.
/// - EAGAIN: a real-time signal, and no room in the queue.
pub fn rt_sigqueueinfo(w: &mut World<'_>, from: TaskRef, pid: i32, number: i32, info: SigInfo) -> Result<()> {
    may_tell(w, from, pid, &info)?;
    let to = find(w, pid)?;
    let info = Some(info);
    let target = Target::Group;
    send_checked(
        w,
        to,
        Sending {
            from,
            number,
            target,
            info,
        },
    )
}

/// rt_tgsigqueueinfo(2): to a thread, with information.
///
/// # Errors
/// As for [`rt_sigqueueinfo`]; EINVAL for a number that is not positive, ESRCH for a thread of another process.
pub fn rt_tgsigqueueinfo(
    w: &mut World<'_>,
    from: TaskRef,
    (tgid, tid): (i32, i32),
    number: i32,
    info: SigInfo,
) -> Result<()> {
    if tid <= 0 || tgid <= 0 {
        return Err(Errno::EINVAL);
    }
    may_tell(w, from, tid, &info)?;
    let to = thread(w, Some(tgid), tid)?;
    send_to_thread(w, to, from, number, Some(info))
}

/// Whom a descriptor of a task means (PIDFD_SIGNAL_*).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The thread.
    Thread,
    /// Its process.
    ThreadGroup,
    /// The process group with its number.
    ProcessGroup,
}

/// `do_pidfd_send_signal()`: by the object of a number, which may be nobody's any more.
///
/// # Errors
/// - EPERM: the information is one that only the kernel or `kill` gives, and it is not for the caller; it may not send
///   there.
/// - ESRCH: the number is nobody's.
/// - EINVAL: no such signal.
/// - EAGAIN: a real-time signal, and no room in the queue.
pub fn pidfd_send_signal(
    w: &mut World<'_>,
    from: TaskRef,
    pid: PidRef,
    scope: Scope,
    number: i32,
    info: Option<SigInfo>,
) -> Result<()> {
    let foreign = w.tasks[from].thread_pid != pid || scope == Scope::ProcessGroup;
    if foreign && info.is_some_and(|info| pretends(&info)) {
        return Err(Errno::EPERM);
    }
    let target = match scope {
        Scope::Thread => Target::Thread,
        Scope::ThreadGroup | Scope::ProcessGroup => Target::Group,
    };
    let info = match (info, scope) {
        // `prepare_kill_siginfo()`: as tkill tells; a number that is none is refused below.
        (None, Scope::Thread) => signal(number)
            .ok()
            .map(|signal| from_task(w, from, signal, SI_TKILL)),
        (info, _) => info,
    };
    let sending = Sending {
        from,
        number,
        target,
        info,
    };
    match scope {
        Scope::ProcessGroup if w.pid.pids.get(pid).is_none() => Err(Errno::ESRCH),
        Scope::ProcessGroup => kill_pgrp_info(w, pid, sending),
        Scope::Thread | Scope::ThreadGroup => {
            let to = pid_task(w, pid).ok_or(Errno::ESRCH)?;
            send_checked(w, to, sending)
        }
    }
}
