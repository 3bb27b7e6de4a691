//! Transactions on their way in: signed ones handed in, ones by name signed here, and what one would cost.
//!
//! By name a transaction is `{from, to, value}` for a transfer, `{from, to, value, data}` for a call of a contract, or
//! `{from, call: {pallet, name, args}}` for any call; `nonce` and `tip` are optional. It is signed with a key that everybody knows, so on development chains alone;
//! [`fund`] sends money from the richest of their accounts.
//!
//! Gas is weight in picoseconds: of a transaction that can be signed it is found by trying it on the best block.
//!
//! Out of scope: the pool's judgement, and its codes ([`crate::error::rejected`]).

use codec::{Compact, Decode, Encode};
use jsonrpsee::{RpcModule, core::RegisterMethodError, types::ErrorObjectOwned};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use ziver_metadata::{Event, Metadata};
use ziver_primitives::{
    AccountId20, Balance, EthereumSignature, Nonce,
    transaction::{DevelopmentAccount, UnsignedTransaction},
    validity::TransactionValidityError,
};

use super::{account_at, failed, known};
use crate::{
    Context, author,
    chain_read::{ChainRead, DryRun, ReadError},
    contract,
    error::{self, RpcResult},
    json,
    limits::CALL_ARGUMENTS_BYTES_MAX,
    link::SubmitError,
    params::{AccountArg, Amount, Arguments, BlockTag, Bytes, Object, read},
    payment, system,
};

/// A call by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedCall {
    pallet: String,
    name: String,
    #[serde(default)]
    args: Option<Box<RawValue>>,
}

/// What is to be sent. `gas` is for calls of contracts, and found by trying if it is not there; Ethereum's `gasPrice` and
/// the like are accepted and mean nothing here.
#[derive(Debug, Deserialize)]
struct Request {
    from: AccountArg,
    to: Option<AccountArg>,
    value: Option<Amount>,
    call: Option<NamedCall>,
    nonce: Option<Amount>,
    tip: Option<Amount>,
    data: Option<Bytes>,
    input: Option<Bytes>,
    #[serde(alias = "gasLimit")]
    gas: Option<Amount>,
}

impl Request {
    fn transfer(from: AccountId20, to: AccountId20, amount: Balance) -> Self {
        let (to, value) = (Some(AccountArg(to)), Some(Amount(amount)));
        Self {
            from: AccountArg(from),
            to,
            value,
            call: None,
            nonce: None,
            tip: None,
            data: None,
            input: None,
            gas: None,
        }
    }

    /// The call of a contract, if it is one.
    fn contract_call(&self) -> RpcResult<Option<contract::Call>> {
        let mut inputs = [&self.data, &self.input].into_iter().flatten().filter(|Bytes(data)| !data.is_empty());
        let Some(Bytes(data)) = inputs.next() else { return Ok(None) };
        if inputs.any(|Bytes(other)| other != data) {
            return Err(error::invalid_params("`data` and `input` are the same thing, and differ"));
        }
        let (Some(AccountArg(to)), None) = (self.to, &self.call) else {
            return Err(error::invalid_params("`data` calls the contract `to`; contracts are made by contract_deploy"));
        };
        let terms = contract::Terms {
            from: self.from.0,
            value: self.value.unwrap_or_default().0,
            gas_limit: self.gas.map(contract::gas).transpose()?,
            deposit_limit: None,
        };
        Ok(Some(contract::Call { terms, to, data: data.clone() }))
    }

    fn call(&self, metadata: &Metadata) -> RpcResult<Vec<u8>> {
        let encoded = match (&self.call, &self.to) {
            (Some(_), Some(_)) => return Err(error::invalid_params("either `to` and `value`, or `call`")),
            (None, None) => return Err(error::invalid_params("`to` and `value` are missing, or `call`")),
            (None, Some(AccountArg(to))) => {
                let value = self.value.unwrap_or_default().0;
                let arguments = json!({ "dest": json::bytes(to.0), "value": value.to_string() });
                metadata.encode_call(known::TRANSFER.0, known::TRANSFER.1, &arguments)
            }
            (Some(call), None) => metadata.encode_call(&call.pallet, &call.name, &arguments(call)?),
        };
        encoded.map_err(error::invalid_params)
    }

    fn nonce(&self) -> RpcResult<Option<Nonce>> {
        let convert =
            |Amount(nonce)| Nonce::try_from(nonce).map_err(|_| error::invalid_params("the nonce is too large"));
        self.nonce.map(convert).transpose()
    }
}

fn arguments(call: &NamedCall) -> RpcResult<Value> {
    read_arguments(call.args.as_deref())
}

/// Arguments of any call, of bounded length.
pub(crate) fn read_arguments(text: Option<&RawValue>) -> RpcResult<Value> {
    let Some(text) = text else { return Ok(Value::Null) };
    if text.get().len() > CALL_ARGUMENTS_BYTES_MAX {
        let why = format_args!("arguments of {} bytes; at most {CALL_ARGUMENTS_BYTES_MAX}", text.get().len());
        return Err(error::invalid_params(why));
    }
    serde_json::from_str(text.get()).map_err(error::invalid_params)
}

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("zx_sendRawTransaction", |params, context, _| async move {
        let Bytes(bytes) = Arguments::new(&params)?.required()?;
        author::submit_own(&context, bytes).await.map(json::hash)
    })?;
    module.register_async_method("zx_sendTransaction", |params, context, _| async move {
        let Object(request): Object<Request> = Arguments::new(&params)?.required()?;
        only_in_development(&context, "zx_sendTransaction", "sign, and use zx_sendRawTransaction")?;
        send(&context, request).await
    })?;
    module.register_async_method("zx_estimateGas", |params, context, _| async move {
        let text: Box<RawValue> = Arguments::new(&params)?.required()?;
        estimate(&context, &text).await
    })?;
    module.register_async_method("zx_gasPrice", |_, context, _| async move {
        context.call(gas_price).await?.map(json::quantity).map_err(failed)
    })?;
    Ok(())
}

/// Gives money of the richest development account to another one.
pub async fn fund(context: &Context, to: AccountId20, Amount(amount): Amount) -> RpcResult<String> {
    only_in_development(context, "admin_fundAccount", "send from an account that has money")?;
    if amount == 0 {
        return Err(error::invalid_params("an amount of 0"));
    }
    let (from, has) = richest(context, to).await?;
    if has < amount {
        return Err(too_poor(format!("{amount} is more than the richest development account has: {has}")));
    }
    send(context, Request::transfer(from, to, amount)).await
}

fn too_poor(why: String) -> ErrorObjectOwned {
    error::object_with(error::INSUFFICIENT_FUNDS, "Insufficient funds", why)
}

/// Refuses a transfer of more than the sender has, as Ethereum's nodes do: it would fail in its block and cost its fee.
async fn check_funds(context: &Context, request: &Request) -> RpcResult<()> {
    let AccountArg(from) = request.from;
    let Some(Amount(value)) = request.value.filter(|_| request.to.is_some()) else { return Ok(()) };
    let (_, free) = account_at(context, from, BlockTag::Latest).await?;
    if value <= free { Ok(()) } else { Err(too_poor(format!("{value} is more than {from} has: {free}"))) }
}

/// The development account that has most, with how much; another one than `other`.
async fn richest(context: &Context, other: AccountId20) -> RpcResult<(AccountId20, Balance)> {
    let mut richest: Option<(AccountId20, Balance)> = None;
    for account in DevelopmentAccount::ALL.map(DevelopmentAccount::account).into_iter().filter(|one| *one != other) {
        let (_, free) = account_at(context, account, BlockTag::Latest).await?;
        if richest.is_none_or(|(_, most)| free > most) {
            richest = Some((account, free));
        }
    }
    richest.ok_or_else(|| error::not_found("a development account"))
}

/// Sends what a request says.
async fn send(context: &Context, request: Request) -> RpcResult<String> {
    let AccountArg(from) = request.from;
    development_key(from)?;
    check_funds(context, &request).await?;
    let (nonce, tip) = (request.nonce()?, request.tip.unwrap_or_default().0);
    let call = encoded(context, request).await?;
    sign_and_send(context, from, (nonce, tip), call).await.map(|(hash, _)| hash)
}

/// The bytes of a request's call.
async fn encoded(context: &Context, request: Request) -> RpcResult<Vec<u8>> {
    if let Some(call) = request.contract_call()? {
        return contract::encoded_call(context, call).await;
    }
    let encode = move |chain: &dyn ChainRead| {
        let metadata = chain.metadata(chain.best().hash).map_err(failed)?;
        request.call(&metadata)
    };
    context.decode(encode).await?
}

/// Signs a call with a development account's key and hands it in: one at a time, or two would get the same nonce. The
/// transaction's hash and its nonce: the next one where none is given.
pub(crate) async fn sign_and_send(
    context: &Context,
    from: AccountId20,
    (nonce, tip): (Option<Nonce>, Balance),
    call: Vec<u8>,
) -> RpcResult<(String, Nonce)> {
    let key = development_key(from)?;
    let _turn = context.signing.lock().await;
    let nonce = match nonce {
        Some(nonce) => nonce,
        None => system::next_index(context, from).await?,
    };
    let form = context.decode(move |chain| unsigned(chain, call, (nonce, tip))).await??;
    let hash = author::submit_own(context, form.sign(&key.key()).encode()).await?;
    Ok((json::hash(hash), nonce))
}

/// Refuses what is for development chains elsewhere, with what to do instead.
pub(crate) fn only_in_development(context: &Context, method: &str, instead: &str) -> RpcResult<()> {
    if context.info.is_development() {
        return Ok(());
    }
    let why = format!("Transaction rejected: {method} signs on development chains alone; {instead}");
    Err(error::object(error::TRANSACTION_REJECTED, why))
}

/// The account among those of development chains, if this is one.
fn development_key(account: AccountId20) -> RpcResult<DevelopmentAccount> {
    let found = DevelopmentAccount::ALL.into_iter().find(|known| known.account() == account);
    found.ok_or_else(|| error::not_found(format_args!("a key of {account}; the node has those of Alith to Faith")))
}

fn unsigned(chain: &dyn ChainRead, call: Vec<u8>, (nonce, tip): (Nonce, Balance)) -> RpcResult<UnsignedTransaction> {
    let best = chain.best().hash;
    let version = chain.runtime_version(best).map_err(failed)?;
    Ok(UnsignedTransaction {
        call,
        nonce,
        tip,
        spec_version: version.spec_version,
        transaction_version: version.transaction_version,
        genesis_hash: chain.genesis(),
        birth_hash: chain.genesis(),
        ..Default::default()
    })
}

/// The weight of a transaction, in picoseconds: what it takes in the next block if it can be tried (it is signed, or
/// the key is known), else what the runtime reckons with.
async fn estimate(context: &Context, text: &RawValue) -> RpcResult<String> {
    let (bytes, is_signed) = if text.get().starts_with('"') {
        let Bytes(bytes) = read(text)?;
        (bytes, true)
    } else {
        let Object(request): Object<Request> = read(text)?;
        check_funds(context, &request).await?;
        let AccountArg(from) = request.from;
        let key = only_in_development(context, "", "").and_then(|()| development_key(from)).ok();
        let nonce = match request.nonce()? {
            Some(nonce) => nonce,
            None => account_at(context, from, BlockTag::Latest).await?.0,
        };
        let tip = request.tip.unwrap_or_default().0;
        let call = encoded(context, request).await?;
        let form = context.decode(move |chain| unsigned(chain, call, (nonce, tip))).await??;
        let nobody = EthereumSignature([0; 65]);
        let extrinsic = key.map_or_else(|| form.with_signature(from, &nobody), |key| form.sign(&key.key()));
        (extrinsic.encode(), key.is_some())
    };
    let weight = move |chain: &dyn ChainRead| {
        let best = chain.best().hash;
        if is_signed { tried_weight(chain, best, &bytes) } else { reckoned_weight(chain, best, bytes) }
    };
    context.call(weight).await?.map(json::quantity)
}

fn tried_weight(chain: &dyn ChainRead, at: ziver_primitives::Hash, bytes: &[u8]) -> RpcResult<u64> {
    let run = chain.dry_run(at, bytes).map_err(|why| match payment::unreadable(chain, at, bytes, &why) {
        Some(unreadable) => error::invalid_params(unreadable),
        None => failed(why),
    });
    let DryRun { answer, index, events } = run?;
    let strange = || error::internal("the runtime's answer can't be read");
    if let Some((1, mut why)) = answer.split_first() {
        return Err(error::rejected(match TransactionValidityError::decode(&mut why).map_err(|_| strange())? {
            TransactionValidityError::Invalid(why) => SubmitError::Invalid(why),
            TransactionValidityError::Unknown(why) => SubmitError::Unknown(why),
        }));
    }
    let metadata = chain.metadata(at).map_err(failed)?;
    let events: Vec<Event> = metadata
        .events(&events)
        .and_then(|events| {
            let is_mine = |event: &Event| event.phase.extrinsic_index() == Some(index);
            events.filter(|event| event.as_ref().map_or(true, is_mine)).collect()
        })
        .map_err(error::internal)?;
    let ended = known::ended(&metadata, events.iter());
    if let Some(why) = ended.error {
        return Err(error::object(error::TRANSACTION_REJECTED, format!("Transaction rejected: it would fail: {why}")));
    }
    ended.weight.map(|(time, _)| time).ok_or_else(strange)
}

fn reckoned_weight(chain: &dyn ChainRead, at: ziver_primitives::Hash, bytes: Vec<u8>) -> RpcResult<u64> {
    let mut input = bytes;
    let length = u32::try_from(input.len()).map_err(error::internal)?;
    length.encode_to(&mut input);
    let answer = chain.call(at, "TransactionPaymentApi_query_info", &input).map_err(failed)?;
    Ok(Compact::<u64>::decode(&mut &*answer).map_err(error::internal)?.0)
}

/// What a picosecond costs now, rounded up.
fn gas_price(chain: &dyn ChainRead) -> Result<Balance, ReadError> {
    /// A second, so that little is lost by rounding.
    const SAMPLE: u64 = 1_000_000_000_000;
    /// One, as fees are multiplied.
    const ONE: u128 = 1_000_000_000_000_000_000;
    let strange = |why: &dyn std::fmt::Display| ReadError::Execution(format!("Bad answer of the runtime: {why}"));
    let best = chain.best().hash;
    let input = (Compact(SAMPLE), Compact(0u64)).encode();
    let answer = chain.call(best, "TransactionPaymentApi_query_weight_to_fee", &input)?;
    let fee = Balance::decode(&mut &*answer).map_err(|why| strange(&why))?;
    let metadata = chain.metadata(best)?;
    let (pallet, item) = known::FEE_MULTIPLIER;
    let multiplier = match metadata.storage_key(pallet, item, &[]) {
        Err(_) => ONE,
        Ok(key) => {
            let value = match chain.storage(best, None, &key)? {
                Some(value) => metadata.decode_storage_value(pallet, item, &value).map(Some),
                None => metadata.storage_default(pallet, item),
            };
            let value = value.map_err(|why| strange(&why))?;
            value.and_then(|value| value.as_str()?.parse().ok()).unwrap_or(ONE)
        }
    };
    // In parts of a thousand, so that the product fits.
    let multiplied = fee.saturating_mul(multiplier / (ONE / 1_000)) / 1_000;
    Ok(multiplied.div_ceil(u128::from(SAMPLE)))
}
