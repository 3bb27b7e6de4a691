//! Weights: how much time and proof size a call takes at most.
//!
//! Source: `sp_weights::weight_v2::Weight`.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::{Add, AddAssign};
use scale_info::TypeInfo;

/// Picoseconds in a second, the unit of [`Weight::ref_time`].
pub const WEIGHT_REF_TIME_PER_SECOND: u64 = 1_000_000_000_000;
/// Picoseconds in a microsecond.
pub const WEIGHT_REF_TIME_PER_MICROS: u64 = 1_000_000;
/// Picoseconds in a nanosecond.
pub const WEIGHT_REF_TIME_PER_NANOS: u64 = 1_000;

/// Time on the reference machine, and bytes of storage proof. Sums saturate.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Weight {
    /// Picoseconds on the reference machine.
    #[codec(compact)]
    pub ref_time: u64,
    /// Bytes.
    #[codec(compact)]
    pub proof_size: u64,
}

impl Weight {
    /// Nothing.
    pub const ZERO: Self = Self { ref_time: 0, proof_size: 0 };
    /// More than any block has.
    pub const MAX: Self = Self { ref_time: u64::MAX, proof_size: u64::MAX };

    /// From picoseconds and bytes.
    pub const fn from_parts(ref_time: u64, proof_size: u64) -> Self {
        Self { ref_time, proof_size }
    }

    /// The sum, at most [`Weight::MAX`].
    pub const fn saturating_add(self, other: Self) -> Self {
        Self {
            ref_time: self.ref_time.saturating_add(other.ref_time),
            proof_size: self.proof_size.saturating_add(other.proof_size),
        }
    }

    /// The difference, at least zero in each part.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self {
            ref_time: self.ref_time.saturating_sub(other.ref_time),
            proof_size: self.proof_size.saturating_sub(other.proof_size),
        }
    }

    /// `times` as much.
    pub const fn saturating_mul(self, times: u64) -> Self {
        Self { ref_time: self.ref_time.saturating_mul(times), proof_size: self.proof_size.saturating_mul(times) }
    }

    /// The smaller of each part.
    pub fn min(self, other: Self) -> Self {
        Self { ref_time: self.ref_time.min(other.ref_time), proof_size: self.proof_size.min(other.proof_size) }
    }

    /// Whether a part is greater than `other`'s.
    pub const fn any_gt(self, other: Self) -> bool {
        self.ref_time > other.ref_time || self.proof_size > other.proof_size
    }
}

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

/// What one access to the database costs, in picoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RuntimeDbWeight {
    /// One read.
    pub read: u64,
    /// One write.
    pub write: u64,
}

impl RuntimeDbWeight {
    /// The weight of `reads` reads and `writes` writes.
    pub const fn reads_writes(self, reads: u64, writes: u64) -> Weight {
        let reads = self.read.saturating_mul(reads);
        Weight::from_parts(reads.saturating_add(self.write.saturating_mul(writes)), 0)
    }
}
