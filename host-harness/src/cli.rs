//! The command line.

mod explore;
mod pictures;

use clap::{Args, Parser, Subcommand};
use kernel_model::kernel::Console;
use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use crate::c::{self, Diagnostic, SourceFile};
use crate::machine::Machine;
use crate::native::{Native, Tally};
use crate::run::{
    Driver, Ending, Keys, LoadError, RunOptions, Show, Steps, Stuck, Views, load, run_source, shell_status,
};

/// Exit statuses of `ktm` itself; `ktm run` otherwise ends with the program's own.
pub mod status {
    /// The answer is no.
    pub const NO: i32 = 1;
    /// The input is wrong.
    pub const INPUT: i32 = 2;
    /// The program hung or ran away.
    pub const HUNG: i32 = 3;
    /// The running kernel could not be asked, or not to the end.
    pub const SKIPPED: i32 = 4;
    /// A bound was reached before everything was looked at.
    pub const NOT_COMPLETE: i32 = 4;
}

#[derive(Parser, Debug)]
#[command(
    name = "ktm",
    version,
    about = "Runs ordinary C programs on a model of the Linux task model"
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Run a C program on the modelled kernel.
    ///
    /// stdout and stderr are the program's, and so is the exit status: 128 and the number when a signal killed it, 2
    /// when the source is wrong, 3 when it hung or ran away.
    Run(RunArgs),
    /// Find every order in which a C program can run, and all that it can print.
    ///
    /// The exit status is 1 when an answer is no, and 4 when a bound was reached before everything was looked at.
    Explore(explore::ExploreArgs),
    /// Compile a C program with `cc`, run it on the real kernel too, and compare.
    Native(NativeArgs),
    /// Run random programs on the running kernel and on the model, and compare.
    ///
    /// The exit status is 1 when they disagree, and 4 when the kernel could not be asked.
    Diff(crate::diff::Args),
    /// Replay every step that three tasks can make in a few steps on the running kernel, and compare.
    ///
    /// The exit status is 1 when the two disagree, and 4 when the kernel could not be asked.
    Cover(crate::cover::Args),
    /// Hold a kernel of your own against the model: one that speaks the line protocol.
    ///
    /// The exit status is 1 when it does not conform, 2 when it does not start, 3 when it gave no answer in time.
    Conform(crate::conform::Args),
}

/// Which program, and in what world.
#[derive(Args, Debug)]
struct ProgramArgs {
    /// A limit: tasks, frames, files, pipes or pids; may be given several times.
    #[arg(long, value_name = "NAME=N")]
    limit: Vec<String>,
    /// Another program to execute, such as /bin/x=x.c; may be given several times.
    #[arg(long, value_name = "PATH=FILE.c")]
    program: Vec<String>,
    /// The C file.
    file: PathBuf,
    /// Arguments for the program.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

#[derive(Args, Debug)]
struct Source {
    /// Another schedule: any number but 0 draws one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Processors, 1 to 8.
    #[arg(long, value_name = "N", default_value_t = 1)]
    cpus: u8,
    /// Steps after which the program is taken for a runaway: instructions, and a hundred for each call or fault.
    #[arg(long, value_name = "N", default_value_t = RunOptions::default().max_steps)]
    max_steps: u64,
    #[command(flatten)]
    program: ProgramArgs,
}

#[derive(Args, Debug)]
struct RunArgs {
    /// Tell on stderr what happens, one line an event.
    #[arg(long)]
    trace: bool,
    /// Draw the process tree on stderr at every change.
    #[arg(long)]
    tree: bool,
    /// Show on stderr who shares which frame, and why a copy was made.
    #[arg(long)]
    pages: bool,
    /// Write the events to a file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Let stdin, stdout and stderr be a terminal for the program, whatever they are.
    #[arg(long, conflicts_with = "pipe")]
    tty: bool,
    /// Let stdin, stdout and stderr be pipes for the program, whatever they are.
    #[arg(long)]
    pipe: bool,
    /// Type this at a terminal, each line and each ^C, ^Z, ^\\ or ^D when nobody can run; {2} waits two seconds.
    #[arg(long, value_name = "KEYS", conflicts_with = "pipe")]
    keys: Option<String>,
    /// Make these steps first, as `ktm explore --witness` has written them.
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    schedule: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
}

#[derive(Args, Debug)]
struct NativeArgs {
    /// How many native runs.
    #[arg(short = 'n', value_name = "N", default_value_t = 100)]
    runs: u64,
    #[command(flatten)]
    source: Source,
}

/// The three streams of the process.
pub struct Streams<'s> {
    /// Standard input.
    pub stdin: &'s mut dyn Read,
    /// Standard output.
    pub stdout: &'s mut dyn Write,
    /// Standard error.
    pub stderr: &'s mut dyn Write,
    /// Which of the three are terminals.
    pub console: Console,
    /// Whether messages may be coloured.
    pub color: bool,
}

/// What ends `ktm` early: what to say, and the exit status.
struct Stop {
    message: String,
    status: i32,
}

impl Stop {
    fn input(message: impl Into<String>) -> Stop {
        Stop {
            message: format!("ktm: {}", message.into()),
            status: status::INPUT,
        }
    }
}

/// Runs `ktm` with these arguments, the program's name first; returns the exit status.
pub fn main(args: impl IntoIterator<Item = OsString>, streams: &mut Streams<'_>) -> i32 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, streams),
    };
    let result = match &cli.verb {
        Verb::Run(args) => run(args, streams),
        Verb::Explore(args) => explore::main(args, streams),
        Verb::Native(args) => native(args, streams),
        Verb::Diff(args) => diff(args, streams),
        Verb::Cover(args) => cover(args, streams),
        Verb::Conform(args) => conform(args, streams),
    };
    match result {
        Ok(status) => status,
        Err(stop) => {
            // Nobody is left to be told when stderr is gone.
            let _ = writeln!(streams.stderr, "{}", stop.message.trim_end());
            stop.status
        }
    }
}

fn usage(error: &clap::Error, streams: &mut Streams<'_>) -> i32 {
    let text = error.render();
    let out: &mut dyn Write = if error.use_stderr() {
        streams.stderr
    } else {
        streams.stdout
    };
    let _ = if streams.color {
        write!(out, "{}", text.ansi())
    } else {
        write!(out, "{text}")
    };
    error.exit_code()
}

/// The streams of this process.
#[must_use]
pub fn console() -> Console {
    Console {
        stdin_tty: std::io::stdin().is_terminal(),
        stdout_tty: std::io::stdout().is_terminal(),
        stderr_tty: std::io::stderr().is_terminal(),
    }
}

fn read_source(path: &Path) -> Result<SourceFile, Stop> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Stop::input(format!("cannot read {name}: {error}")))?;
    Ok(SourceFile::new(name, &bytes))
}

fn read_steps(path: &Path) -> Result<Steps, Stop> {
    let name = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| Stop::input(format!("cannot read {name}: {error}")))?;
    Steps::parse(&text).map_err(|why| Stop::input(format!("{name}: {why}")))
}

fn render(diagnostics: &[Diagnostic], color: bool) -> String {
    let rendered: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| c::render(diagnostic, color))
        .collect();
    rendered.join("\n")
}

fn number(text: &str, what: &str) -> Result<usize, Stop> {
    text.parse()
        .map_err(|_| Stop::input(format!("--limit {what}: {text} is no number")))
}

fn options(source: &Source) -> Result<RunOptions, Stop> {
    let options = RunOptions {
        seed: source.seed,
        cpus: source.cpus,
        max_steps: source.max_steps,
        ..RunOptions::default()
    };
    limited(options, &source.program)
}

/// The options with the limits and programs that were asked for.
fn limited(mut options: RunOptions, source: &ProgramArgs) -> Result<RunOptions, Stop> {
    options.include_files = true;
    for limit in &source.limit {
        let (name, value) = limit
            .split_once('=')
            .ok_or_else(|| Stop::input(format!("--limit {limit}: write NAME=N")))?;
        let value = number(value, name)?;
        match name {
            "tasks" => options.tasks = value,
            "frames" => options.frames = value,
            "files" => options.files = value,
            "pipes" => options.pipes = value,
            "pids" => options.pid_max = u32::try_from(value).unwrap_or(u32::MAX),
            _ => {
                let message =
                    format!("--limit {name}: no such limit; there are tasks, frames, files, pipes, pids");
                return Err(Stop::input(message));
            }
        }
    }
    for program in &source.program {
        let (path, file) = program
            .split_once('=')
            .ok_or_else(|| Stop::input(format!("--program {program}: write PATH=FILE.c")))?;
        options
            .programs
            .push((path.to_owned(), read_source(Path::new(file))?));
    }
    options.check().map_err(Stop::input)?;
    Ok(options)
}

fn load_error(error: LoadError, color: bool) -> Stop {
    match error {
        LoadError::Source(diagnostics) => Stop {
            message: render(&diagnostics, color),
            status: status::INPUT,
        },
        LoadError::Limits(message) => Stop::input(message),
    }
}

fn lost(error: &std::io::Error) -> Stop {
    Stop {
        message: format!("ktm: cannot write: {error}"),
        status: status::INPUT,
    }
}

fn run(args: &RunArgs, streams: &mut Streams<'_>) -> Result<i32, Stop> {
    let source = read_source(&args.source.program.file)?;
    let mut options = options(&args.source)?;
    options.console = streams.console;
    let tty = args.tty || args.keys.is_some();
    if tty || args.pipe {
        options.console = Console {
            stdin_tty: tty,
            stdout_tty: tty,
            stderr_tty: tty,
        };
    }
    options.keys = match &args.keys {
        Some(text) => Some(Keys::parse(text).map_err(Stop::input)?),
        None => None,
    };
    options.steps = args.schedule.as_deref().map(read_steps).transpose()?;
    let loaded = load(&source, &args.source.program.args, &options)
        .map_err(|error| load_error(error, streams.color))?;
    if !loaded.warnings.is_empty() {
        let text = render(&loaded.warnings, streams.color);
        writeln!(streams.stderr, "{}", text.trim_end()).map_err(|error| lost(&error))?;
    }
    let mut json = match &args.json {
        Some(path) => {
            let file = std::fs::File::create(path)
                .map_err(|error| Stop::input(format!("cannot write {}: {error}", path.display())))?;
            Some(std::io::BufWriter::new(file))
        }
        None => None,
    };
    let views = Views {
        trace: args.trace,
        tree: args.tree,
        pages: args.pages,
    };
    let json_out = json.as_mut().map(|file| file as &mut dyn Write);
    let mut show = Show::new(views, streams.stdin, streams.stdout, streams.stderr, json_out);
    let mut driver = Driver::new(loaded, &options);
    let ending = driver.run(&mut show);
    let notes = match show.finish() {
        Ok(notes) => notes,
        // Whoever read our output has gone, as `head` does: the program would have had SIGPIPE.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(128 + 13),
        Err(error) => return Err(lost(&error)),
    };
    if let Some(mut json) = json {
        json.flush().map_err(|error| lost(&error))?;
    }
    end(&driver, &ending, &notes, args.source.max_steps, streams).map_err(|error| lost(&error))
}

/// The last words, and the exit status.
fn end(
    driver: &Driver,
    ending: &Ending,
    notes: &[String],
    max_steps: u64,
    streams: &mut Streams<'_>,
) -> std::io::Result<i32> {
    for note in notes {
        writeln!(streams.stderr, "ktm: {note}")?;
    }
    match ending {
        Ending::Done => {}
        Ending::Hung(stuck) => {
            writeln!(streams.stderr, "ktm: nothing can go on any more; left are:")?;
            left_over(driver.machine(), stuck, streams.stderr)?;
        }
        Ending::RanAway(stuck) => {
            writeln!(
                streams.stderr,
                "ktm: stopped after {max_steps} steps (--max-steps); still there are:"
            )?;
            left_over(driver.machine(), stuck, streams.stderr)?;
            return Ok(status::HUNG);
        }
        Ending::Misfit(step, why) => {
            writeln!(
                streams.stderr,
                "ktm: step {step} of the schedule does not fit this program: {why}"
            )?;
            return Ok(status::INPUT);
        }
    }
    Ok(driver.status().map_or(status::HUNG, shell_status))
}

fn left_over(machine: &Machine, stuck: &[Stuck], out: &mut dyn Write) -> std::io::Result<()> {
    let view = machine.kernel().view();
    for Stuck { row, place } in stuck {
        let parked = view.find_task(row.tid).and_then(|task| view.tasks[task].parked);
        let does = match parked {
            Some(reason) => crate::report::story::waits_for(&reason, machine),
            None if row.state.has_exited() => {
                format!("a zombie: its parent, pid {}, has not waited for it", row.ppid)
            }
            None => format!("{} ({})", row.state.description(), row.state.letter()),
        };
        let place = place
            .as_ref()
            .map_or(String::new(), |place| format!(" at {place}"));
        writeln!(
            out,
            "ktm:   pid {} ({}){place}: {does}",
            row.tid,
            row.comm.as_str()
        )?;
    }
    Ok(())
}

fn native(args: &NativeArgs, streams: &mut Streams<'_>) -> Result<i32, Stop> {
    let source = read_source(&args.source.program.file)?;
    let options = options(&args.source)?;
    let mut stdin = Vec::new();
    if !streams.console.stdin_tty {
        streams
            .stdin
            .read_to_end(&mut stdin)
            .map_err(|error| Stop::input(format!("cannot read stdin: {error}")))?;
    }
    let model = run_source(
        &source.name,
        &source.text,
        &args.source.program.args,
        &stdin,
        &options,
    )
    .map_err(|diagnostics| load_error(LoadError::Source(diagnostics), streams.color))?;
    let program =
        Native::compile(&args.source.program.file).map_err(|failure| Stop::input(failure.to_string()))?;
    let bar = if streams.console.stderr_tty {
        indicatif::ProgressBar::new(args.runs)
    } else {
        indicatif::ProgressBar::hidden()
    };
    let tally = program.runs(&args.source.program.args, &stdin, args.runs, &|| bar.inc(1));
    bar.finish_and_clear();
    let tally = tally.map_err(|failure| Stop::input(failure.to_string()))?;
    compare(&tally, &model, streams.stdout).map_err(|error| lost(&error))
}

/// A bar on stderr, if somebody looks; `what` is counted.
fn bar(streams: &Streams<'_>, what: &str) -> indicatif::ProgressBar {
    if !streams.console.stderr_tty {
        return indicatif::ProgressBar::hidden();
    }
    let template = format!("{{msg}} {{wide_bar}} {{pos}}/{{len}} {what}, {{per_sec}}, {{eta}} left");
    let style = indicatif::ProgressStyle::with_template(&template);
    let style = style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    indicatif::ProgressBar::new(0).with_style(style)
}

const fn status_of(ending: crate::diff::Ending) -> i32 {
    match ending {
        crate::diff::Ending::Agrees => 0,
        crate::diff::Ending::Diverges => status::NO,
        crate::diff::Ending::Skipped => status::SKIPPED,
    }
}

fn diff(args: &crate::diff::Args, streams: &mut Streams<'_>) -> Result<i32, Stop> {
    let bar = bar(streams, "programs");
    let ending = crate::diff::main(args, streams.stdout, &bar).map_err(Stop::input)?;
    Ok(status_of(ending))
}

fn cover(args: &crate::cover::Args, streams: &mut Streams<'_>) -> Result<i32, Stop> {
    let bar = bar(streams, "transitions");
    let ending = crate::cover::main(args, streams.stdout, &bar).map_err(Stop::input)?;
    bar.finish_and_clear();
    Ok(status_of(ending))
}

fn conform(args: &crate::conform::Args, streams: &mut Streams<'_>) -> Result<i32, Stop> {
    use crate::conform::Ending;
    let bar = bar(streams, "programs");
    Ok(
        match crate::conform::main(args, streams.stdout, &bar).map_err(Stop::input)? {
            Ending::Conforms => 0,
            Ending::Differs => status::NO,
            Ending::Hung => status::HUNG,
        },
    )
}

fn compare(tally: &Tally, model: &crate::run::Finished, out: &mut dyn Write) -> std::io::Result<i32> {
    let (agreeing, runs) = (tally.agreeing(model), tally.runs());
    writeln!(
        out,
        "{agreeing} of {runs} native runs gave the model's output and status ({})",
        model.status
    )?;
    for (answer, times) in tally.differing(model).into_iter().take(3) {
        let status = answer
            .status
            .map_or("none: stopped after 10 s".to_owned(), |status| status.to_string());
        writeln!(out, "{times} times: status {status}")?;
        for line in String::from_utf8_lossy(&answer.stdout).lines().take(20) {
            writeln!(out, "  native | {line}")?;
        }
    }
    if agreeing < runs {
        for line in String::from_utf8_lossy(&model.stdout).lines().take(20) {
            writeln!(out, "  model  | {line}")?;
        }
    }
    Ok(if agreeing == runs { 0 } else { status::NO })
}
