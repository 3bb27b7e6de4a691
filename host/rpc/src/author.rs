//! `author_*`: submitting transactions, watching them, listing what is pending.

use std::sync::Arc;

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use tokio::sync::mpsc;
use ziver_primitives::Hash;

use crate::{
    Context,
    error::{self, RpcResult},
    json,
    limits::{PENDING_BYTES_MAX, STATUSES_PER_WATCH_MAX, TRANSACTION_BYTES_MAX},
    link::{Command, SubmitError, TransactionStatus},
    params::{Arguments, Bytes},
    subscription::{Ended, Feed, refuse},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("author_submitExtrinsic", |params, context, _| async move {
        let Bytes(bytes) = Arguments::new(&params)?.required()?;
        submit(&context, bytes, None).await.map(json::hash)
    })?;
    module.register_async_method("author_pendingExtrinsics", |_, context, _| async move {
        pending_extrinsics(&context).await
    })?;
    module.register_subscription(
        "author_submitAndWatchExtrinsic",
        "author_extrinsicUpdate",
        "author_unwatchExtrinsic",
        |params, pending, context, extensions| async move {
            // An ended subscription has nobody to tell.
            let _ = submit_and_watch(params, pending, &context, &extensions).await;
        },
    )?;
    Ok(())
}

/// Hands a transaction to the engine and awaits its verdict.
pub async fn submit(
    context: &Context,
    bytes: Vec<u8>,
    watch: Option<mpsc::Sender<TransactionStatus>>,
) -> RpcResult<Hash> {
    if bytes.len() > TRANSACTION_BYTES_MAX {
        return Err(error::transaction_too_large(bytes.len(), TRANSACTION_BYTES_MAX));
    }
    hand_in(context, bytes, watch, false).await?.map_err(error::submit)
}

/// Like [`submit`], for who tells of a refusal in another way. An error is the server's own: it is busy or ends.
/// `join`: see [`Command::Submit`].
pub async fn hand_in(
    context: &Context,
    bytes: Vec<u8>,
    watch: Option<mpsc::Sender<TransactionStatus>>,
    join: bool,
) -> RpcResult<Result<Hash, SubmitError>> {
    if bytes.is_empty() {
        return Ok(Err(SubmitError::BadFormat("no bytes".into())));
    }
    if bytes.len() > TRANSACTION_BYTES_MAX {
        return Ok(Err(SubmitError::ImmediatelyDropped));
    }
    context.ask(|reply| Command::Submit { bytes, watch, join, replace: false, reply }).await
}

/// Like [`submit`] without a watcher, with the error codes of Ziver's own namespaces.
pub async fn submit_own(context: &Context, bytes: Vec<u8>) -> RpcResult<Hash> {
    if bytes.len() > TRANSACTION_BYTES_MAX {
        let why = error::transaction_too_large(bytes.len(), TRANSACTION_BYTES_MAX);
        let why: String = why.data().and_then(|why| serde_json::from_str(why.get()).ok()).unwrap_or_default();
        return Err(error::object_with(error::TRANSACTION_REJECTED, "Transaction rejected", why));
    }
    hand_in(context, bytes, None, false).await?.map_err(error::rejected)
}

/// A refusal in words, reason included.
pub fn refusal_text(why: &SubmitError) -> String {
    let object = error::submit(why.clone());
    let reason = object.data().and_then(|data| serde_json::from_str::<String>(data.get()).ok());
    reason.map_or_else(|| object.message().to_owned(), |reason| format!("{}: {reason}", object.message()))
}

/// The ready transactions in the order of their execution, as many as fit [`PENDING_BYTES_MAX`].
async fn pending_extrinsics(context: &Context) -> RpcResult<Vec<String>> {
    // The turn is taken before the engine is asked, so that few lists are in memory.
    let turn = context.pending_turn().await?;
    let ready = context.ask(|reply| Command::Pending { reply }).await?;
    turn.run(move || {
        let mut bytes = 0;
        let fits = |extrinsic: &Arc<[u8]>| {
            bytes += extrinsic.len();
            bytes <= PENDING_BYTES_MAX
        };
        ready.into_iter().take_while(fits).map(json::bytes).collect()
    })
    .await
}

async fn submit_and_watch(
    params: Params<'static>,
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let bytes: RpcResult<Bytes> = Arguments::new(&params).and_then(|mut arguments| arguments.required());
    let (watch, mut statuses) = mpsc::channel(STATUSES_PER_WATCH_MAX);
    let submitted = match bytes {
        Ok(Bytes(bytes)) => submit(context, bytes, Some(watch)).await,
        Err(error) => Err(error),
    };
    if let Err(error) = submitted {
        refuse(pending, error).await;
        return Err(Ended);
    }
    let feed = Feed::accept(pending, extensions).await?;
    loop {
        let status = tokio::select! {
            status = statuses.recv() => status.ok_or_else(|| feed.give_up("misses a transaction's status"))?,
            () = feed.closed() => return Err(Ended),
        };
        feed.send(&json::status(&status)).await?;
        if status.is_last() {
            return Ok(());
        }
    }
}
