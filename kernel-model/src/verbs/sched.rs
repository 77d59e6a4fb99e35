//! Who runs where: round robin over one queue for each processor.

use crate::abi::effect::Effect;
use crate::abi::ids::{CpuId, TaskRef};
use crate::abi::limits::RR_TIMESLICE;
use crate::abi::state::State;
use crate::objects::sched::Rq;
use crate::world::{System, World};

fn rq(sys: &mut System, cpu: CpuId) -> Option<&mut Rq> {
    sys.cpus.get_mut(usize::from(cpu.0))
}

/// Whether the task is the one its processor runs.
#[must_use]
pub fn is_current(w: &World<'_>, task: TaskRef) -> bool {
    let cpu = usize::from(w.tasks[task].cpu.0);
    w.sys.cpus.get(cpu).is_some_and(|rq| rq.curr == task)
}

/// `select_task_rq()`: an idle processor, else the one with the shortest queue; of several the lowest number,
/// but the one it last ran on first.
fn select_cpu(w: &World<'_>, task: TaskRef) -> CpuId {
    let last = w.tasks[task].cpu;
    if w.sys.cpus.len() == 1 {
        return last;
    }
    let load = |rq: &Rq| rq.queue.len() + u32::from(rq.curr != w.sys.init_task);
    let mut best = (last, w.sys.cpus.get(usize::from(last.0)).map_or(u32::MAX, load));
    for (number, rq) in (0u8..).zip(&w.sys.cpus) {
        if load(rq) < best.1 {
            best = (CpuId(number), load(rq));
        }
    }
    best.0
}

/// `activate_task()`: a ready task enters the queue of a processor, at its end; an idle processor takes it at once.
#[inline(always)]
pub fn enqueue(w: &mut World<'_>, task: TaskRef) {
    let cpu = select_cpu(w, task);
    let t = &mut w.tasks[task];
    t.cpu = cpu;
    t.time_slice = RR_TIMESLICE;
    let idle = w.sys.init_task;
    if let Some(rq) = rq(w.sys, cpu) {
        rq.queue.push_back(&mut w.tasks, task);
        rq.need_resched |= rq.curr == idle;
    }
}

/// `deactivate_task()`: a task that is no longer ready leaves its processor or its queue.
#[inline(always)]
pub fn dequeue(w: &mut World<'_>, task: TaskRef) {
    let t = &mut w.tasks[task];
    let cpu = t.cpu;
    let Some(rq) = rq(w.sys, cpu) else { return };
    if rq.curr == task {
        t.nvcsw += 1;
        switch_to_next(w, cpu);
    } else {
        rq.queue.remove(&mut w.tasks, task);
    }
}

/// `schedule()`, when the processor must choose: takes the first of the queue, or idles.
#[inline(always)]
fn switch_to_next(w: &mut World<'_>, cpu: CpuId) {
    let idle = w.sys.init_task;
    if let Some(rq) = rq(w.sys, cpu) {
        let next = rq.queue.pop_front(&mut w.tasks).unwrap_or(idle);
        context_switch(w, cpu, next);
    }
}

fn context_switch(w: &mut World<'_>, cpu: CpuId, next: TaskRef) {
    let Some(rq) = rq(w.sys, cpu) else { return };
    rq.need_resched = false;
    let prev = core::mem::replace(&mut rq.curr, next);
    if prev == next {
        return;
    }
    rq.nr_switches += 1;
    let (prev, next) = (w.id(prev), w.id(next));
    w.emit(Effect::Switch { cpu, prev, next });
}

/// The current task of a processor goes to the end of the queue, and the next one runs. Used where the current
/// task is still ready: `sched_yield()`, and the end of a time slice.
fn rotate(w: &mut World<'_>, cpu: CpuId) {
    let idle = w.sys.init_task;
    let Some(rq) = rq(w.sys, cpu) else { return };
    let curr = rq.curr;
    if curr != idle {
        w.tasks[curr].time_slice = RR_TIMESLICE;
        rq.queue.push_back(&mut w.tasks, curr);
    }
    switch_to_next(w, cpu);
}

/// `sched_yield(2)`: the others of the queue first. Linux counts it as a voluntary switch only when the task
/// sleeps, so as an involuntary one here, and none where nobody else waits.
pub fn yield_now(w: &mut World<'_>, task: TaskRef) {
    let cpu = w.tasks[task].cpu;
    if is_current(w, task) && rq(w.sys, cpu).is_some_and(|rq| !rq.queue.is_empty()) {
        w.tasks[task].nivcsw += 1;
        rotate(w, cpu);
    }
}

/// `sched_tick()`: `ns` nanoseconds have passed on a processor. The running task is charged; when its time slice
/// is used up and others wait, it gives way. An idle processor looks for work in the longest queue.
pub fn tick(w: &mut World<'_>, cpu: CpuId, ns: u64) {
    let Some(curr) = rq(w.sys, cpu).map(|rq| rq.curr) else {
        return;
    };
    if curr == w.sys.init_task {
        balance(w, cpu);
        return;
    }
    let task = &mut w.tasks[curr];
    task.utime = task.utime.saturating_add(ns);
    task.time_slice = task.time_slice.saturating_sub(ns);
    if task.time_slice > 0 {
        return;
    }
    if rq(w.sys, cpu).is_some_and(|rq| rq.queue.is_empty()) {
        w.tasks[curr].time_slice = RR_TIMESLICE;
        return;
    }
    w.tasks[curr].nivcsw += 1;
    rotate(w, cpu);
}

/// `newidle_balance()`: an idle processor takes the first task of the longest queue.
fn balance(w: &mut World<'_>, cpu: CpuId) {
    let longest = (0u8..)
        .zip(&w.sys.cpus)
        .max_by_key(|(number, rq)| (rq.queue.len(), core::cmp::Reverse(*number)));
    let Some((from, rq)) = longest else { return };
    let Some(task) = rq.queue.first() else { return };
    run_on(w, task, CpuId(from), cpu);
}

fn run_on(w: &mut World<'_>, task: TaskRef, from: CpuId, cpu: CpuId) {
    unqueue(w, from, task);
    w.tasks[task].cpu = cpu;
    context_switch(w, cpu, task);
}

/// A processor runs this ready task now, out of turn: how a driver that chooses the schedule itself says so. The
/// task that ran there goes to the end of the queue.
pub fn dispatch(w: &mut World<'_>, cpu: CpuId, task: TaskRef) {
    if w.tasks[task].state() != State::Running || rq(w.sys, cpu).is_none_or(|rq| rq.curr == task) {
        return;
    }
    let from = w.tasks[task].cpu;
    if is_current(w, task) {
        // It runs elsewhere: that processor goes on with its queue.
        switch_to_next(w, from);
    } else {
        unqueue(w, from, task);
    }
    w.tasks[task].cpu = cpu;
    preempt(w, cpu, task);
}

/// A ready task runs now on its processor, in whose queue it waits unless it runs already.
#[inline]
pub fn dispatch_queued(w: &mut World<'_>, task: TaskRef) {
    if !is_current(w, task) {
        let cpu = w.tasks[task].cpu;
        unqueue(w, cpu, task);
        preempt(w, cpu, task);
    }
}

/// Takes a task out of the queue of a processor.
fn unqueue(w: &mut World<'_>, cpu: CpuId, task: TaskRef) {
    if let Some(rq) = rq(w.sys, cpu) {
        rq.queue.remove(&mut w.tasks, task);
    }
}

/// The task that a processor runs goes to the end of the queue for this one.
fn preempt(w: &mut World<'_>, cpu: CpuId, task: TaskRef) {
    let idle = w.sys.init_task;
    let Some(rq) = rq(w.sys, cpu) else { return };
    let curr = rq.curr;
    if curr != idle {
        w.tasks[curr].nivcsw += 1;
        rq.queue.push_back(&mut w.tasks, curr);
    }
    context_switch(w, cpu, task);
}
