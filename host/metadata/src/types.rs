//! The metadata's list of types: names for people, and what several modules ask of a type.

use scale_info::{Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive, Variant, form::PortableForm};

use crate::describe::Argument;
use crate::limits::{DEPTH_LEVELS_MAX, NAME_BYTES_MAX, TYPE_NAME_LEVELS_MAX};

pub(crate) type PortableType = Type<PortableForm>;
pub(crate) type PortableField = Field<PortableForm>;
pub(crate) type PortableVariant = Variant<PortableForm>;

/// A type in words: `AccountId20`, `Compact<u128>`, `Vec<(u32, [u8; 4])>`.
pub(crate) fn name(types: &PortableRegistry, id: u32) -> String {
    let mut out = String::new();
    write_name(types, id, TYPE_NAME_LEVELS_MAX, &mut out);
    out
}

fn write_name(types: &PortableRegistry, id: u32, levels: usize, out: &mut String) {
    let Some(ty) = types.resolve(id) else { return out.push('?') };
    // A type with many parameters within each other could make a name of any length.
    if levels == 0 || out.len() > NAME_BYTES_MAX {
        return out.push('…');
    }
    let below = levels - 1;
    match &ty.type_def {
        TypeDef::Primitive(primitive) => out.push_str(primitive_name(primitive)),
        TypeDef::Compact(inner) => write_generic(types, "Compact", [inner.type_param.id], below, out),
        TypeDef::Sequence(inner) => write_generic(types, "Vec", [inner.type_param.id], below, out),
        TypeDef::BitSequence(_) => out.push_str("BitVec"),
        TypeDef::Array(inner) => {
            out.push('[');
            write_name(types, inner.type_param.id, below, out);
            out.push_str(&format!("; {}]", inner.len));
        }
        TypeDef::Tuple(tuple) => {
            out.push('(');
            write_list(types, tuple.fields.iter().map(|field| field.id), below, out);
            out.push(')');
        }
        TypeDef::Composite(_) | TypeDef::Variant(_) => {
            let ident = ty.path.ident().unwrap_or_default();
            let parameters = ty.type_params.iter().filter_map(|parameter| parameter.ty.map(|ty| ty.id));
            write_generic(types, &ident, parameters, below, out);
        }
    }
}

fn write_generic(
    types: &PortableRegistry,
    name: &str,
    parameters: impl IntoIterator<Item = u32>,
    levels: usize,
    out: &mut String,
) {
    out.push_str(name);
    let mut parameters = parameters.into_iter().peekable();
    if parameters.peek().is_some() {
        out.push('<');
        write_list(types, parameters, levels, out);
        out.push('>');
    }
}

fn write_list(types: &PortableRegistry, ids: impl Iterator<Item = u32>, levels: usize, out: &mut String) {
    for (position, id) in ids.enumerate() {
        if out.len() > NAME_BYTES_MAX {
            return;
        }
        if position > 0 {
            out.push_str(", ");
        }
        write_name(types, id, levels, out);
    }
}

pub(crate) fn primitive_name(primitive: &TypeDefPrimitive) -> &'static str {
    match primitive {
        TypeDefPrimitive::Bool => "bool",
        TypeDefPrimitive::Char => "char",
        TypeDefPrimitive::Str => "String",
        TypeDefPrimitive::U8 => "u8",
        TypeDefPrimitive::U16 => "u16",
        TypeDefPrimitive::U32 => "u32",
        TypeDefPrimitive::U64 => "u64",
        TypeDefPrimitive::U128 => "u128",
        TypeDefPrimitive::U256 => "u256",
        TypeDefPrimitive::I8 => "i8",
        TypeDefPrimitive::I16 => "i16",
        TypeDefPrimitive::I32 => "i32",
        TypeDefPrimitive::I64 => "i64",
        TypeDefPrimitive::I128 => "i128",
        TypeDefPrimitive::I256 => "i256",
    }
}

/// Whether the type is one byte, so that lists of it are written in hexadecimal.
pub(crate) fn is_byte(types: &PortableRegistry, id: u32) -> bool {
    types.resolve(id).is_some_and(|ty| matches!(ty.type_def, TypeDef::Primitive(TypeDefPrimitive::U8)))
}

/// Whether all fields have names.
pub(crate) fn are_named(fields: &[PortableField]) -> bool {
    !fields.is_empty() && fields.iter().all(|field| field.name.is_some())
}

/// The variants of an enum; none where the type is something else.
pub(crate) fn variants(types: &PortableRegistry, id: u32) -> &[PortableVariant] {
    match types.resolve(id).map(|ty| &ty.type_def) {
        Some(TypeDef::Variant(variant)) => &variant.variants,
        _ => &[],
    }
}

/// Fields as arguments.
pub(crate) fn arguments(types: &PortableRegistry, fields: &[PortableField]) -> Vec<Argument> {
    let argument = |(position, field): (usize, &PortableField)| Argument {
        name: field.name.clone().unwrap_or_else(|| position.to_string()),
        type_name: name(types, field.ty.id),
        type_id: field.ty.id,
    };
    fields.iter().enumerate().map(argument).collect()
}

/// The primitive that a compact number is of, behind newtypes.
pub(crate) fn compact_of(types: &PortableRegistry, mut id: u32) -> Option<&TypeDefPrimitive> {
    for _ in 0..DEPTH_LEVELS_MAX {
        match &types.resolve(id)?.type_def {
            TypeDef::Primitive(primitive) => return Some(primitive),
            TypeDef::Composite(composite) => match composite.fields.as_slice() {
                [field] => id = field.ty.id,
                _ => return None,
            },
            TypeDef::Tuple(tuple) => match tuple.fields.as_slice() {
                [field] => id = field.id,
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// Whether the type is `Option`.
pub(crate) fn is_option(ty: &PortableType) -> bool {
    matches!(ty.path.segments.as_slice(), [only] if only == "Option")
}

/// Whether the type is the empty tuple.
pub(crate) fn is_unit(types: &PortableRegistry, id: u32) -> bool {
    types.resolve(id).is_some_and(|ty| matches!(&ty.type_def, TypeDef::Tuple(tuple) if tuple.fields.is_empty()))
}
