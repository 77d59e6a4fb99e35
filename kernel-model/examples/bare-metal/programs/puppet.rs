//! The program of `ktm conform`: it asks the kernel what to do, does it, and tells what that gave; and its handler does the
//! same. It keeps all in registers, since tasks that share their memory run it at the same time.

// The calls that only this program makes, and the commands that are no call; src/conform.rs says the same.
core::arch::global_asm!(
    ".globl puppet",
    "puppet:",
    "xor eax, eax",
    "2:",
    "mov rdi, rax",
    "lea rsi, [rip + puppet_handler]",
    "mov eax, 0x10000", // the next command, please; this is what the last one gave, and where the handler is
    "syscall",
    "6:",
    "cmp eax, 0x10000", // no command: a handler has come while it waited for one
    "je 2b",
    "cmp eax, 0x10005",
    "je 2b",
    "cmp eax, 0x10001",
    "je 3f",
    "cmp eax, 0x10002",
    "je 4f",
    "cmp eax, 0x10004",
    "je 5f",
    "syscall",
    "jmp 2b",
    "3:", // read a byte
    "movzx eax, byte ptr [rdi]",
    "jmp 2b",
    "4:", // write one
    "mov [rdi], sil",
    "xor eax, eax",
    "jmp 2b",
    "5:", // leave the handler, as if it had returned to its restorer
    "add rsp, 8",
    "mov eax, 15",
    "syscall",
    "ud2",
    "puppet_handler:",
    "mov rdi, rsi",
    "mov eax, 0x10005", // it is in a handler, which was told this; the next command, please
    "syscall",
    "jmp 6b",
);

unsafe extern "C" {
    fn puppet() -> !;
}

/// Takes commands for ever.
pub fn run() -> ! {
    // SAFETY: it never comes back.
    unsafe { puppet() }
}
