//! What `/proc` and `ps` show of a task.

use core::fmt;

use super::Kernel;
use super::storage::Storage;
use crate::abi::ids::{Pid, TaskRef};
use crate::abi::limits::PAGE_SIZE;
use crate::abi::rlimit::Resource;
use crate::abi::signal::SigSet;
use crate::abi::state::{State, TextbookState};
use crate::objects::signal::GroupExit;
use crate::objects::task::{Comm, TaskStruct};
use crate::objects::tty::{TTY_DEV, Tty};
use crate::world::WorldView;

/// Nanoseconds of one clock tick as `/proc` counts them.
const CLOCK_TICK: u64 = 10_000_000;

/// A row of `ps`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PsRow {
    /// The process, or for a thread the process it is of.
    pub pid: Pid,
    /// The thread.
    pub tid: Pid,
    /// The parent process.
    pub ppid: Pid,
    /// The process group.
    pub pgid: Pid,
    /// The session.
    pub sid: Pid,
    /// The user.
    pub uid: u32,
    /// The state.
    pub state: State,
    /// The state in the textbook's words.
    pub textbook: TextbookState,
    /// The kernel function it sleeps in.
    pub wchan: Option<&'static str>,
    /// Pages present.
    pub rss: u64,
    /// Nanoseconds of processor time.
    pub time: u64,
    /// The name.
    pub comm: Comm,
}

impl fmt::Display for PsRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PsRow {
            pid,
            ppid,
            pgid,
            sid,
            rss,
            ..
        } = self;
        let (letter, wchan) = (self.state.letter(), self.wchan.unwrap_or("-"));
        let (kib, defunct) = (
            rss * PAGE_SIZE / 1024,
            if self.state.has_exited() { " <defunct>" } else { "" },
        );
        write!(
            f,
            "{pid:>5} {ppid:>5} {pgid:>5} {sid:>5} {letter} {kib:>6}K {wchan:<18} {}{defunct}",
            self.comm.as_str()
        )
    }
}

/// The line of `/proc/PID/stat`: the 52 fields of `proc_pid_stat(5)`.
#[derive(Clone, Copy, Debug)]
pub struct Stat<'k> {
    w: WorldView<'k>,
    task: TaskRef,
}

/// The lines of `/proc/PID/status` about what is modelled.
#[derive(Clone, Copy, Debug)]
pub struct Status<'k> {
    w: WorldView<'k>,
    task: TaskRef,
}

impl<S: Storage> Kernel<S> {
    /// The rows of `ps -eL`: every thread of every process, in the order of the ring.
    pub fn ps(&self) -> impl Iterator<Item = PsRow> + '_ {
        let w = self.view();
        w.for_each_process()
            .flat_map(move |process| w.for_each_thread(process))
            .map(move |task| row(w, task))
    }

    /// `/proc/PID/stat`; none if there is no such task.
    #[must_use]
    pub fn stat(&self, nr: Pid) -> Option<Stat<'_>> {
        let w = self.view();
        w.find_task(nr).map(|task| Stat { w, task })
    }

    /// `/proc/PID/status`; none if there is no such task.
    #[must_use]
    pub fn status(&self, nr: Pid) -> Option<Status<'_>> {
        let w = self.view();
        w.find_task(nr).map(|task| Status { w, task })
    }
}

fn ppid(w: WorldView<'_>, t: &TaskStruct) -> Pid {
    w.tasks.get(t.real_parent).map_or(Pid(0), |parent| parent.tgid)
}

fn row(w: WorldView<'_>, task: TaskRef) -> PsRow {
    let (t, signal) = (&w.tasks[task], w.signal(task));
    let asleep = matches!(t.state(), State::Sleeping(_));
    PsRow {
        pid: t.tgid,
        tid: t.pid,
        ppid: ppid(w, t),
        pgid: w.pids[signal.pgrp].nr,
        sid: w.pids[signal.session].nr,
        uid: t.cred.uid.0,
        state: t.state(),
        textbook: t.state().textbook(w.on_cpu(task)),
        wchan: t.parked.filter(|_| asleep).map(|reason| reason.wchan()),
        rss: t.mm.map_or(0, |mm| w.mms[mm].rss),
        time: t.utime + t.stime,
        comm: t.comm,
    }
}

impl fmt::Display for Stat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (w, t, s) = (self.w, &self.w.tasks[self.task], self.w.signal(self.task));
        let mm = t.mm.map(|mm| &w.mms[mm]);
        let (pgid, sid) = (w.pids[s.pgrp].nr, w.pids[s.session].nr);
        // The device number, and the foreground group of its terminal.
        let pgrp = w.sys.tty.pgrp.map_or(0, |held| i64::from(held.nr.0));
        let (tty_nr, tpgid) = s.tty.map_or((0, -1), |Tty::Console| (TTY_DEV, pgrp));
        let exit_code = match s.group_exit {
            GroupExit::Exit { code } => code,
            GroupExit::None | GroupExit::Exec { .. } => t.exit_code,
        };
        write!(
            f,
            "{} ({}) {} {} {pgid} {sid} {tty_nr} {tpgid} ",
            t.pid,
            t.comm.as_str(),
            t.state().letter(),
            ppid(w, t)
        )?;
        let (c, ticks) = (&s.children, |ns: u64| ns / CLOCK_TICK);
        write!(
            f,
            "{} {} {} {} {} ",
            t.flags.bits(),
            t.min_flt,
            c.min_flt,
            t.maj_flt,
            c.maj_flt
        )?;
        write!(
            f,
            "{} {} {} {} ",
            ticks(t.utime),
            ticks(t.stime),
            ticks(c.utime),
            ticks(c.stime)
        )?;
        write!(
            f,
            "{} {} {} 0 {} ",
            20 + i32::from(t.nice),
            t.nice,
            s.live,
            ticks(t.start_time)
        )?;
        let (vsize, rss) = mm.map_or((0, 0), |mm| (mm.total_vm * PAGE_SIZE, mm.rss));
        write!(f, "{vsize} {rss} {} 0 0 ", s.rlim.get(Resource::Rss).cur)?;
        let ignored = t
            .sighand
            .map_or(SigSet::EMPTY, |sighand| w.sighands[sighand].ignored());
        let caught = t
            .sighand
            .map_or(SigSet::EMPTY, |sighand| w.sighands[sighand].caught());
        write!(f, "{} 0 0 ", mm.map_or(0, |mm| mm.start_stack))?;
        // The masks have 31 bits here, as in Linux; /proc/PID/status has all.
        let low = |set: SigSet| set.0 & 0x7fff_ffff;
        write!(
            f,
            "{} {} {} {} 0 0 0 ",
            low(t.pending),
            low(t.blocked),
            low(ignored),
            low(caught)
        )?;
        write!(f, "{} {} 0 {} 0 0 0 ", t.exit_signal, t.cpu.0, t.policy as u8)?;
        write!(f, "0 0 {} 0 0 0 0 {exit_code}", mm.map_or(0, |mm| mm.start_brk))
    }
}

impl fmt::Display for Status<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (w, t, s) = (self.w, &self.w.tasks[self.task], self.w.signal(self.task));
        writeln!(f, "Name:\t{}", t.comm.as_str())?;
        if let Some(fs) = t.fs {
            writeln!(f, "Umask:\t{:04o}", w.fs[fs].umask)?;
        }
        writeln!(f, "State:\t{} ({})", t.state().letter(), t.state().description())?;
        writeln!(f, "Tgid:\t{}\nPid:\t{}\nPPid:\t{}", t.tgid, t.pid, ppid(w, t))?;
        let cred = t.cred;
        writeln!(
            f,
            "Uid:\t{}\t{}\t{}\t{}",
            cred.uid.0, cred.euid.0, cred.suid.0, cred.fsuid.0
        )?;
        writeln!(
            f,
            "Gid:\t{}\t{}\t{}\t{}",
            cred.gid.0, cred.egid.0, cred.sgid.0, cred.fsgid.0
        )?;
        writeln!(
            f,
            "NSpgid:\t{}\nNSsid:\t{}",
            w.pids[s.pgrp].nr, w.pids[s.session].nr
        )?;
        writeln!(
            f,
            "Kthread:\t{}",
            u8::from(t.flags.contains(crate::abi::flags::TaskFlags::PF_KTHREAD))
        )?;
        if let Some(mm) = t.mm.map(|mm| &w.mms[mm]) {
            let kib = |pages: u64| pages * PAGE_SIZE / 1024;
            writeln!(f, "VmSize:\t{:>8} kB", kib(mm.total_vm))?;
            writeln!(
                f,
                "VmHWM:\t{:>8} kB\nVmRSS:\t{:>8} kB",
                kib(mm.hiwater_rss),
                kib(mm.rss)
            )?;
        }
        writeln!(f, "Threads:\t{}", s.live)?;
        let ignored = t.sighand.map_or(0, |sighand| w.sighands[sighand].ignored().0);
        let caught = t.sighand.map_or(0, |sighand| w.sighands[sighand].caught().0);
        writeln!(
            f,
            "SigPnd:\t{:016x}\nShdPnd:\t{:016x}",
            t.pending.0, s.shared_pending.0
        )?;
        writeln!(
            f,
            "SigBlk:\t{:016x}\nSigIgn:\t{ignored:016x}\nSigCgt:\t{caught:016x}",
            t.blocked.0
        )?;
        writeln!(f, "voluntary_ctxt_switches:\t{}", t.nvcsw)?;
        writeln!(f, "nonvoluntary_ctxt_switches:\t{}", t.nivcsw)
    }
}
