//! The C library, in C: headers, the members of its archive, and the programs that `exec` finds in `/bin`.
//!
//! All of it is text, embedded here and compiled by the front end when a program needs it. `docs/c-library.md`
//! says how it is built; this module knows nothing of C but the names of files.

use std::sync::LazyLock;

/// A file by its name and text.
pub type NamedText = (&'static str, &'static str);

macro_rules! embed {
    ($directory:literal, $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../libc/", $directory, "/", $name)))),*]
    };
}

/// What programs include.
static PUBLIC_HEADERS: &[NamedText] = embed!(
    "include",
    "asm/unistd.h",
    "assert.h",
    "ctype.h",
    "err.h",
    "errno.h",
    "fcntl.h",
    "float.h",
    "getopt.h",
    "grp.h",
    "inttypes.h",
    "iso646.h",
    "limits.h",
    "linux/auxvec.h",
    "linux/capability.h",
    "linux/futex.h",
    "linux/limits.h",
    "linux/prctl.h",
    "linux/sched.h",
    "linux/securebits.h",
    "malloc.h",
    "math.h",
    "memory.h",
    "poll.h",
    "pthread.h",
    "sched.h",
    "semaphore.h",
    "setjmp.h",
    "signal.h",
    "stdarg.h",
    "stdatomic.h",
    "stdbool.h",
    "stddef.h",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "strings.h",
    "sys/auxv.h",
    "sys/errno.h",
    "sys/fcntl.h",
    "sys/fsuid.h",
    "sys/ioctl.h",
    "sys/mman.h",
    "sys/param.h",
    "sys/pidfd.h",
    "sys/poll.h",
    "sys/prctl.h",
    "sys/resource.h",
    "sys/signal.h",
    "sys/signalfd.h",
    "sys/stat.h",
    "sys/syscall.h",
    "sys/time.h",
    "sys/times.h",
    "sys/types.h",
    "sys/ucontext.h",
    "sys/unistd.h",
    "sys/utsname.h",
    "sys/wait.h",
    "syscall.h",
    "termios.h",
    "time.h",
    "ucontext.h",
    "unistd.h",
    "wait.h",
);

/// What the public headers and the library's own files include.
static PRIVATE_HEADERS: &[NamedText] = embed!(
    "include",
    "bits/decimal.h",
    "bits/file.h",
    "bits/getopt.h",
    "bits/intn.h",
    "bits/jumpbuf.h",
    "bits/libc.h",
    "bits/printf.h",
    "bits/scanf.h",
    "bits/siginfo.h",
    "bits/sigset.h",
    "bits/sigstack.h",
    "bits/syscall.h",
    "bits/threads.h",
    "bits/timespec.h",
    "bits/waitstatus.h",
);

static SOURCES: &[NamedText] = embed!(
    "src",
    "__strlen.c",
    "_exit.c",
    "_start.c",
    "abort.c",
    "abs.c",
    "asprintf.c",
    "assert.c",
    "atexit.c",
    "brk.c",
    "bsearch.c",
    "bstring.c",
    "calendar.c",
    "clock.c",
    "clone.c",
    "cred.c",
    "ctype.c",
    "decimal.c",
    "dprintf.c",
    "drand48.c",
    "err.c",
    "errno.c",
    "exec.c",
    "execl.c",
    "execvp.c",
    "exit.c",
    "fcntl.c",
    "fdopen.c",
    "ferror.c",
    "fflush.c",
    "flockfile.c",
    "format.c",
    "format_double.c",
    "getauxval.c",
    "getenv.c",
    "getline.c",
    "getopt.c",
    "gets.c",
    "group.c",
    "imax.c",
    "io.c",
    "ioctl.c",
    "isatty.c",
    "itimer.c",
    "lock.c",
    "longjmp.c",
    "malloc.c",
    "math.c",
    "memory.c",
    "mman.c",
    "nan.c",
    "perror.c",
    "pidfd.c",
    "poll.c",
    "popen.c",
    "pow.c",
    "prctl.c",
    "printf.c",
    "process.c",
    "psiginfo.c",
    "psignal.c",
    "pthread.c",
    "pthread_atfork.c",
    "pthread_attr.c",
    "pthread_barrier.c",
    "pthread_cond.c",
    "pthread_key.c",
    "pthread_mutex.c",
    "pthread_once.c",
    "pthread_rwlock.c",
    "pthread_spin.c",
    "puts.c",
    "qsort.c",
    "random.c",
    "resource.c",
    "restore_rt.c",
    "scan.c",
    "scanf.c",
    "sched.c",
    "semaphore.c",
    "setenv.c",
    "setvbuf.c",
    "sighold.c",
    "signal.c",
    "signalfd.c",
    "sigset.c",
    "sigwait.c",
    "sleep.c",
    "sprintf.c",
    "sqrt.c",
    "sscanf.c",
    "strcasecmp.c",
    "strchr.c",
    "strdup.c",
    "stream.c",
    "stream_read.c",
    "strerror.c",
    "strerrorname.c",
    "strftime.c",
    "string.c",
    "strsignal.c",
    "strtod.c",
    "strtok.c",
    "strtol.c",
    "syscall.c",
    "sysconf.c",
    "system.c",
    "tcpgrp.c",
    "termios.c",
    "thread_self.c",
    "ttyname.c",
    "uname.c",
    "wait.c",
);

static PROGRAMS: &[NamedText] = embed!(
    "bin", "cat.c", "echo.c", "false.c", "init.c", "kill.c", "seq.c", "sh.c", "sleep.c", "true.c", "wc.c",
);

/// The text of a header such as `sys/wait.h`, private ones (`bits/...`) included.
pub fn header(name: &str) -> Option<&'static str> {
    find(PUBLIC_HEADERS, name).or_else(|| find(PRIVATE_HEADERS, name))
}

/// The names of the headers that programs may include, in alphabetical order.
pub fn headers() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&'static str>> =
        LazyLock::new(|| PUBLIC_HEADERS.iter().map(|&(name, _)| name).collect());
    &NAMES
}

/// The members of the archive: file name and text.
pub fn sources() -> &'static [NamedText] {
    SOURCES
}

/// The source of the program that a path such as `/bin/echo` (or `/usr/bin/echo`) names.
pub fn program(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("/usr").unwrap_or(path).strip_prefix("/bin/")?;
    find(PROGRAMS, &format!("{name}.c"))
}

/// The paths of all programs, in alphabetical order.
pub fn programs() -> &'static [String] {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        PROGRAMS
            .iter()
            .map(|(name, _)| format!("/bin/{}", name.trim_end_matches(".c")))
            .collect()
    });
    &PATHS
}

fn find(files: &'static [NamedText], name: &str) -> Option<&'static str> {
    files
        .iter()
        .find(|(file, _)| *file == name)
        .map(|&(_, text)| text)
}

#[cfg(test)]
mod tests;
