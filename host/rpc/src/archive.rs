//! `archive_v1_*`: any block, and the state after it as far as it is kept.
//!
//! An unknown block is null. A state that was pruned is an error in words, which a node that keeps all states
//! (`--state-pruning archive`) never gives.

use codec::Encode;
use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use serde::Serialize;
use serde_json::{Value, json};
use ziver_primitives::{BlockNumber, Hash};

use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    limits::{ARCHIVE_STORAGES_PER_CONNECTION_MAX, STORAGE_QUERIES_PER_OPERATION_MAX},
    params::{Arguments, Bytes, HashArg, NumberArg},
    storage_query::{QueriesArg, StorageItem},
    subscription::{self, Ended, Feed, PlacesPerConnection, refuse},
};

mod diff;

use diff::{Diff, Difference, ItemsArg};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_method("archive_v1_genesisHash", |_, context, _| json::hash(context.chain().genesis()))?;
    module.register_method("archive_v1_finalizedHeight", |_, context, _| context.chain().finalized().number)?;
    module.register_async_method("archive_v1_hashByHeight", |params, context, _| async move {
        let NumberArg(height) = Arguments::new(&params)?.required()?;
        let hashes = context.read(move |chain| hashes_at(chain, height)).await?.map_err(error::chain)?;
        RpcResult::Ok(hashes.into_iter().map(json::hash).collect::<Vec<_>>())
    })?;
    module.register_async_method("archive_v1_header", |params, context, _| async move {
        let HashArg(hash) = Arguments::new(&params)?.required()?;
        let header = context.read(move |chain| chain.header(hash)).await?.map_err(error::chain)?;
        RpcResult::Ok(header.map(|header| json::bytes(header.encode())))
    })?;
    module.register_async_method("archive_v1_body", |params, context, _| async move {
        let HashArg(hash) = Arguments::new(&params)?.required()?;
        let block = context.read(move |chain| chain.block(hash)).await?.map_err(error::chain)?;
        let extrinsics = block.map(|block| block.extrinsics);
        RpcResult::Ok(extrinsics.map(|list| list.iter().map(|item| json::bytes(item.encode())).collect::<Vec<_>>()))
    })?;
    module.register_async_method("archive_v1_call", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let HashArg(hash) = arguments.required()?;
        let entry_point: String = arguments.required()?;
        let Bytes(input) = arguments.required()?;
        match context.call(move |chain| chain.call(hash, &entry_point, &input)).await? {
            Ok(output) => Ok(json!({ "success": true, "value": json::bytes(output) })),
            Err(ReadError::UnknownBlock(_)) => Ok(Value::Null),
            Err(why @ ReadError::Backend(_)) => Err(error::chain(why)),
            Err(why) => RpcResult::Ok(json!({ "success": false, "error": why.to_string() })),
        }
    })?;
    let places = PlacesPerConnection::new(ARCHIVE_STORAGES_PER_CONNECTION_MAX);
    module.register_subscription(
        "archive_v1_storage",
        "archive_v1_storageEvent",
        "archive_v1_stopStorage",
        move |params, pending, context, extensions| {
            let places = places.clone();
            async move {
                // An ended subscription has nobody to tell.
                let _ = storage(params, pending, &context, &places, &extensions).await;
            }
        },
    )?;
    subscription::on_unsubscribe(module, "archive_v1_stopStorage", |_, _, _| Ok(Value::Null))?;
    let places = PlacesPerConnection::new(ARCHIVE_STORAGES_PER_CONNECTION_MAX);
    module.register_subscription(
        "archive_v1_storageDiff",
        "archive_v1_storageDiffEvent",
        "archive_v1_stopStorageDiff",
        move |params, pending, context, extensions| {
            let places = places.clone();
            async move {
                let _ = storage_diff(params, pending, &context, &places, &extensions).await;
            }
        },
    )?;
    subscription::on_unsubscribe(module, "archive_v1_stopStorageDiff", |_, _, _| Ok(Value::Null))
}

/// The final block of a height; above the final block all that are known.
fn hashes_at(chain: &dyn ChainRead, height: BlockNumber) -> Result<Vec<Hash>, ReadError> {
    let snapshot = chain.snapshot();
    if height <= snapshot.finalized.number {
        return Ok(chain.hash_at(height)?.into_iter().collect());
    }
    Ok(snapshot.non_final.into_iter().filter(|block| block.number == height).map(|block| block.hash).collect())
}

/// One notification.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum StorageEvent<'a> {
    Storage {
        #[serde(flatten)]
        item: StorageItem,
        #[serde(skip_serializing_if = "Option::is_none")]
        child_trie_key: Option<&'a str>,
    },
    StorageDone,
    StorageError {
        error: String,
    },
}

async fn storage(
    params: Params<'static>,
    pending: PendingSubscriptionSink,
    context: &Context,
    places: &PlacesPerConnection,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let begun = || {
        let mut arguments = Arguments::new(&params)?;
        let HashArg(at) = arguments.required()?;
        let QueriesArg(queries): QueriesArg<STORAGE_QUERIES_PER_OPERATION_MAX> = arguments.required()?;
        let child: Option<Bytes> = arguments.optional()?;
        if queries.discarded > 0 {
            return Err(error::invalid_params(format_args!("the last {} items are too many", queries.discarded)));
        }
        let place = places.take(pending.connection_id()).ok_or_else(error::busy)?;
        Ok((at, queries, child.map(|Bytes(child)| child), place))
    };
    let (at, mut queries, child, _place) = match begun() {
        Ok(begun) => begun,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    drop(params);
    let feed = Feed::accept(pending, extensions).await?;
    let child_key = child.as_ref().map(json::bytes);
    while !queries.is_done() {
        feed.room().await?;
        let name = child.clone();
        let read = context.read(move |chain| {
            // A block without an item that needs its state is to be known, too.
            chain.header(at)?.ok_or(ReadError::UnknownBlock(at))?;
            let page = queries.page(chain, at, name.as_deref())?;
            Ok::<_, ReadError>((queries, page))
        });
        let error = match read.await {
            Ok(Ok((left, page))) => {
                queries = left;
                for item in page {
                    feed.send(&StorageEvent::Storage { item, child_trie_key: child_key.as_deref() }).await?;
                }
                continue;
            }
            Ok(Err(why)) => why.to_string(),
            Err(busy) => busy.message().to_owned(),
        };
        return feed.send(&StorageEvent::StorageError { error }).await;
    }
    feed.send(&StorageEvent::StorageDone).await
}

/// One notification about a difference.
#[derive(Debug, Serialize)]
#[serde(tag = "event")]
enum DiffEvent {
    #[serde(rename = "storageDiff")]
    Difference(Difference),
    #[serde(rename = "storageDiffDone")]
    Done,
    #[serde(rename = "storageDiffError")]
    Failed { error: String },
}

async fn storage_diff(
    params: Params<'static>,
    pending: PendingSubscriptionSink,
    context: &Context,
    places: &PlacesPerConnection,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let begun = || {
        let mut arguments = Arguments::new(&params)?;
        let HashArg(at) = arguments.required()?;
        let items: Option<ItemsArg> = arguments.optional()?;
        let before: Option<HashArg> = arguments.optional()?;
        let diff = Diff::new(at, at, items).map_err(error::invalid_params)?;
        let place = places.take(pending.connection_id()).ok_or_else(error::busy)?;
        Ok((at, before.map(|HashArg(before)| before), diff, place))
    };
    let (at, before, mut diff, _place) = match begun() {
        Ok(begun) => begun,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    drop(params);
    let feed = Feed::accept(pending, extensions).await?;
    let fail = |error: String| DiffEvent::Failed { error };
    match context.read(move |chain| block_before(chain, at, before)).await {
        Ok(Ok(before)) => diff.before = before,
        Ok(Err(why)) => return feed.send(&fail(why)).await,
        Err(busy) => return feed.send(&fail(busy.message().to_owned())).await,
    }
    while !diff.is_done() {
        feed.room().await?;
        let read = context.read(move |chain| {
            let page = diff.page(chain)?;
            Ok::<_, ReadError>((diff, page))
        });
        let error = match read.await {
            Ok(Ok((left, page))) => {
                diff = left;
                for difference in page {
                    feed.send(&DiffEvent::Difference(difference)).await?;
                }
                continue;
            }
            Ok(Err(why)) => why.to_string(),
            Err(busy) => busy.message().to_owned(),
        };
        return feed.send(&fail(error)).await;
    }
    feed.send(&DiffEvent::Done).await
}

/// The block with whose state that of `at` is compared: its parent, or the one that was asked for; or why not, in
/// words.
fn block_before(chain: &dyn ChainRead, at: Hash, asked: Option<Hash>) -> Result<Hash, String> {
    let header = chain.header(at).and_then(|header| header.ok_or(ReadError::UnknownBlock(at)));
    let header = header.map_err(|why| why.to_string())?;
    let Some(asked) = asked else {
        return if header.number == 0 { Err("the first block has no parent".into()) } else { Ok(header.parent_hash) };
    };
    match diff::is_ancestor(chain, asked, at) {
        Ok(true) => Ok(asked),
        Ok(false) => Err(format!("{asked:?} is no ancestor of {at:?}")),
        Err(why) => Err(why.to_string()),
    }
}
