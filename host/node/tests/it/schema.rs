//! Whether a JSON value fits a JSON schema: the keywords that `ziver_rpc::catalog` uses, and no others.

use serde_json::{Map, Value};

/// Why the value does not fit, if it does not.
pub fn misfit(value: &Value, schema: &Value, named: &Map<String, Value>) -> Result<(), String> {
    let Some(rules) = schema.as_object() else { return Ok(()) };
    for (rule, wanted) in rules {
        let fits = match rule.as_str() {
            "$ref" => {
                let name = wanted.as_str().unwrap().trim_start_matches("#/components/schemas/");
                misfit(value, named.get(name).unwrap_or_else(|| panic!("no type {name}")), named)?;
                true
            }
            "anyOf" => wanted.as_array().unwrap().iter().any(|one| misfit(value, one, named).is_ok()),
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "type" => match wanted {
                Value::Array(types) => types.iter().any(|one| is_of(value, one.as_str().unwrap())),
                one => is_of(value, one.as_str().unwrap()),
            },
            "required" => wanted
                .as_array()
                .unwrap()
                .iter()
                .all(|name| value.is_null() || value.get(name.as_str().unwrap()).is_some()),
            "pattern" => value.as_str().is_none_or(|text| matches(text, wanted.as_str().unwrap())),
            "minimum" => value.as_i64().is_none_or(|number| number >= wanted.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= wanted.as_i64().unwrap()),
            "minItems" => value.as_array().is_none_or(|list| list.len() as u64 >= wanted.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as u64 <= wanted.as_u64().unwrap()),
            "minProperties" => value.as_object().is_none_or(|object| object.len() as u64 >= wanted.as_u64().unwrap()),
            "maxProperties" => value.as_object().is_none_or(|object| object.len() as u64 <= wanted.as_u64().unwrap()),
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    misfit(item, wanted, named)?;
                }
                true
            }
            "prefixItems" => {
                for (item, wanted) in value.as_array().into_iter().flatten().zip(wanted.as_array().unwrap()) {
                    misfit(item, wanted, named)?;
                }
                true
            }
            "properties" => {
                for (name, wanted) in wanted.as_object().unwrap() {
                    value.get(name).map_or(Ok(()), |member| misfit(member, wanted, named))?;
                }
                true
            }
            "additionalProperties" => {
                let known = rules.get("properties").and_then(Value::as_object);
                let mut others = value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(name, _)| !known.is_some_and(|known| known.contains_key(*name)));
                others.all(|(_, member)| *wanted != false && misfit(member, wanted, named).is_ok())
            }
            "description" => true,
            other => panic!("the schemas use {other:?}, which is not checked here"),
        };
        if !fits {
            let text = value.to_string();
            return Err(format!("{} does not fit {rule} of {schema}", &text[..text.floor_char_boundary(300)]));
        }
    }
    Ok(())
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}

/// The patterns of the catalogue, by hand.
fn matches(text: &str, pattern: &str) -> bool {
    let digits = text.strip_prefix("0x");
    let hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match pattern {
        "^0x([0-9a-fA-F]{2})*$" => digits.is_some_and(|digits| digits.len() % 2 == 0 && hexadecimal(digits)),
        "^0x[0-9a-fA-F]{64}$" => digits.is_some_and(|digits| digits.len() == 64 && hexadecimal(digits)),
        "^0x[0-9a-fA-F]{40}$" => digits.is_some_and(|digits| digits.len() == 40 && hexadecimal(digits)),
        "^0x[0-9a-fA-F]+$" => digits.is_some_and(|digits| !digits.is_empty() && hexadecimal(digits)),
        "^0x(0|[1-9a-f][0-9a-f]*)$" => digits.is_some_and(|digits| {
            let is_lower = digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            is_lower && !digits.is_empty() && (digits == "0" || !digits.starts_with('0'))
        }),
        "^[0-9]+$" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        other => panic!("the pattern {other:?} is not known here"),
    }
}

#[test]
fn checker_tells_fitting_values_from_others() {
    let named = ziver_rpc::catalog::types::named();
    let fits = |value: Value, kind: &str| misfit(&value, &ziver_rpc::catalog::types::schema(kind), &named).is_ok();
    let hash = format!("0x{}", "ab".repeat(32));
    let is = [
        fits(hash.clone().into(), "Hash"),
        fits(Value::Null, "Hash|null"),
        fits(serde_json::json!([[hash]]), "[[Hash]]"),
        fits(serde_json::json!({ "methods": ["a"] }), "MethodList"),
        fits("0x10".into(), "Quantity"),
    ];
    let is_not = [
        fits("0xab".into(), "Hash"),
        fits(Value::Null, "Hash"),
        fits(serde_json::json!([1]), "[Hash]"),
        fits(serde_json::json!({ "methods": ["a"], "more": 1 }), "MethodList"),
        fits(serde_json::json!({}), "MethodList"),
        fits("0x01".into(), "Quantity"),
    ];
    assert_eq!((is, is_not), ([true; 5], [false; 6]));
}
