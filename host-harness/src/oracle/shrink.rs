//! The shortest program that still fails: steps are left out while it fails without them, then operands are made
//! simpler, until nothing more can be done.

use super::program::Program;

/// Candidates tried at most.
const MOST_TRIES: u32 = 20_000;

struct Shrink<'f> {
    best: Program,
    fails: &'f mut dyn FnMut(&Program) -> bool,
    tries: u32,
}

impl Shrink<'_> {
    fn try_one(&mut self, candidate: Program) -> bool {
        if self.tries == 0 {
            return false;
        }
        self.tries -= 1;
        let fails = (self.fails)(&candidate);
        if fails {
            self.best = candidate;
        }
        fails
    }

    /// Leaves out runs of steps, long ones first. The end first: what comes after the failure is idle.
    fn drop_steps(&mut self) -> bool {
        let mut shorter = false;
        let mut size = self.best.steps.len();
        while size > 0 {
            let mut end = self.best.steps.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                let mut candidate = self.best.clone();
                candidate.steps.drain(start..end);
                shorter |= self.try_one(candidate);
                end = start.min(self.best.steps.len());
            }
            size /= 2;
        }
        shorter
    }

    /// Replaces the call of a step by a simpler one that takes the first of its operands.
    fn simplify_call(&mut self, at: usize) -> bool {
        let mut candidate = self.best.clone();
        let Some(step) = candidate.steps.get_mut(at) else {
            return false;
        };
        let Some(simpler) = step.call.simpler() else {
            return false;
        };
        step.call = simpler;
        step.operands.truncate(simpler.row().kinds.len());
        self.try_one(candidate)
    }

    /// Makes who and what simpler, one operand at a time.
    fn simplify(&mut self) -> bool {
        let mut simpler = false;
        for at in 0..self.best.steps.len() {
            simpler |= self.simplify_call(at);
            let Some(step) = self.best.steps.get(at).cloned() else {
                break;
            };
            for who in 0..step.who {
                let mut candidate = self.best.clone();
                if let Some(step) = candidate.steps.get_mut(at) {
                    step.who = who;
                }
                if self.try_one(candidate) {
                    simpler = true;
                    break;
                }
            }
            for (place, kind) in step.call.row().kinds.iter().enumerate() {
                let Some(operand) = step.operands.get(place) else {
                    continue;
                };
                for other in kind.simpler(*operand) {
                    let mut candidate = self.best.clone();
                    if let Some(slot) = candidate
                        .steps
                        .get_mut(at)
                        .and_then(|step| step.operands.get_mut(place))
                    {
                        *slot = other;
                    }
                    if self.try_one(candidate) {
                        simpler = true;
                        break;
                    }
                }
            }
        }
        simpler
    }
}

/// The shortest and simplest program found for which `fails` still holds, which it does for the given one.
///
/// The result is a fixpoint: it does not fail without any one of its steps, nor with any one operand simpler.
pub fn shrink(program: &Program, fails: &mut dyn FnMut(&Program) -> bool) -> Program {
    let mut shrink = Shrink {
        best: program.clone(),
        fails,
        tries: MOST_TRIES,
    };
    loop {
        let shorter = shrink.drop_steps();
        let simpler = shrink.simplify();
        if !shorter && !simpler {
            return shrink.best;
        }
    }
}
