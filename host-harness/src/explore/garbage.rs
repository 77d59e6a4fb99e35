//! What lies in memory and nobody can read any more: below the stacks, in them, and in those of threads that have ended.
//!
//! Two positions that differ in nothing else have the same future, as long as the program reads no local that it never
//! wrote. So it is left out of the number of a position.

use std::ops::Range;

use kernel_model::abi::flags::VmFlags;
use kernel_model::abi::ids::{ImageId, MmRef, TaskRef};
use kernel_model::objects::mm::{MmStruct, Vma};

use crate::isa::{Image, LINKAGE_BYTES, Regs, TEXT_BASE};
use crate::liveness::{Liveness, arguments_before};
use crate::machine::Machine;
use crate::machine::hash::Map;

/// Frames that are followed at most.
const DEPTH: usize = 256;

/// What the C library keeps at the top of a thread's stack, `struct __pthread`, as far as it matters here: its size, and
/// where in it the words lie.
const PTHREAD: u64 = 1112;
/// The upper half is `tid`.
const PTHREAD_ERROR_NUMBER: u64 = 0;
const PTHREAD_STACK: u64 = 1072;
const PTHREAD_STACK_SIZE: u64 = 1080;
const PTHREAD_ALIGN: u64 = 64;

/// The garbage of a position; what was learned of the programs on the way stays for the next one.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    /// Ascending and apart within one address space.
    ranges: Vec<Range<u64>>,
    /// Which of them are whose.
    spaces: Vec<(MmRef, Range<usize>)>,
    /// Those whose last result nobody looks at.
    no_acc: Vec<TaskRef>,
    liveness: Map<ImageId, Liveness>,
    /// Room to work: who has an address space, what looks dead in it, and what is live all the same.
    users: Vec<TaskRef>,
    dead: Vec<Range<u64>>,
    live: Vec<Range<u64>>,
}

/// The stack of one task.
struct Stack {
    /// From the lowest byte that is known to be of the stack up to the first caller that is not known.
    extent: Range<u64>,
    acc_is_dead: bool,
    /// Whether it could be followed to its first frame.
    whole: bool,
}

impl Garbage {
    fn of(&self, mm: MmRef) -> &[Range<u64>] {
        let space = self.spaces.iter().find(|(of, _)| *of == mm);
        space
            .and_then(|(_, at)| self.ranges.get(at.clone()))
            .unwrap_or(&[])
    }

    /// Passes on the parts of a page that are not garbage; false where all of it is to be looked at.
    pub(super) fn for_each_rest(
        &self,
        mm: MmRef,
        page: &Range<u64>,
        visit: &mut dyn FnMut(Range<u64>),
    ) -> bool {
        let ranges = self.of(mm);
        let first = ranges.partition_point(|range| range.end <= page.start);
        let here = ranges.get(first..).unwrap_or(&[]);
        if here.first().is_none_or(|range| range.start >= page.end) {
            return false;
        }
        let mut at = page.start;
        for range in here.iter().take_while(|range| range.start < page.end) {
            if at < range.start {
                visit(at..range.start);
            }
            at = range.end;
        }
        if at < page.end {
            visit(at..page.end);
        }
        true
    }

    /// The registers of a task, without what is garbage in them.
    pub(super) fn registers(&self, task: TaskRef, mut regs: Regs) -> Regs {
        if self.is_acc_dead(task) {
            regs.acc = 0;
        }
        regs
    }

    /// The last results of these tasks are garbage too.
    pub(super) fn add_no_acc(&mut self, tasks: impl Iterator<Item = TaskRef>) {
        self.no_acc.extend(tasks);
    }

    /// Whether nobody looks at the last result of a task.
    pub(super) fn is_acc_dead(&self, task: TaskRef) -> bool {
        self.no_acc.contains(&task)
    }

    /// Finds the garbage of a machine, in these address spaces.
    pub(super) fn find(&mut self, machine: &Machine, asked: impl Fn(MmRef) -> bool) {
        self.ranges.clear();
        self.spaces.clear();
        self.no_acc.clear();
        let view = machine.kernel().view();
        let mut users = std::mem::take(&mut self.users);
        for (mm, object) in view.mms.iter().filter(|(mm, _)| asked(*mm)) {
            let Some(file) = object.exe_file else { continue };
            users.clear();
            users.extend(
                view.tasks
                    .iter()
                    .filter(|(_, t)| t.mm == Some(mm))
                    .map(|(task, _)| task),
            );
            let first = self.ranges.len();
            self.find_in(machine, object, file, &users);
            self.spaces.push((mm, first..self.ranges.len()));
        }
        self.users = users;
    }

    /// Finds that of an address space, which these tasks have.
    fn find_in(&mut self, machine: &Machine, mm: &MmStruct, file: ImageId, users: &[TaskRef]) {
        let view = machine.kernel().view();
        let Garbage {
            ranges,
            no_acc,
            liveness,
            dead,
            live,
            ..
        } = self;
        let liveness = liveness.entry(file).or_default();
        dead.clear();
        live.clear();
        let mut below: Option<&Vma> = None;
        for vma in mm.mmap.iter(view.vmas).map(|vma| &view.vmas[vma]) {
            let range = vma.start..vma.end;
            let guard = below
                .replace(vma)
                .filter(|below| below.end == range.start && below.prot.is_empty());
            let thread = guard.and_then(|guard| of_thread(machine, users, guard.start, range.end));
            let mut used = false;
            for task in users {
                let Some(stack) = stack(machine, liveness, *task, &range, live) else {
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
                live.push(stack.extent.end..range.end);
                no_acc.extend(stack.acc_is_dead.then_some(*task));
            }
            if let Some(thread) = thread.filter(|thread| !used && thread.is_over) {
                dead.push(range.start..thread.top);
            }
        }
        without(dead, live, ranges);
    }
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
    let mut words = machine.user_words(task);
    let mut word = |at: u64| words.load(top.checked_add(at)?);
    if word(PTHREAD_STACK)? != guard || word(PTHREAD_STACK_SIZE)? != end.checked_sub(guard)? {
        return None;
    }
    Some(Thread {
        top,
        is_over: word(PTHREAD_ERROR_NUMBER)? >> 32 == 0,
    })
}

/// The stack of a task, if it is in this mapping; what is live in its frames is added to `live`.
fn stack(
    machine: &Machine,
    liveness: &mut Liveness,
    task: TaskRef,
    mapping: &Range<u64>,
    live: &mut Vec<Range<u64>>,
) -> Option<Stack> {
    let regs = machine.kernel().thread(task)?;
    if !mapping.contains(&regs.sp) {
        return None;
    }
    let Some(image) = machine.image(task) else {
        return Some(nothing_known(regs.sp));
    };
    let mut words = machine.user_words(task);
    let mut word = |at: Option<u64>| words.load(at.filter(|at| mapping.contains(at))?);
    let (mut pc, mut fp, mut sp) = (regs.pc, regs.fp, regs.sp);
    let lowest = sp.min(fp);
    if !mapping.contains(&lowest) {
        return Some(nothing_known(sp));
    }
    let mut stack = nothing_known(lowest);
    for depth in 0..DEPTH {
        let Some(here) = liveness.at(image, pc) else {
            stack.whole = is_start(image, pc);
            break;
        };
        let linkage = (word(Some(fp)), word(fp.checked_add(8)), word(fp.checked_add(16)));
        let (Some(callers_sp), Some(caller), Some(back_to)) = linkage else {
            break;
        };
        if depth == 0 {
            // One that sleeps in a call gets its result when it goes on.
            let view = machine.kernel().view();
            let parked = view.tasks.get(task).is_some_and(|t| t.parked.is_some());
            stack.acc_is_dead = parked || !here.acc;
        }
        let arguments = fp.wrapping_add_signed(i64::from(LINKAGE_BYTES));
        live.push(fp..arguments);
        let given = arguments_before(image, back_to);
        let end = arguments.saturating_add(8 * u64::from(given.unwrap_or(0)));
        for bytes in &here.bytes {
            let start = fp.wrapping_add_signed(i64::from(bytes.start));
            let stop = fp.wrapping_add_signed(i64::from(bytes.end)).min(end);
            if start < stop {
                live.push(start..stop);
            }
        }
        let bottom = fp.saturating_sub(u64::from(here.frame));
        if sp < bottom {
            live.push(sp..bottom);
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
        acc_is_dead: false,
        whole: false,
    }
}

/// Whether it is the function that calls `main`, in whose frame lies what the kernel has laid out.
fn is_start(image: &Image, pc: u64) -> bool {
    image.symbol_at(pc).is_some_and(|symbol| symbol.name == "_start")
}

/// Adds the first without the second to `left`, ascending and apart.
fn without(these: &mut [Range<u64>], those: &mut [Range<u64>], left: &mut Vec<Range<u64>>) {
    these.sort_unstable_by_key(|range| range.start);
    those.sort_unstable_by_key(|range| range.start);
    let mut holes = those.iter().peekable();
    let mut at = 0;
    for range in these {
        at = at.max(range.start);
        while at < range.end {
            // One that ends before here is behind all that is still to come.
            match holes.peek() {
                Some(hole) if hole.end <= at => {
                    holes.next();
                }
                Some(hole) if hole.start <= at => at = hole.end,
                next => {
                    let end = next.map_or(range.end, |hole| hole.start.min(range.end));
                    left.push(at..end);
                    at = end;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
