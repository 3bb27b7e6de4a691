//! Types, as scale-info has them.

use std::collections::BTreeMap;

use scale_info::{
    Field, Path, PortableRegistryBuilder, PortableType, Type as Info, TypeDef, TypeDefArray, TypeDefComposite,
    TypeDefPrimitive, TypeDefSequence, TypeDefTuple, TypeDefVariant, TypeParameter, Variant, form::PortableForm,
};

use crate::ir::{Integer, Program, Shape, Type, Types};

/// The types that were needed so far.
pub struct Registry<'a> {
    /// The contract: the path of its own types begins with it, so that none is taken for one that clients know already.
    contract: &'a str,
    types: &'a Types,
    builder: PortableRegistryBuilder,
    known: BTreeMap<Type, u32>,
}

impl<'a> Registry<'a> {
    /// None of a program's types yet.
    pub fn new(program: &'a Program) -> Self {
        let (contract, types) = (program.name.as_str(), &program.types);
        Self { contract, types, builder: PortableRegistryBuilder::new(), known: BTreeMap::new() }
    }

    /// All of them.
    pub fn finish(self) -> Vec<PortableType> {
        self.builder.finish().types
    }

    /// The id of a type. No deeper than the types of a checked program are.
    pub fn id(&mut self, ty: Type) -> u32 {
        if let Some(id) = self.known.get(&ty) {
            return *id;
        }
        let info = self.info(ty);
        let id = self.builder.register_type(info);
        self.known.insert(ty, id);
        id
    }

    /// The id of `Result<value, string>`: what a message returns.
    pub fn result(&mut self, value: Type) -> u32 {
        let (value, message) = (self.id(value), self.id(Type::String));
        let parameters = vec![parameter("T", value), parameter("E", message)];
        let variants = vec![variant("Ok", 0, Some(value)), variant("Err", 1, Some(message))];
        self.builder.register_type(Info::new(path(&["Result"]), parameters, TypeDefVariant::new(variants), Vec::new()))
    }

    /// The id of a tuple of types that are no values of the program together: the keys of a map.
    pub fn tuple(&mut self, types: &[Type]) -> u32 {
        let ids = types.iter().map(|ty| self.id(*ty).into()).collect::<Vec<_>>();
        self.builder.register_type(plain(TypeDefTuple::new_portable(ids)))
    }

    /// What a type is called where it is used.
    pub fn display_name(&self, ty: Type) -> Vec<String> {
        let name = match (ty, self.types.shape(ty)) {
            (Type::Unit, _) => return Vec::new(),
            (Type::Address, _) => "AccountId20",
            (Type::Hash, _) => "Hash",
            (Type::Boolean, _) => "bool",
            (Type::String, _) => "String",
            (Type::Bytes, _) => "Vec",
            (Type::Integer(Integer::I256), _) => "integer",
            (_, Some(Shape::Record { name, .. } | Shape::Enum { name, .. })) => name,
            (_, Some(Shape::List(_))) => "Vec",
            (_, Some(Shape::Option(_))) => "Option",
            _ => return Vec::new(),
        };
        vec![name.to_owned()]
    }

    fn info(&mut self, ty: Type) -> Info<PortableForm> {
        match ty {
            Type::Unit => plain(TypeDefTuple::new_portable(Vec::new())),
            Type::Boolean => plain(TypeDefPrimitive::Bool),
            Type::Integer(integer) => plain(primitive(integer)),
            Type::String => plain(TypeDefPrimitive::Str),
            Type::Bytes => {
                let byte = self.id(Type::U8);
                plain(TypeDefSequence::new(byte.into()))
            }
            Type::Address => self.byte_array(&["account", "AccountId20"], 20),
            Type::Hash => self.byte_array(&["primitive_types", "H256"], 32),
            Type::List(_) | Type::Option(_) | Type::Tuple(_) | Type::Record(_) | Type::Enum(_) => self.composite(ty),
        }
    }

    fn composite(&mut self, ty: Type) -> Info<PortableForm> {
        let types = self.types;
        match types.shape(ty) {
            Some(Shape::List(element)) => {
                let element = self.id(*element);
                plain(TypeDefSequence::new(element.into()))
            }
            Some(Shape::Option(content)) => {
                let content = self.id(*content);
                let variants = vec![variant("None", 0, None), variant("Some", 1, Some(content))];
                let parameters = vec![parameter("T", content)];
                Info::new(path(&["Option"]), parameters, TypeDefVariant::new(variants), Vec::new())
            }
            Some(Shape::Tuple(elements)) => {
                let elements = elements.iter().map(|element| self.id(*element).into()).collect::<Vec<_>>();
                plain(TypeDefTuple::new_portable(elements))
            }
            Some(Shape::Record { name, fields }) => {
                let fields = fields.iter().map(|(name, ty)| {
                    let ty = self.id(*ty);
                    Field { name: Some(name.clone()), ty: ty.into(), type_name: None, docs: Vec::new() }
                });
                let fields = fields.collect::<Vec<_>>();
                Info::new(path(&[self.contract, name]), Vec::new(), TypeDefComposite { fields }, Vec::new())
            }
            Some(Shape::Enum { name, variants }) => {
                let variants = (0..=u8::MAX).zip(variants).map(|(index, name)| variant(name, index, None));
                let variants = variants.collect::<Vec<_>>();
                Info::new(path(&[self.contract, name]), Vec::new(), TypeDefVariant::new(variants), Vec::new())
            }
            None => plain(TypeDefTuple::new_portable(Vec::new())),
        }
    }

    /// A composite around an array of bytes.
    fn byte_array(&mut self, names: &[&str], length: u32) -> Info<PortableForm> {
        let byte = self.id(Type::U8);
        let array = self.builder.register_type(plain(TypeDefArray::new(length, byte.into())));
        let field = Field { name: None, ty: array.into(), type_name: None, docs: Vec::new() };
        Info::new(path(names), Vec::new(), TypeDefComposite { fields: vec![field] }, Vec::new())
    }
}

fn primitive(integer: Integer) -> TypeDefPrimitive {
    match integer {
        Integer::U8 => TypeDefPrimitive::U8,
        Integer::U16 => TypeDefPrimitive::U16,
        Integer::U32 => TypeDefPrimitive::U32,
        Integer::U64 => TypeDefPrimitive::U64,
        Integer::U128 => TypeDefPrimitive::U128,
        Integer::U256 => TypeDefPrimitive::U256,
        Integer::I64 => TypeDefPrimitive::I64,
        Integer::I128 => TypeDefPrimitive::I128,
        Integer::I256 => TypeDefPrimitive::I256,
    }
}

/// A type without a name.
fn plain(definition: impl Into<TypeDef<PortableForm>>) -> Info<PortableForm> {
    Info::new(Path::default(), Vec::new(), definition, Vec::new())
}

fn path(names: &[&str]) -> Path<PortableForm> {
    Path { segments: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn parameter(name: &str, ty: u32) -> TypeParameter<PortableForm> {
    TypeParameter { name: name.to_owned(), ty: Some(ty.into()) }
}

fn variant(name: &str, index: u8, content: Option<u32>) -> Variant<PortableForm> {
    let fields = content.map(|ty| Field { name: None, ty: ty.into(), type_name: None, docs: Vec::new() });
    Variant { name: name.to_owned(), fields: fields.into_iter().collect(), index, docs: Vec::new() }
}
