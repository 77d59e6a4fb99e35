//! The shape of the code, as a test: a module uses only floors below its own, files stay short, nothing panics on
//! input, a task's state is written in one place, and every invariant by number is checked somewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of kernel-model, lowest first.
const KERNEL: [&[&str]; 7] = [
    &["abi"],
    &["store"],
    &["objects"],
    &["world"],
    &["verbs"],
    &["syscall"],
    &["kernel"],
];

/// The floors of host-harness, lowest first. Modules of one floor do not know each other.
const HARNESS: [&[&str]; 13] = [
    &["isa"],
    &["libc", "liveness"],
    &["c"],
    &["machine"],
    &["report"],
    &["oracle"],
    &["run"],
    &["native"],
    &["explore"],
    &["diff"],
    &["cover"],
    &["conform"],
    &["cli"],
];

/// Files that may be longer than 600 lines, with the reason.
const LONG: [(&str, &str); 0] = [];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, by its path from the root of the repository.
fn files(below: &str) -> Vec<(String, String)> {
    let (mut found, mut open) = (Vec::new(), vec![root().join(below)]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing below {below}");
    found
}

/// The text of a file without its comments and without its tests, which may use anything.
fn code(name: &str, text: &str) -> String {
    if name.ends_with("/tests.rs") || name.contains("/tests/") {
        return String::new();
    }
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let lines = before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The modules at the top of the crate that a text names: `crate::x`, and `crate::{x, y::z}`.
fn names_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let ident = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(ident(rest));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    found.insert(ident(&list[at..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let text = "use crate::abi::x; fn f() -> crate::store::Y { }\nuse crate::{objects::{a, b}, world};\nmycrate::not;";
    let names: Vec<_> = names_after(text, "crate::").into_iter().collect();
    assert_eq!(names, ["abi", "objects", "store", "world"]);
}

fn floor_of(floors: &[&[&str]], module: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.contains(&module))
}

/// A file at the top (lib.rs, main.rs) may use everything.
fn check_floors(folder: &str, floors: &[&[&str]]) {
    let mut wrong = Vec::new();
    for (name, text) in files(folder) {
        let inside = Path::new(&name).strip_prefix(folder).unwrap();
        let module = inside.iter().next().unwrap().to_string_lossy().into_owned();
        let module = module.trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some(floor) = floor_of(floors, module) else {
            wrong.push(format!(
                "{name}: the module `{module}` has no floor; give it one in tests/floors.rs"
            ));
            continue;
        };
        let code = code(&name, &text);
        let mut used = names_after(&code, "crate::");
        // From a file at the top of a floor, `super` is the crate; from deeper down it takes two to leave the floor.
        let depth = inside.iter().count() - usize::from(name.ends_with("/mod.rs"));
        used.extend(
            names_after(&code, &"super::".repeat(depth))
                .into_iter()
                .filter(|_| depth > 0),
        );
        for other in used {
            match floor_of(floors, &other) {
                Some(below) if below < floor || other == module => {}
                Some(_) => wrong.push(format!(
                    "{name}: `{module}` uses `{other}`, which is not below it"
                )),
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_import_of_the_kernel_points_up_a_floor() {
    check_floors("kernel-model/src", &KERNEL);
}

#[test]
fn no_import_of_the_harness_points_up_a_floor() {
    check_floors("host-harness/src", &HARNESS);
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for (name, text) in files("kernel-model/src")
        .into_iter()
        .chain(files("host-harness/src"))
    {
        let lines = text.lines().count();
        if lines > 600 && !LONG.iter().any(|(listed, _)| *listed == name) {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn nothing_panics_on_input() {
    let mut found = Vec::new();
    for (name, text) in files("kernel-model/src")
        .into_iter()
        .chain(files("host-harness/src"))
    {
        for (number, line) in code(&name, &text).lines().enumerate() {
            let allowed = name.ends_with("store/arena.rs") && line.contains("kernel-model: stale handle");
            let panics = [
                ".unwrap()",
                ".expect(\"",
                "panic!",
                "todo!",
                "unimplemented!",
                "unreachable!",
            ];
            // The harness may say that something cannot be; the kernel says it in types.
            let panics = if name.starts_with("kernel-model") {
                &panics[..]
            } else {
                &panics[..5]
            };
            if panics.iter().any(|word| line.contains(word)) && !allowed {
                found.push(format!("{name}, about line {number}: {}", line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_state_is_written_in_one_place() {
    for (name, text) in files("kernel-model/src") {
        let calls = code(&name, &text).matches(".store_state(").count();
        let expected = usize::from(name.ends_with("verbs/state.rs"));
        assert_eq!(
            calls, expected,
            "{name} calls store_state; only set_state() in verbs/state.rs may"
        );
    }
}

#[test]
fn the_kernel_neither_allocates_nor_is_unsafe() {
    let lib = fs::read_to_string(root().join("kernel-model/src/lib.rs")).unwrap();
    assert!(lib.contains("#![no_std]") && lib.contains("#![forbid(unsafe_code)]"));
    for (name, text) in files("kernel-model/src") {
        let code = code(&name, &text);
        let hidden = code.split("[cfg(feature = \"alloc\")]").next().unwrap();
        assert!(
            !hidden.contains("alloc::boxed") && !hidden.contains("alloc::vec"),
            "{name} allocates"
        );
        assert!(!code.contains("static mut"), "{name} has a static");
    }
}

#[test]
fn unsafe_code_is_in_one_folder_and_says_why() {
    let home = "host-harness/src/oracle/linux/";
    let (mut outside, mut without_reason) = (Vec::new(), Vec::new());
    for (name, text) in files("kernel-model/src").into_iter().chain(files("host-harness")) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let opens = ["unsafe {", "unsafe impl", "unsafe fn", "unsafe trait"];
            let is_code = !line.trim_start().starts_with("//") && !line.contains("opens = [");
            if !is_code || !opens.iter().any(|word| line.contains(word)) {
                continue;
            }
            if !name.starts_with(home) {
                outside.push(format!("{name}:{}", at + 1));
            }
            let above = lines[..at]
                .iter()
                .rev()
                .take_while(|line| line.trim_start().starts_with("//"));
            if !above.into_iter().any(|line| line.contains("SAFETY: ")) {
                without_reason.push(format!("{name}:{}", at + 1));
            }
        }
    }
    assert!(outside.is_empty(), "unsafe outside {home}: {outside:?}");
    assert!(
        without_reason.is_empty(),
        "unsafe without a reason: {without_reason:?}"
    );
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let texts = files("host-harness/src").into_iter();
    let allowed: usize = texts
        .map(|(_, text)| bare(&text).matches("allow(unsafe_code").count())
        .sum();
    assert_eq!(allowed, 1, "the lint is lifted for one module");
}

/// The numbers of the invariants in `docs/invariants.md`: lines of the form `| 12 | ... | ... |`.
fn rows() -> Vec<(u32, String)> {
    let text = fs::read_to_string(root().join("docs/invariants.md")).unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let number = cells.next()?.trim().parse().ok()?;
        Some((number, line.to_owned()))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn every_invariant_is_checked_where_the_book_says() {
    let audit: String = files("kernel-model/src/kernel")
        .into_iter()
        .filter(|(name, _)| name.contains("audit"))
        .map(|(_, text)| text)
        .collect();
    let checked = |number: u32| {
        let bare: String = audit.split_whitespace().collect();
        bare.contains(&format!("rule:{number},")) || bare.contains(&format!(",{number},\""))
    };
    let tests: String = files("tests").into_iter().map(|(_, text)| text).collect();
    let rows = rows();
    assert!(rows.len() >= 32, "the shared list alone has 32");
    for (at, (number, line)) in rows.iter().enumerate() {
        assert_eq!(*number as usize, at + 1, "the numbers have a gap");
        let mut said = 0;
        if line.contains("`audit`") {
            assert!(
                checked(*number),
                "{number} is said to be in the audit, and is not"
            );
            said += 1;
        }
        // Named tests: `file.rs: name`.
        for named in line.split('`').filter(|part| part.contains(".rs: ")) {
            let (_, name) = named.split_once(": ").unwrap();
            let there = ['(', '<']
                .iter()
                .any(|after| tests.contains(&format!("fn {name}{after}")));
            assert!(there, "{number} names the test {name}, which is not there");
            said += 1;
        }
        assert!(
            said > 0 || line.contains("not yet"),
            "{number} is checked nowhere: {line}"
        );
    }
}
