//! What the server answers to plain GET requests: whether the node is well, and the block explorer.
//!
//! - `/health`: 200 as long as the process answers, with what `system_health` says.
//! - `/health/readiness`: 200, or 503 with a reason while the node's answers are worth little.
//! - `/`, for browsers (`Accept: text/html`): the explorer, if it is switched on. It is one page; its own rules let it
//!   load and run nothing but itself, and talk to nobody but this server.
//!
//! Out of scope: everything else; JSON-RPC answers that.

use std::sync::{Arc, LazyLock};

use base64::{Engine, prelude::BASE64_STANDARD};
use hyper::{
    Method, Request, StatusCode,
    header::{
        ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN,
        REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use jsonrpsee::server::{HttpBody, HttpResponse};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::policy;

/// The page's parts, put together to one, so that a browser asks for nothing else. `route.js` comes last: it starts
/// what the others define.
const EXPLORER: &str = concat!(
    include_str!("explorer/head.html"),
    "<style>\n",
    include_str!("explorer/style.css"),
    "</style>\n",
    include_str!("explorer/body.html"),
    "<script>\n",
    include_str!("explorer/connection.js"),
    include_str!("explorer/elements.js"),
    include_str!("explorer/text.js"),
    include_str!("explorer/chain.js"),
    include_str!("explorer/home.js"),
    include_str!("explorer/block.js"),
    include_str!("explorer/transaction.js"),
    include_str!("explorer/account.js"),
    include_str!("explorer/pool.js"),
    include_str!("explorer/runtime.js"),
    include_str!("explorer/route.js"),
    "</script>\n",
    include_str!("explorer/tail.html"),
);

/// The page may run its own script and nothing else.
static EXPLORER_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |tag: &str| {
        let inside =
            EXPLORER.split_once(&format!("<{tag}>")).and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")));
        let text = inside.map_or("", |(text, _)| text);
        format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
    };
    format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        hash("script"),
        hash("style"),
    )
});

/// Tells whether the node is fit to be asked.
pub trait Health: Send + Sync + 'static {
    /// Why it is not, if it isn't.
    fn fault(&self) -> Option<String>;
}

/// What is served besides JSON-RPC.
#[derive(Clone, Default)]
pub struct Pages {
    /// Whom `/health/readiness` asks; without anybody, the node is ready.
    pub health: Option<Arc<dyn Health>>,
    /// Whether browsers get the explorer.
    pub has_explorer: bool,
}

impl Pages {
    /// The answer to a request for a page; `None` for all others.
    pub fn answer<B>(&self, request: &Request<B>) -> Option<HttpResponse> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return None;
        }
        match request.uri().path() {
            "/health" => {
                Some(reply(StatusCode::OK, &json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false })))
            }
            "/health/readiness" => Some(match self.health.as_ref().and_then(|health| health.fault()) {
                None => reply(StatusCode::OK, &json!({ "ready": true })),
                Some(reason) => reply(StatusCode::SERVICE_UNAVAILABLE, &json!({ "ready": false, "reason": reason })),
            }),
            "/" | "/index.html" if self.has_explorer && wants_html(request) => Some(explorer()),
            _ => None,
        }
    }

    /// Whether the explorer of this very server sent the request. Names are not believed, for anybody's name may lead
    /// here: the server must be reached by an address or as localhost.
    pub fn is_own<B>(&self, request: &Request<B>) -> bool {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let (Some(origin), Some(place)) = (header(ORIGIN), header(HOST)) else { return false };
        let is_same = origin.strip_prefix("http://") == Some(place) || origin.strip_prefix("https://") == Some(place);
        let host = policy::host(place);
        self.has_explorer && is_same && (host == "localhost" || host.parse::<std::net::IpAddr>().is_ok())
    }
}

fn wants_html<B>(request: &Request<B>) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|kind| kind.trim().split(';').next() == Some("text/html"))
}

fn reply(status: StatusCode, body: &serde_json::Value) -> HttpResponse {
    let mut response = HttpResponse::new(HttpBody::from(format!("{body}\n")));
    *response.status_mut() = status;
    with_headers(response, &[(CONTENT_TYPE, "application/json; charset=utf-8"), (CACHE_CONTROL, "no-store")])
}

fn explorer() -> HttpResponse {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, EXPLORER_POLICY.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    with_headers(HttpResponse::new(HttpBody::from(EXPLORER)), &headers)
}

fn with_headers(mut response: HttpResponse, headers: &[(HeaderName, &str)]) -> HttpResponse {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests;
