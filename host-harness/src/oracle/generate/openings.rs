//! Beginnings of programs that chance seldom finds, behind which lie answers that nothing else reaches.

use super::Writer;
use crate::oracle::alphabet::CallId;
use crate::oracle::operand::{BAD, Operand};
use crate::oracle::program::Step;
use crate::oracle::system::{IN, IN_IGN};

impl Writer {
    /// Nearly one program in two begins with one of them.
    pub(super) fn opening(&mut self) -> Vec<Step> {
        match self.dice.below(100) {
            0..8 => self.full_pipe(),
            8..11 => self.untold(),
            11 => self.highest_fd(),
            12..15 => self.unblocked(),
            15 => self.on_its_stack(),
            16..19 => self.interrupted(),
            19..21 => self.advised(),
            21..23 => self.continued(),
            23..27 => self.limited(),
            27..29 => self.refused(),
            29..32 => self.watched(),
            32..37 => self.signalled(),
            37..43 => self.at_terminal(),
            43 => self.stored_nowhere(),
            44 => self.by_descriptor(),
            45 => self.suspended(),
            _ => Vec::new(),
        }
    }

    /// Steps that are given, as far as somebody is there to make them and the system has the calls.
    fn steps(&mut self, given: &[(u32, &str, &[Operand])]) -> Vec<Step> {
        let mut made = Vec::new();
        for (who, name, operands) in given {
            let step = Step {
                who: *who,
                call: CallId::named(name).unwrap_or(CallId::FIRST),
                operands: operands.to_vec(),
            };
            let after = match self.scope.has(step.call) {
                true => self.attempt(&step),
                false => None,
            };
            let Some((_, seen)) = after else {
                break;
            };
            self.adopt(seen);
            made.push(step);
        }
        made
    }

    /// A beginning that chance seldom finds: a pipe that is full, with or without O_NONBLOCK.
    fn full_pipe(&mut self) -> Vec<Step> {
        use Operand::{Fd, Number, Out, Page};
        let at = Page { page: 0, offset: 0 };
        let flags = Number(self.dice.pick(&[0, 0x800]).unwrap_or(0));
        self.steps(&[
            (0, "mmap", &anonymous(at, 65536)),
            (0, "pipe2", &[Out, flags]),
            (0, "write", &[Fd(1), at, Number(65536)]),
        ])
    }

    /// Another: the leader of a process with two threads is in vfork when a signal comes for the process, and the other
    /// thread, which was not told, makes a call that looks anew, or gets a signal for itself that is handled first.
    fn untold(&mut self) -> Vec<Step> {
        use Operand::{Child, Number, Page};
        let signal = Number(self.dice.pick(&[19, 11, 18, 20]).unwrap_or(19));
        let thread = Number(0x1_0f00);
        let none = Number(0);
        let last = self
            .dice
            .pick(&["fork", "vfork", "exec", "clone", "load", "store"])
            .unwrap_or("fork");
        let nowhere = Page { page: 0, offset: 0 };
        let operands: &[Operand] = match last {
            "clone" => &[thread, none, none, none, none],
            "load" => &[nowhere],
            "store" => &[nowhere, Number(1)],
            _ => &[],
        };
        let mut made = match last {
            "load" | "store" => self.steps(&[(0, "rt_sigaction", &action(11, SA_SIGINFO_RESTORER))]),
            _ => Vec::new(),
        };
        made.extend(self.steps(&[
            (0, "fork", &[]),
            (1, "clone", &[thread, none, none, none, none]),
            (1, "vfork", &[]),
            (0, "kill", &[Child(0), signal]),
            (1, last, operands),
        ]));
        made
    }

    /// Another: a call that sleeps is interrupted by a handler, and gives its EINTR after it.
    fn interrupted(&mut self) -> Vec<Step> {
        use Operand::{Child, Fd, Number, Out, Page};
        let (at, none, size) = (Number(IN.cast_signed()), Number(0), Number(8));
        let page = Page { page: 0, offset: 0 };
        let sleeps: &[(&str, &[Operand])] = &[
            ("pause", &[]),
            ("rt_sigsuspend", &[at, size, none]),
            ("rt_sigtimedwait", &[at, none, none, size, Number(1 << 33), none]),
            ("wait4", &[Number(-1), none, none, none]),
            ("waitid", &[none, none, none, Number(4), none]),
            ("read", &[Fd(0), page, Number(1)]),
            ("write", &[Fd(1), page, Number(1)]),
            ("futex", &[page, none, none, none, none, none]),
            ("nanosleep", &[at, none, FAR, none]),
            ("nanosleep", &[at, Number(BAD.cast_signed()), FAR, none]),
            ("clock_nanosleep", &[none, none, at, none, FAR, none]),
            ("clock_nanosleep", &[Number(2), none, at, none, FAR, none]),
            ("read_signals", &[Fd(2), Out, Number(128)]),
            ("poll", &[Out, Number(1), Number(-1), Fd(0), Fd(0), Number(1)]),
        ];
        let Some((call, operands)) = self.dice.pick(sleeps) else {
            return Vec::new();
        };
        let mut made = match call {
            "write" => self.full_pipe(),
            "read_signals" => self.steps(&[
                (0, "pipe", &[Out]),
                (0, "signalfd4", &[Number(-1), at, size, none, Number(1 << 33)]),
            ]),
            _ => self.steps(&[(0, "mmap", &anonymous(page, 4096)), (0, "pipe", &[Out])]),
        };
        made.extend(self.steps(&[
            (0, "rt_sigaction", &action(10, SA_SIGINFO_RESTORER)),
            (0, "fork", &[]),
            // wait4 and waitid have somebody to wait for.
            (1, "fork", &[]),
            (1, call, operands),
            (0, "kill", &[Child(0), Number(10)]),
            (1, "rt_sigreturn", &[]),
        ]));
        made
    }

    /// Another: what a child sees of a page with an advice about fork.
    fn advised(&mut self) -> Vec<Step> {
        use Operand::{Number, Page};
        let whole = Page { page: 0, offset: 0 };
        let at = Page {
            page: self.dice.below(4),
            offset: 0,
        };
        // MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK
        let advice = Number(self.dice.pick(&[10, 11, 18, 18, 19]).unwrap_or(18));
        self.steps(&[
            (0, "mmap", &anonymous(whole, 16384)),
            (0, "store", &[at, Number(1)]),
            (0, "madvise", &[at, Number(4096), advice]),
            (0, "fork", &[]),
            (1, "load", &[at]),
        ])
    }

    /// Another: a child that was stopped goes on, and its parent asks.
    fn continued(&mut self) -> Vec<Step> {
        use Operand::{Child, Number, Out};
        // WCONTINUED, with WNOHANG, with WUNTRACED too
        let options = Number(self.dice.pick(&[8, 9, 11]).unwrap_or(8));
        self.steps(&[
            (0, "fork", &[]),
            (0, "kill", &[Child(0), Number(19)]),
            (0, "kill", &[Child(0), Number(18)]),
            (0, "wait4", &[Number(-1), Out, options, Number(0)]),
        ])
    }

    /// Another: a limit that the next call meets: of a user's tasks, of descriptors, of queued signals.
    fn limited(&mut self) -> Vec<Step> {
        use Operand::{Fd, Number, Out, Task};
        let (at, none, most) = (Number(IN.cast_signed()), Number(0), Number(1024));
        let (user, itself, sent) = (Number(1001), Task(0), Number(34));
        let clone3 = |flags: i64| [Out, Number(88), Number(flags), Number(17), none];
        let (birth, open) = (clone3(0), clone3(0x1000));
        let births: &[(&str, &[Operand])] = &[
            ("fork", &[]),
            ("vfork", &[]),
            ("clone", &[Number(17), none, none, none, none]),
            ("clone3", &birth),
        ];
        let opens: &[(&str, &[Operand])] = &[
            ("pipe", &[Out]),
            ("pipe2", &[Out, none]),
            ("pidfd_open", &[itself, none]),
            ("clone3", &open),
            ("dup", &[Fd(0)]),
            ("pidfd_getfd", &[Fd(0), Fd(0), none]),
        ];
        let sends: &[(&str, &[Operand])] = &[
            ("tkill", &[itself, sent]),
            ("tgkill", &[itself, itself, sent]),
            ("rt_sigqueueinfo", &[itself, sent, at, Number(-1), Number(7)]),
            (
                "rt_tgsigqueueinfo",
                &[itself, itself, sent, at, Number(-1), Number(7)],
            ),
        ];
        let (mut made, calls): (_, &[(&str, &[Operand])]) = match self.dice.below(4) {
            0 => {
                // Becoming a user who has too many tasks goes well, the exec behind it does not.
                let first = self.steps(&[
                    (0, "fork", &[]),
                    (1, "setresuid", &[user, user, user]),
                    (0, "setrlimit", &[Number(6), at, none, most]),
                    (0, "setresuid", &[user, user, user]),
                ]);
                (first, &[("exec", &[])])
            }
            1 => {
                let first = self.steps(&[
                    (0, "setrlimit", &[Number(6), at, none, most]),
                    (0, "setresuid", &[user, user, user]),
                ]);
                (first, births)
            }
            2 => {
                let first = self.steps(&[
                    (0, "pidfd_open", &[itself, none]),
                    (0, "setrlimit", &[Number(7), at, none, most]),
                ]);
                (first, opens)
            }
            _ => {
                let first = self.steps(&[
                    (0, "setrlimit_sigpending", &[Number(11), at, none, none]),
                    (0, "rt_sigprocmask", &[none, at, none, Number(8), Number(1 << 33)]),
                ]);
                (first, sends)
            }
        };
        if let Some((call, operands)) = self.dice.pick(calls) {
            made.extend(self.steps(&[(0, call, operands)]));
        }
        made
    }

    /// Another: a thread sleeps in poll, and another one closes what it watches, puts something else in its place, or
    /// writes.
    fn watched(&mut self) -> Vec<Step> {
        use Operand::{Fd, Number, Out};
        let (none, forever) = (Number(0), Number(-1));
        let events = Number(self.dice.pick(&[1, 1, 4, 5, 0]).unwrap_or(1));
        let mut made = self.steps(&[
            (0, "pipe", &[Out]),
            (0, "pipe", &[Out]),
            (0, "clone", &[Number(0x1_0f00), none, none, none, none]),
            (1, "poll", &[Out, Number(2), forever, Fd(0), Fd(0), events]),
        ]);
        for _ in 0..self.dice.below(3) {
            let (from, to) = (Fd(self.dice.below(4)), Fd(self.dice.below(4)));
            made.extend(match self.dice.percent(50) {
                true => self.steps(&[(0, "close", &[to])]),
                false => self.steps(&[(0, "dup2", &[from, to])]),
            });
        }
        made
    }

    /// Another: who has given up what it had asks for it.
    fn refused(&mut self) -> Vec<Step> {
        use Operand::{Fd, Number, Task};
        let (at, none, user) = (Number(IN.cast_signed()), Number(0), Number(1001));
        match self.dice.below(3) {
            0 => self.steps(&[
                (0, "pidfd_open", &[Task(0), none]),
                (0, "fork", &[]),
                (1, "setresuid", &[user, user, user]),
                (1, "pidfd_getfd", &[Fd(0), Fd(0), none]),
            ]),
            1 => self.steps(&[
                (0, "setrlimit_sigpending", &[Number(11), at, none, none]),
                (0, "setrlimit_sigpending", &[Number(11), at, none, Number(1024)]),
            ]),
            _ => {
                let (soft, hard) = (Number(100_000), Number(200_000));
                self.steps(&[
                    (0, "setrlimit_cpu", &[none, at, soft, hard]),
                    (0, "setrlimit_cpu", &[none, at, soft, Number(-1)]),
                ])
            }
        }
    }

    /// Another: there are groups to tell of, and no place for them.
    fn stored_nowhere(&mut self) -> Vec<Step> {
        use Operand::{Number, Page};
        let page = Page { page: 0, offset: 0 };
        self.steps(&[
            (0, "mmap", &anonymous(page, 4096)),
            (0, "setgroups", &[Number(1), page]),
            (0, "getgroups", &[Number(8), Number(BAD.cast_signed())]),
        ])
    }

    /// Another: a signal that only the mask keeps away is taken by sigsuspend.
    fn suspended(&mut self) -> Vec<Step> {
        use Operand::{Child, Number};
        let (at, none, size) = (Number(IN.cast_signed()), Number(0), Number(8));
        let signal = self.dice.pick(&[10, 15, 18, 20, 34]).unwrap_or(15);
        let set = Number(1 << (signal - 1));
        self.steps(&[
            (0, "fork", &[]),
            (1, "rt_sigprocmask", &[none, at, none, size, set]),
            (0, "kill", &[Child(0), Number(signal)]),
            (1, "rt_sigsuspend", &[at, size, none]),
        ])
    }

    /// Another: a child that lives is waited for by its descriptor.
    fn by_descriptor(&mut self) -> Vec<Step> {
        use Operand::{Child, Fd, Number};
        let none = Number(0);
        self.steps(&[
            (0, "fork", &[]),
            (0, "pidfd_open", &[Child(0), none]),
            (0, "waitid_pidfd", &[Number(3), Fd(0), none, Number(4), none]),
        ])
    }

    /// Another: signals are blocked and can be read, by a thread or a child that polls for them or sleeps in read.
    fn signalled(&mut self) -> Vec<Step> {
        use Operand::{Fd, Number, Out};
        let (at, none, size) = (Number(IN.cast_signed()), Number(0), Number(8));
        let forever = Number(-1);
        let set = Number(1 << 9 | 1 << 11 | 1 << 33);
        let flags = Number(self.dice.pick(&[0, 0, 0x800]).unwrap_or(0));
        let mut made = self.steps(&[
            (0, "rt_sigprocmask", &[none, at, none, size, set]),
            (0, "signalfd4", &[forever, at, size, flags, set]),
        ]);
        let thread = Number(0x1_0f00);
        made.extend(match self.dice.below(3) {
            0 => self.steps(&[(0, "fork", &[])]),
            _ => self.steps(&[(0, "clone", &[thread, none, none, none, none])]),
        });
        made.extend(match self.dice.below(3) {
            0 => self.steps(&[(1, "poll", &[Out, Number(1), forever, Fd(0), Fd(0), Number(1)])]),
            1 => self.steps(&[(1, "read_signals", &[Fd(0), Out, Number(256)])]),
            _ => Vec::new(),
        });
        for _ in 0..self.dice.below(3) {
            let signal = Number(self.dice.pick(&[10, 12, 34]).unwrap_or(10));
            let who = Operand::Task(self.dice.below(2));
            made.extend(match self.dice.below(3) {
                0 => self.steps(&[(0, "kill", &[who, signal])]),
                1 => self.steps(&[(0, "tkill", &[who, signal])]),
                _ => self.steps(&[(0, "rt_sigqueueinfo", &[who, signal, at, forever, Number(9)])]),
            });
        }
        let who = self.dice.below(2);
        made.extend(self.steps(&[(who, "read_signals", &[Fd(0), Out, Number(256)])]));
        made
    }

    /// Another: a session takes the terminal, and has a child in a group of its own, in the foreground or not.
    fn at_terminal(&mut self) -> Vec<Step> {
        use Operand::{Fd, Number, Page, Pgid};
        let (path, none) = (Number(IN.cast_signed()), Number(0));
        let mut made = self.steps(&[
            (0, "fork", &[]),
            (1, "setsid", &[]),
            (1, "open", &[path, Number(2), none]),
        ]);
        let page = Page { page: 0, offset: 0 };
        let wants: &[(&str, i64, &[Operand])] = &[
            ("read", 21, &[Fd(0), page, Number(1)]),
            ("tiocspgrp", 22, &[Fd(0), Number(0x5410), path, Pgid(2)]),
            (
                "tcsets",
                22,
                &[Fd(0), Number(0x5404), path, Number(0x8a3b), Number(1)],
            ),
            ("tcflsh", 22, &[Fd(0), Number(0x540b), Number(2)]),
            ("write", 22, &[Fd(0), page, Number(0)]),
        ];
        let Some((call, signal, operands)) = self.dice.pick(wants) else {
            return made;
        };
        // What the background meets: its default, a handler, one that starts calls anew, SIG_IGN.
        let met = self.dice.pick(&[
            (IN, 0),
            (IN, SA_SIGINFO_RESTORER),
            (IN, SA_SIGINFO_RESTORER),
            (IN, SA_SIGINFO_RESTORER | SA_RESTART),
            (IN_IGN, SA_SIGINFO_RESTORER),
        ]);
        if let Some((at, flags)) = met.filter(|(_, flags)| *flags != 0) {
            let at = Number(at.cast_signed());
            let action = [Number(signal), at, none, Number(8), Number(flags), none];
            made.extend(self.steps(&[(1, "rt_sigaction", &action)]));
        }
        made.extend(self.steps(&[(1, "fork", &[]), (2, "setpgid", &[none, none])]));
        if self.dice.percent(50) {
            made.extend(self.steps(&[(1, "tiocspgrp", &[Fd(0), Number(0x5410), path, Pgid(2)])]));
        }
        if call == "write" || self.dice.percent(30) {
            // TOSTOP.
            let modes = [Fd(0), Number(0x5402), path, Number(0x8b3b), Number(1)];
            let who = self.dice.below(2) + 1;
            made.extend(self.steps(&[(who, "tcsets", &modes)]));
        }
        let who = self.dice.below(3).clamp(1, 2);
        made.extend(self.steps(&[(who, call, operands), (who, "rt_sigreturn", &[])]));
        made
    }

    /// Another: the highest number of a descriptor is taken.
    fn highest_fd(&mut self) -> Vec<Step> {
        use Operand::{Fd, Number, Out};
        let fd = self.dice.below(2);
        self.steps(&[
            (0, "pipe", &[Out]),
            (0, "dup2", &[Fd(fd), Number(1023)]),
            (0, "fcntl", &[Fd(0), Number(0), Number(1023)]),
        ])
    }

    /// Another: a signal waits behind a mask that the task takes away, and then stops it, ends it, or is handled.
    fn unblocked(&mut self) -> Vec<Step> {
        use Operand::{Child, Number};
        let signal = self.dice.pick(&[10, 20]).unwrap_or(10);
        let set = Number(1 << (signal - 1));
        let (at, none, size) = (Operand::Number(IN.cast_signed()), Number(0), Number(8));
        self.steps(&[
            (0, "fork", &[]),
            // In a group of its own, which is no orphan: else the stop would be dropped.
            (1, "setpgid", &[none, none]),
            (1, "rt_sigprocmask", &[Number(0), at, none, size, set]),
            (0, "kill", &[Child(0), Number(signal)]),
            (1, "rt_sigprocmask", &[Number(1), at, none, size, set]),
        ])
    }

    /// Another: a handler on its alternate stack wants another one.
    fn on_its_stack(&mut self) -> Vec<Step> {
        use Operand::{Number, Task};
        let stack: &[Operand] = &[Number(IN.cast_signed()), Number(0), Number(0), Number(0x4_0000)];
        self.steps(&[
            (0, "sigaltstack", stack),
            (0, "rt_sigaction", &action(10, SA_SIGINFO_RESTORER | SA_ONSTACK)),
            (0, "tkill", &[Task(0), Number(10)]),
            (0, "sigaltstack", stack),
        ])
    }
}

/// Seconds that no program sleeps.
const FAR: Operand = Operand::Number(4_000_000_000);
const SA_SIGINFO_RESTORER: i64 = 0x0400_0004;
const SA_ONSTACK: i64 = 0x0800_0000;
const SA_RESTART: i64 = 0x1000_0000;

/// The operands of mmap for private memory of so many bytes at this place.
const fn anonymous(at: Operand, len: i64) -> [Operand; 6] {
    use Operand::Number;
    // PROT_READ | PROT_WRITE; MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS
    [at, Number(len), Number(3), Number(0x32), Number(-1), Number(0)]
}

/// The operands of rt_sigaction for a handler.
const fn action(signal: i64, flags: i64) -> [Operand; 6] {
    use Operand::Number;
    [
        Number(signal),
        Number(IN.cast_signed()),
        Number(0),
        Number(8),
        Number(flags),
        Number(0),
    ]
}
