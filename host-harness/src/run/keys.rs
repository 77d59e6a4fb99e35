//! What is typed at the terminal, and when.

use std::collections::VecDeque;
use std::time::Duration;

/// The keys that end a burst: ^C, ^D, newline, ^Z, ^\.
const ENDS: [u8; 5] = [0x03, 0x04, b'\n', 0x1a, 0x1c];

/// One thing that is done at the terminal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    /// These bytes are typed: a line, or up to a key that sends a signal.
    Type(Vec<u8>),
    /// So much time of the program passes.
    Wait(Duration),
}

/// Keys to come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keys(VecDeque<Key>);

impl Keys {
    /// Bytes as they come from a file: each line, and each key that sends a signal, is typed by itself.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Keys {
        let bursts = bytes.split_inclusive(|byte| ENDS.contains(byte));
        Keys(bursts.map(|burst| Key::Type(burst.to_vec())).collect())
    }

    /// What `--keys` says: `^C` and the like for control keys, `\n` for enter, `\t`, `\\`, `\^`, `\{` for themselves,
    /// and `{2.5}` for a wait of so many seconds.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn parse(text: &str) -> Result<Keys, String> {
        let (mut keys, mut bytes) = (VecDeque::new(), Vec::new());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '^' => bytes.push(control(chars.next())?),
                '\\' => bytes.push(escape(chars.next())?),
                '{' => {
                    let seconds: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    keys.extend(Keys::from_bytes(&std::mem::take(&mut bytes)).0);
                    keys.push_back(Key::Wait(duration(&seconds)?));
                }
                c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        keys.extend(Keys::from_bytes(&bytes).0);
        Ok(Keys(keys))
    }

    /// What comes next.
    #[must_use]
    pub fn front(&self) -> Option<&Key> {
        self.0.front()
    }

    /// Takes what comes next.
    pub fn pop(&mut self) -> Option<Key> {
        self.0.pop_front()
    }

    /// Puts back what found no room.
    pub fn put_back(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.0.push_front(Key::Type(bytes));
        }
    }
}

fn control(key: Option<char>) -> Result<u8, String> {
    let key = key.and_then(|key| u8::try_from(key.to_ascii_uppercase()).ok());
    match key {
        Some(b'?') => Ok(0x7f),
        Some(key @ b'@'..=b'_') => Ok(key - b'@'),
        _ => Err("--keys: behind ^ comes one of A to Z, [ \\ ] ^ _ and ?".to_owned()),
    }
}

fn escape(key: Option<char>) -> Result<u8, String> {
    match key {
        Some('n') => Ok(b'\n'),
        Some('t') => Ok(b'\t'),
        Some('\\') => Ok(b'\\'),
        Some('^') => Ok(b'^'),
        Some('{') => Ok(b'{'),
        _ => Err("--keys: behind \\ comes one of n, t, \\, ^ and {".to_owned()),
    }
}

fn duration(seconds: &str) -> Result<Duration, String> {
    let number = seconds.parse::<f64>().ok();
    let duration = number.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| format!("--keys: {{{seconds}}} is no number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::{Key, Keys};
    use std::time::Duration;

    #[test]
    fn keys_are_written_as_people_write_them() {
        let mut keys = Keys::parse("ls\\n{1.5}x^C^?^\\\\^q").unwrap();
        let mut next = || keys.pop();
        assert_eq!(next(), Some(Key::Type(b"ls\n".to_vec())));
        assert_eq!(next(), Some(Key::Wait(Duration::from_millis(1500))));
        assert_eq!(next(), Some(Key::Type(b"x\x03".to_vec())));
        assert_eq!(next(), Some(Key::Type(b"\x7f\x1c".to_vec())));
        assert_eq!(next(), Some(Key::Type(b"^q".to_vec())));
        assert_eq!(next(), None);
        for wrong in ["^", "^1", "\\q", "{x}", "{-1}"] {
            assert!(Keys::parse(wrong).is_err(), "{wrong}");
        }
    }
}
