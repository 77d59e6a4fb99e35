//! The one place where a task changes its state: falls asleep, wakes up, dies.

use crate::abi::effect::{Effect, TaskId};
use crate::abi::ids::TaskRef;
use crate::abi::state::State;
use crate::objects::blocked::Blocked;
use crate::objects::file::FileKind;
use crate::objects::task::{TaskStruct, WaitEntry};
use crate::store::arena::Arena;
use crate::store::list::List;
use crate::world::World;

use super::sched;

/// Changes the state of a task and tells the world. Every change goes through here.
#[inline]
pub fn set_state(w: &mut World<'_>, task: TaskRef, to: State) {
    let t = &mut w.tasks[task];
    let from = t.state();
    if from == to {
        return;
    }
    debug_assert!(from.may_become(to), "{from:?} may not become {to:?}");
    t.store_state(to);
    let task = TaskId { task, pid: t.pid };
    w.tell(|_| Effect::StateChanged { task, from, to });
}

/// The caller parks in a call until its condition holds: enters the wait queue that the reason names and gives
/// its processor away.
pub fn sleep(w: &mut World<'_>, task: TaskRef, reason: Blocked) {
    w.tasks[task].parked = Some(reason);
    enqueue_waiter(w, task, reason);
    set_state(w, task, State::Sleeping(reason.sleep()));
    sched::dequeue(w, task);
}

/// Changes the queue in which a reason makes a task wait.
fn with_queue(
    w: &mut World<'_>,
    task: TaskRef,
    reason: Blocked,
    change: impl FnOnce(&mut List<WaitEntry>, &mut Arena<'_, TaskStruct>, TaskRef),
) {
    match reason {
        Blocked::Wait(_) => {
            let signal = w.tasks[task].signal;
            change(&mut w.signals[signal].wait_chldexit, &mut w.tasks, task);
        }
        Blocked::PipeRead(transfer) => {
            let (FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe }) = w.filp[transfer.file].kind
            else {
                return;
            };
            change(&mut w.pipes[pipe].rd_wait, &mut w.tasks, task);
        }
        Blocked::PipeWrite(transfer) => {
            let FileKind::PipeWrite(pipe) = w.filp[transfer.file].kind else {
                return;
            };
            change(&mut w.pipes[pipe].wr_wait, &mut w.tasks, task);
        }
        Blocked::TtyRead(_) => change(&mut w.sys.tty.read_wait, &mut w.tasks, task),
        Blocked::VforkDone { .. }
        | Blocked::TtyWrite(_)
        | Blocked::TtyIoctl { .. }
        | Blocked::Nanosleep { .. }
        | Blocked::Pause
        | Blocked::Sigsuspend { .. }
        | Blocked::SigsuspendRestart { .. }
        | Blocked::Sigtimedwait { .. }
        | Blocked::DeThread
        | Blocked::Exit
        | Blocked::Kthread
        | Blocked::Clone(_)
        // A futex waiter that wakes stands in its queue until it has looked around.
        | Blocked::Futex(_)
        | Blocked::FutexRestart(_)
        | Blocked::PollRestart(_) => {}
        Blocked::Poll(_) | Blocked::SignalfdRead(_) => change(&mut w.sys.pollers, &mut w.tasks, task),
        Blocked::CpuNanosleep(_) => change(&mut w.sys.cpu_sleepers, &mut w.tasks, task),
    }
}

fn enqueue_waiter(w: &mut World<'_>, task: TaskRef, reason: Blocked) {
    match reason {
        // do_wait() adds itself with add_wait_queue(), at the head: of two threads that wait for the same child,
        // the one that came last is woken first.
        // So do poll and signalfd.
        Blocked::Wait(_) | Blocked::Poll(_) | Blocked::SignalfdRead(_) => {
            with_queue(w, task, reason, |queue, tasks, task| {
                queue.push_front(tasks, task)
            })
        }
        Blocked::Futex(wait) => super::futex::enqueue(w, task, &wait),
        // Readers and writers of a pipe are exclusive waiters, at the tail.
        _ => with_queue(w, task, reason, |queue, tasks, task| queue.push_back(tasks, task)),
    }
    if let Some(until) = reason.expires() {
        super::timer::start(w, task, until);
    }
}

/// `try_to_wake_up()`: a sleeping or stopped task becomes ready; it goes on with its parked call when it runs.
pub fn wake_up(w: &mut World<'_>, task: TaskRef) {
    match w.tasks[task].state() {
        State::Sleeping(_) => {
            if let Some(reason) = w.tasks[task].parked {
                with_queue(w, task, reason, |queue, tasks, task| queue.remove(tasks, task));
            }
            super::timer::cancel(w, task);
        }
        State::Stopped => {}
        _ => return,
    }
    set_state(w, task, State::Running);
    w.tell(|w| Effect::Woken { task: w.id(task) });
    sched::enqueue(w, task);
}

/// Wakes the first waiter of a queue, as exclusive waiters are woken: one at a time.
pub fn wake_one(w: &mut World<'_>, queue: List<WaitEntry>) {
    if let Some(first) = queue.first() {
        wake_up(w, first);
    }
}

/// Wakes all waiters of a queue, in its order.
pub fn wake_all(w: &mut World<'_>, queue: List<WaitEntry>) {
    let mut at = queue.first();
    while let Some(task) = at {
        at = crate::store::list::next::<WaitEntry>(&w.tasks[task]);
        wake_up(w, task);
    }
}
