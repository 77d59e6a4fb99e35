//! A header declares only what the library has, and all of the library compiles.

use crate::c::{SourceFile, compile, render};
use crate::libc::{header, headers};

/// The names of the functions that a header declares: its prototypes start at the margin.
fn declared_functions(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let starts = line.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        let head = line.split_once('(')?.0;
        if !starts || line.starts_with("typedef") || head.ends_with("__attribute__") {
            return None;
        }
        head.rsplit([' ', '*']).next().filter(|name| !name.is_empty())
    })
}

#[test]
fn every_declared_function_exists() {
    let mut text = String::from("#define _GNU_SOURCE\n");
    let mut table = String::new();
    let mut count = 0;
    for name in headers() {
        text += &format!("#include <{name}>\n");
        for function in declared_functions(header(name).unwrap_or_default()) {
            table += &format!("    (void (*)(void)){function},\n");
            count += 1;
        }
    }
    text +=
        &format!("void (*const all[])(void) = {{\n{table}}};\nint main(void) {{ return all[0] == 0; }}\n");
    let source = SourceFile {
        name: "all.c".to_owned(),
        text,
    };
    if let Err(diagnostics) = compile(&source, &crate::c::Options::default()) {
        let rendered: String = diagnostics.iter().map(|d| render(d, false)).collect();
        panic!("{rendered}");
    }
    assert!(count > 250, "only {count} functions found in the headers");
}
