//! The lists of files here and the files of the library are the same; and the library behaves like glibc.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod glibc;
mod headers;

use std::collections::BTreeSet;
use std::path::Path;

use super::{
    PRIVATE_HEADERS, PROGRAMS, PUBLIC_HEADERS, SOURCES, header, headers, program, programs, sources,
};

/// The files below a folder, by their path in it.
fn files_below(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            files_below(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.insert(name);
        }
    }
    Ok(())
}

#[test]
fn every_file_of_the_library_is_embedded() {
    let libc = Path::new(env!("CARGO_MANIFEST_DIR")).join("libc");
    let embedded = [
        ("include", [PUBLIC_HEADERS, PRIVATE_HEADERS].concat()),
        ("src", SOURCES.to_vec()),
        ("bin", PROGRAMS.to_vec()),
    ];
    for (folder, files) in embedded {
        let mut found = BTreeSet::new();
        files_below(&libc.join(folder), "", &mut found).unwrap();
        let listed: BTreeSet<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed, found, "libc.rs and libc/{folder} differ");
    }
}

#[test]
fn files_are_found_by_name() {
    assert!(header("sys/wait.h").is_some_and(|text| text.contains("waitpid")));
    assert!(
        header("bits/file.h").is_some(),
        "the library's own files need their private headers"
    );
    assert!(header("windows.h").is_none());
    assert!(headers().contains(&"stdio.h") && !headers().iter().any(|name| name.starts_with("bits/")));
    assert!(headers().is_sorted() && programs().is_sorted());
    assert!(sources().iter().any(|(name, _)| *name == "exit.c"));
    assert_eq!(program("/bin/echo"), program("/usr/bin/echo"));
    assert!(program("/bin/echo").is_some() && program("echo").is_none() && program("/bin/ls").is_none());
    assert!(programs().iter().all(|path| program(path).is_some()));
}
