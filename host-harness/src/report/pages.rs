//! `--pages`: which process has which frame behind which page, and what every fault did.

use kernel_model::abi::effect::{Effect, FaultKind};
use kernel_model::abi::ids::{Pid, TaskRef};
use kernel_model::abi::state::State;
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::page_table;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::machine::{Event, Machine};

const fn kind_name(kind: VmaKind) -> &'static str {
    match kind {
        VmaKind::Mmap => "mmap",
        VmaKind::Text => "text",
        VmaKind::Rodata => "rodata",
        VmaKind::Data => "data",
        VmaKind::Bss => "bss",
        VmaKind::Heap => "heap",
        VmaKind::Stack => "stack",
    }
}

/// What part of a task's memory an address is in, in one word.
#[must_use]
pub fn kind_of(machine: &Machine, task: TaskRef, addr: u64) -> &'static str {
    let view = machine.kernel().view();
    let mm = view
        .tasks
        .get(task)
        .and_then(|t| t.mm)
        .and_then(|mm| view.mms.get(mm));
    let vma = mm.and_then(|mm| mm.vma_at(view.vmas, addr));
    vma.map_or("memory", |vma| kind_name(view.vmas[vma].kind))
}

/// What a fault did, for the program's own processes.
#[must_use]
pub fn fault_line(event: &Event) -> Option<String> {
    let Event::Effect(Effect::PageFault {
        task,
        addr,
        frame,
        kind,
    }) = event
    else {
        return None;
    };
    if task.pid == Pid::INIT {
        return None;
    }
    let what = match kind {
        FaultKind::ZeroPage => "first read: the shared page of zeroes is mapped".to_owned(),
        FaultKind::Anonymous => format!("first write: frame {} of zeroes", frame.0),
        FaultKind::File => format!(
            "a page of the program: frame {}, read-only, for all who run it",
            frame.0
        ),
        FaultKind::Shared => format!("shared mapping: frame {}, the same for all", frame.0),
        FaultKind::Copy { from } if from.0 == 0 => {
            format!("first write after a read: frame {} of zeroes", frame.0)
        }
        FaultKind::Copy { from } => format!("write to shared frame {}: copied to frame {}", from.0, frame.0),
        FaultKind::Reuse => format!(
            "write to frame {}, which nobody shares any more: no copy",
            frame.0
        ),
        FaultKind::Spurious => "already mapped".to_owned(),
    };
    Some(format!("pid {} page {addr:#x}: {what}", task.pid))
}

/// Whether the map is worth drawing after this event: where sharing begins or ends.
#[must_use]
pub fn changes(event: &Event) -> bool {
    match event {
        Event::Effect(Effect::Forked { parent, .. }) => parent.pid != Pid::INIT,
        Event::Effect(Effect::PageFault {
            kind: FaultKind::Copy { from },
            task,
            ..
        }) => from.0 != 0 && task.pid != Pid::INIT,
        Event::Effect(Effect::StateChanged {
            to: State::Zombie, ..
        }) => true,
        _ => false,
    }
}

/// Who has a frame at a page, and whether a write would go through.
type Holders = BTreeMap<u32, Vec<(Pid, bool)>>;

/// The map: a line for each page, the frames behind it with their processes; `w` marks who may write in place.
#[must_use]
pub fn draw(machine: &Machine) -> String {
    let view = machine.kernel().view();
    let mut rows: BTreeMap<(u64, VmaKind), Holders> = BTreeMap::new();
    for task in view.for_each_process() {
        let t = &view.tasks[task];
        let Some(mm) = t.mm.filter(|_| t.pid != Pid::INIT) else {
            continue;
        };
        page_table::for_each(view.tables, view.mms[mm].pgd, &mut |page, pte| {
            let kind = view.mms[mm]
                .vma_at(view.vmas, page * 4096)
                .map_or(VmaKind::Mmap, |vma| view.vmas[vma].kind);
            let holders = rows
                .entry((page, kind))
                .or_default()
                .entry(pte.frame().0)
                .or_default();
            holders.push((t.pid, pte.is_writable()));
        });
    }
    let mut text = String::new();
    for ((page, kind), frames) in &rows {
        let _ = write!(text, "  {:<6} {:#014x} ", kind_name(*kind), page * 4096);
        for (frame, holders) in frames {
            let pids: Vec<String> = holders
                .iter()
                .map(|(pid, writable)| format!("{pid}{}", if *writable { "w" } else { "" }))
                .collect();
            let name = if *frame == 0 {
                "zero page".to_owned()
            } else {
                format!("frame {frame}")
            };
            let _ = write!(text, " {name} [{}]", pids.join(" "));
        }
        text.push('\n');
    }
    text
}
