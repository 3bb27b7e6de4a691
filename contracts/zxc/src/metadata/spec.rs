//! Constructors, messages, events, and what the chain calls its own types.

use serde::Serialize;

use super::{hex, registry::Registry};
use crate::{
    analysis::ContractDocs,
    ir::{Entry, EntryKind, Event, Program, Type},
};

/// Topics of an event, the signature's included.
const EVENT_TOPICS_MAX: u32 = 4;
/// The buffer that ink! contracts have: tools ask for it.
const STATIC_BUFFER_BYTES: u32 = 16_384;

/// What can be called, and what is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    constructors: Vec<Constructor>,
    messages: Vec<Message>,
    events: Vec<EventSpec>,
    docs: Vec<String>,
    environment: Environment,
    lang_error: TypeSpec,
}

/// A type where it is used.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct TypeSpec {
    display_name: Vec<String>,
    r#type: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Argument {
    label: String,
    r#type: TypeSpec,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Constructor {
    label: String,
    selector: String,
    payable: bool,
    default: bool,
    args: Vec<Argument>,
    return_type: TypeSpec,
    docs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    label: String,
    selector: String,
    mutates: bool,
    payable: bool,
    default: bool,
    args: Vec<Argument>,
    return_type: TypeSpec,
    docs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct EventSpec {
    label: String,
    module_path: String,
    signature_topic: String,
    args: Vec<EventArgument>,
    docs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct EventArgument {
    label: String,
    indexed: bool,
    r#type: TypeSpec,
    docs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    account_id: TypeSpec,
    balance: TypeSpec,
    block_number: TypeSpec,
    hash: TypeSpec,
    timestamp: TypeSpec,
    chain_extension: TypeSpec,
    max_event_topics: u32,
    static_buffer_size: u32,
}

impl Spec {
    /// The interface of a program.
    pub fn new(program: &Program, docs: &ContractDocs, registry: &mut Registry<'_>) -> Self {
        let (mut constructors, mut messages) = (Vec::new(), Vec::new());
        for (index, entry) in program.entries.iter().enumerate() {
            let docs = docs.entries.get(index).cloned().unwrap_or_default();
            let Some(function) = program.functions.get(entry.function.index()) else { continue };
            let parameters = function.locals.iter().take(function.parameters);
            let args = parameters.map(|local| argument(&local.name, local.ty, registry)).collect();
            let Entry { name, selector, kind, mutates, payable, .. } = entry;
            let (label, selector, payable) = (name.clone(), hex(selector), *payable);
            match kind {
                EntryKind::Constructor => {
                    // The first stands for all where a client names none.
                    let default = constructors.is_empty();
                    let return_type = outcome("ConstructorResult", Type::Unit, registry);
                    constructors.push(Constructor { label, selector, payable, default, args, return_type, docs });
                }
                EntryKind::Message => {
                    let return_type = outcome("MessageResult", function.result, registry);
                    let (mutates, default) = (*mutates, false);
                    messages.push(Message { label, selector, mutates, payable, default, args, return_type, docs });
                }
            }
        }
        let no_docs = Vec::new();
        let events = program.events.iter().enumerate().map(|(index, event)| {
            let docs = docs.events.get(index).unwrap_or(&no_docs);
            EventSpec::new(event, &program.name, docs, registry)
        });
        let events = events.collect();
        let environment = Environment::new(registry);
        let lang_error = TypeSpec { display_name: names(&["ink", "LangError"]), r#type: registry.id(Type::String) };
        Self { constructors, messages, events, docs: docs.contract.clone(), environment, lang_error }
    }
}

impl EventSpec {
    fn new(event: &Event, contract: &str, docs: &[String], registry: &mut Registry<'_>) -> Self {
        let args = event.fields.iter().map(|field| {
            let Argument { label, r#type } = argument(&field.name, field.ty, registry);
            EventArgument { label, indexed: field.indexed, r#type, docs: Vec::new() }
        });
        Self {
            label: event.name.clone(),
            module_path: contract.to_owned(),
            signature_topic: hex(&event.topic()),
            args: args.collect(),
            docs: docs.to_vec(),
        }
    }
}

impl Environment {
    fn new(registry: &mut Registry<'_>) -> Self {
        let mut spec = |name: &str, ty| TypeSpec { display_name: names(&[name]), r#type: registry.id(ty) };
        Self {
            account_id: spec("AccountId20", Type::Address),
            balance: spec("Balance", Type::U128),
            block_number: spec("BlockNumber", Type::U32),
            hash: spec("Hash", Type::Hash),
            timestamp: spec("Timestamp", Type::U64),
            // There is none.
            chain_extension: spec("ChainExtension", Type::Unit),
            max_event_topics: EVENT_TOPICS_MAX,
            static_buffer_size: STATIC_BUFFER_BYTES,
        }
    }
}

fn argument(name: &str, ty: Type, registry: &mut Registry<'_>) -> Argument {
    Argument {
        label: name.to_owned(),
        r#type: TypeSpec { display_name: registry.display_name(ty), r#type: registry.id(ty) },
    }
}

fn outcome(name: &str, value: Type, registry: &mut Registry<'_>) -> TypeSpec {
    TypeSpec { display_name: names(&["ink", name]), r#type: registry.result(value) }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
