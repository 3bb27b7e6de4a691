//! `zx_*`: the few calls that `curl` and Ethereum-minded scripts want, with quantities as `0x` hexadecimal numbers.
//!
//! The balance is what the account may spend or has locked, without what is reserved: the `free` of
//! `System.Account`, read at its well-known storage key.

use codec::Decode;
use jsonrpsee::{RpcModule, core::RegisterMethodError};
use ziver_primitives::{AccountId20, Balance, Hash, Nonce, hashing::blake2_128, storage_keys::item_prefix};

use crate::{
    Context, author,
    chain_read::{ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    params::{AccountArg, Arguments, BlockTag, Bytes},
    system,
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_method("zx_blockNumber", |_, context, _| format!("{:#x}", context.chain().best().number))?;
    module.register_async_method("zx_getBalance", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let AccountArg(account) = arguments.required()?;
        let tag: BlockTag = arguments.optional()?.unwrap_or_default();
        let (_, free) = account_at(&context, account, tag).await?;
        RpcResult::Ok(format!("{free:#x}"))
    })?;
    module.register_async_method("zx_getTransactionCount", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let AccountArg(account) = arguments.required()?;
        let nonce = match arguments.optional()?.unwrap_or_default() {
            BlockTag::Pending => system::next_index(&context, account).await?,
            tag => account_at(&context, account, tag).await?.0,
        };
        RpcResult::Ok(format!("{nonce:#x}"))
    })?;
    module.register_async_method("zx_sendRawTransaction", |params, context, _| async move {
        let Bytes(bytes) = Arguments::new(&params)?.required()?;
        author::submit(&context, bytes, None).await.map(json::hash)
    })?;
    Ok(())
}

/// Nonce and free balance.
async fn account_at(context: &Context, account: AccountId20, tag: BlockTag) -> RpcResult<(Nonce, Balance)> {
    let read = move |chain: &dyn ChainRead| -> Result<(Nonce, Balance), ReadError> {
        let block = resolve(chain, tag)?.ok_or(ReadError::UnknownBlock(Hash::zero()))?;
        let value = chain.storage(block, None, &account_key(account))?;
        value.map_or(Ok((0, 0)), |value| {
            // AccountInfo: nonce, three reference counters, then the balances.
            <(Nonce, [u32; 3], Balance)>::decode(&mut &*value)
                .map(|(nonce, _, free)| (nonce, free))
                .map_err(|why| ReadError::Backend(format!("System.Account: {why}")))
        })
    };
    context.read(read).await?.map_err(error::state)
}

/// The key of `System.Account`: Blake2_128Concat of the account.
fn account_key(account: AccountId20) -> Vec<u8> {
    let mut key = item_prefix("System", "Account");
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
