//! How many connections a client may have at once, so that one client can't take them all.
//!
//! A client is an address, of version 6 the first 64 bits, as for the rate limit. Loopback addresses and the networks
//! that the rate limit exempts may have any number. A few connections beyond the limit are told why they are not
//! served, the others are closed at once.
//!
//! Behind a trusted proxy all connections come from the proxy. There WebSockets and HTTP requests in work are counted,
//! by the address that the proxy names.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;

use crate::{limits::CONNECTIONS_TOLD_WHY_PER_ADDRESS_MAX, rate::client};

/// Counts connections by address; clones share the counts.
#[derive(Debug, Clone)]
pub struct Addresses {
    counts: Arc<Mutex<HashMap<IpAddr, Count>>>,
    served_max: Option<usize>,
    exempt: Arc<[IpNet]>,
}

#[derive(Debug, Default)]
struct Count {
    served: usize,
    told: usize,
}

/// What becomes of a connection.
#[derive(Debug)]
pub enum Admission {
    /// It is served, while it keeps its place, if it counts.
    Served(Option<Place>),
    /// It is told that its client has too many.
    Told(Place),
    /// It is closed.
    Closed,
}

/// Counts as one of its client's connections, until dropped.
#[derive(Debug)]
pub struct Place {
    counts: Arc<Mutex<HashMap<IpAddr, Count>>>,
    client: IpAddr,
    is_served: bool,
}

impl Addresses {
    /// At most so many connections of each client, but any number from these networks; 0 is no limit.
    pub fn new(served_max: u32, exempt: Vec<IpNet>) -> Self {
        let served_max = (served_max > 0).then_some(served_max as usize);
        Self { counts: Arc::default(), served_max, exempt: exempt.into() }
    }

    /// Counts a connection of this address.
    pub fn admit(&self, ip: IpAddr) -> Admission {
        let Some(served_max) = self.served_max else { return Admission::Served(None) };
        let ip = ip.to_canonical();
        if ip.is_loopback() || self.exempt.iter().any(|net| net.contains(&ip)) {
            return Admission::Served(None);
        }
        let client = client(ip);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(client).or_default();
        let place = |is_served| Place { counts: self.counts.clone(), client, is_served };
        if count.served < served_max {
            count.served += 1;
            Admission::Served(Some(place(true)))
        } else if count.told < CONNECTIONS_TOLD_WHY_PER_ADDRESS_MAX {
            count.told += 1;
            Admission::Told(place(false))
        } else {
            Admission::Closed
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = counts.get_mut(&self.client) else { return };
        let of_kind = if self.is_served { &mut count.served } else { &mut count.told };
        *of_kind = of_kind.saturating_sub(1);
        if count.served == 0 && count.told == 0 {
            counts.remove(&self.client);
        }
    }
}

#[cfg(test)]
mod tests;
