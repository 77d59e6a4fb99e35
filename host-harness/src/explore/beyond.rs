//! What a program can meet that no exploration shows: it is told, and nothing is claimed.

use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::rlimit::{RLIM_INFINITY, Resource};

use super::position::Position;

/// What is not explored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beyond {
    /// A table of the modelled kernel is full: from here on the program meets limits that no Linux has.
    Table(&'static str),
    /// A limit, a timer or a sleep counts processor time: no step takes any.
    ProcessorTime,
    /// The program asks what time it is, or how much it has used: of the answers only one is explored. All else is.
    Time,
}

impl Position {
    /// What the program meets here that no exploration shows.
    pub(super) fn beyond(&self) -> Option<Beyond> {
        let w = self.machine.kernel().view();
        let tables = [
            ("tasks", w.tasks.is_full()),
            (
                "frames",
                w.pages.is_full()
                    || w.tables.is_full()
                    || w.vmas.is_full()
                    || w.mms.is_full()
                    || w.mappings.is_full(),
            ),
            ("files", w.filp.is_full() || w.polls.is_full()),
            ("pipes", w.pipes.is_full()),
        ];
        if let Some((name, _)) = tables.into_iter().find(|(_, full)| *full) {
            return Some(Beyond::Table(name));
        }
        let counts = |process: TaskRef| {
            let s = w.signal(process);
            let limit = s.rlim.get(Resource::Cpu).cur;
            [s.virtual_timer, s.prof_timer]
                .iter()
                .any(|timer| timer.expires != 0)
                || limit != RLIM_INFINITY
        };
        let counted = !w.sys.cpu_sleepers.is_empty() || w.for_each_process().any(counts);
        counted.then_some(Beyond::ProcessorTime)
    }
}
