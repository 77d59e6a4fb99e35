//! What a kernel takes: text, data and bss by the number of tasks, bytes an object, stack frames. The table is that of
//! `docs/sizes.md`, within a tolerance, for compilers differ.
//!
//! `cargo test --test sizes -- --nocapture` prints it; with `KTM_RECORD=1` it is written into the document.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; the table is for whoever reads its output"
)]

use freestanding::{Build, Elf, build, read_elf};
use kernel_model::Kernel;
use kernel_model::kernel::storage::{Fixed, NoThread};
use kernel_model::objects::file::{Fdtable, File, FilesStruct, FsStruct};
use kernel_model::objects::mm::{AddressSpace, MmStruct, Vma};
use kernel_model::objects::page_table::Table;
use kernel_model::objects::pid::PidStruct;
use kernel_model::objects::pipe::PipeInode;
use kernel_model::objects::pte::Page;
use kernel_model::objects::signal::{SighandStruct, SignalStruct};
use kernel_model::objects::sigqueue::Sigqueue;
use kernel_model::objects::task::TaskStruct;
use kernel_model::store::arena::Slot;
use kernel_model::store::bitmap::words;
use std::fmt::Write;
use std::path::Path;

#[allow(dead_code, reason = "each test uses its own part")]
#[path = "support/freestanding.rs"]
mod freestanding;

/// By how much a figure may be off, in percent.
const TOLERANCE: u64 = 10;
/// The largest stack frame.
const FRAME: u64 = 1024;
/// It adds a section that is not loaded.
const FRAMES: &str = "-Zemit-stack-sizes";

/// A kernel of `TASKS` tasks in the proportions of `tests/freestanding`.
type Of<
    const TASKS: usize,
    const FRAMES: usize,
    const RANGES: usize,
    const FILES: usize,
    const PIPES: usize,
    const PIDS: usize,
> = Kernel<Fixed<NoThread, TASKS, FRAMES, RANGES, RANGES, FILES, PIPES, PIDS>>;

fn line(table: &mut String, what: &str, figures: &[u64]) {
    write!(table, "{what:<58}").unwrap();
    for figure in figures {
        write!(table, "{figure:>10}").unwrap();
    }
    table.push('\n');
}

fn run(how: &Build<'_>) -> Elf {
    let program = build("sizes", how);
    let status = std::process::Command::new(&program).status().unwrap();
    assert_eq!(
        status.code(),
        Some(42),
        "{:?} does not do what it is to do",
        how.features
    );
    read_elf(&program)
}

/// Text, data and bss of programs.
fn programs(table: &mut String) {
    table.push_str(
        "bytes at opt-level z, linked as one unit                        text      data       bss\n",
    );
    for (what, features) in [
        ("every door, 16 tasks", &["tasks-16"][..]),
        ("every door, 64 tasks, 1,024 frames", &[]),
        ("every door, 256 tasks", &["tasks-256"]),
        ("every door, 4,096 tasks", &["tasks-4096"]),
        (
            "syscall, resume, page_fault, exec; 64 tasks, 1,024 frames",
            &["life"],
        ),
    ] {
        let elf = run(&Build {
            features,
            flags: FRAMES,
            ..Build::default()
        });
        line(table, what, &[elf.text, elf.data, elf.bss]);
    }
    let lean = size_of::<Of<64, 1024, 256, 64, 8, { words(512) }>>();
    let what = "64 tasks, 1,024 frames, 256 ranges and tables, pids below 512";
    write!(table, "{what:<78}{lean:>10}\n\n").unwrap();
}

/// Bytes by object, and what all of them take in the kernel of 64 tasks.
fn objects(table: &mut String) {
    fn slot<T>() -> u64 {
        size_of::<Slot<T>>() as u64
    }
    table.push_str("bytes an object, its book-keeping included                       one    how many, all\n");
    let (task, mm) = (slot::<TaskStruct>(), slot::<MmStruct>());
    for (what, one, count) in [
        ("a task (task_struct)", task, 64),
        ("a number (struct pid), three a task", slot::<PidStruct>(), 192),
        ("a process (signal_struct)", slot::<SignalStruct>(), 64),
        ("its signal actions (sighand_struct)", slot::<SighandStruct>(), 64),
        (
            "a signal that waits (sigqueue), four a task",
            slot::<Sigqueue>(),
            256,
        ),
        (
            "32 descriptors of a process (files_struct)",
            slot::<FilesStruct>(),
            64,
        ),
        ("32 more", slot::<Fdtable>(), 64),
        ("a working directory (fs_struct)", slot::<FsStruct>(), 64),
        ("an address space (mm_struct)", mm, 64),
        ("a range of it (vm_area_struct)", slot::<Vma>(), 512),
        ("a page table, for 64 pages", slot::<Table>(), 512),
        ("a frame (struct page)", slot::<Page>(), 1024),
        (
            "the pages of a file or shared mapping",
            slot::<AddressSpace>(),
            64,
        ),
        ("an open file (struct file)", slot::<File>(), 128),
        ("a pipe", slot::<PipeInode>(), 16),
    ] {
        line(table, what, &[one, count, one * count]);
    }
    table.push('\n');
}

/// The largest stack frames of the two optimisations that differ most; none may be larger than [`FRAME`].
fn stack_frames(table: &mut String) {
    table.push_str("bytes of the largest stack frame, every door, 64 tasks\n");
    for level in ["z", "3"] {
        let elf = run(&Build {
            opt_level: Some(level),
            flags: FRAMES,
            ..Build::default()
        });
        let mut named: Vec<(u64, &str)> = elf
            .frames
            .iter()
            .map(|(address, bytes)| {
                let symbol = elf.symbols.iter().find(|symbol| symbol.address == *address);
                (*bytes, symbol.map_or("?", |symbol| symbol.name.as_str()))
            })
            .collect();
        named.sort_unstable();
        assert!(named.len() > 200, "the compiler tells no frames: {}", named.len());
        let (largest, name) = named[named.len() - 1];
        assert!(
            largest <= FRAME,
            "opt-level {level}: {name} takes {largest} bytes"
        );
        line(table, &format!("opt-level {level}"), &[largest]);
    }
}

/// The figures of a line, and what they are figures of.
fn figures(line: &str) -> (String, Vec<u64>) {
    let words = line.split_whitespace().rev();
    let figures: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
    let words = line.split_whitespace();
    let what = words.clone().count() - figures.len();
    (words.take(what).collect::<Vec<_>>().join(" "), figures)
}

fn is_near(now: u64, then: u64) -> bool {
    // Of a hundred bytes each may be another.
    now.abs_diff(then) <= then * TOLERANCE / 100 + 128
}

#[test]
fn the_sizes_are_those_in_the_document() {
    let mut table = String::new();
    programs(&mut table);
    objects(&mut table);
    stack_frames(&mut table);
    println!("{table}");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sizes.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("```text\n").unwrap();
    let (then, after) = rest.split_once("```").unwrap();
    if std::env::var_os("KTM_RECORD").is_some() {
        std::fs::write(&path, format!("{before}```text\n{table}```{after}")).unwrap();
        return;
    }
    assert_eq!(
        then.lines().count(),
        table.lines().count(),
        "run with KTM_RECORD=1"
    );
    for (now, then) in table.lines().zip(then.lines()) {
        let ((what, now), (was, then)) = (figures(now), figures(then));
        assert_eq!(what, was, "run with KTM_RECORD=1");
        let near = now.len() == then.len() && now.iter().zip(&then).all(|(now, then)| is_near(*now, *then));
        assert!(
            near,
            "{what}: {now:?}, the document has {then:?}: run with KTM_RECORD=1"
        );
    }
}
