//! A program on the running kernel: `cc`, then a process whose stdin and stdout are fresh pipes.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;

use crate::corpus::{Answer, Program};

/// A program still running after this is taken for hanging. The corpus needs less than two seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Old C is part of the corpus: what newer compilers turned from warnings into errors is a warning again.
const FLAGS: &[&str] = &[
    "-std=gnu17",
    "-w",
    "-Wno-implicit-function-declaration",
    "-Wno-implicit-int",
    "-Wno-int-conversion",
    "-Wno-incompatible-pointer-types",
];

/// Is this Linux, with a C compiler?
pub(crate) fn available() -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    *AVAILABLE.get_or_init(|| {
        cfg!(all(target_os = "linux", target_pointer_width = "64"))
            && Command::new("cc")
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
    })
}

/// Whether whoever runs the tests may become other users.
pub(crate) fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| {
        line.strip_prefix("Uid:")
            .is_some_and(|ids| ids.split_whitespace().all(|id| id == "0"))
    })
}

/// Compares the running kernel's version with `major.minor`.
pub(crate) fn kernel_is_at_least(needed: &str) -> bool {
    let version = |text: &str| {
        let mut numbers = text
            .split(|c: char| !c.is_ascii_digit())
            .map(|n| n.parse::<u32>().unwrap_or(0));
        [(); 3].map(|()| numbers.next().unwrap_or(0))
    };
    let running = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    version(&running) >= version(needed)
}

/// Compiles the program and gives the path of the binary.
pub(crate) fn compile(program: &Program) -> Result<PathBuf, String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("agree");
    std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let binary = directory.join(program.name.replace('/', "."));
    let output = Command::new("cc")
        .args(FLAGS)
        .arg("-o")
        .arg(&binary)
        .arg(&program.path)
        .arg("-lm")
        .output()
        .map_err(|error| format!("cc: {error}"))?;
    if output.status.success() {
        Ok(binary)
    } else {
        Err(format!(
            "cc refuses it:\n{}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

/// The program that gives others a terminal and types there.
fn terminal() -> Result<PathBuf, String> {
    static TERMINAL: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let build = || {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agree/terminal.c");
        let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("terminal");
        let status = Command::new("cc").arg("-o").arg(&binary).arg(source).status();
        match status {
            Ok(status) if status.success() => Ok(binary),
            other => Err(format!("cc refuses terminal.c: {other:?}")),
        }
    };
    TERMINAL.get_or_init(build).clone()
}

/// Runs the binary once. Whatever the program leaves behind (orphans) is waited for too: they hold stdout open.
pub(crate) fn run(program: &Program, binary: &Path) -> Result<Answer, String> {
    let mut command = match &program.keys {
        // The shell is there for the limit: a core dump takes long and leaves a file.
        None => {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", "ulimit -c 0; exec \"$@\"", "sh"]);
            command
        }
        Some(_) => Command::new(terminal()?),
    };
    let input = match &program.keys {
        None => program.stdin.clone(),
        Some(_) => program.typed(),
    };
    let mut child = command
        .arg(binary)
        .args(&program.args)
        .env_clear()
        .env("PATH", "/bin:/usr/bin")
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    let group = child.id();
    if let Some(mut stdin) = child.stdin.take() {
        // A program that reads nothing may be gone already: that is its right.
        let _ = stdin.write_all(&input);
    }
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || done.send(collect(child)));
    result.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{group}")])
            .status();
        Err(format!("still running after {} seconds", PATIENCE.as_secs()))
    })
}

fn collect(mut child: Child) -> Result<Answer, String> {
    let mut stderr = child.stderr.take();
    let errors = std::thread::spawn(move || read_all(&mut stderr));
    let stdout = read_all(&mut child.stdout.take());
    let stderr = errors.join().unwrap_or_default();
    let status = child.wait().map_err(|error| error.to_string())?;
    let status = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(-1);
    Ok(Answer {
        stdout,
        stderr,
        status,
    })
}

fn read_all(from: &mut Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        // An error here shows as missing output.
        let _ = from.read_to_end(&mut bytes);
    }
    bytes
}
