//! What the options of `run` mean together: everything that can be judged before anything is opened.
//!
//! Out of scope: where the options come from, which is [`crate::config`].

use anyhow::{Result, anyhow, bail};
use ziver_chain::{ChainType, GenesisSource};
use ziver_engine::{EngineConfig, Sealing};
use ziver_primitives::AccountId20;

use crate::{cli::RunArgs, logging, store};

/// Alith, the author on development chains.
const DEV_AUTHOR: &str = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac";
/// Best blocks above a final one, unless said otherwise.
const FINALITY_LAG: u32 = 2;
/// Wall time for applying transactions in one block, in milliseconds; with interval sealing half of the interval if that is
/// less, so that a block is done before the next is due.
const BUILD_MS_MAX: u64 = 1_000;

/// What a node is started with, besides the options that mean what they say.
pub struct Settings {
    /// The chain.
    pub source: GenesisSource,
    /// How blocks are made.
    pub engine: EngineConfig,
}

impl Settings {
    /// Reads the chain spec and judges the options.
    pub fn new(args: &RunArgs) -> Result<Self> {
        logging::filter(&args.store)?;
        let source = store::read_spec(&args.store.chain)?;
        let engine = engine_config(args, &source)?;
        Ok(Self { source, engine })
    }
}

fn engine_config(args: &RunArgs, source: &GenesisSource) -> Result<EngineConfig> {
    let author = match (args.author, &source.spec.chain_type) {
        (Some(author), _) => author,
        (None, ChainType::Development) => DEV_AUTHOR.parse::<AccountId20>().map_err(|error| anyhow!("{error}"))?,
        (None, _) => bail!("who makes the blocks of {}? Say so with --author", source.spec.name),
    };
    let sealing = args.sealing.with_block_time(args.block_time_ms);
    let finality_lag = args.finality_lag.or(default_finality_lag(sealing));
    let build_ms_max = build_ms_max(sealing);
    let pool = args.pool.limits();
    Ok(EngineConfig { sealing, author, finality_lag, build_ms_max, pool, ..EngineConfig::default() })
}

/// With instant sealing a block is final at once: the next one may come much later, or never.
fn default_finality_lag(sealing: Sealing) -> Option<u32> {
    match sealing {
        Sealing::Interval { .. } => Some(FINALITY_LAG),
        Sealing::Instant => Some(0),
        Sealing::Manual => None,
    }
}

fn build_ms_max(sealing: Sealing) -> u64 {
    match sealing {
        Sealing::Interval { interval_ms } => (interval_ms / 2).clamp(1, BUILD_MS_MAX),
        Sealing::Instant | Sealing::Manual => BUILD_MS_MAX,
    }
}

#[cfg(test)]
mod tests;
