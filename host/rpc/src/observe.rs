//! What the server tells of its work to whoever counts it: calls and their times.
//!
//! [`Observed`] is jsonrpsee middleware next to the methods. It takes batches apart, so that each call in them counts
//! by itself, and answers them one after the other; but submissions that stand in a row are in work together, because the engine judges
//! many for little more than one. Names that no method has reach the observer as [`UNKNOWN`]: what clients make up must not grow
//! tables.
//!
//! Out of scope: what is done with it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::stream::{FuturesOrdered, StreamExt};
use jsonrpsee::{
    BatchResponseBuilder, MethodResponse, Methods,
    core::middleware::{Batch, BatchEntry, Notification, Request, RpcServiceT},
};

use crate::limits::BATCH_SUBMISSIONS_AT_ONCE_MAX;

/// Bytes of a made-up name that are logged.
const NAME_BYTES_MAX: usize = 64;
/// Methods whose calls in a batch are in work together where they follow each other. They reach the engine in their order. All
/// others begin when those before them are answered, as their clients may rely on.
const SUBMISSIONS: [&str; 2] = ["author_submitExtrinsic", "zx_sendRawTransaction"];
/// In place of names that no method has.
pub const UNKNOWN: &str = "unknown";

/// Counts.
pub trait Observe: Send + Sync + 'static {
    /// A call was answered after so long. `method` is the name of one that is served, or [`UNKNOWN`].
    fn called(&self, method: &str, is_success: bool, took: Duration);
}

/// Nobody counts.
pub struct Unobserved;

impl Observe for Unobserved {
    fn called(&self, _: &str, _: bool, _: Duration) {}
}

/// The name to count a call under.
pub fn known<'a>(methods: &Methods, name: &'a str) -> &'a str {
    if methods.method(name).is_some() { name } else { UNKNOWN }
}

/// The middleware.
#[derive(Clone)]
pub struct Observed<S> {
    /// The methods' service.
    pub service: S,
    /// All methods.
    pub methods: Methods,
    /// Who counts.
    pub observer: Arc<dyn Observe>,
    /// Bytes that the answers of a batch may have together.
    pub response_bytes_max: usize,
}

impl<S> Observed<S>
where
    Self: RpcServiceT<MethodResponse = MethodResponse>,
    S: RpcServiceT<NotificationResponse = MethodResponse>,
{
    /// What a batch is answered; an error where its answers are too long together.
    async fn answers(&self, batch: Batch<'_>) -> Result<MethodResponse, MethodResponse> {
        let mut responses = BatchResponseBuilder::new_with_limit(self.response_bytes_max);
        let mut has_notes = false;
        let mut submissions = FuturesOrdered::new();
        for entry in batch {
            let is_submission =
                matches!(&entry, Ok(BatchEntry::Call(request)) if SUBMISSIONS.contains(&request.method_name()));
            let before_max = if is_submission { BATCH_SUBMISSIONS_AT_ONCE_MAX.saturating_sub(1) } else { 0 };
            while submissions.len() > before_max
                && let Some(response) = submissions.next().await
            {
                responses.append(response)?;
            }
            let response = match entry {
                Ok(BatchEntry::Call(request)) if is_submission => {
                    submissions.push_back(self.call(request));
                    continue;
                }
                Ok(BatchEntry::Call(request)) => self.call(request).await,
                Ok(BatchEntry::Notification(note)) => {
                    has_notes = true;
                    self.service.notification(note).await;
                    continue;
                }
                Err(error) => {
                    let (error, id) = error.into_parts();
                    MethodResponse::error(id, error)
                }
            };
            responses.append(response)?;
        }
        while let Some(response) = submissions.next().await {
            responses.append(response)?;
        }
        // A batch of nothing is a wrong request, one of notifications has no answer.
        Ok(match responses.is_empty() && has_notes {
            true => MethodResponse::notification(),
            false => MethodResponse::from_batch(responses.finish()),
        })
    }
}

impl<S> RpcServiceT for Observed<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            NotificationResponse = MethodResponse,
            BatchResponse = MethodResponse,
        > + Send
        + Sync
        + Clone
        + 'static,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let (service, observer) = (self.service.clone(), self.observer.clone());
        let method = known(&self.methods, request.method_name()).to_owned();
        if method == UNKNOWN {
            let name = request.method_name();
            tracing::debug!(
                "a client calls {:?}, which no method is named",
                &name[..name.floor_char_boundary(NAME_BYTES_MAX)]
            );
        }
        async move {
            let begin = Instant::now();
            let response = service.call(request).await;
            let took = begin.elapsed();
            tracing::debug!("{method}: {} in {took:?}", if response.is_success() { "answered" } else { "refused" });
            observer.called(&method, response.is_success(), took);
            response
        }
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let this = self.clone();
        async move { this.answers(batch).await.unwrap_or_else(|too_long| too_long) }
    }

    fn notification<'a>(&self, note: Notification<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.service.notification(note)
    }
}
