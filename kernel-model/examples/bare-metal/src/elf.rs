//! The program file that QEMU has put into memory (-initrd): an ELF file for x86-64.

use kernel_model::abi::flags::Prot;
use kernel_model::abi::ids::ImageId;
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::task::Comm;
use kernel_model::verbs::exec::{Program, Segment};

use crate::memory::PAGE;

const PT_LOAD: u64 = 1;
const EXECUTE: u64 = 1;
const WRITE: u64 = 2;

/// Bytes of a file, a piece of which lies at this address.
#[derive(Clone, Copy)]
struct Piece {
    addr: u64,
    bytes: &'static [u8],
}

/// A program file, taken apart.
#[derive(Clone)]
pub struct Image {
    segments: heapless::Vec<Segment, 8>,
    pieces: heapless::Vec<Piece, 8>,
    entry: u64,
}

/// A little-endian number in a file; none where the file is too short.
fn number(file: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = file.get(at..at.checked_add(len)?)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
    )
}

impl Image {
    /// No program.
    pub const EMPTY: Image = Image {
        segments: heapless::Vec::new(),
        pieces: heapless::Vec::new(),
        entry: 0,
    };

    /// Reads the file's program headers; none if it is not such a file.
    pub fn new(file: &'static [u8]) -> Option<Image> {
        // 64 bits, little-endian; executable, for x86-64.
        if file.get(..6)? != [0x7f, b'E', b'L', b'F', 2, 1] || number(file, 16, 4)? != 62 << 16 | 2 {
            return None;
        }
        let mut image = Image {
            entry: number(file, 24, 8)?,
            ..Image::EMPTY
        };
        let (table, size, count) = (number(file, 32, 8)?, number(file, 54, 2)?, number(file, 56, 2)?);
        for header in 0..count {
            let at = usize::try_from(table.checked_add(header * size)?).ok()?;
            if number(file, at, 4)? == PT_LOAD {
                image.add(file, at)?;
            }
        }
        Some(image)
    }

    fn add(&mut self, file: &'static [u8], at: usize) -> Option<()> {
        let word = |place: usize| number(file, at + place, 8);
        let flags = number(file, at + 4, 4)?;
        let (offset, addr, filesz, memsz) = (word(8)?, word(16)?, word(32)?, word(40)?);
        let (from, len) = (usize::try_from(offset).ok()?, usize::try_from(filesz).ok()?);
        let bytes = file.get(from..from.checked_add(len)?)?;
        let (prot, kind) = match (flags & EXECUTE != 0, flags & WRITE != 0) {
            (true, false) => (Prot::READ | Prot::EXEC, VmaKind::Text),
            (false, false) => (Prot::READ, VmaKind::Rodata),
            (false, true) if bytes.is_empty() => (Prot::READ | Prot::WRITE, VmaKind::Bss),
            (false, true) => (Prot::READ | Prot::WRITE, VmaKind::Data),
            // Nothing here writes its own instructions.
            (true, true) => return None,
        };
        let segment = Segment {
            start: addr,
            end: addr.checked_add(memsz)?.checked_next_multiple_of(PAGE as u64)?,
            prot,
            kind,
            file: !bytes.is_empty(),
        };
        self.segments.push(segment).ok()?;
        self.pieces.push(Piece { addr, bytes }).ok()
    }

    /// The program, as exec takes it.
    pub fn program(&self, comm: &[u8]) -> Program<'_> {
        Program {
            image: ImageId(0),
            comm: Comm::new(comm),
            segments: &self.segments,
            brk: self.segments.last().map_or(0, |last| last.end),
            entry: self.entry,
        }
    }

    /// `FillFrame`: the bytes of one page of the address range, and zeroes where the file has none.
    pub fn read_page(&self, page: u64, into: &mut [u8; PAGE]) {
        into.fill(0);
        let start = page * PAGE as u64;
        for piece in &self.pieces {
            let offset = start
                .checked_sub(piece.addr)
                .and_then(|offset| usize::try_from(offset).ok());
            if let Some(bytes) = offset.and_then(|offset| piece.bytes.get(offset..)) {
                let len = bytes.len().min(PAGE);
                into[..len].copy_from_slice(&bytes[..len]);
            }
        }
    }
}
