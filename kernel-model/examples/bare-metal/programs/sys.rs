//! The system calls, by their numbers on x86-64.

use core::arch::asm;
use core::fmt::{self, Write};

/// One call. It gives the value, or minus the errno.
pub fn syscall(nr: u64, args: [u64; 6]) -> i64 {
    let value;
    // SAFETY: what the calls do to memory, their callers below have said by references and addresses of their own.
    unsafe {
        asm!("syscall", inlateout("rax") nr => value, in("rdi") args[0], in("rsi") args[1], in("rdx") args[2],
            in("r10") args[3], in("r8") args[4], in("r9") args[5], lateout("rcx") _, lateout("r11") _);
    }
    value
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident = $nr:literal ($($arg:ident: $kind:ty),*);)*) => {
        $($(#[$doc])* pub fn $name($($arg: $kind),*) -> i64 {
            let mut args = [0; 6];
            let given: &[u64] = &[$($arg.word()),*];
            args[..given.len()].copy_from_slice(given);
            syscall($nr, args)
        })*
    };
}

/// What an argument is as a word.
pub trait Argument {
    fn word(self) -> u64;
}

impl Argument for u64 {
    fn word(self) -> u64 {
        self
    }
}

impl Argument for i64 {
    fn word(self) -> u64 {
        self.cast_unsigned()
    }
}

impl Argument for i32 {
    fn word(self) -> u64 {
        i64::from(self).cast_unsigned()
    }
}

impl<T> Argument for &mut T {
    fn word(self) -> u64 {
        (&raw mut *self).expose_provenance() as u64
    }
}

impl<T> Argument for &T {
    fn word(self) -> u64 {
        (&raw const *self).expose_provenance() as u64
    }
}

calls! {
    close = 3(fd: i32);
    mmap = 9(addr: u64, length: u64, prot: u64, flags: u64, fd: i32, offset: u64);
    mprotect = 10(addr: u64, length: u64, prot: u64);
    munmap = 11(addr: u64, length: u64);
    brk = 12(addr: u64);
    rt_sigaction = 13(signal: i32, act: &Sigaction, old: u64, size: u64);
    pipe = 22(fds: &mut [i32; 2]);
    sched_yield = 24();
    pause = 34();
    nanosleep = 35(request: &[i64; 2], remain: u64);
    getpid = 39();
    fork = 57();
    getppid = 110();
    setpgid = 109(pid: i32, pgid: i32);
    setsid = 112();
    kill = 62(pid: i64, signal: i32);
    uname = 63(buf: u64);
    getrusage = 98(who: i32, usage: &mut [i64; 18]);
    waitid = 247(idtype: i32, id: i64, info: &mut [i32; 32], options: i32, rusage: u64);
}

/// wait4(2) without the rusage.
pub fn wait4(pid: i64, status: &mut i32, options: i32) -> i64 {
    syscall(61, [pid.word(), status.word(), options.word(), 0, 0, 0])
}

/// read(2).
pub fn read(fd: i32, into: &mut [u8]) -> i64 {
    syscall(
        0,
        [
            fd.word(),
            into.as_mut_ptr().expose_provenance() as u64,
            into.len() as u64,
            0,
            0,
            0,
        ],
    )
}

/// write(2).
pub fn write(fd: i32, bytes: &[u8]) -> i64 {
    syscall(
        1,
        [
            fd.word(),
            bytes.as_ptr().expose_provenance() as u64,
            bytes.len() as u64,
            0,
            0,
            0,
        ],
    )
}

/// exit_group(2).
pub fn exit_group(status: i32) -> ! {
    syscall(231, [status.word(), 0, 0, 0, 0, 0]);
    unreachable!()
}

/// vfork(2): the child runs `child` on this stack while the parent sleeps, and ends with what it gives.
pub fn vfork(child: extern "C" fn(u64) -> i32, argument: u64) -> i64 {
    let pid;
    // SAFETY: the child uses the stack below its parent's, and leaves by exit_group; the parent's registers are its own.
    unsafe {
        asm!("mov eax, 58", "syscall", "test rax, rax", "jnz 2f",
            "mov rdi, r12", "and rsp, -16", "call r13", "mov edi, eax", "mov eax, 231", "syscall", "ud2", "2:",
            in("r12") argument, in("r13") child, lateout("rax") pid, out("rcx") _, out("r11") _);
    }
    pid
}

/// clone(2) with a stack of its own for the child, which runs `child` and ends with what it gives.
pub fn clone(flags: u64, stack_top: u64, child: extern "C" fn(u64) -> i32, argument: u64) -> i64 {
    let pid;
    // SAFETY: the child has its own stack, and leaves by exit.
    unsafe {
        asm!("mov eax, 56", "syscall", "test rax, rax", "jnz 2f",
            "mov rdi, r12", "call r13", "mov edi, eax", "mov eax, 60", "syscall", "ud2", "2:",
            in("r12") argument, in("r13") child, in("rdi") flags, in("rsi") stack_top & !15,
            in("rdx") 0, in("r10") 0, in("r8") 0, lateout("rax") pid, out("rcx") _, out("r11") _);
    }
    pid
}

/// `struct sigaction` as the kernel takes it.
#[repr(C)]
pub struct Sigaction {
    pub handler: u64,
    pub flags: u64,
    pub restorer: u64,
    pub mask: u64,
}

/// SA_SIGINFO, SA_RESTORER and SA_RESTART.
pub const SA_SIGINFO: u64 = 4;
const SA_RESTORER: u64 = 0x0400_0000;
pub const SA_RESTART: u64 = 0x1000_0000;

core::arch::global_asm!(".globl restore_rt", "restore_rt:", "mov eax, 15", "syscall");

unsafe extern "C" {
    fn restore_rt();
}

/// A handler: the signal, the `siginfo_t`, the `ucontext_t`.
pub type Handler = extern "C" fn(i32, *const [i32; 32], u64);

/// sigaction(2), as the C library makes it.
pub fn sigaction(signal: i32, handler: Handler, flags: u64) {
    let act = Sigaction {
        handler: handler as *const () as u64,
        flags: flags | SA_SIGINFO | SA_RESTORER,
        restorer: restore_rt as *const () as u64,
        mask: 0,
    };
    rt_sigaction(signal, &act, 0, 8);
}

/// Private pages, zeroed, to read and write.
pub fn pages(count: u64, shared: bool) -> *mut u8 {
    let flags = if shared { 0x21 } else { 0x22 };
    let at = mmap(0, count * 4096, 3, flags, -1, 0);
    assert!(at > 0, "mmap: {at}");
    core::ptr::with_exposed_provenance_mut(at as usize)
}

/// The page faults of this process that cost no reading.
pub fn minflt() -> i64 {
    let mut usage = [0; 18];
    getrusage(0, &mut usage);
    usage[8]
}

/// What is written in one piece.
struct Line {
    bytes: [u8; 256],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self
            .bytes
            .get_mut(self.len..self.len + text.len())
            .ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// Prints with one write.
pub fn print(text: fmt::Arguments<'_>) {
    let mut line = Line {
        bytes: [0; 256],
        len: 0,
    };
    assert!(line.write_fmt(text).is_ok(), "a line is too long");
    write(1, &line.bytes[..line.len]);
}

/// Prints a line.
#[macro_export]
macro_rules! say {
    ($($arg:tt)*) => { $crate::sys::print(format_args!("{}\n", format_args!($($arg)*))) };
}
