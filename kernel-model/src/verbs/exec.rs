//! execve: the same task, a new program.

use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::{Prot, TaskFlags, VmFlags};
use crate::abi::ids::{ImageId, MmRef, TaskRef};
use crate::abi::limits::{MAX_SEGMENTS, STACK_INITIAL, STACK_TOP};
use crate::abi::rlimit::Resource;
use crate::abi::signal::Signal;
use crate::objects::cred::Cred;
use crate::objects::mm::{AddressSpace, Host, MappingRef, MmStruct, Vma, VmaKind};
use crate::objects::signal::{GroupExit, SighandStruct};
use crate::objects::task::Comm;
use crate::store::arena::Object;
use crate::store::list;
use crate::world::World;

use super::cred::{commit_creds, exec_creds, tasks_of};
use super::mm::mmput;
use super::signal::{force_fatal_sig, zap_other_threads};
use super::{exit, file, sigqueue};

/// A piece of a program in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// The first address, a page's.
    pub start: u64,
    /// One past the last address, a page's.
    pub end: u64,
    /// What the program may do there.
    pub prot: Prot,
    /// What it is.
    pub kind: VmaKind,
    /// Whether its pages are the program's ([`Effect::FillFrame`]) or begin as zeroes.
    pub file: bool,
}

/// A program that can be executed. What is in it, only the embedder knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Program<'p> {
    /// The embedder's number for it.
    pub image: ImageId,
    /// The command name.
    pub comm: Comm,
    /// Its pieces, by address, not overlapping.
    pub segments: &'p [Segment],
    /// Where its heap begins, behind all segments.
    pub brk: u64,
    /// Where it starts.
    pub entry: u64,
}

/// Checks a program, and makes sure of all that its address space will need.
///
/// # Errors
/// - ENOEXEC: segments overlap, are out of order, or are too many.
/// - ENOMEM: a pool is used up.
pub fn check(w: &World<'_>, program: &Program<'_>) -> Result<()> {
    let mut floor = 0;
    for segment in program.segments {
        let page = |addr: u64| addr.is_multiple_of(crate::abi::limits::PAGE_SIZE);
        if segment.start < floor || segment.end <= segment.start || !page(segment.start) || !page(segment.end)
        {
            return Err(Errno::ENOEXEC);
        }
        floor = segment.end;
    }
    if program.segments.len() > MAX_SEGMENTS || program.brk < floor || program.brk > STACK_TOP - STACK_INITIAL
    {
        return Err(Errno::ENOEXEC);
    }
    let ranges = w.vmas.available() as usize;
    let enough = w.mms.available() > 0 && w.mappings.available() > 0 && ranges > program.segments.len();
    if enough { Ok(()) } else { Err(Errno::ENOMEM) }
}

/// Whether a program is told not to trust what it is given (AT_SECURE).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secureexec {
    /// It may.
    No,
    /// It acts for another than it belongs to, or has capabilities that are not its user's own.
    Yes,
}

/// `begin_new_exec()`: the task runs this program from now on. Its other threads are gone first: while they are not,
/// [`Errno::EAGAIN`] tells the caller to park and try again.
///
/// # Errors
/// ENOEXEC, ENOMEM: see [`Program`]; the old program goes on.
#[inline(never)]
pub fn begin_new_exec(w: &mut World<'_>, task: TaskRef, program: &Program<'_>) -> Result<Secureexec> {
    check(w, program)?;
    can_unshare(w, task)?;
    if !is_alone(w, task) {
        return Err(Errno::EAGAIN);
    }
    let unsafe_ = is_unsafe(w, task);
    take_leadership(w, task);
    if let GroupExit::Exec { .. } = w.signal(task).group_exit {
        w.signal_mut(task).group_exit = GroupExit::None;
    }
    let old = w.tasks[task].cred;
    let creds = exec_creds(&old, unsafe_);
    let mm = new_mm(w, program)?;
    w.mms[mm].dumpable = old.euid == old.uid && old.egid == old.gid;
    // exec_mmap(): the vfork parent goes on, the old address space is let go.
    exit::mm_release(w, task);
    if let Some(old) = w.tasks[task].mm.replace(mm) {
        let rss = w.mms[old].hiwater_rss;
        let ended = &mut w.signal_mut(task).ended;
        ended.maxrss = ended.maxrss.max(rss);
        mmput(w, old);
    }
    sigqueue::flush_itimer_signals(w, task);
    unshare_files(w, task)?;
    if let Some(files) = w.tasks[task].files {
        file::close_on_exec(w, files);
    }
    unshare_sighand(w, task)?;
    if let Some(sighand) = w.tasks[task].sighand {
        w.sighands[sighand].flush_handlers();
    }
    let t = &mut w.tasks[task];
    (t.sas_ss_sp, t.sas_ss_size) = (0, 0);
    t.flags -= TaskFlags::PF_FORKNOEXEC | TaskFlags::PF_KTHREAD;
    t.comm = program.comm;
    // A child that was made to send another signal sends SIGCHLD from now on.
    t.exit_signal = i16::from(Signal::SIGCHLD.number());
    t.set_child_tid = Default::default();
    t.self_exec_id = t.self_exec_id.wrapping_add(1);
    let secure = secureexec(&old, &creds);
    if secure == Secureexec::Yes {
        t.pdeath_signal = None;
    }
    commit_creds(w, task, creds);
    w.tell(|w| Effect::Execed {
        task: w.id(task),
        image: program.image,
    });
    Ok(secure)
}

/// What makes AT_SECURE.
fn secureexec(old: &Cred, new: &Cred) -> Secureexec {
    let setid = new.euid != old.uid || new.egid != old.gid;
    let grown = !new.cap_permitted.is_subset(new.cap_ambient);
    match setid || new.uid.0 != 0 && (new.euid.0 == 0 || grown) {
        true => Secureexec::Yes,
        false => Secureexec::No,
    }
}

/// `do_execveat_common()`: who has become a user with too many tasks may not exec as long as there are too many.
///
/// # Errors
/// EAGAIN: there are.
pub fn check_nproc(w: &mut World<'_>, task: TaskRef) -> Result<()> {
    let limit = w.signal(task).rlim.get(Resource::Nproc).cur;
    let t = &w.tasks[task];
    if t.flags.contains(TaskFlags::PF_NPROC_EXCEEDED) && tasks_of(w, t.cred.uid) > limit {
        return Err(Errno::EAGAIN);
    }
    w.tasks[task].flags.remove(TaskFlags::PF_NPROC_EXCEEDED);
    Ok(())
}

/// `check_unsafe_exec()`: whether exec must give the task nothing that it has not: it has renounced it, or tasks
/// outside its process share its `fs`.
fn is_unsafe(w: &World<'_>, task: TaskRef) -> bool {
    let t = &w.tasks[task];
    let inside = |fs| {
        let threads = w.signal(task).threads.iter(w.tasks.view());
        threads.filter(|thread| w.tasks[*thread].fs == Some(fs)).count()
    };
    t.no_new_privs || t.fs.is_some_and(|fs| w.fs[fs].users as usize > inside(fs))
}

/// Whether all other threads of the process have ended. The leader stays as a zombie until its number is taken over.
fn is_alone(w: &World<'_>, task: TaskRef) -> bool {
    let mut threads = w.signal(task).threads.iter(w.tasks.view());
    threads.all(|thread| thread == task || w.tasks[thread].state().has_exited())
}

/// The second half of `de_thread()`: a thread that is not the leader takes the dead leader's number and place, so
/// that to the parent nothing has changed.
fn take_leadership(w: &mut World<'_>, task: TaskRef) {
    let leader = w.tasks[task].group_leader;
    if leader == task {
        return;
    }
    let (own, taken) = (w.tasks[task].thread_pid, w.tasks[leader].thread_pid);
    w.pid.pids[own].task = Some(leader);
    w.pid.pids[taken].task = Some(task);
    let (own_nr, taken_nr) = (w.tasks[task].pid, w.tasks[leader].pid);
    let (exit_signal, start_time) = (w.tasks[leader].exit_signal, w.tasks[leader].start_time);
    let old = &mut w.tasks[leader];
    (old.thread_pid, old.pid, old.exit_signal, old.group_leader) = (own, own_nr, -1, task);
    let new = &mut w.tasks[task];
    (new.thread_pid, new.pid, new.exit_signal, new.group_leader) = (taken, taken_nr, exit_signal, task);
    new.start_time = start_time;

    super::children::replace(w, leader, task);
    w.sys.tasks.insert_before(&mut w.tasks, task, leader);
    w.sys.tasks.remove(&mut w.tasks, leader);
    let signal = w.tasks[task].signal;
    w.signals[signal].leader = task;
    if w.sys.init == leader {
        w.sys.init = task;
    }
    super::state::set_state(w, leader, crate::abi::state::State::Dead);
    exit::release_task(w, leader);
}

/// `de_thread()`: all other threads are told to die. Tells whether there are any.
#[must_use]
pub fn de_thread(w: &mut World<'_>, task: TaskRef) -> bool {
    if is_alone(w, task) {
        return false;
    }
    w.signal_mut(task).group_exit = GroupExit::Exec { by: task };
    zap_other_threads(w, task);
    true
}

/// An exec that fails when the other threads are gone cannot go back to them: `point_of_no_return`.
pub fn fail_late(w: &mut World<'_>, task: TaskRef) {
    if let GroupExit::Exec { .. } = w.signal(task).group_exit {
        w.signal_mut(task).group_exit = GroupExit::None;
        force_fatal_sig(w, task, Signal::SIGSEGV);
    }
}

/// Whether exec finds what it needs to share its descriptors and signal actions with nobody.
fn can_unshare(w: &World<'_>, task: TaskRef) -> Result<()> {
    let t = &w.tasks[task];
    if let Some(files) = t.files.filter(|files| w.files[*files].count > 1) {
        file::can_dup_files(w, files)?;
    }
    let shared = t.sighand.is_some_and(|sighand| w.sighands[sighand].count > 1);
    if shared && w.sighands.available() == 0 {
        return Err(Errno::ENOMEM);
    }
    Ok(())
}

/// `unshare_files()`: exec does not close the descriptors of those it shared the table with.
fn unshare_files(w: &mut World<'_>, task: TaskRef) -> Result<()> {
    if let Some(files) = w.tasks[task].files
        && w.files[files].count > 1
    {
        file::can_dup_files(w, files)?;
        let copy = file::dup_files(w, files)?;
        w.tasks[task].files = Some(copy);
        file::put_files(w, files);
    }
    Ok(())
}

/// `unshare_sighand()`.
fn unshare_sighand(w: &mut World<'_>, task: TaskRef) -> Result<()> {
    if let Some(old) = w.tasks[task].sighand
        && w.sighands[old].count > 1
    {
        let copy = w
            .sighands
            .alloc_from(old, SighandStruct::copy_from)
            .ok_or(Errno::ENOMEM)?;
        w.sighands[old].count -= 1;
        w.tasks[task].sighand = Some(copy);
    }
    Ok(())
}

/// An address space with the program's segments and a stack, nothing of it present.
fn new_mm(w: &mut World<'_>, program: &Program<'_>) -> Result<MmRef> {
    let mm = MmStruct {
        mm_users: 1,
        start_brk: program.brk,
        brk: program.brk,
        start_stack: STACK_TOP,
        exe_file: Some(program.image),
        ..MmStruct::FREE
    };
    let mm = w.mms.alloc(mm).ok_or(Errno::ENOMEM)?;
    let mut image = None;
    for segment in program.segments {
        let mapping = match (segment.file, image) {
            (false, _) => None,
            (true, Some(mapping)) => {
                super::mm::get_mapping(w, image);
                Some(mapping)
            }
            (true, None) => {
                image = Some(image_mapping(w, program.image)?);
                image
            }
        };
        let pgoff = segment.start / crate::abi::limits::PAGE_SIZE;
        let Segment {
            start,
            end,
            prot,
            kind,
            ..
        } = *segment;
        add(
            w,
            mm,
            Vma {
                start,
                end,
                prot,
                flags: match prot.contains(Prot::WRITE) {
                    true => VmFlags::VM_ACCOUNT,
                    false => VmFlags::empty(),
                },
                kind,
                mapping,
                pgoff,
                ..Vma::FREE
            },
        )?;
    }
    let stack = Vma {
        start: STACK_TOP - STACK_INITIAL,
        end: STACK_TOP,
        prot: Prot::READ | Prot::WRITE,
        flags: VmFlags::VM_GROWSDOWN | VmFlags::VM_ACCOUNT,
        kind: VmaKind::Stack,
        ..Vma::FREE
    };
    add(w, mm, stack)?;
    Ok(mm)
}

fn add(w: &mut World<'_>, mm: MmRef, vma: Vma) -> Result<()> {
    let pages = vma.pages();
    let vma = w.vmas.alloc(vma).ok_or(Errno::ENOMEM)?;
    w.mms[mm].mmap.push_back(&mut w.vmas, vma);
    w.mms[mm].total_vm += pages;
    Ok(())
}

/// The pages of a program, with one more range that maps them: all who run it share them.
fn image_mapping(w: &mut World<'_>, image: ImageId) -> Result<MappingRef> {
    let mut at: Option<MappingRef> = w.sys.images.first();
    while let Some(mapping) = at {
        if w.mappings[mapping].host == Host::Image(image) {
            w.mappings[mapping].count += 1;
            return Ok(mapping);
        }
        at = list::next::<crate::objects::mm::Images>(&w.mappings[mapping]);
    }
    let mapping = w
        .mappings
        .alloc(AddressSpace::new(Host::Image(image)))
        .ok_or(Errno::ENOMEM)?;
    w.sys.images.push_back(&mut w.mappings, mapping);
    Ok(mapping)
}
