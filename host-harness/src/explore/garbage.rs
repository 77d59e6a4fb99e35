//! What lies in memory and nobody can read any more: below the stacks, in them, and in those of threads that have ended.
//!
//! Two positions that differ in nothing else have the same future, as long as the program reads no local that it never
//! wrote. So it is left out of the number of a position.

use std::collections::HashMap;
use std::ops::Range;

use kernel_model::abi::flags::VmFlags;
use kernel_model::abi::ids::{ImageId, MmRef, TaskRef};

use crate::isa::{Image, LINKAGE_BYTES, Regs, TEXT_BASE};
use crate::liveness::{Liveness, arguments_before};
use crate::machine::Machine;

/// Frames that are followed at most.
const DEPTH: usize = 256;

/// What the C library keeps at the top of a thread's stack, `struct __pthread`, as far as it matters here: its size, and
/// where in it the words lie.
const PTHREAD: u64 = 1104;
/// The upper half is `tid`.
const PTHREAD_ERROR_NUMBER: u64 = 0;
const PTHREAD_STACK: u64 = 1072;
const PTHREAD_STACK_SIZE: u64 = 1080;
const PTHREAD_ALIGN: u64 = 64;

/// What was learned of the programs.
#[derive(Debug, Default)]
pub(super) struct Programs {
    liveness: HashMap<ImageId, Liveness>,
}

/// The garbage of a position.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    /// By address space, ascending and apart.
    ranges: Vec<(MmRef, Range<u64>)>,
    /// Those whose last result nobody looks at.
    no_acc: Vec<TaskRef>,
}

/// The stack of one task.
#[derive(Default)]
struct Stack {
    /// From the lowest byte that is known to be of the stack up to the first caller that is not known.
    extent: Range<u64>,
    live: Vec<Range<u64>>,
    acc_is_dead: bool,
    /// Whether it could be followed to its first frame.
    whole: bool,
}

impl Garbage {
    /// The parts of a page that are not garbage; none where all of it is to be looked at.
    pub(super) fn rest(&self, mm: MmRef, page: Range<u64>) -> Option<Vec<Range<u64>>> {
        let mut garbage = self
            .ranges
            .iter()
            .filter(|(of, range)| *of == mm && range.start < page.end && page.start < range.end)
            .peekable();
        garbage.peek()?;
        let mut rest = Vec::new();
        let mut at = page.start;
        for (_, range) in garbage {
            if at < range.start {
                rest.push(at..range.start);
            }
            at = at.max(range.end);
        }
        if at < page.end {
            rest.push(at..page.end);
        }
        Some(rest)
    }

    /// The registers of a task, without what is garbage in them.
    pub(super) fn registers(&self, task: TaskRef, mut regs: Regs) -> Regs {
        if self.no_acc.contains(&task) {
            regs.acc = 0;
        }
        regs
    }

    /// All that is garbage in an address space.
    #[cfg(test)]
    pub(super) fn of(&self, mm: MmRef) -> impl Iterator<Item = Range<u64>> + '_ {
        self.ranges
            .iter()
            .filter(move |(of, _)| *of == mm)
            .map(|(_, range)| range.clone())
    }

    #[cfg(test)]
    pub(super) fn acc_is_garbage(&self, task: TaskRef) -> bool {
        self.no_acc.contains(&task)
    }
}

/// The garbage of a machine.
pub(super) fn of_machine(machine: &Machine, programs: &mut Programs) -> Garbage {
    let view = machine.kernel().view();
    let mut garbage = Garbage::default();
    let mut done: Vec<MmRef> = Vec::new();
    for (_, t) in view.tasks.iter() {
        let Some(mm) = t.mm.filter(|mm| !done.contains(mm)) else {
            continue;
        };
        done.push(mm);
        let users = view.tasks.iter().filter(|(_, t)| t.mm == Some(mm));
        let users: Vec<TaskRef> = users.map(|(task, _)| task).collect();
        of_mm(machine, programs, mm, &users, &mut garbage);
    }
    garbage
}

fn of_mm(machine: &Machine, programs: &mut Programs, mm: MmRef, users: &[TaskRef], garbage: &mut Garbage) {
    let view = machine.kernel().view();
    let Some(object) = view.mms.get(mm) else { return };
    let Some(liveness) = object
        .exe_file
        .map(|file| programs.liveness.entry(file).or_default())
    else {
        return;
    };
    let (mut dead, mut live) = (Vec::new(), Vec::new());
    let mut below: Option<Range<u64>> = None;
    for vma in object.mmap.iter(view.vmas).map(|vma| &view.vmas[vma]) {
        let range = vma.start..vma.end;
        let guard = below
            .replace(range.clone())
            .filter(|below| below.end == range.start);
        let thread = guard.and_then(|guard| of_thread(machine, users, guard.start, range.end));
        let mut used = false;
        for task in users {
            let Some(stack) = stack(machine, liveness, *task, &range) else {
                continue;
            };
            used = true;
            // Below it nothing else can lie only where all of the mapping is the stack's.
            let own = thread.is_some() || vma.flags.contains(VmFlags::VM_GROWSDOWN);
            let lowest = if own && stack.whole {
                range.start
            } else {
                stack.extent.start
            };
            dead.push(lowest..stack.extent.end);
            live.extend(stack.live);
            live.push(stack.extent.end..range.end);
            if stack.acc_is_dead {
                garbage.no_acc.push(*task);
            }
        }
        if let Some(thread) = thread.filter(|thread| !used && thread.is_over) {
            dead.push(range.start..thread.top);
        }
    }
    garbage
        .ranges
        .extend(without(dead, live).into_iter().map(|range| (mm, range)));
}

/// What the library keeps of a thread.
struct Thread {
    /// Where it lies: the stack is below.
    top: u64,
    is_over: bool,
}

/// The thread whose stack is the mapping from a guard to `end`, if it is one.
fn of_thread(machine: &Machine, users: &[TaskRef], guard: u64, end: u64) -> Option<Thread> {
    let task = *users.first()?;
    let top = end.checked_sub(PTHREAD)? & !(PTHREAD_ALIGN - 1);
    let word = |at: u64| machine.load_user(task, top.checked_add(at)?);
    if word(PTHREAD_STACK)? != guard || word(PTHREAD_STACK_SIZE)? != end.checked_sub(guard)? {
        return None;
    }
    Some(Thread {
        top,
        is_over: word(PTHREAD_ERROR_NUMBER)? >> 32 == 0,
    })
}

/// What a task has on its stack, if that is in this mapping.
fn stack(machine: &Machine, liveness: &mut Liveness, task: TaskRef, mapping: &Range<u64>) -> Option<Stack> {
    let regs = machine.kernel().thread(task)?;
    if !mapping.contains(&regs.sp) {
        return None;
    }
    let Some(image) = machine.image(task) else {
        return Some(nothing_known(regs.sp));
    };
    let word = |at: u64| machine.load_user(task, at).filter(|_| mapping.contains(&at));
    let (mut pc, mut fp, mut sp) = (regs.pc, regs.fp, regs.sp);
    let lowest = sp.min(fp);
    if !mapping.contains(&lowest) {
        return Some(nothing_known(sp));
    }
    let mut stack = nothing_known(lowest);
    for depth in 0..DEPTH {
        let Some(live) = liveness.at(image, pc) else {
            stack.whole = is_start(image, pc);
            break;
        };
        let linkage = (
            word(fp),
            fp.checked_add(8).and_then(word),
            fp.checked_add(16).and_then(word),
        );
        let (Some(callers_sp), Some(caller), Some(back_to)) = linkage else {
            break;
        };
        if depth == 0 {
            // One that sleeps in a call gets its result when it goes on.
            let view = machine.kernel().view();
            let parked = view.tasks.get(task).is_some_and(|t| t.parked.is_some());
            stack.acc_is_dead = parked || !live.acc;
        }
        let arguments = fp.wrapping_add_signed(i64::from(LINKAGE_BYTES));
        stack.live.push(fp..arguments);
        let given = arguments_before(image, back_to);
        let end = arguments.saturating_add(8 * u64::from(given.unwrap_or(0)));
        for bytes in &live.bytes {
            let start = fp.wrapping_add_signed(i64::from(bytes.start));
            let stop = fp.wrapping_add_signed(i64::from(bytes.end)).min(end);
            if start < stop {
                stack.live.push(start..stop);
            }
        }
        let bottom = fp.saturating_sub(u64::from(live.frame));
        if sp < bottom {
            stack.live.push(sp..bottom);
        }
        stack.extent.end = arguments;
        if given.is_none() || caller <= fp {
            stack.whole = back_to == TEXT_BASE;
            break;
        }
        (pc, fp, sp) = (back_to, caller, callers_sp);
    }
    Some(stack)
}

/// A stack of which all is live.
fn nothing_known(lowest: u64) -> Stack {
    Stack {
        extent: lowest..lowest,
        ..Stack::default()
    }
}

/// Whether it is the function that calls `main`, in whose frame lies what the kernel has laid out.
fn is_start(image: &Image, pc: u64) -> bool {
    image.symbol_at(pc).is_some_and(|symbol| symbol.name == "_start")
}

/// The first without the second, ascending and apart.
fn without(mut these: Vec<Range<u64>>, mut those: Vec<Range<u64>>) -> Vec<Range<u64>> {
    these.sort_unstable_by_key(|range| range.start);
    those.sort_unstable_by_key(|range| range.start);
    let mut left = Vec::new();
    let mut done = 0;
    for range in these {
        let mut at = range.start.max(done);
        for hole in those.iter().filter(|hole| hole.start < range.end) {
            if at < hole.start {
                left.push(at..hole.start);
            }
            at = at.max(hole.end);
        }
        if at < range.end {
            left.push(at..range.end);
        }
        done = done.max(range.end);
    }
    left
}

#[cfg(test)]
mod tests;
