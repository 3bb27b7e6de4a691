//! Feeding a subscription: the reply first, then the present value, then each change, to one client at its pace.
//!
//! A client that does not read its notifications in time, is so far behind that notices were lost, or has to miss one
//! because a read failed, has its whole connection closed: it notices that and can begin anew, whereas silently missing
//! blocks would mislead it. jsonrpsee tells a client nothing when a feed merely returns, so every end that the client
//! has not brought about goes through [`Feed::give_up`].

use std::time::Duration;

use jsonrpsee::{Extensions, PendingSubscriptionSink, SubscriptionSink, types::ErrorObjectOwned};
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{connection::Connection, limits::SLOW_SUBSCRIBER_TIMEOUT_MS, link::Notice};

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

/// Refuses a subscription.
pub async fn refuse(pending: PendingSubscriptionSink, error: ErrorObjectOwned) {
    pending.reject(error).await;
}
