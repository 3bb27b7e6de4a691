//! Arguments as people type them: JSON, or the text form of the `scale-value` crate.
//!
//! The latter is what other tools of the ecosystem take: `{ dest: Id(0x..), value: 1_000 }`, `("text", Some(5))`.

use scale_value::{
    Composite, Primitive, Value as ScaleValue, ValueDef,
    stringify::{custom_parsers, from_str_custom},
};
use serde_json::{Map, Value};

use crate::error::EncodeError;
use crate::limits::{DEPTH_LEVELS_MAX, TEXT_BYTES_MAX};

/// Reads arguments from text. Nothing at all means no arguments.
pub fn parse_arguments(text: &str) -> Result<Value, EncodeError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(EncodeError::TooLong(text.len()));
    }
    if text.trim().is_empty() {
        return Ok(Value::Array(Vec::new()));
    }
    let json = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(why) => why.to_string(),
    };
    // That reader recurses without a bound.
    if nesting(text) > DEPTH_LEVELS_MAX {
        return Err(EncodeError::TooDeep);
    }
    let (value, rest) = from_str_custom().add_custom_parser(custom_parsers::parse_hex).parse(text);
    let why = match value {
        Ok(value) if rest.trim().is_empty() => return Ok(to_json(value)),
        Ok(_) => format!("nothing expected after it, {:?} found", rest.chars().take(40).collect::<String>()),
        Err(why) => why.to_string(),
    };
    Err(EncodeError::Text { json, text: why })
}

/// An upper bound on the nesting: brackets in strings count, too.
fn nesting(text: &str) -> usize {
    let (mut deepest, mut depth) = (0, 0usize);
    for letter in text.bytes() {
        match letter {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn to_json(value: ScaleValue<()>) -> Value {
    match value.value {
        ValueDef::Composite(composite) => composite_to_json(composite),
        ValueDef::Variant(variant) if variant.values.is_empty() => Value::String(variant.name),
        ValueDef::Variant(variant) => {
            let fields = match variant.values {
                Composite::Unnamed(mut values) if values.len() == 1 => values.pop().map(to_json).unwrap_or_default(),
                fields => composite_to_json(fields),
            };
            Value::Object(Map::from_iter([(variant.name, fields)]))
        }
        ValueDef::Primitive(Primitive::Bool(value)) => Value::Bool(value),
        ValueDef::Primitive(Primitive::Char(value)) => Value::String(value.to_string()),
        ValueDef::Primitive(Primitive::String(value)) => Value::String(value),
        ValueDef::Primitive(Primitive::U128(value)) => Value::String(value.to_string()),
        ValueDef::Primitive(Primitive::I128(value)) => Value::String(value.to_string()),
        ValueDef::Primitive(Primitive::U256(bytes) | Primitive::I256(bytes)) => {
            Value::String(format!("0x{}", hex::encode(bytes)))
        }
        ValueDef::BitSequence(bits) => {
            let digits: String = bits.iter().map(|bit| if bit { '1' } else { '0' }).collect();
            Value::String(format!("0b{digits}"))
        }
    }
}

/// Hexadecimal bytes arrive as a list of small numbers, which is right for a list of bytes.
fn composite_to_json(composite: Composite<()>) -> Value {
    match composite {
        Composite::Named(fields) => fields.into_iter().map(|(name, value)| (name, to_json(value))).collect(),
        Composite::Unnamed(values) => Value::Array(values.into_iter().map(to_json).collect()),
    }
}
