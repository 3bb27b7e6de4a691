//! One `chainHead_v1_follow`: from the subscription to its end, and the registry in which methods find it.
//!
//! ```text
//! Notices::follow -> Tracker::begin -> events ... Notice -> Tracker::apply -> event ... -> the client leaves, or `stop`
//! ```
//!
//! All events of a follow, those of its operations included, go through [`Follow::emit`], so that nothing comes after
//! `stop`. The states of pinned blocks are held from the lowest one on; those of discarded forks are gone with the
//! fork.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jsonrpsee::{
    ConnectionId, Extensions, PendingSubscriptionSink,
    types::{Params, SubscriptionId},
};
use ziver_primitives::{BlockNumber, Hash, Header};

use super::{
    events::FollowEvent,
    operations::Operations,
    tracker::{Overdue, Tracker, UnpinError},
};
use crate::{
    Context,
    chain_read::{ChainRead, StateHold},
    error,
    limits::FOLLOWS_PER_CONNECTION_MAX,
    link::Notice,
    params::Arguments,
    subscription::{Ended, Feed, refuse},
};

/// A live follow.
pub struct Follow {
    /// Whether the client wants to know of runtimes, and may call them.
    pub with_runtime: bool,
    /// What the client has started.
    pub operations: Operations,
    feed: Feed,
    pinned: Mutex<Pinned>,
    is_stopped: tokio::sync::Mutex<bool>,
}

/// Pins, and the hold on the states from the lowest one on.
struct Pinned {
    tracker: Tracker,
    held_from: BlockNumber,
    hold: StateHold,
}

impl Pinned {
    fn hold_on(&mut self, chain: &dyn ChainRead) {
        // Without a pin the hold stays where it is, until there is one again.
        if let Some(lowest) = self.tracker.lowest().filter(|lowest| *lowest != self.held_from) {
            self.hold = chain.hold_states(lowest);
            self.held_from = lowest;
        }
    }
}

impl Follow {
    /// Sends the client an event, unless the follow is over.
    pub async fn emit(&self, event: &FollowEvent) -> Result<(), Ended> {
        let is_stopped = self.is_stopped.lock().await;
        if *is_stopped { Err(Ended) } else { self.feed.send(event).await }
    }

    /// Waits until the client has read most of what was sent.
    pub async fn room(&self) -> Result<(), Ended> {
        self.feed.room().await
    }

    /// Tells the client that nothing more will come.
    async fn stop(&self) -> Result<(), Ended> {
        let mut is_stopped = self.is_stopped.lock().await;
        *is_stopped = true;
        self.feed.send(&FollowEvent::Stop).await
    }

    /// The header of a pinned block.
    pub fn header(&self, hash: &Hash) -> Option<Arc<Header>> {
        self.pinned().tracker.header(hash)
    }

    /// Unpins all of `hashes`, or none.
    pub fn unpin(&self, hashes: &[Hash], chain: &dyn ChainRead) -> Result<(), UnpinError> {
        let mut pinned = self.pinned();
        pinned.tracker.unpin(hashes)?;
        pinned.hold_on(chain);
        Ok(())
    }

    fn apply(&self, notice: &Notice, chain: &dyn ChainRead) -> Result<FollowEvent, Overdue> {
        let mut pinned = self.pinned();
        let event = pinned.tracker.apply(notice)?;
        pinned.hold_on(chain);
        Ok(event)
    }

    fn pinned(&self) -> MutexGuard<'_, Pinned> {
        self.pinned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's follows by their ids; one that is about to begin has a place only.
type OwnFollows = HashMap<String, Option<Arc<Follow>>>;

/// The live follows of all connections; clones share them.
#[derive(Clone, Default)]
pub struct Follows(Arc<Mutex<HashMap<ConnectionId, OwnFollows>>>);

impl Follows {
    /// A connection's own follow of that name.
    pub fn find(&self, connection: ConnectionId, id: &str) -> Option<Arc<Follow>> {
        self.all().get(&connection)?.get(id)?.clone()
    }

    /// Takes a follow out: from now on it is unknown.
    pub fn remove(&self, connection: ConnectionId, id: &str) {
        let mut all = self.all();
        if let Some(own) = all.get_mut(&connection) {
            own.remove(id);
            if own.is_empty() {
                all.remove(&connection);
            }
        }
    }

    /// A place for one more, unless the connection has too many.
    fn reserve(&self, connection: ConnectionId, id: String) -> Option<Place> {
        let mut all = self.all();
        let own = all.entry(connection).or_default();
        if own.len() >= FOLLOWS_PER_CONNECTION_MAX {
            return None;
        }
        own.insert(id.clone(), None);
        Some(Place { follows: self.clone(), connection, id })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ConnectionId, OwnFollows>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A follow's place among those of its connection, until dropped.
struct Place {
    follows: Follows,
    connection: ConnectionId,
    id: String,
}

impl Place {
    /// From now on methods find the follow. Nothing happens if the client has ended it already.
    fn fill(&self, follow: &Arc<Follow>) {
        if let Some(place) = self.follows.all().get_mut(&self.connection).and_then(|own| own.get_mut(&self.id)) {
            *place = Some(follow.clone());
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.follows.remove(self.connection, &self.id);
    }
}

/// Ends a follow's operations when the follow ends, however it does.
struct Running(Arc<Follow>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.operations.stop_all();
    }
}

/// Serves one subscription from its request to its end.
pub async fn serve(
    params: Params<'static>,
    pending: PendingSubscriptionSink,
    context: &Context,
    follows: &Follows,
    extensions: &Extensions,
) -> Result<(), Ended> {
    let id = match pending.subscription_id() {
        SubscriptionId::Str(id) => id.into_owned(),
        SubscriptionId::Num(id) => id.to_string(),
    };
    let begun = || {
        let with_runtime: bool = Arguments::new(&params)?.required()?;
        let place = follows.reserve(pending.connection_id(), id).ok_or_else(error::too_many_follows)?;
        let present = context.link.notices.follow().ok_or_else(|| error::internal("the chain's head is not known"))?;
        Ok((with_runtime, place, present))
    };
    let (with_runtime, place, (told, hold, mut notices)) = match begun() {
        Ok(begun) => begun,
        Err(error) => {
            refuse(pending, error).await;
            return Err(Ended);
        }
    };
    let (tracker, first) = Tracker::begin(&told, with_runtime);
    let pinned = Pinned { tracker, held_from: told.lowest(), hold };
    drop(told);
    let feed = Feed::accept(pending, extensions).await?;
    let follow = Arc::new(Follow {
        with_runtime,
        operations: Operations::default(),
        feed,
        pinned: Mutex::new(pinned),
        is_stopped: tokio::sync::Mutex::new(false),
    });
    let _running = Running(follow.clone());
    place.fill(&follow);
    for event in first {
        follow.emit(&event).await?;
    }
    loop {
        let notice = tokio::select! {
            notice = notices.recv() => notice.ok(),
            () = follow.feed.closed() => return Err(Ended),
        };
        // Without a notice, some were lost, for the client or the node is too slow.
        let Some(Ok(event)) = notice.map(|notice| follow.apply(&notice, context.chain())) else {
            drop(place);
            return follow.stop().await;
        };
        follow.emit(&event).await?;
    }
}
