//! Job control: whose terminal it is, who is in the foreground, and what becomes of those who are not
//! (`drivers/tty/tty_jobctrl.c`).

use crate::abi::capability::Capability;
use crate::abi::effect::{Effect, TtyReason};
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::OpenFlags;
use crate::abi::ids::{Handle, Pid, TaskRef, kind};
use crate::abi::signal::Signal;
use crate::abi::termios::Winsize;
use crate::objects::file::FileRef;
use crate::objects::signal::Session;
use crate::objects::tty::{HeldPid, Tty};
use crate::store::list;
use crate::world::World;

use super::{group, kill};

/// Whether a task may do to the terminal what only the foreground may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Yes.
    Allowed,
    /// Its group was sent a signal: the call begins anew once that is taken (ERESTARTSYS).
    Restart,
}

fn hold(w: &World<'_>, pid: Handle<kind::Pid>) -> HeldPid {
    let nr = w.pid.pids[pid].nr;
    HeldPid { pid, nr }
}

fn is(held: Option<HeldPid>, pid: Handle<kind::Pid>) -> bool {
    held.is_some_and(|held| held.pid == pid)
}

/// Whether the terminal is the task's.
#[must_use]
pub fn has_tty(w: &World<'_>, task: TaskRef) -> bool {
    w.signal(task).tty == Some(Tty::Console)
}

/// `tty_check_change()`: who is in the background of its own terminal gets this signal with all of its group.
///
/// # Errors
/// EIO: it blocks or ignores SIGTTIN; its group is orphaned, so that nobody could continue it.
pub fn tty_check_change(w: &mut World<'_>, task: TaskRef, signal: Signal) -> Result<Change> {
    let pgrp = w.signal(task).pgrp;
    let foreground = w.sys.tty.pgrp;
    if !has_tty(w, task) || foreground.is_none() || is(foreground, pgrp) {
        return Ok(Change::Allowed);
    }
    let t = &w.tasks[task];
    let sighand = t.sighand.map(|sighand| &w.sighands[sighand]);
    let ignored = sighand.is_some_and(|sighand| sighand.ignored().has(signal));
    let caught = sighand.is_some_and(|sighand| sighand.caught().has(signal));
    if t.blocked.has(signal) || ignored {
        return match signal {
            Signal::SIGTTIN => Err(Errno::EIO),
            _ => Ok(Change::Allowed),
        };
    }
    // Init would not stop, and Linux would let it begin anew for ever.
    if group::is_current_pgrp_orphaned(w, task) || w.signal(task).unkillable && !caught {
        return Err(Errno::EIO);
    }
    let why = TtyReason::Background(w.id(task));
    tty_kill_pgrp(w, pgrp, signal, why);
    w.tasks[task].sigpending = true;
    Ok(Change::Restart)
}

/// A signal from the terminal to a process group.
fn tty_kill_pgrp(w: &mut World<'_>, pgrp: Handle<kind::Pid>, signal: Signal, why: TtyReason) {
    let Some(nr) = w.pid.pids.get(pgrp).map(|pid| pid.nr) else {
        return;
    };
    w.tell(|_| Effect::TtySignal {
        signal,
        pgrp: nr,
        why,
    });
    group::kill_pgrp(w, pgrp, signal);
}

/// A signal from the terminal to the foreground group, if there is one.
pub fn signal_foreground(w: &mut World<'_>, signal: Signal, why: TtyReason) {
    if let Some(HeldPid { pid, .. }) = w.sys.tty.pgrp {
        tty_kill_pgrp(w, pid, signal, why);
    }
}

/// `session_clear_tty()`: the processes of a session have no terminal any more.
fn session_clear_tty(w: &mut World<'_>, session: Handle<kind::Pid>) {
    let mut at = w.pid.pids.get(session).and_then(|pid| pid.session.first());
    while let Some(member) = at {
        at = list::next::<Session>(&w.signals[member]);
        w.signals[member].tty = None;
    }
}

/// `proc_set_tty()`: the terminal is the caller's session's, and the caller's group is in the foreground.
fn proc_set_tty(w: &mut World<'_>, task: TaskRef) {
    let (session, pgrp) = (w.signal(task).session, w.signal(task).pgrp);
    w.sys.tty.session = Some(hold(w, session));
    w.sys.tty.pgrp = Some(hold(w, pgrp));
    w.signal_mut(task).tty = Some(Tty::Console);
    w.tell(|w| Effect::ControllingTty { leader: w.id(task) });
}

/// `tty_open_proc_set_tty()`: the leader of a session without a terminal opens one that is nobody's, to read.
pub fn tty_open_proc_set_tty(w: &mut World<'_>, task: TaskRef, file: FileRef) {
    let signal = w.signal(task);
    let leads = signal.session_leader && signal.tty.is_none();
    let reads = !w.filp[file].flags.contains(OpenFlags::O_WRONLY);
    if leads && reads && w.sys.tty.session.is_none() {
        proc_set_tty(w, task);
    }
}

/// TIOCSCTTY: the leader of a session without a terminal makes this one its controlling terminal.
///
/// # Errors
/// EPERM: the caller does not lead its session, or has a terminal; the terminal is another session's, unless root asks
/// with `steal`; it is not open for reading, and the caller is not root.
pub fn tiocsctty(w: &mut World<'_>, task: TaskRef, file: FileRef, steal: bool) -> Result<()> {
    let signal = w.signal(task);
    let (leads, session, has_one) = (signal.session_leader, signal.session, signal.tty.is_some());
    if leads && is(w.sys.tty.session, session) {
        return Ok(());
    }
    let admin = w.tasks[task].cred.capable(Capability::SysAdmin);
    let write_only = w.filp[file].flags.contains(OpenFlags::O_WRONLY);
    let others = w.sys.tty.session;
    let allowed = leads && !has_one && (others.is_none() || steal && admin) && (!write_only || admin);
    if !allowed {
        return Err(Errno::EPERM);
    }
    if let Some(others) = others {
        w.tell(|w| Effect::NoTty { leader: w.id(task) });
        session_clear_tty(w, others.pid);
    }
    proc_set_tty(w, task);
    Ok(())
}

/// Why a session gives its terminal up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disassociate {
    /// Its leader has ended.
    Exit,
    /// Its leader wants it (TIOCNOTTY).
    Notty,
}

/// `disassociate_ctty()`: the leader of a session leaves its terminal. The foreground group is told to hang up, and the
/// terminal is nobody's.
pub fn disassociate_ctty(w: &mut World<'_>, task: TaskRef, why: Disassociate) {
    if !w.signal(task).session_leader || !has_tty(w, task) {
        return;
    }
    let leader = w.id(task);
    if let Some(HeldPid { pid, .. }) = w.sys.tty.pgrp {
        match why {
            Disassociate::Exit => tty_kill_pgrp(w, pid, Signal::SIGHUP, TtyReason::HangUp(leader)),
            // They come from the caller, and to whom it may not send them they do not go.
            Disassociate::Notty => {
                for signal in [Signal::SIGHUP, Signal::SIGCONT] {
                    kill::kill_pgrp_of_tty(w, task, pid, signal);
                }
            }
        }
    }
    let session = w.signal(task).session;
    w.sys.tty.session = None;
    w.sys.tty.pgrp = None;
    w.tell(|_| Effect::NoTty { leader });
    session_clear_tty(w, session);
}

/// TIOCNOTTY: the caller has no terminal any more; with a leader, nor has its session.
///
/// # Errors
/// ENOTTY: this is not its controlling terminal.
pub fn tiocnotty(w: &mut World<'_>, task: TaskRef) -> Result<()> {
    if !has_tty(w, task) {
        return Err(Errno::ENOTTY);
    }
    disassociate_ctty(w, task, Disassociate::Notty);
    w.signal_mut(task).tty = None;
    Ok(())
}

/// TIOCGPGRP: the foreground group; it may be gone by now.
///
/// # Errors
/// ENOTTY: this is not the caller's controlling terminal.
pub fn tiocgpgrp(w: &World<'_>, task: TaskRef) -> Result<Pid> {
    if !has_tty(w, task) {
        return Err(Errno::ENOTTY);
    }
    Ok(w.sys.tty.pgrp.map_or(Pid(0), |held| held.nr))
}

/// TIOCGSID: the session that the terminal controls.
///
/// # Errors
/// ENOTTY: this is not the caller's controlling terminal.
pub fn tiocgsid(w: &World<'_>, task: TaskRef) -> Result<Pid> {
    let session = w.sys.tty.session.filter(|_| has_tty(w, task));
    session.map(|held| held.nr).ok_or(Errno::ENOTTY)
}

/// TIOCSPGRP, after [`tty_check_change`] and the number: a group of the caller's session comes to the foreground. A
/// process's number will do, though no group has it.
///
/// # Errors
/// - EINVAL: a negative number.
/// - ENOTTY: this is not the caller's controlling terminal.
/// - ESRCH: nobody has the number.
/// - EPERM: it is of another session.
pub fn tiocspgrp(w: &mut World<'_>, task: TaskRef, pgrp: i32) -> Result<()> {
    let nr = u32::try_from(pgrp).map_err(|_| Errno::EINVAL)?;
    let session = w.signal(task).session;
    if !has_tty(w, task) || !is(w.sys.tty.session, session) {
        return Err(Errno::ENOTTY);
    }
    // Number 0 is the idle task's, and no process can name it.
    let pid = Some(nr).filter(|nr| *nr > 0).and_then(|nr| w.pid.find(Pid(nr)));
    let pid = pid.ok_or(Errno::ESRCH)?;
    if session_of_pgrp(w, pid) != Some(session) {
        return Err(Errno::EPERM);
    }
    w.sys.tty.pgrp = Some(hold(w, pid));
    w.tell(|w| Effect::Foreground {
        by: w.id(task),
        pgrp: Pid(nr),
    });
    Ok(())
}

/// `session_of_pgrp()`: the session of the first of the group, or else of the task with the number.
fn session_of_pgrp(w: &World<'_>, pid: Handle<kind::Pid>) -> Option<Handle<kind::Pid>> {
    let object = &w.pid.pids[pid];
    let member = object.pgrp.first().map(|member| w.signals[member].session);
    member.or_else(|| object.task.map(|task| w.signal(task).session))
}

/// TIOCSWINSZ: the foreground group hears of a new size.
pub fn tty_do_resize(w: &mut World<'_>, size: Winsize) {
    if w.sys.tty.winsize != size {
        signal_foreground(w, Signal::SIGWINCH, TtyReason::Resize);
        w.sys.tty.winsize = size;
    }
}
