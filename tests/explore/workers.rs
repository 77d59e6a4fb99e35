//! What is found does not hang on how many processors look for it, nor on how positions are told apart.

use host_harness::c::SourceFile;
use host_harness::explore::{Limits, Rules, explore, world};
use host_harness::run::load;

use super::{REDUCED, UNREDUCED};

/// The whole graph: every position by its number, every step in its order.
fn graph(source: &SourceFile, rules: Rules, workers: usize) -> String {
    let loaded = load(source, &[], &world()).unwrap_or_else(|error| panic!("{error:?}\n{}", source.name));
    let limits = Limits {
        states: 3000,
        memory: 4 << 30,
        workers,
    };
    let explored = explore(loaded, b"", rules, limits, &|_| {});
    let mut graph = Vec::new();
    explored.write_json(&source.name, &mut graph).unwrap();
    format!("{:?}\n{}", explored.bound(), String::from_utf8_lossy(&graph))
}

/// All programs of the book.
fn for_each_example(mut ask: impl FnMut(&SourceFile)) {
    let mut asked = 0;
    for file in std::fs::read_dir("docs/examples").unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "c") {
            continue;
        }
        ask(&SourceFile {
            name: path.display().to_string(),
            text: std::fs::read_to_string(&path).unwrap(),
        });
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
