//! `zx_subscribe(kind, options)`: `newBlocks`, `newTransactions` (whole ones with `true`), `logs` (with a filter).
//!
//! Blocks and logs follow the best chain: after a change of branch those of all blocks that became best come, lowest
//! first. What became of blocks that are no longer best a client sees by their numbers, which come again.

use std::{collections::VecDeque, sync::Arc};

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use ziver_primitives::{Hash, Header};

use super::{
    decoded::{self, Decoded},
    failed,
    logs::Filter,
};
use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::{RpcResult, invalid_params},
    json,
    limits::ENACTED_BLOCKS_TOLD_MAX,
    link::Notice,
    params::Arguments,
    subscription::{Ended, Feed, refuse},
};

/// What is told.
enum Kind {
    Blocks,
    Transactions { whole: bool },
    Logs(Box<Filter>),
}

/// Adds the subscription.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_subscription(
        "zx_subscribe",
        "zx_subscription",
        "zx_unsubscribe",
        |params, pending, context, extensions| async move {
            // An ended subscription has nobody to tell.
            let _ = subscribe(params, pending, &context, &extensions).await;
        },
    )?;
    Ok(())
}

fn kind(params: &Params<'_>) -> RpcResult<Kind> {
    let mut arguments = Arguments::new(params)?;
    let name: String = arguments.required()?;
    match name.as_str() {
        "newBlocks" => Ok(Kind::Blocks),
        "newTransactions" => Ok(Kind::Transactions { whole: arguments.optional()?.unwrap_or_default() }),
        "logs" => Ok(Kind::Logs(Box::new(arguments.optional()?.unwrap_or_default()))),
        _ => Err(invalid_params("parameter 0: newBlocks, newTransactions or logs expected")),
    }
}

async fn subscribe(
    params: Params<'static>,
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    match kind(&params) {
        Err(error) => {
            refuse(pending, error).await;
            Err(Ended)
        }
        Ok(Kind::Transactions { whole }) => transactions(whole, pending, context, extensions).await,
        Ok(Kind::Blocks) => blocks(None, pending, context, extensions).await,
        Ok(Kind::Logs(filter)) => blocks(Some(*filter), pending, context, extensions).await,
    }
}

async fn transactions(
    whole: bool,
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let mut ready = context.link.notices.subscribe_ready();
    let feed = Feed::accept(pending, extensions).await?;
    loop {
        let bytes = tokio::select! {
            bytes = ready.recv() => match bytes {
                Ok(bytes) => bytes,
                Err(RecvError::Lagged(_)) => return Err(feed.give_up("is too far behind")),
                Err(RecvError::Closed) => return Err(feed.give_up("has nothing more to wait for")),
            },
            () = feed.closed() => return Err(Ended),
        };
        let told = if whole {
            let show = move |chain: &dyn ChainRead| {
                let metadata = chain.metadata(chain.best().hash)?;
                Ok::<_, ReadError>(Value::Object(decoded::transaction(&metadata, &bytes)))
            };
            let shown = context.decode(show).await.and_then(|shown| shown.map_err(failed));
            shown.map_err(|why| feed.give_up(format_args!("can't be told a transaction: {why}")))?
        } else {
            json::bytes(ziver_primitives::hashing::blake2_256(&bytes)).into()
        };
        feed.send(&told).await?;
    }
}

/// Which blocks a subscriber has been told of.
struct Told {
    recent: VecDeque<Hash>,
    since: u32,
}

impl Told {
    /// Blocks from the one after the last that was told up to `head`, lowest first.
    fn enacted(&self, chain: &dyn ChainRead, head: &Header) -> Result<Vec<Hash>, ReadError> {
        let (mut hash, mut header) = (head.hash(), head.clone());
        let mut enacted = Vec::new();
        while !self.recent.contains(&hash) && header.number > self.since && enacted.len() < ENACTED_BLOCKS_TOLD_MAX {
            enacted.push(hash);
            hash = header.parent_hash;
            let Some(parent) = chain.header(hash)? else { break };
            header = parent;
        }
        enacted.reverse();
        Ok(enacted)
    }

    fn note(&mut self, block: Hash) {
        // A block that becomes best again after another branch was is news, so older ones are forgotten.
        if self.recent.len() >= ENACTED_BLOCKS_TOLD_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(block);
    }
}

/// Tells of new best blocks, or of the events in them that fit a filter.
async fn blocks(
    filter: Option<Filter>,
    pending: PendingSubscriptionSink,
    context: &Context,
    extensions: &Extensions,
) -> Result<(), Ended> {
    // Listening begins before the present head is read, so that no block falls between the two.
    let mut notices = context.link.notices.subscribe();
    let present = context.chain().best();
    let feed = Feed::accept(pending, extensions).await?;
    let filter = Arc::new(filter);
    // What is below the finalised block can't change any more.
    let mut told = Told { recent: VecDeque::from([present.hash]), since: context.chain().finalized().number };
    seed(&mut told, context, present.hash).await.map_err(|why| feed.give_up(why))?;
    loop {
        let Notice::Best(head) = feed.next_notice(&mut notices).await? else { continue };
        let known = Told { recent: told.recent.clone(), since: told.since };
        let enacted = context.read(move |chain| known.enacted(chain, &head.header)).await;
        let enacted = enacted.and_then(|enacted| enacted.map_err(failed));
        for hash in enacted.map_err(|why| feed.give_up(why))? {
            let filter = filter.clone();
            let shown = context.decode(move |chain| show(chain, hash, filter.as_ref().as_ref())).await;
            let shown = shown.and_then(|shown| shown.map_err(failed));
            for value in shown.map_err(|why| feed.give_up(why))? {
                feed.send(&value).await?;
            }
            told.note(hash);
        }
    }
}

/// The blocks that are best when a subscription begins are not news.
async fn seed(told: &mut Told, context: &Context, best: Hash) -> RpcResult<()> {
    let since = told.since;
    let walk = move |chain: &dyn ChainRead| {
        let (mut hash, mut known) = (best, VecDeque::new());
        while known.len() < ENACTED_BLOCKS_TOLD_MAX {
            known.push_front(hash);
            match chain.header(hash)? {
                Some(header) if header.number > since => hash = header.parent_hash,
                _ => break,
            }
        }
        Ok::<_, ReadError>(known)
    };
    told.recent = context.read(walk).await?.map_err(failed)?;
    Ok(())
}

/// A block in outline, or its events that fit.
fn show(chain: &dyn ChainRead, hash: Hash, filter: Option<&Filter>) -> Result<Vec<Value>, ReadError> {
    // A block that is gone was discarded a moment ago: its branch is not best any more.
    let Some(decoded) = Decoded::read(chain, hash)? else { return Ok(Vec::new()) };
    match filter {
        None => {
            let mut object = decoded.outline(chain);
            let hashes = decoded.block.extrinsics.iter().map(|extrinsic| json::hash(extrinsic.hash()));
            object.insert("transactions".into(), hashes.collect());
            Ok(vec![Value::Object(object)])
        }
        Some(filter) => {
            let events = decoded.events(chain)?;
            let fit = events.iter().enumerate().filter(|(_, event)| filter.fits(event));
            Ok(fit.map(|(position, event)| decoded.log(position, event)).collect())
        }
    }
}
