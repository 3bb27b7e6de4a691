//! The names that the language gives to types and built-ins, and names that come close to others.

use std::ops::RangeInclusive;

use crate::ir::{Integer, Type};

/// The built-ins that are called like actions, but for the types that convert.
pub const BUILT_INS: [&str; 34] = [
    "abs",
    "address",
    "at_block",
    "block_hash",
    "block_number",
    "block_timestamp",
    "code_hash",
    "contains",
    "contract_call",
    "create",
    "decode",
    "delegate_call",
    "encode",
    "get_balance",
    "hash",
    "hex",
    "is_contract",
    "keccak256",
    "keys",
    "len",
    "max",
    "merkle_verify",
    "min",
    "pop",
    "push",
    "recover",
    "remove",
    "set_code",
    "static_call",
    "terminate",
    "transfer",
    "verify_sig",
    "version",
    "versions",
];

/// The types that have a name of their own and no parts.
pub const SIMPLE_TYPES: [(&str, Type); 14] = [
    ("integer", Type::INTEGER),
    ("u8", Type::Integer(Integer::U8)),
    ("u16", Type::Integer(Integer::U16)),
    ("u32", Type::Integer(Integer::U32)),
    ("u64", Type::Integer(Integer::U64)),
    ("u128", Type::Integer(Integer::U128)),
    ("u256", Type::Integer(Integer::U256)),
    ("i64", Type::Integer(Integer::I64)),
    ("i128", Type::Integer(Integer::I128)),
    ("boolean", Type::Boolean),
    ("string", Type::String),
    ("bytes", Type::Bytes),
    ("Address", Type::Address),
    ("Hash", Type::Hash),
];

/// The types with others in angle brackets.
pub const GENERIC_TYPES: [&str; 3] = ["List", "Map", "EnumerableMap"];

/// Types of other languages, and what ZX calls them.
const FOREIGN_TYPES: [(&str, &str); 22] = [
    ("int", "integer"),
    ("uint", "u256"),
    ("int256", "integer"),
    ("i256", "integer"),
    ("uint8", "u8"),
    ("uint16", "u16"),
    ("uint32", "u32"),
    ("uint64", "u64"),
    ("uint128", "u128"),
    ("uint256", "u256"),
    ("usize", "u32"),
    ("number", "integer"),
    ("bool", "boolean"),
    ("str", "string"),
    ("text", "string"),
    ("address", "Address"),
    ("account", "Address"),
    ("AccountId", "Address"),
    ("bytes32", "Hash"),
    ("mapping", "Map"),
    ("Vec", "List"),
    ("Array", "List"),
];

/// Whether the language has a type of this name.
pub fn is_type(name: &str) -> bool {
    simple_type(name).is_some() || GENERIC_TYPES.contains(&name)
}

/// The type of this name, if it has no parts.
pub fn simple_type(name: &str) -> Option<Type> {
    SIMPLE_TYPES.iter().find(|(word, _)| *word == name).map(|(_, ty)| *ty)
}

/// What ZX calls the type that another language calls `name`.
pub fn foreign_type(name: &str) -> Option<&'static str> {
    FOREIGN_TYPES.iter().find(|(foreign, _)| *foreign == name).map(|(_, own)| *own)
}

/// Of so many names the closest is looked for: a program with more is not helped.
const CANDIDATES_MAX: usize = 2_048;
/// The lengths of names that are compared, bytes.
const COMPARED_BYTES: RangeInclusive<usize> = 2..=48;

/// The name among `candidates` that `name` was probably meant to be.
pub fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if !COMPARED_BYTES.contains(&name.len()) {
        return None;
    }
    let most = name.len().div_ceil(4).max(1);
    let near = candidates.take(CANDIDATES_MAX).filter(|candidate| candidate.len().abs_diff(name.len()) <= most);
    let ranked = near.filter_map(|candidate| {
        // In another case it is as good as the same.
        let distance = if candidate.eq_ignore_ascii_case(name)
            || candidate.replace('_', "").eq_ignore_ascii_case(&name.replace('_', ""))
        {
            0
        } else {
            strsim::osa_distance(name, candidate)
        };
        (distance <= most).then_some((distance, candidate))
    });
    ranked.min().map(|(_, candidate)| candidate)
}
