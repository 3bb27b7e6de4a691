//! The types of values.
//!
//! A [`Type`] is a small handle that can be copied and compared. Composite types live in the program's [`Types`], each once:
//! two handles are equal exactly if the types are. A shape can only name types that were there before it, so no type
//! contains itself.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_traits::One;

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// Nothing: the result of a function that has none. SCALE: no bytes.
    Unit,
    /// `boolean`. SCALE: one byte, 0 or 1.
    Boolean,
    /// A whole number. SCALE: little endian, fixed width, two's complement.
    Integer(Integer),
    /// UTF-8 text. SCALE: compact length in bytes, then the bytes.
    String,
    /// Any bytes. SCALE: compact length, then the bytes.
    Bytes,
    /// An account: 20 bytes. SCALE: the bytes.
    Address,
    /// A hash: 32 bytes. SCALE: the bytes.
    Hash,
    /// `List<T>`. SCALE: compact length, then the elements.
    List(TypeId),
    /// `T?`. SCALE: 0, or 1 and the value.
    Option(TypeId),
    /// `(A, B)`. SCALE: the elements.
    Tuple(TypeId),
    /// A record. SCALE: the fields in order.
    Record(TypeId),
    /// One of at most 256 names. SCALE: its index, one byte.
    Enum(TypeId),
}

/// Where a composite type stands in [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(u32);

/// What a composite type is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A list of elements of one type.
    List(Type),
    /// A value or null.
    Option(Type),
    /// Some values in a row.
    Tuple(Vec<Type>),
    /// Some named values in a row. Records with different names are different types.
    Record {
        /// The name in the source.
        name: String,
        /// The fields, in the order of their declaration.
        fields: Vec<(String, Type)>,
    },
    /// One of some names.
    Enum {
        /// The name in the source.
        name: String,
        /// The names, in the order of their declaration: the first is the zero.
        variants: Vec<String>,
    },
}

/// The composite types of a program.
#[derive(Clone, Debug, Default)]
pub struct Types {
    shapes: Vec<Shape>,
    ids: BTreeMap<Shape, TypeId>,
}

impl Types {
    /// No types yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `List<element>`.
    pub fn list(&mut self, element: Type) -> Type {
        Type::List(self.intern(Shape::List(element)))
    }

    /// `value?`.
    pub fn option(&mut self, value: Type) -> Type {
        Type::Option(self.intern(Shape::Option(value)))
    }

    /// A tuple. One without elements is [`Type::Unit`].
    pub fn tuple(&mut self, elements: &[Type]) -> Type {
        if elements.is_empty() {
            return Type::Unit;
        }
        Type::Tuple(self.intern(Shape::Tuple(elements.to_vec())))
    }

    /// A record.
    pub fn record(&mut self, name: &str, fields: &[(&str, Type)]) -> Type {
        let fields = fields.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect();
        Type::Record(self.intern(Shape::Record { name: name.to_owned(), fields }))
    }

    /// An enum.
    pub fn enumeration(&mut self, name: &str, variants: &[&str]) -> Type {
        let variants = variants.iter().map(|name| (*name).to_owned()).collect();
        Type::Enum(self.intern(Shape::Enum { name: name.to_owned(), variants }))
    }

    /// What `ty` is made of, if it is composite and of this program.
    pub fn shape(&self, ty: Type) -> Option<&Shape> {
        match ty {
            Type::List(id) | Type::Option(id) | Type::Tuple(id) | Type::Record(id) | Type::Enum(id) => {
                self.shapes.get(id.0 as usize)
            }
            _ => None,
        }
    }

    /// The type of a list's elements; of bytes, `u8`.
    pub fn element(&self, list: Type) -> Option<Type> {
        match (list, self.shape(list)) {
            (Type::Bytes, _) => Some(Type::Integer(Integer::U8)),
            (_, Some(Shape::List(element))) => Some(*element),
            _ => None,
        }
    }

    /// The type of what is in an option.
    pub fn content(&self, option: Type) -> Option<Type> {
        match self.shape(option) {
            Some(Shape::Option(content)) => Some(*content),
            _ => None,
        }
    }

    /// The types of a tuple's elements or a record's fields.
    pub fn fields(&self, ty: Type) -> Option<Vec<Type>> {
        match self.shape(ty) {
            Some(Shape::Tuple(elements)) => Some(elements.clone()),
            Some(Shape::Record { fields, .. }) => Some(fields.iter().map(|(_, ty)| *ty).collect()),
            _ => None,
        }
    }

    /// The type of a tuple's element or a record's field.
    pub fn field(&self, ty: Type, index: u32) -> Option<Type> {
        match self.shape(ty) {
            Some(Shape::Tuple(elements)) => elements.get(index as usize).copied(),
            Some(Shape::Record { fields, .. }) => fields.get(index as usize).map(|(_, ty)| *ty),
            _ => None,
        }
    }

    /// How many variants an enum has.
    pub fn variants(&self, ty: Type) -> Option<usize> {
        match self.shape(ty) {
            Some(Shape::Enum { variants, .. }) => Some(variants.len()),
            _ => None,
        }
    }

    /// All composite types, each after those it is made of.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    fn intern(&mut self, shape: Shape) -> TypeId {
        if let Some(id) = self.ids.get(&shape) {
            return *id;
        }
        let id = TypeId(u32::try_from(self.shapes.len()).unwrap_or(u32::MAX));
        self.shapes.push(shape.clone());
        self.ids.insert(shape, id);
        id
    }
}

impl TypeId {
    /// The index in [`Types::shapes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The widths of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Integer {
    /// `u8`
    U8,
    /// `u16`
    U16,
    /// `u32`
    U32,
    /// `u64`
    U64,
    /// `u128`
    U128,
    /// `u256`
    U256,
    /// `i64`
    I64,
    /// `i128`
    I128,
    /// `integer`: 256 bits, signed.
    I256,
}

impl Integer {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::U8, Self::U16, Self::U32, Self::U64, Self::U128, Self::U256, Self::I64, Self::I128, Self::I256];

    /// The width in bits.
    pub const fn bits(self) -> u32 {
        match self {
            Self::U8 => 8,
            Self::U16 => 16,
            Self::U32 => 32,
            Self::U64 | Self::I64 => 64,
            Self::U128 | Self::I128 => 128,
            Self::U256 | Self::I256 => 256,
        }
    }

    /// The width in bytes.
    pub const fn bytes(self) -> u32 {
        self.bits() / 8
    }

    /// Whether there are negative ones.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::I64 | Self::I128 | Self::I256)
    }

    /// The least value.
    pub fn min(self) -> BigInt {
        if self.is_signed() { -(BigInt::one() << (self.bits() - 1)) } else { BigInt::ZERO }
    }

    /// The greatest value.
    pub fn max(self) -> BigInt {
        let bits = if self.is_signed() { self.bits() - 1 } else { self.bits() };
        (BigInt::one() << bits) - 1
    }

    /// Whether `value` fits.
    pub fn contains(self, value: &BigInt) -> bool {
        *value >= self.min() && *value <= self.max()
    }

    /// Whether every value of `self` is one of `other`.
    pub fn fits(self, other: Self) -> bool {
        other.contains(&self.min()) && other.contains(&self.max())
    }
}

impl From<Integer> for Type {
    fn from(integer: Integer) -> Self {
        Self::Integer(integer)
    }
}

impl Type {
    /// `integer`.
    pub const INTEGER: Self = Self::Integer(Integer::I256);
    /// `u8`.
    pub const U8: Self = Self::Integer(Integer::U8);
    /// `u32`: lengths, block numbers.
    pub const U32: Self = Self::Integer(Integer::U32);
    /// `u64`: gas, timestamps.
    pub const U64: Self = Self::Integer(Integer::U64);
    /// `u128`: amounts of the chain's own token.
    pub const U128: Self = Self::Integer(Integer::U128);

    /// The width, if this is an integer.
    pub fn integer(self) -> Option<Integer> {
        match self {
            Self::Integer(integer) => Some(integer),
            _ => None,
        }
    }
}
