//! Merges a JSON patch over a JSON document (RFC 7396) without touching numbers.
//!
//! Balances exceed 64 bits. A JSON library that makes numbers of them loses digits, so values that are not objects are
//! carried over as the text they are.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::limits::GENESIS_JSON_DEPTH_MAX;

type Object<'a> = BTreeMap<String, &'a RawValue>;

/// `patch` over `base`; both must be JSON. A `null` in the patch removes a field.
pub(super) fn merge(base: &str, patch: &str) -> Result<String, String> {
    let mut out = String::with_capacity(base.len() + patch.len());
    merge_into(base, patch, 0, &mut out)?;
    Ok(out)
}

fn merge_into(base: &str, patch: &str, depth: usize, out: &mut String) -> Result<(), String> {
    if depth > GENESIS_JSON_DEPTH_MAX {
        return Err(format!("objects are nested deeper than {GENESIS_JSON_DEPTH_MAX}"));
    }
    if !is_object(patch) {
        out.push_str(patch);
        return Ok(());
    }
    let base: Object = if is_object(base) { parse(base)? } else { Object::new() };
    let patch: Object = parse(patch)?;
    let mut first = true;
    out.push('{');
    let names: std::collections::BTreeSet<&String> = base.keys().chain(patch.keys()).collect();
    for name in names {
        let changed = patch.get(name).map(|value| value.get());
        if changed == Some("null") {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(name).map_err(|error| error.to_string())?);
        out.push(':');
        let old = base.get(name).map_or("null", |value| value.get());
        match changed {
            Some(new) => merge_into(old, new, depth + 1, out)?,
            None => out.push_str(old),
        }
    }
    out.push('}');
    Ok(())
}

fn is_object(json: &str) -> bool {
    json.trim_start().starts_with('{')
}

fn parse(json: &str) -> Result<Object<'_>, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
