//! The states of the model that few tasks can reach in few steps, and every step from one to another.

use std::collections::{HashMap, HashSet};

use super::acts;
use crate::oracle::alphabet::Area;
use crate::oracle::model::Model;
use crate::oracle::operand::waiting;
use crate::oracle::program::{Program, Step};
use crate::oracle::system::{Lost, Snapshot, System};

/// Tasks at most, zombies among them.
pub(super) const MOST_TASKS: usize = 3;

/// Where a state was first met: the state before, and the step from there. The first state has none.
type Origin = Option<(usize, Step)>;

/// A step out of a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Transition {
    from: usize,
    step: Step,
}

/// States and transitions. States are kept as the step by which they were first met, which is the last one of their
/// shortest program.
#[derive(Debug)]
pub(super) struct Graph {
    states: Vec<Origin>,
    /// Every step out of a state, in the order in which it was found.
    pub(super) transitions: Vec<Transition>,
}

/// The tasks that wait for a command, and whether there may be more tasks.
fn world(seen: &Snapshot) -> (u32, bool) {
    let waiting = seen.tasks.values().filter(|task| task.state == 'R').count();
    (
        u32::try_from(waiting).unwrap_or(0),
        seen.tasks.len() >= MOST_TASKS,
    )
}

impl Graph {
    /// All that can be reached in an area's world in so many steps. `progress` is told how many states there are.
    ///
    /// # Errors
    /// [`Lost`]: the model breaks down.
    pub(super) fn explore(area: Area, depth: usize, progress: &dyn Fn(usize)) -> Result<Graph, Lost> {
        let mut graph = Graph {
            states: vec![None],
            transitions: Vec::new(),
        };
        let mut known = HashMap::from([(Model::new()?.key(), 0)]);
        let mut level = vec![0];
        for _ in 0..depth {
            let mut next = Vec::new();
            for from in level {
                let model = graph.reach(from)?;
                for (step, model) in successors(area, &model)? {
                    let fresh = graph.states.len();
                    if *known.entry(model.key()).or_insert(fresh) == fresh {
                        graph.states.push(Some((from, step.clone())));
                        next.push(fresh);
                    }
                    graph.transitions.push(Transition { from, step });
                }
                progress(graph.states.len());
            }
            level = next;
        }
        Ok(graph)
    }

    /// How many states.
    pub(super) fn states(&self) -> usize {
        self.states.len()
    }

    /// The steps to a state.
    fn path(&self, state: usize) -> Vec<Step> {
        let (mut steps, mut at) = (Vec::new(), state);
        while let Some((before, step)) = self.states.get(at).and_then(Option::as_ref) {
            steps.push(step.clone());
            at = *before;
        }
        steps.reverse();
        steps
    }

    /// The model in a state: it goes there anew, since a model takes more room than the way to it.
    fn reach(&self, state: usize) -> Result<Model, Lost> {
        let mut model = Model::new()?;
        for step in self.path(state) {
            take(&mut model, &step)?;
        }
        Ok(model)
    }

    /// The shortest program that makes a transition.
    pub(super) fn program(&self, transition: &Transition) -> Program {
        let mut steps = self.path(transition.from);
        steps.push(transition.step.clone());
        Program { steps }
    }
}

/// Makes a step, if anybody waits for a command.
fn take(model: &mut Model, step: &Step) -> Result<(), Lost> {
    if let Some((task, command)) = step.resolve(&model.snapshot(false)) {
        model.step(task, command)?;
        model.returned()?;
    }
    Ok(())
}

/// Every different step that some task can make, and the state after it.
fn successors(area: Area, model: &Model) -> Result<Vec<(Step, Model)>, Lost> {
    let seen = model.snapshot(false);
    let (tasks, full) = world(&seen);
    let (mut found, mut commands) = (Vec::new(), HashSet::new());
    for who in 0..tasks {
        debug_assert!(waiting(&seen, who).is_some());
        for step in acts::steps(area, who, full) {
            let Some(meaning) = step.resolve(&seen) else {
                continue;
            };
            if commands.insert(meaning) {
                let mut after = model.clone();
                take(&mut after, &step)?;
                found.push((step, after));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_leads_to_the_state_before_its_transition() {
        let graph = Graph::explore(Area::Life, 2, &|_| {}).unwrap();
        assert!(graph.states() > 10, "{} states", graph.states());
        for transition in &graph.transitions {
            let program = graph.program(transition);
            assert!((1..=2).contains(&program.steps.len()));
            assert_eq!(program.steps.last(), Some(&transition.step));
        }
    }
}
