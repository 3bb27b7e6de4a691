//! `admin_*`: the node for who runs it.

use codec::Encode;
use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::{Value, json};
use ziver_primitives::BlockNumber;

use crate::{
    Context,
    chain_read::{BlockRef, ChainRead, ReadError},
    error, json,
    limits::{BLOCKS_PER_EXPORT_MAX, EXPORT_BYTES_MAX},
    params::{AccountArg, Amount, Arguments, NumberArg},
    zx,
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_method("admin_nodeInfo", |_, context, _| node_info(context))?;
    module.register_async_method("admin_fundAccount", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let AccountArg(to) = arguments.required()?;
        let amount: Amount = arguments.required()?;
        zx::fund(&context, to, amount).await
    })?;
    module.register_async_method("admin_exportChain", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let NumberArg(from) = arguments.required()?;
        let to: Option<NumberArg> = arguments.optional()?;
        let turn = context.pending_turn().await?;
        let page = context.read(move |chain| export(chain, from, to.map(|NumberArg(to)| to))).await?;
        let page = page.map_err(error::state)?.ok_or_else(|| error::not_found(format_args!("block {from}")))?;
        turn.run(move || page.json()).await
    })?;
    Ok(())
}

fn node_info(context: &Context) -> Value {
    let block = |block: BlockRef| json!({ "hash": json::hash(block.hash), "number": json::quantity(block.number) });
    let (info, chain) = (&context.info, context.chain());
    json!({
        "name": info.node_name,
        "version": info.node_version,
        "chain": info.chain_name,
        "chainType": info.chain_type,
        "chainId": json::quantity(context.chain_id()),
        "genesis": json::hash(chain.genesis()),
        "best": block(chain.best()),
        "finalized": block(chain.finalized()),
        "properties": info.properties,
        "peers": 0,
    })
}

/// Blocks of the best chain, as many as one answer holds.
struct Page {
    from: BlockNumber,
    /// SCALE encodings.
    blocks: Vec<Vec<u8>>,
    /// Where the next page begins, if there is one.
    next: Option<BlockNumber>,
}

impl Page {
    fn json(self) -> Value {
        json!({
            "from": json::quantity(self.from),
            "blocks": self.blocks.into_iter().map(json::bytes).collect::<Vec<_>>(),
            "next": self.next.map(json::quantity),
        })
    }
}

/// The blocks from one height to another, or as many of them as a page takes, but one at least. None if the first is
/// not there.
fn export(chain: &dyn ChainRead, from: BlockNumber, to: Option<BlockNumber>) -> Result<Option<Page>, ReadError> {
    let best = chain.best().number;
    let to = to.unwrap_or(best).min(best);
    let mut page = Page { from, blocks: Vec::new(), next: None };
    let mut bytes = 0;
    for number in from..=to {
        let hash = chain.hash_at(number)?;
        let Some(block) = hash.map(|hash| chain.block(hash)).transpose()?.flatten() else { break };
        let block = block.encode();
        bytes += block.len();
        let is_full = bytes > EXPORT_BYTES_MAX || page.blocks.len() == BLOCKS_PER_EXPORT_MAX;
        if is_full && !page.blocks.is_empty() {
            page.next = Some(number);
            break;
        }
        page.blocks.push(block);
    }
    Ok((!page.blocks.is_empty()).then_some(page))
}
