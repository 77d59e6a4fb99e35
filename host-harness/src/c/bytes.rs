//! A source file's bytes as a text: mostly UTF-8, sometimes an older encoding in which an accent is one byte. C takes
//! such a byte as it is, in comments and between quotes.

use std::borrow::Cow;

/// Bytes that are no UTF-8 are characters from here on, which stand in no text: these are for private use.
const FIRST: u32 = 0x0010_ff00;

/// The character that stands for a byte.
fn of_byte(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The byte that a character stands for, if it is one of those.
pub(super) fn byte_of(c: char) -> Option<u8> {
    u8::try_from(u32::from(c).checked_sub(FIRST)?).ok()
}

/// Every text of bytes is the text of some characters, and no two of the same.
pub(super) fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match byte_of(c) {
                // The character itself: byte by byte, so that it is not taken for one.
                Some(_) => text.extend(c.encode_utf8(&mut [0; 4]).bytes().map(of_byte)),
                None => text.push(c),
            }
        }
        text.extend(chunk.invalid().iter().copied().map(of_byte));
    }
    text
}

/// The bytes of a character in a program.
pub(super) fn encode(c: char, out: &mut Vec<u8>) {
    match byte_of(c) {
        Some(byte) => out.push(byte),
        None => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// The same for people, as many characters long.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    match text.contains(|c| byte_of(c).is_some()) {
        true => Cow::Owned(text.replace(|c| byte_of(c).is_some(), "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost(bytes in proptest::collection::vec(any::<u8>(), 0..50), private in "[a\u{10ff00}-\u{10ffff}]{0,3}") {
            for bytes in [bytes, private.into_bytes()] {
                let mut back = Vec::new();
                decode(&bytes).chars().for_each(|c| encode(c, &mut back));
                prop_assert_eq!(back, bytes);
            }
        }

        #[test]
        fn a_text_is_itself(text in "[^\u{10ff00}-\u{10ffff}]{0,50}") {
            prop_assert_eq!(decode(text.as_bytes()), text.as_str());
            prop_assert_eq!(shown(&text), text.as_str());
        }
    }
}
