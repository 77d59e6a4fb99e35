//! clone, exit, wait.

use super::{Reply, Result};
use crate::abi::call::{CloneArgs, UserPtr, WaitArgs, WaitReport};
use crate::abi::errno::Errno;
use crate::abi::flags::{CloneFlags, WaitOptions};
use crate::abi::ids::{Pid, TaskRef};
use crate::objects::blocked::Blocked;
use crate::objects::signal::Usage;
use crate::verbs::signal::{recalc_sigpending, signal_pending};
use crate::verbs::uaccess::{copy_to_user, put_user};
use crate::verbs::wait::{self, Found, Waited};
use crate::verbs::{exit, fork};
use crate::world::World;

/// fork(2), vfork(2), clone(2).
#[inline]
pub(super) fn clone(w: &mut World<'_>, task: TaskRef, args: &CloneArgs) -> Result<Reply> {
    fork::check_flags(w, task, args)?;
    // copy_process() looks anew, and takes the signals first (ERESTARTNOINTR), so that one sent to the process comes
    // before the fork or reaches the child as well.
    recalc_sigpending(w, task);
    if signal_pending(w, task) {
        return Ok(Reply::Block(Blocked::Clone(*args)));
    }
    let child = fork::kernel_clone(w, task, args)?;
    let pid = w.tasks[child].pid;
    Ok(if args.flags.contains(CloneFlags::CLONE_VFORK) {
        Reply::Left
    } else {
        pid.into()
    })
}

/// The vfork parent runs again: the child has exec'ed or ended, unless a signal woke the parent.
pub(super) fn vfork_wait(w: &mut World<'_>, task: TaskRef, child: Pid) -> Result<Reply> {
    let waits = w
        .pid
        .task(child)
        .is_some_and(|child| w.tasks[child].vfork_done == Some(task));
    Ok(if waits {
        Reply::Block(Blocked::VforkDone { child })
    } else {
        child.into()
    })
}

/// exit(2): this thread; of the status eight bits are kept.
pub(super) fn exit(w: &mut World<'_>, task: TaskRef, status: i32) -> Result<Reply> {
    exit::do_exit(w, task, (status & 0xff) << 8);
    Ok(Reply::Left)
}

/// exit_group(2): the process.
pub(super) fn exit_group(w: &mut World<'_>, task: TaskRef, status: i32) -> Result<Reply> {
    exit::do_group_exit(w, task, (status & 0xff) << 8);
    Ok(Reply::Left)
}

/// getppid(2): the process number of the parent.
pub(super) fn getppid(w: &World<'_>, task: TaskRef) -> Pid {
    w.tasks[w.tasks[task].real_parent].tgid
}

/// wait4(2).
#[inline(always)]
pub(super) fn wait4(
    w: &mut World<'_>,
    task: TaskRef,
    pid: i32,
    wstatus: UserPtr,
    options: u32,
    rusage: UserPtr,
) -> Result<Reply> {
    let (who, options) = wait::wait4_args(w, task, pid, options)?;
    wait(
        w,
        task,
        &WaitArgs {
            who,
            options,
            report: WaitReport::Wait4 { wstatus },
            rusage,
        },
    )
}

/// waitid(2).
pub(super) fn waitid(
    w: &mut World<'_>,
    task: TaskRef,
    (idtype, id): (i32, i32),
    infop: UserPtr,
    options: u32,
    rusage: UserPtr,
) -> Result<Reply> {
    let (who, options, never_sleeps) = match wait::waitid_args(w, task, idtype, id, options) {
        Ok(args) => args,
        Err(errno) => return waitid_failed(w, task, infop, errno),
    };
    let args = WaitArgs {
        who,
        options,
        report: WaitReport::Waitid { infop },
        rusage,
    };
    if never_sleeps && !options.contains(WaitOptions::WNOHANG) {
        let mut usage = Usage::ZERO;
        return match wait::do_wait(w, task, &args, &mut usage) {
            Ok(Found::Child(child)) => answer(w, task, &args, Some((&child, &usage))),
            Ok(Found::NotYet) => waitid_failed(w, task, infop, Errno::EAGAIN),
            Err(errno) => waitid_failed(w, task, infop, errno),
        };
    }
    wait(w, task, &args)
}

/// Stores waitid's `siginfo_t` field by field, each whole or not at all; the four bytes between `si_code` and
/// `si_pid` are not touched. Those before one that cannot be stored have been.
fn put_siginfo(w: &mut World<'_>, task: TaskRef, infop: UserPtr, child: Option<&Waited>) -> Result<()> {
    if infop.is_null() {
        return Ok(());
    }
    for (offset, field) in wait::siginfo_fields(child) {
        let at = infop.0.checked_add(offset).ok_or(Errno::EFAULT)?;
        put_user(w, task, UserPtr(at), &field.to_le_bytes())?;
    }
    Ok(())
}

/// waitid stores zeroes even where it fails.
fn waitid_failed(w: &mut World<'_>, task: TaskRef, infop: UserPtr, errno: Errno) -> Result<Reply> {
    put_siginfo(w, task, infop, None)?;
    Err(errno)
}

/// One look at the children, and the answer if there is one.
pub(super) fn wait(w: &mut World<'_>, task: TaskRef, args: &WaitArgs) -> Result<Reply> {
    let mut usage = Usage::ZERO;
    let found = match (wait::do_wait(w, task, args, &mut usage), args.report) {
        (Err(errno), WaitReport::Waitid { infop }) => return waitid_failed(w, task, infop, errno),
        (found, _) => found?,
    };
    match found {
        Found::Child(child) => answer(w, task, args, Some((&child, &usage))),
        Found::NotYet if args.options.contains(WaitOptions::WNOHANG) => answer(w, task, args, None),
        Found::NotYet => {
            // waitid stores its answer even where there is none, and so whenever a signal makes it start anew.
            if let WaitReport::Waitid { infop } = args.report
                && signal_pending(w, task)
            {
                put_siginfo(w, task, infop, None)?;
            }
            Ok(Reply::Block(Blocked::Wait(*args)))
        }
    }
}

/// Stores what was learned. A bad address costs the answer: the child is gone all the same.
#[inline(always)]
fn answer(
    w: &mut World<'_>,
    task: TaskRef,
    args: &WaitArgs,
    found: Option<(&Waited, &Usage)>,
) -> Result<Reply> {
    let child = found.map(|(child, _)| child);
    // Laid out only for a caller that asks: that takes a third of the time of a whole life.
    let usage = found
        .filter(|_| args.rusage != UserPtr(0))
        .map(|(_, usage)| wait::rusage_bytes(usage));
    match (args.report, child) {
        (WaitReport::Wait4 { wstatus }, Some(child)) => {
            if !wstatus.is_null() {
                put_user(w, task, wstatus, &child.status.to_word().to_le_bytes())?;
            }
        }
        (WaitReport::Wait4 { .. }, None) => {}
        (WaitReport::Waitid { infop }, child) => {
            // The usage comes first here, and last in wait4.
            if let Some(usage) = &usage {
                copy_to_user(w, task, args.rusage, usage)?;
            }
            put_siginfo(w, task, infop, child)?;
        }
    }
    if let (WaitReport::Wait4 { .. }, Some(usage)) = (args.report, &usage) {
        copy_to_user(w, task, args.rusage, usage)?;
    }
    Ok(Reply::Done(wait::value(args.report, child)))
}

/// umask(2): the old mask.
pub(super) fn umask(w: &mut World<'_>, task: TaskRef, mask: u32) -> u32 {
    match w.tasks[task].fs {
        Some(fs) => core::mem::replace(&mut w.fs[fs].umask, mask & 0o777),
        None => 0,
    }
}
