//! The library as an archive: which of its files defines a name, found without parsing.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use super::Library;

/// Names that files define, by the address of the list of files.
static INDEXES: LazyLock<Mutex<HashMap<usize, HashMap<&'static str, usize>>>> = LazyLock::new(Mutex::default);

/// The file that defines a name, and its text.
pub(crate) fn member_of(library: &Library, name: &str) -> Option<(&'static str, &'static str)> {
    let sources = (library.sources)();
    let key = sources.as_ptr().addr();
    let mut indexes = INDEXES.lock().ok()?;
    let index = indexes.entry(key).or_insert_with(|| build(sources));
    sources.get(*index.get(name)?).copied()
}

/// Reads the definitions at the margin of each file.
fn build(sources: &[(&'static str, &'static str)]) -> HashMap<&'static str, usize> {
    let mut index = HashMap::new();
    for (number, (_, text)) in sources.iter().enumerate() {
        for name in defined_names(text) {
            index.entry(name).or_insert(number);
        }
    }
    index
}

/// The external definitions of a file of the library: functions and objects. They start at the margin, which is
/// how the library is laid out; `static` ones are nobody else's.
fn defined_names(text: &'static str) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut lines = text.lines().peekable();
    let mut in_comment = false;
    while let Some(line) = lines.next() {
        let opens = in_comment || line.starts_with("/*");
        in_comment = opens && !line.contains("*/");
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if opens
            || !starts
            || ["static ", "typedef ", "extern "]
                .iter()
                .any(|word| line.starts_with(word))
        {
            continue;
        }
        // A declaration goes on until ';' or '{'; only its head matters.
        let head_end = line.find(['=', ';', '{']).unwrap_or(line.len());
        let head = line.get(..head_end).unwrap_or(line);
        let continues = head_end == line.len();
        let prototype = head.contains('(')
            && !line.contains('{')
            && (line.trim_end().ends_with(';') || {
                continues
                    && lines
                        .peek()
                        .is_some_and(|next| next.trim_end().ends_with(';') && !next.starts_with('{'))
            });
        if !prototype {
            names.extend(declared_name(head));
        }
    }
    names
}

/// The name in `type *name(...)`, `type name[...]`, `type (*name)(...)` or `type name`.
fn declared_name(head: &'static str) -> Option<&'static str> {
    let end = head.find(['(', '[']).unwrap_or(head.len());
    if let Some(pointer) = head.get(end..)?.strip_prefix("(*") {
        return pointer
            .split(|c: char| !is_word(c))
            .next()
            .filter(|name| !name.is_empty());
    }
    let before = head.get(..end)?.trim_end();
    let start = before.rfind(|c: char| !is_word(c))? + 1;
    // `struct tag {` declares no object.
    let tag = ["struct", "union", "enum"]
        .iter()
        .any(|word| before.get(..start).map(str::trim) == Some(*word));
    before.get(start..).filter(|name| !name.is_empty() && !tag)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
