//! `zx_subscribe(kind, options)`: `newBlocks`, `newTransactions` (whole ones with `true`), `logs` (with a filter).
//!
//! Blocks and logs follow the best chain: after a change of branch those of all blocks that became best come, lowest
//! first, also of blocks that were best before. What became of blocks that are no longer best a client sees by their
//! numbers, which come again; their logs come once more before, the last one first, with `removed: true` as Ethereum's.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, core::RegisterMethodError, types::Params};
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};
use tokio::sync::broadcast::error::RecvError;
use ziver_primitives::{BlockNumber, Hash, Header};

use super::{
    decoded::{self, Decoded},
    failed,
    logs::Filter,
};
use crate::{
    Context,
    chain_read::{BlockRef, ChainRead, ReadError},
    error::{RpcResult, invalid_params},
    json,
    limits::{ENACTED_BLOCKS_TOLD_MAX, LOGS_PAGE_BYTES_MAX},
    link::Notice,
    params::{Arguments, Object},
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
        "logs" => {
            let Object(filter): Object<Filter> = arguments.optional()?.unwrap_or_default();
            if filter.is_about_a_part() {
                let alone = "fromBlock, toBlock, blockHash, skip and limit are for zx_getLogs";
                return Err(invalid_params(format_args!("parameter 1: {alone}; a subscription tells what is new")));
            }
            Ok(Kind::Logs(Box::new(filter)))
        }
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

/// The branch that a subscriber has been told of: its newest blocks, lowest first.
#[derive(Clone)]
struct Told {
    branch: VecDeque<BlockRef>,
    /// What is final when the subscription begins can't change any more.
    since: BlockNumber,
}

/// What a new head changes for a subscriber.
#[derive(Debug, Default, PartialEq, Eq)]
struct Turn {
    /// Blocks that are no longer best, highest first.
    retracted: Vec<BlockRef>,
    /// Blocks that are best from now on, lowest first.
    enacted: Vec<BlockRef>,
}

impl Told {
    /// What a new head changes; `header_of` finds the headers below it.
    fn turn(
        &self,
        head: &Header,
        header_of: impl Fn(Hash) -> Result<Option<Header>, ReadError>,
    ) -> Result<Turn, ReadError> {
        let mut at = BlockRef { hash: head.hash(), number: head.number };
        let mut parent = head.parent_hash;
        let mut enacted = Vec::new();
        while !self.branch.contains(&at) && at.number > self.since && enacted.len() < ENACTED_BLOCKS_TOLD_MAX {
            enacted.push(at);
            let Some(header) = header_of(parent)? else { break };
            at = BlockRef { hash: parent, number: header.number };
            parent = header.parent_hash;
        }
        enacted.reverse();
        let kept = enacted.first().map_or(at.number, |lowest| lowest.number.saturating_sub(1));
        let retracted = self.branch.iter().rev().take_while(|block| block.number > kept).copied().collect();
        Ok(Turn { retracted, enacted })
    }

    fn note(&mut self, turn: &Turn) {
        self.branch.truncate(self.branch.len() - turn.retracted.len());
        self.branch.extend(&turn.enacted);
        let spare = self.branch.len().saturating_sub(ENACTED_BLOCKS_TOLD_MAX);
        self.branch.drain(..spare);
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
    let since = context.chain().finalized().number;
    let branch = present_branch(context, present, since).await.map_err(|why| feed.give_up(why))?;
    let mut told = Told { branch, since };
    loop {
        let Notice::Best(head) = feed.next_notice(&mut notices).await? else { continue };
        let known = told.clone();
        let turn = context.read(move |chain| known.turn(&head.header, |hash| chain.header(hash))).await;
        let turn = turn.and_then(|turn| turn.map_err(failed)).map_err(|why| feed.give_up(why))?;
        // A subscriber to blocks sees by the numbers which ones are gone; one to logs has to be told.
        let retracted = turn.retracted.iter().filter(|_| filter.is_some()).map(|block| (block.hash, true));
        for (hash, is_removed) in retracted.chain(turn.enacted.iter().map(|block| (block.hash, false))) {
            tell(hash, is_removed, &filter, context, &feed).await?;
        }
        told.note(&turn);
    }
}

/// The blocks that are best when a subscription begins, which are not news.
async fn present_branch(context: &Context, best: BlockRef, since: BlockNumber) -> RpcResult<VecDeque<BlockRef>> {
    let walk = move |chain: &dyn ChainRead| {
        let (mut block, mut known) = (best, VecDeque::new());
        while known.len() < ENACTED_BLOCKS_TOLD_MAX {
            known.push_front(block);
            match chain.header(block.hash)? {
                Some(header) if header.number > since => {
                    block = BlockRef { hash: header.parent_hash, number: header.number - 1 };
                }
                _ => break,
            }
        }
        Ok::<_, ReadError>(known)
    };
    context.read(walk).await?.map_err(failed)
}

/// Sends a block in outline, or its events that fit, a page at a time.
async fn tell(
    hash: Hash,
    is_removed: bool,
    filter: &Arc<Option<Filter>>,
    context: &Context,
    feed: &Feed,
) -> Result<(), Ended> {
    let mut left = 0..usize::MAX;
    while !left.is_empty() {
        let filter = filter.clone();
        let shown = context.decode(move |chain| match filter.as_ref() {
            None => outline(chain, hash),
            Some(filter) => logs(chain, hash, filter, is_removed, left),
        });
        let page = shown.await.and_then(|shown| shown.map_err(failed)).map_err(|why| feed.give_up(why))?;
        for value in &page.values {
            feed.send(value).await?;
        }
        left = page.left;
    }
    Ok(())
}

/// Part of what a subscriber is told of a block.
#[derive(Default)]
struct Page {
    values: Vec<Box<RawValue>>,
    /// The places of the events that are not told yet.
    left: Range<usize>,
}

fn text(value: &Value) -> Result<Box<RawValue>, ReadError> {
    to_raw_value(value).map_err(|why| ReadError::Backend(why.to_string()))
}

/// A block in outline.
fn outline(chain: &dyn ChainRead, hash: Hash) -> Result<Page, ReadError> {
    // A block that is gone was discarded a moment ago: its branch is not best any more.
    let Some(decoded) = Decoded::read(chain, hash)? else { return Ok(Page::default()) };
    let mut object = decoded.outline(chain);
    object.insert("transactions".into(), decoded.hashes.iter().map(|hash| json::hash(*hash)).collect());
    Ok(Page { values: vec![text(&Value::Object(object))?], left: 0..0 })
}

/// Events that fit among those at the places that are left, from the front; of a block that is no longer best from the
/// back, the last one first. As text, and so many that they take little memory for each subscriber.
fn logs(
    chain: &dyn ChainRead,
    hash: Hash,
    filter: &Filter,
    is_removed: bool,
    left: Range<usize>,
) -> Result<Page, ReadError> {
    let Some(decoded) = Decoded::read(chain, hash)? else { return Ok(Page::default()) };
    let bytes = decoded.event_bytes(chain)?;
    let (mut told, mut told_bytes) = (VecDeque::new(), 0);
    let mut rest = 0..0;
    for placed in decoded.events(&bytes)?.take(left.end).skip(left.start) {
        let (position, event) = placed?;
        if !filter.fits(&event) {
            continue;
        }
        if told_bytes > LOGS_PAGE_BYTES_MAX && !is_removed {
            rest = position..left.end;
            break;
        }
        let mut log = decoded.log(position, &event);
        log["removed"] = is_removed.into();
        let log = text(&log)?;
        told_bytes += log.get().len();
        told.push_back((position, log));
        while is_removed
            && told_bytes > LOGS_PAGE_BYTES_MAX
            && told.len() > 1
            && let Some((position, log)) = told.pop_front()
        {
            told_bytes -= log.get().len();
            rest = left.start..position + 1;
        }
    }
    let mut values: Vec<_> = told.into_iter().map(|(_, log)| log).collect();
    if is_removed {
        values.reverse();
    }
    Ok(Page { values, left: rest })
}

#[cfg(test)]
mod tests;
