//! `zx_*`: the chain as Ethereum-minded clients and `curl` want it: quantities as `0x` hexadecimal numbers, hashes and
//! accounts as `0x` and digits, Substrate's names where Ethereum has none.
//!
//! Blocks, transactions and events are read by the runtime's metadata ([`decoded`]); the few names that have to be
//! known are in [`known`]. Gas is weight: picoseconds of execution.
//!
//! Where Ethereum's clients expect `null` (an unknown block or transaction) they get it; a block that is named to read
//! something in it must exist, else the error is -32001.
//!
//! Out of scope: deploying contracts (`contract_*`), the pool's content (`txpool_*`).

use codec::Decode;
use jsonrpsee::{RpcModule, core::RegisterMethodError, types::ErrorObjectOwned};
use serde_json::{Value, json};
use ziver_primitives::{
    AccountId20, Balance, BlockNumber, Hash, Header, Nonce, hashing::blake2_128, storage_keys::item_prefix,
};

use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    params::{AccountArg, Arguments, BlockTag},
    system,
};

mod blocks;
mod decoded;
mod info;
pub(crate) mod known;
mod logs;
pub(crate) mod send;
mod subscribe;

pub use send::fund;

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    register_accounts(module)?;
    blocks::register(module)?;
    info::register(module)?;
    logs::register(module)?;
    send::register(module)?;
    subscribe::register(module)
}

fn register_accounts(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("zx_getBalance", |params, context, _| async move {
        let (account, tag) = arguments(&params)?;
        let (_, free) = account_at(&context, account, tag).await?;
        RpcResult::Ok(json::quantity(free))
    })?;
    module.register_async_method("zx_getTransactionCount", |params, context, _| async move {
        let nonce = match arguments(&params)? {
            (account, BlockTag::Pending) => system::next_index(&context, account).await?,
            (account, tag) => account_at(&context, account, tag).await?.0,
        };
        RpcResult::Ok(json::quantity(nonce))
    })?;
    module.register_async_method("zx_getAccount", |params, context, _| async move {
        let (account, tag) = arguments(&params)?;
        context.decode(move |chain| whole_account(chain, account, tag)).await?
    })?;
    module.register_async_method("zx_getCode", |params, context, _| async move {
        let (account, tag) = arguments(&params)?;
        context.decode(move |chain| code_of(chain, account, tag)).await?
    })?;
    Ok(())
}

fn arguments(params: &jsonrpsee::types::Params<'_>) -> RpcResult<(AccountId20, BlockTag)> {
    let mut arguments = Arguments::new(params)?;
    let AccountArg(account) = arguments.required()?;
    Ok((account, arguments.optional()?.unwrap_or_default()))
}

/// What went wrong with a read, in the codes of this namespace.
pub(crate) fn failed(why: ReadError) -> ErrorObjectOwned {
    match why {
        ReadError::UnknownBlock(hash) => error::not_found(format_args!("block {hash:?}")),
        ReadError::Pruned(hash) => error::not_found(format_args!("the state of block {hash:?} is not kept any more")),
        why => error::internal(why),
    }
}

/// The block that a tag means, which must be known.
pub(crate) fn must_exist(chain: &dyn ChainRead, tag: BlockTag) -> RpcResult<Hash> {
    header_of(chain, tag).map(|(hash, _)| hash)
}

/// Its number.
fn number_of(chain: &dyn ChainRead, tag: BlockTag) -> RpcResult<BlockNumber> {
    header_of(chain, tag).map(|(_, header)| header.number)
}

fn header_of(chain: &dyn ChainRead, tag: BlockTag) -> RpcResult<(Hash, Header)> {
    let hash = resolve(chain, tag).map_err(failed)?;
    let missing = || match tag {
        BlockTag::Number(number) => error::not_found(format_args!("block {number}")),
        tag => error::not_found(format_args!("block {tag:?}")),
    };
    let hash = hash.ok_or_else(missing)?;
    let header = chain.header(hash).map_err(failed)?.ok_or_else(|| failed(ReadError::UnknownBlock(hash)))?;
    Ok((hash, header))
}

/// Nonce and free balance.
pub(crate) async fn account_at(context: &Context, account: AccountId20, tag: BlockTag) -> RpcResult<(Nonce, Balance)> {
    let read = move |chain: &dyn ChainRead| -> RpcResult<(Nonce, Balance)> {
        let block = must_exist(chain, tag)?;
        let value = chain.storage(block, None, &account_key(account)).map_err(failed)?;
        value.map_or(Ok((0, 0)), |value| {
            // AccountInfo: nonce, three reference counters, then the balances.
            <(Nonce, [u32; 3], Balance)>::decode(&mut &*value)
                .map(|(nonce, _, free)| (nonce, free))
                .map_err(|why| error::internal(format_args!("System.Account: {why}")))
        })
    };
    context.read(read).await?
}

/// All that the runtime keeps of an account: numbers as quantities, under the runtime's names.
fn whole_account(chain: &dyn ChainRead, account: AccountId20, tag: BlockTag) -> RpcResult<Value> {
    let block = must_exist(chain, tag)?;
    let metadata = chain.metadata(block).map_err(failed)?;
    let (pallet, item) = known::ACCOUNT;
    let value = match chain.storage(block, None, &account_key(account)).map_err(failed)? {
        Some(value) => metadata.decode_storage_value(pallet, item, &value).map(Some),
        None => metadata.storage_default(pallet, item),
    };
    let mut object = serde_json::Map::from_iter([("address".to_owned(), json!(json::bytes(account.0)))]);
    flatten(value.map_err(error::internal)?.unwrap_or_default(), &mut object);
    Ok(Value::Object(object))
}

/// A contract's code as it was uploaded; nothing for other accounts.
fn code_of(chain: &dyn ChainRead, account: AccountId20, tag: BlockTag) -> RpcResult<String> {
    let block = must_exist(chain, tag)?;
    let metadata = chain.metadata(block).map_err(failed)?;
    let item = |name: &str, key: Value| -> RpcResult<Option<Vec<u8>>> {
        // A runtime without contracts has neither.
        let Ok(key) = metadata.storage_key(known::CONTRACTS, name, &[key]) else { return Ok(None) };
        chain.storage(block, None, &key).map_err(failed)
    };
    let Some(info) = item(known::CONTRACT_INFO, json!(json::bytes(account.0)))? else { return Ok("0x".to_owned()) };
    let info = metadata.decode_storage_value(known::CONTRACTS, known::CONTRACT_INFO, &info).map_err(error::internal)?;
    let code = item(known::CONTRACT_CODE, info["code_hash"].clone())?.unwrap_or_default();
    let code = <Vec<u8>>::decode(&mut &*code).map_err(|why| error::internal(format_args!("PristineCode: {why}")))?;
    Ok(json::bytes(code))
}

/// Takes the fields of a record and of the records in it.
fn flatten(value: Value, into: &mut serde_json::Map<String, Value>) {
    let Value::Object(fields) = value else { return };
    for (name, field) in fields {
        let number = field.as_u64().map(u128::from).or_else(|| field.as_str()?.parse().ok());
        match (field, number) {
            (_, Some(number)) => drop(into.insert(name, json::quantity(number).into())),
            (field @ Value::Object(_), None) => flatten(field, into),
            (field, None) => drop(into.insert(name, field)),
        }
    }
}

/// The key of `System.Account`: Blake2_128Concat of the account.
fn account_key(account: AccountId20) -> Vec<u8> {
    let mut key = item_prefix(known::ACCOUNT.0, known::ACCOUNT.1);
    key.extend(blake2_128(&account.0));
    key.extend(account.0);
    key
}

fn resolve(chain: &dyn ChainRead, tag: BlockTag) -> Result<Option<Hash>, ReadError> {
    match tag {
        BlockTag::Latest | BlockTag::Pending => Ok(Some(chain.best().hash)),
        BlockTag::Finalized => Ok(Some(chain.finalized().hash)),
        BlockTag::Earliest => Ok(Some(chain.genesis())),
        BlockTag::Number(number) => chain.hash_at(number),
        BlockTag::Hash(hash) => Ok(Some(hash)),
    }
}
