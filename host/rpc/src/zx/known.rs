//! The names by which Substrate's chains call what Ethereum-minded clients ask for. Metadata says whether a runtime has
//! them; where it doesn't, the answers leave the thing out.

use codec::DecodeAll;
use serde_json::Value;
use ziver_metadata::{DecodedCall, Event, Metadata};
use ziver_primitives::{AccountId20, Block, DigestItem};

/// Pallet and item of an account's nonce and money.
pub const ACCOUNT: (&str, &str) = ("System", "Account");
/// Pallet and call of a plain transfer, which may use up the sender's account, as on Ethereum.
pub const TRANSFER: (&str, &str) = ("Balances", "transfer_allow_death");
/// Pallet and item of what fees are multiplied with, in parts of 10^18.
pub const FEE_MULTIPLIER: (&str, &str) = ("TransactionPayment", "NextFeeMultiplier");

/// The pallet of contracts.
pub const CONTRACTS: &str = "Contracts";
/// Item with what is known of a contract: its code's hash, among others.
pub const CONTRACT_INFO: &str = "ContractInfoOf";
/// Item with code as it was uploaded.
pub const CONTRACT_CODE: &str = "PristineCode";
/// Pallet and name of what a contract emits.
pub const CONTRACT_LOG: (&str, &str) = ("Contracts", "ContractEmitted");

/// Contract and data of what a contract emitted.
pub fn contract_log(event: &Event) -> Option<(&Value, &Value)> {
    let is_log = (event.pallet.as_str(), event.name.as_str()) == CONTRACT_LOG;
    Some((event.fields.get("contract")?, event.fields.get("data")?)).filter(|_| is_log)
}

/// What a transaction did with a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Executed {
    /// The contract that was called or made.
    pub contract: Value,
    /// Gas that was used.
    pub gas_used: Option<u64>,
    /// What it answered, in hexadecimal; maybe cut off.
    pub output: Value,
    /// Why it reverted, where its answer is what contracts in ZX say then: 1 and a text.
    pub revert_reason: Option<String>,
}

/// Reads the event `Contracts.Executed`.
fn executed(fields: &Value) -> Option<Executed> {
    let gas = fields.get("gas_used")?;
    let output = fields.get("output")?.clone();
    let reverted = fields.get("status")?.as_u64() == Some(1);
    let bytes = output
        .as_str()
        .and_then(|text| faster_hex::hex_decode_vec(text.trim_start_matches("0x").as_bytes()).ok())
        .unwrap_or_default();
    Some(Executed {
        contract: fields.get("contract")?.clone(),
        gas_used: gas.as_u64().or_else(|| gas.as_str()?.parse().ok()),
        output,
        revert_reason: revert_reason(&bytes).filter(|_| reverted),
    })
}

/// What contracts in ZX answer when they revert: 1 and a text.
pub fn revert_reason(answer: &[u8]) -> Option<String> {
    answer.strip_prefix(&[1]).and_then(|text| String::decode_all(&mut &*text).ok())
}

/// Receiver and amount of a transfer of money.
pub fn transfer(call: &DecodedCall) -> Option<(&Value, u128)> {
    let is_transfer = call.pallet == TRANSFER.0 && call.call.starts_with("transfer");
    let (to, value) = (call.args.get("dest")?, call.args.get("value")?);
    value.as_str()?.parse().ok().filter(|_| is_transfer).map(|value| (to, value))
}

/// Time of a block in milliseconds: the argument of its inherent `Timestamp.set`.
pub fn timestamp_ms(call: &DecodedCall) -> Option<u64> {
    if (call.pallet.as_str(), call.call.as_str()) != ("Timestamp", "set") {
        return None;
    }
    let now = call.args.get("now")?;
    now.as_u64().or_else(|| now.as_str()?.parse().ok())
}

/// Who made a block: the account in its first pre-runtime digest item.
pub fn author(block: &Block) -> Option<AccountId20> {
    block.header.digest.logs.iter().find_map(|item| match item {
        DigestItem::PreRuntime(_, data) => <[u8; 20]>::try_from(data.as_slice()).ok().map(AccountId20),
        _ => None,
    })
}

/// How an extrinsic ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// Whether its call succeeded; `None` where no event tells.
    pub success: Option<bool>,
    /// Why not, in words.
    pub error: Option<String>,
    /// Weight that it took: time in picoseconds, bytes of proof.
    pub weight: Option<(u64, u64)>,
    /// Fee with tip.
    pub fee: Option<u128>,
    /// What it did with a contract; of a batch, with the last one.
    pub executed: Option<Executed>,
    /// The contract that it made; of a batch, the last one.
    pub made: Option<Value>,
}

/// Reads from the events of one extrinsic how it ended.
pub fn ended<'a>(metadata: &Metadata, events: impl Iterator<Item = &'a Event>) -> Ended {
    let mut ended = Ended::default();
    for event in events {
        match (event.pallet.as_str(), event.name.as_str()) {
            ("System", "ExtrinsicSuccess") => {
                ended.success = Some(true);
                ended.weight = weight(&event.fields);
            }
            ("System", "ExtrinsicFailed") => {
                ended.success = Some(false);
                ended.weight = weight(&event.fields);
                ended.error = event.fields.get("dispatch_error").map(|error| metadata.describe_dispatch_error(error));
            }
            ("TransactionPayment", "TransactionFeePaid") => {
                ended.fee = amount(&event.fields, "actual_fee");
            }
            ("Contracts", "Executed") => ended.executed = executed(&event.fields),
            ("Contracts", "Instantiated") => ended.made = event.fields.get("contract").cloned(),
            _ => {}
        }
    }
    ended
}

fn amount(fields: &Value, name: &str) -> Option<u128> {
    fields.get(name)?.as_str()?.parse().ok()
}

fn weight(fields: &Value) -> Option<(u64, u64)> {
    let weight = fields.get("dispatch_info")?.get("weight")?;
    let part = |name: &str| {
        let part = weight.get(name)?;
        part.as_u64().or_else(|| part.as_str()?.parse().ok())
    };
    Some((part("ref_time")?, part("proof_size")?))
}
