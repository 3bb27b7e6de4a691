//! `rpc.discover`: the methods that a node serves as an OpenRPC 1.3 document, and `admin_rpcMethods`, the short form.
//!
//! Both are made from [`crate::catalog`]. Examples are answers of a real node that were written down
//! (`host/rpc/examples.json`); what they hold of hashes and keys is of that node's chain.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::{Map, Value, json};

use crate::catalog::{self, COMMON_ERRORS, GROUPS, Method, error_text, types};

/// A request's parameters and what a node answered.
#[derive(Debug, Clone, serde::Deserialize, serde::Serialize, PartialEq)]
pub struct Example {
    /// What was asked.
    pub params: Value,
    /// What was answered; long texts and lists are cut.
    pub result: Value,
}

/// The examples, by method.
pub fn examples() -> &'static BTreeMap<String, Example> {
    static EXAMPLES: OnceLock<BTreeMap<String, Example>> = OnceLock::new();
    EXAMPLES.get_or_init(|| serde_json::from_str(include_str!("../examples.json")).unwrap_or_default())
}

/// The document of these methods.
pub fn document(methods: &[&Method], version: &str) -> Value {
    json!({
        "openrpc": "1.3.2",
        "info": {
            "title": "Ziver JSON-RPC",
            "version": version,
            "license": { "name": "Apache-2.0" },
        },
        "methods": methods.iter().map(|method| object(method)).collect::<Vec<_>>(),
        "components": { "schemas": types::named() },
    })
}

/// Name, group and rights of these methods.
pub fn outline(methods: &[&Method]) -> Value {
    let outline = |method: &&Method| {
        json!({
            "name": method.name,
            "group": method.group(),
            "isUnsafe": method.is_unsafe,
            "isSubscription": method.feed.is_some(),
        })
    };
    methods.iter().map(outline).collect()
}

fn object(method: &Method) -> Value {
    let params = method.parameters().map(|parameter| {
        json!({
            "name": parameter.name,
            "description": parameter.about,
            "required": parameter.is_required,
            "schema": types::schema(parameter.kind),
        })
    });
    let mut object = json!({
        "name": method.name,
        "summary": method.summary,
        "tags": [{ "name": method.group() }],
        "paramStructure": "either",
        "params": params.collect::<Vec<_>>(),
        "result": { "name": "result", "schema": types::schema(method.result) },
        "errors": errors(method).map(|code| json!({ "code": code, "message": error_text(code) })).collect::<Vec<_>>(),
        "x-unsafe": method.is_unsafe,
    });
    if let Some(feed) = method.feed {
        object["x-subscription"] = json!({
            "notification": feed.notification,
            "unsubscribe": feed.unsubscribe,
            "schema": types::schema(feed.item),
        });
    }
    if let Some(example) = examples().get(method.name) {
        object["examples"] = json!([pairing(method, example)]);
    }
    object
}

fn pairing(method: &Method, example: &Example) -> Value {
    let given = example.params.as_array().map_or(&[][..], Vec::as_slice);
    let params = method.parameters().zip(given).map(|(parameter, value)| {
        Value::Object(Map::from_iter([("name".into(), parameter.name.into()), ("value".into(), value.clone())]))
    });
    json!({
        "name": method.name,
        "params": params.collect::<Vec<_>>(),
        "result": { "name": "result", "value": example.result },
    })
}

/// The codes of a method's errors: its group's, then those of all.
pub fn errors(method: &Method) -> impl Iterator<Item = i32> {
    let own = GROUPS.iter().find(|(name, _, _)| *name == method.group()).map_or(&[][..], |(_, _, codes)| codes);
    own.iter().chain(COMMON_ERRORS).copied()
}

/// The methods of the catalogue among these names.
pub fn among<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'static Method> {
    names.filter_map(catalog::by_name).collect()
}
