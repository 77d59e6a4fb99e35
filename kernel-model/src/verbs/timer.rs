//! Time: who sleeps until when, and the interval timers and CPU seconds of processes.

use crate::abi::clock::{CpuClock, CpuOf, CpuTime, ItimerWhich as Which};
use crate::abi::effect::Effect;
use crate::abi::ids::{Handle, TaskRef, kind};
use crate::abi::limits::{KTIME_MAX, TICK_NSEC};
use crate::abi::rlimit::{RLIM_INFINITY, Resource};
use crate::abi::signal::Signal;
use crate::objects::blocked::Blocked;
use crate::objects::signal::{Itimer, SignalStruct, Usage};
use crate::objects::task::{TaskStruct, WaitEntry};
use crate::store::list;
use crate::world::{World, WorldView};

use super::exit::{process_usage, task_usage};
use super::signal::{Sender, Target, send_signal};

const SECOND: u64 = 1_000_000_000;
const MICROSECOND: u64 = 1000;

/// Names a process.
type ProcessRef = Handle<kind::Signal>;

fn until(t: &TaskStruct) -> u64 {
    t.parked.and_then(|reason| reason.expires()).unwrap_or(0)
}

/// Enters the sleeper, behind those that wake no later.
pub fn start(w: &mut World<'_>, task: TaskRef, expires: u64) {
    let later = |t: &TaskStruct| until(t) > expires;
    w.sys.timers.insert_by(&mut w.tasks, task, later);
}

/// Takes a sleeper out, if it is one.
pub fn cancel(w: &mut World<'_>, task: TaskRef) {
    if w.tasks[task].timer.is_linked() {
        w.sys.timers.remove(&mut w.tasks, task);
    }
}

/// `ktime_add_safe()`: two times together, and no more than `KTIME_MAX`.
#[must_use]
pub fn ktime_add_safe(one: u64, other: u64) -> u64 {
    one.saturating_add(other).min(KTIME_MAX)
}

/// When the next sleeper wakes, or the next real timer goes off. `KTIME_MAX` never comes.
#[must_use]
pub fn next_expiry(w: WorldView<'_>) -> Option<u64> {
    let sleeper = w.sys.timers.first().map(|task| until(&w.tasks[task]));
    let timer = w.sys.real_timers.first();
    let timer = timer.map(|process| w.signals[process].real_timer.expires);
    let next = sleeper.into_iter().chain(timer).min();
    next.filter(|next| *next < KTIME_MAX)
}

/// The time is now `now`: everyone whose time has come is woken, and every timer goes off, the earliest first. Time
/// never goes back, and never comes to `KTIME_MAX`.
pub fn advance(w: &mut World<'_>, now: u64) {
    w.sys.now = w.sys.now.max(now.min(KTIME_MAX - 1));
    loop {
        let sleeper = w.sys.timers.first().map(|task| (until(&w.tasks[task]), task));
        let timer = w.sys.real_timers.first();
        let timer = timer.map(|process| (w.signals[process].real_timer.expires, process));
        match (sleeper, timer) {
            (Some((at, task)), timer)
                if at <= w.sys.now && timer.is_none_or(|(expires, _)| at <= expires) =>
            {
                super::state::wake_up(w, task);
            }
            (_, Some((expires, process))) if expires <= w.sys.now => it_real_fn(w, process),
            _ => return,
        }
    }
}

/// `it_real_fn()`: the real timer goes off. It counts again once its signal is taken: one that is blocked comes once,
/// and one that is ignored is the last.
fn it_real_fn(w: &mut World<'_>, process: ProcessRef) {
    w.sys.real_timers.remove(&mut w.signals, process);
    let leader = w.signals[process].leader;
    goes_off(w, leader, Which::Real);
}

/// A timer of the task's process goes off: its signal is sent.
fn goes_off(w: &mut World<'_>, task: TaskRef, which: Which) {
    let process = w.id(w.tasks[task].group_leader);
    w.tell(|_| Effect::TimerExpired { process, which });
    send_signal(w, task, which.signal(), Target::Group, Sender::Kernel);
}

/// `posixtimer_rearm_itimer()`: the process has taken a SIGALRM, whoever sent it: the timer counts again if it has gone
/// off, from the times at which it should have, and the next of them comes.
pub fn rearm_real(w: &mut World<'_>, task: TaskRef) {
    let process = w.tasks[task].signal;
    let s = &w.signals[process];
    let (expires, incr) = (s.real_timer.expires, s.real_timer.incr);
    if incr == 0 || s.real_link.is_linked() {
        return;
    }
    // hrtimer_forward()
    let missed = w.sys.now.saturating_sub(expires) / incr;
    let expires = expires.saturating_add(incr.saturating_mul(missed + 1));
    w.signals[process].real_timer.expires = expires.min(KTIME_MAX);
    enter_real(w, process);
}

fn enter_real(w: &mut World<'_>, process: ProcessRef) {
    let expires = w.signals[process].real_timer.expires;
    let later = |s: &SignalStruct| s.real_timer.expires > expires;
    w.sys.real_timers.insert_by(&mut w.signals, process, later);
}

/// The real timer of a process counts no more, and has no interval: `hrtimer_cancel()`.
#[inline]
pub fn stop_real(w: &mut World<'_>, process: ProcessRef) {
    if w.signals[process].real_link.is_linked() {
        w.sys.real_timers.remove(&mut w.signals, process);
    }
    w.signals[process].real_timer = Itimer::OFF;
}

/// What is left of a timer, and its interval, in nanoseconds; both 0 for one that is not set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Itimerval {
    /// Until it goes off (`it_value`). The kernel does not look whether it is beyond what an `i64` holds.
    pub value: u64,
    /// And then each time (`it_interval`).
    pub interval: u64,
}

/// The times of a process by which a timer runs.
fn used(usage: &Usage, which: CpuTime) -> u64 {
    match which {
        CpuTime::Virt => usage.utime,
        CpuTime::Prof | CpuTime::Sched => usage.utime.saturating_add(usage.stime),
    }
}

const fn cpu_itimer(s: &mut SignalStruct, which: CpuTime) -> &mut Itimer {
    match which {
        CpuTime::Virt => &mut s.virtual_timer,
        CpuTime::Prof | CpuTime::Sched => &mut s.prof_timer,
    }
}

/// `do_getitimer()`. A real timer that counts never shows nothing left; one by processor time that has not been looked at
/// since its time came shows a tick.
#[must_use]
pub fn do_getitimer(w: &World<'_>, task: TaskRef, which: Which) -> Itimerval {
    let s = w.signal(task);
    let left = |timer: Itimer, time: CpuTime| match timer.expires {
        0 => 0,
        expires => expires
            .checked_sub(used(&process_usage(w, task), time))
            .unwrap_or(TICK_NSEC),
    };
    let (timer, value) = match which {
        Which::Real if s.real_link.is_linked() => {
            let left = s.real_timer.expires.saturating_sub(w.sys.now);
            (s.real_timer, left.max(MICROSECOND))
        }
        Which::Real => (s.real_timer, 0),
        Which::Virtual => (s.virtual_timer, left(s.virtual_timer, CpuTime::Virt)),
        Which::Prof => (s.prof_timer, left(s.prof_timer, CpuTime::Prof)),
    };
    Itimerval {
        value,
        interval: timer.incr,
    }
}

/// `do_setitimer()`: from now on. A value of 0 stops the timer; of the real one that takes the interval too.
pub fn do_setitimer(w: &mut World<'_>, task: TaskRef, which: Which, new: Itimerval) {
    let process = w.tasks[task].signal;
    match which.cpu_time() {
        None => {
            stop_real(w, process);
            if new.value != 0 {
                let expires = ktime_add_safe(w.sys.now, new.value);
                w.signals[process].real_timer = Itimer {
                    expires,
                    incr: new.interval,
                };
                enter_real(w, process);
            }
        }
        Some(time) => {
            let used = used(&process_usage(w, task), time);
            let expires = match new.value {
                0 => 0,
                // set_cpu_itimer(): processor time is looked at by ticks, so that less than one more would be too little.
                value => value.saturating_add(TICK_NSEC).saturating_add(used),
            };
            *cpu_itimer(w.signal_mut(task), time) = Itimer {
                expires,
                incr: new.interval,
            };
        }
    }
    let process = w.id(w.tasks[task].group_leader);
    let Itimerval { value, interval } = new;
    w.tell(|_| Effect::TimerSet {
        process,
        which,
        value,
        interval,
    });
}

/// `run_posix_cpu_timers()`: the task has used time.
#[inline]
pub fn run_posix_cpu_timers(w: &mut World<'_>, task: TaskRef) {
    let s = w.signal(task);
    let unset = s.virtual_timer.expires == 0 && s.prof_timer.expires == 0;
    if !unset || s.rlim.get(Resource::Cpu).cur != RLIM_INFINITY {
        check_process_timers(w, task);
    }
    if !w.sys.cpu_sleepers.is_empty() {
        wake_cpu_sleepers(w);
    }
}

/// `check_process_timers()`: the virtual and the profiling timer, and RLIMIT_CPU.
fn check_process_timers(w: &mut World<'_>, task: TaskRef) {
    let usage = process_usage(w, task);
    for which in [Which::Prof, Which::Virtual] {
        let Some(time) = which.cpu_time() else { continue };
        if check_cpu_itimer(cpu_itimer(w.signal_mut(task), time), used(&usage, time)) {
            goes_off(w, task, which);
        }
    }
    let limit = w.signal(task).rlim.get(Resource::Cpu);
    if limit.cur == RLIM_INFINITY {
        return;
    }
    // The product is cut to 64 bits, so that seconds in the billions may be none.
    let past = |seconds: u64| used(&usage, CpuTime::Prof) >= seconds.wrapping_mul(SECOND);
    if limit.max != RLIM_INFINITY && past(limit.max) {
        send_signal(w, task, Signal::SIGKILL, Target::Group, Sender::Kernel);
    } else if past(limit.cur) {
        // Once more after another second.
        let mut moved = limit;
        moved.cur += 1;
        w.signal_mut(task).rlim.set(Resource::Cpu, moved);
        send_signal(w, task, Signal::SIGXCPU, Target::Group, Sender::Kernel);
    }
}

/// `check_cpu_itimer()`.
const fn check_cpu_itimer(timer: &mut Itimer, used: u64) -> bool {
    if timer.expires == 0 || used < timer.expires {
        return false;
    }
    timer.expires = match timer.incr {
        0 => 0,
        incr => timer.expires.saturating_add(incr),
    };
    true
}

/// `pid_for_clock()`: the task that a clock of processor time belongs to: of a process its leader.
fn task_for_clock(w: &World<'_>, caller: TaskRef, clock: CpuClock) -> Option<TaskRef> {
    let (leader, own) = (w.tasks[caller].group_leader, clock.pid.0 == 0);
    match clock.of {
        CpuOf::Thread if own => Some(caller),
        CpuOf::Process if own => Some(leader),
        // Threads of other processes are nobody's business.
        CpuOf::Thread => {
            let task = w.pid.task(clock.pid)?;
            (w.tasks[task].signal == w.tasks[caller].signal).then_some(task)
        }
        CpuOf::Process => {
            let task = w.pid.task(clock.pid)?;
            w.tasks[task].is_group_leader().then_some(task)
        }
    }
}

/// What a clock of processor time shows; none where there is nobody whose it is.
#[must_use]
pub fn cpu_clock_sample(w: &World<'_>, caller: TaskRef, clock: CpuClock) -> Option<u64> {
    let task = task_for_clock(w, caller, clock)?;
    let usage = match clock.of {
        CpuOf::Process => process_usage(w, task),
        CpuOf::Thread => task_usage(w, task),
    };
    Some(used(&usage, clock.which))
}

fn wake_cpu_sleepers(w: &mut World<'_>) {
    let mut at = w.sys.cpu_sleepers.first();
    while let Some(task) = at {
        at = list::next::<WaitEntry>(&w.tasks[task]);
        if let Some(Blocked::CpuNanosleep(sleep)) = w.tasks[task].parked
            && cpu_clock_sample(w, task, sleep.clock).is_some_and(|now| now >= sleep.until)
        {
            super::state::wake_up(w, task);
        }
    }
}
