//! A process without a kernel: flat memory, and the few system calls that the C library needs to print and end.

use host_harness::isa::{Image, PAGE_BYTES, Regs, Size, TEXT_BASE};
use host_harness::machine::cpu::{Access, Bus, Fault, Trap, run};

const STACK_TOP: u64 = 0x7fff_f000;
const STACK_BYTES: u64 = 8 << 20;

/// Image and heap from the text on, and a stack.
pub struct Flat {
    low: Vec<u8>,
    high: Vec<u8>,
    brk: u64,
    mmap_top: u64,
}

/// How a program ended, and what it wrote.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// As a shell says it: 128+N when signal N ended it.
    pub status: i32,
    pub instructions: u64,
}

impl Flat {
    fn new(image: &Image) -> Flat {
        let mut low = vec![0; (image.brk_start - TEXT_BASE) as usize];
        for segment in &image.segments {
            let start = (segment.vaddr - TEXT_BASE) as usize;
            low[start..start + segment.bytes.len()].copy_from_slice(&segment.bytes);
        }
        let brk = image.brk_start;
        Flat {
            low,
            high: vec![0; STACK_BYTES as usize],
            brk,
            mmap_top: 0x5000_0000,
        }
    }

    #[inline(always)]
    fn slice(&mut self, addr: u64, len: u64, access: Access) -> Result<&mut [u8], Fault> {
        let high = addr.wrapping_sub(STACK_TOP - STACK_BYTES);
        if high < STACK_BYTES && len <= STACK_BYTES - high {
            return Ok(&mut self.high[high as usize..(high + len) as usize]);
        }
        let start = addr.wrapping_sub(TEXT_BASE);
        if start < self.low.len() as u64 && len <= self.low.len() as u64 - start {
            return Ok(&mut self.low[start as usize..(start + len) as usize]);
        }
        Err(Fault { addr, access })
    }

    fn bytes(&mut self, addr: u64, len: u64) -> Vec<u8> {
        self.slice(addr, len, Access::Read)
            .map(|bytes| bytes.to_vec())
            .unwrap_or_default()
    }

    fn grow(&mut self, end: u64) {
        let len = (end.next_multiple_of(PAGE_BYTES) - TEXT_BASE) as usize;
        if len > self.low.len() {
            self.low.resize(len, 0);
        }
    }
}

impl Bus for Flat {
    #[inline(always)]
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let bytes = self.slice(addr, size.bytes(), Access::Read)?;
        Ok(match size {
            Size::B1 => u64::from(bytes[0]),
            Size::B2 => u64::from(u16::from_le_bytes(bytes.try_into().unwrap())),
            Size::B4 => u64::from(u32::from_le_bytes(bytes.try_into().unwrap())),
            Size::B8 => u64::from_le_bytes(bytes.try_into().unwrap()),
        })
    }

    #[inline(always)]
    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        let bytes = self.slice(addr, size.bytes(), Access::Write)?;
        match size {
            Size::B1 => bytes[0] = value as u8,
            Size::B2 => bytes.copy_from_slice(&(value as u16).to_le_bytes()),
            Size::B4 => bytes.copy_from_slice(&(value as u32).to_le_bytes()),
            Size::B8 => bytes.copy_from_slice(&value.to_le_bytes()),
        }
        Ok(())
    }

    fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault> {
        let bytes = self.slice(src, len, Access::Read)?.to_vec();
        self.slice(dst, len, Access::Write)?.copy_from_slice(&bytes);
        Ok(())
    }

    fn fill(&mut self, dst: u64, byte: u8, len: u64) -> Result<(), Fault> {
        self.slice(dst, len, Access::Write)?.fill(byte);
        Ok(())
    }
}

/// Runs a program to its end, or until `fuel` instructions are used up (status 152, as for SIGXCPU).
pub fn execute(image: &Image, args: &[&str], fuel: u64) -> Ended {
    let mut memory = Flat::new(image);
    let mut regs = start(&mut memory, image, args);
    let mut ended = Ended {
        stdout: Vec::new(),
        stderr: Vec::new(),
        status: 0,
        instructions: 0,
    };
    let mut left = fuel;
    ended.status = loop {
        match run(image, &mut regs, &mut memory, &mut left) {
            Trap::Syscall { nr, args } => match syscall(&mut memory, nr, args, &mut ended) {
                Ok(result) => regs.acc = result,
                Err(status) => break status,
            },
            Trap::Fault(_) | Trap::Fetch(_) => break 128 + 11,
            Trap::DivideError => break 128 + 8,
            Trap::InvalidOpcode => break 128 + 4,
            Trap::OutOfFuel => break 128 + 24,
        }
    };
    ended.instructions = fuel - left;
    ended
}

/// Lays out the stack of a new process.
fn start(memory: &mut Flat, image: &Image, args: &[&str]) -> Regs {
    let mut top = STACK_TOP - 64;
    let mut words = vec![args.len() as u64];
    for arg in args {
        top -= arg.len() as u64 + 1;
        memory
            .slice(top, arg.len() as u64, Access::Write)
            .unwrap()
            .copy_from_slice(arg.as_bytes());
        words.push(top);
    }
    words.extend([0, 0, 0, 0]);
    let sp = (top - 8 * words.len() as u64) & !15;
    for (index, word) in words.iter().enumerate() {
        memory.store(sp + 8 * index as u64, Size::B8, *word).unwrap();
    }
    Regs {
        pc: image.entry,
        sp,
        fp: 0,
        acc: 0,
        tp: 0,
    }
}

/// The result of a system call, or the status of the ended process.
fn syscall(memory: &mut Flat, nr: u64, args: [u64; 6], ended: &mut Ended) -> Result<u64, i32> {
    let error = |errno: i64| (-errno) as u64;
    Ok(match nr {
        0 => 0,
        1 if args[0] == 1 => {
            ended.stdout.extend(memory.bytes(args[1], args[2]));
            args[2]
        }
        1 => {
            ended.stderr.extend(memory.bytes(args[1], args[2]));
            args[2]
        }
        // fstat: a pipe.
        5 => {
            let _ = memory.store(args[1] + 24, Size::B4, 0o010600);
            let _ = memory.store(args[1] + 56, Size::B8, 4096);
            0
        }
        9 => {
            let at = memory.mmap_top.max(memory.brk.next_multiple_of(PAGE_BYTES));
            memory.mmap_top = at + args[1].next_multiple_of(PAGE_BYTES);
            memory.grow(memory.mmap_top);
            at
        }
        12 => {
            if args[0] > memory.brk {
                memory.brk = args[0];
                memory.grow(args[0]);
            }
            memory.brk
        }
        11 | 13 | 14 => 0,
        16 => error(25),
        39 | 186 => 42,
        60 | 231 => return Err((args[0] & 0xff) as i32),
        200 | 234 | 62 => return Err(128 + args[if nr == 62 { 1 } else { 2 }] as i32),
        _ => error(38),
    })
}
