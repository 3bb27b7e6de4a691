//! The rate limit: how many calls a client may make in a minute.
//!
//! A client is an address, whatever number of connections it opens; of version 6 the first 64 bits count, for a client
//! has all the rest. The calls of a minute may come at once, then they come back one by one (the algorithm is GCRA, by
//! the crate `governor`). Each request of a batch counts. Addresses in the list of exempt networks are not limited.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::HashMapStateStore,
};
use ipnet::IpNet;

use crate::limits::RATE_CHECKS_PER_SWEEP;

/// Counts calls by address.
pub struct Rate {
    limiter: Option<RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>>,
    exempt: Vec<IpNet>,
    checks: AtomicU32,
}

impl Rate {
    /// So many calls a minute; none is no limit.
    pub fn new(per_minute: Option<NonZeroU32>, exempt: Vec<IpNet>) -> Self {
        let limiter = per_minute.map(|calls| RateLimiter::hashmap(Quota::per_minute(calls)));
        Self { limiter, exempt, checks: AtomicU32::new(0) }
    }

    /// Counts a call; if it is one too many, the milliseconds until the next is free.
    pub fn check(&self, ip: IpAddr) -> Result<(), u64> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.exempt.iter().any(|net| net.contains(&ip)) {
            return Ok(());
        }
        // Those whose calls have all come back need not be remembered.
        if self.checks.fetch_add(1, Ordering::Relaxed) % RATE_CHECKS_PER_SWEEP == RATE_CHECKS_PER_SWEEP - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.check_key(&client(ip)).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1)
        })
    }
}

/// What stands for all addresses of a client.
pub(crate) fn client(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests;
