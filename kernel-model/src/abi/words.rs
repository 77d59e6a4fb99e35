//! Structures that are a row of words, as they lie in user memory: the least significant byte first.

/// The bytes of a row of words; where there are more bytes than that, the others are 0.
#[must_use]
pub fn to_bytes<const N: usize>(words: &[u64]) -> [u8; N] {
    let mut bytes = [0; N];
    let (whole, rest) = bytes.as_chunks_mut();
    let mut words = words.iter().map(|word| word.to_le_bytes());
    whole
        .iter_mut()
        .zip(words.by_ref())
        .for_each(|(to, word)| *to = word);
    if let Some(word) = words.next() {
        rest.iter_mut().zip(word).for_each(|(to, from)| *to = from);
    }
    bytes
}

/// The words that bytes are; where there are more words than that, the others are 0.
#[must_use]
pub fn from_bytes<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let (whole, rest) = bytes.as_chunks();
    let last = rest
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte));
    let values = whole.iter().map(|word| u64::from_le_bytes(*word)).chain([last]);
    let mut words = [0; N];
    words
        .iter_mut()
        .zip(values)
        .for_each(|(word, value)| *word = value);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_and_what_is_cut_is_the_upper_part() {
        let words = [0x0807_0605_0403_0201, 0x1f];
        let bytes: [u8; 16] = to_bytes(&words);
        assert_eq!(bytes[..9], [1, 2, 3, 4, 5, 6, 7, 8, 0x1f]);
        assert_eq!(from_bytes::<2>(&bytes), words);
        assert_eq!(to_bytes::<4>(&words), [1, 2, 3, 4]);
        assert_eq!(to_bytes::<18>(&words)[16..], [0, 0]);
        assert_eq!(from_bytes::<3>(&bytes[..10]), [words[0], 0x1f, 0]);
    }
}
