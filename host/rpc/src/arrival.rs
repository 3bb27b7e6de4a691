//! An HTTP request on its way in: its body, until it is whole, and ids that no answer can carry.
//!
//! jsonrpsee would wait for a body for ever, keep any number of half bodies, and take a request with an id like `-1` or
//! `true` for a notification, which gets no answer. So the body is read here, in bounded time and space. A request with
//! such an id is answered with -32600; in a batch it is replaced by something that jsonrpsee answers so. For
//! WebSockets, where whole messages go straight to jsonrpsee, see [`crate::scan`].

use std::{borrow::Cow, fmt, time::Duration};

use http_body_util::BodyExt;
use hyper::{Method, StatusCode, body::Incoming, header};
use jsonrpsee::{
    server::{HttpBody, HttpRequest, HttpResponse, http},
    types::{ErrorObjectOwned, Notification},
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{budget::Budget, error, limits::BATCH_REQUESTS_MAX, params::AtMost, scan};

/// What a request may have.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes of its body.
    pub bytes_max: u32,
    /// Time for its body.
    pub patience: Duration,
    /// Requests of a batch.
    pub batch_requests_max: usize,
}

/// The request with its whole body, or the answer that it gets instead.
pub async fn whole(
    request: HttpRequest<Incoming>,
    bounds: Bounds,
    budget: &Budget,
) -> Result<HttpRequest, Box<HttpResponse>> {
    let is_call = request.method() == Method::POST && http::is_json(request.headers().get(header::CONTENT_TYPE));
    if !is_call {
        return Ok(request.map(HttpBody::new));
    }
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(bounds.patience, read(body, bounds.bytes_max as usize, budget));
    let mut body = match read.await {
        Ok(Ok(body)) => body,
        Ok(Err(Broken::TooLarge)) => return Err(Box::new(http::response::too_large(bounds.bytes_max))),
        Ok(Err(Broken::Busy)) => return Err(Box::new(answer(StatusCode::SERVICE_UNAVAILABLE, error::busy()))),
        Ok(Err(Broken::Gone)) => return Err(Box::new(http::response::malformed())),
        Err(_) => {
            let seconds = bounds.patience.as_secs();
            let late = error::invalid_request(format_args!("it was not whole after {seconds} s"));
            return Err(Box::new(answer(StatusCode::REQUEST_TIMEOUT, late)));
        }
    };
    // jsonrpsee looks for the first byte among few.
    let blanks = body.len() - body.trim_ascii_start().len();
    body.drain(..blanks);
    if scan::is_long_batch(&body, bounds.batch_requests_max) {
        return Err(Box::new(answer(StatusCode::OK, error::long_batch(bounds.batch_requests_max))));
    }
    match with_good_ids(&body) {
        Ok(Cow::Borrowed(_)) => Ok(HttpRequest::from_parts(parts, HttpBody::from(body))),
        Ok(Cow::Owned(body)) => Ok(HttpRequest::from_parts(parts, HttpBody::from(body))),
        Err(error) => Err(Box::new(answer(StatusCode::OK, error))),
    }
}

/// An answer without an id.
pub fn answer(status: StatusCode, error: ErrorObjectOwned) -> HttpResponse {
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
    let mut response = http::response::ok_response(body);
    *response.status_mut() = status;
    response
}

/// Why there is no body.
enum Broken {
    TooLarge,
    Busy,
    Gone,
}

/// Bytes that are counted while they arrive.
struct Arriving<'a> {
    budget: &'a Budget,
    body: Vec<u8>,
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        self.budget.arriving.take(self.body.len());
    }
}

async fn read(mut body: Incoming, bytes_max: usize, budget: &Budget) -> Result<Vec<u8>, Broken> {
    let mut arriving = Arriving { budget, body: Vec::new() };
    if hyper::body::Body::size_hint(&body).lower() > bytes_max as u64 {
        return Err(Broken::TooLarge);
    }
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Broken::Gone)?.into_data() else { continue };
        let bytes = arriving.body.len();
        if bytes + data.len() > bytes_max {
            return Err(Broken::TooLarge);
        }
        if !budget.arriving.has_room(bytes) {
            return Err(Broken::Busy);
        }
        arriving.body.extend_from_slice(&data);
        budget.arriving.replace(bytes, arriving.body.len());
    }
    // From here on it counts as in work.
    budget.arriving.take(arriving.body.len());
    Ok(std::mem::take(&mut arriving.body))
}

/// Whether a message is JSON, no batch, and jsonrpsee would say that it is no JSON or not answer it: it has no id, or
/// an odd one, and is no notification; or its id is a text that no answer can carry.
pub fn is_no_request(message: &[u8]) -> bool {
    match message.trim_ascii_start().first() {
        Some(b'[') => false,
        Some(b'{') => match serde_json::from_slice(message) {
            Ok(Id { is_broken_text: true, .. }) => true,
            Ok(Id { is_given: false, .. } | Id { is_odd: true, .. }) => {
                serde_json::from_slice::<Notification<'_, Option<&RawValue>>>(message).is_err()
            }
            _ => false,
        },
        _ => serde_json::from_slice::<IgnoredAny>(message).is_ok(),
    }
}

/// The body as jsonrpsee shall see it. What is no JSON stays as it is, and so does what jsonrpsee finds wrong itself.
fn with_good_ids(body: &[u8]) -> Result<Cow<'_, [u8]>, ErrorObjectOwned> {
    if body.trim_ascii_start().first() != Some(&b'[') {
        return match serde_json::from_slice(body) {
            Ok(Id { is_odd: true, .. }) => Err(error::odd_id()),
            Ok(Id { is_given: true, .. }) => Ok(Cow::Borrowed(body)),
            _ if is_no_request(body) => Err(error::invalid_request(
                "a request is an object with `jsonrpc` and `method`, a batch an array of them",
            )),
            _ => Ok(Cow::Borrowed(body)),
        };
    }
    const MAX: usize = BATCH_REQUESTS_MAX as usize;
    let Ok(AtMost(entries)) = serde_json::from_slice::<AtMost<&RawValue, MAX>>(body) else {
        return Ok(Cow::Borrowed(body));
    };
    let is_odd = |entry: &&RawValue| serde_json::from_str::<Id>(entry.get()).is_ok_and(|id| id.is_odd);
    if !entries.iter().any(is_odd) {
        return Ok(Cow::Borrowed(body));
    }
    // A bare number is no request.
    let entries: Vec<&str> = entries.iter().map(|entry| if is_odd(entry) { "0" } else { entry.get() }).collect();
    Ok(Cow::Owned(format!("[{}]", entries.join(",")).into_bytes()))
}

/// Whether a request has an id that no answer can carry, or several.
struct Id {
    is_odd: bool,
    /// Whether it is a text with half of a surrogate pair, or the like.
    is_broken_text: bool,
    /// Whether it has one at all.
    is_given: bool,
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Id, A::Error> {
                let (mut ids, mut is_odd, mut is_broken_text) = (0, false, false);
                while let Some(name) = members.next_key::<Cow<'de, str>>()? {
                    if name == "id" {
                        ids += 1;
                        let id = members.next_value::<&RawValue>()?.get();
                        let is_number = || id.bytes().all(|byte| byte.is_ascii_digit()) && id.parse::<u64>().is_ok();
                        is_broken_text |= id.starts_with('"') && serde_json::from_str::<String>(id).is_err();
                        is_odd |= is_broken_text || !(id == "null" || id.starts_with('"') || is_number());
                    } else {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Id { is_odd: is_odd || ids > 1, is_broken_text, is_given: ids > 0 })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests;
