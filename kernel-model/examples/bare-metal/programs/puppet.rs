//! The program of `ktm conform`: it asks the kernel what to do, does it, and tells what that gave. It keeps all in
//! registers, since tasks that share their memory run it at the same time, on the same stack.

// The calls that only this program makes, and the commands that are no call; src/conform.rs says the same.
core::arch::global_asm!(
    ".globl puppet",
    "puppet:",
    "xor eax, eax",
    "2:",
    "mov rdi, rax",
    "mov eax, 0x10000", // the next command, please; this is what the last one gave
    "syscall",
    "cmp eax, 0x10001",
    "je 3f",
    "cmp eax, 0x10002",
    "je 4f",
    "syscall",
    "jmp 2b",
    "3:", // read a byte
    "movzx eax, byte ptr [rdi]",
    "jmp 2b",
    "4:", // write one
    "mov [rdi], sil",
    "xor eax, eax",
    "jmp 2b",
);

unsafe extern "C" {
    fn puppet() -> !;
}

/// Takes commands for ever.
pub fn run() -> ! {
    // SAFETY: it never comes back.
    unsafe { puppet() }
}
