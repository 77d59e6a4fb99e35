//! A small kernel as a student would write one, with a switch for each of the mistakes that students make, and the
//! machine that finds them.
//!
//! ```text
//! cargo run --release --example homework -- table            # finds every mistake, and shows how
//! cargo run --release --example homework -- list             # what mistakes there are
//! cargo run --release --example homework -- serve            # speaks the line protocol
//! cargo run --release --example homework -- serve --mistake zombie-reaped-twice
//! ```

#![allow(
    unreachable_pub,
    reason = "in a program of one crate `pub` says: for the other modules"
)]

mod calls;
mod exec;
mod exit;
mod file;
mod fork;
mod group;
mod kernel;
mod memory;
mod mistake;
mod mmap;
mod pipe;
mod signal;
mod table;
#[cfg(test)]
mod tests;
mod wait;

use std::io::Write;

use clap::{Parser, Subcommand};

use kernel::Kernel;
use mistake::Mistake;

#[derive(Parser)]
#[command(about = "A homework kernel with a switch for each classic mistake")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Find every mistake, and print how many programs and calls that takes.
    Table(table::Args),
    /// Speak the line protocol on stdin and stdout.
    Serve {
        /// The mistake to make; none without it.
        #[arg(long, value_name = "NAME", value_parser = mistake)]
        mistake: Option<Mistake>,
    },
    /// List the mistakes.
    List,
}

fn mistake(name: &str) -> Result<Mistake, String> {
    Mistake::named(name).ok_or_else(|| format!("there is no mistake {name}; `list` has them"))
}

fn main() -> std::process::ExitCode {
    let (stdin, mut stdout) = (std::io::stdin(), std::io::stdout());
    let result = match Cli::parse().verb {
        Verb::Table(args) => table::print(&args, &mut stdout),
        Verb::Serve { mistake } => {
            let mut kernel = Kernel::new(mistake);
            host_harness::oracle::lines::serve(&mut kernel, &mut stdin.lock(), &mut stdout.lock())
                .map(|()| true)
        }
        Verb::List => list(&mut stdout).map(|()| true),
    };
    match result {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::FAILURE,
        Err(error) => {
            // Nobody is left to be told when stderr is gone.
            let _ = writeln!(std::io::stderr(), "homework: {error}");
            std::process::ExitCode::from(2)
        }
    }
}

fn list(out: &mut dyn Write) -> std::io::Result<()> {
    for mistake in Mistake::ALL {
        writeln!(
            out,
            "{:30} {:12} {}",
            mistake.name(),
            mistake.area(),
            mistake.says()
        )?;
    }
    Ok(())
}
