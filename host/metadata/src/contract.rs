//! A contract's description of itself: the metadata of ink! 4 and 5, which `zxc` writes, too, and `.contract` files contain.
//!
//! # Usage
//! ```no_run
//! # fn text() -> String { unimplemented!() }
//! use {serde_json::json, ziver_metadata::Contract};
//! let contract = Contract::read(&text())?;
//! let transfer = contract.message("transfer")?;
//! let input: Vec<u8> = contract.encode(transfer, &json!({"to": "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0", "amount": 5}))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The text may come from anybody: its size is bounded, and so is what is read and written by its types.
//! Out of scope: calling contracts, and the layout of their storage.

use scale_info::{PortableRegistry, PortableType, TypeDef};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    describe::Argument,
    error::{ContractError, DecodeError, EncodeError},
    limits::{CONTRACT_ARGUMENTS_MAX, CONTRACT_ENTRIES_MAX, CONTRACT_TEXT_BYTES_MAX, VARIANTS_MAX},
    read, types, write,
};

/// A contract, described.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// The module, if the text contains it.
    pub wasm: Option<Vec<u8>>,
    /// How it can be made.
    pub constructors: Vec<Message>,
    /// What can be called.
    pub messages: Vec<Message>,
    /// What it tells.
    pub events: Vec<ContractEvent>,
    types: PortableRegistry,
}

/// A constructor or a message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its name.
    pub name: String,
    /// The bytes that the input begins with.
    pub selector: [u8; 4],
    /// What it takes.
    pub args: Vec<Argument>,
    /// Whether it changes anything; constructors do.
    pub mutates: bool,
    /// Whether it takes money.
    pub payable: bool,
    /// Whether it is meant where none is named.
    pub default: bool,
    /// The type of its answer; none if it has none.
    pub answer: Option<u32>,
}

/// An event.
#[derive(Debug, Clone)]
pub struct ContractEvent {
    /// Its name.
    pub name: String,
    /// The first topic of its logs; none for anonymous ones.
    pub topic: Option<[u8; 32]>,
    /// Its fields; all of them are in the data.
    pub args: Vec<Argument>,
}

impl Contract {
    /// Reads the text of a `.contract` or metadata file.
    ///
    /// # Errors
    /// [`ContractError`]: too long, no such JSON, another version, types that refer to none.
    pub fn read(text: &str) -> Result<Self, ContractError> {
        if text.len() > CONTRACT_TEXT_BYTES_MAX {
            return Err(ContractError::TooLong(text.len()));
        }
        let document: Document = serde_json::from_str(text).map_err(|why| ContractError::Format(why.to_string()))?;
        document.check_version()?;
        let Document { source, contract, spec, types: list, .. } = document;
        if list.iter().zip(0u32..).any(|(ty, place)| ty.id != place) {
            return Err(ContractError::Format("the types are not in the order of their ids".to_owned()));
        }
        if list.iter().any(|ty| matches!(&ty.ty.type_def, TypeDef::Variant(one) if one.variants.len() > VARIANTS_MAX)) {
            return Err(ContractError::Format(format!("an enum of more than {VARIANTS_MAX} variants")));
        }
        spec.check_counts()?;
        let types = PortableRegistry { types: list };
        let wasm = source.and_then(|source| source.wasm).map(|text| {
            let digits = text.strip_prefix("0x").unwrap_or(&text);
            hex::decode(digits).map_err(|_| ContractError::Format("source.wasm is not hexadecimal".to_owned()))
        });
        let messages = |list: Vec<MessageText>| list.into_iter().map(|one| one.message(&types)).collect();
        let (constructors, messages): (Result<_, _>, Result<_, _>) =
            (messages(spec.constructors), messages(spec.messages));
        let events = spec.events.into_iter().map(|event| ContractEvent {
            name: event.label,
            topic: event.signature_topic.as_deref().and_then(hex_array),
            args: arguments(event.args, &types),
        });
        Ok(Self {
            name: contract.map(|contract| contract.name).unwrap_or_default(),
            wasm: wasm.transpose()?,
            constructors: constructors?,
            messages: messages?,
            events: events.collect(),
            types,
        })
    }

    /// The constructor of this name; without a name the only one, or the one that is meant then, or `new`.
    ///
    /// # Errors
    /// [`EncodeError::UnknownToContract`].
    pub fn constructor(&self, name: Option<&str>) -> Result<&Message, EncodeError> {
        let unnamed = || match self.constructors.as_slice() {
            [only] => Some(only),
            several => several.iter().find(|one| one.default).or_else(|| several.iter().find(|one| one.name == "new")),
        };
        let found = match name {
            Some(name) => named(&self.constructors, name),
            None => unnamed(),
        };
        found.ok_or_else(|| unknown("constructor", name.unwrap_or_default(), &self.constructors))
    }

    /// The message of this name; where there is none, the only one whose name is the same without underscores and case. So
    /// `balanceOf` and `tokenURI` find `balance_of` and `token_uri`.
    ///
    /// # Errors
    /// [`EncodeError::UnknownToContract`].
    pub fn message(&self, name: &str) -> Result<&Message, EncodeError> {
        let found = named(&self.messages, name);
        found.ok_or_else(|| unknown("message", name, &self.messages))
    }

    /// The input of a call: the selector, and the arguments, which are an object by name or an array by position in the
    /// [JSON form](crate#the-json-form); nothing at all is no arguments.
    ///
    /// # Errors
    /// [`EncodeError`], which names the argument and its type.
    pub fn encode(&self, message: &Message, arguments: &Value) -> Result<Vec<u8>, EncodeError> {
        let none = Value::Array(Vec::new());
        let arguments = if arguments.is_null() { &none } else { arguments };
        let mut out = message.selector.to_vec();
        write::arguments(&self.types, &message.args, arguments, &mut out)?;
        Ok(out)
    }

    /// What a call answered. Ink!'s and ZX's messages answer a `Result`: of one that went well the value within.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode_answer(&self, message: &Message, bytes: &[u8]) -> Result<Value, DecodeError> {
        let Some(id) = message.answer else { return Ok(Value::Null) };
        let answer = read::value(&self.types, id, bytes)?;
        let is_result = self.types.resolve(id).is_some_and(|ty| ty.path.segments == ["Result"]);
        match answer {
            Value::Object(mut members) if is_result && members.len() == 1 && members.contains_key("Ok") => {
                Ok(members.remove("Ok").unwrap_or_default())
            }
            Value::String(variant) if is_result && variant == "Ok" => Ok(Value::Null),
            other => Ok(other),
        }
    }

    /// Name and fields of an event, by its first topic and its data; none if it is not one of this contract's.
    pub fn decode_event(&self, topic: Option<&[u8]>, data: &[u8]) -> Option<(&str, Value)> {
        let mut known = self.events.iter().filter(|event| event.topic.as_ref().map(|topic| &topic[..]) == topic);
        let event = known.next()?;
        let (mut input, budget) = (data, read::Budget::new());
        let mut fields = serde_json::Map::new();
        for argument in &event.args {
            fields.insert(argument.name.clone(), read::next(&self.types, argument.type_id, &mut input, &budget).ok()?);
        }
        input.is_empty().then_some((event.name.as_str(), Value::Object(fields)))
    }
}

/// The one of this name; else the only one whose name differs in nothing but underscores and case.
fn named<'c>(known: &'c [Message], name: &str) -> Option<&'c Message> {
    let same = |one: &&Message| letters(&one.name).eq(letters(name));
    known.iter().find(|one| one.name == name).or_else(|| {
        let mut near = known.iter().filter(same);
        near.next().filter(|_| near.next().is_none())
    })
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
}

fn unknown(kind: &str, name: &str, known: &[Message]) -> EncodeError {
    let names: Vec<_> = known.iter().map(|one| one.name.as_str()).take(32).collect();
    let name: String = name.chars().take(64).collect();
    EncodeError::UnknownToContract { what: format!("{kind} `{name}`"), known: names.join(", ") }
}

fn arguments(list: Vec<ArgumentText>, types: &PortableRegistry) -> Vec<Argument> {
    let argument =
        |one: ArgumentText| Argument { type_name: types::name(types, one.ty.id), type_id: one.ty.id, name: one.label };
    list.into_iter().map(argument).collect()
}

fn hex_array<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    hex::decode(text.strip_prefix("0x")?).ok()?.try_into().ok()
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    source: Option<SourceText>,
    #[serde(default)]
    contract: Option<NameText>,
    spec: SpecText,
    types: Vec<PortableType>,
    version: Value,
}

impl Document {
    /// Version 4 is a text, version 5 a number.
    fn check_version(&self) -> Result<(), ContractError> {
        match self.version.as_u64().or_else(|| self.version.as_str()?.parse().ok()) {
            Some(4 | 5) => Ok(()),
            _ => Err(ContractError::Version(self.version.to_string().chars().take(16).collect())),
        }
    }
}

#[derive(Deserialize)]
struct SourceText {
    #[serde(default)]
    wasm: Option<String>,
}

#[derive(Deserialize)]
struct NameText {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct SpecText {
    #[serde(default)]
    constructors: Vec<MessageText>,
    #[serde(default)]
    messages: Vec<MessageText>,
    #[serde(default)]
    events: Vec<EventText>,
}

impl SpecText {
    /// Each argument gets the name of its type, which may be long.
    fn check_counts(&self) -> Result<(), ContractError> {
        let Self { constructors, messages, events } = self;
        if [constructors.len(), messages.len(), events.len()].into_iter().any(|count| count > CONTRACT_ENTRIES_MAX) {
            let many = "constructors, messages or events";
            return Err(ContractError::Format(format!("more than {CONTRACT_ENTRIES_MAX} {many}")));
        }
        let called = constructors.iter().chain(messages).map(|one| one.args.len());
        if called.chain(events.iter().map(|event| event.args.len())).any(|count| count > CONTRACT_ARGUMENTS_MAX) {
            return Err(ContractError::Format(format!("more than {CONTRACT_ARGUMENTS_MAX} arguments")));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageText {
    label: String,
    selector: String,
    #[serde(default)]
    args: Vec<ArgumentText>,
    #[serde(default = "yes")]
    mutates: bool,
    #[serde(default)]
    payable: bool,
    #[serde(default)]
    default: bool,
    #[serde(default)]
    return_type: Option<TypeText>,
}

fn yes() -> bool {
    true
}

impl MessageText {
    fn message(self, types: &PortableRegistry) -> Result<Message, ContractError> {
        let selector = hex_array(&self.selector)
            .ok_or_else(|| ContractError::Format(format!("the selector of `{:.64}` is not four bytes", self.label)))?;
        Ok(Message {
            name: self.label,
            selector,
            args: arguments(self.args, types),
            mutates: self.mutates,
            payable: self.payable,
            default: self.default,
            answer: self.return_type.map(|ty| ty.id),
        })
    }
}

#[derive(Deserialize)]
struct EventText {
    label: String,
    #[serde(default)]
    signature_topic: Option<String>,
    #[serde(default)]
    args: Vec<ArgumentText>,
}

#[derive(Deserialize)]
struct ArgumentText {
    label: String,
    #[serde(rename = "type")]
    ty: TypeText,
}

#[derive(Deserialize)]
struct TypeText {
    #[serde(rename = "type")]
    id: u32,
}

#[cfg(test)]
mod tests;
