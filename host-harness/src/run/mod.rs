//! `ktm run`: drives a machine until its program is over.

mod driver;
mod keys;
mod schedule;
mod show;
mod steps;

pub use driver::{Driver, Ending, Observer, Stuck, left_over};
pub use keys::{Key, Keys};
pub use schedule::Schedule;
pub use show::{Show, Views};
pub use steps::{Step, Steps};

use kernel_model::abi::limits::NR_CPUS;
use kernel_model::abi::wait::WaitStatus;
use kernel_model::kernel::storage::Capacity;
use kernel_model::kernel::{Config, Console};
use std::sync::Arc;

use crate::c::{self, Diagnostic, SourceFile};
use crate::machine::exec::Arguments;
use crate::machine::program::Programs;
use crate::machine::{Event, Machine, Setup};

/// How a program is run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Which schedule: 0 is round robin, any other number draws one.
    pub seed: u64,
    /// Processors, 1 to 8.
    pub cpus: u8,
    /// Which descriptors say that they are a terminal.
    pub console: Console,
    /// What is typed at the terminal, each key when nobody can run, and nothing after that; none where input comes from
    /// the observer, when it is awaited.
    pub keys: Option<Keys>,
    /// What is done first, step by step, with all the input there at once; the schedule decides what comes after.
    pub steps: Option<Steps>,
    /// Steps after which a program is taken for a runaway: instructions, and a hundred for each call or fault.
    pub max_steps: u64,
    /// Tasks that may exist at once.
    pub tasks: usize,
    /// Frames of memory.
    pub frames: usize,
    /// Open file descriptions.
    pub files: usize,
    /// Pipes.
    pub pipes: usize,
    /// One more than the highest pid.
    pub pid_max: u32,
    /// Whether the end of a process is two steps where others can notice; with `steps` it is, for they say which.
    pub preempt_exit: bool,
    /// Further programs: where they are found, and their source.
    pub programs: Vec<(String, SourceFile)>,
    /// Headers in quotes are read from files: the name of a source is its path.
    pub include_files: bool,
}

impl Default for RunOptions {
    /// Round robin on one processor, no terminals, 512 tasks, 128 MiB.
    fn default() -> RunOptions {
        RunOptions {
            seed: 0,
            cpus: 1,
            console: Console::default(),
            keys: None,
            steps: None,
            max_steps: 1 << 32,
            tasks: 512,
            frames: 32_768,
            files: 4096,
            pipes: 1024,
            pid_max: 32_768,
            preempt_exit: false,
            programs: Vec::new(),
            include_files: false,
        }
    }
}

impl RunOptions {
    fn setup(&self) -> Setup {
        let tasks = self.tasks.saturating_add(3);
        let capacity = Capacity {
            tasks,
            frames: self.frames,
            vmas: tasks * 24 + 256,
            tables: tasks * 24 + 2048,
            files: self.files,
            pipes: self.pipes,
            sigqueues: tasks * 8 + 1024,
            pid_max: self.pid_max,
        };
        let config = Config {
            cpus: self.cpus,
            pid_max: self.pid_max,
            console: Some(self.console),
            preempt_exit: self.preempt_exit || self.steps.is_some(),
            ..Config::default()
        };
        Setup { capacity, config }
    }

    /// What is wrong with the options, if anything is.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn check(&self) -> Result<(), String> {
        match () {
            () if !(1..=NR_CPUS).contains(&usize::from(self.cpus)) => Err(format!(
                "--cpus {}: there can be 1 to {NR_CPUS} processors",
                self.cpus
            )),
            () if !(1..=100_000).contains(&self.tasks) => Err("tasks: 1 to 100000".to_owned()),
            () if !(64..=4_194_304).contains(&self.frames) => Err("frames: 64 to 4194304".to_owned()),
            () if !(8..=1_000_000).contains(&self.files) => Err("files: 8 to 1000000".to_owned()),
            () if !(1..=100_000).contains(&self.pipes) => Err("pipes: 1 to 100000".to_owned()),
            () if !(8..=4_194_304).contains(&self.pid_max) => Err("pid_max: 8 to 4194304".to_owned()),
            () => Ok(()),
        }
    }
}

/// A program ready to run; a clone runs on its own.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The machine, at boot.
    pub machine: Machine,
    /// What happened during boot.
    pub events: Vec<Event>,
    /// What the compiler warned of.
    pub warnings: Vec<Diagnostic>,
}

/// Why a program cannot be run.
#[derive(Debug)]
pub enum LoadError {
    /// The source is wrong.
    Source(Vec<Diagnostic>),
    /// The limits are too small even to start it.
    Limits(String),
}

/// The path under which the main program is found: `./` and the file name without `.c`, as after `cc -o`.
#[must_use]
pub fn main_path(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    format!("./{}", file.strip_suffix(".c").unwrap_or(file))
}

/// Compiles a program and boots a machine on which init will start it.
///
/// # Errors
/// See [`LoadError`].
pub fn load(source: &SourceFile, args: &[String], options: &RunOptions) -> Result<Loaded, LoadError> {
    let c_options = c::Options {
        include: options.include_files.then(c::include_files),
        ..c::Options::default()
    };
    let compiled = c::compile(source, &c_options).map_err(LoadError::Source)?;
    let path = main_path(&source.name);
    let mut programs = Programs::with_bin();
    for (path, source) in &options.programs {
        let extra = c::compile(source, &c_options).map_err(LoadError::Source)?;
        programs.add_compiled(path, source.clone(), extra.image);
    }
    programs.add_compiled(&path, source.clone(), compiled.image);
    let strings = ["init", &path, &path]
        .into_iter()
        .map(str::to_owned)
        .chain(args.iter().cloned());
    let mut argv: Vec<Vec<u8>> = strings.map(String::into_bytes).collect();
    // init executes argv[1] with argv[1..]; the program's own argv[0] is its path.
    argv.remove(1);
    let envp = ["PATH=/bin:/usr/bin", "HOME=/", "SHELL=/bin/sh"]
        .map(|text| text.as_bytes().to_vec())
        .to_vec();
    let mut events = Vec::new();
    let arguments = Arguments { argv, envp };
    let machine = Machine::boot(
        &options.setup(),
        Arc::new(programs),
        "/bin/init",
        &arguments,
        &mut events,
    )
    .map_err(|errno| LoadError::Limits(format!("the limits are too small to boot: {}", errno.name())))?;
    Ok(Loaded {
        machine,
        events,
        warnings: compiled.warnings,
    })
}

/// What a finished program left behind.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
    /// Its exit status as a shell shows it: 0 to 255, or 128 and the signal.
    pub status: i32,
    /// How it ended.
    pub ending: Ending,
}

/// The status of a process as a shell shows it in `$?`.
#[must_use]
pub fn shell_status(status: WaitStatus) -> i32 {
    match status {
        WaitStatus::Exited(code) => i32::from(code),
        WaitStatus::Signaled { signal, .. } | WaitStatus::Stopped(signal) => 128 + i32::from(signal.number()),
        WaitStatus::Continued => 0,
    }
}

/// Keeps the output; gives the input.
struct Capture<'i> {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    stdin: &'i [u8],
}

impl Observer for Capture<'_> {
    fn event(&mut self, event: &Event, _: &Machine) {
        if let Event::Console { stream, bytes, .. } = event {
            match stream {
                kernel_model::abi::effect::Stream::Stdout => self.stdout.extend_from_slice(bytes),
                kernel_model::abi::effect::Stream::Stderr => self.stderr.extend_from_slice(bytes),
            }
        }
    }

    fn input(&mut self) -> Vec<u8> {
        let now = self.stdin.len().min(4096);
        let (first, rest) = self.stdin.split_at(now);
        self.stdin = rest;
        first.to_vec()
    }
}

/// Runs a program to its end and returns what it left behind.
///
/// ```
/// use host_harness::run::{RunOptions, run_source};
///
/// let source = r#"
///     #include <stdio.h>
///     #include <sys/wait.h>
///     #include <unistd.h>
///     int main(void) {
///         if (fork() == 0) { printf("child\n"); return 3; }
///         int status;
///         wait(&status);
///         printf("parent: %d\n", WEXITSTATUS(status));
///         return 0;
///     }
/// "#;
/// let finished = run_source("wait.c", source, &[], b"", &RunOptions::default()).unwrap();
/// assert_eq!(finished.stdout, b"child\nparent: 3\n");
/// assert_eq!(finished.status, 0);
/// ```
///
/// # Errors
/// What is wrong with the source.
pub fn run_source(
    name: &str,
    source: &str,
    args: &[String],
    stdin: &[u8],
    options: &RunOptions,
) -> Result<Finished, Vec<Diagnostic>> {
    let source = SourceFile {
        name: name.to_owned(),
        text: source.to_owned(),
    };
    let loaded = match load(&source, args, options) {
        Ok(loaded) => loaded,
        Err(LoadError::Source(diagnostics)) => return Err(diagnostics),
        Err(LoadError::Limits(message)) => return Err(vec![Diagnostic::about_file(name, message, None)]),
    };
    Ok(run_loaded(loaded, stdin, options))
}

/// The same for a program that has been loaded: once for many schedules. The machine is what it was loaded with; of
/// the options only the seed and the steps count.
#[must_use]
pub fn run_loaded(loaded: Loaded, stdin: &[u8], options: &RunOptions) -> Finished {
    let mut capture = Capture {
        stdout: Vec::new(),
        stderr: Vec::new(),
        stdin,
    };
    let mut driver = Driver::new(loaded, options);
    let ending = driver.run(&mut capture);
    let status = driver.status().map_or(3, shell_status);
    Finished {
        stdout: capture.stdout,
        stderr: capture.stderr,
        status,
        ending,
    }
}
