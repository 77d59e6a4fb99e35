//! The processors and their run queues (`struct rq`).

use crate::abi::ids::TaskRef;
use crate::store::list::List;

use super::task::RunList;

/// One processor with its queue.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rq {
    /// Who runs; `init_task` when the processor is idle.
    pub curr: TaskRef,
    /// Who is ready, in the order of running.
    pub queue: List<RunList>,
    /// Whether `curr` must give way at the next chance (TIF_NEED_RESCHED).
    pub need_resched: bool,
    /// Context switches.
    pub nr_switches: u64,
}

impl Rq {
    /// An idle processor.
    #[must_use]
    pub const fn new(idle: TaskRef) -> Rq {
        Rq {
            curr: idle,
            queue: List::EMPTY,
            need_resched: false,
            nr_switches: 0,
        }
    }
}
