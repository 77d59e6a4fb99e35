//! The programs on disk, what their comments ask for, and their records.

use std::fs;
use std::path::{Path, PathBuf};

use host_harness::c::SourceFile;
use host_harness::run::{Key, Keys};

/// One C program of the corpus.
pub(crate) struct Program {
    /// `subject/name`, without the `.c`.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) source: String,
    /// From a line `// args: one "two words"`.
    pub(crate) args: Vec<String>,
    /// From a line `// stdin: text\n`, with the escapes of C.
    pub(crate) stdin: Vec<u8>,
    /// From a line `// keys: ls\n^D`, as `ktm run --keys` takes them: the program runs at a terminal.
    pub(crate) keys: Option<Keys>,
    /// From a line `// kernel: 6.1`: older kernels give another answer.
    pub(crate) kernel: Option<String>,
    /// From a line `// user: root`: others are not allowed what it does.
    pub(crate) root: bool,
}

/// What a run gives. Only stdout and status are compared; stderr is for the report.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// As a shell shows it: the exit code, or 128 + the signal.
    pub(crate) status: i32,
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.stdout == other.stdout && self.status == other.status
    }
}

/// Are the records to be written instead of compared?
pub(crate) fn recording() -> bool {
    std::env::var_os("KTM_RECORD").is_some_and(|value| value != "0")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("c")
}

/// The text of the index.
pub(crate) fn index() -> String {
    fs::read_to_string(root().join("README.md")).expect("tests/c/README.md")
}

/// Every program, sorted by name; `KTM_ONLY` selects some.
pub(crate) fn programs() -> Vec<Program> {
    let only = std::env::var("KTM_ONLY").unwrap_or_default();
    let mut programs = Vec::new();
    for subject in fs::read_dir(root())
        .expect("tests/c")
        .map(|entry| entry.unwrap().path())
    {
        if !subject.is_dir() {
            continue;
        }
        for path in fs::read_dir(&subject).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_none_or(|extension| extension != "c") {
                continue;
            }
            let name = path
                .strip_prefix(root())
                .unwrap()
                .with_extension("")
                .to_string_lossy()
                .into_owned();
            if name.contains(&only) {
                programs.push(Program::read(name, path));
            }
        }
    }
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    programs
}

impl Program {
    fn read(name: String, path: PathBuf) -> Program {
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let source = SourceFile::new(&*name, &bytes).text;
        let asked = |what: &str| {
            source
                .lines()
                .find_map(|line| line.strip_prefix("// ")?.strip_prefix(what)?.strip_prefix(": "))
        };
        let args = asked("args").map(split_words).unwrap_or_default();
        let stdin = asked("stdin").map(unescape).unwrap_or_default();
        let keys =
            asked("keys").map(|keys| Keys::parse(keys).unwrap_or_else(|error| panic!("{name}: {error}")));
        let kernel = asked("kernel").map(str::to_owned);
        let root = asked("user") == Some("root");
        Program {
            name,
            path,
            args,
            stdin,
            keys,
            kernel,
            root,
            source,
        }
    }

    /// The bytes that are typed.
    pub(crate) fn typed(&self) -> Vec<u8> {
        let mut keys = self.keys.clone().unwrap_or_default();
        let bytes = std::iter::from_fn(|| keys.pop()).map(|key| match key {
            Key::Type(bytes) => bytes,
            Key::Wait(_) => panic!("{}: no clock tells when to type", self.name),
        });
        bytes.flatten().collect()
    }

    /// What the running kernel gave when it was asked.
    pub(crate) fn record(&self) -> Result<Answer, String> {
        let read = |extension| {
            fs::read(self.path.with_extension(extension))
                .map_err(|error| format!("no record .{extension}: {error}"))
        };
        let status = String::from_utf8_lossy(&read("status")?)
            .trim()
            .parse()
            .map_err(|_| "bad .status")?;
        Ok(Answer {
            stdout: read("out")?,
            stderr: Vec::new(),
            status,
        })
    }

    pub(crate) fn write_record(&self, answer: &Answer) -> Result<(), String> {
        let write = |extension, bytes: &[u8]| {
            fs::write(self.path.with_extension(extension), bytes)
                .map_err(|error| format!(".{extension}: {error}"))
        };
        write("out", &answer.stdout)?;
        write("status", format!("{}\n", answer.status).as_bytes())
    }
}

/// Words as a shell splits them, with double quotes only.
fn split_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.trim_end().chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn unescape(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('0') => '\0',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        };
        bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
    }
    bytes
}

#[test]
fn words_and_escapes() {
    assert_eq!(
        split_words(r#"one "two words" "" -x"#),
        ["one", "two words", "", "-x"]
    );
    assert_eq!(unescape(r"a\tb\\n\n"), b"a\tb\\n\n");
}
