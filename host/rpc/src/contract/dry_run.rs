//! Calls of contracts without a transaction, by the runtime's `ContractsApi`.

use serde_json::{Value, json};
use ziver_metadata::Metadata;
use ziver_primitives::{AccountId20, Balance, Hash};

use crate::{
    chain_read::ChainRead,
    error::{self, RpcResult},
    json,
    zx::{failed, known},
};

/// The runtime's entry points for that.
pub const API: &str = "ContractsApi";

/// What a call or a deployment would do.
#[derive(Debug, Clone)]
pub struct DryRun {
    /// Picoseconds that it used.
    pub gas_used: u64,
    /// Picoseconds that it must be offered.
    pub gas_required: u64,
    /// Picoseconds that a transaction may have; none if the runtime does not say.
    pub gas_max: Option<u64>,
    /// Money for storage: `{"charge": quantity}` or `{"refund": quantity}`.
    pub deposit: Value,
    /// What contracts said while they ran.
    pub debug_message: String,
    /// What the contract answered.
    pub answer: Vec<u8>,
    /// Whether the contract undid what it did.
    pub reverted: bool,
    /// Why it did not even answer, in words.
    pub error: Option<String>,
}

/// Limits and money of a call.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Who calls.
    pub from: AccountId20,
    /// The money that comes along.
    pub value: Balance,
    /// Picoseconds; none: all that a transaction may have.
    pub gas_limit: Option<u64>,
    /// Most money for storage.
    pub deposit_limit: Option<Balance>,
}

impl Terms {
    /// A weight as metadata's JSON has it.
    pub fn weight(gas: u64) -> Value {
        json!({ "ref_time": gas.to_string(), "proof_size": 0 })
    }

    /// The arguments of the runtime's entry point: these, and `more` by name.
    pub fn members(&self, more: Value) -> Value {
        let mut all = json!({
            "origin": json::bytes(self.from.0),
            "value": self.value.to_string(),
            "gas_limit": self.gas_limit.map(Self::weight),
            "storage_deposit_limit": self.deposit_limit.map(|limit| limit.to_string()),
        });
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
        all
    }
}

/// Calls a contract.
pub fn call(chain: &dyn ChainRead, at: Hash, terms: &Terms, to: AccountId20, data: &[u8]) -> RpcResult<DryRun> {
    let arguments = terms.members(json!({ "dest": json::bytes(to.0), "input_data": json::bytes(data) }));
    ask(chain, at, "call", &arguments)
}

/// Makes a contract; `code` is `{"Upload": bytes}` or `{"Existing": hash}`.
pub fn instantiate(
    chain: &dyn ChainRead,
    at: Hash,
    terms: &Terms,
    code: &Value,
    (data, salt): (&[u8], &[u8]),
) -> RpcResult<DryRun> {
    let more = json!({ "code": code, "data": json::bytes(data), "salt": json::bytes(salt) });
    ask(chain, at, "instantiate", &terms.members(more))
}

fn ask(chain: &dyn ChainRead, at: Hash, method: &str, arguments: &Value) -> RpcResult<DryRun> {
    let metadata = chain.metadata(at).map_err(failed)?;
    let input = metadata.encode_api_arguments(API, method, arguments).map_err(error::invalid_params)?;
    let answer = chain.call(at, &format!("{API}_{method}"), &input).map_err(failed)?;
    DryRun::read(&metadata, method, &answer).ok_or_else(|| error::internal("the runtime's answer can't be read"))
}

/// What the longest transaction may take, as `frame_system` tells it.
fn gas_max(metadata: &Metadata) -> Option<u64> {
    let weights = metadata.constant("System", "BlockWeights").ok()?;
    let most = number(weights.pointer("/per_class/normal/max_extrinsic/ref_time")?)?;
    u64::try_from(most).ok()
}

fn number(value: &Value) -> Option<u128> {
    value.as_u64().map(u128::from).or_else(|| value.as_str()?.parse().ok())
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    faster_hex::hex_decode_vec(value.as_str()?.strip_prefix("0x")?.as_bytes()).ok()
}

impl DryRun {
    /// Reads the answer of an entry point of the runtime; none if it is not as it should be.
    pub fn read(metadata: &Metadata, method: &str, answer: &[u8]) -> Option<Self> {
        let answer = metadata.decode_api_answer(API, method, answer).ok()?;
        let time = |name: &str| number(answer.get(name)?.get("ref_time")?).and_then(|time| u64::try_from(time).ok());
        let (kind, amount) = answer.get("storage_deposit")?.as_object()?.iter().next()?;
        let mut run = Self {
            gas_used: time("gas_consumed")?,
            gas_required: time("gas_required")?,
            gas_max: gas_max(metadata),
            deposit: json!({ kind.to_lowercase(): json::quantity(number(amount)?) }),
            debug_message: String::from_utf8_lossy(&bytes(answer.get("debug_message")?)?).into_owned(),
            answer: Vec::new(),
            reverted: false,
            error: None,
        };
        let result = answer.get("result")?;
        if let Some(error) = result.get("Err") {
            run.error = Some(metadata.describe_dispatch_error(error));
            return Some(run);
        }
        let done = result.get("Ok")?;
        // A deployment's answer is within, beside the contract's address.
        let done = done.get("result").unwrap_or(done);
        run.answer = bytes(done.get("data")?)?;
        let flags = done.get("flags")?;
        run.reverted = number(flags.get("bits").unwrap_or(flags))? & 1 != 0;
        Some(run)
    }

    /// Whether the transaction would succeed.
    pub fn success(&self) -> bool {
        self.error.is_none() && !self.reverted
    }

    /// The reason of a revert, as contracts in ZX give it.
    pub fn revert_reason(&self) -> Option<String> {
        known::revert_reason(&self.answer).filter(|_| self.reverted)
    }

    /// Why it would fail, in words.
    pub fn failure(&self) -> Option<String> {
        let reverted = || match self.revert_reason() {
            Some(reason) => format!("the contract reverted: {reason}"),
            None => "the contract reverted".to_owned(),
        };
        self.error.clone().or_else(|| self.reverted.then(reverted))
    }

    /// What clients get.
    pub fn to_json(&self) -> Value {
        json!({
            "success": self.success(),
            "gasUsed": json::quantity(self.gas_used),
            "gasRequired": json::quantity(self.gas_required),
            "storageDeposit": self.deposit,
            "returnValue": json::bytes(&self.answer),
            "revertReason": self.revert_reason(),
            "debugMessage": self.debug_message,
            "error": self.failure(),
        })
    }

    /// Gas to offer a transaction that does the same: a quarter more than needed here, as the state may be another one
    /// by then. What is not used is paid back.
    pub fn gas_limit(&self) -> RpcResult<u64> {
        match self.failure() {
            Some(why) => Err(error::contract(why, self.to_json())),
            None => Ok(self.gas_with_margin()),
        }
    }

    /// The gas that was needed, and a quarter more; or half of what is left of what a transaction may have.
    pub fn gas_with_margin(&self) -> u64 {
        let room = self.gas_max.map_or(u64::MAX, |max| max.saturating_sub(self.gas_required) / 2);
        self.gas_required.saturating_add(room.min(self.gas_required / 4))
    }
}
