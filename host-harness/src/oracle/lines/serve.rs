//! The other end of the lines: any [`System`] as a process that speaks them.

use std::io::{BufRead, Result, Write};

use super::words::{AllReturned, Booted, Observed, Request, Said, Told};
use crate::oracle::alphabet::CallId;
use crate::oracle::scope::{FIELDS, Scope};
use crate::oracle::system::{Lost, System};

/// Answers requests until there are no more.
///
/// # Errors
/// A line cannot be read or written. That the system is lost is an answer.
pub fn serve(system: &mut dyn System, input: &mut dyn BufRead, output: &mut dyn Write) -> Result<()> {
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        if !line.trim().is_empty() {
            let text = answer(system, &line).unwrap_or_else(|why| said(&Said::<Told>::Error { error: why }));
            writeln!(output, "{text}")?;
            output.flush()?;
        }
        line.clear();
    }
    Ok(())
}

fn said<R: serde::Serialize>(said: &Said<R>) -> String {
    // There is nothing in it that JSON cannot hold.
    serde_json::to_string(said).unwrap_or_default()
}

fn answer(system: &mut dyn System, line: &str) -> std::result::Result<String, String> {
    let request: Request = serde_json::from_str(line).map_err(|error| format!("{error} in {line:?}"))?;
    let lost = |lost: Lost| lost.0;
    Ok(match request {
        Request::Boot => {
            system.boot().map_err(lost)?;
            said(&Said::Answer(booted(&system.scope())))
        }
        Request::Step { task, call, args, .. } => {
            let command = Request::command(&call, &args)?;
            let outcome = system.step(task, command).map_err(lost)?;
            said(&Said::Answer(Told::from(outcome)))
        }
        Request::Returned => {
            let all = system.returned().map_err(lost)?;
            said(&Said::Answer(AllReturned::new(&all)))
        }
        Request::Observe => {
            let seen = system.observe().map_err(lost)?;
            said(&Said::Answer(Observed::new(&seen)))
        }
    })
}

/// Only what is less than all is told.
fn booted(scope: &Scope) -> Booted {
    let fields: Vec<String> = scope.fields().map(str::to_owned).collect();
    let calls: Vec<String> = CallId::all()
        .filter(|call| scope.has(*call))
        .map(|call| call.row().name.to_owned())
        .collect();
    Booted {
        ok: true,
        observes: (fields.len() < FIELDS.len()).then_some(fields),
        calls: (calls.len() < CallId::all().count()).then_some(calls),
    }
}
