//! ioctl(2) of terminals, and FIONREAD of pipes.

use super::{Reply, Result};
use crate::abi::call::{Fd, UserPtr};
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::abi::signal::Signal;
use crate::abi::termios::{TERMIOS_BYTES, Termios, Winsize};
use crate::objects::blocked::Blocked;
use crate::objects::file::{FileKind, FileRef};
use crate::verbs::file::fdget;
use crate::verbs::n_tty;
use crate::verbs::tty::{self, Change};
use crate::verbs::uaccess::{copy_from_user, copy_to_user, put_user};
use crate::world::World;

const TCGETS: u32 = 0x5401;
const TCSETS: u32 = 0x5402;
const TCSETSW: u32 = 0x5403;
const TCSETSF: u32 = 0x5404;
const TCSBRK: u32 = 0x5409;
const TCFLSH: u32 = 0x540b;
const TIOCSCTTY: u32 = 0x540e;
const TIOCGPGRP: u32 = 0x540f;
const TIOCSPGRP: u32 = 0x5410;
const TIOCGWINSZ: u32 = 0x5413;
const TIOCSWINSZ: u32 = 0x5414;
const FIONREAD: u32 = 0x541b;
const TIOCNOTTY: u32 = 0x5422;
const TIOCGSID: u32 = 0x5429;

/// ioctl(2). ENOTTY: the descriptor's file has no such request.
pub(super) fn ioctl(w: &mut World<'_>, task: TaskRef, fd: Fd, request: u32, arg: UserPtr) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    match w.filp[file].kind {
        FileKind::Tty { .. } => tty_ioctl(w, task, (fd, file), request, arg),
        FileKind::PipeRead(pipe) | FileKind::PipeWrite(pipe) | FileKind::ConsoleInput { pipe }
            if request == FIONREAD =>
        {
            // A pipe holds 65,536 bytes.
            let bytes = u32::try_from(w.pipes[pipe].bytes()).unwrap_or(u32::MAX);
            put_user(w, task, arg, &bytes.to_le_bytes()).map(Reply::from)
        }
        _ => Err(Errno::ENOTTY),
    }
}

/// `tty_ioctl()`.
fn tty_ioctl(
    w: &mut World<'_>,
    task: TaskRef,
    (fd, file): (Fd, FileRef),
    request: u32,
    arg: UserPtr,
) -> Result<Reply> {
    let restart = Ok(Reply::Block(Blocked::TtyIoctl { fd, request, arg }));
    match request {
        TCGETS => {
            let termios = w.sys.tty.termios.to_bytes();
            copy_to_user(w, task, arg, &termios).map(Reply::from)
        }
        TCSETS | TCSETSW | TCSETSF => match tty::tty_check_change(w, task, Signal::SIGTTOU)? {
            Change::Restart => restart,
            Change::Allowed => set_termios(w, task, request, arg).map(Reply::from),
        },
        // tcdrain: what was written is out. Breaks of the line are not modelled.
        TCSBRK => match tty::tty_check_change(w, task, Signal::SIGTTOU)? {
            Change::Restart => restart,
            Change::Allowed => Ok(Reply::Done(0)),
        },
        TCFLSH => match tty::tty_check_change(w, task, Signal::SIGTTOU)? {
            Change::Restart => restart,
            Change::Allowed => perform_flush(w, arg.0).map(Reply::from),
        },
        TIOCSCTTY => tty::tiocsctty(w, task, file, arg.0 & 0xffff_ffff == 1).map(Reply::from),
        TIOCNOTTY => tty::tiocnotty(w, task).map(Reply::from),
        TIOCGPGRP => {
            let pgrp = tty::tiocgpgrp(w, task)?;
            put_user(w, task, arg, &pgrp.0.to_le_bytes()).map(Reply::from)
        }
        TIOCGSID => {
            let session = tty::tiocgsid(w, task)?;
            put_user(w, task, arg, &session.0.to_le_bytes()).map(Reply::from)
        }
        // tiocspgrp(): of all reasons this is the one that is told as ENOTTY.
        TIOCSPGRP => match tty::tty_check_change(w, task, Signal::SIGTTOU) {
            Err(_) => Err(Errno::ENOTTY),
            Ok(Change::Restart) => restart,
            Ok(Change::Allowed) => {
                let mut number = [0; 4];
                copy_from_user(w, task, arg, &mut number)?;
                tty::tiocspgrp(w, task, i32::from_le_bytes(number)).map(Reply::from)
            }
        },
        TIOCGWINSZ => {
            let size = w.sys.tty.winsize.to_bytes();
            copy_to_user(w, task, arg, &size).map(Reply::from)
        }
        TIOCSWINSZ => {
            let mut size = [0; 8];
            copy_from_user(w, task, arg, &mut size)?;
            tty::tty_do_resize(w, Winsize::from_bytes(size));
            Ok(Reply::Done(0))
        }
        FIONREAD => {
            let bytes = n_tty::inq(w);
            put_user(w, task, arg, &bytes.to_le_bytes()).map(Reply::from)
        }
        _ => Err(Errno::ENOTTY),
    }
}

/// `set_termios()`: output is out at once, so that TCSETSW has nothing to wait for; TCSETSF throws input away.
fn set_termios(w: &mut World<'_>, task: TaskRef, request: u32, arg: UserPtr) -> Result<()> {
    let mut bytes = [0; TERMIOS_BYTES];
    copy_from_user(w, task, arg, &mut bytes)?;
    if request == TCSETSF {
        n_tty::flush(w);
    }
    n_tty::set_termios(w, Termios::from_bytes(&bytes));
    Ok(())
}

/// `__tty_perform_flush()`: TCIFLUSH 0, TCOFLUSH 1, TCIOFLUSH 2.
fn perform_flush(w: &mut World<'_>, queue: u64) -> Result<()> {
    match queue {
        0 | 2 => {
            n_tty::flush(w);
            Ok(())
        }
        1 => Ok(()),
        _ => Err(Errno::EINVAL),
    }
}
