//! Decoded values as lines for people.

use serde_json::Value;
use ziver_metadata::{Event, Extrinsic, Metadata};
use ziver_primitives::AccountId20;

use crate::amount;

/// Longest value that is shown whole, in characters.
const VALUE_CHARACTERS_MAX: usize = 120;

/// `0x` and 40 digits.
const ADDRESS_CHARACTERS: usize = 42;

/// `Balances.Transfer from=0x.. to=0x.. amount=1.5 ZIV`. Errors of calls are called by their names in the metadata.
pub fn event(event: &Event, metadata: &Metadata) -> String {
    let mut told = event.fields.clone();
    for (name, field) in told.as_object_mut().into_iter().flatten() {
        let is_error = name == "dispatch_error" || name == "error" && event.pallet == "Utility";
        let error = if is_error { Some(&*field) } else { field.get("Err") };
        if let Some(error) = error {
            let words = metadata.describe_dispatch_error(error);
            *field = words.split(": ").next().unwrap_or_default().into();
        }
    }
    format!("{}.{}{}", event.pallet, event.name, fields(&told))
}

/// `Balances.transfer_keep_alive dest=0x.. value=1.5 ZIV  by 0x.. (nonce 3)`.
pub fn extrinsic(extrinsic: &Extrinsic) -> String {
    let call = &extrinsic.call;
    let args = fields(&Value::Object(call.args.clone()));
    let by = match (&extrinsic.signer, extrinsic.nonce) {
        (Some(signer), Some(nonce)) => format!("  by {} (nonce {nonce})", value("", signer)),
        (Some(signer), None) => format!("  by {}", value("", signer)),
        (None, _) => String::new(),
    };
    format!("{}.{}{args}{by}", call.pallet, call.call)
}

fn fields(all: &Value) -> String {
    match all {
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| format!(" {name}={}", value(name, field))).collect::<String>()
        }
        Value::Array(fields) => fields.iter().map(|field| format!(" {}", value("", field))).collect::<String>(),
        Value::Null => String::new(),
        other => format!(" {}", value("", other)),
    }
}

/// A value in a few words: amounts, known by their names, in whole tokens; addresses with their checksum.
pub fn value(name: &str, value: &Value) -> String {
    let is_amount =
        ["amount", "value", "free", "reserved", "frozen", "tip", "deposit"].contains(&name) || name.ends_with("_fee");
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if is_amount && let Ok(amount) = text.parse() {
        return amount::show(amount);
    }
    if text.len() == ADDRESS_CHARACTERS
        && let Ok(account) = text.parse::<AccountId20>()
    {
        return account.to_string();
    }
    match text.char_indices().nth(VALUE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}
