//! The running kernel, asked by a small process of our own: a process as large as a benchmark would make its forks
//! look dear.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Compiles C with the machine's own compiler.
///
/// # Errors
/// There is no compiler, or it refuses.
pub fn cc(source: &Path, program: &Path, flags: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new("cc");
    command.args(flags).arg("-o").arg(program).arg(source);
    let output = command.output().map_err(|error| format!("cc: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("cc: {}", String::from_utf8_lossy(&output.stderr).trim()).into()),
    }
}

/// The process that lives on the running kernel.
pub struct Linux {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Linux {
    /// Compiles it, statically if the machine can, and starts it.
    ///
    /// # Errors
    /// There is no compiler, or the program does not start.
    pub fn start(folder: &Path) -> Result<Linux, Box<dyn Error>> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/linux/child.c");
        let program = folder.join("child");
        cc(&source, &program, &["-O2", "-static"]).or_else(|_| cc(&source, &program, &["-O2"]))?;
        let mut process = Command::new(&program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = process.stdin.take().ok_or("no pipe to the child")?;
        let from = process.stdout.take().ok_or("no pipe from the child")?;
        let from = BufReader::new(from);
        Ok(Linux { process, to, from })
    }

    /// Nanoseconds of one of `count` doings: `life`, `fork` of so many pages, `cow` fault; `signal` to oneself, `signals`
    /// between two, the end of a `group` of so many; `thread`, `futex`.
    ///
    /// # Errors
    /// The kernel refused a fork, for want of memory or of processes.
    pub fn ask(&mut self, what: &str, count: usize, pages: usize) -> Result<f64, Box<dyn Error>> {
        writeln!(self.to, "{what} {count} {pages}")?;
        let mut answer = String::new();
        self.from.read_line(&mut answer)?;
        let refused = |_| format!("the kernel refused to {what} {count} times with {pages} pages");
        Ok(answer.trim().parse().map_err(refused)?)
    }
}

impl Drop for Linux {
    fn drop(&mut self) {
        // It holds nothing that must be put away.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
