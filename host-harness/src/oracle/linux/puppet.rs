//! The puppet: the program that every task of the running kernel executes. It takes one command at a time from its slot
//! of the mailbox, and keeps all it knows in registers and in its slot. Its one handler tells what it was given and takes
//! commands in its turn, so that a task can be in handlers within handlers. It has no libc and no descriptor.
//!
//! | register | holds |
//! |---|---|
//! | fs | the address of the task's [`Slot`]: no part of a signal's frame, so that a child that returns from a handler of its parent's keeps its own |
//! | r15 | in how many handlers the task is, times the size of a [`Level`] |
//! | r14 | the address of the slot of the child that the command makes |
//! | rsp | a stack on which nothing lies but frames of signals |
//! | rax, rcx, r11 | are changed by every call of the kernel |

use std::mem::offset_of;

use super::mailbox::{LEVEL_LEN, Level, MAILBOX, MAILBOX_LEN, SLOT_LEN, SLOTS_AT, Slot};
use crate::oracle::stacks::{STACKS, STACKS_LEN};
use crate::oracle::system::{HEAP, RT_SIGRETURN};

/// In place of a call's number: read the byte at the first argument. No call has this number.
pub(super) const LOAD: u64 = 0x6b74_6d00;
/// In place of a call's number: write the second argument, a byte, to the first.
pub(super) const STORE: u64 = 0x6b74_6d01;

/// What the puppet asks the kernel for the name of its task; a path of the host's /proc, so the host's number.
const LINK_ROOM: usize = 63;

core::arch::global_asm!(
    // Read-only data here: the bytes are copied into a file and run there, never in this process. Nothing in them
    // depends on where they lie, except by distances among themselves.
    ".pushsection .rodata.ktm_puppet, \"a\", @progbits",
    ".globl ktm_puppet_start",
    ".globl ktm_puppet_end",
    ".globl ktm_puppet_handler",
    ".hidden ktm_puppet_handler",
    ".hidden ktm_puppet_start",
    ".hidden ktm_puppet_end",
    "ktm_puppet_start:",
    // exec begins here with argc, argv[0], argv[1], argv[2] from rsp on: the slot's number plus one as a byte, and the
    // path of the mailbox. The stack is read now and never again.
    "  mov rdi, [rsp + 24]",
    "  mov eax, 2",  // open(path, O_RDWR)
    "  mov esi, 2",
    "  xor edx, edx",
    "  syscall",
    "  test eax, eax",
    "  js 9f",
    "  mov r12d, eax",
    "  mov r8d, eax",
    "  mov eax, 9",  // mmap(MAILBOX, MAILBOX_LEN, READ | WRITE, SHARED | FIXED, fd, 0)
    "  movabs rdi, {mailbox}",
    "  mov esi, {mailbox_len}",
    "  mov edx, 3",
    "  mov r10d, 0x11",
    "  xor r9d, r9d",
    "  syscall",
    "  cmp rax, rdi",
    "  jne 9f",
    "  mov eax, 3",  // close(fd)
    "  mov edi, r12d",
    "  syscall",
    "  mov eax, 9",  // mmap(STACKS, STACKS_LEN, READ | WRITE, PRIVATE | FIXED | ANONYMOUS | NORESERVE, -1, 0)
    "  movabs rdi, {stacks}",
    "  mov esi, {stacks_len}",
    "  mov edx, 3",
    "  mov r10d, 0x4032",
    "  mov r8, -1",
    "  xor r9d, r9d",
    "  syscall",
    "  cmp rax, rdi",
    "  jne 9f",
    "  mov rax, [rsp + 16]",
    "  movzx ebx, byte ptr [rax]",
    "  dec ebx",
    "  imul rbx, rbx, {slot_len}",
    "  movabs rsi, {slots}",
    "  add rsi, rbx",
    "  mov eax, 158",  // arch_prctl(ARCH_SET_FS, slot)
    "  mov edi, 0x1002",
    "  syscall",
    "  xor r15d, r15d",
    "  mov fs:[{level}], r15",
    "  mov rsp, fs:[{own_stack}]",
    "  mov qword ptr fs:[{levels} + {result}], 0",
    "  jmp 3f",
    // A newborn child: its parent's command said which slot is its own.
    "2:",
    "  mov eax, 158",
    "  mov edi, 0x1002",
    "  mov rsi, r14",
    "  syscall",
    "  mov rax, fs:[{stack}]",
    "  test rax, rax",
    "  jz 10f",
    "  mov rsp, rax",
    "  xor r15d, r15d",
    "10:",
    "  cmp qword ptr fs:[{first}], 0",
    "  je 3f",
    "  mov eax, 157",  // prctl(PR_SET_PDEATHSIG, SIGKILL), before anything can go wrong with the parent
    "  mov edi, 1",
    "  mov esi, 9",
    "  xor edx, edx",
    "  xor r10d, r10d",
    "  xor r8d, r8d",
    "  syscall",
    "  mov eax, 112",  // setsid(): a kill(0) of this program must not reach the controller
    "  syscall",
    // Say who this is: the tid as the task sees it, and the link that holds the host's numbers.
    "3:",
    "  mov eax, 186",  // gettid()
    "  syscall",
    "  mov fs:[{tid}], rax",
    "  mov eax, 89",  // readlink("/proc/thread-self")
    "  lea rdi, [rip + 8f]",
    "  mov rsi, fs:[{own}]",
    "  add rsi, {link}",
    "  mov edx, {link_room}",
    "  syscall",
    "  test rax, rax",
    "  js 9f",
    "  mov byte ptr [rsi + rax], 0",
    // The command is over, or the task is ready for its first here.
    "4:",
    "  mov dword ptr fs:[r15 + {levels} + {done}], 1",
    "5:",
    "  cmp dword ptr fs:[{command}], 0",
    "  jne 6f",
    // futex(command, FUTEX_WAIT, 0, a very long time): with a time it gives EINTR after a handler, and does not start
    // anew, which in a child would be on its parent's word.
    "  mov eax, 202",
    "  mov rdi, fs:[{own}]",
    "  lea r10, [rdi + {long}]",
    "  add rdi, {command}",
    "  xor esi, esi",
    "  xor edx, edx",
    "  syscall",
    "  test rax, rax",
    "  jz 5b",
    "  cmp rax, -110",  // ETIMEDOUT
    "  je 5b",
    "  cmp rax, -11",  // EAGAIN: the command came first
    "  je 5b",
    "  cmp rax, -4",  // EINTR
    "  je 5b",
    "  jmp 9f",  // to go on would be a loop above everything else on this processor
    "6:",
    "  mov dword ptr fs:[{command}], 0",
    "  mov r14, fs:[{child}]",
    "  mov rax, fs:[{nr}]",
    "  mov rdi, fs:[{args}]",
    "  mov rsi, fs:[{args} + 8]",
    "  mov rdx, fs:[{args} + 16]",
    "  mov r10, fs:[{args} + 24]",
    "  mov r8, fs:[{args} + 32]",
    "  mov r9, fs:[{args} + 40]",
    "  cmp rax, {load}",
    "  je 20f",
    "  cmp rax, {store}",
    "  je 21f",
    "  cmp rax, {sigreturn}",
    "  je 22f",
    "  syscall",
    "  test rax, rax",
    "  jnz 7f",
    // 0 from a call that makes a task: this is the child.
    "  test r14, r14",
    "  jnz 2b",
    "7:",
    "  mov fs:[r15 + {levels} + {result}], rax",
    "  cmp qword ptr fs:[{first}], 0",
    "  je 4b",
    "  mov eax, 157",  // prctl(PR_SET_PDEATHSIG, SIGKILL) again: a call about credentials clears it
    "  mov edi, 1",
    "  mov esi, 9",
    "  syscall",
    "  jmp 4b",
    "20:",
    "  movzx eax, byte ptr [rdi]",
    "  jmp 7b",
    "21:",
    "  mov byte ptr [rdi], sil",
    "  xor eax, eax",
    "  jmp 7b",
    // Out of the handler. Its command is over; what the handler had interrupted, goes on.
    "22:",
    "  xor eax, eax",
    "  test r15, r15",
    "  jz 7b",
    "  mov fs:[r15 + {levels} + {result}], rax",
    "  mov dword ptr fs:[r15 + {levels} + {done}], 1",
    "  lea rax, [r15 - {level_len}]",
    "  mov fs:[{level}], rax",
    "  add rsp, 8",
    "  mov eax, 15",
    "  syscall",
    "  ud2",
    // The handler, with signo, siginfo_t and ucontext_t.
    "ktm_puppet_handler:",
    "  add r15, {level_len}",
    "  mov eax, [rsi]",
    "  mov fs:[r15 + {levels} + {signo}], eax",
    "  mov eax, [rsi + 8]",
    "  mov fs:[r15 + {levels} + {signo} + 4], eax",
    "  mov eax, [rsi + 16]",
    "  mov fs:[r15 + {levels} + {signo} + 8], eax",
    "  mov eax, [rsi + 20]",
    "  mov fs:[r15 + {levels} + {signo} + 12], eax",
    "  mov eax, [rsi + 24]",
    "  mov fs:[r15 + {levels} + {signo} + 16], eax",
    "  mov fs:[{level}], r15",
    "  jmp 4b",
    "9:",
    "  ud2",
    "8:",
    "  .asciz \"/proc/thread-self\"",
    "ktm_puppet_end:",
    ".popsection",
    mailbox = const MAILBOX,
    mailbox_len = const MAILBOX_LEN,
    slots = const MAILBOX + SLOTS_AT,
    slot_len = const SLOT_LEN,
    stacks = const STACKS,
    stacks_len = const STACKS_LEN,
    level_len = const LEVEL_LEN,
    command = const offset_of!(Slot, command),
    nr = const offset_of!(Slot, nr),
    args = const offset_of!(Slot, args),
    child = const offset_of!(Slot, child),
    first = const offset_of!(Slot, first),
    tid = const offset_of!(Slot, tid),
    link = const offset_of!(Slot, link),
    own = const offset_of!(Slot, own),
    long = const offset_of!(Slot, long),
    stack = const offset_of!(Slot, stack),
    own_stack = const offset_of!(Slot, own_stack),
    level = const offset_of!(Slot, level),
    levels = const offset_of!(Slot, levels),
    done = const offset_of!(Level, done),
    result = const offset_of!(Level, result),
    signo = const offset_of!(Level, told),
    link_room = const LINK_ROOM,
    sigreturn = const RT_SIGRETURN,
    load = const LOAD,
    store = const STORE,
);

unsafe extern "C" {
    static ktm_puppet_start: u8;
    static ktm_puppet_end: u8;
    static ktm_puppet_handler: u8;
}

/// The puppet's instructions.
fn text() -> &'static [u8] {
    let (start, end) = (&raw const ktm_puppet_start, &raw const ktm_puppet_end);
    // SAFETY: both are labels of one section of read-only data, the second behind the first; between them lie the
    // bytes assembled above, which nobody writes.
    unsafe { std::slice::from_raw_parts(start, end.offset_from_unsigned(start)) }
}

const PAGE: u64 = 4096;
/// Bytes of the file before the instructions.
const HEADERS: u64 = 64 + 2 * 56;

/// The address of the puppet's handler.
pub(super) fn handler() -> u64 {
    let (start, handler) = (&raw const ktm_puppet_start, &raw const ktm_puppet_handler);
    HEAP - PAGE + HEADERS + (handler.addr() - start.addr()) as u64
}

/// The puppet as a program file: one header, one page to execute, and a stack that is not executable.
///
/// It lies in the page below [`HEAP`], so that without randomisation the break begins at [`HEAP`] itself, and no
/// argument or value of brk needs translating.
pub(super) fn image() -> Vec<u8> {
    let (base, len) = (HEAP - PAGE, HEADERS + text().len() as u64);
    let mut file = Vec::with_capacity(PAGE as usize);
    let halves = |file: &mut Vec<u8>, words: &[u16]| words.iter().for_each(|w| file.extend(w.to_le_bytes()));
    let words = |file: &mut Vec<u8>, words: &[u32]| words.iter().for_each(|w| file.extend(w.to_le_bytes()));
    let longs = |file: &mut Vec<u8>, words: &[u64]| words.iter().for_each(|w| file.extend(w.to_le_bytes()));
    // ELF, 64 bits, little-endian, version 1, System V.
    file.extend([0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    halves(&mut file, &[2, 62]); // ET_EXEC, x86-64
    words(&mut file, &[1]);
    longs(&mut file, &[base + HEADERS, 64, 0]); // entry, program headers, no sections
    words(&mut file, &[0]);
    halves(&mut file, &[64, 56, 2, 0, 0, 0]);
    words(&mut file, &[1, 5]); // PT_LOAD, readable and executable
    longs(&mut file, &[0, base, base, len, len, PAGE]);
    words(&mut file, &[0x6474_e551, 6]); // PT_GNU_STACK, readable and writable
    longs(&mut file, &[0, 0, 0, 0, 0, 16]);
    file.extend(text());
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_fits_its_page() {
        let image = image();
        assert!(
            image.len() > 176 + 100 && image.len() < PAGE as usize,
            "{}",
            image.len()
        );
        assert_eq!(text().last(), Some(&0), "it ends with the path");
    }
}
