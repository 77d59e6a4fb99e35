//! What things take in the kernel's tables.

use kernel_model::objects::file::{Fdtable, File, FilesStruct, FsStruct};
use kernel_model::objects::mm::{AddressSpace, MmStruct, Vma};
use kernel_model::objects::page_table::Table;
use kernel_model::objects::pid::PidStruct;
use kernel_model::objects::pipe::PipeInode;
use kernel_model::objects::pte::Page;
use kernel_model::objects::signal::{SighandStruct, SignalStruct};
use kernel_model::objects::task::TaskStruct;
use kernel_model::store::arena::Slot;

/// Prints bytes by object, and what a thread, a process and a page come to.
pub fn print() {
    const fn slot<T>() -> usize {
        size_of::<Slot<T>>()
    }
    let (task, pid) = (slot::<TaskStruct>(), slot::<PidStruct>());
    let process = slot::<SignalStruct>() + slot::<SighandStruct>();
    let files = slot::<FilesStruct>() + slot::<FsStruct>();
    let (mm, vma) = (slot::<MmStruct>(), slot::<Vma>());
    println!("\nbytes, the book-keeping of the pool included");
    for (what, bytes) in [
        ("task_struct", task),
        ("struct pid", pid),
        ("signal_struct", slot::<SignalStruct>()),
        ("sighand_struct", slot::<SighandStruct>()),
        ("files_struct, with 32 descriptors", slot::<FilesStruct>()),
        ("32 descriptors more", slot::<Fdtable>()),
        ("fs_struct", slot::<FsStruct>()),
        ("mm_struct", mm),
        ("vm_area_struct", vma),
        ("a page (frame)", slot::<Page>()),
        ("a node of a page table, for 64 pages", slot::<Table>()),
        ("an open file", slot::<File>()),
        ("a pipe", slot::<PipeInode>()),
        ("the pages of a file or shared mapping", slot::<AddressSpace>()),
        ("a thread more", task + pid),
        (
            "a process more, right after fork, with 5 ranges",
            task + pid + process + files + mm + 5 * vma,
        ),
    ] {
        println!("  {what:<56} {bytes:>11}");
    }
}
