//! `contract_*`: contracts deployed, called and asked.
//!
//! Input is `data`, bytes; or a name and arguments, which the contract's description (`bundle`: ink!'s metadata, with or
//! without the module) makes into bytes. A contract may come as its module, as the hash of one that was uploaded, in its
//! description, or as source in ZX, which goes to the node's compiler ([`crate::link::Compile`]).
//!
//! Transactions are signed with a development account's key, as `zx_sendTransaction` does, so on development chains alone.
//! Gas is weight in picoseconds; where none is given, the call is tried on the best block, and a quarter is added. A call
//! that would fail is not sent then: -32020 tells how.
//!
//! Out of scope: the rules of contracts, which are the runtime's.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::{Value, json};
use ziver_primitives::{AccountId20, Hash, hashing::blake2_256};

use crate::{
    Context,
    chain_read::ChainRead,
    error::{self, RpcResult},
    json,
    limits::{CONTRACT_CODE_BYTES_MAX, CONTRACT_INPUT_BYTES_MAX, CONTRACT_SALT_BYTES_MAX},
    params::{Amount, Arguments, BlockTag, Object},
    zx::{failed, known, must_exist, send},
};

pub mod address;
mod dry_run;
mod request;

pub use dry_run::{API, DryRun, Terms};

use request::{CallRequest, DeployRequest, Input};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("contract_staticCall", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let Object(request): Object<CallRequest> = arguments.required()?;
        let block: BlockTag = arguments.optional()?.unwrap_or_default();
        static_call(&context, request, block).await
    })?;
    module.register_async_method("contract_call", |params, context, _| async move {
        let Object(request): Object<CallRequest> = Arguments::new(&params)?.required()?;
        only_signed_here(&context, "contract_call")?;
        if request.from.is_none() {
            return Err(error::invalid_params("`from` is missing"));
        }
        let (from, order) = (request.sender(), request.order()?);
        let (call, _) = context.decode(move |_| request.read()).await??;
        let call = encoded_call(&context, call).await?;
        let (hash, _) = send::sign_and_send(&context, from, order, call).await?;
        RpcResult::Ok(json!({ "transactionHash": hash }))
    })?;
    module.register_async_method("contract_deploy", |params, context, _| async move {
        let Object(request): Object<DeployRequest> = Arguments::new(&params)?.required()?;
        only_signed_here(&context, "contract_deploy")?;
        deploy(&context, request).await
    })?;
    Ok(())
}

fn only_signed_here(context: &Context, method: &str) -> RpcResult<()> {
    send::only_in_development(context, method, "sign a call of the pallet Contracts, and use zx_sendRawTransaction")
}

/// A call of a contract.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls, and what it may cost.
    pub terms: Terms,
    /// The contract.
    pub to: AccountId20,
    /// The input.
    pub data: Vec<u8>,
}

/// A limit of gas.
pub fn gas(Amount(gas): Amount) -> RpcResult<u64> {
    u64::try_from(gas).map_err(|_| error::invalid_params("the gas limit is too large"))
}

fn check_length(what: &str, bytes: &[u8], max: usize) -> RpcResult<()> {
    if bytes.len() <= max {
        return Ok(());
    }
    Err(error::invalid_params(format_args!("{what} of {} bytes; at most {max}", bytes.len())))
}

/// Calls and answers what came of it; with a description, the answer by its type, too.
async fn static_call(context: &Context, request: CallRequest, block: BlockTag) -> RpcResult<Value> {
    let run = move |chain: &dyn ChainRead| {
        let at = must_exist(chain, block)?;
        let (call, decoder) = request.read()?;
        check_length("an input", &call.data, CONTRACT_INPUT_BYTES_MAX)?;
        let run = dry_run::call(chain, at, &call.terms, call.to, &call.data)?;
        let mut told = run.to_json();
        if let Some(decoded) = decoder.and_then(|decoder| decoder.decode(&run.answer)).filter(|_| run.error.is_none()) {
            told["decoded"] = decoded;
        }
        Ok(told)
    };
    context.call(run).await?
}

/// The bytes of the runtime's call; with the gas that a trial took and a quarter, if no limit is given.
///
/// # Errors
/// -32020 if the trial fails.
pub async fn encoded_call(context: &Context, call: Call) -> RpcResult<Vec<u8>> {
    let encode = move |chain: &dyn ChainRead| {
        let Call { terms, to, data } = call;
        check_length("an input", &data, CONTRACT_INPUT_BYTES_MAX)?;
        let at = chain.best().hash;
        let gas = gas_or(&terms, || dry_run::call(chain, at, &terms, to, &data))?;
        let arguments = with_terms(&terms, gas, json!({ "dest": json::bytes(to.0), "data": json::bytes(&data) }));
        encode(chain, at, "call", &arguments)
    };
    context.call(encode).await?
}

fn gas_or(terms: &Terms, run: impl FnOnce() -> RpcResult<DryRun>) -> RpcResult<u64> {
    terms.gas_limit.map_or_else(|| run()?.gas_limit(), Ok)
}

fn with_terms(terms: &Terms, gas: u64, mut arguments: Value) -> Value {
    arguments["value"] = json!(terms.value.to_string());
    arguments["gas_limit"] = Terms::weight(gas);
    arguments["storage_deposit_limit"] = json!(terms.deposit_limit.map(|limit| limit.to_string()));
    arguments
}

fn encode(chain: &dyn ChainRead, at: Hash, name: &str, arguments: &Value) -> RpcResult<Vec<u8>> {
    let metadata = chain.metadata(at).map_err(failed)?;
    metadata.encode_call(known::CONTRACTS, name, arguments).map_err(error::invalid_params)
}

/// Deploys; the address is told before the transaction is in a block.
async fn deploy(context: &Context, mut request: DeployRequest) -> RpcResult<Value> {
    let (from, order) = (request.from.0, request.order()?);
    let compiled = match request.source()? {
        Some((source, contract)) => Some(context.compile(source, contract).await?),
        None => None,
    };
    let text = compiled.as_ref().map(|compiled| compiled.text.clone());
    let prepare = move |chain: &dyn ChainRead| {
        let Input { code, data, salt, terms } = request.read(text)?;
        check_length("a salt", &salt, CONTRACT_SALT_BYTES_MAX)?;
        check_length("an input", &data, CONTRACT_INPUT_BYTES_MAX)?;
        let at = chain.best().hash;
        let (code_hash, form, name, member, value) = match code {
            request::Code::Module(code) => {
                check_length("a module", &code, CONTRACT_CODE_BYTES_MAX)?;
                let (hash, text) = (Hash::from(blake2_256(&code)), json::bytes(&code));
                (hash, json!({ "Upload": text }), "instantiate_with_code", "code", text)
            }
            request::Code::Hash(hash) => {
                let text = json::hash(hash);
                (hash, json!({ "Existing": text }), "instantiate", "code_hash", text)
            }
        };
        let gas = gas_or(&terms, || dry_run::instantiate(chain, at, &terms, &form, (&data, &salt)))?;
        let arguments = json!({ "data": json::bytes(&data), "salt": json::bytes(&salt), member: value });
        let call = encode(chain, at, name, &with_terms(&terms, gas, arguments))?;
        let by_salt = (!salt.is_empty()).then(|| address::by_salt(from, code_hash, &data, &salt));
        RpcResult::Ok((call, code_hash, by_salt))
    };
    let (call, code_hash, by_salt) = context.call(prepare).await??;
    let (hash, nonce) = send::sign_and_send(context, from, order, call).await?;
    let account = by_salt.unwrap_or_else(|| address::by_nonce(from, nonce));
    let mut told = json!({
        "transactionHash": hash,
        "contractAddress": json::bytes(account.0),
        "codeHash": json::hash(code_hash),
    });
    if let Some(compiled) = compiled {
        told["bundle"] = serde_json::from_str(&compiled.text).map_err(error::internal)?;
        told["warnings"] = Value::from(error::whole_diagnostics(&compiled.warnings));
    }
    Ok(told)
}
