//! Flat JSON without spaces, as docs/line-protocol.md has it.

use core::fmt::Write;

/// What follows `"name":` in a line.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.match_indices(name).find_map(|(at, _)| {
        let before = line.get(..at)?.ends_with('"');
        let after = line.get(at + name.len()..)?.strip_prefix("\":")?;
        before.then_some(after)
    })
}

/// A field that is a word.
pub fn word<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    field(line, name)?.strip_prefix('"')?.split('"').next()
}

fn leading_number(text: &str) -> Option<i64> {
    let end = text
        .find(|c: char| c != '-' && !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// A field that is a number.
pub fn number(line: &str, name: &str) -> Option<i64> {
    leading_number(field(line, name)?)
}

/// A field that is a list of at most six numbers; the others are 0.
pub fn numbers(line: &str, name: &str) -> Option<[i64; 6]> {
    let list = field(line, name)?.strip_prefix('[')?.split(']').next()?;
    let mut numbers = [0; 6];
    for (place, text) in numbers
        .iter_mut()
        .zip(list.split(',').filter(|text| !text.is_empty()))
    {
        *place = leading_number(text)?;
    }
    Some(numbers)
}

/// What is put between the things of a list.
pub struct Commas(bool);

impl Commas {
    /// Before the first one.
    pub fn new() -> Commas {
        Commas(false)
    }

    /// Before the next one.
    pub fn next(&mut self, out: &mut dyn Write) -> core::fmt::Result {
        match core::mem::replace(&mut self.0, true) {
            true => out.write_char(','),
            false => Ok(()),
        }
    }
}
