//! wait4 and waitid.

use host_harness::oracle::system::OUT;

use crate::calls::{ECHILD, EFAULT, EINVAL, ESRCH, Reply, int};
use crate::kernel::{Ending, IDLE, Kernel, Parked, Result, Stop};
use crate::mistake::Mistake;

const WNOHANG: u32 = 1;
const WUNTRACED: u32 = 2;
const WEXITED: u32 = 4;
const WCONTINUED: u32 = 8;
const WNOWAIT: u32 = 0x0100_0000;
const WNOTHREAD: u32 = 0x2000_0000;
const WALL: u32 = 0x4000_0000;
const WCLONE: u32 = 0x8000_0000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whom {
    Any,
    Pid(u32),
    Group(u32),
}

/// What a wait was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    pub whom: Whom,
    pub options: u32,
    /// Whether waitid's information is stored, or wait4's status.
    pub info: bool,
    pub at: u64,
    pub usage: u64,
}

/// What a child tells.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A status word of exit or of a deadly signal.
    Ended(i32),
    Stopped(u32),
    Continued,
}

impl Kernel {
    pub fn wait4(&mut self, task: usize, args: &[u64; 6]) -> Result<Reply> {
        let options = int(args[2]).cast_unsigned();
        if options & !(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WALL | WCLONE) != 0 {
            return Err(EINVAL);
        }
        let whom = match int(args[0]) {
            i32::MIN => return Err(ESRCH),
            -1 => Whom::Any,
            0 if self.has(Mistake::ZeroWaitsForAny) => Whom::Any,
            0 => Whom::Group(self.process(task).pgid),
            pid @ 1.. => Whom::Pid(pid.unsigned_abs()),
            group => Whom::Group(group.unsigned_abs()),
        };
        let request = Request {
            whom,
            options: options | WEXITED,
            info: false,
            at: args[1],
            usage: args[3],
        };
        self.wait(task, request)
    }

    pub fn waitid(&mut self, task: usize, args: &[u64; 6]) -> Result<Reply> {
        let (options, id) = (int(args[3]).cast_unsigned(), int(args[1]));
        let known = WNOHANG | WUNTRACED | WEXITED | WCONTINUED | WNOWAIT | WNOTHREAD | WALL | WCLONE;
        let whom = match (int(args[0]), id) {
            (0, _) => Ok(Whom::Any),
            (1, 1..) => Ok(Whom::Pid(id.unsigned_abs())),
            (2, 0) => Ok(Whom::Group(self.process(task).pgid)),
            (2, 1..) => Ok(Whom::Group(id.unsigned_abs())),
            _ => Err(EINVAL),
        };
        let (Ok(whom), true) = (
            whom,
            options & !known == 0 && options & (WUNTRACED | WEXITED | WCONTINUED) != 0,
        ) else {
            self.put_info(task, args[2], [0; 6])?;
            return Err(EINVAL);
        };
        let request = Request {
            whom,
            options,
            info: true,
            at: args[2],
            usage: args[4],
        };
        self.wait(task, request)
    }

    /// One look at the children; sleeps where none has anything to tell.
    pub fn wait(&mut self, task: usize, request: Request) -> Result<Reply> {
        match self.look(task, &request) {
            Ok(None) if request.options & WNOHANG != 0 && !self.has(Mistake::WnohangBlocks) => {
                if request.info {
                    self.put_info(task, request.at, [0; 6])?;
                }
                Ok(Reply::Done(0))
            }
            Ok(None) => {
                // A signal makes waitid start anew, and what it then stores is that there is nothing.
                if request.info && self.signal_pending(task) {
                    self.put_info(task, request.at, [0; 6])?;
                }
                Ok(Reply::Block(Parked::Wait(request)))
            }
            Ok(Some((pid, event))) => self.tell_event(task, &request, pid, event),
            Err(errno) => {
                if request.info {
                    self.put_info(task, request.at, [0; 6])?;
                }
                Err(errno)
            }
        }
    }

    /// Stores a number, whole or not at all. NULL means that nobody wants to know.
    fn put(&mut self, task: usize, at: u64, word: i32) -> Result<()> {
        if at == 0 {
            return Ok(());
        }
        if at != OUT {
            self.piece(task, at, 4, true)?;
            self.piece(task, at.wrapping_add(3), 1, true)?;
        }
        self.copy_to_user(task, at, &word.to_le_bytes())
    }

    /// waitid's answer, field by field: signo, errno, code, pid, uid, status.
    fn put_info(&mut self, task: usize, at: u64, fields: [i32; 6]) -> Result<()> {
        if at == OUT {
            let [signo, errno, code, pid, uid, status] = fields;
            let words = [signo, errno, code, 0, pid, uid, status];
            let bytes: Vec<u8> = words.iter().flat_map(|word: &i32| word.to_le_bytes()).collect();
            return self.copy_to_user(task, at, &bytes);
        }
        for (offset, field) in [0, 4, 8, 16, 20, 24].into_iter().zip(fields) {
            self.put(task, if at == 0 { 0 } else { at.wrapping_add(offset) }, field)?;
        }
        Ok(())
    }

    fn tell_event(&mut self, task: usize, request: &Request, pid: u32, event: Event) -> Result<Reply> {
        let usage = request.usage == 0 || request.usage == OUT;
        if request.info {
            if !usage {
                return Err(EFAULT);
            }
            let (code, status) = match event {
                Event::Ended(word) if word & 0x7f == 0 => (1, word >> 8 & 0xff),
                Event::Ended(word) => (2, word & 0x7f),
                Event::Stopped(signal) => (5, signal.cast_signed()),
                Event::Continued => (6, 18),
            };
            self.put_info(task, request.at, [17, 0, code, pid.cast_signed(), 0, status])?;
        } else {
            let word = match event {
                Event::Ended(word) if self.has(Mistake::StatusNotShifted) && word & 0x7f == 0 => word >> 8,
                Event::Ended(word) if self.has(Mistake::KilledLooksExited) && word & 0x7f != 0 => {
                    (128 + (word & 0x7f)) << 8
                }
                Event::Ended(word) => word,
                Event::Stopped(signal) => signal.cast_signed() << 8 | 0x7f,
                Event::Continued => 0xffff,
            };
            self.put(task, request.at, word)?;
        }
        if !usage {
            return Err(EFAULT);
        }
        Ok(Reply::Done(if request.info { 0 } else { i64::from(pid) }))
    }

    /// The first child with something to tell; none if there may be one later.
    fn look(&mut self, task: usize, request: &Request) -> Result<Option<(u32, Event)>> {
        let children = self.waited(task, request);
        let mut hope = false;
        for child in children {
            if !self.is_eligible(request, child) {
                continue;
            }
            hope |= !self.is_ended(child);
            if let Some(event) = self.event(request, child) {
                return Ok(Some((self.tasks[child].tid, event)));
            }
        }
        if hope || self.has(Mistake::EchildMissing) {
            Ok(None)
        } else {
            Err(ECHILD)
        }
    }

    /// The children that a wait looks at: the caller's own by age, then those of the threads behind it, round.
    fn waited(&self, task: usize, request: &Request) -> Vec<usize> {
        let siblings = request.options & WNOTHREAD == 0 && !self.has(Mistake::SiblingsChildrenNotSeen);
        let mut children = self.tasks[task].children.clone();
        if siblings {
            let threads = &self.process(task).threads;
            let own = threads.iter().position(|thread| *thread == task).unwrap_or(0);
            let others = threads.iter().cycle().skip(own + 1).take(threads.len() - 1);
            children.extend(others.flat_map(|thread| self.tasks[*thread].children.iter()));
        }
        if self.has(Mistake::WaitInOrderOfDeath) {
            let dead = &self.process(task).dead_children;
            let place = |child: &usize| dead.iter().position(|dead| dead == child);
            children.sort_by_key(|child| place(child).unwrap_or(usize::MAX));
        }
        children
    }

    fn is_eligible_pid(&self, whom: Whom, child: usize) -> bool {
        match whom {
            Whom::Any => true,
            Whom::Pid(pid) => self.tasks[child].tid == pid,
            Whom::Group(pgid) => self.process(child).pgid == pgid,
        }
    }

    fn is_eligible(&self, request: &Request, child: usize) -> bool {
        let clone = self.tasks[child].exit_signal != 17;
        self.is_eligible_pid(request.whom, child)
            && (request.options & WALL != 0 || clone == (request.options & WCLONE != 0))
    }

    fn event(&mut self, request: &Request, child: usize) -> Option<Event> {
        let keep = request.options & WNOWAIT != 0 && !self.has(Mistake::WnowaitReaps);
        let options = request.options;
        if self.is_ended(child) {
            if options & WEXITED == 0 {
                return None;
            }
            let word = match self.process(child).ending {
                Ending::Exit { code } => code,
                Ending::No | Ending::Exec { .. } => self.tasks[child].exit_code,
            };
            let lost = self.has(Mistake::BadAddressKeepsZombie) && (1..4096).contains(&request.at);
            if !keep && !lost && !self.has(Mistake::ZombieReapedTwice) {
                self.release(child);
            }
            return Some(Event::Ended(word));
        }
        let (twice, never) = (
            self.has(Mistake::StoppedReportedTwice),
            self.has(Mistake::ContinuedNeverReported),
        );
        let process = self.process_mut(child);
        match process.stop {
            Stop::Stopped {
                signal,
                reported: false,
            } if options & WUNTRACED != 0 => {
                process.stop = Stop::Stopped {
                    signal,
                    reported: !keep && !twice,
                };
                Some(Event::Stopped(signal))
            }
            Stop::Continued if options & WCONTINUED != 0 && !never => {
                if !keep {
                    process.stop = Stop::No;
                }
                Some(Event::Continued)
            }
            _ => None,
        }
    }

    /// Something has happened to a child: those who may wait for it look again.
    pub fn wake_waiters(&mut self, child: usize, parent: usize) {
        if parent == IDLE {
            return;
        }
        for waiter in self.process(parent).waiters.clone() {
            let Some(Parked::Wait(request)) = self.tasks[waiter].parked else {
                continue;
            };
            let not_mine = request.options & WNOTHREAD != 0 && waiter != parent;
            if self.is_eligible_pid(request.whom, child) && !not_mine {
                self.wake_up(waiter);
            }
        }
    }
}
