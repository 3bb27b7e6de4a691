//! Extrinsics: who signed, what travels beside the signature, and the call.
//!
//! Formats (Polkadot specification, "Extrinsics"): version 4 bare and signed, version 5 bare and general.

use codec::{Compact, Decode, Encode};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use ziver_primitives::{Hash, hashing::blake2_256};

use crate::error::DecodeError;
use crate::read::{self, Budget};
use crate::{DecodedCall, Metadata};

const VERSION: u8 = 0b0011_1111;
const KIND: u8 = 0b1100_0000;
const BARE: u8 = 0;
const SIGNED: u8 = 0b1000_0000;
const GENERAL: u8 = 0b0100_0000;

/// An extrinsic that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extrinsic {
    /// Blake2-256 of its encoding with the length before it, which clients call its hash.
    #[serde(serialize_with = "hexadecimal")]
    pub hash: Hash,
    /// Version of the format.
    pub version: u8,
    /// The account that signed, as `0x` and digits on this chain; what the runtime calls an address elsewhere.
    pub signer: Option<Value>,
    /// Its signature.
    pub signature: Option<Value>,
    /// How many transactions the sender had sent before, if the runtime has the usual extension for it.
    pub nonce: Option<u64>,
    /// What the author gets on top, as a decimal number.
    pub tip: Option<String>,
    /// `"Immortal"` or `{"Mortal": {"period": .., "phase": ..}}`.
    pub era: Option<Value>,
    /// What each extension carries, by name; those that carry nothing are left out.
    pub extensions: Map<String, Value>,
    /// The call.
    #[serde(flatten)]
    pub call: DecodedCall,
}

fn hexadecimal<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{hash:?}"))
}

impl Metadata {
    /// Reads an extrinsic, with or without the length before it.
    pub fn decode_extrinsic(&self, bytes: &[u8]) -> Result<Extrinsic, DecodeError> {
        let inner = without_length(bytes);
        let mut input = inner;
        let format = u8::decode(&mut input)?;
        let (version, kind) = (format & VERSION, format & KIND);
        let budget = &Budget::new();
        let types = &self.0.types;
        let part = |id: u32, input: &mut &[u8]| read::next(types, id, input, budget);
        let (mut signer, mut signature, mut extensions) = (None, None, Map::new());
        match (version, kind) {
            (4 | 5, BARE) => {}
            (4, SIGNED) => {
                signer = Some(part(self.0.extrinsic.address, &mut input)?);
                signature = Some(part(self.0.extrinsic.signature, &mut input)?);
            }
            // One byte names the version of the set of extensions.
            (5, GENERAL) if u8::decode(&mut input)? == 0 => {}
            _ => return Err(DecodeError::ExtrinsicFormat(format)),
        }
        if kind != BARE {
            for extension in self.extensions() {
                extensions.insert(extension.name.clone(), part(extension.type_id, &mut input)?);
            }
        }
        let call = self.next_call(&mut input, budget)?;
        read::finished(input)?;
        let era = extensions.get("CheckMortality").or(extensions.get("CheckEra")).and_then(era);
        let nonce = extensions.get("CheckNonce").and_then(Value::as_u64);
        let tip = tip(&extensions);
        extensions.retain(|_, value| !value.is_null());
        let hash = Hash::from(blake2_256(&inner.encode()));
        Ok(Extrinsic { hash, version, signer, signature, nonce, tip, era, extensions, call })
    }
}

/// The length before an extrinsic tells exactly how many bytes follow; a first byte that is the format does not.
fn without_length(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    match Compact::<u32>::decode(&mut rest) {
        Ok(length) if usize::try_from(length.0) == Ok(rest.len()) => rest,
        _ => bytes,
    }
}

fn tip(extensions: &Map<String, Value>) -> Option<String> {
    let tip = match (extensions.get("ChargeTransactionPayment"), extensions.get("ChargeAssetTxPayment")) {
        (Some(tip), _) => tip,
        (None, Some(payment)) => payment.get("tip")?,
        (None, None) => return None,
    };
    tip.as_str().map(str::to_owned)
}

/// The metadata describes the two bytes of an era as 255 variants with one byte each; this is what they mean.
fn era(value: &Value) -> Option<Value> {
    let Some(object) = value.as_object() else { return Some(value.clone()) };
    let (name, second) = object.iter().next()?;
    let first: u8 = name.strip_prefix("Mortal")?.parse().ok()?;
    let second = u8::try_from(second.as_u64()?).ok()?;
    match ziver_primitives::Era::decode(&mut &[first, second][..]).ok()? {
        ziver_primitives::Era::Immortal => Some(Value::from("Immortal")),
        ziver_primitives::Era::Mortal { period, phase } => Some(json!({"Mortal": {"period": period, "phase": phase}})),
    }
}
