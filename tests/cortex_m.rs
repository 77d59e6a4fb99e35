//! kernel-model on a processor of 32 bits, without an operating system: what `kernel-model/examples/cortex-m` prints in
//! QEMU is what the same sequence gives here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; whoever reads its output is told what was skipped"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

#[path = "../kernel-model/examples/cortex-m/src/story.rs"]
mod story;

const TARGET: &str = "thumbv7em-none-eabi";
/// It takes a third of a second.
const LIMIT: Duration = Duration::from_secs(60);

/// The sequence on this machine.
fn told_here() -> String {
    let told = std::thread::Builder::new().stack_size(16 << 20).spawn(|| {
        let threads = [story::Registers::NONE; story::TASKS];
        let mut kernel = kernel_model::Kernel::unbooted(story::Tables::with_threads(threads));
        let (mut frames, mut text) = (story::Frames::EMPTY, String::new());
        story::tell(&mut kernel, &mut frames, &mut text).unwrap_or_else(|_| panic!("it ends early:\n{text}"));
        text
    });
    told.unwrap().join().unwrap()
}

/// What a program prints; empty if it does not run.
fn output(program: &str, args: &[&str]) -> String {
    let run = Command::new(program).args(args).output();
    run.map_or_else(
        |_| String::new(),
        |run| String::from_utf8_lossy(&run.stdout).trim().to_owned(),
    )
}

fn library(sysroot: &str) -> PathBuf {
    Path::new(sysroot).join("lib/rustlib")
}

/// How to build for the board: with the target that rustup has added, or else with Debian's compiler, which has the
/// source of `core`.
fn cargo() -> Result<Command, String> {
    let sysroot = output("rustc", &["--print", "sysroot"]);
    let host = output("rustc", &["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let lld = library(&sysroot).join(host.unwrap_or("")).join("bin/rust-lld");
    let mut cargo = if library(&sysroot).join(TARGET).exists() {
        Command::new(env!("CARGO"))
    } else {
        let debian = output("/usr/bin/rustc", &["--print", "sysroot"]);
        let source = library(&debian).join("src/rust/library/core");
        if debian.is_empty() || !source.exists() || !Path::new("/usr/bin/cargo").exists() {
            return Err(format!(
                "no compiler for {TARGET}: `rustup target add {TARGET}`, or Debian's rustc-web, cargo-web and rust-web-src"
            ));
        }
        let mut cargo = Command::new("/usr/bin/cargo");
        cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
        cargo.arg("-Zbuild-std=core");
        cargo
    };
    match lld.exists() {
        true => cargo.env("CARGO_TARGET_THUMBV7EM_NONE_EABI_LINKER", lld),
        false if output("ld.lld", &["--version"]).is_empty() => {
            return Err("no linker for it: neither rust-lld nor ld.lld".into());
        }
        false => cargo.env("CARGO_TARGET_THUMBV7EM_NONE_EABI_LINKER", "ld.lld"),
    };
    if output("qemu-system-arm", &["--version"]).is_empty() {
        return Err("no qemu-system-arm".into());
    }
    Ok(cargo)
}

fn build(mut cargo: Command) -> PathBuf {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernel-model/examples/cortex-m");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cortex-m");
    let built = cargo
        .args([
            "build",
            "--release",
            "--locked",
            "--target",
            TARGET,
            "--manifest-path",
        ])
        .arg(example.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    target.join(TARGET).join("release/cortex-m")
}

/// What the program prints on the board; it must end by itself, and well.
fn told_there(program: &Path) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cortex-m");
    let (stdout, stderr) = (folder.join("stdout"), folder.join("stderr"));
    let mut qemu = Command::new("qemu-system-arm")
        .args(["-machine", "mps2-an386", "-nodefaults", "-display", "none"])
        .args(["-chardev", "stdio,id=debugger"])
        .args(["-semihosting-config", "enable=on,target=native,chardev=debugger"])
        .arg("-kernel")
        .arg(program)
        .stdin(std::process::Stdio::null())
        .stdout(std::fs::File::create(&stdout).unwrap())
        .stderr(std::fs::File::create(&stderr).unwrap())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = qemu.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > LIMIT {
            qemu.kill().unwrap();
            break qemu.wait().unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    let told = text(&stdout);
    assert!(status.success(), "{status}\n{}{told}", text(&stderr));
    told
}

#[test]
fn a_machine_of_32_bits_comes_to_the_same() {
    let here = told_here();
    assert!(
        here.contains("2: exit_group(42): Gone\n1: goes on: Done(2)\n"),
        "{here}"
    );
    assert!(here.contains("\n20000 calls, "), "{here}");
    let program = match cargo() {
        Ok(cargo) => build(cargo),
        Err(why) => return println!("skipped: {why}"),
    };
    let there = told_there(&program);
    for (number, (there, here)) in there.lines().zip(here.lines()).enumerate() {
        assert_eq!(there, here, "line {}", number + 1);
    }
    assert_eq!(there.len(), here.len());
}
