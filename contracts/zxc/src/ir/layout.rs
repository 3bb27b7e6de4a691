//! How large values are: in a contract's memory, and SCALE-encoded.
//!
//! In memory every type has one size and no padding: integers little endian, a boolean or enum one byte, addresses and hashes as
//! they are, tuples and records their parts in a row, an option one byte (0 or 1) and room for the value, a string or bytes 8
//! bytes (where it is and how long), a list 4 bytes (where it is). The zero of a type is all zeros. So a type without strings,
//! lists and options looks in memory as its SCALE encoding does.

use super::{Shape, Type, Types};

/// How large the values of a type are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes in memory, saturating.
    pub size: u32,
    /// The fewest bytes of an encoding, saturating.
    pub encoded_min: u32,
    /// Whether memory and encoding are the same bytes.
    pub fixed: bool,
    /// Whether, besides, any bytes are a value: there is neither boolean nor enum in it.
    pub plain: bool,
    /// Whether there is a list in it: what a change in place can reach.
    pub has_list: bool,
    /// Whether there is a list, string or bytes in it: what points elsewhere.
    pub has_pointer: bool,
    /// How deep types are nested: 1 for what is not composite.
    pub depth: usize,
}

impl Layout {
    const fn simple(size: u32, plain: bool) -> Self {
        Self { size, encoded_min: size, fixed: true, plain, has_list: false, has_pointer: false, depth: 1 }
    }

    const fn text() -> Self {
        Self { size: 8, encoded_min: 1, fixed: false, plain: false, has_list: false, has_pointer: true, depth: 1 }
    }
}

/// The layouts of all types of a program.
#[derive(Clone, Debug)]
pub struct Layouts {
    shapes: Vec<Layout>,
}

impl Layouts {
    /// Computes them: each shape from those before it.
    pub fn new(types: &Types) -> Self {
        let mut layouts = Self { shapes: Vec::with_capacity(types.shapes().len()) };
        for shape in types.shapes() {
            let layout = layouts.of_shape(shape);
            layouts.shapes.push(layout);
        }
        layouts
    }

    /// The layout of a type.
    pub fn of(&self, ty: Type) -> Layout {
        match ty {
            Type::Unit => Layout::simple(0, true),
            Type::Boolean => Layout::simple(1, false),
            Type::Integer(integer) => Layout::simple(integer.bytes(), true),
            Type::Address => Layout::simple(20, true),
            Type::Hash => Layout::simple(32, true),
            Type::String | Type::Bytes => Layout::text(),
            Type::List(id) | Type::Option(id) | Type::Tuple(id) | Type::Record(id) | Type::Enum(id) => {
                self.shapes.get(id.index()).copied().unwrap_or(Layout::simple(0, true))
            }
        }
    }

    /// The layouts of [`Types::shapes`](super::Types::shapes).
    pub fn composite(&self) -> &[Layout] {
        &self.shapes
    }

    /// Where a tuple's element or a record's field begins.
    pub fn offset(&self, types: &Types, ty: Type, index: u32) -> u32 {
        let fields = types.fields(ty).unwrap_or_default();
        fields.iter().take(index as usize).fold(0, |offset, field| self.of(*field).size.saturating_add(offset))
    }

    fn of_shape(&self, shape: &Shape) -> Layout {
        match shape {
            Shape::List(element) => {
                let depth = self.of(*element).depth + 1;
                Layout { size: 4, has_list: true, depth, ..Layout::text() }
            }
            Shape::Option(content) => {
                let content = self.of(*content);
                let size = content.size.saturating_add(1);
                Layout { size, encoded_min: 1, fixed: false, plain: false, depth: content.depth + 1, ..content }
            }
            Shape::Tuple(elements) => self.of_parts(elements.iter().copied()),
            Shape::Record { fields, .. } => self.of_parts(fields.iter().map(|(_, ty)| *ty)),
            Shape::Enum { .. } => Layout::simple(1, false),
        }
    }

    fn of_parts(&self, parts: impl Iterator<Item = Type>) -> Layout {
        let mut whole = Layout::simple(0, true);
        for part in parts.map(|ty| self.of(ty)) {
            whole.size = whole.size.saturating_add(part.size);
            whole.encoded_min = whole.encoded_min.saturating_add(part.encoded_min);
            whole.fixed &= part.fixed;
            whole.plain &= part.plain;
            whole.has_list |= part.has_list;
            whole.has_pointer |= part.has_pointer;
            whole.depth = whole.depth.max(part.depth + 1);
        }
        whole
    }
}
