//! The programs that can be executed: the user's own, those given with `--program`, and those of `/bin`.

use kernel_model::abi::flags::Prot;
use kernel_model::abi::ids::ImageId;
use kernel_model::objects::mm::VmaKind;
use kernel_model::verbs::exec::Segment;
use std::sync::OnceLock;

use crate::c;
use crate::isa::Image;
use crate::libc;

/// A program that has been compiled.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its number for the kernel.
    pub id: ImageId,
    /// Where it is found.
    pub path: String,
    /// Its instructions and data.
    pub image: Image,
    /// Its pieces, as the kernel maps them.
    pub segments: Vec<Segment>,
}

/// Where the file system would have a program.
#[derive(Debug)]
struct Entry {
    path: String,
    source: c::SourceFile,
    compiled: OnceLock<Result<Program, Vec<c::Diagnostic>>>,
}

/// All programs, by path. Those of `/bin` are compiled when they are first executed.
#[derive(Debug, Default)]
pub struct Programs {
    entries: Vec<Entry>,
}

fn page_align(addr: u64) -> u64 {
    addr.next_multiple_of(4096)
}

fn prot(prot: crate::isa::Prot) -> Prot {
    let mut flags = Prot::empty();
    flags.set(Prot::READ, prot.read);
    flags.set(Prot::WRITE, prot.write);
    flags.set(Prot::EXEC, prot.exec);
    flags
}

fn kind(name: &str) -> VmaKind {
    match name {
        "text" => VmaKind::Text,
        "rodata" => VmaKind::Rodata,
        "data" => VmaKind::Data,
        _ => VmaKind::Bss,
    }
}

impl Program {
    fn new(id: ImageId, path: &str, image: Image) -> Program {
        let pieces = image
            .segments
            .iter()
            .filter(|segment| segment.memsz > 0)
            .map(|segment| Segment {
                start: segment.vaddr,
                end: page_align(segment.vaddr + segment.memsz),
                prot: prot(segment.prot),
                kind: kind(segment.name),
                file: !segment.bytes.is_empty() || segment.name == "text",
            });
        Program {
            id,
            path: path.to_owned(),
            segments: pieces.collect(),
            image,
        }
    }
}

impl Programs {
    /// The programs of `/bin`, and init.
    pub fn with_bin() -> Programs {
        let mut programs = Programs::default();
        for path in libc::programs() {
            if let Some(text) = libc::program(path) {
                let source = c::SourceFile {
                    name: format!("{path}.c"),
                    text: text.to_owned(),
                };
                programs.add(path, source);
            }
        }
        programs
    }

    /// Adds a program that will be compiled when it is first executed. A path that is there already gets the new one.
    pub fn add(&mut self, path: &str, source: c::SourceFile) {
        self.entries.retain(|entry| entry.path != path);
        self.entries.push(Entry {
            path: path.to_owned(),
            source,
            compiled: OnceLock::new(),
        });
    }

    /// Adds a compiled program.
    pub fn add_compiled(&mut self, path: &str, source: c::SourceFile, image: Image) {
        self.add(path, source);
        let at = self.entries.len() - 1;
        if let (Some(entry), Ok(id)) = (self.entries.last(), u32::try_from(at)) {
            entry
                .compiled
                .get_or_init(|| Ok(Program::new(ImageId(id), path, image)));
        }
    }

    /// The program at a path, compiled; none if there is nothing.
    pub fn find(&self, path: &str) -> Option<&Result<Program, Vec<c::Diagnostic>>> {
        let path = path
            .strip_prefix("/usr")
            .filter(|path| path.starts_with("/bin/"))
            .unwrap_or(path);
        let at = self.entries.iter().position(|entry| entry.path == path)?;
        self.compiled(at)
    }

    fn compiled(&self, at: usize) -> Option<&Result<Program, Vec<c::Diagnostic>>> {
        let entry = self.entries.get(at)?;
        let id = ImageId(u32::try_from(at).ok()?);
        Some(entry.compiled.get_or_init(|| {
            let compiled = c::compile(&entry.source, &c::Options::default())?;
            Ok(Program::new(id, &entry.path, compiled.image))
        }))
    }

    /// The program with this number, if it has been compiled.
    pub fn get(&self, id: ImageId) -> Option<&Program> {
        let entry = self.entries.get(usize::try_from(id.0).ok()?)?;
        entry.compiled.get()?.as_ref().ok()
    }
}
