//! What a native run printed, up to what differs from run to run: the numbers of processes, and addresses.
//!
//! Such a number stands for one number of the other text, wherever it stands, and no two of them for the same one. Spaces
//! about the number of a process may be padding and are not looked at.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

/// An address has at least so many digits: nothing lies below `mmap_min_addr`.
const ADDRESS_DIGITS: usize = 5;
/// Where programs that move (PIE), their heaps, their mappings and stacks lie on x86-64: a number without `0x` is an address
/// if it is one of these (`pthread_self()` as `%lu`).
const PLACES: [Range<u64>; 2] = [
    0x5500_0000_0000..0x5700_0000_0000,
    0x7e00_0000_0000..0x8000_0000_0000,
];
/// The first numbers are those of system processes, given once: a smaller number can be anything (RESERVED_PIDS).
const RESERVED_PIDS: u32 = 300;
/// More spaces are no padding.
const PADDING: usize = 16;
/// So many numbers are tried for others: of n processes that do the same there are n! ways.
const TURNS: usize = 1 << 20;
/// More numbers than these in one place are no processes.
const NUMBERS: usize = 1 << 12;

/// Which numbers were those of processes while a program ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pids {
    /// The program's first process, and all that were created while it ran.
    born: RangeInclusive<u32>,
    /// Its parent, and who adopts its orphans: in the model both are init.
    init: Vec<u32>,
}

impl Pids {
    /// The first process of a program and the last that was created while it ran, by anybody; and those that are to it
    /// what init is in the model. Where the numbers have begun anew meanwhile, all from the first on count.
    #[must_use]
    pub fn new(first: u32, last: u32, init: Vec<u32>) -> Pids {
        Pids {
            born: first..=if last < first { u32::MAX } else { last },
            init,
        }
    }

    fn has(&self, number: u32) -> bool {
        self.born.contains(&number) || self.init.contains(&number)
    }
}

/// How an address is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Base {
    Hex,
    Decimal,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Pid,
    Address(Base),
}

impl Kind {
    const fn has_digit(self, byte: u8) -> bool {
        match self {
            Kind::Pid | Kind::Address(Base::Decimal) => byte.is_ascii_digit(),
            Kind::Address(Base::Hex) => byte.is_ascii_hexdigit(),
        }
    }

    /// The most that a number has.
    const fn digits(self) -> usize {
        match self {
            Kind::Pid => 10,
            Kind::Address(Base::Hex) => 16,
            Kind::Address(Base::Decimal) => 20,
        }
    }

    const fn padding(self) -> usize {
        match self {
            Kind::Pid => PADDING,
            Kind::Address(_) => 0,
        }
    }
}

/// Which number it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Name {
    /// The n-th by size: of two children of one parent the elder has the smaller one.
    Pid(usize),
    /// Init's.
    Init,
    /// The n-th that was met.
    Address(Base, usize),
}

impl Name {
    const fn kind(self) -> Kind {
        match self {
            Name::Pid(_) | Name::Init => Kind::Pid,
            Name::Address(base, _) => Kind::Address(base),
        }
    }
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Piece {
    Bytes(Vec<u8>),
    Number {
        name: Name,
        /// What it says if it is no such number after all; none where it surely is.
        plain: Option<Vec<u8>>,
    },
}

/// Texts, as one reads them byte by byte.
pub trait Texts {
    /// Some bytes were read.
    type At: Copy;
    /// Nothing was read.
    fn start(&self) -> Self::At;
    /// One more byte; none if no text goes on with it.
    fn after(&self, at: Self::At, byte: u8) -> Option<Self::At>;
}

/// One text; a place is how many bytes were read.
impl Texts for [u8] {
    type At = usize;

    fn start(&self) -> usize {
        0
    }

    fn after(&self, at: usize, byte: u8) -> Option<usize> {
        (self.get(at) == Some(&byte)).then_some(at + 1)
    }
}

/// What came of looking for a text.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Search {
    /// It is there.
    Found,
    /// It is not there.
    Nowhere,
    /// There were too many ways to read its numbers.
    GivenUp,
}

/// Which numbers of processes may stand for which.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// A smaller one for a smaller one.
    Same,
    Any,
}

impl Order {
    /// Whether one may be this number where another is that one.
    fn allows(self, name: Name, digits: &[u8], other: Name, has: &[u8]) -> bool {
        match (name, other) {
            (Name::Pid(nth), Name::Pid(other)) if self == Order::Same => {
                nth.cmp(&other) == parse(digits).cmp(&parse(has))
            }
            // The digits of a process may be those of an address.
            _ => name.kind() != other.kind() || digits != has,
        }
    }
}

/// A text with places for numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Pattern {
    pieces: Vec<Piece>,
}

impl Pattern {
    /// Of what a program has printed.
    #[must_use]
    pub fn new(printed: &[u8], pids: &Pids) -> Pattern {
        let mut pieces = Vec::new();
        let mut bytes: Vec<u8> = Vec::new();
        let mut addresses: Vec<&[u8]> = Vec::new();
        let numbers = numbers_in(printed, pids);
        let mut rest = printed;
        while let Some(first) = rest.first() {
            let Some((kind, digits)) = number_at(rest, &bytes, pids) else {
                // A run of digits is one number or none.
                let len = run(rest, u8::is_ascii_digit).max(1);
                bytes.extend(rest.get(..len).unwrap_or(&[*first]));
                rest = rest.get(len..).unwrap_or_default();
                continue;
            };
            rest = rest.get(digits.len()..).unwrap_or_default();
            let number = parse(digits);
            let name = match (kind, number) {
                (Kind::Pid, Some(number)) if pids.init.contains(&number) => Name::Init,
                (Kind::Pid, number) => {
                    Name::Pid(numbers.iter().filter(|other| Some(**other) < number).count())
                }
                (Kind::Address(base), _) => {
                    let known = addresses.iter().position(|known| *known == digits);
                    addresses.extend(known.is_none().then_some(digits));
                    Name::Address(base, known.unwrap_or(addresses.len() - 1))
                }
            };
            if kind == Kind::Pid {
                bytes.truncate(bytes.len() - run(bytes.iter().rev().take(PADDING), is_space));
                rest = rest
                    .get(run(rest.iter().take(PADDING), is_space)..)
                    .unwrap_or_default();
            }
            if !bytes.is_empty() {
                pieces.push(Piece::Bytes(std::mem::take(&mut bytes)));
            }
            let sure = kind != Kind::Pid || number >= Some(RESERVED_PIDS);
            let plain = (!sure).then(|| digits.to_vec());
            pieces.push(Piece::Number { name, plain });
        }
        if !bytes.is_empty() {
            pieces.push(Piece::Bytes(bytes));
        }
        Pattern { pieces }
    }

    /// Looks for a text that this is, up to numbers: `accept` is asked at the end of each, until it says yes. One in which the
    /// numbers of processes are in the same order comes first.
    pub fn find<T: Texts + ?Sized>(&self, texts: &T, accept: &mut dyn FnMut(T::At, &[u8]) -> bool) -> Search {
        match self.find_ordered(texts, Order::Same, accept) {
            Search::Nowhere => self.find_ordered(texts, Order::Any, accept),
            found => found,
        }
    }

    fn find_ordered<T: Texts + ?Sized>(
        &self,
        texts: &T,
        order: Order,
        accept: &mut dyn FnMut(T::At, &[u8]) -> bool,
    ) -> Search {
        let (mut read, mut numbers): (Vec<u8>, Vec<(Name, Vec<u8>)>) = Default::default();
        let mut turns = vec![Turn::first(texts.start())];
        let mut taken = 0;
        while let Some(turn) = turns.pop() {
            taken += 1;
            // A text that can be read in one way only is read to its end, however long it is.
            if taken > TURNS + self.pieces.len() {
                return Search::GivenUp;
            }
            read.truncate(turn.read);
            read.extend(turn.spelled);
            numbers.truncate(turn.numbers);
            numbers.extend(turn.number);
            let (mut at, mut done) = (turn.at, turn.done);
            while let Some(Piece::Bytes(bytes)) = self.pieces.get(done) {
                let Some(next) = follow(texts, at, bytes) else {
                    break;
                };
                read.extend(bytes);
                (at, done) = (next, done + 1);
            }
            match self.pieces.get(done) {
                None if accept(at, &read) => return Search::Found,
                None | Some(Piece::Bytes(_)) => {}
                Some(Piece::Number { name, plain }) => {
                    let Some(spellings) = spellings(texts, at, *name, plain.as_deref(), &numbers) else {
                        return Search::GivenUp;
                    };
                    taken += spellings.len().saturating_sub(1);
                    let fits = |spelling: &Spelling<T::At>| {
                        let mut others = numbers.iter();
                        let digits = &spelling.digits;
                        !spelling.is_new
                            || others.all(|(other, has)| order.allows(*name, digits, *other, has))
                    };
                    turns.extend(spellings.into_iter().filter(fits).map(|spelling| Turn {
                        at: spelling.at,
                        done: done + 1,
                        read: read.len(),
                        spelled: spelling.spelled,
                        numbers: numbers.len(),
                        number: spelling.is_new.then_some((*name, spelling.digits)),
                    }));
                }
            }
        }
        Search::Nowhere
    }
}

/// One way to go on with reading, and where it branches off.
struct Turn<A> {
    at: A,
    /// So many pieces are read.
    done: usize,
    /// So many bytes were read before, and these for the last piece.
    read: usize,
    spelled: Vec<u8>,
    /// So many numbers were known before, and this one is from now on.
    numbers: usize,
    number: Option<(Name, Vec<u8>)>,
}

impl<A> Turn<A> {
    const fn first(at: A) -> Turn<A> {
        Turn {
            at,
            done: 0,
            read: 0,
            spelled: Vec::new(),
            numbers: 0,
            number: None,
        }
    }
}

/// A number as it stands in a text, between its spaces.
struct Spelling<A> {
    at: A,
    spelled: Vec<u8>,
    digits: Vec<u8>,
    /// The name did not stand for a number before.
    is_new: bool,
}

fn follow<T: Texts + ?Sized>(texts: &T, at: T::At, bytes: &[u8]) -> Option<T::At> {
    bytes.iter().try_fold(at, |at, byte| texts.after(at, *byte))
}

/// How a number can be spelled here: as the one that it is known to be, or as any; and as it is, if it may be none of a
/// process. None if there are too many.
fn spellings<T: Texts + ?Sized>(
    texts: &T,
    at: T::At,
    name: Name,
    plain: Option<&[u8]>,
    known: &[(Name, Vec<u8>)],
) -> Option<Vec<Spelling<T::At>>> {
    let known = known.iter().find(|(known, _)| *known == name);
    let known = match (name, known) {
        (Name::Init, _) => Some(b"1".as_slice()),
        (Name::Pid(_) | Name::Address(..), known) => known.map(|(_, digits)| digits.as_slice()),
    };
    let mut all = Vec::new();
    for (at, before) in spaces(texts, at, name.kind()) {
        let one = |digits: &[u8]| Some((follow(texts, at, digits)?, digits.to_vec()));
        let named = match known {
            Some(digits) => one(digits).into_iter().collect(),
            None => numbers(texts, at, name.kind())?,
        };
        let named = named.into_iter().map(|number| (number, known.is_none()));
        let plain = plain.and_then(one).map(|number| (number, false));
        for ((at, digits), is_new) in named.chain(plain) {
            for (at, behind) in spaces(texts, at, name.kind()) {
                let spaces = |count| std::iter::repeat_n(b' ', count);
                all.push(Spelling {
                    at,
                    spelled: spaces(before)
                        .chain(digits.iter().copied())
                        .chain(spaces(behind))
                        .collect(),
                    digits: digits.clone(),
                    is_new,
                });
            }
        }
    }
    Some(all)
}

/// Where one is after some spaces, none among them.
fn spaces<T: Texts + ?Sized>(texts: &T, at: T::At, kind: Kind) -> Vec<(T::At, usize)> {
    let more = |(at, count): &(T::At, usize)| Some((texts.after(*at, b' ')?, count + 1));
    std::iter::successors(Some((at, 0)), more)
        .take(kind.padding() + 1)
        .collect()
}

/// All numbers that begin here; none if there are too many.
fn numbers<T: Texts + ?Sized>(texts: &T, at: T::At, kind: Kind) -> Option<Vec<(T::At, Vec<u8>)>> {
    let mut all = vec![(at, Vec::new())];
    let mut looked_at = 0;
    while let Some((at, digits)) = all.get(looked_at).cloned() {
        looked_at += 1;
        if digits.len() < kind.digits() {
            let more = (0..=u8::MAX).filter(|byte| kind.has_digit(*byte));
            all.extend(more.filter_map(|digit| {
                let next = texts.after(at, digit)?;
                Some((next, [digits.as_slice(), &[digit]].concat()))
            }));
        }
        if all.len() > NUMBERS {
            return None;
        }
    }
    all.swap_remove(0);
    Some(all)
}

/// All numbers of processes in a text.
fn numbers_in(printed: &[u8], pids: &Pids) -> BTreeSet<u32> {
    let words = printed.split(|byte| !byte.is_ascii_digit());
    words
        .filter_map(parse)
        .filter(|number| pids.has(*number))
        .collect()
}

/// A number that begins here, behind these bytes.
fn number_at<'t>(rest: &'t [u8], before: &[u8], pids: &Pids) -> Option<(Kind, &'t [u8])> {
    let digits = |kind: Kind| rest.get(..run(rest, |byte| kind.has_digit(*byte)));
    if before.ends_with(b"0x") {
        let hex = Kind::Address(Base::Hex);
        let digits = digits(hex)?;
        let is_one = (ADDRESS_DIGITS..=hex.digits()).contains(&digits.len());
        return is_one.then_some((hex, digits));
    }
    let digits = digits(Kind::Pid).filter(|digits| digits.first() != Some(&b'0'))?;
    let number: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    if PLACES.iter().any(|places| places.contains(&number)) {
        return Some((Kind::Address(Base::Decimal), digits));
    }
    let is_pid = u32::try_from(number).is_ok_and(|number| pids.has(number));
    is_pid.then_some((Kind::Pid, digits))
}

/// How many of them from the first on are such.
fn run<'b>(bytes: impl IntoIterator<Item = &'b u8>, such: impl Fn(&u8) -> bool) -> usize {
    bytes.into_iter().take_while(|byte| such(byte)).count()
}

fn is_space(byte: &u8) -> bool {
    *byte == b' '
}

fn parse(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
