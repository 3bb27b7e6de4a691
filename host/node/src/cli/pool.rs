//! Options of the transaction pool.

use clap::Args;
use ziver_pool::Limits;

use super::values::whole;

/// Bounds of the transaction pool.
#[derive(Debug, Clone, Args)]
pub struct PoolArgs {
    /// Transactions that may wait for a block; an eighth as many may wait for others before them.
    #[arg(long, value_name = "N", default_value_t = 65_536, value_parser = whole(8_u32..=1_048_576))]
    pub pool_limit: u32,
    /// Memory for those that wait for a block, in MiB; a quarter as much for the others.
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = whole(16_u32..=16_384))]
    pub pool_mb: u32,
    /// Transactions of one account in the pool.
    #[arg(long, value_name = "N", default_value_t = 4_096, value_parser = whole(1_u32..=1_048_576))]
    pub pool_account_limit: u32,
    /// Memory for one account's transactions in the pool, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 32, value_parser = whole(4_u32..=16_384))]
    pub pool_account_mb: u32,
    /// By how many percent the priority of a transaction must be higher to replace one of the same account and nonce. For
    /// transactions of the same size, priority goes by the tip.
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = whole(0_u32..=1_000))]
    pub pool_replace_percent: u32,
    /// For how many seconds a transaction that was found invalid is refused without asking the runtime again.
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = whole(0_u32..=86_400))]
    pub pool_ban_seconds: u32,
}

impl PoolArgs {
    /// As the pool takes them.
    pub fn limits(&self) -> Limits {
        const MIB: usize = 1 << 20;
        let (count, bytes) = (self.pool_limit as usize, self.pool_mb as usize * MIB);
        Limits {
            ready_count_max: count,
            ready_bytes_max: bytes,
            future_count_max: count / 8,
            future_bytes_max: bytes / 4,
            account_count_max: self.pool_account_limit as usize,
            account_bytes_max: self.pool_account_mb as usize * MIB,
            replace_percent: self.pool_replace_percent,
            ban_ms: u64::from(self.pool_ban_seconds) * 1_000,
            ..Limits::default()
        }
    }
}
