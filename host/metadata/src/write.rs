//! JSON to SCALE, by type, with errors that name the place and the type that is wanted there.
//!
//! Written here and not with `scale-encode`: that tries several readings of each value and can only say that none fits.

use codec::{Compact, Encode};
use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive, TypeDefVariant, form::PortableForm};
use serde_json::{Map, Value};
use ziver_primitives::U256;

use crate::describe::Argument;
use crate::error::EncodeError;
use crate::limits::DEPTH_LEVELS_MAX;
use crate::types::{self, PortableField, PortableType};
use crate::wide;

/// Writes arguments: an object by name, an array by position, nothing where none is wanted.
pub(crate) fn arguments(
    types: &PortableRegistry,
    wanted: &[Argument],
    given: &Value,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let writer = Writer { types };
    let fields = wanted.iter().map(|argument| (Some(argument.name.as_str()), argument.type_id));
    let fields: Vec<_> = fields.collect();
    // A lone argument is not taken for the list of all arguments: `[1, 2]` are two arguments or one list in an array.
    writer.fields(&fields, given, &Place { parent: None, step: Step::Root }, 0, out)
}

/// Writes one value, which errors call `name`.
pub(crate) fn value(
    types: &PortableRegistry,
    type_id: u32,
    given: &Value,
    name: &str,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    Writer { types }.value(type_id, given, &Place { parent: None, step: Step::Name(name) }, 0, out)
}

/// Where a value stands among the arguments.
#[derive(Clone, Copy)]
struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    fn name(&'a self, name: &'a str) -> Place<'a> {
        Place { parent: Some(self), step: Step::Name(name) }
    }

    fn index(&'a self, index: usize) -> Place<'a> {
        Place { parent: Some(self), step: Step::Index(index) }
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Name(name) if self.parent.is_some_and(|parent| !matches!(parent.step, Step::Root)) => {
                write!(f, ".{name}")
            }
            Step::Name(name) => f.write_str(name),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A field: its name if it has one, and its type.
type FieldOf<'a> = (Option<&'a str>, u32);

struct Writer<'a> {
    types: &'a PortableRegistry,
}

impl Writer<'_> {
    fn unfit(&self, place: &Place<'_>, expected: impl Into<String>, given: &Value) -> EncodeError {
        let name = if matches!(place.step, Step::Root) { "*".to_owned() } else { place.to_string() };
        EncodeError::Unfit { name, expected: expected.into(), found: found(given) }
    }

    fn value(
        &self,
        id: u32,
        given: &Value,
        place: &Place<'_>,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        if depth >= DEPTH_LEVELS_MAX {
            return Err(EncodeError::TooDeep);
        }
        let below = depth + 1;
        let ty = self.types.resolve(id).ok_or_else(|| self.unfit(place, "a type that the runtime describes", given))?;
        match &ty.type_def {
            TypeDef::Primitive(primitive) => self.primitive(primitive, given, place, out),
            TypeDef::Compact(inner) => self.compact(inner.type_param.id, given, place, out),
            TypeDef::Sequence(inner) => self.sequence(id, inner.type_param.id, given, (place, below), out),
            TypeDef::Array(inner) => {
                let count = usize::try_from(inner.len).unwrap_or(usize::MAX);
                self.array(id, (inner.type_param.id, count), given, (place, below), out)
            }
            TypeDef::Tuple(tuple) => {
                let fields: Vec<_> = tuple.fields.iter().map(|field| (None, field.id)).collect();
                self.fields(&fields, given, place, below, out)
            }
            TypeDef::Composite(composite) => self.fields(&fields_of(&composite.fields), given, place, below, out),
            TypeDef::Variant(variant) => self.variant(id, ty, variant, given, (place, below), out),
            TypeDef::BitSequence(_) => Err(self.unfit(place, "a type that can be written (bits can't)", given)),
        }
    }

    fn fields(
        &self,
        fields: &[FieldOf<'_>],
        given: &Value,
        place: &Place<'_>,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let named = !fields.is_empty() && fields.iter().all(|(name, _)| name.is_some());
        match (fields, given) {
            ([], Value::Null) => Ok(()),
            ([], Value::Array(items)) if items.is_empty() => Ok(()),
            ([], Value::Object(object)) if object.is_empty() => Ok(()),
            ([], _) => Err(self.unfit(place, "nothing", given)),
            ([(None, id)], _) => self.value(*id, given, place, depth, out),
            (_, Value::Object(object)) if named => self.by_name(fields, object, place, depth, out),
            (_, Value::Array(items)) => {
                if items.len() != fields.len() {
                    return Err(self.unfit(place, format!("{} values", fields.len()), given));
                }
                for (index, ((name, id), item)) in fields.iter().zip(items).enumerate() {
                    let here = name.map_or_else(|| place.index(index), |name| place.name(name));
                    self.value(*id, item, &here, depth, out)?;
                }
                Ok(())
            }
            _ if named => Err(self.unfit(place, format!("an object with {}", self.list(fields)), given)),
            _ => Err(self.unfit(place, format!("an array of {}", self.list(fields)), given)),
        }
    }

    fn by_name(
        &self,
        fields: &[FieldOf<'_>],
        object: &Map<String, Value>,
        place: &Place<'_>,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let is_wanted = |key: &String| fields.iter().any(|(name, _)| *name == Some(key.as_str()));
        if let Some(key) = object.keys().find(|key| !is_wanted(key)) {
            return Err(EncodeError::Surplus { name: place.name(key).to_string(), expected: self.list(fields) });
        }
        for (name, id) in fields {
            let name = name.unwrap_or_default();
            let here = place.name(name);
            let value = object.get(name).ok_or_else(|| EncodeError::Missing {
                name: here.to_string(),
                expected: types::name(self.types, *id),
            })?;
            self.value(*id, value, &here, depth, out)?;
        }
        Ok(())
    }

    /// `dest: AccountId20, value: Compact<u128>`.
    fn list(&self, fields: &[FieldOf<'_>]) -> String {
        let one = |(name, id): &FieldOf<'_>| {
            let ty = types::name(self.types, *id);
            name.map_or_else(|| ty.clone(), |name| format!("{name}: {ty}"))
        };
        fields.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn sequence(
        &self,
        id: u32,
        inner: u32,
        given: &Value,
        (place, depth): (&Place<'_>, usize),
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        if let (true, Value::String(text)) = (types::is_byte(self.types, inner), given) {
            let bytes = bytes(text).ok_or_else(|| self.unfit(place, "bytes as 0x and hexadecimal digits", given))?;
            bytes.encode_to(out);
            return Ok(());
        }
        let Value::Array(items) = given else { return Err(self.unfit(place, types::name(self.types, id), given)) };
        let count = u32::try_from(items.len()).map_err(|_| self.unfit(place, "fewer values", given))?;
        Compact(count).encode_to(out);
        items.iter().enumerate().try_for_each(|(at, item)| self.value(inner, item, &place.index(at), depth, out))
    }

    fn array(
        &self,
        id: u32,
        (inner, count): (u32, usize),
        given: &Value,
        (place, depth): (&Place<'_>, usize),
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        if let (true, Value::String(text)) = (types::is_byte(self.types, inner), given) {
            let bytes = bytes(text).filter(|bytes| bytes.len() == count);
            let expected = || format!("{count} bytes as 0x and {} hexadecimal digits", count.saturating_mul(2));
            out.extend(bytes.ok_or_else(|| self.unfit(place, expected(), given))?);
            return Ok(());
        }
        match given {
            Value::Array(items) if items.len() == count => items
                .iter()
                .enumerate()
                .try_for_each(|(at, item)| self.value(inner, item, &place.index(at), depth, out)),
            _ => Err(self.unfit(place, types::name(self.types, id), given)),
        }
    }

    fn variant(
        &self,
        id: u32,
        ty: &PortableType,
        variants: &TypeDefVariant<PortableForm>,
        given: &Value,
        (place, depth): (&Place<'_>, usize),
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        const NOTHING: &Value = &Value::Null;
        let is_option = types::is_option(ty);
        let has = |name: &str| variants.variants.iter().any(|variant| variant.name == *name);
        let only = |object: &Map<String, Value>| object.len() == 1;
        let (name, fields) = match given {
            Value::Null if is_option => ("None", NOTHING),
            Value::String(name) if has(name) => (name.as_str(), NOTHING),
            Value::Object(object) if only(object) && object.keys().all(|name| has(name)) => {
                let Some((name, fields)) = object.iter().next() else { return Ok(()) };
                (name.as_str(), fields)
            }
            other if is_option => ("Some", other),
            // The address of most Substrate chains: an account alone means the account.
            Value::String(_) if ty.path.ident().as_deref() == Some("MultiAddress") && has("Id") => ("Id", given),
            _ => return Err(self.unfit(place, self.choices(id, variants), given)),
        };
        let Some(variant) = variants.variants.iter().find(|variant| variant.name == name) else {
            return Err(self.unfit(place, self.choices(id, variants), given));
        };
        out.push(variant.index);
        self.fields(&fields_of(&variant.fields), fields, &place.name(name), depth, out)
    }

    /// `RewardDestination (one of "Staked", {"Account": ..})`.
    fn choices(&self, id: u32, variants: &TypeDefVariant<PortableForm>) -> String {
        const SHOWN_COUNT_MAX: usize = 24;
        let one = |variant: &types::PortableVariant| match variant.fields.len() {
            0 => format!("\"{}\"", variant.name),
            _ => format!("{{\"{}\": ..}}", variant.name),
        };
        let mut shown: Vec<_> = variants.variants.iter().take(SHOWN_COUNT_MAX).map(one).collect();
        if variants.variants.len() > SHOWN_COUNT_MAX {
            shown.push("..".to_owned());
        }
        format!("{} (one of {})", types::name(self.types, id), shown.join(", "))
    }

    fn compact(&self, inner: u32, given: &Value, place: &Place<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if types::is_unit(self.types, inner) {
            return self.fields(&[], given, place, 0, out);
        }
        let bits = match types::compact_of(self.types, inner) {
            Some(TypeDefPrimitive::U8) => 8,
            Some(TypeDefPrimitive::U16) => 16,
            Some(TypeDefPrimitive::U32) => 32,
            Some(TypeDefPrimitive::U64) => 64,
            Some(TypeDefPrimitive::U128) => 128,
            _ => return Err(self.unfit(place, "a type that the runtime describes rightly", given)),
        };
        let number = unsigned(given).filter(|number| number.bits() <= bits);
        let number = number.ok_or_else(|| self.unfit(place, types::name(self.types, inner), given))?;
        Compact(number.as_u128()).encode_to(out);
        Ok(())
    }

    fn primitive(
        &self,
        primitive: &TypeDefPrimitive,
        given: &Value,
        place: &Place<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        use TypeDefPrimitive::{Bool, Char, I8, I16, I32, I64, I128, I256, Str, U8, U16, U32, U64, U128, U256};
        let unfit = || self.unfit(place, types::primitive_name(primitive), given);
        let mut put = |bytes: Option<Vec<u8>>| bytes.map(|bytes| out.extend(bytes)).ok_or_else(unfit);
        let unsigned = |width: usize| {
            let number = unsigned(given).filter(|number| number.bits() <= width * 8)?;
            number.to_little_endian().get(..width).map(<[u8]>::to_vec)
        };
        let signed = |width: usize| {
            let number = signed(given)?;
            let lost = 128 - u32::try_from(width * 8).ok()?;
            // Sign extension of the lower bits gives the number back, or they do not hold it.
            let fits = number.wrapping_shl(lost).wrapping_shr(lost) == number;
            number.to_le_bytes().get(..width).filter(|_| fits).map(<[u8]>::to_vec)
        };
        match primitive {
            Bool => put(given.as_bool().map(|value| value.encode())),
            Str => put(given.as_str().map(Encode::encode)),
            Char => {
                let mut letters = given.as_str().unwrap_or_default().chars();
                put(letters.next().filter(|_| letters.next().is_none()).map(|letter| u32::from(letter).encode()))
            }
            U8 => put(unsigned(1)),
            U16 => put(unsigned(2)),
            U32 => put(unsigned(4)),
            U64 => put(unsigned(8)),
            U128 => put(unsigned(16)),
            U256 => put(unsigned(32)),
            I8 => put(signed(1)),
            I16 => put(signed(2)),
            I32 => put(signed(4)),
            I64 => put(signed(8)),
            I128 => put(signed(16)),
            I256 => put(wide_signed(given).map(|number| number.to_little_endian().to_vec())),
        }
    }
}

fn fields_of(fields: &[PortableField]) -> Vec<FieldOf<'_>> {
    // Names count only where all fields have one, as when reading.
    let named = types::are_named(fields);
    fields.iter().map(|field| (field.name.as_deref().filter(|_| named), field.ty.id)).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

/// A whole number: JSON's, decimal digits (with `_` between them, if one likes), or `0x` and hexadecimal ones.
fn unsigned(given: &Value) -> Option<U256> {
    match given {
        Value::Number(number) => number.as_u64().map(U256::from),
        Value::String(text) => match text.strip_prefix("0x") {
            Some(digits) if !digits.is_empty() && digits.len() <= 64 => U256::from_str_radix(digits, 16).ok(),
            Some(_) => None,
            None => {
                let digits: String = text.chars().filter(|letter| *letter != '_').collect();
                let is_decimal = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
                U256::from_dec_str(&digits).ok().filter(|_| is_decimal)
            }
        },
        _ => None,
    }
}

fn signed(given: &Value) -> Option<i128> {
    match given {
        Value::Number(number) => number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A signed number of 256 bits in two's complement: a sign, and what [`unsigned`] takes.
fn wide_signed(given: &Value) -> Option<U256> {
    let below = match given {
        Value::Number(number) => {
            number.as_i64().filter(|number| *number < 0).map(|number| number.unsigned_abs().into())
        }
        given => given.as_str().and_then(|text| text.strip_prefix('-')).map(Value::from),
    };
    match below {
        Some(absolute) => wide::negative(unsigned(&absolute)?),
        None => unsigned(given).filter(|number| !number.bit(255)),
    }
}

/// What is there, in short.
fn found(given: &Value) -> String {
    const SHOWN_CHARS_MAX: usize = 80;
    let text = match given {
        Value::Array(items) => return format!("an array of {}", items.len()),
        Value::Object(object) => {
            let keys: Vec<_> = object.keys().take(8).map(String::as_str).collect();
            format!("an object with {}", keys.join(", "))
        }
        other => other.to_string(),
    };
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text;
    }
    text.chars().take(SHOWN_CHARS_MAX).chain(['…']).collect()
}
