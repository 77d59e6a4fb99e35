//! Numbers, characters and strings as they are written in C.

use super::bytes;

/// An integer constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Integer {
    pub(crate) value: u64,
    /// It has the suffix `u`.
    pub(crate) unsigned: bool,
    /// The number of `l`s in its suffix.
    pub(crate) longs: u8,
    /// Written in base 10: then it never becomes unsigned by itself.
    pub(crate) decimal: bool,
}

/// Reads an integer constant with its suffix.
pub(crate) fn integer(text: &str) -> Result<Integer, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (lower.get(2..).unwrap_or_default(), 16),
        [b'0', b'b', ..] => (lower.get(2..).unwrap_or_default(), 2),
        [b'0', ..] => (lower.as_str(), 8),
        _ => (lower.as_str(), 10),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let (number, suffix) = digits.split_at(end);
    let unsigned = suffix.contains('u');
    let longs = suffix.matches('l').count();
    let known = matches!(suffix, "" | "u" | "l" | "ul" | "lu" | "ll" | "ull" | "llu");
    if !known || number.is_empty() {
        return Err(if radix == 8 && suffix.starts_with(['8', '9']) {
            format!("'{text}' is written in octal, because it starts with 0: 8 and 9 are no digits of it")
        } else {
            format!("'{text}' is not a number")
        });
    }
    let value = u64::from_str_radix(number, radix)
        .map_err(|_| format!("'{text}' is too large for any integer type"))?;
    Ok(Integer {
        value,
        unsigned,
        longs: u8::try_from(longs).unwrap_or(2),
        decimal: radix == 10,
    })
}

/// Reads a floating constant without its suffix.
pub(crate) fn float(text: &str) -> Result<f64, String> {
    let wrong = || format!("'{text}' is not a number");
    let lower = text.to_ascii_lowercase();
    match lower.strip_prefix("0x") {
        Some(hex) => hexadecimal(hex).ok_or_else(wrong),
        None => lower.parse().map_err(|_| wrong()),
    }
}

/// `1.8p3`: digits in base 16, an exponent in base 2.
fn hexadecimal(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('p')?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut exponent: i32 = exponent.parse().ok()?;
    let mut mantissa: u64 = 0;
    for (index, digit) in whole.chars().chain(part.chars()).enumerate() {
        let after_point = index >= whole.len();
        let digit = digit.to_digit(16)?;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            exponent = exponent.saturating_sub(if after_point { 4 } else { 0 });
        } else {
            // Beyond 60 bits digits only scale; the lowest bit remembers that there were some.
            mantissa |= u64::from(digit != 0);
            exponent = exponent.saturating_add(if after_point { 0 } else { 4 });
        }
    }
    // A double has 53 bits: the one rounding is that of this conversion.
    Some(mantissa as f64 * 2f64.powi(exponent.clamp(-1060, 1060)))
}

/// Reads a character constant with its quotes.
pub(crate) fn character(text: &str) -> Result<i64, String> {
    let wide = text.starts_with(['L', 'u', 'U']);
    let inner = text
        .find('\'')
        .and_then(|open| text.get(open + 1..text.len().saturating_sub(1)));
    let inner = inner.ok_or_else(|| format!("'{text}' is not a character"))?;
    if wide {
        let units = wide_units(inner)?;
        return units
            .first()
            .map(|&unit| i64::from(unit.cast_signed()))
            .ok_or_else(empty);
    }
    let bytes = bytes_of(inner)?;
    match bytes.as_slice() {
        [] => Err(empty()),
        [one] => Ok(i64::from(one.cast_signed())),
        many => {
            let all = many
                .iter()
                .fold(0_u32, |value, &byte| value << 8 | u32::from(byte));
            Ok(i64::from(all.cast_signed()))
        }
    }
}

fn empty() -> String {
    "a character constant needs a character".to_owned()
}

/// The bytes of one string literal with its quotes, and whether it is a wide one.
pub(crate) fn string(text: &str) -> Result<(Vec<u32>, bool), String> {
    let open = text.find('"').unwrap_or(0);
    let inner = text
        .get(open + 1..text.len().saturating_sub(1))
        .unwrap_or_default();
    let prefix = text.get(..open).unwrap_or_default();
    if matches!(prefix, "L" | "u" | "U") {
        return Ok((wide_units(inner)?, true));
    }
    Ok((bytes_of(inner)?.into_iter().map(u32::from).collect(), false))
}

fn bytes_of(inner: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes::encode(c, &mut out);
            continue;
        }
        match escape(&mut chars)? {
            Escape::Unit(unit) => {
                out.push(u8::try_from(unit).map_err(|_| "this escape does not fit into a char")?)
            }
            Escape::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Ok(out)
}

fn wide_units(inner: &str) -> Result<Vec<u32>, String> {
    let mut out = Vec::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match escape(&mut chars)? {
                Escape::Unit(unit) => unit,
                Escape::Char(c) => u32::from(c),
            },
            c if bytes::byte_of(c).is_some() => return Err("a wide character must be UTF-8".to_owned()),
            c => u32::from(c),
        });
    }
    Ok(out)
}

enum Escape {
    /// A number: goes into one unit of the string.
    Unit(u32),
    /// A universal character name.
    Char(char),
}

fn escape(chars: &mut std::str::Chars<'_>) -> Result<Escape, String> {
    let Some(c) = chars.next() else {
        return Err("a backslash needs a character after it".to_owned());
    };
    Ok(Escape::Unit(match c {
        'n' => 10,
        't' => 9,
        'r' => 13,
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'v' => 11,
        'e' => 27,
        '\\' | '\'' | '"' | '?' => u32::from(c),
        '0'..='7' => digits(chars, u32::from(c) - u32::from('0'), 8, 2)?.0,
        'x' => match digits(chars, 0, 16, usize::MAX)? {
            (_, 0) => return Err("\\x needs hexadecimal digits after it".to_owned()),
            (value, _) => value,
        },
        'u' | 'U' => {
            let wanted = if c == 'u' { 4 } else { 8 };
            let (value, read) = digits(chars, 0, 16, wanted)?;
            let made = char::from_u32(value).filter(|_| read == wanted);
            return made
                .map(Escape::Char)
                .ok_or_else(|| format!("\\{c} needs {wanted} hexadecimal digits"));
        }
        // As in gcc, the character itself; the parser warns.
        other => return Ok(Escape::Char(other)),
    }))
}

/// Reads up to `most` digits; returns the value and how many there were.
fn digits(
    chars: &mut std::str::Chars<'_>,
    first: u32,
    radix: u32,
    most: usize,
) -> Result<(u32, usize), String> {
    let mut value = first;
    let mut read = 0;
    while read < most {
        let Some(digit) = chars.clone().next().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        chars.next();
        read += 1;
        value = value
            .checked_mul(radix)
            .and_then(|value| value.checked_add(digit))
            .ok_or("this escape is too large")?;
    }
    Ok((value, read))
}

/// Whether a number is well written, be it an integer or not.
pub(crate) fn number(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    let hex = lower.starts_with("0x");
    let is_float = lower.contains('.') || (!hex && lower.contains('e')) || (hex && lower.contains('p'));
    if !is_float {
        return integer(text).map(drop);
    }
    let digits = lower.strip_suffix(['f', 'l']).unwrap_or(&lower);
    float(digits).map(drop)
}

/// A literal with only those escapes that every parser knows, and the first escape that is unknown.
pub(crate) fn plain(text: &str) -> (String, Option<char>) {
    let mut out = String::with_capacity(text.len());
    let mut unknown = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.clone().next() {
            Some('u' | 'U') => match escape(&mut chars) {
                Ok(Escape::Char(c)) => out.push(c),
                _ => out.push('?'),
            },
            Some('e') => {
                chars.next();
                out.push_str("\\033");
            }
            Some(known) if "ntrabfv\\'\"?01234567x".contains(known) => {
                chars.next();
                out.extend(['\\', known]);
            }
            Some(other) => {
                chars.next();
                unknown = unknown.or(Some(other));
                out.push(other);
            }
            None => {}
        }
    }
    (out, unknown)
}
