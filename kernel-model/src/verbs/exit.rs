//! exit and exit_group: what a task gives back, who adopts its children, and when the last trace of it goes.

use crate::abi::call::UserPtr;
use crate::abi::effect::Effect;
use crate::abi::flags::{SaFlags, TaskFlags};
use crate::abi::ids::{Handle, TaskRef, kind};
use crate::abi::limits::CLOCK_TICK;
use crate::abi::siginfo::SigInfo;
use crate::abi::signal::{SigSet, Signal};
use crate::abi::state::State;
use crate::abi::wait::WaitStatus;
use crate::objects::blocked::Blocked;
use crate::objects::file::{FileKind, FileRef};
use crate::objects::signal::{CldNews, GroupExit, GroupStop, SignalStruct, Usage};
use crate::objects::task::TaskStruct;
use crate::store::list;
use crate::world::{World, WorldView};

use super::poll::WaitQueue;
use super::signal::{Sender, Target, for_each_thread, next_thread, send_signal, zap_other_threads};
use super::state::{set_state, wake_up};
use super::tty::{self, Disassociate};
use super::wait::wake_up_parent;
use super::{children, file, futex, group, kill, mm, n_tty, poll, sched, sigqueue, timer, uaccess};

/// `do_group_exit()`: the whole process ends, with this status word; a first such end wins.
pub fn do_group_exit(w: &mut World<'_>, task: TaskRef, code: i32) {
    let signal = w.signal_mut(task);
    let code = match signal.group_exit {
        GroupExit::Exit { code } => code,
        GroupExit::Exec { .. } => i32::from(Signal::SIGKILL.number()),
        GroupExit::None => {
            signal.group_exit = GroupExit::Exit { code };
            signal.group_stop = GroupStop::None;
            signal.cld = CldNews::None;
            if signal.threads.len() > 1 {
                zap_other_threads(w, task);
            }
            code
        }
    };
    do_exit(w, task, code);
}

/// Whether the end of this task is two steps if it is the last of its process: others may notice what it gives back before
/// they hear of its end. Whether they do does not matter, for that hangs on what they have done.
#[must_use]
pub fn exits_in_two(w: WorldView<'_>, task: TaskRef) -> bool {
    let Some(t) = w.tasks.get(task) else {
        return false;
    };
    let is_pipe = |file: FileRef| {
        let kind = w.filp[file].kind;
        matches!(kind, FileKind::PipeRead(_) | FileKind::PipeWrite(_))
    };
    let has_pipe = |files| w.files[files].open(w.fdtables).any(|(_, file)| is_pipe(file));
    let has_memory = t.vfork_done.is_some() || !t.robust_list.is_null();
    w.sys.preempt_exit && (has_memory || t.files.is_some_and(has_pipe))
}

/// `do_exit()`: this task ends, with a status word. The caller is the task itself.
pub fn do_exit(w: &mut World<'_>, task: TaskRef, code: i32) {
    let preempted = w.sys.preempt_exit && w.signal(task).live == 1 && exits_in_two(w.view(), task);
    let t = &mut w.tasks[task];
    t.flags |= TaskFlags::PF_EXITING;
    t.exit_code = code;
    let group = t.signal;
    // What was sent to this thread alone nobody will take.
    sigqueue::flush(w, task, Target::Thread, SigSet(u64::MAX));
    let t = &mut w.tasks[task];
    match t.parked.take() {
        Some(Blocked::Futex(wait)) => {
            futex::unqueue(w, task, &wait);
        }
        Some(Blocked::Poll(_)) => poll::poll_freewait(w, task),
        Some(reason) => {
            file::fdput(w, &reason);
            n_tty::read_unlock(w, task);
        }
        None => {}
    }
    let signal = &mut w.signals[group];
    if signal.group_exit == (GroupExit::Exec { by: task }) {
        // It ends before its exec came to anything.
        signal.group_exit = GroupExit::None;
    }
    signal.live -= 1;
    let group_dead = signal.live == 0;
    if group_dead && signal.group_exit == GroupExit::None {
        // synchronize_group_exit(): of threads that end one by one, the last one's code is the process's.
        signal.group_exit = GroupExit::Exit { code };
    }
    if group_dead {
        timer::stop_real(w, group);
    }
    // exit_signals(): the others may have stopped already, and waited only for this one.
    super::deliver::complete_group_stop(w, task);
    if super::signal::signal_pending(w, task) {
        let unblocked = SigSet(!w.tasks[task].blocked.0);
        super::signal::retarget_shared_pending(w, task, unblocked);
    }
    exit_mm(w, task, group_dead);
    exit_files_and_fs(w, task);
    match preempted {
        true => w.tasks[task].parked = Some(Blocked::Exit),
        false => exit_after_files(w, task),
    }
}

/// `do_exit()` behind `exit_files()`: the terminal, the children and the parent learn of it.
pub fn exit_after_files(w: &mut World<'_>, task: TaskRef) {
    let group_dead = w.signal(task).live == 0;
    if group_dead {
        tty::disassociate_ctty(w, task, Disassociate::Exit);
    }
    w.tell(|w| Effect::Exited {
        task: w.id(task),
        status: exit_status(w, task),
        last: group_dead,
    });
    if group_dead && task_is_init(w, task) {
        zap_namespace(w, task);
    }
    exit_notify(w, task, group_dead);
}

fn task_is_init(w: &World<'_>, task: TaskRef) -> bool {
    w.tasks[task].group_leader == w.sys.init
}

/// How a process ended, as its parent will hear it.
#[must_use]
#[inline]
pub fn exit_status(w: &World<'_>, task: TaskRef) -> WaitStatus {
    let t = &w.tasks[task];
    exit_status_of(t, &w.signals[t.signal])
}

/// The same from the two objects that tell.
#[must_use]
pub fn exit_status_of(t: &TaskStruct, signal: &SignalStruct) -> WaitStatus {
    let word = match signal.group_exit {
        GroupExit::Exit { code } => code,
        GroupExit::None | GroupExit::Exec { .. } => t.exit_code,
    };
    WaitStatus::from_word(word).unwrap_or(WaitStatus::Exited(0))
}

/// `exit_mm()`: lets the address space go, and with it the parent that sleeps in vfork.
fn exit_mm(w: &mut World<'_>, task: TaskRef, group_dead: bool) {
    // A task without an address space (a kernel thread, or init before its first program) can be a vfork child too.
    mm_release(w, task);
    let t = &mut w.tasks[task];
    let Some(mm) = t.mm.take() else { return };
    t.user_dumpable = w.mms[mm].dumpable;
    if group_dead {
        let rss = w.mms[mm].hiwater_rss;
        let ended = &mut w.signals[t.signal].ended;
        ended.maxrss = ended.maxrss.max(rss);
    }
    mm::mmput(w, mm);
}

/// `mm_release()`: at exit and at exec. CLONE_CHILD_CLEARTID stores 0 where others can still see it.
/// Locks that it holds are marked before.
#[inline(always)]
pub fn mm_release(w: &mut World<'_>, task: TaskRef) {
    let t = &w.tasks[task];
    if t.robust_list.is_null() && t.clear_child_tid.is_null() && t.vfork_done.is_none() {
        return;
    }
    if !t.robust_list.is_null() {
        futex::exit_robust_list(w, task);
    }
    let t = &mut w.tasks[task];
    let tid = core::mem::take(&mut t.clear_child_tid);
    if tid != UserPtr(0) && t.mm.is_some_and(|mm| w.mms[mm].mm_users > 1) {
        // A bad address is the program's own loss, as in Linux.
        let _ = uaccess::put_user(w, task, tid, &[0; 4]);
        let _ = futex::futex_wake(w, task, tid, true, 1, futex::MATCH_ANY);
    }
    if let Some(parent) = w.tasks[task].vfork_done.take() {
        complete_vfork(w, parent);
    }
}

/// `complete_vfork_done()`: the parent may be gone, killed while it waited.
fn complete_vfork(w: &mut World<'_>, parent: TaskRef) {
    if let Some(t) = w.tasks.get(parent)
        && matches!(t.parked, Some(Blocked::VforkDone { .. }))
        && matches!(t.state(), State::Sleeping(_))
    {
        wake_up(w, parent);
    }
}

fn exit_files_and_fs(w: &mut World<'_>, task: TaskRef) {
    let t = &mut w.tasks[task];
    let (files, fs) = (t.files.take(), t.fs.take());
    if let Some(files) = files {
        file::put_files(w, files);
    }
    if let Some(fs) = fs {
        let object = &mut w.fs[fs];
        object.users -= 1;
        if object.users == 0 {
            w.fs.free(fs);
        }
    }
}

/// `zap_pid_ns_processes()`: when init ends, everyone ends.
fn zap_namespace(w: &mut World<'_>, init: TaskRef) {
    let mut at = w.sys.tasks.first();
    while let Some(task) = at {
        at = list::next::<crate::objects::task::Tasks>(&w.tasks[task]);
        let t = &w.tasks[task];
        if !t.flags.contains(TaskFlags::PF_KTHREAD) && t.group_leader != w.tasks[init].group_leader {
            send_signal(w, task, Signal::SIGKILL, Target::Group, Sender::Kernel);
        }
    }
}

/// `exit_notify()`: the children get a new parent, the own parent learns of the end. Nobody is left to learn of it
/// where the parent ignores SIGCHLD, or where this is a thread: then the task is released at once.
fn exit_notify(w: &mut World<'_>, task: TaskRef, group_dead: bool) {
    if !w.tasks[task].children.is_empty() {
        forget_original_parent(w, task, group_dead);
    }
    if group_dead {
        group::kill_orphaned_pgrp(w, w.tasks[task].group_leader, None);
    }
    let t = &w.tasks[task];
    let leader = t.is_group_leader();
    let signal = &w.signals[t.signal];
    let (alone, group_exit) = (signal.threads.len() == 1, signal.group_exit);
    set_state(w, task, State::Zombie);
    let autoreap = if leader {
        alone && do_notify_parent(w, task)
    } else {
        do_notify_pidfd(w, task);
        true
    };
    sched::dequeue(w, task);
    if let GroupExit::Exec { by } = group_exit
        && by != task
    {
        // A thread in exec waits until it is the only one.
        wake_up(w, by);
    }
    if autoreap {
        autoreap_task(w, task);
    }
}

/// Releases a task that nobody will wait for.
fn autoreap_task(w: &mut World<'_>, task: TaskRef) {
    set_state(w, task, State::Dead);
    if w.tasks[task].is_group_leader() {
        w.tell(|w| Effect::AutoReaped {
            child: w.id(task),
            parent: w.id(w.tasks[task].parent),
        });
    }
    release_task(w, task);
}

/// `forget_original_parent()`: each child goes to a live thread of the same process, else to the nearest subreaper,
/// else to init.
fn forget_original_parent(w: &mut World<'_>, father: TaskRef, group_dead: bool) {
    let reaper = find_new_reaper(w, father, group_dead);
    while let Some(child) = w.tasks[father].children.first() {
        reparent(w, child, father, reaper);
    }
}

fn find_new_reaper(w: &World<'_>, father: TaskRef, group_dead: bool) -> TaskRef {
    let alive = |task: &TaskRef| !w.tasks[*task].flags.contains(TaskFlags::PF_EXITING);
    let view = w.tasks.view();
    if !group_dead && let Some(thread) = w.signal(father).threads.iter(view).find(alive) {
        return thread;
    }
    if w.signal(father).has_child_subreaper {
        let mut ancestor = w.tasks[father].real_parent;
        while w.tasks[ancestor].group_leader != w.sys.init && ancestor != w.sys.init_task {
            if w.signal(ancestor).is_child_subreaper
                && let Some(thread) = w.signal(ancestor).threads.iter(view).find(alive)
            {
                return thread;
            }
            ancestor = w.tasks[ancestor].real_parent;
        }
    }
    match w.tasks.get(w.sys.init) {
        Some(_) if w.sys.init != father => w
            .signal(w.sys.init)
            .threads
            .iter(view)
            .find(alive)
            .unwrap_or(w.sys.init_task),
        _ => w.sys.init_task,
    }
}

fn reparent(w: &mut World<'_>, child: TaskRef, father: TaskRef, reaper: TaskRef) {
    let listed = w.tasks[child].report.is_linked();
    children::remove(w, child);
    for_each_thread(w, child, &mut |w, thread| {
        let t = &mut w.tasks[thread];
        t.real_parent = reaper;
        t.parent = reaper;
        if let Some(signal) = t.pdeath_signal {
            kill::send_pdeath_signal(w, father, thread, signal);
        }
    });
    children::add(w, child);
    if listed {
        children::report(w, child);
    }
    if w.tasks[reaper].signal == w.tasks[father].signal {
        return;
    }
    w.tell(|w| Effect::Reparented {
        child: w.id(child),
        from: w.id(father),
        to: w.id(reaper),
    });
    group::kill_orphaned_pgrp(w, child, Some(father));
    // reparent_leader(): the new parent expects SIGCHLD, and hears of a zombie once more.
    w.tasks[child].exit_signal = i16::from(Signal::SIGCHLD.number());
    let zombie = w.tasks[child].state() == State::Zombie && w.signal(child).threads.len() == 1;
    if zombie && do_notify_parent(w, child) {
        autoreap_task(w, child);
    }
}

/// `do_notify_pidfd()`: who watches the task's number learns that it has ended.
#[inline]
fn do_notify_pidfd(w: &mut World<'_>, task: TaskRef) {
    let pid = w.tasks[task].thread_pid;
    poll::wake_pollers(w, WaitQueue::Pidfd(pid), Some(poll::POLLIN));
}

/// `do_notify_parent()`: the exit signal to the parent, and a look at its waits. Tells whether the parent ignores
/// SIGCHLD, so that nobody will wait.
#[inline(always)]
fn do_notify_parent(w: &mut World<'_>, task: TaskRef) -> bool {
    do_notify_pidfd(w, task);
    children::report(w, task);
    let t = &w.tasks[task];
    let parent = t.parent;
    let mut signal = u64::try_from(t.exit_signal).ok().and_then(Signal::new);
    let p = &w.tasks[parent];
    // A parent that has exec'ed since does not know the signal that it asked for, or that it asked for none.
    if t.parent_exec_id != p.self_exec_id {
        signal = Some(Signal::SIGCHLD);
    }
    let mut autoreap = false;
    if signal == Some(Signal::SIGCHLD)
        && let Some(sighand) = p.sighand
    {
        let sighand = &w.sighands[sighand];
        let ignored = sighand.ignored().has(Signal::SIGCHLD);
        let flags = sighand.action(Signal::SIGCHLD).flags;
        autoreap = ignored || flags.contains(SaFlags::SA_NOCLDWAIT);
        if ignored {
            signal = None;
        }
    }
    if let Some(signal) = signal {
        // A leader that ended before its threads tells how the process ended.
        let news = SigInfo::of_status(exit_status(w, task));
        send_signal(w, parent, signal, Target::Group, Sender::Child(task, news));
    }
    wake_up_parent(w, task, parent);
    autoreap
}

/// User and system time of a process in clock ticks, as its SIGCHLD tells them.
#[must_use]
pub fn process_ticks(w: &World<'_>, task: TaskRef) -> [u64; 2] {
    let usage = process_usage(w, task);
    [usage.utime, usage.stime].map(|ns| ns / CLOCK_TICK)
}

/// Time and faults of one task.
#[must_use]
pub fn task_usage(w: &World<'_>, task: TaskRef) -> Usage {
    let t = &w.tasks[task];
    Usage {
        utime: t.utime,
        stime: t.stime,
        nvcsw: t.nvcsw,
        nivcsw: t.nivcsw,
        min_flt: t.min_flt,
        maj_flt: t.maj_flt,
        maxrss: t.mm.map_or(0, |mm| w.mms[mm].hiwater_rss),
    }
}

/// Time and faults of a process: of its threads, and of those that have ended.
#[must_use]
#[inline(always)]
pub fn process_usage(w: &World<'_>, task: TaskRef) -> Usage {
    let signal = w.signal(task);
    let mut sum = signal.ended;
    for thread in signal.threads.iter(w.tasks.view()) {
        sum.add(&task_usage(w, thread));
    }
    sum
}

/// `release_task()`: the last trace goes. When it was the last thread beside a leader that has ended before, the
/// parent now hears of the leader.
pub fn release_task(w: &mut World<'_>, task: TaskRef) {
    let t = &w.tasks[task];
    let (signal, leader, pid, sighand) = (t.signal, t.group_leader, t.thread_pid, t.sighand);
    let is_leader = t.is_group_leader();
    if is_leader {
        // The last of its process: what they shared goes with it.
        sigqueue::flush(w, task, Target::Group, SigSet(u64::MAX));
        children::remove(w, task);
        w.sys.tasks.remove(&mut w.tasks, task);
        group::leave(w, signal);
        w.signals.free(signal);
    } else {
        leave_group(w, task);
    }
    if let Some(sighand) = sighand {
        put_sighand(w, sighand);
    }
    w.pid.pids[pid].task = None;
    w.pid.put(pid);
    w.tasks.free(task);
    poll::wake_pollers(w, WaitQueue::Pidfd(pid), None);

    let last = !is_leader && w.signals[signal].threads.len() == 1;
    if last && w.tasks[leader].state() == State::Zombie && do_notify_parent(w, leader) {
        autoreap_task(w, leader);
    }
}

/// A thread is no longer one of its process, which keeps its sums.
fn leave_group(w: &mut World<'_>, task: TaskRef) {
    let (usage, next) = (task_usage(w, task), next_thread(w, task));
    let signal = w.signal_mut(task);
    signal.ended.add(&usage);
    if signal.curr_target == task {
        signal.curr_target = next;
    }
    let signal = w.tasks[task].signal;
    w.signals[signal].threads.remove(&mut w.tasks, task);
}

fn put_sighand(w: &mut World<'_>, sighand: Handle<kind::Sighand>) {
    let object = &mut w.sighands[sighand];
    object.count -= 1;
    if object.count == 0 {
        w.sighands.free(sighand);
    }
}
