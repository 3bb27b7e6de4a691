//! Literals: what was written and what it stands for.

use primitive_types::U256;
use serde::{Serialize, Serializer};

use crate::source::Span;

/// A whole number: `42`, `1_000_000`, `0xff`, `10e18`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IntegerLiteral {
    /// The number. Zero where what is written is no number (a diagnostic was given).
    #[serde(serialize_with = "decimal")]
    pub value: U256,
    /// As written: `0x` and 40 digits may stand for an address, `0x` and 64 for a hash.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A string in double quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StringLiteral {
    /// Its text, escapes resolved.
    pub value: String,
    /// As written, quotes included.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// Bytes: `hex"00ff"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BytesLiteral {
    /// The bytes.
    pub value: Vec<u8>,
    /// As written, `hex` and quotes included.
    pub text: String,
    /// Where.
    pub span: Span,
}

impl IntegerLiteral {
    /// The bytes of a literal that is written as exactly `bytes` of them: `0x` and two digits a byte, no underscores.
    pub fn bytes(&self, bytes: usize) -> Option<Vec<u8>> {
        let digits = self.text.strip_prefix("0x")?;
        let exact = digits.len() == bytes * 2 && bytes <= 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        exact.then(|| self.value.to_big_endian()[32 - bytes..].to_vec())
    }
}

impl StringLiteral {
    /// The literal of a string that nobody has written: what can't be seen is escaped.
    pub fn quoted(value: impl Into<String>, span: Span) -> Self {
        let value = value.into();
        let mut text = String::with_capacity(value.len() + 2);
        text.push('"');
        for character in value.chars() {
            match character {
                '"' => text.push_str("\\\""),
                '\'' => text.push('\''),
                // It knows what is not printed, and writes the escapes of ZX; quotes it would escape both.
                _ => text.extend(character.escape_debug()),
            }
        }
        text.push('"');
        Self { value, text, span }
    }
}

fn decimal<S: Serializer>(value: &U256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
