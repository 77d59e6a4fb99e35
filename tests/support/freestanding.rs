//! The programs of `tests/freestanding`, built and read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// A way to build one.
#[derive(Default)]
pub struct Build<'a> {
    /// The features of the program.
    pub features: &'a [&'a str],
    /// `opt-level`; that of its manifest if it is none.
    pub opt_level: Option<&'a str>,
    /// Further flags for the compiler; those that are not stable may be among them.
    pub flags: &'a str,
}

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

/// The program, built in the folder of this name.
pub fn build(folder: &str, how: &Build<'_>) -> PathBuf {
    let here = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    sources(&here);
    let target = here.join("target");
    let link = "-Clink-arg=-nostdlib -Clink-arg=-nostartfiles -Clink-arg=-static -Crelocation-model=static";
    let cargo = |offline: bool| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "--release", "--target", TRIPLE, "--manifest-path"])
            .arg(here.join("Cargo.toml"))
            .args(["--features", &how.features.join(",")])
            .args(offline.then_some("--offline"))
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", format!("{link} {}", how.flags))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTC_WORKSPACE_WRAPPER");
        if let Some(level) = how.opt_level {
            cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
        }
        if how.flags.contains("-Z") {
            cargo.env("RUSTC_BOOTSTRAP", "1");
        }
        cargo.output().unwrap()
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

/// A symbol.
pub struct Symbol {
    pub name: String,
    pub address: u64,
    pub size: u64,
}

/// What an ELF file holds.
pub struct Elf {
    pub symbols: Vec<Symbol>,
    pub undefined: Vec<String>,
    pub interpreter: bool,
    pub text: u64,
    /// What only unwinding reads (`.eh_frame`): a kernel discards it.
    pub unwinding: u64,
    pub data: u64,
    pub bss: u64,
    /// The bytes that a function takes on the stack, by its address (`-Zemit-stack-sizes`).
    pub frames: Vec<(u64, u64)>,
}

fn text_at(bytes: &[u8], at: usize) -> String {
    let end = bytes[at..].iter().position(|byte| *byte == 0).unwrap();
    String::from_utf8_lossy(&bytes[at..at + end]).into_owned()
}

/// The section `.stack_sizes`: an address and a number of seven bits a byte, again and again.
fn frames(section: &[u8]) -> Vec<(u64, u64)> {
    let (mut frames, mut at) = (Vec::new(), 0);
    while at < section.len() {
        let address = word(section, at, 8);
        at += 8;
        let len = 1 + section[at..].iter().position(|byte| byte & 0x80 == 0).unwrap();
        let size = section[at..at + len].iter().rev();
        frames.push((
            address,
            size.fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f)),
        ));
        at += len;
    }
    frames
}

/// What `nm` and `size` would say, without asking the machine to have them.
pub fn read_elf(path: &Path) -> Elf {
    let bytes = fs::read(path).unwrap();
    assert_eq!(&bytes[..5], b"\x7fELF\x02");
    let at = |at, len| usize::try_from(word(&bytes, at, len)).unwrap();
    let mut elf = Elf {
        symbols: Vec::new(),
        undefined: Vec::new(),
        interpreter: false,
        text: 0,
        unwinding: 0,
        data: 0,
        bss: 0,
        frames: Vec::new(),
    };
    let (sections, size, count) = (at(0x28, 8), at(0x3a, 2), at(0x3c, 2));
    let names = at(sections + at(0x3e, 2) * size + 0x18, 8);
    for header in (0..count).map(|number| sections + number * size) {
        let (kind, flags, len) = (
            word(&bytes, header + 4, 4),
            word(&bytes, header + 8, 8),
            at(header + 0x20, 8),
        );
        let (write, alloc, start) = (flags & 1 != 0, flags & 2 != 0, at(header + 0x18, 8));
        let name = text_at(&bytes, names + at(header, 4));
        match (alloc, write, kind) {
            (true, _, 8) => elf.bss += len as u64,
            (true, true, _) => elf.data += len as u64,
            (true, false, _) if name.starts_with(".eh_frame") => elf.unwinding += len as u64,
            (true, false, _) => elf.text += len as u64,
            _ if name == ".stack_sizes" => elf.frames = frames(&bytes[start..start + len]),
            _ => {}
        }
        if kind == 2 {
            let names = sections + at(header + 0x28, 4) * size;
            let names = at(names + 0x18, 8);
            for symbol in (start..start + len).step_by(24).skip(1) {
                let name = text_at(&bytes, names + at(symbol, 4));
                if word(&bytes, symbol + 6, 2) == 0 {
                    elf.undefined.push(name.clone());
                }
                elf.symbols.push(Symbol {
                    name,
                    address: word(&bytes, symbol + 8, 8),
                    size: word(&bytes, symbol + 16, 8),
                });
            }
        }
    }
    let (programs, size, count) = (at(0x20, 8), at(0x36, 2), at(0x38, 2));
    elf.interpreter = (0..count).any(|number| word(&bytes, programs + number * size, 4) == 3);
    elf
}
