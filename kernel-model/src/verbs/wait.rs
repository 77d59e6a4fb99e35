//! wait4 and waitid: `do_wait()`.

use crate::abi::call::{WaitArgs, WaitFor, WaitReport};
use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::{OpenFlags, WaitOptions};
use crate::abi::ids::{Pid, TaskRef, Uid};
use crate::abi::signal::Signal;
use crate::abi::state::State;
use crate::abi::wait::WaitStatus;
use crate::abi::words;
use crate::objects::blocked::Blocked;
use crate::objects::signal::{GroupStop, Usage};
use crate::objects::task::{TaskStruct, WaitEntry};
use crate::store::list;
use crate::world::World;

use super::children;
use super::exit::{exit_status, process_usage, release_task};
use super::group::pgrp_of;
use super::signal::next_thread;
use super::state::{set_state, wake_up};

/// A child with something to tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waited {
    /// Its number.
    pub pid: Pid,
    /// Its user.
    pub uid: Uid,
    /// What it tells.
    pub status: WaitStatus,
}

/// What a look at the children gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// A child with something to tell.
    Child(Waited),
    /// There are children to wait for, but none has anything to tell.
    NotYet,
}

/// A look at the children (`struct wait_opts`).
struct WaitOpts<'a> {
    args: &'a WaitArgs,
    /// Who looks.
    by: TaskRef,
    /// `notask_error`: ECHILD until a child turns up that may have something to tell later.
    hope: bool,
    /// Time and faults of the child that tells something (`wo_rusage`).
    usage: &'a mut Usage,
}

impl WaitOpts<'_> {
    /// No child has anything to tell now.
    const fn none(&self) -> Result<Found> {
        if self.hope {
            Ok(Found::NotYet)
        } else {
            Err(Errno::ECHILD)
        }
    }
}

/// `eligible_pid()`.
#[inline]
fn eligible_pid(w: &World<'_>, who: WaitFor, child: TaskRef) -> bool {
    match who {
        WaitFor::Any => true,
        WaitFor::Pid(pid) => w.tasks[child].pid == pid,
        WaitFor::Group(pgid) => pgrp_of(w, child) == pgid,
    }
}

/// `eligible_child()`: a "clone" child, whose exit signal is not SIGCHLD, is for `__WCLONE`, the others are for
/// those without it; `__WALL` takes both.
fn eligible_child(w: &World<'_>, args: &WaitArgs, child: TaskRef) -> bool {
    if !eligible_pid(w, args.who, child) {
        return false;
    }
    let clone = w.tasks[child].exit_signal != i16::from(Signal::SIGCHLD.number());
    args.options.contains(WaitOptions::__WALL) || clone == args.options.contains(WaitOptions::__WCLONE)
}

/// `do_wait()`, one look: the caller's own children first, in birth order, then those of its sibling threads,
/// from the next one round. Time and faults of the child that was found are stored.
///
/// # Errors
/// ECHILD: there is no child to wait for.
#[inline(always)]
pub fn do_wait(w: &mut World<'_>, task: TaskRef, args: &WaitArgs, usage: &mut Usage) -> Result<Found> {
    let mut wo = WaitOpts {
        args,
        by: task,
        hope: false,
        usage,
    };
    if let WaitFor::Pid(pid) = args.who {
        // do_wait_pid(): the one child is looked up, not searched for.
        if let Some(child) = w
            .pid
            .task(pid)
            .filter(|child| is_child(w, task, *child, args.options))
            && let Some(waited) = wait_consider_task(w, &mut wo, child)
        {
            return Ok(Found::Child(waited));
        }
        return wo.none();
    }
    if let Some(waited) = do_wait_thread(w, task, &mut wo) {
        return Ok(Found::Child(waited));
    }
    if !args.options.contains(WaitOptions::__WNOTHREAD) && w.signal(task).threads.len() > 1 {
        // while_each_thread(): round from the caller on.
        let mut thread = next_thread(w, task);
        while thread != task {
            if let Some(waited) = do_wait_thread(w, thread, &mut wo) {
                return Ok(Found::Child(waited));
            }
            thread = next_thread(w, thread);
        }
    }
    wo.none()
}

fn is_child(w: &World<'_>, task: TaskRef, child: TaskRef, options: WaitOptions) -> bool {
    let t: &TaskStruct = &w.tasks[child];
    let parent = t.real_parent;
    let mine = parent == task
        || !options.contains(WaitOptions::__WNOTHREAD) && w.tasks[parent].signal == w.tasks[task].signal;
    t.is_group_leader() && child != w.sys.init_task && mine
}

fn do_wait_thread(w: &mut World<'_>, parent: TaskRef, wo: &mut WaitOpts<'_>) -> Option<Waited> {
    let mut at = w.tasks[parent].reports.first();
    while let Some(child) = at {
        at = children::next_report(w, child);
        let waited = wait_consider_task(w, wo, child);
        if waited.is_some() {
            return waited;
        }
    }
    // The others have nothing to tell now; one of them may give hope that it will.
    let mut at = w.tasks[parent].children.first();
    while let Some(child) = at
        && !wo.hope
    {
        at = children::next(w, child);
        wo.hope = eligible_child(w, wo.args, child) && !is_ended(w, child);
    }
    None
}

/// Whether the whole process has ended. `delay_group_leader()`: a leader that ended before its threads is not waited
/// for until they have ended.
fn is_ended(w: &World<'_>, child: TaskRef) -> bool {
    let t = &w.tasks[child];
    t.state() == State::Zombie && w.signals[t.signal].threads.len() == 1
}

/// `wait_consider_task()`.
fn wait_consider_task(w: &mut World<'_>, wo: &mut WaitOpts<'_>, child: TaskRef) -> Option<Waited> {
    if !eligible_child(w, wo.args, child) {
        return None;
    }
    if is_ended(w, child) {
        // A zombie gives no hope of anything else: with WSTOPPED alone the answer is ECHILD.
        return wait_task_zombie(w, wo, child);
    }
    wo.hope = true;
    wait_task_stopped(w, wo, child).or_else(|| wait_task_continued(w, wo, child))
}

/// `wait_task_zombie()`: takes the status and releases the child, unless WNOWAIT leaves it.
fn wait_task_zombie(w: &mut World<'_>, wo: &mut WaitOpts<'_>, child: TaskRef) -> Option<Waited> {
    if !wo.args.options.contains(WaitOptions::WEXITED) {
        return None;
    }
    let waited = report(w, wo, child, exit_status(w, child));
    if wo.args.options.contains(WaitOptions::WNOWAIT) {
        return Some(waited);
    }
    let grandchildren = w.signal(child).children;
    let sums = &mut w.signal_mut(wo.by).children;
    sums.add(wo.usage);
    sums.add(&grandchildren);
    set_state(w, child, State::Dead);
    w.tell(|w| Effect::Reaped {
        child: w.id(child),
        by: w.id(wo.by),
        status: waited.status,
    });
    release_task(w, child);
    Some(waited)
}

#[inline(always)]
fn report(w: &World<'_>, wo: &mut WaitOpts<'_>, child: TaskRef, status: WaitStatus) -> Waited {
    *wo.usage = process_usage(w, child);
    let t = &w.tasks[child];
    Waited {
        pid: t.pid,
        uid: t.cred.uid,
        status,
    }
}

/// `wait_task_stopped()`: each stop is reported once.
fn wait_task_stopped(w: &mut World<'_>, wo: &mut WaitOpts<'_>, child: TaskRef) -> Option<Waited> {
    // Asked first: it spares a look at the process of every child that is passed over.
    if !wo.args.options.contains(WaitOptions::WUNTRACED) {
        return None;
    }
    let GroupStop::Stopped {
        signal,
        reported: false,
    } = w.signal(child).group_stop
    else {
        return None;
    };
    if !wo.args.options.contains(WaitOptions::WNOWAIT) {
        w.signal_mut(child).group_stop = GroupStop::Stopped {
            signal,
            reported: true,
        };
        children::withdraw(w, child);
    }
    Some(report(w, wo, child, WaitStatus::Stopped(signal)))
}

/// `wait_task_continued()`.
fn wait_task_continued(w: &mut World<'_>, wo: &mut WaitOpts<'_>, child: TaskRef) -> Option<Waited> {
    if !wo.args.options.contains(WaitOptions::WCONTINUED)
        || w.signal(child).group_stop != GroupStop::Continued
    {
        return None;
    }
    if !wo.args.options.contains(WaitOptions::WNOWAIT) {
        w.signal_mut(child).group_stop = GroupStop::None;
        children::withdraw(w, child);
    }
    Some(report(w, wo, child, WaitStatus::Continued))
}

/// `__wake_up_parent()`: the threads of the parent that wait for such a child look again.
#[inline]
pub fn wake_up_parent(w: &mut World<'_>, child: TaskRef, parent: TaskRef) {
    if let Some(first) = w.signal(parent).wait_chldexit.first() {
        wake_up_waiters(w, child, parent, first);
    }
}

fn wake_up_waiters(w: &mut World<'_>, child: TaskRef, parent: TaskRef, first: TaskRef) {
    let mut at = Some(first);
    while let Some(waiter) = at {
        at = list::next::<WaitEntry>(&w.tasks[waiter]);
        let Some(Blocked::Wait(args)) = w.tasks[waiter].parked else {
            continue;
        };
        // child_wait_callback()
        let not_mine = args.options.contains(WaitOptions::__WNOTHREAD) && waiter != parent;
        if eligible_pid(w, args.who, child) && !not_mine {
            wake_up(w, waiter);
        }
    }
}

/// The arguments of wait4 for a pid as user space passes it: positive, -1, 0 for the own group, or a group.
///
/// # Errors
/// - ESRCH: INT_MIN.
/// - EINVAL: unknown options.
#[inline(always)]
pub fn wait4_args(w: &World<'_>, task: TaskRef, pid: i32, options: u32) -> Result<(WaitFor, WaitOptions)> {
    let allowed = WaitOptions::WNOHANG
        | WaitOptions::WUNTRACED
        | WaitOptions::WCONTINUED
        | WaitOptions::__WNOTHREAD
        | WaitOptions::__WCLONE
        | WaitOptions::__WALL;
    let options = WaitOptions::from_bits(options)
        .filter(|o| allowed.contains(*o))
        .ok_or(Errno::EINVAL)?;
    let who = match pid {
        i32::MIN => return Err(Errno::ESRCH),
        -1 => WaitFor::Any,
        0 => WaitFor::Group(pgrp_of(w, task)),
        1.. => WaitFor::Pid(Pid(pid.unsigned_abs())),
        _ => WaitFor::Group(Pid(pid.unsigned_abs())),
    };
    Ok((who, options | WaitOptions::WEXITED))
}

/// The arguments of waitid, and whether it is EAGAIN instead of sleep (PIDFD_NONBLOCK).
///
/// # Errors
/// EINVAL: an unknown kind of id or unknown options; no state asked for; P_PID with an id below 1, P_PGID with a
/// negative one, P_PIDFD with a negative descriptor. EBADF: the descriptor is none of a task.
pub fn waitid_args(
    w: &World<'_>,
    task: TaskRef,
    idtype: i32,
    id: i32,
    options: u32,
) -> Result<(WaitFor, WaitOptions, bool)> {
    let states = WaitOptions::WEXITED | WaitOptions::WUNTRACED | WaitOptions::WCONTINUED;
    let mut never_sleeps = false;
    let options = WaitOptions::from_bits(options)
        .filter(|o| o.intersects(states))
        .ok_or(Errno::EINVAL)?;
    let who = match (idtype, id) {
        (0, _) => WaitFor::Any,
        (1, 1..) => WaitFor::Pid(Pid(id.unsigned_abs())),
        (2, 0) => WaitFor::Group(pgrp_of(w, task)),
        (2, 1..) => WaitFor::Group(Pid(id.unsigned_abs())),
        (3, 0..) => {
            let (pid, flags) = super::pidfd::pidfd_get_pid(w, task, id)?;
            never_sleeps = flags.contains(OpenFlags::O_NONBLOCK);
            // A number that nobody has: its task is gone.
            WaitFor::Pid(w.pid.pids.get(pid).map_or(Pid(0), |pid| pid.nr))
        }
        _ => return Err(Errno::EINVAL),
    };
    Ok((who, options, never_sleeps))
}

/// The bytes of a `struct rusage`.
#[must_use]
pub fn rusage_bytes(usage: &Usage) -> [u8; 144] {
    let micros = |ns: u64| (ns / 1_000_000_000, ns / 1000 % 1_000_000);
    let ((us, uu), (ss, su)) = (micros(usage.utime), micros(usage.stime));
    let maxrss = usage.maxrss * 4;
    let (minor, major) = (usage.min_flt, usage.maj_flt);
    // utime, stime, maxrss in KiB, ixrss idrss isrss, minflt, majflt, nswap, inblock oublock msgsnd msgrcv nsignals,
    // nvcsw, nivcsw; what Linux does not keep is 0.
    let words: [u64; 18] = [
        us,
        uu,
        ss,
        su,
        maxrss,
        0,
        0,
        0,
        minor,
        major,
        0,
        0,
        0,
        0,
        0,
        0,
        usage.nvcsw,
        usage.nivcsw,
    ];
    words::to_bytes(&words)
}

/// The fields of the `siginfo_t` that waitid stores, each with its offset; all zero where no child had anything to
/// tell.
#[must_use]
pub fn siginfo_fields(waited: Option<&Waited>) -> [(u64, u32); 6] {
    let (signo, code, pid, uid, status) = match waited {
        None => (0, 0, 0, 0, 0),
        Some(child) => {
            // CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3, CLD_STOPPED 5, CLD_CONTINUED 6.
            let (code, status) = match child.status {
                WaitStatus::Exited(code) => (1, u32::from(code)),
                WaitStatus::Signaled { signal, core: false } => (2, u32::from(signal.number())),
                WaitStatus::Signaled { signal, core: true } => (3, u32::from(signal.number())),
                WaitStatus::Stopped(signal) => (5, u32::from(signal.number())),
                WaitStatus::Continued => (6, u32::from(Signal::SIGCONT.number())),
            };
            let signo = u32::from(Signal::SIGCHLD.number());
            (signo, code, child.pid.0, child.uid.0, status)
        }
    };
    [(0, signo), (4, 0), (8, code), (16, pid), (20, uid), (24, status)]
}

/// Whether the answer goes back as wait4's value does.
#[must_use]
#[inline]
pub const fn value(report: WaitReport, waited: Option<&Waited>) -> i64 {
    match (report, waited) {
        (WaitReport::Wait4 { .. }, Some(child)) => child.pid.0 as i64,
        _ => 0,
    }
}
