//! The linker: gives every symbol that is used an address, and puts the image together.

use std::collections::HashMap;

use super::code::Routine;
use super::compiler::Compiler;
use super::source::{Result, Span, fail};
use super::symbol::{Definition, Realm, Symbol, SymbolId};
use crate::isa::{
    INSTR_BYTES, Image, Instr, Line, Local, PAGE_BYTES, Prot, Segment, Symbol as ImageSymbol, TEXT_BASE,
    text_address,
};

/// The instructions before the first function: where a thread's function returns to, and the program's entry.
const EXIT_THREAD: u32 = 0;
const ENTRY: u32 = 1;
const PROLOGUE: u32 = 3;

/// The most bytes of static objects: instructions hold addresses in 32 bits.
const MAX_STATIC: u64 = 0xe000_0000;

/// Where symbols lie.
type Addresses = HashMap<SymbolId, u64>;

/// Objects of one kind, one after the other.
#[derive(Default)]
struct Section {
    start: u64,
    size: u64,
    members: Vec<(SymbolId, u64)>,
}

impl Section {
    fn add(&mut self, id: SymbolId, size: u64, align: u64) {
        let offset = self.size.next_multiple_of(align.max(1));
        self.members.push((id, offset));
        self.size = offset.saturating_add(size.max(1));
    }

    /// Places the section at the page after `end`; returns its own end.
    fn place(&mut self, end: u64, addresses: &mut Addresses) -> u64 {
        self.start = end.next_multiple_of(PAGE_BYTES);
        addresses.extend(self.members.iter().map(|&(id, offset)| (id, self.start + offset)));
        self.start + self.size
    }
}

impl Compiler<'_> {
    /// Puts everything that is used into an image.
    pub(crate) fn link(&mut self) -> Result<Image> {
        let used = self.used_symbols();
        let mut addresses = Addresses::new();
        let mut functions: Vec<(SymbolId, u32, Routine)> = Vec::new();
        let (mut rodata, mut data, mut bss) = (Section::default(), Section::default(), Section::default());
        let mut next = PROLOGUE;
        for &id in &used {
            let Some(symbol) = self.symbols.get_mut(id) else {
                continue;
            };
            let ty = symbol.ty;
            match &mut symbol.definition {
                Definition::Function(routine) => {
                    let routine = std::mem::take(routine);
                    addresses.insert(id, text_address(next));
                    let len = u32::try_from(routine.code.len()).unwrap_or(u32::MAX);
                    functions.push((id, next, routine));
                    next = next.saturating_add(len);
                }
                definition => {
                    let tentative = matches!(definition, Definition::Tentative);
                    let is_const = matches!(definition, Definition::Object { is_const: true, .. });
                    let size = match definition {
                        Definition::Object { bytes, .. } => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                        _ => self.types.size(ty.id).unwrap_or(1),
                    };
                    let align = self.object_align(ty.id, size);
                    match (tentative, is_const) {
                        (true, _) => bss.add(id, size, align),
                        (false, true) => rodata.add(id, size, align),
                        (false, false) => data.add(id, size, align),
                    }
                }
            }
        }
        let mut end = text_address(next);
        for section in [&mut rodata, &mut data, &mut bss] {
            end = section.place(end, &mut addresses);
        }
        if end > MAX_STATIC {
            return fail(
                Span::default(),
                "the global variables of this program are too large together",
            );
        }
        let mut image = Image {
            entry: text_address(ENTRY),
            ..Image::default()
        };
        self.text(&mut image, &functions, &addresses);
        self.segments(&mut image, [&rodata, &data, &bss], &addresses);
        self.image_symbols(&mut image, &functions, [&rodata, &data, &bss]);
        image.files = self
            .cx
            .sources
            .files()
            .iter()
            .map(|file| file.name.clone())
            .collect();
        image.brk_start = end.next_multiple_of(PAGE_BYTES);
        Ok(image)
    }

    fn object_align(&self, ty: super::types::TypeId, size: u64) -> u64 {
        let align = self.types.align(ty);
        // gcc gives larger arrays the alignment of a cache line's half; 16 keeps everything aligned here.
        if size >= 16 { align.max(16) } else { align }
    }

    /// Symbols that are used and have a definition, user's first, in the order of their declaration.
    fn used_symbols(&self) -> Vec<SymbolId> {
        let is_used = |id: &SymbolId| {
            self.symbols.get(*id).is_some_and(|symbol| {
                let defined = !matches!(symbol.definition, Definition::None | Definition::Alias(_));
                let own_object =
                    symbol.realm == Realm::User && !self.cx.sources.is_library(symbol.span.start);
                defined && (symbol.used.is_some() || own_object)
            })
        };
        let mut used: Vec<SymbolId> = self.symbols.ids().filter(is_used).collect();
        used.sort_by_key(|&id| {
            self.symbols
                .get(id)
                .is_some_and(|symbol| symbol.realm == Realm::Library)
        });
        used
    }

    /// The address of a symbol, through aliases.
    fn resolve(&self, mut id: SymbolId, addresses: &Addresses) -> u64 {
        // An alias leads from one realm to the other: never further than twice.
        for _ in 0..4 {
            match self.symbols.get(id).map(|symbol| &symbol.definition) {
                Some(Definition::Alias(to)) => id = *to,
                _ => break,
            }
        }
        addresses.get(&id).copied().unwrap_or(0)
    }

    fn text(&self, image: &mut Image, functions: &[(SymbolId, u32, Routine)], addresses: &Addresses) {
        let start = self
            .symbols
            .external(Realm::Library, "_start")
            .map_or(0, |id| self.resolve(id, addresses));
        image.text.extend([
            Instr::ExitThread,
            Instr::FirstFrame,
            Instr::Jump {
                target: index_of(start),
            },
        ]);
        for (_, base, routine) in functions {
            let from = image.text.len();
            image.text.extend_from_slice(&routine.code);
            for instr in image.text.get_mut(from..).unwrap_or_default() {
                if let (Some(target), false) =
                    (instr.target_mut().copied(), matches!(instr, Instr::Call { .. }))
                    && let Some(place) = instr.target_mut()
                {
                    *place = target.saturating_add(*base);
                }
            }
            for reloc in &routine.relocs {
                let address = self
                    .resolve(reloc.symbol, addresses)
                    .wrapping_add_signed(reloc.addend);
                if let Some(instr) = image.text.get_mut(from + reloc.at) {
                    apply(instr, address);
                }
            }
            let function = text_address(*base);
            let locals = routine.locals.iter().cloned();
            image.locals.extend(locals.map(|bytes| Local { function, bytes }));
            for &(at, pos) in &routine.lines {
                let Some(place) = self.cx.sources.locate(pos) else {
                    continue;
                };
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                let pc = text_address(base.saturating_add(at));
                let file = u32::try_from(place.file).unwrap_or(u32::MAX);
                let same = image
                    .lines
                    .last()
                    .is_some_and(|last| (last.file, last.line) == (file, place.line));
                if !same || at == 0 {
                    image.lines.push(Line {
                        pc,
                        file,
                        line: place.line,
                    });
                }
            }
        }
    }

    fn segments(&self, image: &mut Image, sections: [&Section; 3], addresses: &Addresses) {
        let len = u64::try_from(image.text.len()).unwrap_or(0);
        image.segments.push(Segment {
            name: "text",
            vaddr: TEXT_BASE,
            memsz: len * INSTR_BYTES,
            bytes: Vec::new(),
            prot: Prot {
                read: true,
                write: false,
                exec: true,
            },
        });
        let kinds = [
            ("rodata", false, true),
            ("data", true, true),
            ("bss", true, false),
        ];
        for ((name, write, has_bytes), section) in kinds.into_iter().zip(sections) {
            if section.size == 0 {
                continue;
            }
            let bytes = if has_bytes {
                self.section_bytes(section, addresses)
            } else {
                Vec::new()
            };
            let prot = Prot {
                read: true,
                write,
                exec: false,
            };
            image.segments.push(Segment {
                name,
                vaddr: section.start,
                memsz: section.size,
                bytes,
                prot,
            });
        }
    }

    fn section_bytes(&self, section: &Section, addresses: &Addresses) -> Vec<u8> {
        let mut out = vec![0; usize::try_from(section.size).unwrap_or(0)];
        let mut write = |offset: u64, value: &[u8]| {
            let start = usize::try_from(offset).unwrap_or(usize::MAX);
            if let Some(room) = out.get_mut(start..start.saturating_add(value.len())) {
                room.copy_from_slice(value);
            }
        };
        for &(id, offset) in &section.members {
            let Some(Symbol {
                definition: Definition::Object { bytes, relocs, .. },
                ..
            }) = self.symbols.get(id)
            else {
                continue;
            };
            write(offset, bytes);
            for reloc in relocs {
                let address = self
                    .resolve(reloc.symbol, addresses)
                    .wrapping_add_signed(reloc.addend);
                write(offset + reloc.at, &address.to_le_bytes());
            }
        }
        out
    }

    fn image_symbols(
        &self,
        image: &mut Image,
        functions: &[(SymbolId, u32, Routine)],
        sections: [&Section; 3],
    ) {
        let name = |id: SymbolId| {
            self.symbols
                .get(id)
                .map(|symbol| symbol.name.clone())
                .unwrap_or_default()
        };
        let prologue = [("__exit_thread", EXIT_THREAD, 1), ("__entry", ENTRY, 2)];
        let mut symbols: Vec<ImageSymbol> = prologue
            .into_iter()
            .map(|(name, index, len)| ImageSymbol {
                name: name.to_owned(),
                addr: text_address(index),
                size: len * INSTR_BYTES,
                is_function: true,
            })
            .collect();
        for (id, base, routine) in functions {
            let size = u64::try_from(routine.code.len()).unwrap_or(0) * INSTR_BYTES;
            symbols.push(ImageSymbol {
                name: name(*id),
                addr: text_address(*base),
                size,
                is_function: true,
            });
        }
        for section in sections {
            for &(id, offset) in &section.members {
                let size = self
                    .symbols
                    .get(id)
                    .and_then(|symbol| self.types.size(symbol.ty.id))
                    .unwrap_or(1);
                let name = name(id);
                if !name.is_empty() {
                    symbols.push(ImageSymbol {
                        name,
                        addr: section.start + offset,
                        size,
                        is_function: false,
                    });
                }
            }
        }
        symbols.sort_by_key(|symbol| symbol.addr);
        image.symbols = symbols;
    }
}

/// The index of the instruction at an address.
fn index_of(address: u64) -> u32 {
    u32::try_from(address.wrapping_sub(TEXT_BASE) / INSTR_BYTES).unwrap_or(u32::MAX)
}

/// Puts an address into an instruction.
fn apply(instr: &mut Instr, address: u64) {
    match instr {
        Instr::Imm { value, .. } => *value = address.cast_signed(),
        Instr::Call { target, .. } => *target = index_of(address),
        Instr::LoadAbs { addr, .. } | Instr::StoreAbs { addr, .. } => {
            *addr = u32::try_from(address).unwrap_or(0)
        }
        _ => {}
    }
}
