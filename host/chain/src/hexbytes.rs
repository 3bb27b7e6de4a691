//! Bytes that are `0x`-prefixed hexadecimal text in JSON.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Bytes, written as `"0x..."`. A wrong text is refused while parsing, so that the error tells the position in the file.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HexBytes(pub Vec<u8>);

impl fmt::Debug for HexBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(&self.0))
    }
}

impl Serialize for HexBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("0x{}", hex::encode(&self.0)))
    }
}

impl<'de> Deserialize<'de> for HexBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = HexBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string of 0x and pairs of hexadecimal digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<HexBytes, E> {
                let Some(digits) = text.strip_prefix("0x") else {
                    return Err(E::custom(format!("hexadecimal text must begin with 0x: \"{}\"", shorten(text))));
                };
                let bytes = hex::decode(digits);
                bytes
                    .map(HexBytes)
                    .map_err(|error| E::custom(format!("bad hexadecimal \"{}\": {error}", shorten(text))))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The beginning of a text that may be long.
pub fn shorten(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
