//! The types of C, with the sizes of x86-64 Linux (LP64).

use std::collections::HashMap;

use crate::isa::Slot;

/// A type: an index into [`Types`]. Equal types have equal indexes (but each struct, union and enum is its own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeId(u32);

/// A type with the qualifier that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ty {
    pub(crate) id: TypeId,
    pub(crate) is_const: bool,
    /// `_Atomic`: `++`, `+=` and their like are one instruction.
    pub(crate) is_atomic: bool,
}

impl From<TypeId> for Ty {
    fn from(id: TypeId) -> Ty {
        Ty {
            id,
            is_const: false,
            is_atomic: false,
        }
    }
}

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    Void,
    Bool,
    /// An integer: its size in bytes, whether it is signed, and which of several types of that size.
    Int(IntKind),
    Float,
    Double,
    LongDouble,
    Pointer(Ty),
    /// The length is unknown in `int a[]`.
    Array(Ty, Option<u64>),
    /// A variable-length array: its size in bytes lies in a slot of the function.
    Vla(Ty, Slot),
    Function(Box<Signature>),
    Record(usize),
    Enum(usize),
}

/// The integer types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u32)]
pub(crate) enum IntKind {
    Char = 2,
    SChar,
    UChar,
    Short,
    UShort,
    Int,
    UInt,
    Long,
    ULong,
    LongLong,
    ULongLong,
}

impl IntKind {
    pub(crate) const fn bytes(self) -> u64 {
        match self {
            IntKind::Char | IntKind::SChar | IntKind::UChar => 1,
            IntKind::Short | IntKind::UShort => 2,
            IntKind::Int | IntKind::UInt => 4,
            IntKind::Long | IntKind::ULong | IntKind::LongLong | IntKind::ULongLong => 8,
        }
    }

    pub(crate) const fn is_signed(self) -> bool {
        !matches!(
            self,
            IntKind::UChar | IntKind::UShort | IntKind::UInt | IntKind::ULong | IntKind::ULongLong
        )
    }

    const fn name(self) -> &'static str {
        match self {
            IntKind::Char => "char",
            IntKind::SChar => "signed char",
            IntKind::UChar => "unsigned char",
            IntKind::Short => "short int",
            IntKind::UShort => "short unsigned int",
            IntKind::Int => "int",
            IntKind::UInt => "unsigned int",
            IntKind::Long => "long int",
            IntKind::ULong => "long unsigned int",
            IntKind::LongLong => "long long int",
            IntKind::ULongLong => "long long unsigned int",
        }
    }
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    pub(crate) ret: Ty,
    pub(crate) params: Vec<Ty>,
    /// Ends with `...`.
    pub(crate) variadic: bool,
    /// Declared as `f()` or in K&R style: arguments are not checked.
    pub(crate) unchecked: bool,
}

/// A struct or union.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) is_union: bool,
    pub(crate) tag: Option<String>,
    /// `None` while it is only declared.
    pub(crate) fields: Option<Vec<Field>>,
    pub(crate) size: u64,
    pub(crate) align: u64,
}

/// A member of a struct or union.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// `None` for an unnamed struct or union inside.
    pub(crate) name: Option<String>,
    pub(crate) ty: Ty,
    pub(crate) offset: u64,
    pub(crate) bits: Option<Bits>,
}

/// Where a bit-field lies in its unit (an object of its type at the field's offset).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bits {
    pub(crate) shift: u32,
    pub(crate) width: u32,
}

/// An enumeration.
#[derive(Clone, Debug)]
pub(crate) struct Enumeration {
    pub(crate) tag: Option<String>,
    /// As in gcc: `unsigned` unless some enumerator is negative.
    pub(crate) underlying: IntKind,
    pub(crate) complete: bool,
}

/// All types of a compilation.
#[derive(Debug)]
pub(crate) struct Types {
    shapes: Vec<Shape>,
    ids: HashMap<Shape, TypeId>,
    pub(crate) records: Vec<Record>,
    pub(crate) enums: Vec<Enumeration>,
}

impl TypeId {
    pub(crate) const VOID: TypeId = TypeId(0);
    pub(crate) const BOOL: TypeId = TypeId(1);
    pub(crate) const CHAR: TypeId = TypeId::int(IntKind::Char);
    pub(crate) const INT: TypeId = TypeId::int(IntKind::Int);
    pub(crate) const UINT: TypeId = TypeId::int(IntKind::UInt);
    pub(crate) const LONG: TypeId = TypeId::int(IntKind::Long);
    pub(crate) const ULONG: TypeId = TypeId::int(IntKind::ULong);
    pub(crate) const FLOAT: TypeId = TypeId(13);
    pub(crate) const DOUBLE: TypeId = TypeId(14);
    pub(crate) const LONG_DOUBLE: TypeId = TypeId(15);

    pub(crate) const fn int(kind: IntKind) -> TypeId {
        TypeId(kind as u32)
    }
}

/// Ints in the order of [`IntKind`].
const INT_KINDS: [IntKind; 11] = [
    IntKind::Char,
    IntKind::SChar,
    IntKind::UChar,
    IntKind::Short,
    IntKind::UShort,
    IntKind::Int,
    IntKind::UInt,
    IntKind::Long,
    IntKind::ULong,
    IntKind::LongLong,
    IntKind::ULongLong,
];

impl Types {
    pub(crate) fn new() -> Types {
        let mut types = Types {
            shapes: Vec::new(),
            ids: HashMap::new(),
            records: Vec::new(),
            enums: Vec::new(),
        };
        let ints = INT_KINDS.map(Shape::Int);
        let basic = [Shape::Void, Shape::Bool].into_iter().chain(ints);
        for shape in basic.chain([Shape::Float, Shape::Double, Shape::LongDouble]) {
            types.intern(shape);
        }
        types
    }

    pub(crate) fn intern(&mut self, shape: Shape) -> TypeId {
        if let Some(&id) = self.ids.get(&shape) {
            return id;
        }
        let id = TypeId(u32::try_from(self.shapes.len()).unwrap_or(u32::MAX));
        self.shapes.push(shape.clone());
        self.ids.insert(shape, id);
        id
    }

    pub(crate) fn shape(&self, id: TypeId) -> &Shape {
        usize::try_from(id.0)
            .ok()
            .and_then(|at| self.shapes.get(at))
            .unwrap_or(&Shape::Void)
    }

    pub(crate) fn pointer(&mut self, to: Ty) -> TypeId {
        self.intern(Shape::Pointer(to))
    }

    pub(crate) fn array(&mut self, of: Ty, len: u64) -> TypeId {
        self.intern(Shape::Array(of, Some(len)))
    }

    pub(crate) fn record(&self, id: TypeId) -> Option<&Record> {
        match self.shape(id) {
            Shape::Record(index) => self.records.get(*index),
            _ => None,
        }
    }

    pub(crate) fn signature(&self, id: TypeId) -> Option<&Signature> {
        match self.shape(id) {
            Shape::Function(signature) => Some(signature),
            _ => None,
        }
    }

    /// The size in bytes; `None` for void, functions, incomplete types and variable-length arrays.
    pub(crate) fn size(&self, id: TypeId) -> Option<u64> {
        match self.shape(id) {
            Shape::Void | Shape::Function(_) | Shape::Vla(..) | Shape::Array(_, None) => None,
            Shape::Bool => Some(1),
            Shape::Int(kind) => Some(kind.bytes()),
            Shape::Float => Some(4),
            Shape::Double | Shape::LongDouble | Shape::Pointer(_) => Some(8),
            Shape::Array(of, Some(len)) => self.size(of.id)?.checked_mul(*len),
            Shape::Record(index) => self
                .records
                .get(*index)
                .filter(|record| record.fields.is_some())
                .map(|record| record.size),
            Shape::Enum(index) => self.enums.get(*index).filter(|found| found.complete).map(|_| 4),
        }
    }

    pub(crate) fn align(&self, id: TypeId) -> u64 {
        match self.shape(id) {
            Shape::Array(of, _) | Shape::Vla(of, _) => self.align(of.id),
            Shape::Record(index) => self.records.get(*index).map_or(1, |record| record.align.max(1)),
            Shape::Void | Shape::Function(_) => 1,
            _ => self.size(id).unwrap_or(1).max(1),
        }
    }

    /// What kind of integer a type is: enums are the type below them, `_Bool` is none.
    pub(crate) fn int_kind(&self, id: TypeId) -> Option<IntKind> {
        match self.shape(id) {
            Shape::Int(kind) => Some(*kind),
            Shape::Enum(index) => self.enums.get(*index).map(|found| found.underlying),
            _ => None,
        }
    }

    pub(crate) fn is_integer(&self, id: TypeId) -> bool {
        matches!(self.shape(id), Shape::Int(_) | Shape::Enum(_) | Shape::Bool)
    }

    pub(crate) fn is_float(&self, id: TypeId) -> bool {
        matches!(self.shape(id), Shape::Float | Shape::Double | Shape::LongDouble)
    }

    pub(crate) fn is_arithmetic(&self, id: TypeId) -> bool {
        self.is_integer(id) || self.is_float(id)
    }

    pub(crate) fn is_scalar(&self, id: TypeId) -> bool {
        self.is_arithmetic(id) || self.pointee(id).is_some()
    }

    pub(crate) fn is_record(&self, id: TypeId) -> bool {
        matches!(self.shape(id), Shape::Record(_))
    }

    pub(crate) fn is_array(&self, id: TypeId) -> bool {
        matches!(self.shape(id), Shape::Array(..) | Shape::Vla(..))
    }

    pub(crate) fn is_function(&self, id: TypeId) -> bool {
        matches!(self.shape(id), Shape::Function(_))
    }

    pub(crate) fn pointee(&self, id: TypeId) -> Option<Ty> {
        match self.shape(id) {
            Shape::Pointer(to) => Some(*to),
            _ => None,
        }
    }

    pub(crate) fn element(&self, id: TypeId) -> Option<Ty> {
        match self.shape(id) {
            Shape::Array(of, _) | Shape::Vla(of, _) => Some(*of),
            _ => None,
        }
    }

    /// Whether values of the type are unsigned in comparisons, shifts and divisions.
    pub(crate) fn is_unsigned(&self, id: TypeId) -> bool {
        match self.shape(id) {
            Shape::Pointer(_) | Shape::Bool => true,
            _ => self.int_kind(id).is_some_and(|kind| !kind.is_signed()),
        }
    }

    /// The integer promotions.
    pub(crate) fn promoted(&self, id: TypeId) -> TypeId {
        match self.shape(id) {
            Shape::Bool => TypeId::INT,
            _ => match self.int_kind(id) {
                Some(kind) if kind.bytes() < 4 => TypeId::INT,
                Some(kind) => TypeId::int(kind),
                None => id,
            },
        }
    }

    /// The type that both operands of an arithmetic operator are converted to.
    pub(crate) fn common(&self, a: TypeId, b: TypeId) -> TypeId {
        for float in [TypeId::LONG_DOUBLE, TypeId::DOUBLE, TypeId::FLOAT] {
            if a == float || b == float {
                return float;
            }
        }
        let (a, b) = (self.promoted(a), self.promoted(b));
        let (Some(x), Some(y)) = (self.int_kind(a), self.int_kind(b)) else {
            return a;
        };
        let (low, high) = if x < y { (x, y) } else { (y, x) };
        // A wider signed type holds all values of a narrower unsigned one; of equal width, unsigned wins.
        let unsigned = |kind| match kind {
            IntKind::Long => IntKind::ULong,
            IntKind::LongLong => IntKind::ULongLong,
            other => other,
        };
        let wins = low.bytes() == high.bytes() && !low.is_signed() && high.is_signed();
        TypeId::int(if wins { unsigned(high) } else { high })
    }

    /// Finds a member, also in unnamed members; its offset is from the start of the outer record.
    pub(crate) fn find_field(&self, id: TypeId, name: &str) -> Option<Field> {
        for field in self.record(id)?.fields.as_ref()? {
            match &field.name {
                Some(own) if own == name => return Some(field.clone()),
                Some(_) => {}
                None => {
                    if let Some(inner) = self.find_field(field.ty.id, name) {
                        return Some(Field {
                            offset: field.offset + inner.offset,
                            ..inner
                        });
                    }
                }
            }
        }
        None
    }

    /// Whether two types are the same but for what C calls compatible: unknown array lengths, unchecked functions.
    pub(crate) fn compatible(&self, a: TypeId, b: TypeId) -> bool {
        if a == b {
            return true;
        }
        match (self.shape(a), self.shape(b)) {
            (Shape::Pointer(x), Shape::Pointer(y)) => self.compatible(x.id, y.id),
            (Shape::Array(x, m), Shape::Array(y, n)) => {
                self.compatible(x.id, y.id) && (m == n || m.is_none() || n.is_none())
            }
            (Shape::Vla(x, _), Shape::Array(y, _) | Shape::Vla(y, _))
            | (Shape::Array(x, _), Shape::Vla(y, _)) => self.compatible(x.id, y.id),
            (Shape::Function(f), Shape::Function(g)) => {
                let params = f.params.len() == g.params.len()
                    && f.variadic == g.variadic
                    && f.params
                        .iter()
                        .zip(&g.params)
                        .all(|(x, y)| self.compatible(x.id, y.id));
                self.compatible(f.ret.id, g.ret.id) && (f.unchecked || g.unchecked || params)
            }
            (Shape::Enum(_), Shape::Int(kind)) => self.int_kind(a) == Some(*kind),
            (Shape::Int(kind), Shape::Enum(_)) => self.int_kind(b) == Some(*kind),
            _ => false,
        }
    }

    /// The type as people write it.
    pub(crate) fn describe(&self, ty: Ty) -> String {
        let mut text = String::from(if ty.is_const { "const " } else { "" });
        match self.shape(ty.id) {
            Shape::Void => text.push_str("void"),
            Shape::Bool => text.push_str("_Bool"),
            Shape::Int(kind) => text.push_str(kind.name()),
            Shape::Float => text.push_str("float"),
            Shape::Double => text.push_str("double"),
            Shape::LongDouble => text.push_str("long double"),
            Shape::Pointer(to) => return self.describe_pointer(*to, ty.is_const),
            Shape::Array(..) | Shape::Vla(..) => return self.describe_array(ty),
            Shape::Function(signature) => return self.describe_function(signature, ""),
            Shape::Record(index) => {
                let record = self.records.get(*index);
                text.push_str(if record.is_some_and(|r| r.is_union) {
                    "union "
                } else {
                    "struct "
                });
                text.push_str(record.and_then(|r| r.tag.as_deref()).unwrap_or("<anonymous>"));
            }
            Shape::Enum(index) => {
                text.push_str("enum ");
                let tag = self.enums.get(*index).and_then(|found| found.tag.as_deref());
                text.push_str(tag.unwrap_or("<anonymous>"));
            }
        }
        text
    }

    fn describe_pointer(&self, to: Ty, is_const: bool) -> String {
        let own = if is_const { "* const" } else { "*" };
        match self.shape(to.id) {
            Shape::Function(signature) => self.describe_function(signature, "(*)"),
            Shape::Array(of, len) => {
                let len = len.map(|len| len.to_string()).unwrap_or_default();
                format!("{} ({own})[{len}]", self.describe(*of))
            }
            Shape::Pointer(_) => format!("{}{own}", self.describe(to)),
            _ => format!("{} {own}", self.describe(to)),
        }
    }

    fn describe_array(&self, ty: Ty) -> String {
        let mut lengths = String::new();
        let mut inner = ty;
        while let Shape::Array(of, _) | Shape::Vla(of, _) = self.shape(inner.id) {
            match self.shape(inner.id) {
                Shape::Array(_, Some(len)) => lengths.push_str(&format!("[{len}]")),
                _ => lengths.push_str("[]"),
            }
            inner = *of;
        }
        format!("{}{lengths}", self.describe(inner))
    }

    fn describe_function(&self, signature: &Signature, middle: &str) -> String {
        let mut params: Vec<String> = signature
            .params
            .iter()
            .map(|&param| self.describe(param))
            .collect();
        if signature.variadic {
            params.push("...".to_owned());
        }
        if params.is_empty() && !signature.unchecked {
            params.push("void".to_owned());
        }
        let space = if middle.is_empty() { " " } else { "" };
        format!(
            "{}{space}{middle}({})",
            self.describe(signature.ret),
            params.join(", ")
        )
    }
}
