//! How much a block may hold, by weight and by length; and what storage costs.
//!
//! Normal extrinsics may fill three quarters; the rest is kept for operational ones. Inherents must fit anyhow: they are
//! counted, never refused.

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_support::{DispatchClass, RuntimeDbWeight, Weight, weight::WEIGHT_REF_TIME_PER_SECOND};

use crate::weights;

/// How many block hashes the state remembers, for mortal transactions; genesis is never forgotten.
pub const BLOCK_HASH_COUNT: u32 = 4096;
/// The prefix that text addresses would have in Substrate's format; Ethereum-style addresses have none. 42 is "any".
pub const SS58_PREFIX: u16 = 42;
/// The longest block in bytes of extrinsics.
pub const BLOCK_BYTES_MAX: u32 = 5 * 1024 * 1024;
/// The share of a block that normal extrinsics may take, in percent.
pub const NORMAL_PERCENT: u32 = 75;
/// Computation in a block: two seconds of the reference machine; proofs have no limit on a chain without collators.
pub const BLOCK_WEIGHT_MAX: Weight = Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, u64::MAX);
/// What an access to storage costs.
pub const DB_WEIGHT: RuntimeDbWeight = RuntimeDbWeight { read: weights::DB_READ, write: weights::DB_WRITE };

/// Something for each class of extrinsics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PerDispatchClass<T> {
    /// What users do.
    pub normal: T,
    /// What keeps the chain running.
    pub operational: T,
    /// Inherents.
    pub mandatory: T,
}

impl<T> PerDispatchClass<T> {
    /// The part of `class`.
    pub const fn get(&self, class: DispatchClass) -> &T {
        match class {
            DispatchClass::Normal => &self.normal,
            DispatchClass::Operational => &self.operational,
            DispatchClass::Mandatory => &self.mandatory,
        }
    }

    /// The part of `class`, for changing.
    pub const fn get_mut(&mut self, class: DispatchClass) -> &mut T {
        match class {
            DispatchClass::Normal => &mut self.normal,
            DispatchClass::Operational => &mut self.operational,
            DispatchClass::Mandatory => &mut self.mandatory,
        }
    }
}

impl PerDispatchClass<Weight> {
    /// The sum over all classes.
    pub fn total(&self) -> Weight {
        self.normal.saturating_add(self.operational).saturating_add(self.mandatory)
    }
}

/// Limits of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WeightsPerClass {
    /// What each extrinsic takes beside its call.
    pub base_extrinsic: Weight,
    /// The most that one extrinsic may take.
    pub max_extrinsic: Option<Weight>,
    /// The most that all of them may take.
    pub max_total: Option<Weight>,
    /// What they may take even when the block is full; none: as much as they want.
    pub reserved: Option<Weight>,
}

/// Weights of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct BlockWeights {
    /// What a block takes with nothing in it.
    pub base_block: Weight,
    /// The most that it may take.
    pub max_block: Weight,
    /// By class.
    pub per_class: PerDispatchClass<WeightsPerClass>,
}

/// Lengths of a block, in bytes of extrinsics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct BlockLength {
    /// The most, by class; each counts what all classes take.
    pub max: PerDispatchClass<u32>,
}

const fn percent(of: u64, percent: u32) -> u64 {
    // Widened by hand: constants can't call `u64::from`.
    match of.checked_div(100) {
        Some(one) => one.saturating_mul(percent as u64),
        None => 0,
    }
}

const NORMAL_MAX: Weight = Weight::from_parts(percent(BLOCK_WEIGHT_MAX.ref_time, NORMAL_PERCENT), u64::MAX);
const OPERATIONAL_RESERVE: Weight =
    Weight::from_parts(BLOCK_WEIGHT_MAX.ref_time.saturating_sub(NORMAL_MAX.ref_time), u64::MAX);

const fn class(max_total: Option<Weight>, reserved: Option<Weight>) -> WeightsPerClass {
    let max_extrinsic = match max_total {
        Some(max) => Some(max.saturating_sub(weights::BLOCK_BASE).saturating_sub(weights::EXTRINSIC_BASE)),
        None => None,
    };
    WeightsPerClass { base_extrinsic: weights::EXTRINSIC_BASE, max_extrinsic, max_total, reserved }
}

/// The weights of a block of this chain.
pub static BLOCK_WEIGHTS: BlockWeights = BlockWeights {
    base_block: weights::BLOCK_BASE,
    max_block: BLOCK_WEIGHT_MAX,
    per_class: PerDispatchClass {
        normal: class(Some(NORMAL_MAX), Some(Weight::ZERO)),
        operational: class(Some(BLOCK_WEIGHT_MAX), Some(OPERATIONAL_RESERVE)),
        mandatory: class(None, None),
    },
};

/// The lengths of a block of this chain.
pub static BLOCK_LENGTH: BlockLength = BlockLength {
    max: PerDispatchClass {
        normal: BLOCK_BYTES_MAX / 100 * NORMAL_PERCENT,
        operational: BLOCK_BYTES_MAX,
        mandatory: BLOCK_BYTES_MAX,
    },
};
