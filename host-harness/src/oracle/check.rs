//! Holds a system against the model, step by step.
//!
//! What Linux leaves open is a set of states of the model, never a tolerance in the comparison: a system agrees while
//! at least one state of the set has said all that it said. The rules by which the set grows have names, in [`Open`].

use std::collections::{BTreeMap, HashSet};

use super::alphabet::CallId;
use super::differ::{What, what};
use super::model::Model;
use super::program::{Answer, Made, Observe, Program};
use super::scope::Scope;
use super::system::{Command, Lost, Snapshot, System};
use super::tally::Tally;

/// What Linux leaves open, so that more than one state of the model is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Open {
    /// Which of several tasks that are ready at once runs first.
    OrderOfWaking,
}

impl Open {
    /// Every rule.
    pub const ALL: &'static [Open] = &[Open::OrderOfWaking];

    /// Why Linux may do the one or the other.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Open::OrderOfWaking => {
                "try_to_wake_up() makes a task ready; which ready task runs next is the scheduler's choice, and on \
                 several processors they run at once"
            }
        }
    }
}

/// States of the model that are kept at once. With more, some that are right are forgotten, and a divergence found
/// after that may be none.
pub const MOST_STATES: usize = 4096;
/// Answers of the model that a divergence tells.
const MOST_SAID: usize = 8;

/// How to check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// When all that can be seen is compared.
    pub observe: Observe,
    /// Whether the model's own tables are audited after each step.
    pub audit: bool,
}

/// A step to which a system said what no state of the model says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// In what they disagree.
    pub what: What,
    /// The call of the step.
    pub call: Option<CallId>,
    /// The steps made, the one in question last; its answer is the system's.
    pub steps: Vec<Made>,
    /// What the model could have said to the last step, in any order of waking.
    pub model: Vec<Answer>,
    /// Why, if the system broke down or the model's audit found something.
    pub why: Option<String>,
}

impl Divergence {
    /// Whether two divergences are likely the same fault: in the same thing, at the same call.
    #[must_use]
    pub fn is_like(&self, other: &Divergence) -> bool {
        (&self.what, self.call) == (&other.what, other.call)
    }
}

/// What came of a check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The system agreed at every step; these were made.
    Agrees(Vec<Made>),
    /// It did not.
    Diverges(Box<Divergence>),
}

impl Verdict {
    /// The divergence, if there is one.
    #[must_use]
    pub fn divergence(self) -> Option<Box<Divergence>> {
        match self {
            Verdict::Agrees(_) => None,
            Verdict::Diverges(divergence) => Some(divergence),
        }
    }
}

/// The states of the model that agree with all that a system said.
struct Reference {
    /// The first is the one that programs are resolved against.
    states: Vec<Model>,
    /// Whether these are the states of all orders. Until a system disagrees with the order of waking, which is what
    /// nearly always happens, only that one is computed.
    all: bool,
    made: Vec<Made>,
    /// What the system has: of what the models show, only that is compared.
    scope: Scope,
}

/// The successors that agree, and all that could have been said.
fn follow(states: &[Model], made: &Made, scope: &Scope) -> (Vec<Model>, Vec<Answer>) {
    let (mut agree, mut said, mut keys) = (Vec::new(), Vec::new(), HashSet::new());
    for state in states {
        // A state in which the task cannot be told anything is not the one that the system is in.
        let Ok(next) = state.step_all(made.task, made.command) else {
            continue;
        };
        for (mut model, outcome) in next {
            let answer = answer(&mut model, outcome, made.answer.seen.as_ref(), scope);
            if answer == made.answer && agree.len() < MOST_STATES && keys.insert(model.key()) {
                agree.push(model);
            } else if said.len() < MOST_SAID && !said.contains(&answer) {
                said.push(answer);
            }
        }
    }
    (agree, said)
}

/// What a model says, with as much of a snapshot as the system gave.
fn answer(
    model: &mut Model,
    outcome: super::system::Outcome,
    seen: Option<&Snapshot>,
    scope: &Scope,
) -> Answer {
    Answer {
        outcome,
        // The model is never lost in this.
        returned: model.returned().unwrap_or_default(),
        seen: seen.map(|seen| scope.mask(model.snapshot(!seen.pages_hidden))),
    }
}

impl Reference {
    fn new(scope: Scope) -> Result<Reference, Lost> {
        Ok(Reference {
            states: vec![Model::new()?],
            all: false,
            made: Vec::new(),
            scope,
        })
    }

    fn first(&self) -> Option<&Model> {
        self.states.first()
    }

    /// Takes what the system said to a step; if no state says so, what they say.
    fn accept(&mut self, made: &Made) -> Result<(), Vec<Answer>> {
        if !self.all {
            let agrees = self.states.first_mut().is_some_and(|model| {
                let outcome = model.step(made.task, made.command);
                let seen = made.answer.seen.as_ref();
                outcome.is_ok_and(|outcome| answer(model, outcome, seen, &self.scope) == made.answer)
            });
            if agrees {
                return Ok(());
            }
            self.follow_all()?;
        }
        let (agree, said) = follow(&self.states, made, &self.scope);
        self.states = agree;
        if self.states.is_empty() { Err(said) } else { Ok(()) }
    }

    /// Goes once more from the beginning, in every order.
    fn follow_all(&mut self) -> Result<(), Vec<Answer>> {
        self.all = true;
        self.states = Model::new().into_iter().collect();
        for made in &self.made {
            let (agree, said) = follow(&self.states, made, &self.scope);
            if agree.is_empty() {
                return Err(said);
            }
            self.states = agree;
        }
        Ok(())
    }

    /// Keeps the states that look like this, of all orders. Tells whether there are any.
    fn keep_seen(&mut self, seen: &Snapshot) -> bool {
        if !self.all && self.follow_all().is_err() {
            return false;
        }
        let scope = &self.scope;
        self.states
            .retain(|model| scope.mask(model.snapshot(!seen.pages_hidden)) == *seen);
        !self.states.is_empty()
    }

    /// Whether a state looks like this.
    fn accept_seen(&mut self, seen: &Snapshot) -> Result<(), Vec<Snapshot>> {
        let scope = self.scope.clone();
        let look = |model: &Model| scope.mask(model.snapshot(!seen.pages_hidden));
        if self.first().is_some_and(|model| look(model) == *seen) && !self.all {
            return Ok(());
        }
        if !self.all && self.follow_all().is_err() {
            return Err(Vec::new());
        }
        let all: Vec<Snapshot> = self.states.iter().map(look).collect();
        if all.contains(seen) {
            Ok(())
        } else {
            Err(all.into_iter().take(MOST_SAID).collect())
        }
    }
}

/// A check under way.
struct Check<'s> {
    system: &'s mut dyn System,
    options: Options,
    tally: &'s mut Tally,
    reference: Reference,
    /// The calls that sleep, by tid.
    asleep: BTreeMap<u32, CallId>,
}

impl Check<'_> {
    fn divergence(
        &self,
        made: Option<Made>,
        what: What,
        model: Vec<Answer>,
        why: Option<String>,
    ) -> Box<Divergence> {
        let call = made
            .as_ref()
            .or(self.reference.made.last())
            .and_then(|made| CallId::of(&made.command));
        let steps = self.reference.made.iter().cloned().chain(made).collect();
        Box::new(Divergence {
            what,
            call,
            steps,
            model,
            why,
        })
    }

    fn ask(&mut self, task: u32, command: Command) -> Result<Answer, Lost> {
        let outcome = self.system.step(task, command)?;
        let returned = self.system.returned()?;
        let seen = match self.options.observe {
            Observe::Each => Some(self.system.observe()?),
            Observe::End => None,
        };
        Ok(Answer {
            outcome,
            returned,
            seen,
        })
    }

    fn count(&mut self, made: &Made) {
        let Some(call) = CallId::of(&made.command) else {
            return;
        };
        self.tally.count(call, &made.answer.outcome);
        if made.answer.outcome == super::system::Outcome::Blocked {
            self.asleep.insert(made.task, call);
        }
        for (task, returned) in &made.answer.returned {
            if let Some(call) = self.asleep.remove(task) {
                self.tally.count_value(call, returned.value);
            }
        }
    }

    /// The system went on in another order than the one that was followed, which nobody has seen yet, and in it this task
    /// does not wait for a command: the step is left out.
    fn is_elsewhere(&mut self, task: u32) -> bool {
        let Ok(seen) = self.system.observe() else {
            return false;
        };
        let waits = seen.tasks.get(&task).is_some_and(|view| view.state == 'R');
        !waits && self.reference.keep_seen(&seen)
    }

    fn make(&mut self, at: usize, task: u32, command: Command) -> Result<(), Box<Divergence>> {
        let answer = match self.ask(task, command) {
            Ok(answer) => answer,
            Err(_) if self.is_elsewhere(task) => return Ok(()),
            Err(lost) => return Err(self.lost(at, task, command, lost)),
        };
        let made = Made {
            at,
            task,
            command,
            answer,
        };
        self.count(&made);
        if let Err(said) = self.reference.accept(&made) {
            let what = said
                .first()
                .and_then(|said| what(&made.answer, said))
                .unwrap_or(What::Outcome);
            return Err(self.divergence(Some(made), what, said, None));
        }
        self.reference.made.push(made);
        if self.options.audit
            && let Some(Err(violation)) = self.reference.first().map(Model::audit)
        {
            let why = format!("the model's audit: {violation}");
            return Err(self.divergence(None, What::Lost, Vec::new(), Some(why)));
        }
        Ok(())
    }

    fn lost(&self, at: usize, task: u32, command: Command, lost: Lost) -> Box<Divergence> {
        let answer = Answer {
            outcome: super::system::Outcome::Blocked,
            returned: BTreeMap::new(),
            seen: None,
        };
        let made = Made {
            at,
            task,
            command,
            answer,
        };
        let said = follow(&self.reference.states, &made, &self.reference.scope).1;
        self.divergence(Some(made), What::Lost, said, Some(lost.0))
    }

    fn end(&mut self) -> Result<(), Box<Divergence>> {
        if self.options.observe == Observe::Each {
            return Ok(());
        }
        let seen = match self.system.observe() {
            Ok(seen) => seen,
            Err(lost) => return Err(self.divergence(None, What::Lost, Vec::new(), Some(lost.0))),
        };
        let result = self.reference.accept_seen(&seen);
        let Some(mut last) = self.reference.made.pop() else {
            return Ok(());
        };
        last.answer.seen = Some(seen);
        let Err(said) = result else {
            self.reference.made.push(last);
            return Ok(());
        };
        let with = |seen| Answer {
            seen: Some(seen),
            ..last.answer.clone()
        };
        let said: Vec<Answer> = said.into_iter().map(with).collect();
        let what = said
            .first()
            .and_then(|said| what(&last.answer, said))
            .unwrap_or(What::Outcome);
        Err(self.divergence(Some(last), what, said, None))
    }
}

fn finish(mut check: Check<'_>, steps: Result<(), Box<Divergence>>) -> Verdict {
    match steps.and_then(|()| check.end()) {
        Ok(()) => Verdict::Agrees(check.reference.made),
        Err(divergence) => Verdict::Diverges(divergence),
    }
}

fn start<'s>(system: &'s mut dyn System, options: Options, tally: &'s mut Tally) -> Result<Check<'s>, Lost> {
    system.boot()?;
    let scope = system.scope();
    Ok(Check {
        system,
        options,
        tally,
        reference: Reference::new(scope)?,
        asleep: BTreeMap::new(),
    })
}

/// Runs a program on a system and on the model. Steps that nobody can make are left out.
///
/// # Errors
/// [`Lost`]: the system does not boot. That it breaks down later is a divergence.
pub fn check(
    program: &Program,
    system: &mut dyn System,
    options: Options,
    tally: &mut Tally,
) -> Result<Verdict, Lost> {
    let mut check = start(system, options, tally)?;
    let mut steps = Ok(());
    for (at, step) in program.steps.iter().enumerate() {
        let Some(model) = check.reference.first() else {
            break;
        };
        let lacks = !check.reference.scope.has(step.call);
        if lacks || step.call.row().creates && !model.has_room() {
            continue;
        }
        let Some((task, command)) = step.resolve(&model.snapshot(false)) else {
            break;
        };
        if command == Command::Exec && !model.can_exec(task) {
            continue;
        }
        steps = check.make(at, task, command);
        if steps.is_err() {
            break;
        }
    }
    Ok(finish(check, steps))
}

/// The same for commands that are known already: those of a saved program.
///
/// # Errors
/// [`Lost`]: the system does not boot.
pub fn check_made(
    commands: &[(u32, Command)],
    system: &mut dyn System,
    options: Options,
    tally: &mut Tally,
) -> Result<Verdict, Lost> {
    let mut check = start(system, options, tally)?;
    let mut commands = commands.iter().enumerate();
    let steps = commands.try_for_each(|(at, (task, command))| check.make(at, *task, *command));
    Ok(finish(check, steps))
}
