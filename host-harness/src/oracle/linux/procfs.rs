//! What /proc tells of a task, by the host's number of it.
//!
//! A task that is not there is `None`, not an error: tasks end.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

use crate::oracle::system::{ARENA, ARENA_PAGES, FileKind};

/// Whether an error says that the task, or its memory, is gone.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH))
}

fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if is_gone(&error) => Ok(None),
        other => other.map(Some),
    }
}

/// Reads a file whole, all of which the kernel gives at once.
fn read(path: &str) -> io::Result<Option<String>> {
    let whole = || {
        let mut bytes = vec![0; 8192];
        let len = File::open(path)?.read(&mut bytes)?;
        bytes.truncate(len);
        String::from_utf8(bytes).map_err(|_| io::Error::other(format!("{path}: not text")))
    };
    unless_gone(whole())
}

fn strange(what: &str) -> io::Error {
    io::Error::other(format!("/proc: cannot read {what}"))
}

/// What one line of `/proc/PID/stat` tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stat {
    /// The state letter.
    pub(super) state: char,
    /// Whether the task is on its way through `do_exit`.
    pub(super) exiting: bool,
    /// The signal for its parent.
    pub(super) exit_signal: i32,
}

impl Stat {
    /// Whether the task has ended.
    pub(super) fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }

    /// Whether a signal has stopped the task.
    pub(super) fn is_stopped(&self) -> bool {
        self.state == 'T'
    }

    /// Whether the task is about to do something: runs, or is on its way out.
    pub(super) fn is_moving(&self) -> bool {
        self.state == 'R' || (self.exiting && !self.is_dead())
    }
}

/// Reads a task's line.
pub(super) fn stat(host: u32) -> io::Result<Option<Stat>> {
    const PF_EXITING: u64 = 4;
    let Some(text) = read(&format!("/proc/{host}/stat"))? else {
        return Ok(None);
    };
    // The name of the program stands in parentheses and may hold anything; all else is behind it.
    let rest = text
        .rsplit_once(") ")
        .map(|(_, rest)| rest)
        .ok_or_else(|| strange("stat"))?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |number: usize| {
        number
            .checked_sub(3)
            .and_then(|at| fields.get(at))
            .copied()
            .unwrap_or("")
    };
    let state = field(3).chars().next().ok_or_else(|| strange("the state"))?;
    let flags: u64 = field(9).parse().map_err(|_| strange("the flags"))?;
    let exit_signal = field(38).parse().map_err(|_| strange("the exit signal"))?;
    Ok(Some(Stat {
        state,
        exiting: flags & PF_EXITING != 0,
        exit_signal,
    }))
}

/// Whether a task is on a processor or is about to be; the kernel waits for one that is just leaving it. A state letter
/// does not tell that: a task says that it sleeps before it does.
pub(super) fn is_running(host: u32) -> io::Result<bool> {
    match read(&format!("/proc/{host}/syscall")) {
        Ok(text) => Ok(text.is_some_and(|text| text.starts_with("running"))),
        // Without memory the file is root's: the task is about to be a zombie.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whether this kernel shows what [`is_running`] asks.
pub(super) fn tells_who_runs() -> bool {
    std::fs::exists("/proc/self/syscall").unwrap_or(false)
}

/// What `/proc/PID/status` tells. The numbers of tasks are those of the innermost namespace, except the parent's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Status {
    /// The state letter.
    pub(super) state: char,
    /// The task.
    pub(super) tid: u32,
    /// How many namespaces know it, counted from that of this /proc.
    pub(super) depth: usize,
    /// Its process.
    pub(super) tgid: u32,
    /// Its group; 0 for none.
    pub(super) pgid: u32,
    /// Its session; 0 for none.
    pub(super) sid: u32,
    /// The host's number of its parent.
    pub(super) host_parent: u32,
    /// Threads of its process.
    pub(super) threads: u32,
    /// SigPnd.
    pub(super) pending: u64,
    /// ShdPnd.
    pub(super) shared_pending: u64,
    /// SigBlk.
    pub(super) blocked: u64,
    /// SigIgn.
    pub(super) ignored: u64,
    /// SigCgt.
    pub(super) caught: u64,
    /// How often it was put on and off a processor.
    pub(super) switches: u64,
}

/// Reads a task's status.
pub(super) fn status(host: u32) -> io::Result<Option<Status>> {
    let Some(text) = read(&format!("/proc/{host}/status"))? else {
        return Ok(None);
    };
    let mut status = Status::default();
    for (name, value) in text.lines().filter_map(|line| line.split_once(":\t")) {
        let number = || {
            value
                .split_whitespace()
                .next_back()
                .and_then(|v| v.parse().ok())
                .ok_or_else(|| strange(name))
        };
        let mask = || u64::from_str_radix(value.trim(), 16).map_err(|_| strange(name));
        match name {
            "State" => status.state = value.chars().next().ok_or_else(|| strange(name))?,
            "NStgid" => status.tgid = number()?,
            "NSpid" => {
                status.tid = number()?;
                status.depth = value.split_whitespace().count();
            }
            "NSpgid" => status.pgid = number()?,
            "NSsid" => status.sid = number()?,
            "PPid" => status.host_parent = number()?,
            "Threads" => status.threads = number()?,
            "SigPnd" => status.pending = mask()?,
            "ShdPnd" => status.shared_pending = mask()?,
            "SigBlk" => status.blocked = mask()?,
            "SigIgn" => status.ignored = mask()?,
            "SigCgt" => status.caught = mask()?,
            "voluntary_ctxt_switches" | "nonvoluntary_ctxt_switches" => {
                status.switches += u64::from(number()?)
            }
            _ => {}
        }
    }
    Ok(Some(status))
}

/// An open descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OpenFile {
    /// The number of the pipe's inode; of a task's, with the highest bit set; of the terminal, the next bit.
    pub(super) inode: u64,
    /// Which end.
    pub(super) kind: FileKind,
    /// O_NONBLOCK.
    pub(super) nonblock: bool,
    /// O_CLOEXEC.
    pub(super) cloexec: bool,
}

/// What `/proc/PID/fdinfo/N` tells.
struct FdInfo {
    flags: i32,
    /// It names a task.
    of_task: bool,
    /// It is one of signals.
    of_signals: bool,
    mount: u64,
    inode: u64,
}

fn fd_info(path: &str) -> io::Result<Option<FdInfo>> {
    let Some(text) = read(path)? else { return Ok(None) };
    let field = |name: &str| {
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim);
        value.ok_or_else(|| io::Error::other(format!("{path}: there is no {name}")))
    };
    let number = |name| field(name)?.parse().map_err(|_| strange(name));
    let flags = i32::from_str_radix(field("flags:")?, 8).map_err(|_| strange("flags"))?;
    Ok(Some(FdInfo {
        flags,
        of_signals: field("sigmask:").is_ok(),
        of_task: field("NSpid:").is_ok() || field("Pid:").is_ok(),
        mount: number("mnt_id:")?,
        inode: number("ino:")?,
    }))
}

/// The number of the mount that holds all pipes of the machine, by which a descriptor is known to be of a pipe.
pub(super) fn mount_of_pipes() -> io::Result<u64> {
    let (end, _other) = io::pipe()?;
    mount_of(end.as_raw_fd())
}

/// The number of the mount in which a descriptor of this process was opened.
pub(super) fn mount_of(fd: i32) -> io::Result<u64> {
    let info = fd_info(&format!("/proc/self/fdinfo/{fd}"))?;
    info.map(|info| info.mount)
        .ok_or_else(|| strange("the descriptor of a pipe"))
}

/// The numbers of mounts by which descriptors are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Mounts {
    /// Of all pipes.
    pub(super) pipes: u64,
    /// Of the terminals, if there are any.
    pub(super) terminals: Option<u64>,
}

/// A task's descriptors; none for one that has given them up.
pub(super) fn descriptors(host: u32, mounts: Mounts) -> io::Result<BTreeMap<u32, OpenFile>> {
    let folder = format!("/proc/{host}/fdinfo");
    let Some(entries) = unless_gone(std::fs::read_dir(&folder))? else {
        return Ok(BTreeMap::new());
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let Some(entry) = unless_gone(entry)? else { break };
        let name = entry.file_name();
        let number: u32 = name
            .to_str()
            .and_then(|name| name.parse().ok())
            .ok_or_else(|| strange("fdinfo"))?;
        let Some(info) = fd_info(&format!("{folder}/{number}"))? else {
            continue;
        };
        let FdInfo {
            flags,
            of_task,
            of_signals,
            mount,
            mut inode,
        } = info;
        let kind = match flags & libc::O_ACCMODE {
            libc::O_RDWR if of_task => {
                inode |= 1 << 63;
                FileKind::Pidfd
            }
            libc::O_RDWR if of_signals => {
                // All of them have the one inode of files without a name.
                inode = u64::MAX;
                FileKind::Signalfd
            }
            libc::O_RDONLY if mount == mounts.pipes => FileKind::PipeRead,
            libc::O_WRONLY if mount == mounts.pipes => FileKind::PipeWrite,
            // There is one, by two names.
            _ if Some(mount) == mounts.terminals || is_dev_tty(host, number) => {
                inode = 1 << 62;
                FileKind::Tty
            }
            _ => {
                return Err(io::Error::other(format!(
                    "{folder}/{number} is no end of a pipe, no task, no terminal, and none of signals"
                )));
            }
        };
        let (nonblock, cloexec) = (flags & libc::O_NONBLOCK != 0, flags & libc::O_CLOEXEC != 0);
        found.insert(
            number,
            OpenFile {
                inode,
                kind,
                nonblock,
                cloexec,
            },
        );
    }
    Ok(found)
}

/// Whether a descriptor was opened as whatever terminal is the task's.
fn is_dev_tty(host: u32, fd: u32) -> bool {
    std::fs::read_link(format!("/proc/{host}/fd/{fd}")).is_ok_and(|name| name.as_os_str() == "/dev/tty")
}

/// The frames behind the pages of the arena that a task has present, by the page's number. Without the right to know
/// frame numbers all are 0.
pub(super) fn pages(host: u32) -> io::Result<BTreeMap<u32, u64>> {
    const PRESENT: u64 = 1 << 63;
    const FRAME: u64 = (1 << 55) - 1;
    const PAGES: usize = ARENA_PAGES as usize;
    let mut bytes = [0; PAGES * 8];
    let map = File::open(format!("/proc/{host}/pagemap"));
    // A task without memory has an empty file.
    let read = map.and_then(|map| map.read_at(&mut bytes, ARENA / 4096 * 8));
    let Some(_len) = unless_gone(read)? else {
        return Ok(BTreeMap::new());
    };
    let entries = bytes
        .chunks_exact(8)
        .map(|entry| entry.try_into().map_or(0, u64::from_le_bytes));
    let present = (0_u32..).zip(entries).filter(|(_, entry)| entry & PRESENT != 0);
    Ok(present.map(|(page, entry)| (page, entry & FRAME)).collect())
}

/// The frame of a page of this process: 0 when it may not know.
pub(super) fn frame_of_own_page() -> io::Result<u64> {
    let here = [0_u8; 1];
    let mut entry = [0; 8];
    File::open("/proc/self/pagemap")?.read_exact_at(&mut entry, here.as_ptr().addr() as u64 / 4096 * 8)?;
    Ok(u64::from_le_bytes(entry) & ((1 << 55) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_can_be_read() {
        let me = std::process::id();
        assert_eq!(stat(me).unwrap().map(|stat| stat.exit_signal), Some(17));
        let status = status(me).unwrap().unwrap();
        assert!(
            status.depth >= 1 && status.threads >= 1 && status.host_parent > 0,
            "{status:?}"
        );
        assert_eq!(pages(me).unwrap(), BTreeMap::new());
    }

    #[test]
    fn a_task_that_is_not_there_is_no_error() {
        assert_eq!(stat(0x3fff_ffff).unwrap(), None);
        assert_eq!(status(0x3fff_ffff).unwrap(), None);
        assert_eq!(
            descriptors(0x3fff_ffff, Mounts::default()).unwrap(),
            BTreeMap::new()
        );
    }
}
