//! `chain_*`: blocks, headers, hashes, and subscriptions to heads.

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError};
use serde_json::Value;
use ziver_primitives::{Hash, Header};

use crate::{
    Context,
    chain_read::{BlockRef, ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    limits::HASHES_PER_QUERY_MAX,
    link::{Head, Notice},
    params::{Arguments, HashArg, NumberArg, OneOrMany},
    subscription::{Ended, Feed, refuse},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("chain_getBlockHash", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        block_hash(&context, arguments.optional()?).await
    })?;
    module.register_alias("chain_getHead", "chain_getBlockHash")?;
    module.register_method("chain_getFinalizedHead", |_, context, _| json::hash(context.chain().finalized().hash))?;
    module.register_alias("chain_getFinalisedHead", "chain_getFinalizedHead")?;
    module.register_async_method("chain_getHeader", |params, context, _| async move {
        let hash = block_argument(&context, &params)?;
        let header = context.read(move |chain| chain.header(hash)).await?.map_err(error::chain)?;
        RpcResult::Ok(header.as_ref().map(json::header))
    })?;
    module.register_async_method("chain_getBlock", |params, context, _| async move {
        let hash = block_argument(&context, &params)?;
        let block = context.read(move |chain| chain.block(hash)).await?.map_err(error::chain)?;
        RpcResult::Ok(block.as_ref().map(json::signed_block))
    })?;
    register_heads(module)
}

fn register_heads(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    let streams = [
        (Heads::Best, "chain_subscribeNewHeads", "chain_newHead", "chain_unsubscribeNewHeads"),
        (Heads::All, "chain_subscribeAllHeads", "chain_allHead", "chain_unsubscribeAllHeads"),
        (Heads::Final, "chain_subscribeFinalizedHeads", "chain_finalizedHead", "chain_unsubscribeFinalizedHeads"),
    ];
    for (which, subscribe, notification, unsubscribe) in streams {
        module.register_subscription(
            subscribe,
            notification,
            unsubscribe,
            move |_, pending, context, extensions| async move {
                // An ended subscription has nobody to tell.
                let _ = feed_heads(which, pending, &context, &extensions).await;
            },
        )?;
    }
    let aliases = [
        ("chain_subscribeNewHead", "chain_subscribeNewHeads"),
        ("chain_unsubscribeNewHead", "chain_unsubscribeNewHeads"),
        ("chain_subscribeFinalisedHeads", "chain_subscribeFinalizedHeads"),
        ("chain_unsubscribeFinalisedHeads", "chain_unsubscribeFinalizedHeads"),
    ];
    for (alias, name) in aliases {
        module.register_alias(alias, name)?;
    }
    Ok(())
}

/// The hash in the first parameter, or the best block's.
fn block_argument(context: &Context, params: &jsonrpsee::types::Params<'_>) -> RpcResult<Hash> {
    let given: Option<HashArg> = Arguments::new(params)?.optional()?;
    Ok(given.map_or_else(|| context.chain().best().hash, |HashArg(hash)| hash))
}

async fn block_hash(context: &Context, wanted: Option<OneOrMany<HASHES_PER_QUERY_MAX>>) -> RpcResult<Value> {
    let one = |chain: &dyn ChainRead, number: Option<NumberArg>| -> Result<Value, ReadError> {
        let hash = match number {
            None => Some(chain.best().hash),
            Some(NumberArg(number)) => chain.hash_at(number)?,
        };
        Ok(hash.map(json::hash).into())
    };
    let answer = match wanted {
        None => one(context.chain(), None),
        Some(OneOrMany::One(number)) => context.read(move |chain| one(chain, number)).await?,
        Some(OneOrMany::Many(numbers)) => {
            context.read(move |chain| numbers.into_iter().map(|number| one(chain, number)).collect()).await?
        }
    };
    answer.map_err(error::chain)
}

/// Which heads a subscription wants.
#[derive(Debug, Clone, Copy)]
enum Heads {
    Best,
    All,
    Final,
}

impl Heads {
    fn present(self, chain: &dyn ChainRead) -> BlockRef {
        match self {
            Self::Best | Self::All => chain.best(),
            Self::Final => chain.finalized(),
        }
    }

    /// The heads that a subscription wants to hear of, lowest first.
    fn pick(self, notice: &Notice) -> &[Head] {
        match (self, notice) {
            (Self::Best, Notice::Best(head)) => std::slice::from_ref(head),
            (Self::All, Notice::Imported(block)) => std::slice::from_ref(&block.head),
            (Self::Final, Notice::Finalized(newly)) => &newly.blocks,
            _ => &[],
        }
    }
}

async fn feed_heads(
    which: Heads,
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    // Listening begins before the present head is read, so that no head falls between the two.
    let mut notices = context.link.notices.subscribe();
    let present = which.present(context.chain());
    let header = match read_header(context, present.hash).await {
        Ok(header) => header,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    let feed = Feed::accept(pending, extensions).await?;
    feed.send(&json::header(&header)).await?;
    let mut caught_up = CaughtUp { which, present, parent: header.parent_hash, done: false };
    loop {
        let notice = feed.next_notice(&mut notices).await?;
        for head in which.pick(&notice) {
            if caught_up.is_news(head) {
                feed.send(&json::header(&head.header)).await?;
            }
        }
    }
}

async fn read_header(context: &Context, hash: Hash) -> RpcResult<Header> {
    let found = context.read(move |chain| chain.header(hash)).await?.map_err(error::chain)?;
    found.ok_or_else(|| error::chain(ReadError::UnknownBlock(hash)))
}

/// Tells the notices of heads before and at the present one, which may come after it was read, from later ones.
struct CaughtUp {
    which: Heads,
    present: BlockRef,
    parent: Hash,
    done: bool,
}

impl CaughtUp {
    /// Whether a subscriber that knows the present head has not heard of this one.
    fn is_news(&mut self, Head { hash, header }: &Head) -> bool {
        if self.done {
            return true;
        }
        if let Heads::Final = self.which {
            return header.number > self.present.number;
        }
        // From here on the same head is news: the chain has come back to it.
        self.done = *hash == self.present.hash || header.number > self.present.number;
        *hash != self.present.hash && *hash != self.parent
    }
}

#[cfg(test)]
mod tests;
