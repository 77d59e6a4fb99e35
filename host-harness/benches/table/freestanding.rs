//! The size of the freestanding binary that `tests/freestanding.rs` builds, in the same way and in the same place.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";
const FLAGS: &str =
    "-Clink-arg=-nostdlib -Clink-arg=-nostartfiles -Clink-arg=-static -Crelocation-model=static";

/// Copies the sources out of the repository, where a build would leave a lock file, and builds them.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or("no workspace")?;
    let (from, here) = (
        root.join("tests/freestanding"),
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("freestanding"),
    );
    fs::create_dir_all(here.join("src"))?;
    fs::copy(from.join("src/main.rs"), here.join("src/main.rs"))?;
    let model = root.join("kernel-model");
    let manifest = fs::read_to_string(from.join("Cargo.toml"))?;
    fs::write(
        here.join("Cargo.toml"),
        manifest.replace("../../kernel-model", &model.to_string_lossy()),
    )?;
    fs::copy(root.join("Cargo.lock"), here.join("Cargo.lock"))?;
    let target = here.join("target");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--target", TRIPLE, "--manifest-path"])
        .arg(here.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", FLAGS)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .output()?;
    match built.status.success() {
        true => Ok(target.join(TRIPLE).join("release/freestanding")),
        false => Err(String::from_utf8_lossy(&built.stderr).trim().into()),
    }
}

/// Bytes of text, data and bss, as `size` counts them: by the flags of the ELF sections.
fn sizes(file: &[u8]) -> Option<[u64; 3]> {
    let word = |at: usize, len: usize| {
        let bytes = file.get(at..at + len)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    };
    let [mut text, mut data, mut bss] = [0; 3];
    let first = usize::try_from(word(0x28, 8)?).ok()?;
    for number in 0..usize::try_from(word(0x3c, 2)?).ok()? {
        let header = first + number * usize::try_from(word(0x3a, 2)?).ok()?;
        let (kind, flags, len) = (
            word(header + 4, 4)?,
            word(header + 8, 8)?,
            word(header + 0x20, 8)?,
        );
        match (flags & 2 != 0, flags & 1 != 0, kind) {
            (true, _, 8) => bss += len,
            (true, true, _) => data += len,
            (true, false, _) => text += len,
            (false, ..) => {}
        }
    }
    Some([text, data, bss])
}

/// Prints the sizes.
pub fn print() {
    println!("\nbytes of the freestanding binary: 64 tasks, 1,024 frames, pids below 32,768");
    let sizes =
        build().and_then(|program| sizes(&fs::read(program)?).ok_or_else(|| "it is no ELF file".into()));
    match sizes {
        Ok(sizes) => {
            for (what, bytes) in ["text and constants", "data", "bss"].iter().zip(sizes) {
                println!("  {what:<56} {bytes:>11}");
            }
        }
        Err(why) => println!("  skipped: {why}"),
    }
}
