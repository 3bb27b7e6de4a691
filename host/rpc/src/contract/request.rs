//! What clients say of calls and deployments.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use ziver_metadata::{Contract, Message};
use ziver_primitives::{AccountId20, Balance, Hash, Nonce};

use super::{Call, Terms, gas};
use crate::{
    error::{self, RpcResult},
    limits::SOURCE_BYTES_MAX,
    params::{AccountArg, Amount, Bytes, HashArg},
    zx::send::read_arguments,
};

/// A call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallRequest {
    pub from: Option<AccountArg>,
    to: AccountArg,
    value: Option<Amount>,
    data: Option<Bytes>,
    #[serde(alias = "gas")]
    gas_limit: Option<Amount>,
    storage_deposit_limit: Option<Amount>,
    nonce: Option<Amount>,
    tip: Option<Amount>,
    #[serde(alias = "abi")]
    bundle: Option<Box<RawValue>>,
    message: Option<String>,
    args: Option<Box<RawValue>>,
}

/// A deployment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeployRequest {
    pub from: AccountArg,
    code: Option<Bytes>,
    code_hash: Option<HashArg>,
    source: Option<String>,
    contract: Option<String>,
    #[serde(alias = "abi")]
    bundle: Option<Box<RawValue>>,
    data: Option<Bytes>,
    constructor: Option<String>,
    args: Option<Box<RawValue>>,
    value: Option<Amount>,
    #[serde(alias = "gas")]
    gas_limit: Option<Amount>,
    storage_deposit_limit: Option<Amount>,
    salt: Option<Bytes>,
    nonce: Option<Amount>,
    tip: Option<Amount>,
}

/// Reads answers.
pub struct Decoder {
    contract: Contract,
    message: Message,
}

impl Decoder {
    /// An answer by its type; none if it is not of that type.
    pub fn decode(&self, answer: &[u8]) -> Option<Value> {
        self.contract.decode_answer(&self.message, answer).ok()
    }
}

/// The code of a new contract.
pub enum Code {
    /// The module.
    Module(Vec<u8>),
    /// The hash of one that was uploaded.
    Hash(Hash),
}

/// A deployment, read.
pub struct Input {
    pub code: Code,
    pub data: Vec<u8>,
    pub salt: Vec<u8>,
    pub terms: Terms,
}

/// Nonce, if there is one, and tip.
type Order = (Option<Nonce>, Balance);

fn order(nonce: Option<Amount>, tip: Option<Amount>) -> RpcResult<Order> {
    let convert = |Amount(nonce)| Nonce::try_from(nonce).map_err(|_| error::invalid_params("the nonce is too large"));
    Ok((nonce.map(convert).transpose()?, tip.unwrap_or_default().0))
}

/// A contract's description: an object, or its text.
fn description(raw: &RawValue) -> RpcResult<Contract> {
    let text: Option<String> = raw
        .get()
        .starts_with('"')
        .then(|| serde_json::from_str(raw.get()))
        .transpose()
        .map_err(error::invalid_params)?;
    Contract::read(text.as_deref().unwrap_or(raw.get())).map_err(error::invalid_params)
}

impl CallRequest {
    /// Who calls; the zero account if nobody is named.
    pub fn sender(&self) -> AccountId20 {
        self.from.map_or(AccountId20([0; 20]), |AccountArg(from)| from)
    }

    /// Nonce and tip.
    pub fn order(&self) -> RpcResult<Order> {
        order(self.nonce, self.tip)
    }

    /// The call, and what reads its answer.
    pub fn read(&self) -> RpcResult<(Call, Option<Decoder>)> {
        let terms = Terms {
            from: self.sender(),
            value: self.value.unwrap_or_default().0,
            gas_limit: self.gas_limit.map(gas).transpose()?,
            deposit_limit: self.storage_deposit_limit.map(|Amount(limit)| limit),
        };
        let (data, decoder) = match (&self.data, &self.bundle, &self.message) {
            (Some(Bytes(data)), None, None) if self.args.is_none() => (data.clone(), None),
            (None, Some(bundle), Some(name)) => {
                let contract = description(bundle)?;
                let message = contract.message(name).map_err(error::invalid_params)?.clone();
                let arguments = read_arguments(self.args.as_deref())?;
                let data = contract.encode(&message, &arguments).map_err(error::invalid_params)?;
                (data, Some(Decoder { contract, message }))
            }
            _ => {
                return Err(error::invalid_params(
                    "either `data`, or `bundle` and `message`, with `args` if it takes any",
                ));
            }
        };
        Ok((Call { terms, to: self.to.0, data }, decoder))
    }
}

impl DeployRequest {
    /// Nonce and tip.
    pub fn order(&self) -> RpcResult<Order> {
        order(self.nonce, self.tip)
    }

    /// Takes the source out, with the contract's name, after a look at what else there is.
    pub fn source(&mut self) -> RpcResult<Option<(String, Option<String>)>> {
        let given = [self.code.is_some(), self.code_hash.is_some(), self.source.is_some()];
        let given = given.into_iter().filter(|given| *given).count();
        let is_one =
            given == 1 && !(self.source.is_some() && self.bundle.is_some()) || given == 0 && self.bundle.is_some();
        if !is_one {
            return Err(error::invalid_params("one of `code`, `codeHash`, `bundle`, `source`"));
        }
        let Some(source) = self.source.take() else { return Ok(None) };
        if source.len() > SOURCE_BYTES_MAX {
            let why = format_args!("a source of {} bytes; at most {SOURCE_BYTES_MAX}", source.len());
            return Err(error::invalid_params(why));
        }
        Ok(Some((source, self.contract.take())))
    }

    /// All of it; `compiled` is the text of what came of the source.
    pub fn read(mut self, compiled: Option<String>) -> RpcResult<Input> {
        let described = match (compiled, &self.bundle) {
            (Some(text), _) => Some(Contract::read(&text).map_err(error::internal)?),
            (None, Some(bundle)) => Some(description(bundle)?),
            (None, None) => None,
        };
        let data = match (self.data.take(), &described) {
            (Some(_), _) if self.constructor.is_some() || self.args.is_some() => {
                return Err(error::invalid_params("either `data`, or `constructor` and `args`"));
            }
            (Some(Bytes(data)), _) => data,
            (None, Some(contract)) => {
                let constructor = contract.constructor(self.constructor.as_deref()).map_err(error::invalid_params)?;
                let arguments = read_arguments(self.args.as_deref())?;
                contract.encode(constructor, &arguments).map_err(error::invalid_params)?
            }
            (None, None) if self.constructor.is_some() || self.args.is_some() => {
                return Err(error::invalid_params("`constructor` and `args` need a `bundle` or a `source`"));
            }
            (None, None) => Vec::new(),
        };
        let code = match (self.code, self.code_hash, described.and_then(|contract| contract.wasm)) {
            (Some(Bytes(code)), ..) => Code::Module(code),
            (None, Some(HashArg(hash)), _) => Code::Hash(hash),
            (None, None, Some(code)) => Code::Module(code),
            (None, None, None) => return Err(error::invalid_params("the bundle has no module (`source.wasm`)")),
        };
        let terms = Terms {
            from: self.from.0,
            value: self.value.unwrap_or_default().0,
            gas_limit: self.gas_limit.map(gas).transpose()?,
            deposit_limit: self.storage_deposit_limit.map(|Amount(limit)| limit),
        };
        Ok(Input { code, data, salt: self.salt.unwrap_or_default().0, terms })
    }
}
