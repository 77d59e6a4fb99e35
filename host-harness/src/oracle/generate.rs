//! Random programs, from a number.

mod openings;

use super::alphabet::{Area, CallId, Row, Verb};
use super::answers::is_rare;
use super::kind::{FD, Kind};
use super::model::Model;
use super::operand::{Operand, waiting};
use super::program::{Program, Step};
use super::scope::Scope;
use super::system::{Descriptor, FileKind, Outcome, RT_SIGRETURN, Snapshot, System};
use super::tally::Reached;
use crate::machine::random::SplitMix64;

/// A source of choices.
#[derive(Clone, Debug)]
pub struct Dice {
    numbers: SplitMix64,
}

impl Dice {
    /// The same seed, the same choices.
    #[must_use]
    pub const fn new(seed: u64) -> Dice {
        Dice {
            numbers: SplitMix64::new(seed),
        }
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: u32) -> u32 {
        let wide = u128::from(self.numbers.draw()) * u128::from(end);
        u32::try_from(wide >> 64).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, times: u32) -> bool {
        self.below(100) < times
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let at = self.below(u32::try_from(from.len()).unwrap_or(0));
        usize::try_from(at).ok().and_then(|at| from.get(at)).copied()
    }
}

/// The temper of a program. Programs that do everything a little do nothing in depth, so each draws its own.
struct Temper {
    weights: Vec<u32>,
    /// Times in a hundred that an operand is one that no program should pass.
    wild: u32,
    /// Pages of the arena that are used at all: few, so that calls meet each other.
    pages: u32,
    /// The same for tasks and descriptors.
    choices: u32,
    /// Steps that are tried for each that is made, in the hope of an answer that chance seldom reaches.
    tries: u32,
}

/// The calls that every program needs.
const LIVING: [&str; 3] = ["fork", "exit_group", "wait4"];
/// What threads need besides, to be there and to have words to wait on.
const THREADING: [&str; 4] = ["clone", "mmap", "store", "exit"];
/// What terminals need: sessions and groups, and what their signals meet.
const TERMINAL: [&str; 7] = [
    "setsid",
    "setpgid",
    "rt_sigaction",
    "rt_sigreturn",
    "kill",
    "read",
    "write",
];

impl Temper {
    fn draw(dice: &mut Dice, scope: &Scope) -> Temper {
        // What a system has no call of, plays no part.
        let has = |area: &Area| CallId::all().any(|call| scope.has(call) && call.row().area == *area);
        let areas: Vec<Area> = Area::ALL.into_iter().filter(has).collect();
        let loved: Vec<Area> = areas.iter().copied().filter(|_| dice.percent(40)).collect();
        // One program in two stays within an area and what it takes to live, so that its calls meet in many ways.
        let only = if dice.percent(50) { dice.pick(&areas) } else { None };
        let weight = |row: &Row, dice: &mut Dice| {
            let needed = LIVING.contains(&row.name)
                || only == Some(Area::Threads) && THREADING.contains(&row.name)
                || only == Some(Area::Terminals) && TERMINAL.contains(&row.name);
            if only.is_some_and(|area| row.area != area) && !needed {
                return 0;
            }
            let mut weight = row.weight * if loved.contains(&row.area) { 4 } else { 1 };
            // One call in six plays no part, so that others meet more often.
            if dice.percent(16) && row.name != "fork" {
                weight = 0;
            }
            weight
        };
        Temper {
            weights: CallId::all()
                .map(|call| {
                    if scope.has(call) {
                        weight(call.row(), dice)
                    } else {
                        0
                    }
                })
                .collect(),
            wild: dice.pick(&[0, 1, 2, 4, 10]).unwrap_or(2),
            pages: dice
                .pick(if only.is_some() {
                    &[1, 1, 2, 3]
                } else {
                    &[1, 2, 4, 16]
                })
                .unwrap_or(4),
            choices: dice.pick(&[2, 4, 8]).unwrap_or(4),
            tries: if dice.percent(12) { 16 } else { 0 },
        }
    }
}

/// A program under way, and the model that has run it so far: what a step will meet is known, so that most steps can
/// be ones that mean something there. The program itself stays in words that mean something anywhere.
struct Writer {
    dice: Dice,
    temper: Temper,
    model: Model,
    /// Where a step is tried before it is made.
    tried: Model,
    seen: Snapshot,
    /// The calls that the system has for which it is written.
    scope: Scope,
}

impl Writer {
    fn call(&mut self) -> CallId {
        let total: u32 = self.temper.weights.iter().sum();
        let mut left = self.dice.below(total.max(1));
        for (call, weight) in CallId::all().zip(&self.temper.weights) {
            if left < *weight {
                return call;
            }
            left -= weight;
        }
        CallId::FIRST
    }

    /// A call for this task: another one than was drawn, mostly, where that would do nothing or end everything.
    fn call_for(&mut self, task: u32) -> CallId {
        let mut call = self.call();
        for _ in 0..8 {
            let Some(instead) = self.objection(task, call) else {
                break;
            };
            if self.dice.percent(12) {
                break;
            }
            call = instead.and_then(CallId::named).unwrap_or_else(|| self.call());
        }
        call
    }

    /// Whether a call is pointless for this task; if so, perhaps what it lacks.
    fn objection(&self, task: u32, call: CallId) -> Option<Option<&'static str>> {
        let row = call.row();
        let view = self.seen.tasks.get(&task)?;
        let has_children = || self.seen.tasks.values().any(|other| other.ppid == view.tgid);
        match row.verb {
            _ if row.name.starts_with("exit") && view.tgid == 1 => Some(None),
            Verb::Syscall(61 | 247) if !has_children() => Some(Some("fork")),
            Verb::Syscall(116 | 125 | 126) if self.model.accessible(task, true).is_empty() => {
                Some(Some("mmap"))
            }
            Verb::Syscall(202) if self.model.accessible(task, false).is_empty() => Some(Some("mmap")),
            Verb::Load if self.model.accessible(task, false).is_empty() => Some(Some("mmap")),
            Verb::Store if self.model.accessible(task, true).is_empty() => Some(Some("mmap")),
            Verb::Syscall(RT_SIGRETURN) if view.handlers.is_empty() => Some(Some("rt_sigaction")),
            _ if row.name == "pidfd_send_signal" && !view.descriptors.values().any(is_task) => {
                Some(Some("pidfd_open"))
            }
            _ if row.name == "read_signals" && !view.descriptors.values().any(is_of_signals) => {
                Some(Some("signalfd4"))
            }
            _ if row.kinds.first() == Some(&FD) && view.descriptors.is_empty() => {
                let terminal = row.area == Area::Terminals && self.scope.has(call);
                Some(Some(if terminal { "open" } else { "pipe" }))
            }
            _ => None,
        }
    }

    fn operand(&mut self, task: u32, kind: &Kind) -> Operand {
        let roll = self.dice.below(100);
        let from = if roll < self.temper.wild {
            kind.wild
        } else if roll < self.temper.wild + 20 {
            kind.rare
        } else {
            kind.usual
        };
        let from = if from.is_empty() { kind.usual } else { from };
        let operand = self.dice.pick(from).unwrap_or(Operand::Number(0));
        self.vary(task, operand)
    }

    /// For a call about the terminal a descriptor of it, mostly, if the task has one.
    fn terminal_of(&mut self, task: u32) -> Option<Operand> {
        let descriptors = &self.seen.tasks.get(&task)?.descriptors;
        let of_terminal = descriptors.values().position(|file| file.kind == FileKind::Tty)?;
        let fd = u32::try_from(of_terminal).ok()?;
        self.dice.percent(85).then_some(Operand::Fd(fd))
    }

    /// Another one of the same kind.
    fn vary(&mut self, task: u32, operand: Operand) -> Operand {
        match operand {
            // A page that is there; one that is not, to touch, kills.
            Operand::Page { .. } => {
                let there = self.model.accessible(task, self.dice.percent(50));
                let page = match self.dice.percent(85).then(|| self.dice.pick(&there)).flatten() {
                    Some(page) => page,
                    None => self.dice.below(self.temper.pages),
                };
                operand.with(page)
            }
            Operand::Number(_) | Operand::Out | Operand::Heap(_) => operand,
            _ => operand.with(self.dice.below(self.temper.choices)),
        }
    }

    /// A byte that can be accessed, mostly.
    fn byte_at(&mut self, task: u32, write: bool, at: &mut Operand) {
        let there = self.model.accessible(task, write);
        if let Some(page) = self.dice.pick(&there)
            && self.dice.percent(95)
        {
            let offset = self.dice.pick(&[0, 8, 4095]).unwrap_or(0);
            *at = Operand::Page { page, offset };
        }
    }

    fn step(&mut self) -> Step {
        let who = self.dice.below(self.temper.choices);
        let task = waiting(&self.seen, who).unwrap_or(1);
        let call = self.call_for(task);
        let mut operands: Vec<Operand> = call
            .row()
            .kinds
            .iter()
            .map(|kind| self.operand(task, kind))
            .collect();
        if let (Verb::Load | Verb::Store, Some(at)) = (call.row().verb, operands.first_mut()) {
            self.byte_at(task, call.row().verb == Verb::Store, at);
        }
        if call.row().area == Area::Terminals
            && call.row().kinds.first() == Some(&FD)
            && let (Some(fd), Some(first)) = (self.terminal_of(task), operands.first_mut())
        {
            *first = fd;
        }
        Step { who, call, operands }
    }

    /// What a step would come to; the model after it is the one that was tried.
    fn attempt(&mut self, step: &Step) -> Option<(Outcome, Snapshot)> {
        let (task, command) = step.resolve(&self.seen)?;
        self.tried.clone_from(&self.model);
        let outcome = self.tried.step(task, command).ok()?;
        Some((outcome, self.tried.snapshot(false)))
    }

    /// The step that was tried is made.
    fn adopt(&mut self, seen: Snapshot) {
        std::mem::swap(&mut self.model, &mut self.tried);
        self.seen = seen;
    }

    /// A step that gets an answer which chance seldom reaches, if one is found.
    fn rare(&mut self) -> Option<Step> {
        for _ in 0..self.temper.tries {
            let step = self.step();
            let (outcome, seen) = self.attempt(&step)?;
            if is_rare(step.call, Reached::of(&outcome)) && somebody_waits(&seen) {
                self.adopt(seen);
                return Some(step);
            }
        }
        None
    }

    /// A step after which somebody still waits for a command, if one is soon found; none if there is nobody even now.
    fn next(&mut self, last: bool) -> Option<Step> {
        if let Some(step) = self.rare() {
            return Some(step);
        }
        let idle = self.seen.tasks.values().filter(|task| task.state == 'R').count();
        let mut tries = 5;
        loop {
            let step = self.step();
            if idle > 2 && command_is_local(&step) {
                let (task, command) = step.resolve(&self.seen)?;
                self.model.step(task, command).ok()?;
                self.seen = self.model.snapshot(false);
                return Some(step);
            }
            let (_, seen) = self.attempt(&step)?;
            tries -= 1;
            if last || tries == 0 || somebody_waits(&seen) {
                self.adopt(seen);
                return Some(step);
            }
        }
    }
}

fn is_task(descriptor: &Descriptor) -> bool {
    descriptor.kind == FileKind::Pidfd
}

fn is_of_signals(descriptor: &Descriptor) -> bool {
    descriptor.kind == FileKind::Signalfd
}

fn somebody_waits(seen: &Snapshot) -> bool {
    seen.tasks.values().any(|task| task.state == 'R')
}

/// Whether a step cannot end or stop all tasks.
fn command_is_local(step: &Step) -> bool {
    !matches!(step.call.row().area, Area::Signals | Area::Life)
}

/// The random program of this number, of so many steps; fewer where nobody is left who could make a step.
#[must_use]
pub fn program(seed: u64, steps: usize) -> Program {
    program_within(seed, steps, &Scope::ALL)
}

/// The same of the calls that a system has; now and then of others, which are then left out when it is checked.
#[must_use]
pub fn program_within(seed: u64, steps: usize, scope: &Scope) -> Program {
    let mut dice = Dice::new(seed);
    let temper = Temper::draw(&mut dice, scope);
    // A model that does not boot writes no programs; whoever checks will be told why.
    let Ok(model) = Model::new() else {
        return Program::default();
    };
    let seen = model.snapshot(false);
    let mut writer = Writer {
        dice,
        temper,
        tried: model.clone(),
        model,
        seen,
        scope: scope.clone(),
    };
    let mut program = Program {
        steps: writer.opening(),
    };
    program.steps.truncate(steps);
    for at in program.steps.len()..steps {
        let Some(step) = writer.next(at + 1 == steps) else {
            break;
        };
        program.steps.push(step);
    }
    program
}

/// The seed of the n-th program of a campaign: neighbouring campaigns have no program in common.
#[must_use]
pub fn seed_of(campaign: u64, number: u64) -> u64 {
    let seed = campaign.wrapping_mul(0xd134_2543_de82_ef95) ^ number.rotate_left(32);
    SplitMix64::new(seed).draw()
}
