//! Mistakes that a board can make, to show what finds them: `./run PROGRAM MISTAKE`. docs/porting.md has the table.

use kernel_model::abi::effect::Effect;
use kernel_model::verbs::fault::Mapped;

/// An order that is not carried out as it was given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// Frames are handed out as they are.
    ZeroFrame,
    /// The copy stays what the frame was before.
    CopyFrame,
    /// Every page can be written.
    Writable,
    /// Every page can be executed.
    Executable,
    /// What was mapped stays mapped.
    FlushTlb,
    /// Page tables are kept for ever.
    DropMm,
    /// What a system call stores does not arrive.
    Store,
    /// The timer is not told to the model.
    Tick,
}

impl Mistake {
    /// By its name on the command line.
    pub fn named(name: &[u8]) -> Option<Mistake> {
        Some(match name {
            b"ZeroFrame" => Mistake::ZeroFrame,
            b"CopyFrame" => Mistake::CopyFrame,
            b"MapPage-writable" => Mistake::Writable,
            b"MapPage-executable" => Mistake::Executable,
            b"FlushTlb" => Mistake::FlushTlb,
            b"DropMm" => Mistake::DropMm,
            b"Store" => Mistake::Store,
            b"tick" => Mistake::Tick,
            _ => return None,
        })
    }

    /// Whether an order is forgotten.
    pub fn forgets(self, effect: &Effect) -> bool {
        matches!(
            (self, effect),
            (Mistake::ZeroFrame, Effect::ZeroFrame { .. })
                | (Mistake::CopyFrame, Effect::CopyFrame { .. })
                | (Mistake::FlushTlb, Effect::FlushTlb { .. })
                | (Mistake::DropMm, Effect::DropMm { .. })
                | (Mistake::Store, Effect::Store { .. })
        )
    }

    /// What is made of a page that is to be mapped.
    pub fn spoil(self, mapped: Mapped) -> Mapped {
        Mapped {
            writable: mapped.writable || self == Mistake::Writable,
            executable: mapped.executable || self == Mistake::Executable,
            ..mapped
        }
    }
}
