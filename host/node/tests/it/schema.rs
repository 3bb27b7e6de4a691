//! Whether a JSON value fits a type of `ziver_rpc::catalog`: its JSON schema (draft 2020-12, as OpenRPC's are), judged by
//! `jsonschema`.

use std::{cell::RefCell, collections::BTreeMap};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use ziver_rpc::catalog::types;

/// A validator for each type that was asked for, since making one reads all named schemas.
#[derive(Default)]
pub struct Schemas(RefCell<BTreeMap<String, Validator>>);

impl Schemas {
    /// Why the value is not of the type, if it is not.
    pub fn check(&self, value: &Value, kind: &str) -> Result<(), String> {
        let mut validators = self.0.borrow_mut();
        let validator = validators.entry(kind.to_owned()).or_insert_with(|| validator(kind));
        validator.validate(value).map_err(|why| {
            let why = format!("not {kind} at {:?}: {why}", why.instance_path().to_string());
            why[..why.floor_char_boundary(600)].to_owned()
        })
    }
}

fn validator(kind: &str) -> Validator {
    let schema = json!({ "allOf": [types::schema(kind)], "components": { "schemas": types::named() } });
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options.build(&schema).unwrap_or_else(|why| panic!("the schema of {kind}: {why}"))
}

#[test]
fn checker_tells_fitting_values_from_others() {
    let schemas = Schemas::default();
    let fits = |value: Value, kind: &str| schemas.check(&value, kind).is_ok();
    let hash = format!("0x{}", "ab".repeat(32));
    let is = [
        fits(hash.clone().into(), "Hash"),
        fits(Value::Null, "Hash|null"),
        fits(json!([[hash]]), "[[Hash]]"),
        fits(json!({ "methods": ["a"] }), "MethodList"),
        fits("0x10".into(), "Quantity"),
    ];
    let is_not = [
        fits("0xab".into(), "Hash"),
        fits(Value::Null, "Hash"),
        fits(json!([1]), "[Hash]"),
        fits(json!({ "methods": ["a"], "more": 1 }), "MethodList"),
        fits(json!({}), "MethodList"),
        fits("0x01".into(), "Quantity"),
    ];
    assert_eq!((is, is_not), ([true; 5], [false; 6]));
}
