//! A bitmap with summaries: finding the next clear bit costs one step for each power of 64.

/// Words of a bitmap over `bits` bits, its summaries included.
#[must_use]
pub const fn words(bits: usize) -> usize {
    let mut level = bits.div_ceil(64);
    let mut sum = level;
    while level > 1 {
        level = level.div_ceil(64);
        sum += level;
    }
    sum
}

/// A set of small numbers over borrowed words. Level 0 has a bit for each number; a bit of level `n + 1` is set
/// when the word of level `n` under it is full.
#[derive(Debug)]
pub struct Bitmap<'a> {
    words: &'a mut [u64],
    bits: u32,
}

/// Where a level begins, and how many words it has.
#[derive(Clone, Copy)]
struct Level {
    base: usize,
    len: usize,
}

impl<'a> Bitmap<'a> {
    /// The set of numbers below `bits`; `words` holds [`words`]`(bits)` words, all zero for the empty set.
    pub fn new(words: &'a mut [u64], bits: u32) -> Self {
        Bitmap { words, bits }
    }

    const fn bottom(&self) -> Level {
        Level {
            base: 0,
            len: (self.bits as usize).div_ceil(64),
        }
    }

    const fn above(level: Level) -> Option<Level> {
        if level.len <= 1 {
            return None;
        }
        Some(Level {
            base: level.base + level.len,
            len: level.len.div_ceil(64),
        })
    }

    fn word(&self, level: Level, at: usize) -> u64 {
        match at < level.len {
            true => self.words.get(level.base + at).copied().unwrap_or(u64::MAX),
            false => u64::MAX,
        }
    }

    /// Whether the number is in the set.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        let (at, bit) = (number as usize / 64, number % 64);
        self.word(self.bottom(), at) >> bit & 1 == 1
    }

    /// Puts the number into the set.
    pub fn insert(&mut self, number: u32) {
        let mut at = number as usize;
        let mut level = Some(self.bottom());
        while let Some(here) = level {
            let Some(word) = self.words.get_mut(here.base + at / 64) else {
                return;
            };
            *word |= 1 << (at % 64);
            if *word != u64::MAX {
                return;
            }
            at /= 64;
            level = Self::above(here);
        }
    }

    /// Takes the number out of the set.
    pub fn remove(&mut self, number: u32) {
        let mut at = number as usize;
        let mut level = Some(self.bottom());
        while let Some(here) = level {
            let Some(word) = self.words.get_mut(here.base + at / 64) else {
                return;
            };
            let was_full = *word == u64::MAX;
            *word &= !(1 << (at % 64));
            if !was_full {
                return;
            }
            at /= 64;
            level = Self::above(here);
        }
    }

    /// The lowest number from `from` on that is not in the set, and below `end`.
    #[must_use]
    #[inline]
    pub fn next_clear(&self, from: u32, end: u32) -> Option<u32> {
        if from < end.min(self.bits) && !self.has(from) {
            return Some(from);
        }
        let found = self.clear_from(self.bottom(), from as usize)?;
        let found = u32::try_from(found).ok()?;
        (found < end.min(self.bits)).then_some(found)
    }

    /// The lowest clear bit of a level from `from` on: in the same word, or else below the next word that the
    /// level above knows not to be full.
    fn clear_from(&self, level: Level, from: usize) -> Option<usize> {
        let at = from / 64;
        let open = !self.word(level, at) & (u64::MAX << (from % 64));
        if open != 0 {
            return Some(at * 64 + open.trailing_zeros() as usize);
        }
        let word = self.clear_from(Self::above(level)?, at + 1)?;
        let open = !self.word(level, word);
        (open != 0).then(|| word * 64 + open.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bitmap against the obvious array, over numbers that cross words and levels.
    #[test]
    fn next_clear_agrees_with_a_plain_array() {
        const BITS: u32 = 64 * 64 * 2 + 17;
        let mut store = [0u64; words(BITS as usize)];
        let mut map = Bitmap::new(&mut store, BITS);
        let mut plain = [false; BITS as usize];
        let mut seed = 1u32;
        for round in 0..60_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = seed % BITS;
            // Fill in long runs first, then free at random.
            let run = if round % 50 == 0 { 700 } else { 1 };
            for number in number..(number + run).min(BITS) {
                if round % 3 == 2 {
                    map.remove(number);
                    plain[number as usize] = false;
                } else {
                    map.insert(number);
                    plain[number as usize] = true;
                }
            }
            let from = seed.rotate_left(7) % BITS;
            let expected = (from..BITS).find(|n| !plain[*n as usize]);
            assert_eq!(map.next_clear(from, BITS), expected, "from {from}");
            assert_eq!(map.has(number), plain[number as usize]);
        }
    }
}
