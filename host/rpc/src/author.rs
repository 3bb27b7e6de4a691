//! `author_*`: submitting transactions, watching them, listing what is pending.

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use tokio::sync::mpsc;
use ziver_primitives::Hash;

use crate::{
    Context,
    error::{self, RpcResult},
    json,
    limits::STATUSES_PER_WATCH_MAX,
    link::{Command, TransactionStatus},
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
        let ready = context.ask(|reply| Command::Pending { reply }).await?;
        RpcResult::Ok(ready.into_iter().map(json::bytes).collect::<Vec<_>>())
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
    if bytes.is_empty() {
        return Err(error::bad_format("no bytes"));
    }
    context.ask(|reply| Command::Submit { bytes, watch, reply }).await?.map_err(error::submit)
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
            status = statuses.recv() => status.ok_or(Ended)?,
            () = feed.closed() => return Err(Ended),
        };
        feed.send(&json::status(&status)).await?;
        if status.is_last() {
            return Ok(());
        }
    }
}
