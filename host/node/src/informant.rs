//! A line every five seconds that says how the chain goes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ziver_chain::ChainReader;

use crate::{
    huge_pages,
    metrics::{Metrics, resident_bytes},
};

const EVERY: Duration = Duration::from_secs(5);

/// Logs until the node ends.
pub async fn run(reader: ChainReader, metrics: Arc<Metrics>) {
    let mut timer = tokio::time::interval_at(tokio::time::Instant::now() + EVERY, EVERY);
    let (mut before, mut since) = (metrics.totals(), Instant::now());
    loop {
        timer.tick().await;
        if let Some(bytes) = resident_bytes() {
            huge_pages::allow_if_large(bytes);
        }
        let (now, seconds) = (metrics.totals(), since.elapsed().as_secs_f64());
        let blocks = now.0.saturating_sub(before.0);
        // Counters of a node stay far below what a float can count.
        let rate = now.1.saturating_sub(before.1) as f64 / seconds;
        metrics.set_rate(rate);
        let (best, finalized, (ready, future)) = (reader.best(), reader.finalized(), metrics.pool());
        tracing::info!(
            "best #{} ({:.10}), final #{} ({:.10}), {blocks} blocks in {seconds:.1} s, {rate:.1} transactions/s, pool \
             {ready} ready {future} future, 0 peers",
            best.number,
            format!("{:?}", best.hash),
            finalized.number,
            format!("{:?}", finalized.hash),
        );
        (before, since) = (now, Instant::now());
    }
}
