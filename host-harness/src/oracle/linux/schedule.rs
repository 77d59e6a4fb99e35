//! Who runs when: everything on one processor, the puppets before the controller.
//!
//! With real-time priorities the controller runs only while every puppet sleeps, is stopped or is dead: there is
//! nothing to wait for, and tasks that are woken together run in the order in which they were woken.

use std::cell::RefCell;
use std::io;

/// The puppets' SCHED_FIFO priority.
const PUPPET: i32 = 2;
/// The controller's.
const CONTROLLER: i32 = 1;

/// Ties a thread or process (0: the caller) to one processor.
pub(super) fn pin(task: u32, cpu: usize) -> io::Result<()> {
    // SAFETY: a cpu_set_t is a bitmap; all zero is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    if cpu >= 8 * size_of_val(&set) {
        return Err(io::Error::other("no such processor"));
    }
    // SAFETY: the number was just checked to be one of the bitmap's bits.
    unsafe { libc::CPU_SET(cpu, &mut set) };
    // SAFETY: the set is a whole one, and only read.
    answer(unsafe { libc::sched_setaffinity(task.cast_signed(), size_of_val(&set), &raw const set) })
}

/// Raises a puppet above the controller; what it forks inherits that.
pub(super) fn raise_puppet(task: u32) -> io::Result<()> {
    set_policy(task, libc::SCHED_FIFO, PUPPET)
}

/// Puts a puppet below everything that is left to do.
pub(super) fn lower_puppet(task: u32) -> io::Result<()> {
    set_policy(task, libc::SCHED_OTHER, 0)
}

fn set_policy(task: u32, policy: i32, priority: i32) -> io::Result<()> {
    let param = libc::sched_param {
        sched_priority: priority,
    };
    // SAFETY: the parameter is only read.
    answer(unsafe { libc::sched_setscheduler(task.cast_signed(), policy, &raw const param) })
}

fn answer(code: i32) -> io::Result<()> {
    if code < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// Returns when no task is any more between being a zombie, or released, and having woken its parent: that is done under
/// the lock of the list of tasks, which this call takes.
pub(super) fn let_exits_finish() {
    // SAFETY: no memory is touched. Which priority the group of this process has does not matter.
    unsafe { libc::getpriority(libc::PRIO_PGRP, 0) };
}

/// How a thread was scheduled before.
struct Before {
    /// Values of [`Rank`] that are alive in the thread.
    users: u32,
    cpu: usize,
    policy: i32,
    param: libc::sched_param,
    cpus: libc::cpu_set_t,
}

thread_local! {
    static BEFORE: RefCell<Option<Before>> = const { RefCell::new(None) };
}

/// While it lives, this thread has the controller's rank on one processor. It stays in its thread.
#[derive(Debug)]
pub(super) struct Rank(std::marker::PhantomData<*const ()>);

impl Rank {
    /// Takes the rank.
    pub(super) fn take(cpu: usize) -> io::Result<Rank> {
        BEFORE.with_borrow_mut(|before| {
            match before {
                Some(before) if before.cpu != cpu => {
                    return Err(io::Error::other(
                        "this thread has a running kernel on another processor",
                    ));
                }
                Some(before) => before.users += 1,
                None => *before = Some(Before::remember(cpu)?),
            }
            Ok(Rank(std::marker::PhantomData))
        })
    }
}

impl Before {
    /// Notes how the thread is scheduled, and changes it.
    fn remember(cpu: usize) -> io::Result<Before> {
        // SAFETY: both are plain numbers, for which zero is a value.
        let (mut param, mut cpus): (libc::sched_param, libc::cpu_set_t) = unsafe { std::mem::zeroed() };
        // SAFETY: no memory is touched.
        let policy = unsafe { libc::sched_getscheduler(0) };
        answer(policy)?;
        // SAFETY: the parameter is a whole one to store into.
        answer(unsafe { libc::sched_getparam(0, &raw mut param) })?;
        // SAFETY: the set is a whole one to store into.
        answer(unsafe { libc::sched_getaffinity(0, size_of_val(&cpus), &raw mut cpus) })?;
        let before = Before {
            users: 1,
            cpu,
            policy,
            param,
            cpus,
        };
        pin(0, cpu)?;
        // What the controller starts besides puppets, a compiler say, must not run at its rank.
        let ranked = set_policy(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, CONTROLLER);
        if ranked.is_err() {
            before.restore();
        }
        ranked.map(|()| before)
    }

    /// Puts the thread back. This cannot be refused: the rank is lowered, and the processors were allowed before.
    fn restore(&self) {
        // SAFETY: parameter and set are whole ones and only read.
        unsafe {
            libc::sched_setscheduler(0, self.policy, &raw const self.param);
            libc::sched_setaffinity(0, size_of_val(&self.cpus), &raw const self.cpus);
        }
    }
}

impl Drop for Rank {
    fn drop(&mut self) {
        BEFORE.with_borrow_mut(|slot| {
            if let Some(before) = slot {
                before.users -= 1;
                if before.users == 0 {
                    before.restore();
                    *slot = None;
                }
            }
        });
    }
}
