//! open of the terminal: there are no other files yet.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::effect::Stream;
use crate::abi::errno::Errno;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::TaskRef;
use crate::abi::limits::PATH_MAX;
use crate::objects::file::FileKind;
use crate::verbs::file::{alloc_fd, alloc_file, fd_install, files_of};
use crate::verbs::tty::{has_tty, tty_open_proc_set_tty};
use crate::verbs::uaccess::copy_from_user;
use crate::world::World;

/// Whatever terminal is the caller's.
const DEV_TTY: &[u8] = b"/dev/tty";
/// The terminal, by the name that the first terminal window has.
const DEV_PTS: &[u8] = b"/dev/pts/0";

const O_CREAT: u32 = 0o100;
const O_EXCL: u32 = 0o200;
const O_DIRECTORY: u32 = 0o200_000;

/// Which file a path names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Current,
    Console,
    Nothing,
}

/// open(2) and openat(2).
///
/// - EFAULT: the path cannot be read. ENAMETOOLONG: it does not end.
/// - EMFILE, ENFILE, ENOMEM: there is no descriptor or description to be had.
/// - ENOENT: there is no such file. ENXIO: the caller has no terminal.
/// - ENOTDIR: O_DIRECTORY. EEXIST: O_CREAT with O_EXCL.
pub(super) fn open(w: &mut World<'_>, task: TaskRef, path: UserPtr, flags: u32) -> Result<Reply> {
    let named = getname(w, task, path)?;
    let fd = alloc_fd(w, task, 0)?;
    match named {
        Named::Nothing => return Err(Errno::ENOENT),
        _ if flags & O_CREAT != 0 && flags & O_EXCL != 0 => return Err(Errno::EEXIST),
        _ if flags & O_DIRECTORY != 0 => return Err(Errno::ENOTDIR),
        Named::Current if !has_tty(w, task) => return Err(Errno::ENXIO),
        Named::Current | Named::Console => {}
    }
    let flags = OpenFlags::from_bits_truncate(flags);
    let kept = OpenFlags::O_WRONLY | OpenFlags::O_RDWR | OpenFlags::O_APPEND | OpenFlags::O_NONBLOCK;
    let kind = FileKind::Tty {
        stream: Stream::Stdout,
    };
    let file = alloc_file(w, kind, flags & kept | OpenFlags::O_LARGEFILE)?;
    let files = files_of(w, task)?;
    fd_install(w, files, fd, file, flags.contains(OpenFlags::O_CLOEXEC));
    if named == Named::Console && !flags.contains(OpenFlags::O_NOCTTY) {
        tty_open_proc_set_tty(w, task, file);
    }
    Ok(fd.into())
}

/// `getname()`: reads the path up to its NUL.
fn getname(w: &mut World<'_>, task: TaskRef, path: UserPtr) -> Result<Named> {
    let (mut current, mut console) = (DEV_TTY.iter(), DEV_PTS.iter());
    let (mut is_current, mut is_console) = (true, true);
    for at in 0..PATH_MAX {
        let mut byte = [0];
        copy_from_user(w, task, UserPtr(path.0.wrapping_add(at)), &mut byte)?;
        let [byte] = byte;
        if byte == 0 {
            return Ok(match () {
                () if is_current && current.len() == 0 => Named::Current,
                () if is_console && console.len() == 0 => Named::Console,
                () => Named::Nothing,
            });
        }
        is_current &= current.next() == Some(&byte);
        is_console &= console.next() == Some(&byte);
    }
    Err(Errno::ENAMETOOLONG)
}
