//! The answers that Linux can give to the calls of the alphabet, as programs of the alphabet can reach them. What a
//! campaign has not reached of them stands in its table with a 0.
//!
//! Not among them is what no such program can reach: ENFILE and ENOMEM of full tables (a program makes no more than 60 tasks), EACCES of mprotect (nothing is mapped from a file), EINVAL of a
//! negative count (EFAULT comes first).

use kernel_model::Errno::{
    self, E2BIG, EACCES, EAGAIN, EBADF, ECHILD, EEXIST, EFAULT, EINTR, EINVAL, EIO, EMFILE, ENODEV, ENOENT,
    ENOMEM, ENOSYS, ENOTDIR, ENOTTY, ENXIO, EOPNOTSUPP, EPERM, EPIPE, ESRCH, ETIMEDOUT,
};

use super::alphabet::CallId;
use super::tally::Reached;

const OK: Reached = Reached::Ok;
const BLOCKED: Reached = Reached::Blocked;
const GONE: Reached = Reached::Gone;

/// The answers to a call.
#[derive(Clone, Copy, Debug)]
pub struct Answers {
    call: &'static str,
    /// The answers that are not errnos.
    plain: &'static [Reached],
    errnos: &'static [Errno],
    /// Those of them that chance alone reaches in less than one program of a hundred. One program in ten looks for
    /// them.
    rare: &'static [Reached],
}

const fn answers(call: &'static str, plain: &'static [Reached], errnos: &'static [Errno]) -> Answers {
    Answers {
        call,
        plain,
        errnos,
        rare: &[],
    }
}

impl Answers {
    const fn rarely(self, rare: &'static [Reached]) -> Answers {
        Answers { rare, ..self }
    }
}

const fn errno(errno: Errno) -> Reached {
    Reached::Errno(errno.to_return_value())
}

/// All of them, in the order of the alphabet.
const ANSWERS: &[Answers] = &[
    // A signal of which the caller was not told is taken first: it stops, or ends.
    answers("fork", &[OK, BLOCKED, GONE], &[EAGAIN]).rarely(&[BLOCKED, GONE, errno(EAGAIN)]),
    answers("vfork", &[OK, BLOCKED, GONE], &[EAGAIN]).rarely(&[GONE, errno(EAGAIN)]),
    answers("clone", &[OK, BLOCKED, GONE], &[EINVAL, EAGAIN]).rarely(&[GONE, errno(EAGAIN)]),
    answers("exit", &[GONE], &[]),
    answers("exit_group", &[GONE], &[]),
    answers("wait4", &[OK, BLOCKED], &[EINVAL, EFAULT, ECHILD, EINTR, ESRCH]).rarely(&[errno(EINTR)]),
    answers("waitid", &[OK, BLOCKED], &[EINVAL, EFAULT, ECHILD, EINTR]).rarely(&[errno(EINTR)]),
    // The same of the new program.
    answers("exec", &[OK, BLOCKED, GONE], &[EAGAIN]).rarely(&[BLOCKED, GONE, errno(EAGAIN)]),
    answers("sched_yield", &[OK], &[]),
    answers("prctl", &[OK], &[EINVAL, EFAULT]).rarely(&[errno(EINVAL)]),
    answers("getpid", &[OK], &[]),
    answers("getppid", &[OK], &[]),
    answers("gettid", &[OK], &[]),
    answers("getpgrp", &[OK], &[]),
    answers("getpgid", &[OK], &[ESRCH]),
    answers("getsid", &[OK], &[ESRCH]),
    answers("setpgid", &[OK], &[EINVAL, EACCES, ESRCH, EPERM]).rarely(&[errno(EACCES)]),
    answers("setsid", &[OK], &[EPERM]),
    answers("kill", &[OK, BLOCKED, GONE], &[EINVAL, EPERM, ESRCH]).rarely(&[errno(EPERM), BLOCKED]),
    answers("tkill", &[OK, BLOCKED, GONE], &[EINVAL, EPERM, ESRCH, EAGAIN]).rarely(&[
        errno(EPERM),
        errno(EAGAIN),
        BLOCKED,
        errno(ESRCH),
    ]),
    answers("tgkill", &[OK, BLOCKED, GONE], &[EINVAL, EPERM, ESRCH, EAGAIN]).rarely(&[
        errno(EPERM),
        BLOCKED,
        GONE,
        errno(EAGAIN),
    ]),
    answers("rt_sigaction", &[OK], &[EINVAL, EFAULT]),
    answers("rt_sigreturn", &[OK], &[]),
    // What it unblocks is taken at once: a handler, a stop, the end.
    answers("rt_sigprocmask", &[OK, BLOCKED, GONE], &[EINVAL, EFAULT]).rarely(&[GONE]),
    answers("rt_sigpending", &[OK], &[EINVAL, EFAULT]).rarely(&[errno(EINVAL), errno(EFAULT)]),
    answers("rt_sigsuspend", &[BLOCKED, GONE], &[EINVAL, EFAULT, EINTR]).rarely(&[errno(EINTR), GONE]),
    answers(
        "rt_sigtimedwait",
        &[OK, BLOCKED],
        &[EINVAL, EAGAIN, EFAULT, EINTR],
    )
    .rarely(&[OK, errno(EINTR)]),
    answers(
        "rt_sigqueueinfo",
        &[OK, BLOCKED, GONE],
        &[EINVAL, EPERM, ESRCH, EFAULT, EAGAIN],
    )
    .rarely(&[GONE, errno(EAGAIN)]),
    answers(
        "rt_tgsigqueueinfo",
        &[OK, BLOCKED, GONE],
        &[EINVAL, EPERM, ESRCH, EFAULT, EAGAIN],
    )
    .rarely(&[GONE, BLOCKED, errno(EFAULT), errno(EAGAIN)]),
    answers("sigaltstack", &[OK], &[EINVAL, ENOMEM, EPERM, EFAULT]).rarely(&[errno(EPERM)]),
    answers("signalfd4", &[OK], &[EINVAL, EFAULT, EBADF, EMFILE]).rarely(&[errno(EMFILE)]),
    answers("signalfd", &[OK], &[EINVAL, EFAULT, EBADF]).rarely(&[errno(EFAULT)]),
    answers("pause", &[BLOCKED], &[EINTR]).rarely(&[errno(EINTR)]),
    answers("load", &[OK, BLOCKED, GONE], &[]).rarely(&[BLOCKED]),
    answers("store", &[OK, BLOCKED, GONE], &[]).rarely(&[BLOCKED]),
    answers(
        "mmap",
        &[OK],
        &[EINVAL, ENODEV, EEXIST, EACCES, ENOMEM, EBADF, EPERM],
    )
    .rarely(&[errno(ENODEV), errno(EACCES), errno(EPERM)]),
    answers("munmap", &[OK], &[EINVAL]),
    answers("mprotect", &[OK], &[EINVAL, ENOMEM]),
    answers("madvise", &[OK], &[EINVAL, ENOMEM]),
    answers("brk", &[OK], &[]),
    answers("pipe", &[OK], &[EFAULT, EMFILE]).rarely(&[errno(EMFILE)]),
    answers("pipe2", &[OK], &[EINVAL, EFAULT, EMFILE]).rarely(&[errno(EMFILE)]),
    // EINVAL: there is nothing to read in a descriptor of a task, and nothing to write.
    answers(
        "read",
        &[OK, BLOCKED],
        &[EFAULT, EAGAIN, EBADF, EIO, EINTR, EINVAL],
    )
    .rarely(&[errno(EFAULT), errno(EINTR)]),
    answers(
        "read_signals",
        &[OK, BLOCKED],
        &[EINVAL, EAGAIN, EBADF, EIO, EINTR],
    )
    .rarely(&[errno(EIO), errno(EINTR)]),
    answers(
        "write",
        &[OK, BLOCKED, GONE],
        &[EPIPE, EFAULT, EAGAIN, EBADF, EIO, EINTR, EINVAL],
    )
    .rarely(&[BLOCKED, GONE, errno(EAGAIN), errno(EIO), errno(EINTR)]),
    answers("close", &[OK], &[EBADF]),
    answers("dup", &[OK], &[EBADF, EMFILE]).rarely(&[errno(EMFILE)]),
    answers("dup2", &[OK], &[EBADF]),
    answers("dup3", &[OK], &[EINVAL, EBADF]),
    answers("fcntl", &[OK], &[EMFILE, EINVAL, EBADF]).rarely(&[errno(EMFILE)]),
    answers(
        "futex",
        &[OK, BLOCKED],
        &[ETIMEDOUT, ENOSYS, EINVAL, EFAULT, EAGAIN, EINTR],
    )
    .rarely(&[errno(EINTR)]),
    answers(
        "clone3",
        &[OK, BLOCKED],
        &[E2BIG, EINVAL, EFAULT, EEXIST, EPERM, EAGAIN, EMFILE],
    )
    .rarely(&[errno(EPERM), errno(EAGAIN), errno(EMFILE)]),
    answers("pidfd_open", &[OK], &[EINVAL, ESRCH, ENOENT, EMFILE]).rarely(&[errno(EMFILE)]),
    answers("pidfd_getfd", &[OK], &[EINVAL, EBADF, EPERM, ESRCH, EMFILE]).rarely(&[
        OK,
        errno(EPERM),
        errno(ESRCH),
        errno(EMFILE),
    ]),
    answers(
        "pidfd_send_signal",
        &[OK, BLOCKED, GONE],
        &[EINVAL, EBADF, EPERM, ESRCH, EFAULT],
    )
    .rarely(&[GONE, BLOCKED, errno(EFAULT)]),
    answers(
        "waitid_pidfd",
        &[OK, BLOCKED],
        &[EINVAL, EBADF, ECHILD, EFAULT, EAGAIN],
    )
    .rarely(&[OK, BLOCKED, errno(EAGAIN), errno(ECHILD), errno(EFAULT)]),
    answers("poll", &[OK, BLOCKED], &[EINVAL, EFAULT, EINTR]).rarely(&[errno(EINTR)]),
    answers("set_tid_address", &[OK], &[]),
    answers("set_robust_list", &[OK], &[EINVAL]),
    answers("get_robust_list", &[OK], &[EFAULT, EPERM, ESRCH]).rarely(&[errno(EPERM)]),
    answers("setuid", &[OK], &[EINVAL, EPERM]),
    answers("setreuid", &[OK], &[EPERM]),
    answers("setresuid", &[OK], &[EPERM]),
    answers("setfsuid", &[OK], &[]),
    answers("getuid", &[OK], &[]),
    answers("geteuid", &[OK], &[]),
    answers("getresuid", &[OK], &[EFAULT]),
    answers("setgid", &[OK], &[EINVAL, EPERM]),
    answers("setregid", &[OK], &[EPERM]),
    answers("setresgid", &[OK], &[EPERM]),
    answers("setfsgid", &[OK], &[]),
    answers("getgid", &[OK], &[]),
    answers("getegid", &[OK], &[]),
    answers("getresgid", &[OK], &[EFAULT]),
    answers("setgroups", &[OK], &[EINVAL, EFAULT, EPERM]),
    answers("getgroups", &[OK], &[EINVAL, EFAULT]).rarely(&[errno(EFAULT)]),
    answers("capget", &[OK], &[EINVAL, EFAULT]),
    answers("capset", &[OK], &[EINVAL, EFAULT]),
    answers("prctl_task", &[OK], &[EINVAL]),
    answers("prctl_cap", &[OK], &[EINVAL, EPERM]),
    answers("getpriority", &[OK], &[EINVAL, ESRCH]),
    answers("setpriority", &[OK], &[EINVAL, EACCES, ESRCH, EPERM]).rarely(&[errno(EACCES), errno(EPERM)]),
    answers("getrlimit", &[OK], &[EINVAL, EFAULT]),
    answers("setrlimit", &[OK], &[EINVAL, EFAULT, EPERM]),
    answers("setrlimit_sigpending", &[OK], &[EINVAL, EFAULT, EPERM]),
    answers("setrlimit_cpu", &[OK], &[EINVAL, EFAULT, EPERM]),
    answers("prlimit64", &[OK], &[EINVAL, EFAULT, EPERM, ESRCH]),
    answers("alarm", &[OK], &[]),
    answers("getitimer", &[OK], &[EINVAL, EFAULT]),
    answers("setitimer", &[OK], &[EINVAL, EFAULT]),
    answers("clock_gettime", &[OK], &[EINVAL, EFAULT]),
    answers("clock_getres", &[OK], &[EINVAL, EFAULT]),
    answers("nanosleep", &[OK, BLOCKED], &[EINVAL, EFAULT, EINTR]).rarely(&[errno(EINTR)]),
    answers(
        "clock_nanosleep",
        &[OK, BLOCKED],
        &[EINVAL, EFAULT, EINTR, EOPNOTSUPP],
    )
    .rarely(&[errno(EINTR)]),
    answers("times", &[OK], &[EFAULT]),
    answers("open", &[OK], &[ENOENT, ENXIO, EFAULT, EEXIST, ENOTDIR, EMFILE]).rarely(&[errno(EMFILE)]),
    answers("tiocg", &[OK], &[ENOTTY, EFAULT, EBADF]).rarely(&[errno(EFAULT)]),
    answers(
        "tiocspgrp",
        &[OK, BLOCKED],
        &[ENOTTY, EFAULT, EBADF, EINVAL, EPERM, ESRCH, EINTR],
    )
    .rarely(&[BLOCKED, errno(EINVAL), errno(EPERM), errno(ESRCH), errno(EINTR)]),
    answers("tiocsctty", &[OK], &[ENOTTY, EBADF, EPERM]),
    // The leader itself may be in the foreground.
    answers("tiocnotty", &[OK, GONE], &[ENOTTY, EBADF]).rarely(&[OK, GONE]),
    answers("tcgets", &[OK], &[ENOTTY, EFAULT, EBADF]).rarely(&[errno(EFAULT)]),
    answers("tcsets", &[OK, BLOCKED], &[ENOTTY, EFAULT, EBADF, EIO, EINTR]).rarely(&[
        errno(EFAULT),
        errno(EIO),
        errno(EINTR),
    ]),
    answers("tcflsh", &[OK, BLOCKED], &[ENOTTY, EBADF, EIO, EINVAL, EINTR]).rarely(&[
        BLOCKED,
        errno(EIO),
        errno(EINVAL),
        errno(EINTR),
    ]),
    answers("tiocswinsz", &[OK], &[ENOTTY, EFAULT, EBADF]).rarely(&[errno(EFAULT)]),
];

fn of(call: CallId) -> Option<&'static Answers> {
    ANSWERS.iter().find(|answers| answers.call == call.row().name)
}

/// What Linux can answer to a call.
pub fn expected(call: CallId) -> impl Iterator<Item = Reached> {
    let all = |answers: &'static Answers| {
        let errnos = answers.errnos.iter().map(|name| errno(*name));
        answers.plain.iter().copied().chain(errnos)
    };
    of(call).into_iter().flat_map(all)
}

/// Whether this is an answer that chance seldom reaches.
#[must_use]
pub fn is_rare(call: CallId, reached: Reached) -> bool {
    of(call).is_some_and(|answers| answers.rare.contains(&reached))
}
