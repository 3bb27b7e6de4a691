//! `transactionWatch_v1_*`: submitting a transaction and hearing what becomes of it.
//!
//! Whatever is wrong with the transaction is told as an event, not as an error of the request: only text that is no
//! hexadecimal is that. The events follow from the pool's statuses; `bestChainBlockIncluded` with null says that the
//! block which held the transaction has left the best chain.
//!
//! A transaction that is in the pool already is watched all the same, as often as clients want: each is told of its
//! present status and of all that follow. (`author_submitAndWatchExtrinsic` refuses it with code 1013, as Substrate
//! does.)

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    Context, author, error, json,
    limits::STATUSES_PER_WATCH_MAX,
    link::{Inclusion, SubmitError, TransactionStatus},
    params::{Arguments, Bytes},
    subscription::{self, Ended, Feed, refuse},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_subscription(
        "transactionWatch_v1_submitAndWatch",
        "transactionWatch_v1_watchEvent",
        "transactionWatch_v1_unwatch",
        |params, pending, context, extensions| async move {
            // An ended subscription has nobody to tell.
            let _ = submit_and_watch(params, pending, &context, &extensions).await;
        },
    )?;
    subscription::on_unsubscribe(module, "transactionWatch_v1_unwatch", |_, _, was_there| match was_there {
        true => Ok(Value::Null),
        false => Err(error::invalid_params("no such subscription")),
    })
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
enum WatchEvent {
    Validated,
    BestChainBlockIncluded { block: Option<Place> },
    Finalized { block: Place },
    Error { error: String },
    Invalid { error: String },
    Dropped { error: String },
}

/// Where the transaction is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Place {
    hash: String,
    index: u32,
}

impl From<Inclusion> for Place {
    fn from(inclusion: Inclusion) -> Self {
        Self { hash: json::hash(inclusion.block), index: inclusion.index }
    }
}

impl WatchEvent {
    fn is_last(&self) -> bool {
        !matches!(self, Self::Validated | Self::BestChainBlockIncluded { .. })
    }

    /// What is told of a transaction that the pool refused.
    fn refused(why: SubmitError) -> Self {
        let error = author::refusal_text(&why);
        match why {
            SubmitError::Invalid(_) | SubmitError::Unknown(_) | SubmitError::BadFormat(_) | SubmitError::Banned => {
                Self::Invalid { error }
            }
            SubmitError::Verification(_) => Self::Error { error },
            // The transaction may be good: it is the pool that has no use for it now.
            _ => Self::Dropped { error },
        }
    }
}

/// Turns the pool's statuses into events.
#[derive(Debug, Default)]
struct Watch {
    is_validated: bool,
}

impl Watch {
    fn hear(&mut self, status: TransactionStatus) -> Option<WatchEvent> {
        match status {
            TransactionStatus::Future | TransactionStatus::Ready if self.is_validated => None,
            TransactionStatus::Future | TransactionStatus::Ready => {
                self.is_validated = true;
                Some(WatchEvent::Validated)
            }
            TransactionStatus::Broadcast(_) => None,
            TransactionStatus::InBlock(place) => Some(WatchEvent::BestChainBlockIncluded { block: Some(place.into()) }),
            TransactionStatus::Retracted(_) => {
                self.is_validated = false;
                Some(WatchEvent::BestChainBlockIncluded { block: None })
            }
            TransactionStatus::Finalized(place) => Some(WatchEvent::Finalized { block: place.into() }),
            TransactionStatus::FinalityTimeout(block) => {
                Some(WatchEvent::Dropped { error: format!("its block {block:?} did not become final in time") })
            }
            TransactionStatus::Usurped(by) => {
                Some(WatchEvent::Invalid { error: format!("the transaction {by:?} took its place") })
            }
            TransactionStatus::Dropped => {
                Some(WatchEvent::Dropped { error: "it left the pool for lack of room".into() })
            }
            TransactionStatus::Invalid => Some(WatchEvent::Invalid { error: "it is no longer valid".into() }),
        }
    }
}

async fn submit_and_watch(
    params: Params<'static>,
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let Bytes(bytes) = match Arguments::new(&params).and_then(|mut arguments| arguments.required()) {
        Ok(bytes) => bytes,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    drop(params);
    let feed = Feed::accept(pending, extensions).await?;
    let (watch, mut statuses) = mpsc::channel(STATUSES_PER_WATCH_MAX);
    match author::hand_in(context, bytes, Some(watch), true).await {
        Ok(Ok(_)) => {}
        Ok(Err(why)) => return feed.send(&WatchEvent::refused(why)).await,
        Err(busy) => return feed.send(&WatchEvent::Dropped { error: busy.message().to_owned() }).await,
    }
    let mut watch = Watch::default();
    loop {
        let status = tokio::select! {
            status = statuses.recv() => status,
            () = feed.closed() => return Err(Ended),
        };
        let lost = || Some(WatchEvent::Dropped { error: "the node lost sight of it".into() });
        let Some(event) = status.map_or_else(lost, |status| watch.hear(status)) else { continue };
        feed.send(&event).await?;
        if event.is_last() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests;
