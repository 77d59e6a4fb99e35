//! Headers of the user's own, in quotes.

use std::fs;
use std::path::Path;

use host_harness::c::{Options, SourceFile, compile, include_files};

fn compiled(main: &Path) -> Result<(), String> {
    let source = SourceFile::new(main.to_string_lossy(), &fs::read(main).unwrap());
    let options = Options {
        include: Some(include_files()),
        ..Options::default()
    };
    match compile(&source, &options) {
        Ok(_) => Ok(()),
        Err(errors) => Err(errors
            .iter()
            .map(|error| format!("{}: {}\n", error.file, error.message))
            .collect()),
    }
}

/// A header is looked for beside the file that includes it, and read as it is; one of the library is found too.
#[test]
fn headers_lie_beside_who_includes_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("program/parts")).unwrap();
    fs::write(
        path("program/main.c"),
        "#include \"parts/a.h\"\n#include \"stdio.h\"\nint main(void) { return A + B + C; }\n",
    )
    .unwrap();
    fs::write(
        path("program/parts/a.h"),
        "#include \"c.h\"\n#include \"../../b.h\"\n#define A 1\n",
    )
    .unwrap();
    fs::write(path("program/parts/c.h"), b"/* caf\xe9 */\n#define C 3\n").unwrap();
    fs::write(path("b.h"), "#define B 2\n").unwrap();
    assert_eq!(compiled(&path("program/main.c")), Ok(()));

    fs::write(path("b.h"), "#define B nobody\n").unwrap();
    let said = compiled(&path("program/main.c")).unwrap_err();
    assert!(said.contains("'nobody'"), "{said}");
    fs::write(path("b.h"), "int B = ;\n").unwrap();
    let said = compiled(&path("program/main.c")).unwrap_err();
    assert!(
        said.starts_with(path("program/parts/../../b.h").to_str().unwrap()),
        "{said}"
    );
}

/// A file that has no end, a folder, and one that is not there are no headers.
#[test]
fn only_files_are_headers() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("main.c");
    for name in ["/dev/zero", ".", "nowhere.h", "main.c"] {
        fs::write(
            &main,
            format!("#include \"{name}\"\nint main(void) {{ return 0; }}\n"),
        )
        .unwrap();
        assert!(compiled(&main).is_err(), "{name}");
    }
}
