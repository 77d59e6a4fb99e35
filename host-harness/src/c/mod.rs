//! The C front end: from the text of a program to an [`Image`].
//!
//! The way of a program: `preprocess` makes tokens, `parse` cuts them into external declarations and parses
//! those that are needed, `declare`, `record`, `definition`, `function`, `statement`, `expr` and `initial` check and lower them
//! in one walk, `archive` finds what is missing in the library, `link` lays everything out. What is wrong is told as
//! a [`Diagnostic`].

mod archive;
mod bytes;
mod code;
mod compiler;
mod convert;
mod declare;
mod definition;
mod diagnostic;
mod expr;
mod function;
mod implicit;
mod initial;
mod initializer_list;
mod link;
mod literal;
mod parse;
mod preprocess;
mod record;
mod scope;
mod source;
mod statement;
mod symbol;
mod token;
mod types;
mod unsupported;
mod value;

pub use diagnostic::{Diagnostic, Level, render};

use crate::isa::Image;
use crate::libc;
use compiler::Compiler;

/// A C file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// A file of these bytes. Those that are no UTF-8 are kept as they are.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> SourceFile {
        SourceFile {
            name: name.into(),
            text: bytes::decode(bytes),
        }
    }
}

/// The C library that programs are compiled against.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    /// The text of a header.
    pub header: fn(&str) -> Option<&'static str>,
    /// The names of the headers that programs may include.
    pub headers: fn() -> &'static [&'static str],
    /// The source files: name and text.
    pub sources: fn() -> &'static [(&'static str, &'static str)],
}

/// Finds the text of a header that the program includes in quotes, by its path: beside the file that includes it.
pub type Include = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Reads headers from files.
#[must_use]
pub fn include_files() -> Include {
    Box::new(|path| {
        let what = std::fs::metadata(path).ok()?;
        if !what.is_file() || what.len() > MAX_SOURCE as u64 {
            return None;
        }
        Some(bytes::decode(&std::fs::read(path).ok()?))
    })
}

/// How a program is compiled.
pub struct Options {
    /// The C library.
    pub library: Library,
    /// Headers of the user's own.
    pub include: Option<Include>,
}

impl Default for Options {
    /// The library of `ktm`, and no headers of the user's own.
    fn default() -> Options {
        let library = Library {
            header: libc::header,
            headers: libc::headers,
            sources: libc::sources,
        };
        Options {
            library,
            include: None,
        }
    }
}

/// A compiled program, and what might be wrong with it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The program.
    pub image: Image,
    /// Warnings in the order of the source.
    pub warnings: Vec<Diagnostic>,
}

/// The largest source file.
const MAX_SOURCE: usize = 4 << 20;
/// Room for the recursion that [`parse`] allows. Only what is touched costs memory.
const STACK_BYTES: usize = 256 << 20;

/// Compiles one file against the library.
///
/// # Errors
/// What is wrong with the program, in the order of the source.
pub fn compile(source: &SourceFile, options: &Options) -> Result<Compiled, Vec<Diagnostic>> {
    let about = |message: &str, help| vec![Diagnostic::about_file(&source.name, message, help)];
    if source.text.trim().is_empty() {
        return Err(about(
            "the file is empty",
            Some("a program starts with: int main(void) { ... }"),
        ));
    }
    if source.text.len() > MAX_SOURCE {
        return Err(about("the file is too large for a C program", None));
    }
    if source.text.contains('\0') {
        return Err(about(
            "the file is not a C program: it contains bytes of value 0",
            Some("save the file as UTF-8 text"),
        ));
    }
    // The parser and the syntax tree are recursive: a thread of its own has the stack for it.
    std::thread::scope(|scope| {
        let work = || compile_here(source, options);
        let thread = std::thread::Builder::new()
            .name("c".to_owned())
            .stack_size(STACK_BYTES);
        let done = thread
            .spawn_scoped(scope, work)
            .map(std::thread::ScopedJoinHandle::join);
        match done {
            Ok(Ok(result)) => result,
            _ => Err(about(
                "the compiler stopped with an error of its own",
                Some("please report this program"),
            )),
        }
    })
}

fn compile_here(source: &SourceFile, options: &Options) -> Result<Compiled, Vec<Diagnostic>> {
    let mut compiler = Compiler::new(options);
    compiler.program(source);
    let mut image = Image::default();
    if compiler.errors.is_empty() {
        match compiler.link() {
            Ok(linked) => image = linked,
            Err(error) => compiler.errors.push(error),
        }
    }
    let sources = &compiler.cx.sources;
    if !compiler.errors.is_empty() {
        return Err(compiler
            .errors
            .iter()
            .map(|error| sources.diagnose(error))
            .collect());
    }
    let mut warnings: Vec<Diagnostic> = Vec::new();
    for report in &compiler.cx.warnings {
        let warning = sources.diagnose(report);
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings.sort_by_key(|warning| (warning.line, warning.column));
    Ok(Compiled { image, warnings })
}
