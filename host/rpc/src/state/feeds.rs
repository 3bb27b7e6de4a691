//! Subscriptions to storage values and to the runtime's version, as they are at the head of the best chain.
//!
//! A head that is gone before it was read is passed over: a later notice is on its way, and what is told then is the
//! difference to what was told last. A subscription to storage remembers hashes of the values it told, not the values.

use std::sync::Arc;

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use ziver_primitives::Hash;

use super::{
    answer::{self, AnswerError, Fingerprint, Values},
    keys,
};
use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::{self, RpcResult},
    json,
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
    let mut notices = context.link.notices.subscribe();
    let begun = async {
        let wanted = Arguments::new(&params).and_then(|mut arguments| keys(&mut arguments))?;
        if wanted.is_empty() {
            return Err(error::invalid_params("which keys? A subscription to all is too much"));
        }
        let wanted: Arc<[Vec<u8>]> = wanted.into();
        let present = context.chain().best().hash;
        let values = values(context, present, &wanted, None).await?.map_err(answer::refusal)?;
        let share = context.answers.watched.take(pending.connection_id(), wanted.len(), values.bytes)?;
        Ok((wanted, values, share))
    };
    let (wanted, first, mut share) = match begun.await {
        Ok(begun) => begun,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    drop(params);
    let feed = Feed::accept(pending, extensions).await?;
    let Values { changed, fingerprints, .. } = first;
    feed.send(&changed).await?;
    drop(changed);
    let mut told: Arc<[Fingerprint]> = fingerprints.into();
    loop {
        let Notice::Best(head) = feed.next_notice(&mut notices).await? else { continue };
        let now = match values(context, head.hash, &wanted, Some(told.clone())).await {
            Ok(Ok(now)) => now,
            Ok(Err(AnswerError::Read(why))) if why.is_gone() => continue,
            Ok(Err(why)) => return Err(missed(&feed, answer::refusal(why).message())),
            Err(why) => return Err(missed(&feed, why.message())),
        };
        share.resize(wanted.len(), now.bytes).map_err(|why| missed(&feed, why.message()))?;
        if !now.changed.changes.is_empty() {
            feed.send(&now.changed).await?;
        }
        told = now.fingerprints.into();
    }
}

/// Reads in a turn, which ends with the reading: the client's pace must not hold up the others.
async fn values(
    context: &Context,
    at: Hash,
    wanted: &Arc<[Vec<u8>]>,
    told: Option<Arc<[Fingerprint]>>,
) -> RpcResult<Result<Values, AnswerError>> {
    let wanted = wanted.clone();
    let read = move |chain: &dyn ChainRead| answer::values(chain, at, &wanted, told.as_deref());
    Ok(context.answers.read(context, read).await?.map(answer::Held::release))
}

fn missed(feed: &Feed, why: &str) -> Ended {
    feed.give_up(format_args!("misses a value: {why}"))
}

/// What a turn gave: the server's refusal of the turn, the chain's of the read, or the value.
type Read<T> = RpcResult<Result<T, ReadError>>;

/// The value; `None` when the head it was to be read at is gone.
fn read_or_passed<T>(feed: &Feed, read: Read<T>) -> Result<Option<T>, Ended> {
    match read {
        Ok(Ok(value)) => Ok(Some(value)),
        Ok(Err(why)) if why.is_gone() => Ok(None),
        Ok(Err(why)) => Err(missed(feed, &why.to_string())),
        Err(why) => Err(missed(feed, why.message())),
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
        let Some(now) = read_or_passed(&feed, version_at(head.hash).await)? else { continue };
        if now != told {
            feed.send(&json::runtime_version(&now)).await?;
            told = now;
        }
    }
}
