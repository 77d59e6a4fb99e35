//! The kernel of `kernel-model/examples/bare-metal` in QEMU: its programs print what their twins in C print on the model
//! and on the running kernel, nothing is left at the end, failures are told, and it conforms over its serial port.
//!
//! Without `qemu-system-x86_64` they say that they are skipped.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed; the figures are for whoever reads its output"
)]

#[path = "support/session.rs"]
mod session;

use session::ktm;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use host_harness::native::Native;

/// QEMU's status when the kernel says that all went well; when it panicked; when the processor gave up.
const SUCCESS: i32 = 33;
const PANIC: i32 = 35;
const TRIPLE_FAULT: i32 = 0;

/// What one program may take. It takes less than a second on an idle machine.
const TIME_LIMIT: Duration = Duration::from_secs(60);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn example() -> PathBuf {
    root().join("kernel-model/examples/bare-metal")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("bare-metal")
}

/// Why nothing can be booted here, if so.
fn skipped() -> bool {
    let qemu = Command::new("qemu-system-x86_64").arg("--version").output();
    if qemu.is_err() {
        eprintln!("skipped: there is no qemu-system-x86_64 (apt-get install qemu-system-x86)");
    }
    qemu.is_err()
}

/// What the file `run` of the example needs: this toolchain, without what the tests were built with.
fn without_flags(command: &mut Command) -> &mut Command {
    command
        .env("CARGO", env!("CARGO"))
        .env("CARGO_TARGET_DIR", target())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
}

/// Builds the kernel and its programs, once; the first thing that any test here does.
fn build() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let started = Instant::now();
        let built = without_flags(&mut Command::new(env!("CARGO")))
            .args(["build", "--release", "--locked", "--manifest-path"])
            .arg(example().join("Cargo.toml"))
            .output()
            .unwrap();
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        println!("built in {:.1} s", started.elapsed().as_secs_f64());
    });
}

struct Booted {
    status: Option<i32>,
    stdout: String,
    log: String,
}

impl Booted {
    /// What the log says of something.
    fn told(&self, what: &str) -> Option<u64> {
        let mut lines = self.log.lines();
        lines.find_map(|line| line.strip_prefix(what)?.trim().parse().ok())
    }
}

/// Runs a command to its end, or stops it when its time is up.
fn finish(command: &mut Command, log: &Path, limit: Duration) -> Booted {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).map(|_| bytes)
    });
    let started = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None if started.elapsed() > limit => {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    Booted {
        status,
        stdout: String::from_utf8_lossy(&reader.join().unwrap().unwrap()).into_owned(),
        log: fs::read_to_string(log).unwrap_or_default(),
    }
}

/// `./run WORDS` in the example's folder, as its README says.
fn boot_within(words: &str, limit: Duration) -> Booted {
    build();
    let log = target().join(format!("{}.log", words.replace(' ', "-")));
    let mut run = Command::new(example().join("run"));
    let run = without_flags(&mut run).args(words.split(' '));
    finish(run.env("KERNEL_LOG", &log), &log, limit)
}

fn boot(word: &str) -> Booted {
    boot_within(word, TIME_LIMIT)
}

/// QEMU with another kernel and other programs.
fn boot_files(kernel: &Path, programs: &Path) -> Booted {
    let log = kernel.with_extension("log");
    let mut qemu = Command::new("qemu-system-x86_64");
    qemu.args([
        "-machine",
        "q35,accel=tcg",
        "-cpu",
        "qemu64",
        "-m",
        "64",
        "-nodefaults",
    ])
    .args([
        "-display",
        "none",
        "-no-reboot",
        "-serial",
        "stdio",
        "-monitor",
        "none",
    ])
    .args([
        "-device",
        "isa-debug-exit,iobase=0xf4,iosize=4",
        "-append",
        "zombie",
    ])
    .arg("-kernel")
    .arg(kernel)
    .arg("-initrd")
    .arg(programs);
    finish(&mut qemu, &log, TIME_LIMIT)
}

/// `ktm` with these words: what it prints on stdout, and its status.
fn run_ktm(words: &[&str]) -> (String, i32) {
    let (stdout, stderr, status) = ktm(words.iter().copied());
    if status != 0 {
        eprintln!("{words:?}: {stderr}");
    }
    (stdout, status)
}

/// The twins in C, by name.
fn twins() -> Vec<(String, PathBuf)> {
    let files = fs::read_dir(root().join("tests/bare-metal")).unwrap();
    let mut twins: Vec<(String, PathBuf)> = files
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), path))
        .collect();
    twins.sort();
    twins
}

/// The names in the table of the example's programs.
fn programs() -> Vec<String> {
    let text = fs::read_to_string(example().join("programs/main.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.trim().strip_prefix("(\""));
    let mut names: Vec<String> = rows
        .map(|row| row.split('"').next().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_program_prints_what_its_twin_prints_on_the_model() {
    let twins = twins();
    let names: Vec<&String> = twins.iter().map(|(name, _)| name).collect();
    assert_eq!(names, programs().iter().collect::<Vec<_>>(), "each has a twin");
    if skipped() {
        return;
    }
    for (name, path) in &twins {
        let (stdout, status) = run_ktm(&["run", path.to_str().unwrap()]);
        let started = Instant::now();
        let booted = boot(name);
        let took = started.elapsed().as_secs_f64();
        let said = format!("{name}: it said:\n{}{}", booted.stdout, booted.log);
        assert_eq!(booted.status, Some(SUCCESS), "{said}");
        assert_eq!(booted.stdout, stdout, "{name}");
        assert_eq!(booted.told("exited "), u64::try_from(status).ok(), "{said}");
        println!("{name}: {took:.1} s; {}", booted.log.replace('\n', "; "));
    }
}

#[test]
fn the_twins_print_the_same_on_the_running_kernel() {
    if Command::new("cc").arg("--version").output().is_err() {
        eprintln!("skipped: there is no cc");
        return;
    }
    for (name, path) in twins() {
        let (stdout, status) = run_ktm(&["run", path.to_str().unwrap()]);
        let answer = Native::compile(&path).unwrap().run(&[], &[]).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.stdout), stdout, "{name}");
        assert_eq!(answer.status, Some(status), "{name}");
    }
}

/// Every write after fork is one frame, and not more: the model says how many, and the board has copied them.
#[test]
fn the_board_does_what_it_is_told() {
    if skipped() {
        return;
    }
    let cow = boot("cow");
    let zombie = boot("zombie");
    let copied = |booted: &Booted| booted.told("frames copied ").unwrap();
    // Beside the eight pages that the child writes: the stack, the data, of both.
    assert!(
        (8..16).contains(&copied(&cow)) && copied(&zombie) < 8,
        "{} {}",
        cow.log,
        zombie.log
    );
    assert_eq!(
        boot("kernel_writes").told("faults of ring 0 on user pages "),
        Some(1)
    );
    assert!(boot("preempt").told("switches ").unwrap() >= 6);
}

/// The kernel of the example, at `path`, with other bytes where it begins.
fn broken_kernel(path: &Path) {
    let mut bytes = fs::read(target().join("release/kernel")).unwrap();
    // The entry: cli, cld; then what there is no table of handlers for.
    let at = bytes
        .windows(3)
        .position(|window| window == [0xfa, 0xfc, 0xbf])
        .unwrap();
    bytes[at..at + 2].copy_from_slice(&[0x0f, 0x0b]);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_panic_and_a_triple_fault_are_no_success() {
    if skipped() {
        return;
    }
    build();
    let (kernel, programs) = (target().join("release/kernel"), target().join("release/programs"));
    let text = target().join("no-program");
    fs::write(&text, "this is no program").unwrap();
    let panicked = boot_files(&kernel, &text);
    assert_eq!(panicked.status, Some(PANIC));
    assert!(
        panicked.stdout.contains("a program for x86-64"),
        "{}",
        panicked.stdout
    );
    let broken = target().join("broken");
    broken_kernel(&broken);
    assert_eq!(boot_files(&broken, &programs).status, Some(TRIPLE_FAULT));
    let unknown = boot("no_such_program");
    assert_eq!(
        (unknown.status, unknown.told("exited ")),
        (Some(SUCCESS), Some(127))
    );
}

fn page() -> String {
    fs::read_to_string(root().join("docs/porting.md")).unwrap()
}

/// The parts of the page between a line that begins so and the end of its block.
fn blocks<'p>(page: &'p str, opening: &str) -> Vec<&'p str> {
    let parts = page.split(opening).skip(1);
    parts.map(|part| part.split("```").next().unwrap()).collect()
}

/// The page for porters shows the kernel's own lines, and what it prints.
#[test]
fn the_page_for_porters_is_true() {
    let page = page();
    let mut sources = String::new();
    for entry in fs::read_dir(example().join("src")).unwrap() {
        sources += &fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let shown = blocks(&page, "```rust\n");
    assert!(shown.len() >= 5);
    for lines in shown {
        assert!(sources.contains(lines), "no file of the example has:\n{lines}");
    }
    let sessions = blocks(&page, "```text\n$ ");
    let (conform, programs): (Vec<&str>, Vec<&str>) = sessions
        .into_iter()
        .partition(|session| session.starts_with("ktm conform"));
    assert_eq!(conform.len(), 1, "it_conforms_over_its_serial_port");
    assert_eq!(programs.len(), 1);
    if skipped() {
        return;
    }
    for session in programs {
        let (command, said) = session.split_once('\n').unwrap();
        let word = command
            .strip_prefix("kernel-model/examples/bare-metal/run ")
            .unwrap();
        assert_eq!(boot(word).stdout, said, "{command}");
    }
}

/// Every mistake of the table on the page is seen, and as the table says.
#[test]
fn every_mistake_of_the_board_is_found() {
    let mistakes = fs::read_to_string(example().join("src/mistakes.rs")).unwrap();
    let page = page();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .skip_while(|line| !line.starts_with("| run | the mistake"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            line.split('|')
                .map(|cell| cell.trim().trim_matches('`'))
                .collect()
        })
        .collect();
    assert_eq!(
        rows.len(),
        mistakes.matches("=> Mistake::").count(),
        "one row for each"
    );
    if skipped() {
        return;
    }
    for row in rows {
        let (words, seen) = (row[1], row[3]);
        let stuck = seen.starts_with("nothing");
        let limit = if stuck { Duration::from_secs(5) } else { TIME_LIMIT };
        let booted = boot_within(words, limit);
        let said = format!("{words}: {:?}\n{}{}", booted.status, booted.stdout, booted.log);
        match stuck {
            true => assert_eq!((booted.status, booted.stdout.as_str()), (None, ""), "{said}"),
            false => assert!(
                booted.stdout.contains(seen) || booted.log.contains(seen),
                "{said}"
            ),
        }
    }
}

/// A thousand random programs, each call made by a task in ring 3, at the other end of a serial line.
#[test]
fn it_conforms_over_its_serial_port() {
    if skipped() {
        return;
    }
    build();
    let run = example().join("run");
    // `run` looks first whether there is something to build, and other tests may be doing so.
    let words = "conform --programs 1000 --workers 2 --timeout 60000 -- env";
    let target = format!("CARGO_TARGET_DIR={}", target().display());
    let words = words
        .split(' ')
        .chain([target.as_str(), run.to_str().unwrap(), "conform"]);
    let started = Instant::now();
    let (report, status) = run_ktm(&words.collect::<Vec<_>>());
    assert_eq!(status, 0, "{report}");
    assert!(report.contains("1000 programs,"), "{report}");
    assert!(report.contains(" 0 divergences"), "{report}");
    let page = page();
    let shown = blocks(&page, "```text\n$ ktm conform");
    let (command, said) = shown[0].split_once('\n').unwrap();
    assert_eq!(
        command.trim(),
        "--programs 1000 -- kernel-model/examples/bare-metal/run conform"
    );
    // How many calls the programs have is the generator's affair.
    let areas = |text: &str| {
        text.rsplit_once("1000 programs,")
            .map(|(areas, _)| areas.to_owned())
    };
    assert_eq!(areas(said), areas(&report), "the page shows another report");
    println!("{report}in {:.0} s", started.elapsed().as_secs_f64());
}
