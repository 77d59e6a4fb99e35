//! Descriptors: open, copied, closed.

use crate::abi::errno::{Errno, Result};
use crate::abi::flags::OpenFlags;
use crate::abi::ids::{Handle, TaskRef, kind};
use crate::abi::rlimit::Resource;
use crate::objects::blocked::Blocked;
use crate::objects::file::{File, FileKind, FileRef, NR_OPEN};
use crate::world::World;

use super::pipe;

/// Names a descriptor table.
pub type FilesRef = Handle<kind::Files>;

/// The descriptor table of a task.
///
/// # Errors
/// EBADF: a kernel thread or an ended task has none.
pub fn files_of(w: &World<'_>, task: TaskRef) -> Result<FilesRef> {
    w.tasks[task].files.ok_or(Errno::EBADF)
}

/// `fdget()`: what a descriptor names.
///
/// # Errors
/// EBADF: it names nothing.
pub fn fdget(w: &World<'_>, task: TaskRef, fd: i32) -> Result<FileRef> {
    let fd = u32::try_from(fd).map_err(|_| Errno::EBADF)?;
    w.files[files_of(w, task)?]
        .get(w.fdtables.view(), fd)
        .ok_or(Errno::EBADF)
}

/// `get_file()`: one more user of a description.
pub fn get_file(w: &mut World<'_>, file: FileRef) {
    w.filp[file].count += 1;
}

/// `fput()`: one user less; the last one closes what lies behind.
#[inline]
pub fn fput(w: &mut World<'_>, file: FileRef) {
    let object = &mut w.filp[file];
    object.count -= 1;
    if object.count == 0 {
        let kind = object.kind;
        w.filp.free(file);
        __fput(w, kind);
    }
}

/// `fdput()`: a parked call is given up, and lets go the description that it held, if it is a read or a write.
pub fn fdput(w: &mut World<'_>, reason: &Blocked) {
    if let Some(transfer) = reason.transfer() {
        fput(w, transfer.file);
    }
}

fn __fput(w: &mut World<'_>, kind: FileKind) {
    match kind {
        FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe } => pipe::release_reader(w, pipe),
        FileKind::PipeWrite(pipe) => pipe::release_writer(w, pipe),
        FileKind::Console { .. } | FileKind::Tty { .. } | FileKind::Pidfd(_) | FileKind::Signalfd(_) => {}
    }
}

/// RLIMIT_NOFILE: descriptors from here on cannot be had.
#[must_use]
pub fn nofile(w: &World<'_>, task: TaskRef) -> u32 {
    let limit = w.signal(task).rlim.get(Resource::Nofile).cur;
    u32::try_from(limit).unwrap_or(NR_OPEN).min(NR_OPEN)
}

/// `alloc_fd()`: the lowest free descriptor from `from` on.
///
/// # Errors
/// - EMFILE: none is left below RLIMIT_NOFILE.
/// - ENOMEM: the descriptor table cannot grow.
pub fn alloc_fd(w: &World<'_>, task: TaskRef, from: u32) -> Result<u32> {
    let files = &w.files[files_of(w, task)?];
    let fd = files
        .lowest_free(w.fdtables.view(), from, nofile(w, task))
        .ok_or(Errno::EMFILE)?;
    if files.can_set(&w.fdtables, fd) {
        Ok(fd)
    } else {
        Err(Errno::ENOMEM)
    }
}

/// `fd_install()`: lets a descriptor name a description, which has been counted for it. What the descriptor named
/// before is closed.
pub fn fd_install(w: &mut World<'_>, files: FilesRef, fd: u32, file: FileRef, close_on_exec: bool) {
    let old = w.files[files].set(&mut w.fdtables, fd, file, close_on_exec);
    if let Some(old) = old {
        fput(w, old);
    }
}

/// dup and F_DUPFD: another descriptor, the lowest free one from `from` on, for the same description.
///
/// # Errors
/// EBADF, EMFILE, ENOMEM as for [`fdget`] and [`alloc_fd`].
pub fn dup_from(w: &mut World<'_>, task: TaskRef, fd: i32, from: u32, close_on_exec: bool) -> Result<u32> {
    let file = fdget(w, task, fd)?;
    let new = alloc_fd(w, task, from)?;
    get_file(w, file);
    let files = files_of(w, task)?;
    fd_install(w, files, new, file, close_on_exec);
    Ok(new)
}

/// `ksys_dup3()` for two different descriptors: the second is closed and names what the first does.
///
/// # Errors
/// - EBADF: the first names nothing; the second is not below RLIMIT_NOFILE.
/// - ENOMEM: the descriptor table cannot grow.
pub fn dup_to(w: &mut World<'_>, task: TaskRef, fd: i32, newfd: i32, close_on_exec: bool) -> Result<u32> {
    let new = u32::try_from(newfd)
        .ok()
        .filter(|new| *new < nofile(w, task))
        .ok_or(Errno::EBADF)?;
    let file = fdget(w, task, fd)?;
    let files = files_of(w, task)?;
    if !w.files[files].can_set(&w.fdtables, new) {
        return Err(Errno::ENOMEM);
    }
    get_file(w, file);
    fd_install(w, files, new, file, close_on_exec);
    Ok(new)
}

/// close(2).
///
/// # Errors
/// EBADF: it names nothing.
pub fn close_fd(w: &mut World<'_>, task: TaskRef, fd: i32) -> Result<()> {
    let fd = u32::try_from(fd).map_err(|_| Errno::EBADF)?;
    let files = files_of(w, task)?;
    let file = w.files[files].clear(&mut w.fdtables, fd).ok_or(Errno::EBADF)?;
    fput(w, file);
    Ok(())
}

/// Whether [`dup_files`] will find all it needs.
///
/// # Errors
/// ENOMEM: too few descriptor tables are left.
pub fn can_dup_files(w: &World<'_>, files: FilesRef) -> Result<()> {
    let enough = w.files.available() >= 1 && w.fdtables.available() >= w.files[files].pieces();
    if enough { Ok(()) } else { Err(Errno::ENOMEM) }
}

/// `dup_fd()`: the descriptor table of a child of fork. The caller has asked [`can_dup_files`].
///
/// # Errors
/// ENOMEM, as for [`can_dup_files`].
pub fn dup_files(w: &mut World<'_>, files: FilesRef) -> Result<FilesRef> {
    let copy = w.files.alloc_from(files, |copy, files| {
        copy.copy_from(files, &mut w.fdtables, &mut w.filp);
    });
    copy.ok_or(Errno::ENOMEM)
}

/// `put_files_struct()`: a task no longer uses the table; the last one closes everything.
#[inline]
pub fn put_files(w: &mut World<'_>, files: FilesRef) {
    let object = &mut w.files[files];
    object.count -= 1;
    if object.count == 0 {
        close_files(w, files);
    }
}

fn close_files(w: &mut World<'_>, files: FilesRef) {
    while let Some(file) = w.files[files].take(&mut w.fdtables) {
        fput(w, file);
    }
    w.files.free(files);
}

/// `do_close_on_exec()`.
pub fn close_on_exec(w: &mut World<'_>, files: FilesRef) {
    let mut from = 0;
    while let Some(fd) = w.files[files].next_open(w.fdtables.view(), from) {
        from = fd + 1;
        if !w.files[files].close_on_exec(w.fdtables.view(), fd) {
            continue;
        }
        if let Some(file) = w.files[files].clear(&mut w.fdtables, fd) {
            fput(w, file);
        }
    }
}

/// A new description, not yet named by any descriptor.
///
/// # Errors
/// ENFILE: too many files are open in the system.
pub fn alloc_file(w: &mut World<'_>, kind: FileKind, flags: OpenFlags) -> Result<FileRef> {
    w.filp
        .alloc(File {
            count: 1,
            kind,
            flags,
        })
        .ok_or(Errno::ENFILE)
}
