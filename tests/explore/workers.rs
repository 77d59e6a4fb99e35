//! What is found does not hang on how many processors look for it, on how positions are told apart, nor on whether every
//! step is made.

use std::path::Path;

use host_harness::c::SourceFile;
use host_harness::explore::{Limits, Rules, explore, world};
use host_harness::run::load;

use super::{REDUCED, UNREDUCED};

/// The whole graph: every position by its number, every step in its order.
fn graph(source: &SourceFile, rules: Rules, workers: usize) -> String {
    graph_of(source, rules, workers, 3000)
}

fn graph_of(source: &SourceFile, rules: Rules, workers: usize, states: usize) -> String {
    let loaded = load(source, &[], &world()).unwrap_or_else(|error| panic!("{error:?}\n{}", source.name));
    let limits = Limits {
        states,
        memory: 4 << 30,
        workers,
    };
    let explored = explore(loaded, b"", rules, limits, &|_| {});
    let mut graph = Vec::new();
    explored.write_json(&source.name, &mut graph).unwrap();
    format!("{:?}\n{}", explored.bound(), String::from_utf8_lossy(&graph))
}

fn source(path: &Path) -> SourceFile {
    SourceFile {
        name: path.display().to_string(),
        text: String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned(),
    }
}

/// All programs of the book.
fn for_each_example(mut ask: impl FnMut(&SourceFile)) {
    let mut asked = 0;
    for file in std::fs::read_dir("docs/examples").unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "c") {
            continue;
        }
        ask(&source(&path));
        asked += 1;
    }
    assert!(asked > 10, "there are examples: {asked}");
}

#[test]
fn any_number_of_processors_finds_the_same() {
    for_each_example(|source| {
        for rules in [REDUCED, UNREDUCED] {
            let alone = graph(source, rules, 1);
            for workers in [2, 5] {
                assert!(
                    graph(source, rules, workers) == alone,
                    "{}: {workers} processors, {rules:?}",
                    source.name
                );
            }
        }
    });
}

/// `--exact`: no two states of these programs have the same hash, and nothing that a whole state has is no part of its hash.
#[test]
fn whole_states_and_their_hashes_are_told_apart_alike() {
    for_each_example(|source| {
        for rules in [REDUCED, UNREDUCED] {
            let exact = Rules { exact: true, ..rules };
            assert!(
                graph(source, exact, 1) == graph(source, rules, 1),
                "{}: {rules:?}",
                source.name
            );
        }
    });
}

/// Squares: where two steps can change places, one order shows where the other leads.
#[test]
fn the_machine_does_not_have_to_make_every_step() {
    let compare = |source: &SourceFile, states: usize, workers: usize| {
        for rules in [REDUCED, UNREDUCED] {
            let [squares, every_step] = [false, true].map(|every_step| Rules { every_step, ..rules });
            assert!(
                graph_of(source, squares, workers, states) == graph_of(source, every_step, 1, states),
                "{}: {rules:?}, {workers} processors",
                source.name
            );
        }
    };
    for_each_example(|source| {
        [1, 2]
            .into_iter()
            .for_each(|workers| compare(source, 3000, workers))
    });
    // Of all programs some, and not many of their positions.
    const EACH: usize = 5;
    let folders = std::fs::read_dir("tests/c")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = folders
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut programs: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    programs.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    programs.sort();
    assert!(programs.len() > 300, "all programs: {}", programs.len());
    for path in programs.iter().step_by(EACH) {
        compare(&source(path), 300, 1);
    }
}
