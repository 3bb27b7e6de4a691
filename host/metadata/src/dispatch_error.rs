//! Why a call failed, in words.

use serde_json::Value;

use crate::error::DecodeError;
use crate::{Metadata, types};

impl Metadata {
    /// `Balances.InsufficientBalance: Balance too low to send value.` from the JSON of a `DispatchError` (as events
    /// carry it). What the metadata does not describe is shown as it is.
    pub fn describe_dispatch_error(&self, error: &Value) -> String {
        self.module_error(error).or_else(|| self.other_error(error)).unwrap_or_else(|| error.to_string())
    }

    /// The same from SCALE.
    pub fn describe_dispatch_error_bytes(&self, bytes: &[u8]) -> Result<String, DecodeError> {
        let id = self.0.dispatch_error.ok_or_else(|| DecodeError::Unknown("type for failed calls".to_owned()))?;
        Ok(self.describe_dispatch_error(&self.decode_value(id, bytes)?))
    }

    /// `{"Module": {"index": 5, "error": "0x02000000"}}`.
    fn module_error(&self, error: &Value) -> Option<String> {
        let module = error.get("Module")?;
        let index = u8::try_from(module.get("index")?.as_u64()?).ok()?;
        let error = match module.get("error")? {
            Value::String(bytes) => *hex::decode(bytes.strip_prefix("0x")?).ok()?.first()?,
            number => u8::try_from(number.as_u64()?).ok()?,
        };
        let pallet = self.pallet_at(index)?;
        let failure = pallet.errors.iter().find(|failure| failure.index == error)?;
        Some(with_docs(format!("{}.{}", pallet.name, failure.name), &failure.docs))
    }

    /// `"BadOrigin"`, `{"Token": "FundsUnavailable"}`.
    fn other_error(&self, error: &Value) -> Option<String> {
        let outer = types::variants(&self.0.types, self.0.dispatch_error?);
        let of = |name: &str| outer.iter().find(|variant| variant.name == name);
        if let Some(name) = error.as_str() {
            return Some(with_docs(name.to_owned(), &of(name)?.docs));
        }
        let (name, inner) = error.as_object()?.iter().next()?;
        let (field, inner) = (of(name)?.fields.first()?, inner.as_str()?);
        let found = types::variants(&self.0.types, field.ty.id).iter().find(|variant| variant.name == inner)?;
        Some(with_docs(format!("{name}.{inner}"), &found.docs))
    }
}

fn with_docs(name: String, docs: &[String]) -> String {
    let text = docs.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if text.is_empty() { name } else { format!("{name}: {text}") }
}
