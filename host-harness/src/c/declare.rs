//! From specifiers and declarators to types (C99 6.7).

use lang_c::ast::{
    ArraySize, DeclarationSpecifier, Declarator, DeclaratorKind, DerivedDeclarator, Expression,
    FunctionDeclarator, Identifier, ParameterDeclaration, PointerQualifier, SpecifierQualifier,
    StorageClassSpecifier, TypeName, TypeOf, TypeQualifier, TypeSpecifier,
};
use lang_c::span::Node;

use super::compiler::Compiler;
use super::scope::Entity;
use super::source::{Result, Span, fail};
use super::types::{IntKind, Shape, Signature, Ty, TypeId};
use super::value::Value;

/// What the specifiers of a declaration say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Specifiers {
    pub(crate) ty: Ty,
    pub(crate) storage: Storage,
}

/// Storage classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    None,
    Typedef,
    Extern,
    Static,
}

/// One parameter of a function that is being defined.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Option<String>,
    pub(crate) ty: Ty,
    pub(crate) span: Span,
}

/// Type specifiers in any order: how often each was met.
#[derive(Default)]
struct Words {
    void: u8,
    bool: u8,
    char: u8,
    short: u8,
    int: u8,
    long: u8,
    float: u8,
    double: u8,
    signed: u8,
    unsigned: u8,
    other: Option<TypeId>,
    is_const: bool,
    is_atomic: bool,
    any: bool,
}

/// The largest object.
const MAX_OBJECT: u64 = 1 << 40;

impl Compiler<'_> {
    pub(crate) fn span(&self, span: lang_c::span::Span) -> Span {
        self.map.span(span)
    }

    /// The specifiers of a declaration.
    pub(crate) fn specifiers(&mut self, nodes: &[Node<DeclarationSpecifier>]) -> Result<Specifiers> {
        let mut words = Words::default();
        let mut storage = Storage::None;
        let mut at = Span::default();
        for node in nodes {
            at = self.span(node.span);
            match &node.node {
                DeclarationSpecifier::TypeSpecifier(specifier) => self.type_word(specifier, &mut words)?,
                DeclarationSpecifier::TypeQualifier(qualifier) => words.qualify(&qualifier.node),
                DeclarationSpecifier::StorageClass(class) => {
                    let new = match class.node {
                        StorageClassSpecifier::Typedef => Storage::Typedef,
                        StorageClassSpecifier::Extern => Storage::Extern,
                        StorageClassSpecifier::Static => Storage::Static,
                        StorageClassSpecifier::ThreadLocal => {
                            return fail(at, "thread-local variables are not supported");
                        }
                        StorageClassSpecifier::Auto | StorageClassSpecifier::Register => Storage::None,
                    };
                    if storage != Storage::None && new != Storage::None && storage != new {
                        return fail(at, "a declaration has only one storage class");
                    }
                    storage = if new == Storage::None { storage } else { new };
                }
                DeclarationSpecifier::Alignment(_) => return fail(at, "_Alignas is not supported"),
                DeclarationSpecifier::Function(_) | DeclarationSpecifier::Extension(_) => {}
            }
        }
        Ok(Specifiers {
            ty: self.word_type(&words, at)?,
            storage,
        })
    }

    /// The specifiers of a member or of a type name.
    pub(crate) fn qualified(&mut self, nodes: &[Node<SpecifierQualifier>]) -> Result<Ty> {
        let mut words = Words::default();
        let mut at = Span::default();
        for node in nodes {
            at = self.span(node.span);
            match &node.node {
                SpecifierQualifier::TypeSpecifier(specifier) => self.type_word(specifier, &mut words)?,
                SpecifierQualifier::TypeQualifier(qualifier) => words.qualify(&qualifier.node),
                SpecifierQualifier::Extension(_) => {}
            }
        }
        self.word_type(&words, at)
    }

    fn type_word(&mut self, specifier: &Node<TypeSpecifier>, words: &mut Words) -> Result<()> {
        let at = self.span(specifier.span);
        words.any = true;
        let counter = match &specifier.node {
            TypeSpecifier::Void => &mut words.void,
            TypeSpecifier::Bool => &mut words.bool,
            TypeSpecifier::Char => &mut words.char,
            TypeSpecifier::Short => &mut words.short,
            TypeSpecifier::Int => &mut words.int,
            TypeSpecifier::Long => &mut words.long,
            TypeSpecifier::Float => &mut words.float,
            TypeSpecifier::Double => &mut words.double,
            TypeSpecifier::Signed => &mut words.signed,
            TypeSpecifier::Unsigned => &mut words.unsigned,
            other => {
                if words.other.is_some() {
                    return fail(at, "two types in one declaration");
                }
                let ty = self.named_type(other, at)?;
                words.is_const |= ty.is_const;
                words.is_atomic |= ty.is_atomic;
                words.other = Some(ty.id);
                return Ok(());
            }
        };
        *counter += 1;
        let most = if matches!(specifier.node, TypeSpecifier::Long) {
            2
        } else {
            1
        };
        if *counter > most {
            return fail(at, "the same type specifier twice in one declaration");
        }
        Ok(())
    }

    fn named_type(&mut self, specifier: &TypeSpecifier, at: Span) -> Result<Ty> {
        match specifier {
            TypeSpecifier::Struct(node) => self.record_type(node).map(Ty::from),
            TypeSpecifier::Enum(node) => self.enum_type(node).map(Ty::from),
            TypeSpecifier::TypedefName(name) if name.node.name == "__builtin_va_list" => {
                Ok(self.types.pointer(TypeId::CHAR.into()).into())
            }
            TypeSpecifier::TypedefName(name) => match self.lookup(&name.node.name)?.map(|found| found.entity)
            {
                Some(Entity::Typedef(ty)) => {
                    self.complete(ty.id)?;
                    Ok(ty)
                }
                _ => fail(at, format!("unknown type name '{}'", name.node.name)),
            },
            TypeSpecifier::TypeOf(node) => match &node.node {
                TypeOf::Type(name) => self.type_name(name),
                TypeOf::Expression(expression) => self.type_of(expression).map(Ty::from),
            },
            TypeSpecifier::Complex => fail(at, "complex numbers are not supported"),
            TypeSpecifier::Atomic(name) => Ok(Ty {
                is_atomic: true,
                ..self.type_name(name)?
            }),
            _ => fail(at, "this floating-point type is not supported"),
        }
    }

    fn word_type(&mut self, words: &Words, at: Span) -> Result<Ty> {
        let id = match words.type_id() {
            Some(id) => id,
            None => return fail(at, "these type specifiers do not go together"),
        };
        if !words.any {
            self.cx.warn(
                at,
                "the type is missing in this declaration: int is assumed",
                None,
            );
        }
        Ok(Ty {
            id,
            is_const: words.is_const,
            is_atomic: words.is_atomic,
        })
    }

    /// A type name, as in a cast or `sizeof`.
    pub(crate) fn type_name(&mut self, name: &Node<TypeName>) -> Result<Ty> {
        let base = self.qualified(&name.node.specifiers)?;
        match &name.node.declarator {
            Some(declarator) => Ok(self.declarator(base, declarator)?.1),
            None => Ok(base),
        }
    }

    /// The name and type that a declarator makes of its base type.
    pub(crate) fn declarator<'n>(
        &mut self,
        base: Ty,
        declarator: &'n Node<Declarator>,
    ) -> Result<(Option<&'n Node<Identifier>>, Ty)> {
        let derived = &declarator.node.derived;
        let is_pointer = |node: &&Node<DerivedDeclarator>| matches!(node.node, DerivedDeclarator::Pointer(_));
        let pointers = derived.iter().take_while(is_pointer).count();
        let (pointers, rest) = derived.split_at(pointers);
        let mut ty = base;
        for node in pointers {
            ty = self.derive(ty, node)?;
        }
        for node in rest.iter().rev() {
            ty = self.derive(ty, node)?;
        }
        match &declarator.node.kind.node {
            DeclaratorKind::Abstract => Ok((None, ty)),
            DeclaratorKind::Identifier(name) => Ok((Some(name), ty)),
            DeclaratorKind::Declarator(inner) => self.declarator(ty, inner),
        }
    }

    fn derive(&mut self, ty: Ty, node: &Node<DerivedDeclarator>) -> Result<Ty> {
        let at = self.span(node.span);
        match &node.node {
            DerivedDeclarator::Pointer(qualifiers) => {
                let has = |wanted: TypeQualifier| {
                    qualifiers.iter().any(|qualifier| match &qualifier.node {
                        PointerQualifier::TypeQualifier(qualifier) => qualifier.node == wanted,
                        PointerQualifier::Extension(_) => false,
                    })
                };
                Ok(Ty {
                    id: self.types.pointer(ty),
                    is_const: has(TypeQualifier::Const),
                    is_atomic: has(TypeQualifier::Atomic),
                })
            }
            DerivedDeclarator::Array(array) => self.array(ty, &array.node.size, at),
            DerivedDeclarator::Function(function) => self.function_type(ty, &function.node, at),
            DerivedDeclarator::KRFunction(names) => {
                let _ = names;
                self.check_return(ty, at)?;
                let signature = Signature {
                    ret: ty,
                    params: Vec::new(),
                    variadic: false,
                    unchecked: true,
                };
                Ok(self.types.intern(Shape::Function(Box::new(signature))).into())
            }
            DerivedDeclarator::Block(_) => fail(at, "blocks are not C"),
        }
    }

    fn check_return(&self, ret: Ty, at: Span) -> Result<()> {
        if self.types.is_function(ret.id) || self.types.is_array(ret.id) {
            return fail(at, "a function cannot return a function or an array");
        }
        Ok(())
    }

    fn array(&mut self, of: Ty, size: &ArraySize, at: Span) -> Result<Ty> {
        if self.types.is_function(of.id) {
            return fail(
                at,
                "an array of functions is not possible: take an array of pointers to functions",
            );
        }
        self.complete(of.id)?;
        if of.id == TypeId::VOID {
            return fail(at, "an array of void is not possible");
        }
        if self.any_length {
            return Ok(self.types.intern(Shape::Array(of, None)).into());
        }
        if self.types.size(of.id).is_none() && !matches!(self.types.shape(of.id), Shape::Vla(..)) {
            let what = self.types.describe(of);
            return fail(at, format!("an array of elements of unknown size: '{what}'"));
        }
        let expression = match size {
            ArraySize::Unknown | ArraySize::VariableUnknown => {
                return Ok(self.types.intern(Shape::Array(of, None)).into());
            }
            ArraySize::VariableExpression(expression) | ArraySize::StaticExpression(expression) => expression,
        };
        let id = match self.constant_length(expression)? {
            Some(len) => {
                let fits = self
                    .types
                    .size(of.id)
                    .is_none_or(|size| size.saturating_mul(len) <= MAX_OBJECT);
                if !fits {
                    return fail(at, "this array is too large");
                }
                match self.types.shape(of.id) {
                    Shape::Vla(..) => self.vla(of, Value::Int(len.cast_signed())),
                    _ => self.types.array(of, len),
                }
            }
            None => self.variable_length(of, expression, at)?,
        };
        Ok(id.into())
    }

    /// The length of an array if it is constant.
    fn constant_length(&mut self, expression: &Node<Expression>) -> Result<Option<u64>> {
        let at = self.span(expression.span);
        let Some((value, ty)) = self.try_constant(expression)? else {
            return Ok(None);
        };
        if !self.types.is_integer(ty) {
            return fail(at, "the length of an array must be an integer");
        }
        match u64::try_from(value) {
            Ok(len) => Ok(Some(len)),
            Err(_) if self.types.is_unsigned(ty) => Ok(Some(value.cast_unsigned())),
            Err(_) => fail(at, "the length of this array is negative"),
        }
    }

    fn variable_length(&mut self, of: Ty, expression: &Node<Expression>, at: Span) -> Result<TypeId> {
        if self.function.scopes.is_empty() {
            return fail(at, "the length of an array outside of functions must be constant");
        }
        let length = self.rvalue(expression, None)?;
        if !self.types.is_integer(length.ty) {
            return fail(at, "the length of an array must be an integer");
        }
        let length = self.convert(length, TypeId::ULONG, None);
        Ok(self.vla(of, length.value))
    }

    /// The type of a variable-length array: its size in bytes is computed now.
    fn vla(&mut self, of: Ty, length: Value) -> TypeId {
        let size = self.function.reserve(8);
        let element = self.size_value(of.id);
        self.multiply(length, element, size);
        self.types.intern(Shape::Vla(of, size))
    }

    fn function_type(&mut self, ret: Ty, function: &FunctionDeclarator, at: Span) -> Result<Ty> {
        self.check_return(ret, at)?;
        let mut params = Vec::with_capacity(function.parameters.len());
        for node in &function.parameters {
            params.push(self.parameter(&node.node)?.ty);
        }
        let variadic = function.ellipsis == lang_c::ast::Ellipsis::Some;
        let unchecked = params.is_empty() && !variadic;
        if params.first().is_some_and(|first| first.id == TypeId::VOID) {
            if params.len() > 1 {
                return fail(at, "'void' must be the only parameter");
            }
            params.clear();
        } else if params.iter().any(|param| param.id == TypeId::VOID) {
            return fail(at, "a parameter cannot have type void");
        }
        let params = params.into_iter().map(|param| Ty::from(param.id)).collect();
        let signature = Signature {
            ret: Ty::from(ret.id),
            params,
            variadic,
            unchecked,
        };
        Ok(self.types.intern(Shape::Function(Box::new(signature))).into())
    }

    /// The name and type of a parameter; arrays and functions become pointers.
    pub(crate) fn parameter(&mut self, node: &ParameterDeclaration) -> Result<Parameter> {
        let specifiers = self.specifiers(&node.specifiers)?;
        let mut parameter = Parameter {
            name: None,
            ty: specifiers.ty,
            span: Span::default(),
        };
        if let Some(first) = node.specifiers.first() {
            parameter.span = self.span(first.span);
        }
        if let Some(declarator) = &node.declarator {
            parameter.span = self.span(declarator.span);
            // In a prototype the length of an array may name another parameter; it means nothing there.
            let (name, ty) = match self.declarator(specifiers.ty, declarator) {
                Ok(found) => found,
                Err(_) if self.function.scopes.is_empty() && has_length(declarator) => {
                    self.any_length = true;
                    let found = self.declarator(specifiers.ty, declarator);
                    self.any_length = false;
                    found?
                }
                Err(error) => return Err(error),
            };
            parameter.name = name.map(|name| name.node.name.clone());
            parameter.ty = ty;
        }
        parameter.ty = self.adjusted(parameter.ty);
        Ok(parameter)
    }

    /// Arrays and functions as parameters are pointers.
    pub(crate) fn adjusted(&mut self, ty: Ty) -> Ty {
        match self.types.shape(ty.id) {
            Shape::Array(of, _) | Shape::Vla(of, _) => {
                let of = *of;
                self.types.pointer(of).into()
            }
            Shape::Function(_) => self.types.pointer(ty).into(),
            _ => ty,
        }
    }
}

/// Whether a declarator has an array whose length is an expression.
fn has_length(declarator: &Node<Declarator>) -> bool {
    let inner = match &declarator.node.kind.node {
        DeclaratorKind::Declarator(inner) => has_length(inner),
        _ => false,
    };
    inner
        || declarator
            .node
            .derived
            .iter()
            .any(|node| matches!(node.node, DerivedDeclarator::Array(_)))
}

impl Words {
    fn qualify(&mut self, qualifier: &TypeQualifier) {
        self.is_const |= *qualifier == TypeQualifier::Const;
        self.is_atomic |= *qualifier == TypeQualifier::Atomic;
    }

    /// The type that the words name together.
    fn type_id(&self) -> Option<TypeId> {
        let counted = [self.void, self.bool, self.char, self.float, self.double].map(|count| count > 0);
        let bases = counted.iter().filter(|&&met| met).count();
        let sized = self.short + self.long;
        let sign = self.signed + self.unsigned;
        if let Some(id) = self.other {
            let alone = bases == 0 && sized + sign + self.int == 0;
            return alone.then_some(id);
        }
        if bases > 1 || sign > 1 || (self.short > 0 && self.long > 0) {
            return None;
        }
        let unsigned = self.unsigned > 0;
        let pick = |signed: IntKind, plain: IntKind| TypeId::int(if unsigned { plain } else { signed });
        Some(match counted {
            [true, ..] if sized + sign + self.int == 0 => TypeId::VOID,
            [_, true, ..] if sized + sign + self.int == 0 => TypeId::BOOL,
            [_, _, true, ..] if sized + self.int == 0 => match (self.signed > 0, unsigned) {
                (true, _) => TypeId::int(IntKind::SChar),
                (_, true) => TypeId::int(IntKind::UChar),
                _ => TypeId::CHAR,
            },
            [_, _, _, true, _] if sized + sign + self.int == 0 => TypeId::FLOAT,
            [.., true] if sign + self.int + self.short == 0 && self.long <= 1 => {
                if self.long == 1 {
                    TypeId::LONG_DOUBLE
                } else {
                    TypeId::DOUBLE
                }
            }
            [false, false, false, false, false] => match (self.short, self.long) {
                (0, 0) => pick(IntKind::Int, IntKind::UInt),
                (0, 1) => pick(IntKind::Long, IntKind::ULong),
                (0, _) => pick(IntKind::LongLong, IntKind::ULongLong),
                _ => pick(IntKind::Short, IntKind::UShort),
            },
            _ => return None,
        })
    }
}
