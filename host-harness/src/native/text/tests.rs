#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::{Pattern, Pids, Search};
use proptest::prelude::*;

const FIRST: u32 = 4000;
const LAST: u32 = 4009;
const PARENT: u32 = 3999;
const REAPER: u32 = 77;

fn pattern(printed: &str) -> Pattern {
    Pattern::new(
        printed.as_bytes(),
        &Pids::new(FIRST, LAST, vec![PARENT, REAPER, 1]),
    )
}

fn is(native: &str, model: &str) -> bool {
    let model = model.as_bytes();
    let found = pattern(native).find(model, &mut |at, read| {
        assert_eq!(read, &model[..at], "what was read is the text");
        at == model.len()
    });
    assert_ne!(found, Search::GivenUp);
    found == Search::Found
}

#[test]
fn one_number_stands_for_one_number() {
    assert!(is(
        "I am 4000, my child is 4002\n4002\n",
        "I am 3, my child is 4\n4\n"
    ));
    assert!(!is("4000 4002 4000\n", "3 4 4\n"), "the third is the first");
    assert!(!is("4000 4002\n", "3 3\n"), "two are not one");
    assert!(!is("4000 is here\n", "3 was here\n"));
    assert!(!is("4000\n", "3\n4\n"), "nothing may be left");
    assert!(!is("4000\n4002\n", "3\n"));
}

/// Where several numbers would do, the elder child is the elder one.
#[test]
fn the_order_of_numbers_is_kept_where_it_can_be() {
    struct Both;
    impl super::Texts for Both {
        type At = usize;
        fn start(&self) -> usize {
            0
        }
        fn after(&self, at: usize, byte: u8) -> Option<usize> {
            let goes_on = if at == 1 {
                byte == b' '
            } else {
                matches!(byte, b'3' | b'4')
            };
            (at < 3 && goes_on).then_some(at + 1)
        }
    }
    for (native, model) in [("4000 4001", "3 4"), ("4001 4000", "4 3")] {
        let mut first = None;
        let _ = pattern(native).find(&Both, &mut |at, read| {
            first = (at == 3).then(|| String::from_utf8_lossy(read).into_owned());
            at == 3
        });
        assert_eq!(first.as_deref(), Some(model));
    }
}

#[test]
fn other_numbers_are_what_they_are() {
    assert!(is("4010 of 3998", "4010 of 3998"));
    assert!(!is("4010", "3"));
    assert!(!is("04000", "3"), "%05d of 4000 has spaces or none before it");
    assert!(!is("40000", "30"));
}

#[test]
fn parents_and_reapers_are_init() {
    assert!(is("parent 3999, later 77", "parent 1, later 1"));
    assert!(is("parent 3999, later 1", "parent 1, later 1"));
    assert!(!is("parent 3999", "parent 3"));
    assert!(is("77 bottles", "77 bottles"), "a small number can be anything");
}

#[test]
fn spaces_about_a_number_are_padding() {
    assert!(is("[ 4000]", "[    3]"));
    assert!(is("|4000  |", "|3     |"));
    assert!(is("4000 4001", "3 4"));
}

#[test]
fn addresses_are_compared_like_numbers() {
    assert!(is(
        "at 0x7ffd0a10, 0x5581aaa0, 0x7ffd0a10\n",
        "at 0x413000, 0x7ffff0, 0x413000\n"
    ));
    assert!(!is("at 0x7ffd0a10, 0x7ffd0a10\n", "at 0x413000, 0x7ffff0\n"));
    assert!(!is("flags 0x40\n", "flags 0x41\n"), "too short for an address");
}

/// The smallest text that was not itself: an address has the digits of a process.
#[test]
fn a_process_and_an_address_may_have_the_same_digits() {
    let pattern = Pattern::new(b"70000 0x70000", &Pids::new(70_000, 70_009, vec![]));
    for model in ["70000 0x70000", "3 0x413000"] {
        let found = pattern.find(model.as_bytes(), &mut |at, _| at == model.len());
        assert_eq!(found, Search::Found, "{model}");
    }
}

/// `pthread_self()` as `%lu`.
#[test]
fn addresses_are_known_in_decimal_by_where_they_lie() {
    assert!(is(
        "thread 140203847321344 of 140203847321344, heap 93824992231424\n",
        "thread 140737353969664 of 140737353969664, heap 4280320\n"
    ));
    assert!(!is(
        "140203847321344 140203847321344",
        "140737353969664 140737353965568"
    ));
    assert!(!is("16! = 20922789888000", "16! = 20922789888001"));
    assert!(!is("2^47 = 140737488355328", "2^47 = 140737488355327"));
}

/// All words of these bytes, of any length.
struct Anything;

impl super::Texts for Anything {
    type At = ();

    fn start(&self) {}

    fn after(&self, (): (), byte: u8) -> Option<()> {
        (byte.is_ascii_lowercase() || matches!(byte, b'3' | b'4')).then_some(())
    }
}

/// What can be read in one way only is read, however long it is.
#[test]
fn a_long_text_is_read_to_its_end() {
    let line = |number: u32| format!("{number};").repeat((1 << 20) + 2);
    assert!(is(&line(FIRST), &line(3)));
}

/// Numbers that could be each other in too many ways are given up, and not called missing.
#[test]
fn too_many_ways_are_given_up() {
    let native: String = (0..10).map(|n| format!("a{}", FIRST + n)).collect();
    assert_eq!(
        pattern(&native).find(&Anything, &mut |(), _| false),
        Search::GivenUp
    );
    assert_eq!(pattern(&native).find(&Anything, &mut |(), _| true), Search::Found);
    assert_eq!(
        pattern(&format!("{native}X")).find(&Anything, &mut |(), _| true),
        Search::GivenUp
    );
}

proptest! {
    /// Whatever is printed is itself, and stays the same when every process has another number.
    #[test]
    fn renaming_changes_nothing(words in proptest::collection::vec(("[a-z,.:]{1,6}", 0u32..10), 0..20), shift in 1u32..9) {
        let text = |number: &dyn Fn(u32) -> u32| -> String {
            words.iter().map(|(word, who)| format!("{word}{}", number(*who))).collect()
        };
        let native = text(&|who| FIRST + who);
        prop_assert!(is(&native, &native));
        prop_assert!(is(&native, &text(&|who| 3 + (who + shift) % 10)));
        prop_assert_eq!(pattern(&native), pattern(&text(&|who| LAST - 9 + who)));
        let others = Pids::new(70_000, 70_999, vec![]);
        let elsewhere = text(&|who| 70_000 + who * shift);
        prop_assert_eq!(pattern(&native), Pattern::new(elsewhere.as_bytes(), &others));
    }

    /// Where two numbers that differ become one, it is another text.
    #[test]
    fn merging_is_seen(words in proptest::collection::vec(("[a-z]{1,6}", 0u32..5), 0..20)) {
        let text = |number: &dyn Fn(u32) -> u32| -> String {
            words.iter().map(|(word, who)| format!("{word}{}", number(*who))).collect()
        };
        let both = [0, 1].iter().all(|one| words.iter().any(|(_, who)| who == one));
        prop_assert_eq!(is(&text(&|who| FIRST + who), &text(&|who| 3 + who.max(1))), !both);
    }

    /// Nothing that is printed is too much.
    #[test]
    fn any_bytes_are_themselves(bytes in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'4'), Just(b'0'), Just(b'x'), any::<u8>()], 0..200)) {
        let pattern = Pattern::new(&bytes, &Pids::new(1, u32::MAX, vec![4]));
        prop_assert!(pattern.find(bytes.as_slice(), &mut |at, _| at == bytes.len()) == Search::Found);
    }
}
