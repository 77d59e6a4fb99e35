//! The launcher: a puppet outside every namespace of a program, whose one work is to begin and to end programs.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kernel_model::abi::rlimit::{Resource, Rlimit};
use tempfile::TempDir;

use super::mailbox::{Introduction, Mailbox};
use super::terminal::Terminal;
use super::users::{self, Users};
use super::watch::Watch;
use super::{Pace, puppet, schedule};
use crate::oracle::system::{HEAP, LIMITS};

/// How long a puppet may take for anything that cannot block.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The launcher's slot.
pub(super) const LAUNCHER: usize = 0;

/// The launcher, its files and the mailbox. All of it goes at drop.
#[derive(Debug)]
pub(super) struct Launcher {
    /// The memory shared with all puppets.
    pub(super) mailbox: Mailbox,
    /// The users that programs may become.
    pub(super) users: Users,
    /// Whether they may.
    pub(super) becomes_users: bool,
    /// The terminal of the program that was begun; none where there are no pseudo-terminals.
    pub(super) terminal: Option<Terminal>,
    process: Child,
    /// The host's number of the first task of the program that was begun and not ended.
    first: Option<u32>,
    watch: Watch,
    _folders: (TempDir, Option<TempDir>),
}

/// What cannot be done, with why.
fn no(what: &'static str) -> impl Fn(io::Error) -> String {
    move |error| format!("{what}: {error}")
}

/// Waits until something is there, for [`PATIENCE`].
pub(super) fn wait_for<T>(ask: impl FnMut() -> Option<T>) -> Option<T> {
    wait_at_most(PATIENCE, ask)
}

/// Waits until something is there. Most things take microseconds, so that at first nothing is done
/// meanwhile; then the processor is offered to others, and at last time is slept away.
pub(super) fn wait_at_most<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    const AT_ONCE: Duration = Duration::from_micros(20);
    const SOON: Duration = Duration::from_millis(1);
    let start = Instant::now();
    loop {
        if let Some(found) = ask() {
            return Some(found);
        }
        match start.elapsed() {
            past if past < AT_ONCE => std::hint::spin_loop(),
            past if past < SOON => std::thread::yield_now(),
            past if past < patience => std::thread::sleep(Duration::from_micros(50)),
            _ => return None,
        }
    }
}

impl Launcher {
    /// Starts it on a processor and makes it what the tasks of programs shall be.
    pub(super) fn start(cpu: usize, pace: Pace) -> Result<Launcher, String> {
        let folder = folder().map_err(no("there is no temporary folder"))?;
        let path = folder.path().join("mailbox");
        let mailbox = Mailbox::create(&path).map_err(no("the memory for puppets cannot be made"))?;
        let (process, other) = spawn(&folder, &mailbox, &path).map_err(no("a puppet cannot be started"))?;
        let users = Users::of(process.id());
        let admitted = [&Some(&folder), &other.as_ref()]
            .into_iter()
            .flatten()
            .try_for_each(|folder| admit(users, folder.path()));
        let mut launcher = Launcher {
            mailbox,
            users,
            becomes_users: admitted.is_ok(),
            terminal: None,
            process,
            first: None,
            watch: Watch::start().map_err(no("there can be no further thread"))?,
            _folders: (folder, other),
        };
        launcher.prepare(cpu, pace)?;
        Ok(launcher)
    }

    fn prepare(&mut self, cpu: usize, pace: Pace) -> Result<(), String> {
        let pid = self.process.id();
        schedule::pin(pid, cpu).map_err(no("a process cannot be tied to a processor"))?;
        if pace == Pace::Ranked {
            schedule::raise_puppet(pid).map_err(no("real-time priorities are not allowed"))?;
        }
        limit(pid)?;
        self.becomes_users &= limit_as_expected(pid);
        let introduction =
            wait_for(|| self.mailbox.introduction(LAUNCHER)).ok_or("a puppet does not start")?;
        if introduction.host_task != pid {
            return Err("/proc belongs to another PID namespace".into());
        }
        self.tell(
            "close_range",
            libc::SYS_close_range,
            [0, u64::from(u32::MAX), 0, 0, 0, 0],
        )?;
        for signal in (1..=64).filter(|signal| ![9, 19].contains(signal)) {
            // The area is cleared: SIG_DFL, no flags, an empty mask.
            let area = self.mailbox.clear_out(LAUNCHER);
            self.tell("rt_sigaction", libc::SYS_rt_sigaction, [signal, area, 0, 8, 0, 0])?;
        }
        let area = self.mailbox.clear_out(LAUNCHER);
        self.tell("rt_sigprocmask", libc::SYS_rt_sigprocmask, [2, area, 0, 8, 0, 0])?;
        self.tell("prctl(PR_SET_THP_DISABLE)", libc::SYS_prctl, [41, 1, 0, 0, 0, 0])?;
        // EINVAL: a kernel without KSM.
        self.command(libc::SYS_prctl, [67, 0, 0, 0, 0, 0])?;
        self.tell("personality", libc::SYS_personality, [0x4_0000, 0, 0, 0, 0, 0])?;
        // Nice as a kernel boots; without the right to that, nobody asks for it.
        self.command(libc::SYS_setpriority, [0; 6])?;
        // PR_CAPBSET_DROP of CAP_SYS_RESOURCE, which shows at exec; a user without rights has none to drop.
        self.command(libc::SYS_prctl, [24, 24, 0, 0, 0, 0])?;
        // The new personality shows at exec only: no randomisation, so that the break begins where it should.
        self.tell("execve", libc::SYS_execve, self.mailbox.exec_args(LAUNCHER))?;
        let heap = self.tell("brk", libc::SYS_brk, [0; 6])?;
        if heap.cast_unsigned() != HEAP {
            return Err(format!(
                "the break of a puppet begins at {heap:#x} and not at {HEAP:#x}"
            ));
        }
        self.enter_user_namespace_if_needed()
    }

    /// Without the right to make PID namespaces: gets it in a user namespace, where it is root.
    fn enter_user_namespace_if_needed(&mut self) -> Result<(), String> {
        let first = match self.begin(1) {
            Ok(_) => {
                self.becomes_users &= users::is_capable(self.process.id());
                return self.end();
            }
            Err(error) => error,
        };
        // In the namespace there is one user.
        self.becomes_users = false;
        let unshared = self.command(libc::SYS_unshare, [0x1000_0000, 0, 0, 0, 0, 0])?;
        if unshared < 0 {
            let error = io::Error::from_raw_os_error(i32::try_from(-unshared).unwrap_or(0));
            return Err(format!("{first}; nor a user namespace: {error}"));
        }
        let folder = PathBuf::from(format!("/proc/{}", self.process.id()));
        // SAFETY: these touch no memory and cannot fail.
        let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
        let maps = [
            ("setgroups", "deny".into()),
            ("uid_map", format!("0 {uid} 1")),
            ("gid_map", format!("0 {gid} 1")),
        ];
        for (name, text) in maps {
            std::fs::write(folder.join(name), text).map_err(no("user numbers cannot be mapped"))?;
        }
        // New credentials may have cleared it.
        self.tell("prctl(PR_SET_PDEATHSIG)", libc::SYS_prctl, [1, 9, 0, 0, 0, 0])?;
        self.begin(1)?;
        self.end()
    }

    /// Commands a call and waits for what it gives.
    fn command(&mut self, nr: i64, args: [u64; 6]) -> Result<i64, String> {
        self.mailbox.send(LAUNCHER, nr.cast_unsigned(), args, None);
        self.answer()
    }

    fn answer(&mut self) -> Result<i64, String> {
        let answer = wait_for(|| self.mailbox.result(LAUNCHER, 0));
        answer.ok_or_else(|| match self.process.try_wait() {
            Ok(Some(status)) => format!("the launcher has ended: {status}"),
            _ => "the launcher does not answer".into(),
        })
    }

    /// Commands a call that must not fail.
    fn tell(&mut self, name: &str, nr: i64, args: [u64; 6]) -> Result<i64, String> {
        let value = self.command(nr, args)?;
        if (-4095..0).contains(&value) {
            let error = io::Error::from_raw_os_error(i32::try_from(-value).unwrap_or(0));
            return Err(format!("{name}: {error}"));
        }
        Ok(value)
    }

    /// Makes a PID namespace, whose first task takes its commands in a slot.
    pub(super) fn begin(&mut self, slot: usize) -> Result<Introduction, String> {
        const CLONE_NEWPID_SIGCHLD: u64 = 0x2000_0000 | 17;
        self.mailbox.prepare(slot, 1, None);
        self.terminal = Terminal::make().ok();
        let args = [CLONE_NEWPID_SIGCHLD, 0, 0, 0, 0, 0];
        self.mailbox
            .send(LAUNCHER, libc::SYS_clone.cast_unsigned(), args, Some(slot));
        let value = self.answer()?;
        if value < 0 {
            let error = io::Error::from_raw_os_error(i32::try_from(-value).unwrap_or(0));
            return Err(format!("a PID namespace cannot be made: {error}"));
        }
        self.first = u32::try_from(value).ok();
        self.watch.watch_over(self.first.unwrap_or(0));
        let introduction =
            wait_for(|| self.mailbox.introduction(slot)).ok_or("the first task does not start")?;
        if introduction.tid != 1 {
            return Err(format!(
                "the first task of a PID namespace has number {}",
                introduction.tid
            ));
        }
        Ok(introduction)
    }

    /// Ends the program that was begun last, and all of its tasks with it: the kernel kills a namespace whose first task
    /// ends, and lets the launcher's wait return when the last is gone.
    pub(super) fn end(&mut self) -> Result<(), String> {
        const WALL: u64 = 0x4000_0000;
        if let Some(first) = self.first.take() {
            kill(first);
            self.tell("wait4", libc::SYS_wait4, [u64::from(first), 0, WALL, 0, 0, 0])?;
            self.watch.watch_over(0);
        }
        Ok(())
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // A launcher that does not answer any more is killed all the same, and its program with it.
        let _ended = self.end();
        let _killed = self.process.kill();
        let _status = self.process.wait();
    }
}

/// Ends every process of a group.
pub fn killpg(pgrp: u32) {
    // SAFETY: the call takes two numbers and touches no memory.
    unsafe { libc::killpg(pgrp.cast_signed(), libc::SIGKILL) };
}

/// SIGKILL for a process. It may have ended already, as a zombie that nobody but the launcher can wait for, so that
/// its number means nobody else.
fn kill(host: u32) {
    // SAFETY: no memory is touched.
    unsafe { libc::kill(host.cast_signed(), libc::SIGKILL) };
}

/// A folder for the mailbox and the program: in memory where possible, since a file on a disk that is mapped and written
/// makes its writers wait.
fn folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("ktm-");
    builder.tempdir_in("/dev/shm").or_else(|_| builder.tempdir())
}

/// Lets the users that a program becomes execute the puppet anew, which opens the mailbox.
fn admit(users: Users, folder: &Path) -> io::Result<()> {
    users.admit(folder, 1)?;
    for (name, may) in [("mailbox", 6), ("puppet", 5)] {
        let file = folder.join(name);
        if file.exists() {
            users.admit(&file, may)?;
        }
    }
    Ok(())
}

/// Starts the puppet's program from the mailbox's folder, or from another one where programs may not be started from
/// there. Gives that other one, too.
fn spawn(folder: &TempDir, mailbox: &Mailbox, path: &Path) -> io::Result<(Child, Option<TempDir>)> {
    let from = |folder: &TempDir| {
        let program = folder.path().join("puppet");
        write_program(&program)?;
        mailbox.set_program(&program)?;
        execute(&program, path)
    };
    match from(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let other = tempfile::Builder::new().prefix("ktm-").tempdir()?;
            from(&other).map(|child| (child, Some(other)))
        }
        other => other.map(|child| (child, None)),
    }
}

fn write_program(path: &Path) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o700)
        .open(path)?;
    file.write_all(&puppet::image())
}

fn execute(path: &Path, mailbox: &Path) -> io::Result<Child> {
    let parent = std::process::id();
    let mut command = Command::new(path);
    command
        .arg(std::ffi::OsStr::from_bytes(&[1]))
        .arg(mailbox)
        .env_clear()
        .current_dir("/");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child_side = move || {
        // SAFETY: no memory is touched. If the controller died before this, nobody would end the launcher.
        let alive = unsafe {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) == 0 && libc::getppid() == parent.cast_signed()
        };
        if alive {
            Ok(())
        } else {
            Err(io::Error::from_raw_os_error(libc::ESRCH))
        }
    };
    // SAFETY: the closure only makes two calls of the kernel and allocates nothing.
    unsafe { command.pre_exec(child_side) };
    loop {
        match command.spawn() {
            // Another thread has forked while the file was open for writing here, and its child has not exec'ed yet.
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            other => return other,
        }
    }
}

/// Limits as at the boot of a kernel, as far as this process may: 1,024 descriptors, a stack of 8 MiB, no core file.
fn limit(pid: u32) -> Result<(), String> {
    // A core that goes to a program's standard input asks no limit, except that 1 means none at all.
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let core = u64::from(pattern.starts_with('|'));
    let wanted = [
        (libc::RLIMIT_CORE, core, u64::MAX),
        (libc::RLIMIT_NOFILE, 1024, 4096),
        (libc::RLIMIT_STACK, 8 << 20, u64::MAX),
    ];
    for (resource, soft, hard) in wanted {
        let max = look_at_limit(pid, resource)
            .map_err(no("limits cannot be read"))?
            .rlim_max;
        let max = max.min(hard);
        let new = libc::rlimit {
            rlim_cur: soft.min(max),
            rlim_max: max,
        };
        set_limit(pid, resource, new).map_err(no("limits cannot be set"))?;
    }
    Ok(())
}

/// All limits as programs find them, but for cores. Tells whether they are: who is not root may not raise them, and has tasks
/// besides which count.
fn limit_as_expected(pid: u32) -> bool {
    // SAFETY: this touches no memory and cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return false;
    }
    let all = (0..16).filter(|number| *number != libc::RLIMIT_CORE);
    let mut all = all.filter_map(|number| Some((number, Resource::new(u64::from(number))?)));
    all.all(|(number, resource)| {
        let Rlimit { cur, max } = LIMITS.get(resource);
        let wanted = libc::rlimit {
            rlim_cur: cur,
            rlim_max: max,
        };
        set_limit(pid, number, wanted).is_ok()
    })
}

fn look_at_limit(pid: u32, resource: libc::__rlimit_resource_t) -> io::Result<libc::rlimit> {
    let mut now = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the structure is a whole one to store into.
    let read = unsafe { libc::prlimit(pid.cast_signed(), resource, std::ptr::null(), &raw mut now) };
    if read < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(now)
    }
}

fn set_limit(pid: u32, resource: libc::__rlimit_resource_t, new: libc::rlimit) -> io::Result<()> {
    // SAFETY: the structure is only read.
    let set = unsafe { libc::prlimit(pid.cast_signed(), resource, &raw const new, std::ptr::null_mut()) };
    if set < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
