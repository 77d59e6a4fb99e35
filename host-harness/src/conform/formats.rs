//! The report in the forms that machines read.

use std::fmt::Write;

use serde_json::json;

use super::Failure;
use super::report::{CallResult, Report, points};

pub(super) fn json(report: &Report) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// Gradescope's results.json: a test for each area, with a point for each call, and one for the laws.
pub(super) fn gradescope(report: &Report) -> Result<String, Failure> {
    let mut tests: Vec<serde_json::Value> = report
        .areas()
        .iter()
        .map(|(area, calls)| test(area, points(calls), &calls_text(calls)))
        .collect();
    if !report.laws.is_empty() {
        let broken = report
            .laws
            .iter()
            .filter_map(|law| Some(format!("{}: {}\n{}", law.law, law.says, law.broken.as_ref()?)));
        tests.push(test("laws", report.law_points(), &broken.collect::<String>()));
    }
    let output = format!(
        "{} programs, {} calls, {} divergences",
        report.programs, report.calls_made, report.divergences
    );
    let results = json!({ "output": output, "output_format": "text", "tests": tests });
    let text = serde_json::to_string_pretty(&results).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn test(name: &str, (score, most): (usize, usize), output: &str) -> serde_json::Value {
    let status = if score == most { "passed" } else { "failed" };
    json!({
        "name": name,
        "score": score,
        "max_score": most,
        "status": status,
        "output": output,
        "output_format": "text",
    })
}

fn calls_text(calls: &[&CallResult]) -> String {
    let mut text = String::new();
    for call in calls {
        let said = match (call.made, call.wrong.as_slice()) {
            (0, []) => "never made\n".to_owned(),
            (_, []) => "ok\n".to_owned(),
            (_, wrong) => wrong.concat(),
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{}: {said}", call.call);
    }
    text
}

fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no other control characters.
            '\n' | '\t' => safe.push(letter),
            letter if letter.is_control() => safe.push('?'),
            letter => safe.push(letter),
        }
    }
    safe
}

/// A suite for each area with a case for each call, and one for the laws.
pub(super) fn junit(report: &Report) -> String {
    let mut text =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ktm conform\">\n");
    for (area, calls) in report.areas() {
        suite(
            &mut text,
            area,
            &calls.iter().map(|call| Case::of(call)).collect::<Vec<_>>(),
        );
    }
    let laws: Vec<Case<'_>> = report
        .laws
        .iter()
        .map(|law| Case {
            name: &law.law,
            failure: law.broken.clone(),
            skipped: false,
        })
        .collect();
    if !laws.is_empty() {
        suite(&mut text, "laws", &laws);
    }
    text.push_str("</testsuites>\n");
    text
}

struct Case<'c> {
    name: &'c str,
    failure: Option<String>,
    skipped: bool,
}

impl Case<'_> {
    fn of(call: &CallResult) -> Case<'_> {
        Case {
            name: &call.call,
            failure: (!call.wrong.is_empty()).then(|| call.wrong.concat()),
            skipped: call.made == 0 && call.wrong.is_empty(),
        }
    }
}

fn suite(text: &mut String, name: &str, cases: &[Case<'_>]) {
    let failures = cases.iter().filter(|case| case.failure.is_some()).count();
    let skipped = cases.iter().filter(|case| case.skipped).count();
    let tests = cases.len();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">"
    );
    for case in cases {
        let inside = match (&case.failure, case.skipped) {
            (Some(failure), _) => {
                let first = failure.lines().next().unwrap_or_default();
                let (message, all) = (escaped(first), escaped(failure));
                format!("<failure message=\"{message}\">{all}</failure>")
            }
            (None, true) => "<skipped message=\"never made\"/>".to_owned(),
            (None, false) => String::new(),
        };
        let _ = writeln!(
            text,
            "    <testcase classname=\"{name}\" name=\"{}\">{inside}</testcase>",
            escaped(case.name)
        );
    }
    text.push_str("  </testsuite>\n");
}
