//! The registers of a task: as entry.s leaves them on the kernel stack, and as the model keeps them.

use kernel_model::kernel::storage::{HandlerCall, Thread};
use kernel_model::verbs::frame::{Gregs, MAX_LINKAGE};

/// Bytes of the floating-point state as `fxsave` stores it.
pub const FX_BYTES: usize = 512;
/// Where in it the control words lie, and what they are at the start of a program: no exception is let through.
const FCW: usize = 0;
const MXCSR: usize = 24;
const FCW_START: u16 = 0x37f;
const MXCSR_START: u32 = 0x1f80;
/// The bits of MXCSR that exist: any other one is a fault in `fxrstor`.
const MXCSR_MASK: u32 = 0xffff;

/// Selectors of ring 3, and the flags that it cannot choose: interrupts come, ports are the kernel's.
const USER_DATA: u64 = 0x23;
const USER_CODE: u64 = 0x2b;
const FLAGS_FREE: u64 = 0x0024_0dd5;
const FLAGS_SET: u64 = 0x202;

/// `syscall` is an instruction of two bytes.
const SYSCALL_BYTES: u64 = 2;

/// What entry.s pushes, from the top of the stack up.
#[repr(C, align(16))]
#[derive(Clone, PartialEq)]
pub struct Frame {
    pub fx: [u8; FX_BYTES],
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rbp: u64,
    pub rdi: u64,
    pub rsi: u64,
    pub rdx: u64,
    pub rcx: u64,
    pub rbx: u64,
    pub rax: u64,
    pub vector: u64,
    /// The error code; of a system call its number.
    pub error: u64,
    pub rip: u64,
    pub cs: u64,
    pub rflags: u64,
    pub rsp: u64,
    pub ss: u64,
}

// entry.s says the same.
const _: () = assert!(size_of::<Frame>() == 688);

/// The registers as the model keeps them: all zero bytes at boot, so that the model lies in `.bss`.
#[derive(Clone, PartialEq)]
pub struct Regs {
    pub frame: Frame,
    /// The base of fs.
    pub tp: u64,
}

impl Regs {
    /// No registers.
    pub const ZERO: Regs = Regs {
        frame: Frame {
            fx: [0; FX_BYTES],
            r15: 0,
            r14: 0,
            r13: 0,
            r12: 0,
            r11: 0,
            r10: 0,
            r9: 0,
            r8: 0,
            rbp: 0,
            rdi: 0,
            rsi: 0,
            rdx: 0,
            rcx: 0,
            rbx: 0,
            rax: 0,
            vector: 0,
            error: 0,
            rip: 0,
            cs: 0,
            rflags: 0,
            rsp: 0,
            ss: 0,
        },
        tp: 0,
    };

    /// As `ucontext_t` numbers them, up to the flags.
    fn numbered(&mut self) -> [&mut u64; 18] {
        let f = &mut self.frame;
        [
            &mut f.r8,
            &mut f.r9,
            &mut f.r10,
            &mut f.r11,
            &mut f.r12,
            &mut f.r13,
            &mut f.r14,
            &mut f.r15,
            &mut f.rdi,
            &mut f.rsi,
            &mut f.rbp,
            &mut f.rbx,
            &mut f.rdx,
            &mut f.rax,
            &mut f.rcx,
            &mut f.rsp,
            &mut f.rip,
            &mut f.rflags,
        ]
    }

    /// What ring 3 could harm the kernel with is put right: a handler's frame, which a program may have written, says
    /// everything else.
    fn check(&mut self) {
        let f = &mut self.frame;
        f.rflags = f.rflags & FLAGS_FREE | FLAGS_SET;
        (f.cs, f.ss) = (USER_CODE, USER_DATA);
        // Not an address: `iretq` would fault, in ring 0. The task will, at one that is none either.
        if f.rip >> 47 != 0 {
            f.rip = 0;
        }
        // A bit that does not exist: `fxrstor` would fault.
        let at = MXCSR..MXCSR + 4;
        let mxcsr = f.fx[at.clone()]
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        f.fx[at].copy_from_slice(&(mxcsr & MXCSR_MASK).to_le_bytes());
    }
}

impl Default for Regs {
    fn default() -> Regs {
        Regs::ZERO
    }
}

impl Thread for Regs {
    /// The return address.
    const LINKAGE: usize = 1;

    fn stack_pointer(&self) -> u64 {
        self.frame.rsp
    }

    /// The handler has returned to the restorer: its return address is gone from the stack.
    fn signal_frame(&self) -> u64 {
        self.frame.rsp.wrapping_sub(8)
    }

    fn restart_call(&mut self) {
        self.frame.rip = self.frame.rip.wrapping_sub(SYSCALL_BYTES);
        self.frame.rax = self.frame.error;
    }

    fn save(&self) -> Gregs {
        let mut gregs = Gregs::default();
        for (at, (word, register)) in gregs.words.iter_mut().zip(self.clone().numbered()).enumerate() {
            *word = *register;
            gregs.used |= 1 << at;
        }
        gregs
    }

    fn restore(&mut self, gregs: &Gregs) {
        for (register, word) in self.numbered().into_iter().zip(gregs.words) {
            *register = word;
        }
        self.check();
    }

    fn fpstate(&self) -> &[u8] {
        &self.frame.fx
    }

    fn fpstate_mut(&mut self) -> &mut [u8] {
        &mut self.frame.fx
    }

    fn enter_handler(&mut self, call: &HandlerCall) -> [u64; MAX_LINKAGE] {
        let f = &mut self.frame;
        (f.rsp, f.rip, f.rax) = (call.sp, call.handler, 0);
        (f.rdi, f.rsi, f.rdx) = (call.signo, call.info, call.ucontext);
        self.check();
        let mut words = [0; MAX_LINKAGE];
        words[0] = call.restorer;
        words
    }

    fn set_return_value(&mut self, value: i64) {
        self.frame.rax = value.cast_unsigned();
    }

    fn set_stack_pointer(&mut self, sp: u64) {
        self.frame.rsp = sp;
    }

    fn set_thread_pointer(&mut self, tls: u64) {
        self.tp = tls;
    }

    fn start(&mut self, entry: u64, sp: u64) {
        *self = Regs::ZERO;
        (self.frame.rip, self.frame.rsp) = (entry, sp);
        self.frame.fx[FCW..FCW + 2].copy_from_slice(&FCW_START.to_le_bytes());
        self.frame.fx[MXCSR..MXCSR + 4].copy_from_slice(&MXCSR_START.to_le_bytes());
        self.check();
    }
}
