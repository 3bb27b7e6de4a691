//! What stands before every method: rights, rate, depth, and the counting of what is in work and of what is answered.
//!
//! jsonrpsee middleware, built for each HTTP request and each WebSocket. In a batch each request is judged by itself.

use std::{sync::Arc, time::Duration};

use jsonrpsee::{
    MethodCallback, MethodResponse, Methods,
    core::middleware::{Batch, BatchEntry, BatchEntryErr, Notification, Request, RpcServiceT},
    types::{ErrorObjectOwned, Id, error::TOO_BIG_BATCH_RESPONSE_CODE},
};

use crate::{
    budget::Budget,
    connection::Connection,
    error,
    limits::JSON_DEPTH_MAX,
    observe::{self, Observe},
    policy::{Caller, is_unsafe},
    rate::Rate,
};

/// Methods that answer first and send more when they are done.
const OPERATIONS: [&str; 3] = ["chainHead_v1_body", "chainHead_v1_call", "chainHead_v1_storage"];

/// What all guards of a server share.
pub struct Rules {
    /// What all connections together may have in work.
    pub budget: Budget,
    /// How often a client may call.
    pub rate: Rate,
    /// All methods.
    pub methods: Methods,
    /// Requests that a batch may have.
    pub batch_requests_max: usize,
    /// Who counts.
    pub observer: Arc<dyn Observe>,
}

/// The middleware.
#[derive(Clone)]
pub struct Guard<S> {
    /// The next service.
    pub service: S,
    /// Whose requests they are.
    pub connection: Connection,
    /// On whose behalf.
    pub caller: Caller,
    /// What holds for all.
    pub rules: Arc<Rules>,
}

impl<S> Guard<S> {
    /// Whether the caller may make this call now; a call that it may not make counts as answered.
    fn judge(&self, request: &Request<'_>) -> Result<(), ErrorObjectOwned> {
        self.note(request, self.verdict(request))
    }

    /// The same for a call in a batch. There is no telling when a batch's answer goes out, so what sends something
    /// after its own answer can't be part of one.
    fn judge_in_batch(&self, request: &Request<'_>) -> Result<(), ErrorObjectOwned> {
        let method = request.method_name();
        let is_followed = matches!(self.rules.methods.method(method), Some(MethodCallback::Subscription(_)))
            || OPERATIONS.contains(&method);
        let alone = if is_followed { Err(error::not_in_batch(method)) } else { Ok(()) };
        self.note(request, self.verdict(request).and(alone))
    }

    fn note(&self, request: &Request<'_>, verdict: Result<(), ErrorObjectOwned>) -> Result<(), ErrorObjectOwned> {
        if verdict.is_err() {
            let method = observe::known(&self.rules.methods, request.method_name());
            self.rules.observer.called(method, false, Duration::ZERO);
        }
        verdict
    }

    fn verdict(&self, request: &Request<'_>) -> Result<(), ErrorObjectOwned> {
        self.rules.rate.check(self.caller.ip).map_err(error::rate_limited)?;
        let method = request.method_name();
        if is_unsafe(method) && !self.caller.is_trusted && self.rules.methods.method(method).is_some() {
            return Err(error::unsafe_call());
        }
        if !self.caller.is_websocket
            && let Some(MethodCallback::Subscription(_) | MethodCallback::Unsubscription(_)) =
                self.rules.methods.method(method)
        {
            return Err(error::needs_websocket());
        }
        if request.params.as_ref().is_some_and(|params| is_deeper_than(params.get(), JSON_DEPTH_MAX)) {
            return Err(error::invalid_request(format_args!("nested deeper than {JSON_DEPTH_MAX} levels")));
        }
        Ok(())
    }

    /// How a notification is refused that is none: a request with an odd id, over WebSocket.
    fn odd_id(&self) -> Option<ErrorObjectOwned> {
        // A notification counts as a call, but there is nobody to be told that it is one too many.
        let counted = self.rules.rate.check(self.caller.ip);
        let is_odd = self.caller.is_websocket && self.connection.take_odd_id();
        is_odd.then(|| counted.map_or_else(error::rate_limited, |()| error::odd_id()))
    }
}

impl<S> RpcServiceT for Guard<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            BatchResponse = MethodResponse,
            NotificationResponse = MethodResponse,
        > + Send
        + Sync
        + Clone
        + 'static,
{
    type MethodResponse = S::MethodResponse;
    type NotificationResponse = S::NotificationResponse;
    type BatchResponse = S::BatchResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = Self::MethodResponse> + Send + 'a {
        let verdict = self.judge(&request);
        let bytes = params_bytes(&request);
        let share = self.rules.budget.take(bytes);
        let work = self.connection.begin(1, bytes);
        let (service, connection) = (self.service.clone(), self.connection.clone());
        async move {
            let _work = work;
            let id = request.id.clone().into_owned();
            let refused = |why| counted(MethodResponse::error(id.clone(), why), id.clone(), &connection);
            if let Err(refusal) = verdict {
                return refused(refusal);
            }
            let Some(_share) = share else { return refused(error::busy()) };
            counted(service.call(request).await, id, &connection)
        }
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = Self::BatchResponse> + Send + 'a {
        let batch_requests_max = self.rules.batch_requests_max;
        let is_long = batch.len() > batch_requests_max;
        let entries = batch.into_iter().map(|entry| match entry {
            Ok(BatchEntry::Call(request)) => match self.judge_in_batch(&request) {
                Ok(()) => Ok(BatchEntry::Call(request)),
                Err(refusal) => Err(BatchEntryErr::new(request.id, refusal)),
            },
            Ok(BatchEntry::Notification(note)) => match self.odd_id() {
                None => Ok(BatchEntry::Notification(note)),
                Some(refusal) => Err(BatchEntryErr::new(Id::Null, refusal)),
            },
            other => other,
        });
        let batch = if is_long { Batch::new() } else { Batch::from(entries.collect()) };
        let bytes = batch.iter().map(|entry| match entry {
            Ok(BatchEntry::Call(request)) => params_bytes(request),
            _ => 0,
        });
        let bytes = bytes.sum();
        let share = self.rules.budget.take(bytes);
        let work = self.connection.begin(batch.len(), bytes);
        let (service, connection) = (self.service.clone(), self.connection.clone());
        async move {
            let _work = work;
            let refused = |why| counted(MethodResponse::error(Id::Null, why), Id::Null, &connection);
            if is_long {
                return refused(error::long_batch(batch_requests_max));
            }
            let Some(_share) = share else { return refused(error::busy()) };
            let response = service.batch(batch).await;
            if response.as_error_code() == Some(TOO_BIG_BATCH_RESPONSE_CODE) {
                // The library's code for this means something else here.
                return refused(error::oversized_response("The answers of the batch together"));
            }
            counted(response, Id::Null, &connection)
        }
    }

    fn notification<'a>(&self, note: Notification<'a>) -> impl Future<Output = Self::NotificationResponse> + Send + 'a {
        let refusal = self.odd_id();
        let (service, connection) = (self.service.clone(), self.connection.clone());
        async move {
            match refusal {
                Some(refusal) => counted(MethodResponse::error(Id::Null, refusal), Id::Null, &connection),
                None => service.notification(note).await,
            }
        }
    }
}

/// The answer, if there is room for it among those that the client has not read.
fn counted(response: MethodResponse, id: Id<'static>, connection: &Connection) -> MethodResponse {
    // Subscriptions answer for themselves: theirs is on its way already. Notifications have none.
    let is_sent = response.is_method_call() || response.is_batch();
    if !is_sent || connection.promise(response.as_json().get().len()) {
        return response;
    }
    MethodResponse::error(id, error::unread())
}

fn params_bytes(request: &Request<'_>) -> usize {
    request.params.as_ref().map_or(0, |params| params.get().len())
}

/// Whether lists and objects stand in each other more than `max` times, in text that is JSON.
fn is_deeper_than(json: &str, max: usize) -> bool {
    let (mut depth, mut in_string, mut is_escaped) = (0usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > max {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
