//! `ktm explore --graph` and `--diagram`: the files for the programs under `tests/diagrams` are those beside them.
//!
//! `SNAPSHOTS=overwrite cargo test --test graph_export` writes them anew; look at the pictures before committing them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test reports by panicking

#[path = "support/session.rs"]
mod session;

use session::ktm;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

/// A program and how it is asked for a diagram.
const DIAGRAMS: [(&str, &[&str]); 7] = [
    ("fork", &[]),
    ("signal", &["--always", "status 0"]),
    ("threads", &["--can", "BA"]),
    ("deadlock", &[]),
    ("orphans", &["--never", "zombies"]),
    ("orphans_last", &["--can", "main\nchild\ngrandchild"]),
    ("livelock", &[]),
];
/// The programs whose graphs are small enough to be read.
const GRAPHS: [&str; 3] = ["fork", "deadlock", "livelock"];

/// What `ktm explore` says, and its exit status.
fn explore(args: &[&str]) -> (String, String, i32) {
    ktm(["explore"].iter().chain(args))
}

fn beside(name: &str) -> PathBuf {
    Path::new("tests/diagrams").join(name)
}

/// The files that `ktm explore` writes for a program: those of these names, asked for by these options.
fn written<const N: usize>(source: &str, args: &[&str], files: [(&str, &str); N]) -> [String; N] {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let paths = files.map(|(_, name)| folder.join(name).to_str().unwrap().to_owned());
    let mut words = args.to_vec();
    for ((option, _), path) in files.iter().zip(&paths) {
        // Left by an earlier run.
        let _ = std::fs::remove_file(path);
        words.extend([*option, path]);
    }
    let source = beside(&format!("{source}.c"));
    words.push(source.to_str().unwrap());
    let (out, err, _) = explore(&words);
    assert_eq!(err, "", "{files:?}");
    paths.map(|path| {
        assert!(out.contains(&format!("is in {path}\n")), "{out}");
        std::fs::read_to_string(&path).unwrap()
    })
}

fn as_recorded(name: &str, text: &str) {
    let recorded = Data::read_from(&beside(name), Some(DataFormat::Text)).raw();
    let assert = Assert::new().action_env("SNAPSHOTS").normalize_paths(false);
    let compared = assert.try_eq(Some(&name), Data::text(text.to_owned()), recorded);
    compared.unwrap_or_else(|error| panic!("{error}"));
}

/// An element of an XML file with its attributes, and the text in it.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn number(&self, name: &str) -> i32 {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found
            .unwrap_or_else(|| panic!("{self:?} has no {name}"))
            .1
            .parse()
            .unwrap()
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.attributes.iter().any(|(n, v)| n == name && v == value)
    }
}

/// Text with its entities replaced.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        let (name, after) = entity.split_once(';').expect("an entity ends with a semicolon");
        plain.push_str(before);
        plain.push_str(match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            _ => panic!("no such entity: {name}"),
        });
        rest = after;
    }
    plain.push_str(rest);
    assert!(plain.chars().all(|c| c == '\n' || !c.is_control()), "{plain:?}");
    plain
}

fn attributes(mut text: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    while !text.trim().is_empty() {
        let (name, rest) = text.trim_start().split_once("=\"").expect("name=\"value\"");
        let (value, rest) = rest.split_once('"').expect("a value ends with a quote");
        assert!(
            !value.contains('<') && name.chars().all(|c| c.is_alphanumeric() || "-:".contains(c)),
            "{name}"
        );
        assert!(all.iter().all(|(known, _)| known != name), "{name} twice");
        all.push((name.to_owned(), unescaped(value)));
        text = rest;
    }
    all
}

/// The elements of an XML file, which must be well-formed; of XML only what diagrams use.
fn elements(xml: &str) -> Vec<Element> {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let mut rest = xml.strip_prefix(head).expect("an XML declaration");
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    while let Some((text, tag)) = rest.split_once('<') {
        match open.last() {
            Some(at) => all[*at].text.push_str(&unescaped(text)),
            None => assert!(text.trim().is_empty() && all.is_empty(), "text outside: {text}"),
        }
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let at = open.pop().expect("only what is open is closed");
            assert_eq!(all[at].name, name);
            continue;
        }
        let body = tag.strip_suffix('/').unwrap_or(tag);
        let (name, list) = body.split_once(' ').unwrap_or((body, ""));
        if !tag.ends_with('/') {
            open.push(all.len());
        }
        all.push(Element {
            name: name.to_owned(),
            attributes: attributes(list),
            text: String::new(),
        });
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "not closed");
    all
}

/// Left, top, right and bottom of a text.
fn place(text: &Element) -> [i32; 4] {
    let width = 8 * i32::try_from(text.text.chars().count()).unwrap();
    let (x, y) = (text.number("x"), text.number("y"));
    let left = if text.is("text-anchor", "middle") {
        x - width / 2
    } else {
        x
    };
    [left, y - 10, left + width, y + 3]
}

/// Everything is on the page, and no text lies on another or under an edge from line to line.
fn can_be_read(name: &str, svg: &str) {
    let all = elements(svg);
    let page = [all[0].number("width"), all[0].number("height")];
    let texts: Vec<&Element> = all.iter().filter(|element| element.name == "text").collect();
    for (at, text) in texts.iter().enumerate() {
        let [left, top, right, bottom] = place(text);
        let inside = left >= 0 && top >= 0 && right <= page[0] && bottom <= page[1];
        assert!(inside, "{name}: {text:?} is not on the page {page:?}");
        for other in &texts[..at] {
            let [l, t, r, b] = place(other);
            let apart = right <= l || r <= left || bottom <= t || b <= top;
            assert!(apart, "{name}: {text:?} lies on {other:?}");
        }
        for line in all.iter().filter(|element| element.name == "line") {
            let (x, y1, y2) = (line.number("x1"), line.number("y1"), line.number("y2"));
            let upright = x == line.number("x2");
            let crosses = upright && left < x && x < right && top < y1.max(y2) && y1.min(y2) < bottom;
            assert!(!crosses, "{name}: {line:?} goes through {text:?}");
        }
    }
}

#[test]
fn diagrams_are_as_recorded() {
    for (name, args) in DIAGRAMS {
        let source = name.split('_').next().unwrap();
        let file = format!("{name}.svg");
        let [svg] = written(source, args, [("--diagram", &file)]);
        can_be_read(name, &svg);
        as_recorded(&file, &svg);
    }
}

#[test]
fn graphs_are_as_recorded() {
    for name in GRAPHS {
        let files = [format!("{name}.json"), format!("{name}.dot")];
        let [json, dot] = written(name, &[], [("--graph", &files[0]), ("--graph", &files[1])]);
        as_recorded(&files[0], &json);
        as_recorded(&files[1], &dot);
    }
}

/// The numbers of the graph are those that are told, its edges lead from node to node, and what is written on a way
/// is an output.
#[test]
fn the_json_is_the_graph() {
    for name in ["fork", "threads", "orphans"] {
        let [text] = written(name, &[], [("--graph", &format!("{name}_whole.json"))]);
        let graph: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&graph["schema"], &graph["complete"]), (&1.into(), &true.into()));
        let (nodes, edges) = (
            graph["nodes"].as_array().unwrap(),
            graph["edges"].as_array().unwrap(),
        );
        let source = beside(&format!("{name}.c"));
        let (told, _, _) = explore(&["--outputs", source.to_str().unwrap()]);
        let mut outputs: Vec<&str> = told.lines().collect();
        for (at, node) in nodes.iter().enumerate() {
            assert_eq!(node["id"], at);
            let leads_on = edges.iter().any(|edge| edge["from"] == at);
            assert_ne!(leads_on, node["ending"].is_object(), "{name}: {node}");
        }
        // Every node with all that can have been written before it.
        let mut stack = vec![(0u64, wrote(&graph["first"]))];
        let mut seen: HashSet<(u64, String)> = stack.iter().cloned().collect();
        while let Some((at, text)) = stack.pop() {
            if nodes[usize::try_from(at).unwrap()]["ending"].is_object() {
                let output = serde_json::Value::from(text.as_str()).to_string();
                outputs.retain(|known| *known != output);
            }
            for edge in edges.iter().filter(|edge| edge["from"] == at) {
                let there = (edge["to"].as_u64().unwrap(), format!("{text}{}", wrote(edge)));
                if seen.insert(there.clone()) {
                    stack.push(there);
                }
            }
        }
        assert!(outputs.is_empty(), "{name}: no way writes {outputs:?}");
    }
}

fn wrote(edge: &serde_json::Value) -> String {
    let writes = edge["writes"].as_array().unwrap().iter();
    writes.map(|write| write["text"].as_str().unwrap()).collect()
}

#[test]
fn graphviz_draws_the_graph() {
    if std::process::Command::new("dot").arg("-V").output().is_err() {
        eprintln!("skipped: there is no dot: install graphviz");
        return;
    }
    for name in GRAPHS {
        let drawn = std::process::Command::new("dot")
            .arg("-Tsvg")
            .arg(beside(&format!("{name}.dot")))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&drawn.stderr);
        assert!(
            drawn.status.success() && !said.contains("syntax error"),
            "{name}: {said}"
        );
        assert!(drawn.stdout.starts_with(b"<?xml"), "{name}");
    }
}

#[test]
fn other_extensions_are_refused_before_the_search() {
    let (_, err, status) = explore(&["--graph", "states.png", "no-such-file.c"]);
    let said = "ktm: --graph states.png: a graph is written as .json or as .dot\n";
    assert_eq!((err.as_str(), status), (said, 2));
    let (_, err, status) = explore(&["--diagram", "order", "no-such-file.c"]);
    assert_eq!(
        (err.as_str(), status),
        ("ktm: --diagram order: a diagram is written as .svg\n", 2)
    );
}

#[test]
fn what_cannot_be_is_not_drawn() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("impossible.svg");
    let source = beside("fork.c");
    let args = [
        "--can",
        "never",
        "--diagram",
        path.to_str().unwrap(),
        source.to_str().unwrap(),
    ];
    let (out, _, status) = explore(&args);
    assert!(out.contains("there is no schedule to draw"), "{out}");
    assert_eq!((status, path.exists()), (1, false));
}

/// A search that was stopped has a graph too, and says that it is not all of it.
#[test]
fn a_stopped_search_says_so_in_its_graph() {
    let args = ["--states", "8"];
    let files = [("--graph", "stopped.json"), ("--graph", "stopped.dot")];
    let [json, dot] = written("threads", &args, files);
    let graph: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(graph["complete"], false);
    assert!(graph["edges"][0]["does"].is_null());
    assert!(dot.contains("not complete"));
}
