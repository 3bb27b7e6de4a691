//! Who may call what: a caller's address and rights, found out once for each HTTP request or WebSocket.
//!
//! Some methods change the node or cost it much ([`crate::catalog`] says which); a stranger must not reach them. As
//! Substrate's nodes do, the `auto` policy serves them when the server listens on a loopback address only. It is
//! stricter in what it takes for local: the peer must be on a loopback address too, no proxy may have forwarded the
//! request, and the request must not come from a foreign web page, since any page in the user's browser reaches the
//! user's loopback addresses.
//!
//! Out of scope: passwords and keys. Who wants those puts a proxy in front.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use hyper::header::{HeaderMap, HeaderName, ORIGIN};

use crate::catalog;

/// Which methods are served to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RpcMethods {
    /// Unsafe ones to local callers of a server that listens on a loopback address.
    #[default]
    Auto,
    /// Unsafe ones to nobody.
    Safe,
    /// All to everybody.
    Unsafe,
}

impl FromStr for RpcMethods {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "safe" => Ok(Self::Safe),
            "unsafe" => Ok(Self::Unsafe),
            _ => Err("auto, safe or unsafe expected"),
        }
    }
}

/// Whether a method is served to trusted callers only. One that nobody described is.
pub fn is_unsafe(method: &str) -> bool {
    catalog::by_name(method).is_none_or(|method| method.is_unsafe)
}

/// Who sent a request. It travels in the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The address; behind a trusted proxy, the one that the proxy names.
    pub ip: IpAddr,
    /// Whether unsafe methods are served to it.
    pub is_trusted: bool,
    /// Whether it can be told something later: over a WebSocket.
    pub is_websocket: bool,
}

/// By which header a proxy in front names the client. It is one: what a client itself says in the others is not the
/// proxy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyHeader {
    /// There is no proxy.
    #[default]
    None,
    /// `X-Forwarded-For`; the last entry is the one that the proxy added itself.
    XForwardedFor,
    /// `X-Real-IP`.
    XRealIp,
    /// `Forwarded` (RFC 7239), of which the last entry counts as well.
    Forwarded,
}

impl ProxyHeader {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::XForwardedFor => Some("x-forwarded-for"),
            Self::XRealIp => Some("x-real-ip"),
            Self::Forwarded => Some("forwarded"),
        }
    }
}

impl FromStr for ProxyHeader {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            // A switch that is on or off, too.
            "none" | "false" => Ok(Self::None),
            "x-forwarded-for" | "true" => Ok(Self::XForwardedFor),
            "x-real-ip" => Ok(Self::XRealIp),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err("x-forwarded-for, x-real-ip, forwarded or none expected"),
        }
    }
}

/// Headers by which a proxy tells that it forwards a request.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "x-real-ip", "forwarded"];

/// What the server's options say about callers.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Which methods.
    pub methods: RpcMethods,
    /// By which header a proxy in front names the clients.
    pub proxy_header: ProxyHeader,
    /// Whether the server listens on a loopback address.
    pub listens_locally: bool,
}

impl Policy {
    /// Who is behind a request from `peer` with these headers.
    pub fn caller(&self, peer: SocketAddr, headers: &HeaderMap, is_websocket: bool) -> Caller {
        let is_forwarded = FORWARDED.iter().any(|name| headers.contains_key(HeaderName::from_static(name)));
        let peer = peer.ip().to_canonical();
        let ip = self.proxy_header.name().and_then(|name| forwarded_for(headers, name)).unwrap_or(peer);
        let is_trusted = match self.methods {
            RpcMethods::Unsafe => true,
            RpcMethods::Safe => false,
            RpcMethods::Auto => {
                self.listens_locally && peer.is_loopback() && !is_forwarded && !is_foreign_page(headers)
            }
        };
        Caller { ip, is_trusted, is_websocket }
    }
}

/// The client that the nearest proxy names by this header.
fn forwarded_for(headers: &HeaderMap, name: &str) -> Option<IpAddr> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let last = value.rsplit(',').next()?.trim();
    // `Forwarded` has pairs: for=192.0.2.60;proto=http, the address of version 6 in brackets and quotes.
    let named = last.split(';').map(str::trim).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.eq_ignore_ascii_case("for").then_some(value)
    });
    let text = named.unwrap_or(last).trim_matches('"');
    let with_port = text.parse::<SocketAddr>().map(|address| address.ip());
    let alone = || text.trim_matches(['[', ']']).parse::<IpAddr>();
    with_port.or_else(|_| alone()).ok().map(|ip| ip.to_canonical())
}

/// Whether a browser sent the request for a page that did not come from this machine.
fn is_foreign_page(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let place = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, place)| place);
    let is_local = |host: &str| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    !place.map(host).is_some_and(is_local)
}

/// The host in `host`, `host:port`, `[address]` or `[address]:port`, as headers have them.
pub fn host(place: &str) -> &str {
    let with_port = place.rsplit_once(':').filter(|(_, port)| port.bytes().all(|digit| digit.is_ascii_digit()));
    with_port.map_or(place, |(host, _)| host).trim_matches(['[', ']'])
}

#[cfg(test)]
mod tests;
