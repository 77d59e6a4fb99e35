//! A divergence as people read it: the program, and both answers side by side.

use std::fmt::Write;

use crate::oracle::alphabet::show;
use crate::oracle::check::Divergence;
use crate::oracle::differ::{What, differences};
use crate::oracle::program::Answer;

/// The minimal program, the answer of the system and those of the model, a line each.
#[must_use]
pub fn divergence(found: &Divergence) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "divergence in {}", found.what);
    let Some((last, before)) = found.steps.split_last() else {
        return text;
    };
    for made in before {
        let _ = writeln!(text, "  {made}");
    }
    let _ = writeln!(text, "  {}: {}", last.task, show(&last.command));
    match (&found.what, &found.why) {
        (What::Lost, why) => {
            let _ = writeln!(text, "    system: {}", why.as_deref().unwrap_or("broke down"));
        }
        _ => answer(&mut text, "system", &last.answer),
    }
    if found.model.is_empty() && found.what != What::Lost {
        let _ = writeln!(text, "    model:  task {} waits for no command there", last.task);
    }
    for said in &found.model {
        answer(&mut text, "model: ", said);
        seen(&mut text, &last.answer, said);
    }
    text
}

fn answer(text: &mut String, who: &str, said: &Answer) {
    let _ = writeln!(text, "    {who} {said}");
}

fn seen(text: &mut String, system: &Answer, model: &Answer) {
    let (Some(left), Some(right)) = (&system.seen, &model.seen) else {
        return;
    };
    for difference in differences(left, right) {
        let _ = writeln!(
            text,
            "      task {}, {}: system {}, model {}",
            difference.task, difference.field, difference.left, difference.right
        );
    }
}
