//! `ktm`: see [`host_harness::cli`].

use host_harness::cli::{Streams, console, main as ktm};
use std::process::ExitCode;

fn main() -> ExitCode {
    let console = console();
    let color = console.stderr_tty && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let status = ktm(
        std::env::args_os(),
        &mut Streams {
            stdin: &mut std::io::stdin(),
            stdout: &mut std::io::stdout(),
            stderr: &mut std::io::stderr(),
            console,
            color,
        },
    );
    ExitCode::from(u8::try_from(status).unwrap_or(u8::MAX))
}
