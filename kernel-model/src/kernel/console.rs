//! What comes from outside: the bytes of standard input, and what is typed at the terminal.

use super::Kernel;
use super::storage::Storage;
use crate::abi::effect::Board;
use crate::abi::ids::FrameNo;
use crate::verbs::{n_tty, pipe};

impl<S: Storage> Kernel<S> {
    /// Whether somebody sleeps in a read of the console's input, or of the terminal.
    #[must_use]
    pub fn console_is_awaited(&self) -> bool {
        let view = self.view();
        let input = self.console_input.and_then(|pipe| view.pipes.get(pipe));
        input.is_some_and(|pipe| !pipe.rd_wait.is_empty()) || !self.sys.tty.read_wait.is_empty()
    }

    /// Whether standard input is not the terminal, but a pipe from the embedder that somebody may read.
    #[must_use]
    pub fn console_is_pipe(&self) -> bool {
        self.console_input.is_some()
    }

    /// Bytes for the console's input: a frame that the embedder fills from its start before it calls
    /// [`Self::console_received`]. None when the input or memory is full, or nobody can read it any more.
    pub fn console_room(&mut self, board: &mut dyn Board) -> Option<FrameNo> {
        let pipe = self.console_input?;
        let mut w = self.world(board);
        w.pipes.get(pipe)?;
        pipe::console_room(&mut w, pipe)
    }

    /// So many bytes of the frame are the next input; readers wake.
    pub fn console_received(&mut self, frame: FrameNo, len: u16, board: &mut dyn Board) {
        if let Some(pipe) = self.console_input {
            pipe::console_received(&mut self.world(board), pipe, frame, len);
        }
    }

    /// Somebody types this at the terminal (`n_tty_receive_buf()`). While ISIG is set, 0x03 (^C) sends SIGINT, 0x1c (^\)
    /// SIGQUIT and 0x1a (^Z) SIGTSTP to the foreground group, and what was typed before is gone; 0x04 (^D) is the end of
    /// the file, 0x7f takes a character back, 0x15 (^U) the line; the rest is input, which readers get line by line.
    ///
    /// Returns how many bytes were taken. Where lines wait that nobody reads, or memory is used up, the others are to
    /// be typed again later.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use kernel_model::abi::effect::NoBoard;
    /// use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
    /// use kernel_model::kernel::{Config, Console, Kernel};
    /// use kernel_model::syscall::decode::fork;
    /// use kernel_model::{Call, Outcome, Pid};
    ///
    /// let console = Some(Console { stdin_tty: true, ..Console::default() });
    /// let config = Config { console, ..Config::default() };
    /// let storage = Boxed::<NoThread>::new(&Capacity::for_tasks(8));
    /// let mut kernel = Kernel::boot(storage, &config, &mut NoBoard).unwrap();
    /// let init = kernel.find(Pid::INIT).unwrap();
    /// // Init leads a session, takes the terminal (TIOCSCTTY), and brings a child to the foreground.
    /// assert_eq!(kernel.syscall(init, Call::Setsid, &mut NoBoard), Outcome::Done(1));
    /// assert_eq!(kernel.syscall_raw(init, 16, [0, 0x540e, 0, 0, 0, 0], &mut NoBoard), Outcome::Done(0));
    /// assert_eq!(kernel.syscall(init, fork(), &mut NoBoard), Outcome::Done(3));
    /// // The keys go to the foreground group: to init, which they do not end, and to the child, which has inherited it.
    /// assert_eq!(kernel.receive_buf(b"\x03", &mut NoBoard), 1);
    /// let child = kernel.find(Pid(3)).unwrap();
    /// assert_eq!(kernel.resume(child, &mut NoBoard), Outcome::Gone);
    /// # }
    /// ```
    pub fn receive_buf(&mut self, bytes: &[u8], board: &mut dyn Board) -> usize {
        n_tty::receive_buf(&mut self.world(board), bytes)
    }

    /// There will be no more input: reads of the console or of the terminal give 0 once what is there has been read.
    pub fn console_closed(&mut self, board: &mut dyn Board) {
        if let Some(pipe) = self.console_input.take() {
            pipe::release_writer(&mut self.world(board), pipe);
        }
        n_tty::keyboard_gone(&mut self.world(board));
    }
}
