//! fork, vfork and clone: `copy_process()`.
//!
//! All that the child needs is counted first, so that from then on nothing can fail and nothing needs undoing.

use crate::abi::call::CloneArgs;
use crate::abi::capability::Capability;
use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::{CloneFlags, OpenFlags, StackFlags, TaskFlags};
use crate::abi::ids::{Handle, MmRef, Pid, TaskRef, kind};
use crate::abi::rlimit::Resource;
use crate::abi::signal::SigSet;
use crate::abi::state::State;
use crate::objects::blocked::Blocked;
use crate::objects::signal::{CldNews, GroupExit, GroupStop, SighandStruct, SignalStruct, Usage};
use crate::objects::task::TaskStruct;
use crate::store::arena::Object;
use crate::store::list::{Link, List};
use crate::world::{Forked, World};

use super::{children, cred, file, mm, pidfd, sched, signal, state, uaccess};

type SignalRef = Handle<kind::Signal>;

/// `kernel_clone()`: creates a task that goes on where the caller is. With CLONE_VFORK the caller then sleeps until
/// the child execs or exits. The caller has asked [`check_flags`].
///
/// # Errors
/// - EINVAL: CLONE_THREAD without CLONE_SIGHAND, CLONE_SIGHAND without CLONE_VM, CLONE_PARENT by init, CLONE_PIDFD with
///   CLONE_DETACHED, or to where CLONE_PARENT_SETTID stores; a number asked for that is none.
/// - EPERM: a number is asked for with neither CAP_CHECKPOINT_RESTORE nor CAP_SYS_ADMIN. EEXIST: it is in use.
/// - EAGAIN: RLIMIT_NPROC, `threads-max`, or no pid is left.
/// - ENOMEM: a pool is used up.
/// - EMFILE, ENFILE: no descriptor is left for CLONE_PIDFD. EFAULT: it cannot be stored.
pub fn kernel_clone(w: &mut World<'_>, task: TaskRef, args: &CloneArgs) -> Result<TaskRef> {
    let pid = reserve(w, task, args)?;
    let pidfd = match args.flags.contains(CloneFlags::CLONE_PIDFD) {
        true => Some(reserve_pidfd(w, task, args, pid)?),
        false => None,
    };
    let child = copy_process(w, task, args, pid)?;
    if let Some(fd) = pidfd {
        let flags = match args.flags.contains(CloneFlags::CLONE_THREAD) {
            true => OpenFlags::O_EXCL,
            false => OpenFlags::empty(),
        };
        pidfd::open(w, task, fd, w.tasks[child].thread_pid, flags)?;
    }
    w.sys.forked = Some(Forked {
        child,
        stack: args.stack,
        flags: args.flags,
        tls: args.tls,
    });
    w.tasks[task].flags.remove(TaskFlags::PF_NPROC_EXCEEDED);
    let tid = pid.0.to_le_bytes();
    // kernel_clone() and schedule_tail() ignore it when the tid cannot be stored.
    if args.flags.contains(CloneFlags::CLONE_PARENT_SETTID) {
        let _ = uaccess::put_user(w, task, args.parent_tid, &tid);
    }
    if args.flags.contains(CloneFlags::CLONE_CHILD_SETTID) {
        let _ = uaccess::put_user(w, child, args.child_tid, &tid);
    }
    w.tell(|w| Effect::Forked {
        parent: w.id(task),
        child: w.id(child),
        flags: args.flags,
    });
    if args.flags.contains(CloneFlags::CLONE_THREAD) {
        // schedule_tail(): it may be the one that takes what pends for the process.
        signal::recalc_sigpending(w, child);
    }
    state::set_state(w, child, State::Running);
    sched::enqueue(w, child);
    if args.flags.contains(CloneFlags::CLONE_VFORK) {
        w.tasks[child].vfork_done = Some(task);
        state::sleep(w, task, Blocked::VforkDone { child: pid });
    }
    Ok(child)
}

/// What is checked first, before the signals of the caller are looked at.
///
/// # Errors
/// EINVAL, as for [`kernel_clone`].
pub fn check_flags(w: &World<'_>, task: TaskRef, args: &CloneArgs) -> Result<()> {
    let has = |flag| args.flags.contains(flag);
    // Both would store there; and DETACHED is kept free for another meaning beside PIDFD.
    let pidfd_ok = !has(CloneFlags::CLONE_PIDFD)
        || !(has(CloneFlags::CLONE_DETACHED)
            || has(CloneFlags::CLONE_PARENT_SETTID) && args.pidfd == args.parent_tid);
    // A thread shares its signal actions with the group, and shared actions name code in a shared address space.
    let thread_ok = !has(CloneFlags::CLONE_THREAD) || has(CloneFlags::CLONE_SIGHAND);
    let sighand_ok = !has(CloneFlags::CLONE_SIGHAND) || has(CloneFlags::CLONE_VM);
    // Siblings of init would have no one to reap them.
    let parent_ok = !has(CloneFlags::CLONE_PARENT) || !w.signal(task).unkillable;
    if thread_ok && sighand_ok && parent_ok && pidfd_ok {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

/// Makes sure of everything that the child will need; its number is returned.
fn reserve(w: &World<'_>, task: TaskRef, args: &CloneArgs) -> Result<Pid> {
    let flags = args.flags;
    let t = &w.tasks[task];
    let nproc = w.signals[t.signal].rlim.get(Resource::Nproc).cur;
    // copy_process(): neither user 0 nor who may raise the limit is bound by it.
    let bound = nproc != u64::MAX
        && t.cred.uid.0 != 0
        && !t.cred.capable(Capability::SysResource)
        && !t.cred.capable(Capability::SysAdmin);
    if bound && cred::tasks_of(w, t.cred.uid) >= nproc {
        return Err(Errno::EAGAIN);
    }
    if w.tasks.used() >= w.sys.max_threads || w.tasks.is_full() {
        return Err(Errno::EAGAIN);
    }
    let pid = w.pid.peek().ok_or(Errno::EAGAIN)?;
    let room = (flags.contains(CloneFlags::CLONE_THREAD) || !w.signals.is_full())
        && (flags.contains(CloneFlags::CLONE_SIGHAND) || !w.sighands.is_full())
        && (flags.contains(CloneFlags::CLONE_FS) || !w.fs.is_full());
    if !room {
        return Err(Errno::ENOMEM);
    }
    if let Some(files) = t.files.filter(|_| !flags.contains(CloneFlags::CLONE_FILES)) {
        file::can_dup_files(w, files)?;
    }
    if let Some(mm) = t.mm.filter(|_| !flags.contains(CloneFlags::CLONE_VM)) {
        mm::can_dup_mm(w, mm)?;
    }
    match args.set_tid {
        Some(nr) => can_set_tid(w, task, nr),
        None => Ok(pid),
    }
}

/// `alloc_pid()` for a number that was asked for.
fn can_set_tid(w: &World<'_>, task: TaskRef, nr: Pid) -> Result<Pid> {
    // checkpoint_restore_ns_capable()
    let cred = &w.tasks[task].cred;
    let may = cred.capable(Capability::CheckpointRestore) || cred.capable(Capability::SysAdmin);
    match () {
        () if nr.0 == 0 || nr.0 >= w.pid.cursor.pid_max => Err(Errno::EINVAL),
        () if !may => Err(Errno::EPERM),
        () if !w.pid.is_free(nr) => Err(Errno::EEXIST),
        () => Ok(nr),
    }
}

/// The descriptor of CLONE_PIDFD, stored for the parent. By now the child has its number, so a failure costs one.
fn reserve_pidfd(w: &mut World<'_>, task: TaskRef, args: &CloneArgs, nr: Pid) -> Result<u32> {
    let fd = pidfd::can_install(w, task);
    let stored = fd.and_then(|fd| {
        uaccess::put_user(w, task, args.pidfd, &fd.to_le_bytes())?;
        Ok(fd)
    });
    if stored.is_err()
        && args.set_tid.is_none()
        && let Some(pid) = w.pid.alloc(nr, task)
    {
        w.pid.pids[pid].task = None;
        w.pid.put(pid);
    }
    stored
}

/// `copy_process()`. Everything has been checked and reserved; an error from here on is one of `reserve`.
fn copy_process(w: &mut World<'_>, current: TaskRef, args: &CloneArgs, pid: Pid) -> Result<TaskRef> {
    let flags = args.flags;
    let child = w.tasks.upcoming().ok_or(Errno::EAGAIN)?;
    let t = &w.tasks[current];
    let (sighand, files, fs, mm) = (t.sighand, t.files, t.fs, t.mm);
    // A thread and a CLONE_PARENT child are siblings of the caller.
    let (real_parent, parent_exec_id) =
        match flags.intersects(CloneFlags::CLONE_THREAD | CloneFlags::CLONE_PARENT) {
            true => (t.real_parent, t.parent_exec_id),
            false => (current, t.self_exec_id),
        };
    let exit_signal = match () {
        () if flags.contains(CloneFlags::CLONE_THREAD) => -1,
        () if flags.contains(CloneFlags::CLONE_PARENT) => w.tasks[t.group_leader].exit_signal,
        () => i16::from(args.exit_signal),
    };
    let (signal, group_leader, tgid) = match flags.contains(CloneFlags::CLONE_THREAD) {
        true => (t.signal, t.group_leader, t.tgid),
        false => (copy_signal(w, t.signal, child)?, child, pid),
    };
    let thread_pid = match args.set_tid {
        Some(nr) => w.pid.insert(nr, Some(child)),
        None => w.pid.alloc(pid, child),
    }
    .ok_or(Errno::EAGAIN)?;
    let sighand = copy_sighand(w, sighand, flags)?;
    let files = copy_files(w, files, flags)?;
    let fs = copy_fs(w, fs, flags)?;
    let mm = copy_mm(w, mm, flags)?;
    let start_time = w.sys.now;
    let only_if = |flag, ptr| {
        if flags.contains(flag) {
            ptr
        } else {
            Default::default()
        }
    };
    let child = w.tasks.alloc_from(current, |child, parent| {
        *child = TaskStruct {
            flags: (parent.flags - (TaskFlags::PF_IDLE | TaskFlags::PF_SIGNALED | TaskFlags::PF_DUMPCORE))
                | TaskFlags::PF_FORKNOEXEC,
            pid,
            tgid,
            thread_pid,
            real_parent,
            parent: real_parent,
            exit_signal,
            comm: parent.comm,
            cred: parent.cred,
            no_new_privs: parent.no_new_privs,
            mm,
            files,
            fs,
            sighand,
            signal,
            group_leader,
            blocked: parent.blocked,
            pending: SigSet::EMPTY,
            policy: parent.policy,
            nice: parent.nice,
            cpu: parent.cpu,
            self_exec_id: parent.self_exec_id,
            parent_exec_id,
            start_time,
            set_child_tid: only_if(CloneFlags::CLONE_CHILD_SETTID, args.child_tid),
            clear_child_tid: only_if(CloneFlags::CLONE_CHILD_CLEARTID, args.child_tid),
            ..TaskStruct::FREE
        }
    });
    let child = child.ok_or(Errno::EAGAIN)?;
    // sigaltstack(2): a thread has none of its own yet; what vfork makes shares its parent's for a while.
    if flags & (CloneFlags::CLONE_VM | CloneFlags::CLONE_VFORK) != CloneFlags::CLONE_VM {
        let parent = &w.tasks[current];
        let stack = (parent.sas_ss_sp, parent.sas_ss_size, parent.sas_ss_flags);
        let t = &mut w.tasks[child];
        (t.sas_ss_sp, t.sas_ss_size, t.sas_ss_flags) = stack;
    } else {
        w.tasks[child].sas_ss_flags = StackFlags::SS_DISABLE;
    }
    link(w, child, signal, flags);
    w.sys.total_forks += 1;
    Ok(child)
}

fn copy_sighand(
    w: &mut World<'_>,
    old: Option<Handle<kind::Sighand>>,
    flags: CloneFlags,
) -> Result<Option<Handle<kind::Sighand>>> {
    let Some(old) = old else { return Ok(None) };
    if flags.contains(CloneFlags::CLONE_SIGHAND) {
        w.sighands[old].count += 1;
        return Ok(Some(old));
    }
    let copy = w.sighands.alloc_from(old, SighandStruct::copy_from);
    let copy = copy.ok_or(Errno::ENOMEM)?;
    if flags.contains(CloneFlags::CLONE_CLEAR_SIGHAND) {
        w.sighands[copy].flush_handlers();
    }
    Ok(Some(copy))
}

fn copy_files(
    w: &mut World<'_>,
    old: Option<file::FilesRef>,
    flags: CloneFlags,
) -> Result<Option<file::FilesRef>> {
    let Some(old) = old else { return Ok(None) };
    if flags.contains(CloneFlags::CLONE_FILES) {
        w.files[old].count += 1;
        return Ok(Some(old));
    }
    file::dup_files(w, old).map(Some)
}

fn copy_fs(
    w: &mut World<'_>,
    old: Option<Handle<kind::Fs>>,
    flags: CloneFlags,
) -> Result<Option<Handle<kind::Fs>>> {
    let Some(old) = old else { return Ok(None) };
    if flags.contains(CloneFlags::CLONE_FS) {
        w.fs[old].users += 1;
        return Ok(Some(old));
    }
    let copy = crate::objects::file::FsStruct {
        users: 1,
        ..w.fs[old]
    };
    w.fs.alloc(copy).ok_or(Errno::ENOMEM).map(Some)
}

fn copy_mm(w: &mut World<'_>, old: Option<MmRef>, flags: CloneFlags) -> Result<Option<MmRef>> {
    let Some(old) = old else { return Ok(None) };
    if flags.contains(CloneFlags::CLONE_VM) {
        w.mms[old].mm_users += 1;
        return Ok(Some(old));
    }
    mm::dup_mm(w, old).map(Some)
}

/// `copy_signal()`: a new process, in the group and session of its parent, with its limits.
#[inline]
fn copy_signal(w: &mut World<'_>, old: SignalRef, leader: TaskRef) -> Result<SignalRef> {
    let copy = w.signals.alloc_from(old, |child, parent| {
        *child = SignalStruct {
            leader,
            curr_target: leader,
            threads: List::EMPTY,
            live: 0,
            shared_pending: SigSet::EMPTY,
            shared_sigqueue: List::EMPTY,
            group_exit: GroupExit::None,
            group_stop: GroupStop::None,
            cld: CldNews::None,
            wait_chldexit: List::EMPTY,
            pgrp_link: Link::NONE,
            session_link: Link::NONE,
            session_leader: false,
            is_child_subreaper: false,
            has_child_subreaper: parent.has_child_subreaper || parent.is_child_subreaper,
            unkillable: false,
            ended: Usage::ZERO,
            children: Usage::ZERO,
            ..parent.clone()
        }
    });
    copy.ok_or(Errno::ENOMEM)
}

/// Enters the child into the lists: its group's threads; for a process also its parent's children, the ring of
/// processes, its process group and its session.
fn link(w: &mut World<'_>, child: TaskRef, signal: SignalRef, flags: CloneFlags) {
    let process = &mut w.signals[signal];
    process.threads.push_back(&mut w.tasks, child);
    process.live += 1;
    if flags.contains(CloneFlags::CLONE_THREAD) {
        return;
    }
    children::add(w, child);
    w.sys.tasks.push_back(&mut w.tasks, child);
    super::group::join(w, signal);
}
