//! The life of a task, rule by rule: each test says which rule of Linux it shows. Those marked "asked" were put to a
//! running Linux 6.18 first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod asked;
mod credentials;
mod descriptors;
mod exec;
mod futexes;
mod handlers;
mod memory;
mod numbers;
mod parents;
mod pipes;
mod scheduling;
mod stops;
#[path = "../support/mod.rs"]
mod support;
mod threads;
mod time;
mod vfork;
mod wait;

use kernel_model::abi::call::{Call, CloneArgs, IdChange, IdKind, Outcome, UserPtr};
use kernel_model::abi::effect::{Effect, FaultKind};
use kernel_model::abi::errno::Errno;
use kernel_model::abi::flags::{CloneFlags, MapFlags, OpenFlags, Prot, TaskFlags, WaitOptions};
use kernel_model::abi::ids::{CpuId, FrameNo};
use kernel_model::abi::rlimit::{RLIM_INFINITY, Resource};
use kernel_model::abi::signal::Signal;
use kernel_model::abi::state::{Sleep, State};
use kernel_model::abi::wait::WaitStatus;
use kernel_model::kernel::Config;
use kernel_model::kernel::storage::{Boxed, Capacity};
use kernel_model::syscall::decode;
use kernel_model::verbs::fault::{Access, BadAccess};
use kernel_model::{Pid, TaskRef};

use support::{
    ARENA, BSS, DATA, HEAP, PAGE, Regs, STACK, TEXT, THREAD, World, boot, clone_call, exit_group, kill,
    program, roomy, wait4,
};

type Roomy = World<Boxed<Regs>>;

const NONE: WaitOptions = WaitOptions::empty();
const SIGCHLD: i32 = 17;
const SIGCONT: i32 = 18;
const SIGSTOP: i32 = 19;
const SIGTERM: i32 = 15;
const SIG_IGN: u64 = 1;

/// A kernel in which pid 2 is the child of init that tests are about.
fn family() -> Roomy {
    let mut world = roomy();
    assert_eq!(world.fork(1), 2);
    world
}

fn exited(code: u8) -> WaitStatus {
    WaitStatus::Exited(code)
}

fn killed(signal: Signal) -> WaitStatus {
    WaitStatus::Signaled { signal, core: false }
}

fn mmap(addr: u64, pages: u64, prot: Prot, flags: MapFlags) -> Call {
    Call::Mmap {
        addr,
        length: pages * PAGE,
        prot,
        flags: flags | MapFlags::MAP_ANONYMOUS | MapFlags::MAP_FIXED,
        fd: -1,
    }
}

const RW: Prot = Prot::READ.union(Prot::WRITE);

/// How the last page fault was resolved.
fn last_fault(world: &Roomy) -> Option<FaultKind> {
    world.m.log.iter().rev().find_map(|effect| match effect {
        Effect::PageFault { kind, .. } => Some(*kind),
        _ => None,
    })
}
