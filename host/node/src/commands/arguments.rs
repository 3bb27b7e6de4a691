//! Values as they are typed on the command line, for calls and storage keys.
//!
//! Digits are a number of any size, `1.5ZIV` is an amount, `//Alith` a development account's address; what begins like JSON is
//! JSON or the text form of `scale-value`; everything else is text.

use anyhow::{Context, Result};
use serde_json::Value;
use ziver_metadata::{Metadata, parse_arguments};

use crate::{amount, cli::TypedValue, secret::development_account};

/// One value.
pub fn value(typed: &TypedValue) -> Result<Value> {
    let text = typed.0.trim();
    if let Some(account) = text.strip_prefix("//").and_then(development_account) {
        return Ok(account.account().to_string().into());
    }
    if let Ok(amount) = amount::parse(text) {
        return Ok(amount.to_string().into());
    }
    let is_word = !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || "_-.".contains(letter));
    let is_structured = text.starts_with(['{', '[', '(', '"']) || text.ends_with(')');
    match text {
        "true" | "false" | "null" => Ok(serde_json::from_str(text)?),
        _ if is_word || !is_structured => Ok(typed.0.clone().into()),
        _ => parse_arguments(text).with_context(|| format!("argument {text:?}")),
    }
}

/// The encoded call of these names and arguments.
pub fn call(metadata: &Metadata, pallet: &str, call: &str, typed: &[TypedValue]) -> Result<Vec<u8>> {
    let values = typed.iter().map(value).collect::<Result<Vec<_>>>()?;
    let known = metadata.call(pallet, call).map(|call| call.args.as_slice()).unwrap_or_default();
    let is_named = |fields: &serde_json::Map<String, Value>| {
        fields.keys().all(|name| known.iter().any(|argument| argument.name == *name))
    };
    let arguments = match <[Value; 1]>::try_from(values) {
        // One object with the arguments' names is all of them.
        Ok([Value::Object(fields)]) if is_named(&fields) => Value::Object(fields),
        Ok(one) => Value::Array(one.into()),
        Err(values) => Value::Array(values),
    };
    Ok(metadata.encode_call(pallet, call, &arguments)?)
}

#[cfg(test)]
mod tests;
