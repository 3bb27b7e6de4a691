//! Values as they are typed on the command line, for calls and storage keys.
//!
//! Digits are a number of any size, `1.5ZIV` is an amount, `//Alith` a development account's address; what begins like JSON is
//! JSON or the text form of `scale-value`; everything else is text.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ziver_metadata::{Metadata, parse_arguments};

use crate::{
    amount,
    cli::{NamedCall, TypedValue},
    secret::development_account,
};

/// One value.
pub fn value(typed: &TypedValue) -> Result<Value> {
    let text = typed.0.trim();
    if let Some(account) = text.strip_prefix("//").and_then(development_account) {
        return Ok(account.account().to_string().into());
    }
    if let Ok(amount) = amount::parse(text) {
        return Ok(amount.to_string().into());
    }
    let is_structured = text.starts_with(['{', '[', '(', '"']) || text.ends_with(')');
    match text {
        "true" | "false" | "null" => Ok(serde_json::from_str(text)?),
        _ if !is_structured => Ok(typed.0.clone().into()),
        _ => parse_arguments(text).with_context(|| format!("argument {text:?}")),
    }
}

/// A part of a storage key; where it is an account, a development account's name will do.
pub fn key(typed: &TypedValue, type_name: &str) -> Result<Value> {
    match development_account(typed.0.trim()).filter(|_| type_name.contains("Account")) {
        Some(account) => Ok(account.account().to_string().into()),
        None => value(typed),
    }
}

/// The encoded call of these names and arguments.
pub fn call(metadata: &Metadata, NamedCall { pallet, call, args }: &NamedCall) -> Result<Vec<u8>> {
    let values = args.iter().map(value).collect::<Result<Vec<_>>>()?;
    let found = metadata.call(pallet, call);
    let known = found.map(|call| call.args.as_slice()).unwrap_or_default();
    let names = || match known {
        [] => "no arguments".to_owned(),
        known => known.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    let is_known = |name: &String| known.iter().any(|argument| argument.name == *name);
    if let ([Value::Object(fields)], true) = (&values[..], known.len() > 1) {
        // It can only be all arguments by their names.
        if let Some(wrong) = fields.keys().find(|name| !is_known(name)) {
            bail!("{pallet}.{call} takes {}; {wrong:?} is none of them", names());
        }
    } else if found.is_some() && values.len() != known.len() && !matches!(values[..], [Value::Object(_)]) {
        bail!("{pallet}.{call} takes {}; {} given", names(), super::given(values.len()));
    }
    let arguments = match <[Value; 1]>::try_from(values) {
        // One object with the arguments' names is all of them.
        Ok([Value::Object(fields)]) if fields.keys().all(is_known) => Value::Object(fields),
        Ok(one) => Value::Array(one.into()),
        Err(values) => Value::Array(values),
    };
    Ok(metadata.encode_call(pallet, call, &arguments)?)
}

#[cfg(test)]
mod tests;
