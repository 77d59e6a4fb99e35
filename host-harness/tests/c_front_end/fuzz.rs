//! No input makes the front end panic, hang or overflow the stack.

use std::time::{Duration, Instant};

use host_harness::c::{SourceFile, compile, render};

use crate::random_expressions::Random;
use crate::support::{errors_of, options};

/// Compiles anything; a panic of the compiler's thread comes back as this message.
fn survives(bytes: &[u8]) {
    if let Err(errors) = compile(&SourceFile::new("fuzz.c", bytes), &options()) {
        assert!(!errors.is_empty(), "refused without a word");
        for error in &errors {
            let text = render(error, false);
            assert!(
                !text.contains("error of its own"),
                "{text}\n{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}

fn samples() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c_front_end/programs");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// Text that C is made of.
const WORDS: [&str; 48] = [
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ";",
    ",",
    "=",
    "*",
    "&",
    "int ",
    "char ",
    "struct ",
    "if",
    "else",
    "for",
    "while",
    "return ",
    "typedef ",
    "sizeof",
    "static ",
    "\"",
    "'",
    "/*",
    "#",
    "##",
    "\\\n",
    "0x",
    "1e",
    "...",
    "->",
    ".",
    "?",
    ":",
    "switch",
    "case ",
    "goto ",
    "do ",
    "#if ",
    "#define X ",
    "#include ",
    "enum ",
    "union ",
    "unsigned ",
    "-1",
    "99999999999",
    "__builtin_va_arg(",
];

fn mutate(random: &mut Random, sample: &[u8]) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=random.next(4) {
        let at = random.next(bytes.len().max(1));
        let end = (at + random.next(30)).min(bytes.len());
        match random.next(6) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let word = random.pick(&WORDS);
                bytes.splice(at..at, word.bytes());
            }
            2 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => bytes.truncate(at),
            4 => {
                let byte = random.next(256) as u8;
                if let Some(old) = bytes.get_mut(at) {
                    *old = byte;
                }
            }
            _ => {
                let word = random.pick(&WORDS);
                bytes.splice(at..end, word.bytes());
            }
        }
    }
    bytes
}

#[test]
fn mutated_programs_never_break_the_compiler() {
    let seconds = std::env::var("KTM_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let end = Instant::now() + Duration::from_secs(seconds);
    let samples = samples();
    let mut random = Random(
        std::env::var("KTM_FUZZ_SEED")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(42),
    );
    let mut count = 0;
    while Instant::now() < end && count < 1_000_000 {
        let index = random.next(samples.len());
        // A part of a program, so that one round is short.
        let sample = &samples[index];
        let from = random.next(sample.len());
        let len = random.next(1500);
        let part = &sample[from..(from + len).min(sample.len())];
        let text = if random.next(3) == 0 {
            sample.as_slice()
        } else {
            part
        };
        let started = Instant::now();
        let mutated = mutate(&mut random, text);
        survives(&mutated);
        let took = started.elapsed();
        assert!(
            took < Duration::from_secs(20),
            "{took:?} for\n{}",
            String::from_utf8_lossy(&mutated)
        );
        count += 1;
    }
    eprintln!("{count} mutated programs");
}

/// A pattern `(before, repeated, middle, repeated, after)`.
const DEEP: [(&str, &str, &str, &str, &str); 22] = [
    ("int main(void) { return ", "(", "1", ")", "; }"),
    ("int main(void) { int a[9]; return ", "a[", "0", "]", "; }"),
    ("int main(void) { int a = 1; return ", "-", "a", "", "; }"),
    ("int main(void) { int a = 1; return ", "!~", "a", "", "; }"),
    ("int main(void) { return ", "(int)", "1", "", "; }"),
    ("int main(void) { return ", "1 ? 2 : ", "1", "", "; }"),
    ("int main(void) { return ", "1 + ", "1", "", "; }"),
    ("int main(void) { int a; return ", "a = ", "1", "", "; }"),
    ("int main(void) { return ", "1, ", "1", "", "; }"),
    ("int main(void) { return ", "1 && ", "1", "", "; }"),
    ("int main(void) ", "{", "", "}", ""),
    ("int main(void) { ", "if (1) ", ";", "", " }"),
    ("int main(void) { ", "if (1) ; else ", ";", "", " }"),
    ("int main(void) { ", "for (;;) ", ";", "", " }"),
    ("int main(void) { ", "do ", ";", " while (1);", " }"),
    ("int ", "*", "p", "", "; int main(void) { return 0; }"),
    ("int ", "(", "p", ")", "; int main(void) { return 0; }"),
    ("int a = ", "{", "1", "}", "; int main(void) { return 0; }"),
    ("", "struct { ", "int x;", "} a;", " int main(void) { return 0; }"),
    (
        "#define F(x) x\nint a = ",
        "F(",
        "1",
        ")",
        "; int main(void) { return 0; }",
    ),
    ("#if ", "(", "1", ")", "\n#endif\nint main(void) { return 0; }"),
    ("#if ", "!", "1", "", "\n#endif\nint main(void) { return 0; }"),
];

#[test]
fn deep_nesting_is_refused_or_compiled() {
    for (before, open, middle, close, after) in DEEP {
        for depth in [10, 150, 1000, 10_000] {
            let text = format!(
                "{before}{}{middle}{}{after}",
                open.repeat(depth),
                close.repeat(depth)
            );
            survives(text.as_bytes());
        }
    }
    let parens = format!(
        "int main(void) {{ return {}1{}; }}",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    assert!(errors_of(&parens).contains("brackets are nested more than 200 deep"));
}

#[test]
fn macros_that_explode_are_refused() {
    let mut text = String::from("#define A0 1 1\n");
    for level in 1..40 {
        text += &format!("#define A{level} A{} A{}\n", level - 1, level - 1);
    }
    text += "int x = A39; int main(void) { return 0; }";
    assert!(errors_of(&text).contains("expands to too much"));
}

#[test]
fn what_is_no_text_is_refused() {
    for bytes in [
        &b""[..],
        b" \n\t",
        b"\xff\xfe\x00",
        b"\x7fELF\x02\x01\x01\x00\x00",
        b"\0",
        b"\xc3\x28",
    ] {
        assert!(compile(&SourceFile::new("bytes.c", bytes), &options()).is_err());
        survives(bytes);
    }
}
