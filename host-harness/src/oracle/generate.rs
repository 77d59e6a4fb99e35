//! Random programs, from a number.

use super::alphabet::{Area, CallId, ROWS, Row, Verb};
use super::kind::Kind;
use super::operand::Operand;
use super::program::{Program, Step};

/// A source of choices (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The same seed, the same choices.
    #[must_use]
    pub const fn new(seed: u64) -> Dice {
        Dice { state: seed }
    }

    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.state;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: u32) -> u32 {
        let wide = u128::from(self.draw()) * u128::from(end);
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
}

impl Temper {
    fn draw(dice: &mut Dice) -> Temper {
        let loved: Vec<Area> = Area::ALL.into_iter().filter(|_| dice.percent(40)).collect();
        let weight = |row: &Row, dice: &mut Dice| {
            let mut weight = row.weight * if loved.contains(&row.area) { 4 } else { 1 };
            // One call in six plays no part, so that others meet more often.
            if dice.percent(16) && row.name != "fork" {
                weight = 0;
            }
            weight
        };
        Temper {
            weights: ROWS.iter().map(|row| weight(row, dice)).collect(),
            wild: dice.pick(&[0, 1, 2, 4, 10]).unwrap_or(2),
            pages: dice.pick(&[1, 2, 4, 16]).unwrap_or(4),
            choices: dice.pick(&[2, 4, 8]).unwrap_or(4),
        }
    }
}

/// A program under way.
struct Writer {
    dice: Dice,
    temper: Temper,
    /// Pages that some step has mapped: most loads and stores go there, since elsewhere they kill.
    mapped: Vec<u32>,
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

    fn operand(&mut self, kind: &Kind) -> Operand {
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
        self.vary(operand)
    }

    /// Another one of the same kind.
    fn vary(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Page { .. } => {
                let page = match self
                    .dice
                    .percent(80)
                    .then(|| self.dice.pick(&self.mapped))
                    .flatten()
                {
                    Some(page) => page,
                    None => self.dice.below(self.temper.pages),
                };
                operand.with(page)
            }
            Operand::Number(_) | Operand::Out | Operand::Heap(_) => operand,
            _ => operand.with(self.dice.below(self.temper.choices)),
        }
    }

    fn step(&mut self) -> Step {
        let mut call = self.call();
        // What nobody has mapped yet kills who touches it.
        let touches = matches!(call.row().verb, Verb::Load | Verb::Store);
        if touches && self.mapped.is_empty() && self.dice.percent(90) {
            call = CallId::named("mmap").unwrap_or(call);
        }
        let mut operands: Vec<Operand> = call.row().kinds.iter().map(|kind| self.operand(kind)).collect();
        if touches && self.dice.percent(90) {
            let page = self.dice.pick(&self.mapped).unwrap_or(0);
            if let Some(at @ Operand::Page { .. }) = operands.first_mut() {
                *at = at.with(page);
            }
        }
        self.note(call, &operands);
        // Ends are for those that others wait for: init's would end everything.
        let spare = matches!(call.row().name, "exit" | "exit_group") && self.dice.percent(80);
        let who = u32::from(spare) + self.dice.below(self.temper.choices);
        Step { who, call, operands }
    }

    fn note(&mut self, call: CallId, operands: &[Operand]) {
        if call.row().name != "mmap" {
            return;
        }
        if let [Operand::Page { page, offset: 0 }, Operand::Number(length), ..] = *operands {
            let pages = u32::try_from(length / 4096).unwrap_or(0).min(4);
            self.mapped.extend(page..page + pages);
        }
    }
}

/// The random program of this number, of so many steps.
#[must_use]
pub fn program(seed: u64, steps: usize) -> Program {
    let mut dice = Dice::new(seed);
    let temper = Temper::draw(&mut dice);
    let mut writer = Writer {
        dice,
        temper,
        mapped: Vec::new(),
    };
    Program {
        steps: (0..steps).map(|_| writer.step()).collect(),
    }
}

/// The seed of the n-th program of a campaign: neighbouring campaigns have no program in common.
#[must_use]
pub fn seed_of(campaign: u64, number: u64) -> u64 {
    let mut dice = Dice::new(campaign.wrapping_mul(0xd134_2543_de82_ef95) ^ number.rotate_left(32));
    dice.draw()
}
