//! What can be claimed of every outcome, and held against all of them without listing them.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

use super::Explored;
use super::graph::Ending;
use crate::run::shell_status;

/// Something that an outcome is or is not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claim {
    /// This is printed, somewhere in the output.
    Prints(Vec<u8>),
    /// Whenever the second is printed, the first was printed before it.
    Before(Vec<u8>, Vec<u8>),
    /// The exit status, as a shell shows it.
    Status(i32),
    /// Some of the program is left, and can never go on.
    Deadlock,
    /// The program goes on for ever.
    Livelock,
    /// The first process left children that had ended.
    Zombies,
    /// The first process left children that lived on.
    Orphans,
}

/// How much of a text stands at the end of what was printed so far; all of it once it was printed.
pub(super) fn advance(text: &[u8], mut matched: usize, byte: u8) -> usize {
    if matched == text.len() {
        return matched;
    }
    loop {
        if text.get(matched) == Some(&byte) {
            return matched + 1;
        }
        if matched == 0 {
            return 0;
        }
        // The longest beginning of the text that the matched part ends with.
        matched = (0..matched)
            .rev()
            .find(|len| {
                text.get(..matched)
                    .is_some_and(|part| part.ends_with(text.get(..*len).unwrap_or(&[])))
            })
            .unwrap_or(0);
    }
}

/// What of the output so far matters to a claim: how much of each text was matched, and whether the second came first.
type Memory = (usize, usize, bool);

fn unescape(text: &str) -> Vec<u8> {
    let (mut bytes, mut chars) = (Vec::new(), text.chars());
    while let Some(c) = chars.next() {
        let byte = match c {
            '\\' => match chars.next() {
                Some('n') => b'\n',
                Some('t') => b'\t',
                Some('0') => 0,
                Some(other) => {
                    bytes.extend(other.to_string().bytes());
                    continue;
                }
                None => b'\\',
            },
            other => {
                bytes.extend(other.to_string().bytes());
                continue;
            }
        };
        bytes.push(byte);
    }
    bytes
}

impl Claim {
    /// What a user writes: `status 3`, `deadlock`, `livelock`, `zombies`, `orphans`, `A < B`, or a text; `\n`, `\t` and
    /// `\\` stand for what they stand for in C, and a `\` before any of these words or the `<` makes it text.
    ///
    /// ```
    /// use host_harness::explore::Claim;
    ///
    /// assert_eq!(Claim::parse("status 3"), Claim::Status(3));
    /// assert_eq!(Claim::parse("hello < bye"), Claim::Before(b"hello".to_vec(), b"bye".to_vec()));
    /// assert_eq!(Claim::parse("a\\nb"), Claim::Prints(b"a\nb".to_vec()));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Claim {
        if let Some(number) = text.strip_prefix("status ")
            && let Ok(status) = number.trim().parse()
        {
            return Claim::Status(status);
        }
        match text {
            "deadlock" => return Claim::Deadlock,
            "livelock" => return Claim::Livelock,
            "zombies" => return Claim::Zombies,
            "orphans" => return Claim::Orphans,
            _ => {}
        }
        match text.split_once(" < ") {
            Some((first, second)) => Claim::Before(unescape(first), unescape(second)),
            None => Claim::Prints(unescape(text)),
        }
    }

    fn see(&self, (first, second, wrong): Memory, byte: u8) -> Memory {
        match self {
            Claim::Prints(text) => (advance(text, first, byte), 0, false),
            Claim::Before(a, b) => {
                let (was, now) = (first == a.len(), advance(b, second, byte));
                (
                    advance(a, first, byte),
                    now,
                    wrong || now == b.len() && second < b.len() && !was,
                )
            }
            _ => (0, 0, false),
        }
    }

    fn holds(&self, (first, _, wrong): Memory, ending: &Ending) -> bool {
        match self {
            Claim::Prints(text) => first == text.len(),
            Claim::Before(..) => !wrong,
            Claim::Status(status) => ending.status().map(shell_status) == Some(*status),
            Claim::Deadlock => matches!(ending, Ending::Deadlocked(_)),
            Claim::Livelock => matches!(ending, Ending::Livelocked(_)),
            Claim::Zombies => matches!(ending, Ending::Done(end) if end.zombies),
            Claim::Orphans => matches!(ending, Ending::Done(end) if end.orphans),
        }
    }
}

impl Explored {
    /// The shortest output with an ending for which a claim holds, or does not; none if there is none.
    #[must_use]
    pub fn outcome_where(&self, claim: &Claim, holds: bool) -> Option<(Vec<u8>, Ending)> {
        let (output, ending, _) = self.first_outcome(
            (0, 0, false),
            |memory, byte| claim.see(*memory, byte),
            |memory, ending| claim.holds(*memory, ending) == holds,
        )?;
        Some((output, ending))
    }

    /// The shortest output with an ending that is looked for, where `see` keeps what matters of the output so far.
    pub(super) fn first_outcome<M: Clone + Eq + Hash>(
        &self,
        start: M,
        see: impl Fn(&M, u8) -> M,
        goal: impl Fn(&M, &Ending) -> bool,
    ) -> Option<(Vec<u8>, Ending, M)> {
        let first = (0u32, start);
        let mut seen = HashSet::from([first.clone()]);
        let mut queue = VecDeque::from([(first, Vec::new())]);
        while let Some(((at, memory), word)) = queue.pop_front() {
            let (ends, steps) = self.outputs.state(at)?;
            let mut endings = ends.iter().filter_map(|end| self.endings.get(*end as usize));
            if let Some(ending) = endings.find(|ending| goal(&memory, ending)) {
                return Some((word, *ending, memory));
            }
            for (byte, to) in steps {
                let there = (*to, see(&memory, *byte));
                if seen.insert(there.clone()) {
                    let mut word = word.clone();
                    word.push(*byte);
                    queue.push_back((there, word));
                }
            }
        }
        None
    }
}
