//! Feeding a subscription: the reply first, then the present value, then each change, to one client at its pace.
//!
//! A client that does not read its notifications in time, is so far behind that notices were lost, or has to miss one
//! because a read failed, has its whole connection closed: it notices that and can begin anew, whereas silently missing
//! blocks would mislead it. jsonrpsee tells a client nothing when a feed merely returns, so every end that the client
//! has not brought about goes through [`Feed::give_up`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jsonrpsee::{
    ConnectionId, Extensions, MethodCallback, MethodResponse, PendingSubscriptionSink, ResponsePayload, RpcModule,
    SubscriptionSink,
    core::RegisterMethodError,
    types::{ErrorObjectOwned, Id},
};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{
    Context,
    connection::Connection,
    error::RpcResult,
    limits::{LARGE_MESSAGES_WAITING_MAX, SLOW_SUBSCRIBER_TIMEOUT_MS},
    link::Notice,
    params::Arguments,
};

/// How often it is looked whether a slow client has read some.
const ROOM_POLL_MS: u64 = 5;

/// Bytes of a notification besides its value, at least.
const NOTIFICATION_HEAD_BYTES: usize = 80;

/// The subscription is over: unsubscribed, disconnected, or closed by us for being slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended;

/// An accepted subscription.
pub struct Feed {
    sink: SubscriptionSink,
    connection: Option<Connection>,
}

impl Feed {
    /// Answers the subscribe request with the subscription's id.
    pub async fn accept(pending: PendingSubscriptionSink, extensions: &Extensions) -> Result<Self, Ended> {
        let sink = pending.accept().await.map_err(|_| Ended)?;
        Ok(Self { sink, connection: extensions.get::<Connection>().cloned() })
    }

    /// Sends one notification.
    pub async fn send(&self, value: &impl Serialize) -> Result<(), Ended> {
        let message = serde_json::value::to_raw_value(value)
            .map_err(|why| self.give_up(format_args!("can't be told a value: {why}")))?;
        let bytes = message.get().len() + NOTIFICATION_HEAD_BYTES;
        if self.connection.as_ref().is_some_and(|connection| !connection.promise(bytes)) {
            return Err(self.give_up("does not read its notifications"));
        }
        let patience = Duration::from_millis(SLOW_SUBSCRIBER_TIMEOUT_MS);
        let refused = match self.sink.send_timeout(message, patience).await {
            Ok(()) => return Ok(()),
            Err(jsonrpsee::SendTimeoutError::Timeout(_)) => self.give_up("does not read its notifications"),
            Err(_) => Ended,
        };
        if let Some(connection) = &self.connection {
            connection.settle(bytes);
        }
        Err(refused)
    }

    /// Waits until few messages wait to be written to the client, so that what is read for it next does not pile up.
    pub async fn room(&self) -> Result<(), Ended> {
        // Nothing wakes us when a message leaves; a client that reads is seldom waited for.
        let begin = tokio::time::Instant::now();
        while begin.elapsed() < Duration::from_millis(SLOW_SUBSCRIBER_TIMEOUT_MS) {
            if self.sink.is_closed() {
                return Err(Ended);
            }
            if self.sink.max_capacity() - self.sink.capacity() <= LARGE_MESSAGES_WAITING_MAX {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(ROOM_POLL_MS)).await;
        }
        Err(self.give_up("does not read what it asked for"))
    }

    /// The next notice, unless the client leaves first.
    pub async fn next_notice(&self, notices: &mut broadcast::Receiver<Notice>) -> Result<Notice, Ended> {
        tokio::select! {
            notice = notices.recv() => match notice {
                Ok(notice) => Ok(notice),
                Err(RecvError::Lagged(_)) => Err(self.give_up("is too far behind")),
                Err(RecvError::Closed) => Err(self.give_up("has nothing more to wait for")),
            },
            () = self.sink.closed() => Err(Ended),
        }
    }

    /// Resolves when the client leaves.
    pub async fn closed(&self) {
        self.sink.closed().await;
    }

    /// Closes the connection, for the client would miss something. Nothing happens to one that has unsubscribed.
    pub fn give_up(&self, why: impl std::fmt::Display) -> Ended {
        if self.sink.is_closed() {
            return Ended;
        }
        tracing::debug!("closing an RPC connection: its client {why}");
        if let Some(connection) = &self.connection {
            connection.close();
        }
        Ended
    }
}

/// Bounds how many subscriptions of a kind a connection has; clones share the count.
#[derive(Clone)]
pub struct PlacesPerConnection {
    taken: Arc<Mutex<HashMap<ConnectionId, usize>>>,
    max: usize,
}

/// One of a connection's places, until dropped.
pub struct PlaceOfConnection {
    all: PlacesPerConnection,
    connection: ConnectionId,
}

impl PlacesPerConnection {
    /// At most `max` for each connection.
    pub fn new(max: usize) -> Self {
        Self { taken: Arc::default(), max }
    }

    /// A place, if there is one.
    pub fn take(&self, connection: ConnectionId) -> Option<PlaceOfConnection> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(connection).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(PlaceOfConnection { all: self.clone(), connection })
    }
}

impl Drop for PlaceOfConnection {
    fn drop(&mut self) {
        let mut taken = self.all.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.connection) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.connection);
            }
        }
    }
}

/// Refuses a subscription.
pub async fn refuse(pending: PendingSubscriptionSink, error: ErrorObjectOwned) {
    pending.reject(error).await;
}

/// Makes a subscription's unsubscribe method answer what `then` says instead of whether there was such a subscription;
/// `then` gets the connection, the subscription's id, and that.
pub fn on_unsubscribe(
    module: &mut RpcModule<Context>,
    name: &'static str,
    then: impl Fn(ConnectionId, &str, bool) -> RpcResult<Value> + Clone + Send + Sync + 'static,
) -> Result<(), RegisterMethodError> {
    let Some(MethodCallback::Unsubscription(usual)) = module.remove_method(name) else {
        return Err(RegisterMethodError::MethodNotFound(name.into()));
    };
    let callback = MethodCallback::Unsubscription(Arc::new(move |id, params, connection, bytes_max, extensions| {
        let subscription: RpcResult<String> = Arguments::new(&params).and_then(|mut arguments| arguments.required());
        let answer = subscription.and_then(|subscription| {
            let ended = usual(Id::Null, params, connection, bytes_max, extensions);
            let ended: Value = serde_json::from_str(ended.as_json().get()).unwrap_or_default();
            then(connection, &subscription, ended.get("result") == Some(&Value::Bool(true)))
        });
        match answer {
            Ok(answer) => MethodResponse::response(id, ResponsePayload::success(answer), bytes_max),
            Err(why) => MethodResponse::error(id, why),
        }
    }));
    module.verify_and_insert(name, callback).map(drop)
}
