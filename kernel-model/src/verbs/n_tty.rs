//! The line discipline: what is typed becomes signals and lines, and lines are read (`drivers/tty/n_tty.c`).
//!
//! Left out: the echo, which is for whoever types; ^S and ^Q; ^W, ^V and ^R; the time of a read without ICANON, which
//! with MIN 0 gives what is there.

use crate::abi::effect::{Effect, TtyReason};
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::{PhysAddr, TaskRef};
use crate::abi::limits::N_TTY_BUF_SIZE;
use crate::abi::signal::Signal;
use crate::abi::termios::{Cc, InputModes, LocalModes, Termios};
use crate::objects::blocked::Transfer;
use crate::objects::pte::Page;
use crate::objects::tty::{Keyboard, Line, LineEnd, Reader};
use crate::world::World;

use super::fault::Access;
use super::pipe::{Progress, copy};
use super::poll::{POLLIN, WaitQueue, wake_pollers};
use super::state::{wake_one, wake_up};
use super::tty::signal_foreground;

/// Bytes that one look at the input takes (`iterate_tty_read()`).
const KERNEL_BUF: u64 = 64;

fn is_canonical(w: &World<'_>) -> bool {
    w.sys.tty.termios.c_lflag.contains(LocalModes::ICANON)
}

/// `n_tty_receive_buf()`: these bytes were typed. Returns how many were taken: fewer than there are where the input is
/// full of lines that nobody reads.
pub fn receive_buf(w: &mut World<'_>, bytes: &[u8]) -> usize {
    let mut taken = 0;
    for byte in bytes {
        if !receive_char(w, *byte) {
            break;
        }
        taken += 1;
    }
    taken
}

/// One byte; tells whether there was room for it.
fn receive_char(w: &mut World<'_>, typed: u8) -> bool {
    let termios = w.sys.tty.termios;
    if let Some(signal) = signal_of(&termios, typed) {
        isig(w, signal);
        return true;
    }
    let byte = match typed {
        b'\r' if termios.c_iflag.contains(InputModes::IGNCR) => return true,
        b'\r' if termios.c_iflag.contains(InputModes::ICRNL) => b'\n',
        b'\n' if termios.c_iflag.contains(InputModes::INLCR) => b'\r',
        byte => byte,
    };
    if !is_canonical(w) {
        let room = !w.sys.tty.input.is_full() && put_tty_queue(w, byte);
        tell_readers(w);
        return room;
    }
    if termios.cc(Cc::Erase) == Some(byte) {
        w.sys.tty.input.erase();
        return true;
    }
    if termios.cc(Cc::Kill) == Some(byte) {
        w.sys.tty.input.kill();
        return true;
    }
    match end_of_line(&termios, byte) {
        LineEnd::None if !w.sys.tty.input.is_full() => put_tty_queue(w, byte),
        // A line that is too long loses what is too much of it; behind whole lines, what is typed waits.
        LineEnd::None => !w.sys.tty.input.has_line(),
        end => handle_newline(w, byte, end),
    }
}

/// What a key sends.
fn signal_of(termios: &Termios, byte: u8) -> Option<Signal> {
    if !termios.c_lflag.contains(LocalModes::ISIG) {
        return None;
    }
    let keys = [
        (Cc::Intr, Signal::SIGINT),
        (Cc::Quit, Signal::SIGQUIT),
        (Cc::Susp, Signal::SIGTSTP),
    ];
    let mut keys = keys.into_iter();
    keys.find(|(cc, _)| termios.cc(*cc) == Some(byte))
        .map(|(_, signal)| signal)
}

fn end_of_line(termios: &Termios, byte: u8) -> LineEnd {
    let is = |cc| termios.cc(cc) == Some(byte);
    let eol2 = is(Cc::Eol2) && termios.c_lflag.contains(LocalModes::IEXTEN);
    match () {
        () if byte == b'\n' || is(Cc::Eol) || eol2 => LineEnd::Character,
        () if is(Cc::Eof) => LineEnd::Eof,
        () => LineEnd::None,
    }
}

/// `isig()`: a signal for the foreground group, and unless NOFLSH says otherwise what was typed before is gone.
fn isig(w: &mut World<'_>, signal: Signal) {
    signal_foreground(w, signal, TtyReason::Key);
    if !w.sys.tty.termios.c_lflag.contains(LocalModes::NOFLSH) {
        flush(w);
    }
}

/// `put_tty_queue()`: a byte more. False where memory is used up.
fn put_tty_queue(w: &mut World<'_>, byte: u8) -> bool {
    let frame = match w.sys.tty.input.frame {
        Some(frame) => frame,
        None => {
            let page = Page {
                refcount: 0,
                holders: 1,
            };
            let Some(frame) = w.page_tables().alloc_page(page) else {
                return false;
            };
            w.sys.tty.input.frame = Some(frame);
            frame
        }
    };
    let offset = w.sys.tty.input.push_byte();
    w.emit(Effect::Store {
        to: PhysAddr { frame, offset },
        bytes: [byte, 0, 0, 0, 0, 0, 0, 0],
        len: 1,
    });
    true
}

/// The end of a line, for which a place is always left: readers wake.
fn handle_newline(w: &mut World<'_>, byte: u8, end: LineEnd) -> bool {
    let room = usize::from(w.sys.tty.input.len()) < N_TTY_BUF_SIZE;
    if !room {
        return false;
    }
    let stored = if end == LineEnd::Eof { 0 } else { byte };
    if !put_tty_queue(w, stored) {
        return false;
    }
    w.sys.tty.input.end_line(end);
    tell_readers(w);
    true
}

/// Who sleeps for input looks again.
fn tell_readers(w: &mut World<'_>) {
    if let Some(Reader { task, .. }) = w.sys.tty.reader {
        wake_up(w, task);
    }
    wake_pollers(w, WaitQueue::Tty, Some(POLLIN));
}

/// A reader has read, or reads no more: the next one that waits for it may.
pub fn read_unlock(w: &mut World<'_>, task: TaskRef) {
    if w.sys.tty.reader.is_some_and(|reader| reader.task == task) {
        w.sys.tty.reader = None;
        let waiting = w.sys.tty.read_wait;
        wake_one(w, waiting);
    }
}

/// Nothing more will be typed: readers find the end of the file.
pub fn keyboard_gone(w: &mut World<'_>) {
    w.sys.tty.keyboard = Keyboard::Gone;
    tell_readers(w);
}

/// `reset_buffer_flags()`: what was typed and not read is gone.
pub fn flush(w: &mut World<'_>) {
    if let Some(frame) = w.sys.tty.input.reset() {
        w.page_tables().drop_holder(frame);
    }
}

/// `input_available_p()`: whether a read finds something, or a poll.
#[must_use]
pub fn input_available(w: &World<'_>, poll: bool) -> bool {
    let tty = &w.sys.tty;
    if is_canonical(w) {
        return tty.input.has_line();
    }
    let least = if poll && tty.termios.cc(Cc::Time).is_none() {
        tty.termios.min().max(1)
    } else {
        1
    };
    tty.input.len() >= u16::from(least)
}

/// `n_tty_ioctl()`, FIONREAD: bytes that reads would give.
#[must_use]
pub fn inq(w: &World<'_>) -> u32 {
    let input = &w.sys.tty.input;
    if is_canonical(w) {
        input.whole_lines()
    } else {
        u32::from(input.len())
    }
}

/// `n_tty_set_termios()`: where ICANON has come or gone, what is there is a line, or is not any more.
pub fn set_termios(w: &mut World<'_>, termios: Termios) {
    let before = w.sys.tty.termios;
    w.sys.tty.termios = termios;
    // pty_set_termios(): characters have eight bits, and are received.
    w.sys.tty.termios.c_cflag = termios.c_cflag & !0o460 | 0o260;
    if (before.c_lflag ^ termios.c_lflag).contains(LocalModes::ICANON) {
        w.sys.tty.input.set_lines(is_canonical(w));
    }
    tell_readers(w);
}

/// `n_tty_read()`: at most a line; without ICANON what is there, as soon as that is MIN bytes. One reads at a time.
///
/// # Errors
/// - EAGAIN: nothing is there, or another one reads, and O_NONBLOCK is set.
/// - EFAULT: the bytes cannot be stored; they are lost.
pub fn n_tty_read(w: &mut World<'_>, task: TaskRef, t: Transfer, nonblock: bool) -> Result<Progress> {
    let (min, waits) = match w.sys.tty.reader {
        Some(reader) if reader.task == task => (reader.min, !nonblock),
        Some(_) if nonblock => return Err(Errno::EAGAIN),
        Some(_) => return Ok(Progress::Wait(t)),
        None if is_canonical(w) => (0, !nonblock),
        None => {
            let min = w.sys.tty.termios.min();
            (min, !nonblock && min > 0)
        }
    };
    let polls = !is_canonical(w) && min == 0 && w.sys.tty.reader.is_none();
    let result = match read_lines(w, task, t, u64::from(min)) {
        Ok(Progress::Wait(t)) if waits => {
            w.sys.tty.reader = Some(Reader { task, min });
            return Ok(Progress::Wait(t));
        }
        Ok(Progress::Wait(t)) if polls || t.done > 0 => Ok(Progress::Done(t.done)),
        Ok(Progress::Wait(_)) => Err(Errno::EAGAIN),
        other => other,
    };
    read_unlock(w, task);
    result
}

/// Reads until it has enough, or must wait for more.
fn read_lines(w: &mut World<'_>, task: TaskRef, mut t: Transfer, min: u64) -> Result<Progress> {
    while t.count > 0 {
        if !input_available(w, false) {
            return Ok(match w.sys.tty.keyboard {
                Keyboard::Gone => Progress::Done(t.done),
                Keyboard::There => Progress::Wait(t),
            });
        }
        if !copy_from_read_buf(w, task, &mut t) {
            return match t.done {
                0 => Err(Errno::EFAULT),
                done => Ok(Progress::Done(done)),
            };
        }
        if t.done >= min {
            break;
        }
    }
    Ok(Progress::Done(t.done))
}

/// What one look finds: the rest of a line, or all that is there. False if it could not be stored.
fn copy_from_read_buf(w: &mut World<'_>, task: TaskRef, t: &mut Transfer) -> bool {
    let lines = is_canonical(w);
    let mut over = false;
    while t.count > 0 && !over && input_available(w, false) {
        let room = u16::try_from(t.count.min(KERNEL_BUF)).unwrap_or(u16::MAX);
        let line = w.sys.tty.input.next(room, lines);
        let stored = store(w, task, t.buf.0, line);
        over = w.sys.tty.input.consume(line);
        t.done += u64::from(stored);
        t.count -= u64::from(stored);
        t.buf.0 = t.buf.0.wrapping_add(u64::from(stored));
        if stored < line.len {
            forget_if_empty(w);
            return false;
        }
    }
    if t.count == 0 && lines && !over {
        w.sys.tty.input.skip_eof();
    }
    forget_if_empty(w);
    true
}

/// Copies a piece of the ring to the reader; tells how many bytes before a fault.
fn store(w: &mut World<'_>, task: TaskRef, to: u64, line: Line) -> u16 {
    let Some(frame) = w.sys.tty.input.frame else {
        return 0;
    };
    let ring = u16::try_from(N_TTY_BUF_SIZE).unwrap_or(u16::MAX);
    let first = line.len.min(ring - line.at);
    let at = |offset| PhysAddr { frame, offset };
    let stored = copy(w, task, to, at(line.at), first, Access::Write);
    if stored < first || first == line.len {
        return stored;
    }
    let rest = to.wrapping_add(u64::from(first));
    stored + copy(w, task, rest, at(0), line.len - first, Access::Write)
}

fn forget_if_empty(w: &mut World<'_>) {
    if w.sys.tty.input.is_empty() {
        flush(w);
    }
}
