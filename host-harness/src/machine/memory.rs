//! Physical memory: the bytes behind the frames that the kernel hands out.

use kernel_model::abi::effect::Effect;
use kernel_model::abi::ids::{FrameNo, ImageId, PhysAddr};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::program::Programs;

/// Bytes of a frame.
pub const FRAME: usize = 4096;
/// All bytes of a frame.
pub const WHOLE: Range<u16> = 0..4096;
type Bytes = [u8; FRAME];

static ZEROES: Bytes = [0; FRAME];
static ZEROES_NUMBER: OnceLock<u64> = OnceLock::new();

/// Bytes that machines have in common, and their number once somebody has asked for it.
#[derive(Debug)]
struct Common {
    /// By themselves, so that they need not be copied when they become common, and when they are again one machine's own.
    bytes: Box<Bytes>,
    number: OnceLock<u64>,
}

impl Common {
    fn new(bytes: Box<Bytes>) -> Arc<Common> {
        Arc::new(Common {
            bytes,
            number: OnceLock::new(),
        })
    }

    /// The bytes, for one machine alone.
    fn own(common: Arc<Common>) -> Box<Bytes> {
        match Arc::try_unwrap(common) {
            Ok(common) => common.bytes,
            Err(common) => common.bytes.clone(),
        }
    }
}

/// One frame. A frame of zeroes costs nothing; one that two machines have in common is shared until it is written.
#[derive(Debug)]
enum Frame {
    Zero,
    Owned(Box<Bytes>),
    Shared(Arc<Common>),
}

/// A number for bytes: two lanes, so that words change places in neither unnoticed.
fn number(bytes: &[u8]) -> u64 {
    let (mut a, mut b) = (0x9e37_79b9_7f4a_7c15_u64, 0xc2b2_ae3d_27d4_eb4f_u64);
    for chunk in bytes.chunks(16) {
        let mut words = [0; 16];
        words.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        let whole = u128::from_le_bytes(words);
        let (low, high) = (whole as u64, (whole >> 64) as u64);
        let product = u128::from(a ^ low) * u128::from(b ^ high);
        // Each word once more beside the product, which a factor of zero would hide it from.
        a = (product as u64).wrapping_add(high).rotate_left(23) ^ 0xd6e8_feb8_6659_fd93;
        b = ((product >> 64) as u64)
            .wrapping_add(low)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    a ^ b.rotate_left(32)
}

impl Clone for Frame {
    fn clone(&self) -> Frame {
        match self {
            Frame::Zero => Frame::Zero,
            Frame::Owned(bytes) => Frame::Owned(bytes.clone()),
            Frame::Shared(common) => Frame::Shared(Arc::clone(common)),
        }
    }

    fn clone_from(&mut self, other: &Frame) {
        match (self, other) {
            (Frame::Zero, Frame::Zero) => {}
            (Frame::Owned(to), Frame::Owned(from)) => to.copy_from_slice(&**from),
            (Frame::Shared(to), Frame::Shared(from)) if Arc::ptr_eq(to, from) => {}
            (to, from) => *to = from.clone(),
        }
    }
}

impl Frame {
    fn bytes(&self) -> &Bytes {
        match self {
            Frame::Zero => &ZEROES,
            Frame::Owned(bytes) => bytes,
            Frame::Shared(common) => &common.bytes,
        }
    }

    /// Takes the bytes out, and leaves zeroes.
    fn take(&mut self) -> Box<Bytes> {
        match std::mem::replace(self, Frame::Zero) {
            Frame::Zero => Box::new(ZEROES),
            Frame::Owned(bytes) => bytes,
            Frame::Shared(common) => Common::own(common),
        }
    }

    #[inline]
    fn bytes_mut(&mut self) -> &mut Bytes {
        if !matches!(self, Frame::Owned(_)) {
            *self = Frame::Owned(self.take());
        }
        match self {
            Frame::Owned(bytes) => bytes,
            Frame::Zero | Frame::Shared(_) => unreachable_frame(),
        }
    }
}

#[cold]
#[allow(clippy::unreachable, reason = "the frame was made owned on the line before")]
fn unreachable_frame() -> ! {
    unreachable!("a frame that was just made owned")
}

/// A set of frames, or of more than these: some share a bit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FrameSet([u64; 4]);

impl FrameSet {
    /// Adds a frame.
    pub fn add(&mut self, frame: FrameNo) {
        let at = index(frame) % 256;
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// Whether they may have one in common.
    #[must_use]
    pub fn meets(&self, other: &FrameSet) -> bool {
        self.0.iter().zip(other.0).any(|(one, other)| one & other != 0)
    }
}

/// The frames by number.
#[derive(Debug, Default)]
pub struct Memory {
    /// Those up to the highest that was ever written; the rest are zero.
    frames: Vec<Frame>,
    /// How many there are.
    limit: usize,
    /// Those that are others since [`Memory::forget_changes`], once the memory is frozen.
    changed: FrameSet,
}

impl Clone for Memory {
    fn clone(&self) -> Memory {
        Memory {
            frames: self.frames.clone(),
            ..*self
        }
    }

    fn clone_from(&mut self, other: &Memory) {
        self.frames.clone_from(&other.frames);
        (self.limit, self.changed) = (other.limit, other.changed);
    }
}

fn index(frame: FrameNo) -> usize {
    frame.0 as usize
}

impl Memory {
    /// So many frames, all zero.
    pub fn new(frames: usize) -> Memory {
        Memory {
            frames: Vec::new(),
            limit: frames,
            changed: FrameSet::default(),
        }
    }

    /// The place of a frame, to write.
    #[inline]
    fn place(&mut self, frame: FrameNo) -> Option<&mut Frame> {
        let at = index(frame);
        if at >= self.frames.len() {
            self.grow(at);
        }
        self.frames.get_mut(at)
    }

    #[cold]
    fn grow(&mut self, at: usize) {
        if at < self.limit {
            self.frames.resize_with(at + 1, || Frame::Zero);
        }
    }

    /// A number for some bytes of a frame: the same for the same bytes. That of a whole frame is remembered once the
    /// memory is frozen.
    pub fn number(&self, frame: FrameNo, range: Range<u16>) -> u64 {
        let whole = range == WHOLE;
        match self.frames.get(index(frame)) {
            Some(Frame::Shared(common)) if whole => *common.number.get_or_init(|| number(&*common.bytes)),
            None | Some(Frame::Zero) if whole => *ZEROES_NUMBER.get_or_init(|| number(&ZEROES)),
            _ => number(self.range(frame, range)),
        }
    }

    /// Some bytes of a frame.
    pub fn range(&self, frame: FrameNo, range: Range<u16>) -> &[u8] {
        let bytes = self.frame(frame);
        bytes
            .get(usize::from(range.start)..usize::from(range.end))
            .unwrap_or(bytes)
    }

    /// The bytes of a frame.
    pub fn frame(&self, frame: FrameNo) -> &[u8; FRAME] {
        self.frames.get(index(frame)).map_or(&ZEROES, Frame::bytes)
    }

    /// The bytes of a frame, to write. A frame that the kernel cannot have handed out has none.
    #[inline]
    pub fn frame_mut(&mut self, frame: FrameNo) -> Option<&mut [u8; FRAME]> {
        self.place(frame).map(Frame::bytes_mut)
    }

    /// The bytes from a place on; as many as asked for, or to the end of the frame.
    pub fn bytes(&self, from: PhysAddr, len: usize) -> &[u8] {
        let rest = self
            .frame(from.frame)
            .get(usize::from(from.offset)..)
            .unwrap_or(&[]);
        rest.get(..len).unwrap_or(rest)
    }

    fn bytes_mut(&mut self, at: PhysAddr, len: usize) -> &mut [u8] {
        let Some(frame) = self.frame_mut(at.frame) else {
            return &mut [];
        };
        let end = (usize::from(at.offset) + len).min(FRAME);
        frame.get_mut(usize::from(at.offset)..end).unwrap_or(&mut [])
    }

    /// Writes bytes at a place; what passes the end of the frame is dropped.
    pub fn write(&mut self, at: PhysAddr, bytes: &[u8]) {
        for (to, from) in self.bytes_mut(at, bytes.len()).iter_mut().zip(bytes) {
            *to = *from;
        }
    }

    /// Takes the bytes of a frame out, for a processor that works on them; it gives them back before anyone else
    /// looks.
    pub(super) fn lend(&mut self, frame: FrameNo) -> Option<Box<[u8; FRAME]>> {
        self.place(frame).map(Frame::take)
    }

    /// Takes back what [`Self::lend`] gave.
    pub(super) fn give_back(&mut self, frame: FrameNo, bytes: Box<[u8; FRAME]>) {
        if let Some(place) = self.place(frame) {
            *place = Frame::Owned(bytes);
        }
    }

    /// Shares all frames with the clones to come, so that a clone costs a count and not a copy.
    pub fn freeze(&mut self) {
        for (number, frame) in (0..).map(FrameNo).zip(&mut self.frames) {
            if matches!(frame, Frame::Owned(_)) {
                *frame = Frame::Shared(Common::new(frame.take()));
                self.changed.add(number);
            }
        }
    }

    /// Which frames are others since [`Self::forget_changes`]; asked of frozen memory.
    pub fn changes(&self) -> FrameSet {
        self.changed
    }

    /// From now on [`Self::changes`] tells what changes. It goes back with a clone.
    pub fn forget_changes(&mut self) {
        self.changed = FrameSet::default();
    }

    /// Carries out an order of the kernel; other effects are none of memory's business.
    pub fn apply(&mut self, effect: &Effect, programs: &Programs) {
        match *effect {
            Effect::ZeroFrame { frame } => self.zero(frame),
            Effect::CopyFrame { from, to } => self.copy_frame(from, to),
            Effect::FillFrame { frame, image, page } => self.fill(frame, image, page, programs),
            Effect::CopyBytes { from, to, len } => {
                let bytes: Vec<u8> = self.bytes(from, usize::from(len)).to_vec();
                self.write(to, &bytes);
            }
            Effect::Store { to, bytes, len } => {
                self.write(to, bytes.get(..usize::from(len)).unwrap_or(&bytes));
            }
            _ => {}
        }
    }

    fn zero(&mut self, frame: FrameNo) {
        self.changed.add(frame);
        match self.frames.get_mut(index(frame)) {
            Some(Frame::Owned(bytes)) => bytes.fill(0),
            Some(other) => *other = Frame::Zero,
            None => {}
        }
    }

    fn copy_frame(&mut self, from: FrameNo, to: FrameNo) {
        let copy = match self.frames.get(index(from)) {
            None | Some(Frame::Zero) => return self.zero(to),
            Some(Frame::Shared(common)) => Frame::Shared(Arc::clone(common)),
            Some(Frame::Owned(bytes)) => Frame::Owned(bytes.clone()),
        };
        self.changed.add(to);
        if let Some(place) = self.place(to) {
            *place = copy;
        }
    }

    /// Reads a page of a program: bytes where the file has some, zeroes behind.
    fn fill(&mut self, frame: FrameNo, image: ImageId, page: u64, programs: &Programs) {
        self.zero(frame);
        let Some(program) = programs.get(image) else {
            return;
        };
        let start = page * FRAME as u64;
        for segment in &program.image.segments {
            // A segment begins on a page, so a page begins at an offset of the segment.
            let Some(offset) = start
                .checked_sub(segment.vaddr)
                .and_then(|offset| usize::try_from(offset).ok())
            else {
                continue;
            };
            if let Some(bytes) = segment.bytes.get(offset..) {
                let len = bytes.len().min(FRAME);
                self.write(PhysAddr { frame, offset: 0 }, bytes.get(..len).unwrap_or(bytes));
            }
        }
    }
}

#[cfg(test)]
mod tests;
