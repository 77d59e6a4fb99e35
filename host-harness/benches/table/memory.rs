//! Rows about memory: what fork costs for a page, and what the first write after it costs.

use kernel_model::abi::effect::{Board, Effect, NoBoard};
use kernel_model::abi::ids::PhysAddr;
use kernel_model::abi::limits::PAGE_SIZE;
use kernel_model::syscall::decode::fork;
use kernel_model::verbs::fault::Access;
use std::hint::black_box;

use crate::linux::Linux;
use crate::model::{Model, done, pid};
use crate::report::{Goal, Report};
use crate::sample::{compare, time};

const PAGES: u64 = 16_384;
const FRAME: usize = 4096;

fn model_with_pages() -> (Model, u64) {
    let mut model: Model = Model::with(0, 2000, 3 * PAGES as usize);
    let area = model.map(PAGES);
    for page in 0..PAGES {
        model.touch(area + page * PAGE_SIZE, Access::Write);
    }
    (model, area)
}

/// fork of a touched address space.
pub fn fork_of_pages(report: &mut Report, linux: &mut Result<&mut Linux, &str>) {
    report.group("fork of 16,384 touched pages (64 MiB), a page of it: the model against the running kernel");
    let what = "fork alone";
    let Ok(linux) = linux else {
        return report.skipped(what, linux.as_ref().err().unwrap_or(&""));
    };
    let (mut model, _) = model_with_pages();
    let row = compare(
        21,
        &mut || {
            let mut sum = 0.0;
            for _ in 0..20 {
                let mut nr = 0;
                sum += time(1, || {
                    nr = done(model.kernel.syscall(model.shell, fork(), &mut NoBoard))
                });
                model.end_and_reap(pid(nr));
            }
            sum / 20.0 / PAGES as f64
        },
        &mut || linux.ask("fork", 4, PAGES as usize).expect("fork") / PAGES as f64,
    );
    report.row(what, &row, Goal::Faster(50.0));
}

/// Frames that really are copied.
struct Memory {
    frames: Vec<[u8; FRAME]>,
}

impl Board for Memory {
    fn emit(&mut self, effect: Effect) {
        if let Effect::CopyFrame { from, to } = effect {
            let (from, to) = (from.0 as usize, to.0 as usize);
            self.frames.copy_within(from..=from, to);
        }
    }
    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        NoBoard.load(from, into);
    }
}

/// Nanoseconds of one first write to a page that a child shares.
fn write_all(model: &mut Model, area: u64, board: &mut dyn Board) -> f64 {
    let nr = done(model.kernel.syscall(model.shell, fork(), board));
    let mut page = 0;
    let ns = time(PAGES as usize, || {
        let mapped = model
            .kernel
            .page_fault(model.shell, area + page * PAGE_SIZE, Access::Write, board);
        assert!(mapped.is_ok_and(|mapped| mapped.writable));
        page += 1;
    });
    model.end_and_reap(pid(nr));
    ns
}

/// The first write to a page after fork.
pub fn copy_on_write(report: &mut Report, linux: &mut Result<&mut Linux, &str>) {
    report.group("one copy-on-write fault, the mean of 16,384: the model against the running kernel");
    let (plain, copied) = ("its book-keeping", "the same, with the copy of 4 KiB");
    let (mut model, area) = model_with_pages();
    let mut memory = Memory {
        frames: vec![[1; FRAME]; 3 * PAGES as usize],
    };
    match linux {
        Ok(linux) => {
            let mut ask = || linux.ask("cow", 1, PAGES as usize).expect("fork");
            let row = compare(15, &mut || write_all(&mut model, area, &mut NoBoard), &mut ask);
            report.row(plain, &row, Goal::Faster(50.0));
            let row = compare(15, &mut || write_all(&mut model, area, &mut memory), &mut ask);
            report.row(copied, &row, Goal::Shown);
        }
        Err(why) => {
            report.skipped(plain, &why);
            report.skipped(copied, why);
        }
    }
    let pages = PAGES as usize;
    let mut cached = vec![[1; FRAME]; 2];
    let row = compare(
        15,
        &mut || {
            let mut at = 0;
            time(pages, || {
                memory.frames.copy_within(at..=at, at + pages);
                at += 1;
            })
        },
        &mut || {
            time(pages, || {
                cached.copy_within(0..=0, 1);
                black_box(&cached);
            })
        },
    );
    report.limit("the limit: a copy of 4 KiB, from and to memory", row.a);
    report.limit("the limit: a copy of 4 KiB, from and to the cache", row.b);
}
