//! User memory by the addresses that programs pass, for the calls that this kernel answers itself. The model's own calls go
//! by frames.

use kernel_model::Errno;
use kernel_model::abi::limits::TASK_SIZE;

unsafe extern "C" {
    fn copy_user(to: u64, from: u64, len: u64) -> u64;
    fn copy_user_access();
    fn copy_user_fixup();
}

/// Whether the instruction at this address is the one that touches user memory.
pub fn is_access(rip: u64) -> bool {
    rip == copy_user_access as *const () as u64
}

/// Where it goes on when the address is bad.
pub fn fixup() -> u64 {
    copy_user_fixup as *const () as u64
}

/// Stores bytes in the memory of the task that runs. The page may be shared since a fork: ring 0 respects read-only pages
/// (CR0.WP), so it faults, and the handler has the page copied.
///
/// # Errors
/// EFAULT: some of them cannot be stored.
pub fn copy_to_user(to: u64, bytes: &[u8]) -> Result<(), Errno> {
    let len = bytes.len() as u64;
    let end = to.checked_add(len).ok_or(Errno::EFAULT)?;
    if end > TASK_SIZE {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the range is user space's, in which the kernel keeps nothing; the source is a slice.
    match unsafe { copy_user(to, bytes.as_ptr().addr() as u64, len) } {
        0 => Ok(()),
        _ => Err(Errno::EFAULT),
    }
}
