//! Subscriptions to storage values and to the runtime's version, as they are at the head of the best chain.
//!
//! A head that is gone before it was read is passed over: a later notice is on its way, and what is told then is the
//! difference to what was told last.

use std::sync::Arc;

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use ziver_primitives::Hash;

use super::{change_set, keys};
use crate::{
    Context,
    chain_read::ReadError,
    error::{self, RpcResult},
    json::{self, StorageChangeSet},
    link::Notice,
    params::Arguments,
    subscription::{Ended, Feed, refuse},
};

/// Adds the subscriptions.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_subscription(
        "state_subscribeStorage",
        "state_storage",
        "state_unsubscribeStorage",
        |params, pending, context, extensions| async move {
            // An ended subscription has nobody to tell.
            let _ = feed_storage(params, pending, &context, &extensions).await;
        },
    )?;
    module.register_subscription(
        "state_subscribeRuntimeVersion",
        "state_runtimeVersion",
        "state_unsubscribeRuntimeVersion",
        |_, pending, context, extensions| async move {
            let _ = feed_runtime_version(pending, &context, &extensions).await;
        },
    )?;
    module.register_alias("chain_subscribeRuntimeVersion", "state_subscribeRuntimeVersion")?;
    module.register_alias("chain_unsubscribeRuntimeVersion", "state_unsubscribeRuntimeVersion")
}

async fn feed_storage(
    params: Params<'static>,
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let wanted = Arguments::new(&params).and_then(|mut arguments| keys(&mut arguments));
    let wanted = match wanted {
        Ok(wanted) if wanted.is_empty() => Err(error::invalid_params("which keys? A subscription to all is too much")),
        wanted => wanted,
    };
    let wanted: Arc<[Vec<u8>]> = match wanted {
        Ok(wanted) => wanted.into(),
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    let mut notices = context.link.notices.subscribe();
    let present = context.chain().best().hash;
    let mut told = match values(context, present, &wanted).await.and_then(|values| values.map_err(error::state)) {
        Ok(values) => values,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    let feed = Feed::accept(pending, extensions).await?;
    feed.send(&told).await?;
    loop {
        let Notice::Best(head) = feed.next_notice(&mut notices).await? else { continue };
        let Some(now) = read_or_passed(&feed, values(context, head.hash(), &wanted).await)? else { continue };
        let changed = |(new, old): &(&Entry, &Entry)| new != old;
        let changes: Vec<_> =
            now.changes.iter().zip(&told.changes).filter(changed).map(|(new, _)| new.clone()).collect();
        if !changes.is_empty() {
            feed.send(&StorageChangeSet { block: now.block.clone(), changes }).await?;
        }
        told = now;
    }
}

type Entry = (String, Option<String>);

async fn values(context: &Context, at: Hash, wanted: &Arc<[Vec<u8>]>) -> Read<StorageChangeSet> {
    let wanted = wanted.clone();
    context.read(move |chain| change_set(chain, at, &wanted)).await
}

/// What a turn gave: the server's refusal of the turn, the chain's of the read, or the value.
type Read<T> = RpcResult<Result<T, ReadError>>;

/// The value; `None` when the head it was to be read at is gone.
fn read_or_passed<T>(feed: &Feed, read: Read<T>) -> Result<Option<T>, Ended> {
    match read {
        Ok(Ok(value)) => Ok(Some(value)),
        Ok(Err(why)) if why.is_gone() => Ok(None),
        Ok(Err(why)) => Err(feed.give_up(format_args!("misses a value: {why}"))),
        Err(why) => Err(feed.give_up(format_args!("misses a value: {}", why.message()))),
    }
}

async fn feed_runtime_version(
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let mut notices = context.link.notices.subscribe();
    let version_at = async |at: Hash| context.call(move |chain| chain.runtime_version(at)).await;
    let present = context.chain().best().hash;
    let mut told = match version_at(present).await.and_then(|version| version.map_err(error::state)) {
        Ok(version) => version,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    let feed = Feed::accept(pending, extensions).await?;
    feed.send(&json::runtime_version(&told)).await?;
    loop {
        let Notice::Best(head) = feed.next_notice(&mut notices).await? else { continue };
        let Some(now) = read_or_passed(&feed, version_at(head.hash()).await)? else { continue };
        if now != told {
            feed.send(&json::runtime_version(&now)).await?;
            told = now;
        }
    }
}
