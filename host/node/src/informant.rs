//! A line every five seconds that says how the chain goes.

use std::time::{Duration, Instant};

use tokio::sync::broadcast::{self, error::RecvError};
use ziver_chain::ChainReader;
use ziver_rpc::link::Notice;

const EVERY: Duration = Duration::from_secs(5);

/// Logs until the notices end.
pub async fn run(reader: ChainReader, mut notices: broadcast::Receiver<Notice>) {
    let mut timer = tokio::time::interval_at(tokio::time::Instant::now() + EVERY, EVERY);
    let mut imported = 0_u32;
    let mut since = Instant::now();
    loop {
        tokio::select! {
            notice = notices.recv() => match notice {
                Ok(Notice::Imported(_)) => imported += 1,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = timer.tick() => {
                let (best, finalized) = (reader.best(), reader.finalized());
                let seconds = since.elapsed().as_secs_f64();
                tracing::info!(
                    "best #{} ({:.10}), final #{} ({:.10}), {imported} blocks in {seconds:.1} s",
                    best.number, format!("{:?}", best.hash), finalized.number, format!("{:?}", finalized.hash),
                );
                (imported, since) = (0, Instant::now());
            }
        }
    }
}
