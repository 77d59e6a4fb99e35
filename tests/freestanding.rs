//! kernel-model in a program without an operating system's library: no allocator, no std, no libc, no start files.
//! It boots the model in a static, forks, waits and ends with the child's exit code.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; the sizes are for whoever reads its output"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The sources in a folder of their own: building in the repository would leave a lock file there.
fn sources(to: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let from = root.join("tests/freestanding");
    fs::create_dir_all(to.join("src")).unwrap();
    fs::copy(from.join("src/main.rs"), to.join("src/main.rs")).unwrap();
    let manifest = fs::read_to_string(from.join("Cargo.toml")).unwrap();
    let path = root.join("kernel-model");
    let manifest = manifest.replace("../../kernel-model", path.to_str().unwrap());
    fs::write(to.join("Cargo.toml"), manifest).unwrap();
    // The same versions as here, which have been downloaded already.
    let _ = fs::copy(root.join("Cargo.lock"), to.join("Cargo.lock"));
}

fn build() -> PathBuf {
    let here = Path::new(env!("CARGO_TARGET_TMPDIR")).join("freestanding");
    sources(&here);
    let target = here.join("target");
    let cargo = |offline: bool| {
        Command::new(env!("CARGO"))
            .args(["build", "--release", "--target", TRIPLE, "--manifest-path"])
            .arg(here.join("Cargo.toml"))
            .args(offline.then_some("--offline"))
            .env("CARGO_TARGET_DIR", &target)
            .env(
                "RUSTFLAGS",
                "-Clink-arg=-nostdlib -Clink-arg=-nostartfiles -Clink-arg=-static -Crelocation-model=static",
            )
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTC_WORKSPACE_WRAPPER")
            .output()
            .unwrap()
    };
    let mut built = cargo(true);
    if !built.status.success() {
        built = cargo(false);
    }
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    target.join(TRIPLE).join("release/freestanding")
}

/// A little-endian number of an ELF file.
fn word(bytes: &[u8], at: usize, len: usize) -> u64 {
    bytes[at..at + len]
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

struct Elf {
    symbols: Vec<(String, u64)>,
    undefined: Vec<String>,
    interpreter: bool,
    text: u64,
    data: u64,
    bss: u64,
}

fn text_at(bytes: &[u8], at: usize) -> String {
    let end = bytes[at..].iter().position(|byte| *byte == 0).unwrap();
    String::from_utf8_lossy(&bytes[at..at + end]).into_owned()
}

/// What `nm` and `size` would say, without asking the machine to have them.
fn read_elf(path: &Path) -> Elf {
    let bytes = fs::read(path).unwrap();
    assert_eq!(&bytes[..5], b"\x7fELF\x02");
    let at = |at, len| usize::try_from(word(&bytes, at, len)).unwrap();
    let mut elf = Elf {
        symbols: Vec::new(),
        undefined: Vec::new(),
        interpreter: false,
        text: 0,
        data: 0,
        bss: 0,
    };
    let (sections, size, count) = (at(0x28, 8), at(0x3a, 2), at(0x3c, 2));
    for header in (0..count).map(|number| sections + number * size) {
        let (kind, flags, len) = (
            word(&bytes, header + 4, 4),
            word(&bytes, header + 8, 8),
            at(header + 0x20, 8),
        );
        let (write, alloc) = (flags & 1 != 0, flags & 2 != 0);
        match (alloc, write, kind) {
            (true, _, 8) => elf.bss += len as u64,
            (true, true, _) => elf.data += len as u64,
            (true, false, _) => elf.text += len as u64,
            _ => {}
        }
        if kind == 2 {
            let (start, names) = (at(header + 0x18, 8), sections + at(header + 0x28, 4) * size);
            let names = at(names + 0x18, 8);
            for symbol in (start..start + len).step_by(24).skip(1) {
                let name = text_at(&bytes, names + at(symbol, 4));
                if word(&bytes, symbol + 6, 2) == 0 {
                    elf.undefined.push(name.clone());
                }
                elf.symbols.push((name, word(&bytes, symbol + 16, 8)));
            }
        }
    }
    let (programs, size, count) = (at(0x20, 8), at(0x36, 2), at(0x38, 2));
    elf.interpreter = (0..count).any(|number| word(&bytes, programs + number * size, 4) == 3);
    elf
}

#[test]
fn a_kernel_without_an_operating_system() {
    let program = build();
    let run = Command::new(&program).output().unwrap();
    assert_eq!(
        run.status.code(),
        Some(42),
        "the exit code of the modelled child: {run:?}"
    );

    let elf = read_elf(&program);
    println!(
        "freestanding: text {} data {} bss {}",
        elf.text, elf.data, elf.bss
    );
    assert!(elf.undefined.is_empty(), "undefined: {:?}", elf.undefined);
    assert!(!elf.interpreter, "it asks for a dynamic linker");
    assert!(
        elf.symbols.len() > 4,
        "the symbols have been stripped, so nothing is shown"
    );
    // The four of the compiler are the program's own.
    let libc = [
        "malloc",
        "calloc",
        "realloc",
        "free",
        "printf",
        "abort",
        "__libc_start_main",
        "pthread_create",
        "_Unwind_Resume",
    ];
    for (name, _) in &elf.symbols {
        let foreign = [
            "__rust_alloc",
            "__rdl_alloc",
            "__rg_alloc",
            "_ZN3std",
            "_ZN5alloc",
            "_3std",
            "_5alloc",
        ];
        assert!(
            !foreign.iter().any(|word| name.contains(word)),
            "{name} is of std or an allocator"
        );
        assert!(!libc.iter().any(|word| name == word), "{name} is of libc");
    }
    let (_, kernel) = elf
        .symbols
        .iter()
        .find(|(name, _)| name.contains("KERNEL"))
        .expect("the static kernel");
    assert!(
        elf.bss >= *kernel,
        "the kernel of {kernel} bytes is not in .bss ({})",
        elf.bss
    );
    assert!(
        elf.data < 4096,
        "{} bytes of data: a free slot is not all zeroes",
        elf.data
    );
}
