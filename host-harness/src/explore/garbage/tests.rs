//! What is called garbage is filled with other garbage at every step, and nobody notices.

#![allow(clippy::single_range_in_vec_init, reason = "ranges are what is left")]

use super::super::births::Numbers;
use super::super::contention::Contention;
use super::super::number::Numbering;
use super::super::position::{Lore, Position, Rules};
use super::super::trail::Trail;
use super::super::world;
use super::*;
use crate::c::SourceFile;
use crate::machine::Event;
use crate::machine::memory::FRAME;
use crate::machine::random::SplitMix64;
use crate::run::{Loaded, load};
use kernel_model::abi::ids::{PhysAddr, Pid};
use kernel_model::objects::page_table;
use std::path::{Path, PathBuf};

fn lore() -> Lore {
    Lore {
        rules: Rules {
            unreduced: true,
            idle_clock: false,
            exact: false,
            every_step: true,
        },
        numbers: Numbers::after(Pid(2)),
        contention: Contention::default(),
        steps: None,
        trail: Trail::default(),
    }
}

fn loaded(path: &Path) -> Option<Loaded> {
    let source = SourceFile::new(path.to_string_lossy(), &std::fs::read(path).unwrap());
    load(&source, &[], &world()).ok()
}

fn compiled(name: &str, text: &str) -> Loaded {
    let source = SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    load(&source, &[], &world()).unwrap()
}

/// Fills all garbage that belongs to one address space alone with a byte; how much that was.
fn scramble(position: &mut Position, garbage: &mut Garbage, byte: u8) -> usize {
    garbage.find(&position.machine, |_| true);
    let (kernel, memory) = position.machine.insides();
    let mut places = Vec::new();
    let view = kernel.view();
    for (mm, object) in view.mms.iter() {
        page_table::for_each(view.tables, object.pgd, &mut |page, pte| {
            let page = page * FRAME as u64..(page + 1) * FRAME as u64;
            let here = garbage
                .of(mm)
                .iter()
                .filter(|range| range.start < page.end && page.start < range.end);
            for range in here.filter(|_| pte.is_writable()) {
                let (start, end) = (range.start.max(page.start), range.end.min(page.end));
                let at = PhysAddr {
                    frame: pte.frame(),
                    offset: u16::try_from(start - page.start).unwrap(),
                };
                places.push((at, (end - start) as usize));
            }
        });
    }
    let tasks: Vec<TaskRef> = view.tasks.iter().map(|(task, _)| task).collect();
    for task in tasks {
        if let Some(regs) = kernel.thread_mut(task).filter(|_| garbage.no_acc.contains(&task)) {
            regs.acc ^= u64::from(byte) << 8 | 1;
        }
    }
    for (at, len) in &places {
        memory.write(*at, &vec![byte; *len]);
    }
    places.iter().map(|(_, len)| len).sum()
}

/// Runs a program twice in the same random order, once with other garbage after every step; how much that was.
fn disturbed(program: &str, loaded: Loaded, seed: u64, steps: u32) -> usize {
    let mut random = SplitMix64::new(seed);
    let (mut calm, mut wild) = (
        Position::new(loaded.machine.clone()),
        Position::new(loaded.machine),
    );
    let (mut lore_calm, mut lore_wild) = (lore(), lore());
    let mut numbering = Numbering::default();
    let mut garbage = Garbage::default();
    let mut scrambled = 0;
    for step in 0..steps {
        let choices = calm.all_choices(&lore_calm);
        let name = format!("{program} after {step} steps");
        assert_eq!(choices, wild.all_choices(&lore_wild), "{name}");
        let Some(choice) = choices.get(random.draw() as usize % choices.len().max(1)) else {
            break;
        };
        let (mut events_calm, mut events_wild) = (Vec::new(), Vec::new());
        calm.take(*choice, &mut lore_calm, &mut events_calm);
        wild.take(*choice, &mut lore_wild, &mut events_wild);
        assert_eq!(told(&events_calm), told(&events_wild), "{name}");
        let before = wild.number(&lore_wild, &mut numbering);
        scrambled += scramble(&mut wild, &mut garbage, 0x5a ^ step as u8);
        let after = wild.number(&lore_wild, &mut numbering);
        assert_eq!(before, after, "{name}");
    }
    scrambled
}

/// What programs do: all but the frames that the kernel hands them, and the arguments of their calls, for `syscall()`
/// passes on six, of which its caller may have given less.
fn told(events: &[Event]) -> Vec<Event> {
    let told = events.iter().filter_map(|event| match event {
        Event::Effect(_) => None,
        Event::Syscall { task, nr, .. } => Some(Event::Syscall {
            task: *task,
            nr: *nr,
            args: [0; 6],
        }),
        other => Some(other.clone()),
    });
    told.collect()
}

fn programs_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            programs_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "c") {
            found.push(path);
        }
    }
}

/// `GARBAGE_STEPS` raises how far each program goes.
#[test]
fn nobody_can_tell_one_garbage_from_another() {
    let steps = std::env::var("GARBAGE_STEPS").map_or(20, |steps| steps.parse().unwrap());
    let mut found = Vec::new();
    for folder in ["../tests/c", "../docs/examples"] {
        programs_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    found.sort();
    let mut scrambled = 0;
    for (seed, path) in (1..).zip(&found) {
        // Threads have most stacks.
        let times = if path.components().any(|part| part.as_os_str() == "threads") {
            10
        } else {
            1
        };
        if let Some(loaded) = loaded(path) {
            scrambled += disturbed(&path.display().to_string(), loaded, seed, times * steps);
        }
    }
    assert!(scrambled > 1 << 20, "{scrambled} bytes");
}

#[test]
fn arrays_of_variable_length_lie_below_the_frame() {
    let text = r#"
        #include <stdio.h>
        #include <unistd.h>
        static int sum(int n) {
            int values[n], all = 0;
            for (int i = 0; i < n; i++) values[i] = i;
            write(1, ".", 1);
            for (int i = 0; i < n; i++) all += values[i];
            return all;
        }
        int main(void) { fork(); printf("%d\n", sum(100)); }"#;
    assert!(disturbed("vla.c", compiled("vla.c", text), 1, 40) > 0);
}

#[test]
fn a_handler_on_a_stack_within_the_stack_has_frames_below_it() {
    let text = r#"
        #include <signal.h>
        #include <stdio.h>
        #include <unistd.h>
        static void handler(int sig) { write(1, "h", 1); }
        static int deep(int n) {
            volatile int kept[64];
            for (int i = 0; i < 64; i++) kept[i] = i * n;
            raise(SIGUSR1);
            return kept[63];
        }
        int main(void) {
            char other[16384];
            stack_t stack = { .ss_sp = other, .ss_size = sizeof other };
            struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
            sigaltstack(&stack, NULL);
            sigaction(SIGUSR1, &action, NULL);
            fork();
            printf("%d\n", deep(3));
        }"#;
    assert!(disturbed("within.c", compiled("within.c", text), 1, 6000) > 0);
}

#[test]
fn a_vforked_child_in_a_handler_has_frames_below_its_parents() {
    let text = r#"
        #include <signal.h>
        #include <stdio.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static void handler(int sig) { write(1, "h", 1); }
        static int deep(int n) {
            int kept = 7 * n;
            raise(SIGUSR1);
            return kept;
        }
        int main(void) {
            signal(SIGUSR1, handler);
            if (fork() == 0) { write(1, "c", 1); _exit(0); }
            if (vfork() == 0) _exit(deep(3));
            int status = 0;
            while (wait(&status) > 0) printf("%d\n", WEXITSTATUS(status));
        }"#;
    assert!(disturbed("below.c", compiled("below.c", text), 1, 6000) > 0);
}

#[test]
fn the_library_keeps_of_a_thread_what_is_looked_for() {
    let text = r#"
        #include <bits/threads.h>
        #include <stddef.h>
        #include <stdio.h>
        int main(void) {
            printf("%zu %zu %zu %zu %zu", sizeof(struct __pthread), offsetof(struct __pthread, error_number),
                   offsetof(struct __pthread, tid), offsetof(struct __pthread, stack),
                   offsetof(struct __pthread, stack_size));
        }"#;
    let mut position = Position::new(compiled("offsets.c", text).machine);
    let (mut lore, mut events) = (lore(), Vec::new());
    while let Some(choice) = position.all_choices(&lore).first() {
        position.take(*choice, &mut lore, &mut events);
    }
    let written = events.iter().find_map(|event| match event {
        Event::Console { bytes, .. } => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    });
    let wanted = [
        PTHREAD,
        PTHREAD_ERROR_NUMBER,
        PTHREAD_ERROR_NUMBER + 4,
        PTHREAD_STACK,
        PTHREAD_STACK_SIZE,
    ];
    assert_eq!(written.unwrap(), wanted.map(|at| at.to_string()).join(" "));
}

fn some_mm() -> MmRef {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/ab.c");
    let machine = loaded(&path).unwrap().machine;
    let view = machine.kernel().view();
    view.tasks.iter().find_map(|(_, t)| t.mm).unwrap()
}

#[test]
fn what_is_left_of_ranges_is_in_order() {
    let left = |these: &[Range<u64>], those: &[Range<u64>]| {
        let mut left = Vec::new();
        without(&mut these.to_vec(), &mut those.to_vec(), &mut left);
        left
    };
    assert_eq!(
        left(&[10..20, 0..12], &[5..6, 15..16]),
        [0..5, 6..12, 12..15, 16..20]
    );
    assert_eq!(left(&[0..8, 8..9], &[0..4, 2..9]), []);
    assert_eq!(left(&[4..8, 20..24], &[0..5, 3..4, 22..30]), [5..8, 20..22]);
    let mm = some_mm();
    let garbage = Garbage {
        ranges: vec![4..8, 12..40],
        spaces: vec![(mm, 0..2)],
        ..Garbage::default()
    };
    let rest = |page: Range<u64>| {
        let mut rest = Vec::new();
        garbage
            .for_each_rest(mm, &page, &mut |part| rest.push(part))
            .then_some(rest)
    };
    assert_eq!(rest(0..16).unwrap(), [0..4, 8..12]);
    assert_eq!(rest(16..32).unwrap(), []);
    assert_eq!(rest(36..44).unwrap(), [40..44]);
    assert!(rest(40..48).is_none());
}
