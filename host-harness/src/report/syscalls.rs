//! The names of system calls, as x86-64 numbers them.

/// The name of a call that the model has; none for the others.
#[must_use]
pub const fn name(nr: u64) -> Option<&'static str> {
    Some(match nr {
        0 => "read",
        1 => "write",
        3 => "close",
        5 => "fstat",
        8 => "lseek",
        9 => "mmap",
        10 => "mprotect",
        11 => "munmap",
        12 => "brk",
        13 => "rt_sigaction",
        14 => "rt_sigprocmask",
        15 => "rt_sigreturn",
        16 => "ioctl",
        22 => "pipe",
        24 => "sched_yield",
        28 => "madvise",
        32 => "dup",
        33 => "dup2",
        34 => "pause",
        35 => "nanosleep",
        39 => "getpid",
        56 => "clone",
        57 => "fork",
        58 => "vfork",
        59 => "execve",
        60 => "exit",
        61 => "wait4",
        62 => "kill",
        72 => "fcntl",
        95 => "umask",
        96 => "gettimeofday",
        97 => "getrlimit",
        98 => "getrusage",
        100 => "times",
        102 => "getuid",
        104 => "getgid",
        107 => "geteuid",
        108 => "getegid",
        109 => "setpgid",
        110 => "getppid",
        111 => "getpgrp",
        112 => "setsid",
        121 => "getpgid",
        124 => "getsid",
        127 => "rt_sigpending",
        128 => "rt_sigtimedwait",
        129 => "rt_sigqueueinfo",
        130 => "rt_sigsuspend",
        131 => "sigaltstack",
        140 => "getpriority",
        141 => "setpriority",
        157 => "prctl",
        160 => "setrlimit",
        186 => "gettid",
        200 => "tkill",
        201 => "time",
        202 => "futex",
        218 => "set_tid_address",
        219 => "restart_syscall",
        228 => "clock_gettime",
        230 => "clock_nanosleep",
        231 => "exit_group",
        234 => "tgkill",
        247 => "waitid",
        273 => "set_robust_list",
        274 => "get_robust_list",
        292 => "dup3",
        293 => "pipe2",
        297 => "rt_tgsigqueueinfo",
        302 => "prlimit64",
        _ => return None,
    })
}

/// The name of an errno, or its number.
#[must_use]
pub fn errno_name(value: i64) -> String {
    let known = kernel_model::Errno::ALL
        .iter()
        .find(|errno| errno.to_return_value() == value);
    known.map_or_else(|| format!("errno {}", -value), |errno| errno.name().to_owned())
}
