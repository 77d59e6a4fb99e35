//! What the loader tells: the command line and the program file (`hvm_start_info` of the PVH boot protocol).

use crate::memory::virt;

const MAGIC: u32 = 0x336e_c578;
/// The longest command line that is read.
const CMDLINE_MAX: usize = 256;

#[repr(C)]
struct StartInfo {
    magic: u32,
    version: u32,
    flags: u32,
    nr_modules: u32,
    modlist: u64,
    cmdline: u64,
}

#[repr(C)]
struct Module {
    addr: u64,
    size: u64,
    cmdline: u64,
    reserved: u64,
}

/// What was told.
pub struct Told {
    pub cmdline: &'static [u8],
    pub module: Option<&'static [u8]>,
}

/// Reads it; none if that is not a PVH loader.
///
/// # Safety
/// `info` is what the loader left in ebx.
pub unsafe fn read(info: u64) -> Option<Told> {
    // SAFETY: the loader's structures lie in the first GiB, outside of the kernel, and nobody changes them.
    unsafe {
        let info = &*virt(info).cast::<StartInfo>();
        if info.magic != MAGIC {
            return None;
        }
        let cmdline = match info.cmdline {
            0 => &[],
            at => {
                let text = virt(at);
                let len = (0..CMDLINE_MAX).take_while(|at| *text.add(*at) != 0).count();
                core::slice::from_raw_parts(text, len)
            }
        };
        let module = (info.nr_modules > 0).then(|| {
            let module = &*virt(info.modlist).cast::<Module>();
            core::slice::from_raw_parts(virt(module.addr), module.size as usize)
        });
        Some(Told { cmdline, module })
    }
}
