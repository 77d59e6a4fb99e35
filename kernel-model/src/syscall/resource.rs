//! Limits, usage and priorities.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::capability::Capability;
use crate::abi::errno::Errno;
use crate::abi::ids::{Pid, TaskRef, Uid};
use crate::abi::rlimit::{Resource, Rlimit};
use crate::abi::words;
use crate::objects::file::NR_OPEN;
use crate::objects::signal::Pgrp;
use crate::objects::task::Tasks;
use crate::store::list;
use crate::verbs::exit::{process_usage, task_usage};
use crate::verbs::group::{pgrp_of, task_or_current};
use crate::verbs::signal::for_each_thread;
use crate::verbs::uaccess::{copy_to_user, get_u64};
use crate::verbs::wait::rusage_bytes;
use crate::world::World;

/// getrusage(2): RUSAGE_SELF 0, RUSAGE_CHILDREN -1, RUSAGE_THREAD 1.
pub(super) fn getrusage(w: &mut World<'_>, task: TaskRef, who: i32, usage: UserPtr) -> Result<Reply> {
    let sum = match who {
        0 => process_usage(w, task),
        -1 => w.signal(task).children,
        1 => task_usage(w, task),
        _ => return Err(Errno::EINVAL),
    };
    copy_to_user(w, task, usage, &rusage_bytes(&sum))?;
    Ok(Reply::Done(0))
}

/// `check_prlimit_permission()`: the limits of others only where all their numbers are the caller's real ones, or with
/// CAP_SYS_RESOURCE.
fn check_prlimit_permission(w: &World<'_>, task: TaskRef, of: TaskRef) -> Result<()> {
    let (mine, theirs) = (&w.tasks[task].cred, &w.tasks[of].cred);
    if task == of || theirs.is_wholly(mine) || mine.capable(Capability::SysResource) {
        Ok(())
    } else {
        Err(Errno::EPERM)
    }
}

/// prlimit(2), and with it getrlimit and setrlimit.
pub(super) fn prlimit(
    w: &mut World<'_>,
    task: TaskRef,
    pid: i32,
    resource: Option<Resource>,
    new: UserPtr,
    old: UserPtr,
) -> Result<Reply> {
    let limit = match new {
        UserPtr(0) => None,
        UserPtr(addr) => {
            let cur = get_u64(w, task, new)?;
            Some(Rlimit {
                cur,
                max: get_u64(w, task, UserPtr(addr.wrapping_add(8)))?,
            })
        }
    };
    let of = task_or_current(w, task, pid)?;
    check_prlimit_permission(w, task, of)?;
    let raises = w.tasks[task].cred.capable(Capability::SysResource);
    let resource = resource.ok_or(Errno::EINVAL)?;
    let before = w.signal(of).rlim.get(resource);
    if let Some(limit) = limit {
        let above_nr_open = resource == Resource::Nofile && limit.max > u64::from(NR_OPEN.max(1 << 20));
        if limit.cur > limit.max {
            return Err(Errno::EINVAL);
        }
        if above_nr_open || limit.max > before.max && !raises {
            return Err(Errno::EPERM);
        }
        w.signal_mut(of).rlim.set(resource, limit);
    }
    if !old.is_null() {
        let bytes: [u8; 16] = words::to_bytes(&[before.cur, before.max]);
        copy_to_user(w, task, old, &bytes)?;
    }
    Ok(Reply::Done(0))
}

/// Calls `visit` for each process that PRIO_PROCESS 0, PRIO_PGRP 1 or PRIO_USER 2 means.
fn for_each_meant(
    w: &mut World<'_>,
    task: TaskRef,
    which: i32,
    who: i32,
    visit: &mut dyn FnMut(&mut World<'_>, TaskRef),
) -> Result<()> {
    let number = u32::try_from(who).map_err(|_| Errno::ESRCH)?;
    let group = if number == 0 {
        pgrp_of(w, task)
    } else {
        Pid(number)
    };
    let user = if number == 0 {
        w.tasks[task].cred.uid
    } else {
        Uid(number)
    };
    match which {
        0 => {
            let meant = task_or_current(w, task, who)?;
            visit(w, meant);
        }
        1 => {
            let Some(group) = w.pid.find(group) else {
                return Ok(());
            };
            let mut at = w.pid.pids[group].pgrp.first();
            while let Some(member) = at {
                at = list::next::<Pgrp>(&w.signals[member]);
                let leader = w.signals[member].leader;
                for_each_thread(w, leader, visit);
            }
        }
        2 => {
            let mut at = list::next::<Tasks>(&w.tasks[w.sys.init_task]);
            while let Some(process) = at {
                at = list::next::<Tasks>(&w.tasks[process]);
                for_each_thread(w, process, &mut |w, thread| {
                    if w.tasks[thread].cred.uid == user {
                        visit(w, thread);
                    }
                });
            }
        }
        _ => return Err(Errno::EINVAL),
    }
    Ok(())
}

/// getpriority(2): 20 minus the lowest nice value among those meant, so that no answer looks like an errno.
pub(super) fn getpriority(w: &mut World<'_>, task: TaskRef, which: i32, who: i32) -> Result<Reply> {
    if !(0..=2).contains(&which) {
        return Err(Errno::EINVAL);
    }
    let mut best = None;
    for_each_meant(w, task, which, who, &mut |w, process| {
        let value = 20 - i64::from(w.tasks[process].nice);
        best = best.max(Some(value));
    })?;
    best.map(Reply::Done).ok_or(Errno::ESRCH)
}

/// `set_one_prio()`: EPERM for a task of another user, or one that may do more than the caller (`cap_safe_nice()`);
/// EACCES for a better value than RLIMIT_NICE allows. CAP_SYS_NICE is above both.
fn may_set_nice(w: &World<'_>, task: TaskRef, of: TaskRef, nice: i8) -> Result<()> {
    let (mine, t) = (&w.tasks[task].cred, &w.tasks[of]);
    if mine.capable(Capability::SysNice) {
        return Ok(());
    }
    if t.cred.uid != mine.euid && t.cred.euid != mine.euid {
        return Err(Errno::EPERM);
    }
    // nice_to_rlimit()
    let needed = u64::from((20 - nice).unsigned_abs());
    if nice < t.nice && needed > w.signal(of).rlim.get(Resource::Nice).cur {
        return Err(Errno::EACCES);
    }
    if !t.cred.cap_permitted.is_subset(mine.cap_permitted) {
        return Err(Errno::EPERM);
    }
    Ok(())
}

/// setpriority(2): values beyond -20 and 19 are moved there.
pub(super) fn setpriority(
    w: &mut World<'_>,
    task: TaskRef,
    which: i32,
    who: i32,
    value: i32,
) -> Result<Reply> {
    if !(0..=2).contains(&which) {
        return Err(Errno::EINVAL);
    }
    let nice = i8::try_from(value.clamp(-20, 19)).unwrap_or(0);
    let mut result = Err(Errno::ESRCH);
    for_each_meant(w, task, which, who, &mut |w, process| {
        if let Err(errno) = may_set_nice(w, task, process, nice) {
            result = Err(errno);
            return;
        }
        w.tasks[process].nice = nice;
        if result == Err(Errno::ESRCH) {
            result = Ok(Reply::Done(0));
        }
    })?;
    result
}
