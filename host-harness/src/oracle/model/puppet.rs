//! The program of a puppet, on the model: it waits for a command, makes it, tells what it gave; and its handler does the
//! same.

use std::collections::BTreeSet;

use kernel_model::abi::call::Outcome as Answer;
use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::state::State;
use kernel_model::abi::words::from_bytes;
use kernel_model::syscall::decode::decode;
use kernel_model::verbs::fault::Access;
use kernel_model::{Call, Pid};

use super::{Doing, FRAME_BYTES, IN_AT, Level, Model, OUT_AREAS, OUT_SIZE, PAGE, Puppet, program};
use crate::oracle::inward::{self, Places};
use crate::oracle::out::{self, OutForm};
use crate::oracle::registers::{At, Regs};
use crate::oracle::stacks::stack_top;
use crate::oracle::system::{Command, Handling, Lost, Out, RT_SIGRETURN, Returned};

impl Model {
    pub(super) fn regs(&self, task: TaskRef) -> Regs {
        self.kernel.thread(task).copied().unwrap_or_default()
    }

    fn set_at(&mut self, task: TaskRef, at: At) {
        if let Some(regs) = self.kernel.thread_mut(task) {
            regs.at = at;
        }
    }

    /// What the task does at its level.
    pub(super) fn doing(&mut self, task: TaskRef) -> Option<&mut Option<Doing>> {
        let level = usize::try_from(self.regs(task).level).ok()?;
        Some(&mut self.puppet(task)?.levels.get_mut(level)?.doing)
    }

    /// A command with the task's own areas in place of those that stand for them; what it takes from there is filled in.
    fn translate(&mut self, task: TaskRef, command: Command) -> Command {
        let Command::Syscall { nr, args } = command else {
            return command;
        };
        let Some(&mut Puppet { area, stack, .. }) = self.puppet(task) else {
            return command;
        };
        let area_of_out = OUT_AREAS + area * OUT_SIZE;
        let places = Places {
            area: area_of_out + IN_AT,
            handler: OUT_AREAS,
            restorer: OUT_AREAS + 16,
            stack,
            terminal: from_bytes(b"/dev/pts/0"),
        };
        if let Some(words) = inward::content(nr, &args, &places) {
            self.store(task, places.area, &words);
        }
        if args.into_iter().any(out::is_outward) {
            self.store(task, area_of_out, &out::given(nr, &args, area_of_out));
        }
        let translated = |arg| inward::translated(out::translated(arg, area_of_out), places.area);
        Command::Syscall {
            nr,
            args: args.map(translated),
        }
    }

    fn store(&mut self, task: TaskRef, to: u64, words: &[u64]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        // The areas can always be written, but where memory is used up, and then the call will find that too.
        let _ = self.kernel.copy_to_user(task, to, &bytes, &mut self.bench);
    }

    /// What the kernel has stored beside the value.
    fn stored(&mut self, task: TaskRef, doing: &Doing, value: i64) -> Out {
        let Command::Syscall { nr, args } = doing.command else {
            return Out::None;
        };
        let form = OutForm::of(nr, &args, value).filter(|_| doing.own);
        let (Some(form), Some(&mut Puppet { area, .. })) = (form, self.puppet(task)) else {
            return Out::None;
        };
        let mut bytes = [0; OutForm::BYTES];
        let from = OUT_AREAS + area * OUT_SIZE;
        match self
            .kernel
            .copy_from_user(task, from, &mut bytes, &mut self.bench)
        {
            Ok(()) => form.read(&bytes),
            Err(_) => Out::None,
        }
    }

    fn tell(&mut self, task: TaskRef, returned: Returned) {
        if self.caller == Some(task) && self.answer.is_none() && self.is_callers_level(task) {
            self.answer = Some(returned);
        } else {
            self.returned.insert(self.tid(task), returned);
        }
    }

    /// Whether the command that the caller was told is one of the level that it is at.
    fn is_callers_level(&self, task: TaskRef) -> bool {
        self.regs(task).level == self.caller_level
    }

    /// The task executes the command, and nobody else runs yet.
    pub(super) fn begin(&mut self, tid: u32, command: Command) -> Result<TaskRef, Lost> {
        let task = self
            .kernel
            .find(Pid(tid))
            .ok_or_else(|| Lost(format!("there is no task {tid}")))?;
        let idle = self.state(task) == Some(State::Running)
            && self.regs(task).at == At::Idle
            && self.puppet(task).is_some();
        if !idle {
            return Err(Lost(format!("task {tid} does not wait for a command")));
        }
        self.bench.woken.clear();
        (self.caller, self.answer) = (Some(task), None);
        self.caller_level = self.regs(task).level;
        let translated = self.translate(task, command);
        if let Some(doing) = self.doing(task) {
            *doing = Some(Doing {
                command,
                translated,
                own: true,
            });
        }
        self.set_at(task, At::Make);
        self.go_on(task);
        Ok(task)
    }

    /// The task's own program, until it waits for a command or is in the kernel.
    pub(super) fn go_on(&mut self, task: TaskRef) {
        while self.state(task) == Some(State::Running) && !self.kernel.has_work(task) {
            match self.regs(task).at {
                At::Idle => return,
                At::Make => self.make(task),
                At::Returned => self.conclude(task),
                At::Entry => self.enter_handler(task),
            }
        }
    }

    /// A handler begins: it notes what it was told, and waits for commands.
    fn enter_handler(&mut self, task: TaskRef) {
        let regs = self.regs(task);
        let mut bytes = [0; 28];
        // The kernel has just stored it there.
        let _ = self
            .kernel
            .copy_from_user(task, regs.info, &mut bytes, &mut self.bench);
        let word = |at: usize| {
            let bytes = bytes.iter().skip(at).take(4).rev();
            bytes.fold(0, |sum, byte| sum << 8 | u32::from(*byte))
        };
        let handling = Handling {
            signo: word(0),
            code: word(8).cast_signed(),
            words: [16, 20, 24].map(word),
        };
        let level = regs.level + 1;
        if let Some(regs) = self.kernel.thread_mut(task) {
            (regs.level, regs.at) = (level, At::Idle);
        }
        if let Some(puppet) = self.puppet(task) {
            puppet.levels.truncate(usize::try_from(level).unwrap_or(1));
            puppet.levels.push(Level {
                handling,
                doing: None,
            });
        }
    }

    /// The command has given its value.
    fn conclude(&mut self, task: TaskRef) {
        let value = self.regs(task).value;
        self.set_at(task, At::Idle);
        let Some(doing) = self.doing(task).and_then(Option::take) else {
            return;
        };
        let out = self.stored(task, &doing, value);
        if let Command::Syscall { args, .. } = doing.command
            && args.iter().any(|arg| inward::is_inward(*arg))
            && self.regs(task).level == 0
            && let Some(&mut Puppet { area, .. }) = self.puppet(task)
        {
            // So that states in which nothing else differs are the same. In a handler it stays: the call that was
            // interrupted may take it up when it starts anew.
            self.store(task, OUT_AREAS + area * OUT_SIZE + IN_AT, &[0; inward::WORDS]);
        }
        let value = match doing.command {
            Command::Syscall { nr, .. } => out::told(nr, value),
            _ => value,
        };
        self.tell(task, Returned { value, out });
    }

    /// The command is executed, perhaps once more.
    fn make(&mut self, task: TaskRef) {
        let Some(Doing { translated, .. }) = self.doing(task).and_then(|doing| *doing) else {
            self.set_at(task, At::Idle);
            return;
        };
        let answer = match translated {
            Command::Syscall { nr: RT_SIGRETURN, .. } => self.sigreturn(task),
            Command::Syscall { nr, args } => {
                let answer = match decode(nr, args) {
                    Ok(call) => self.kernel.syscall(task, call, &mut self.bench),
                    Err(_) => self.kernel.syscall_raw(task, nr, args, &mut self.bench),
                };
                self.adopt(task);
                answer
            }
            Command::Load { addr } => self.access(task, addr, None),
            Command::Store { addr, byte } => self.access(task, addr, Some(byte)),
            Command::Exec => self.kernel.exec(task, &program(), &mut self.bench),
        };
        self.after(task, answer, translated == Command::Exec);
    }

    /// The kernel has let the task go, or not.
    pub(super) fn after(&mut self, task: TaskRef, answer: Answer, exec: bool) {
        if answer == Answer::Gone {
            self.puppets.retain(|puppet| puppet.task != task);
            return;
        }
        if exec && answer == Answer::Done(0) {
            self.start(task);
        }
    }

    /// A new program: it is in no handler, and tells that it is there.
    fn start(&mut self, task: TaskRef) {
        let doing = Doing {
            command: Command::Exec,
            translated: Command::Exec,
            own: true,
        };
        let level = Level {
            handling: Handling::default(),
            doing: Some(doing),
        };
        let mut stack = 0;
        if let Some(puppet) = self.puppet(task) {
            puppet.levels = vec![level];
            stack = puppet.stack;
        }
        if self.caller == Some(task) {
            self.caller_level = 0;
        }
        if let Some(regs) = self.kernel.thread_mut(task) {
            *regs = Regs {
                at: At::Returned,
                sp: stack,
                ..Regs::default()
            };
        }
    }

    /// The task leaves its handler; outside of one nothing happens.
    fn sigreturn(&mut self, task: TaskRef) -> Answer {
        let regs = self.regs(task);
        if let Some(doing) = self.doing(task) {
            *doing = None;
        }
        self.tell(
            task,
            Returned {
                value: 0,
                out: Out::None,
            },
        );
        if regs.level == 0 {
            self.set_at(task, At::Idle);
            return Answer::Resumed;
        }
        if let Some(puppet) = self.puppet(task) {
            puppet.levels.truncate(usize::try_from(regs.level).unwrap_or(1));
        }
        let answer = self.kernel.syscall(task, Call::RtSigreturn, &mut self.bench);
        self.wipe(task, regs.sp);
        answer
    }

    /// Nobody looks again at a frame that is left, unless another handler has its own there by now.
    fn wipe(&mut self, task: TaskRef, frame: u64) {
        if self.regs(task).sp <= frame {
            return;
        }
        let Some(mapped) = self.kernel.translate(task, frame, Access::Write) else {
            return;
        };
        let offset = usize::try_from(frame % PAGE).unwrap_or(0);
        if let Some(frame) = self.bench.memory.frame_mut(mapped.frame) {
            let left = frame.iter_mut().skip(offset).take(FRAME_BYTES);
            left.for_each(|byte| *byte = 0);
        }
    }

    /// A child that the call has made becomes a puppet, with the first area that is free. One that shares its parent's
    /// memory, or whose parent is in no handler, begins on a stack of its own.
    pub(super) fn adopt(&mut self, parent: TaskRef) {
        let Some(task) = self.bench.forked.take() else {
            return;
        };
        let used: BTreeSet<u64> = self.puppets.iter().map(|puppet| puppet.area).collect();
        let area = (0..).find(|area| !used.contains(area)).unwrap_or(0);
        let mm = |task: TaskRef| self.kernel.view().tasks.get(task).and_then(|t| t.mm);
        let shares = mm(task) == mm(parent);
        let regs = self.regs(task);
        let keeps = !shares && regs.level > 0;
        let stack = stack_top(self.stacks);
        self.stacks += 1;
        let mut levels = vec![Level::default()];
        if keeps {
            levels = self
                .puppet(parent)
                .map(|puppet| puppet.levels.clone())
                .unwrap_or(levels);
            let inherited = levels.iter_mut().filter_map(|level| level.doing.as_mut());
            inherited.for_each(|doing| doing.own = false);
            if let Some(last) = levels.last_mut() {
                last.doing = None;
            }
        }
        if let Some(regs) = self.kernel.thread_mut(task) {
            regs.at = At::Idle;
            if !keeps {
                (regs.level, regs.sp) = (0, stack);
            }
        }
        self.puppets.push(Puppet {
            task,
            area,
            stack,
            levels,
        });
    }

    /// An access to memory: through the page table, else by a page fault, else its signal is taken.
    fn access(&mut self, task: TaskRef, addr: u64, byte: Option<u8>) -> Answer {
        let access = if byte.is_some() {
            Access::Write
        } else {
            Access::Read
        };
        let mapped = match self.kernel.translate(task, addr, access) {
            Some(mapped) => Ok(mapped),
            None => self.kernel.page_fault(task, addr, access, &mut self.bench),
        };
        let Ok(mapped) = mapped else {
            return self.kernel.resume(task, &mut self.bench);
        };
        let offset = usize::try_from(addr % PAGE).unwrap_or(0);
        let value = match byte {
            Some(byte) => {
                if let Some(place) = self
                    .bench
                    .memory
                    .frame_mut(mapped.frame)
                    .and_then(|frame| frame.get_mut(offset))
                {
                    *place = byte;
                }
                0
            }
            None => self
                .bench
                .memory
                .frame(mapped.frame)
                .get(offset)
                .map_or(0, |byte| i64::from(*byte)),
        };
        if let Some(regs) = self.kernel.thread_mut(task) {
            (regs.at, regs.value) = (At::Returned, value);
        }
        Answer::Done(value)
    }
}
