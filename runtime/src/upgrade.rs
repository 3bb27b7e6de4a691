//! What happens once when a new version of the runtime runs for the first time.
//!
//! [`UPGRADES`] is the list of versions that this chain has run. The next version of this runtime (feature `upgraded`)
//! also remembers at which block each began, so its migration rewrites the list.

use alloc::{vec, vec::Vec};
use ziver_primitives::BlockNumber;
use ziver_support::{Ctx, LogLevel, metadata::StorageEntryMetadata, pallets, storage::StorageValue};

use crate::version::SPEC_VERSION;

/// The versions that have run, oldest first.
pub static UPGRADES: StorageValue<Vec<Upgrade>> = StorageValue::new(pallets::SYSTEM.name, "Upgrades");

/// A version that has run.
#[cfg(not(feature = "upgraded"))]
pub type Upgrade = u32;

/// A version that has run.
#[cfg(feature = "upgraded")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, codec::Encode, codec::Decode, scale_info::TypeInfo)]
pub struct Upgrade {
    /// Its `spec_version`.
    pub spec_version: u32,
    /// Its first block; 0 where it was not remembered.
    pub since: BlockNumber,
}

/// Brings state into the layout of this version; `number` is the block in which it runs first.
pub fn migrate(ctx: &mut Ctx, number: BlockNumber) {
    let mut upgrades = before(ctx);
    upgrades.push(this(number));
    UPGRADES.set(ctx, &upgrades);
    ctx.log(LogLevel::Info, "runtime", "a new version of the runtime runs from this block on");
}

/// Genesis runs this version from the start.
pub fn build_genesis(ctx: &mut Ctx) {
    UPGRADES.set(ctx, &vec![this(0)]);
}

#[cfg(not(feature = "upgraded"))]
fn this(_number: BlockNumber) -> Upgrade {
    SPEC_VERSION
}

#[cfg(feature = "upgraded")]
fn this(number: BlockNumber) -> Upgrade {
    Upgrade { spec_version: SPEC_VERSION, since: number }
}

#[cfg(not(feature = "upgraded"))]
fn before(ctx: &Ctx) -> Vec<Upgrade> {
    UPGRADES.get_or_default(ctx)
}

/// The list as version 1 wrote it: numbers alone.
#[cfg(feature = "upgraded")]
fn before(ctx: &Ctx) -> Vec<Upgrade> {
    static VERSIONS: StorageValue<Vec<u32>> = StorageValue::new(pallets::SYSTEM.name, "Upgrades");
    VERSIONS.get_or_default(ctx).into_iter().map(|spec_version| Upgrade { spec_version, since: 0 }).collect()
}

/// How clients find the list.
pub fn storage_metadata() -> StorageEntryMetadata {
    UPGRADES.metadata_with_default(&["The versions of the runtime that have run, oldest first."])
}

#[cfg(test)]
mod tests;
