//! Numbers with 18 decimals, as clients know them.

use codec::{Decode, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::{Path, Type, TypeInfo, build::Fields};
use ziver_primitives::U256;

/// One, in the inner unit.
pub const ONE: u128 = 1_000_000_000_000_000_000;

/// A number in steps of 10^-18.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, MaxEncodedLen)]
pub struct FixedU128(pub u128);

impl FixedU128 {
    /// One.
    pub const ONE: Self = Self(ONE);

    /// `numerator / denominator`, rounded down; zero where the denominator is.
    pub const fn ratio(numerator: u64, denominator: u64) -> Self {
        // Widened by hand: constants can't call `u128::from`. The product is below 2^64 x 2^60.
        match (numerator as u128).saturating_mul(ONE).checked_div(denominator as u128) {
            Some(inner) => Self(inner),
            None => Self(0),
        }
    }

    /// The product, rounded down, at most the largest number.
    pub fn saturating_mul(self, other: Self) -> Self {
        Self(mul_div(self.0, other.0, ONE))
    }

    /// The product with a whole number, rounded down, at most the largest.
    pub fn saturating_mul_int(self, whole: u128) -> u128 {
        mul_div(self.0, whole, ONE)
    }
}

impl Default for FixedU128 {
    fn default() -> Self {
        Self::ONE
    }
}

/// `a x b / divisor`, rounded down, at most the largest number; the product itself may be larger than that.
fn mul_div(a: u128, b: u128, divisor: u128) -> u128 {
    // Almost always: wide numbers are many times slower in Wasm.
    if let Some(product) = a.checked_mul(b) {
        return product.checked_div(divisor).unwrap_or(u128::MAX);
    }
    let product = U256::from(a).saturating_mul(U256::from(b));
    let quotient = product.checked_div(U256::from(divisor)).unwrap_or(U256::MAX);
    u128::try_from(quotient).unwrap_or(u128::MAX)
}

impl fmt::Debug for FixedU128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.checked_div(ONE).unwrap_or(0), self.0.checked_rem(ONE).unwrap_or(0));
        write!(f, "{whole}.{part:018}")
    }
}

/// Clients recognise such a number by this path.
impl TypeInfo for FixedU128 {
    type Identity = Self;

    fn type_info() -> Type {
        let path = Path::from_segments(["sp_arithmetic", "fixed_point", "FixedU128"]).unwrap_or_default();
        Type::builder().path(path).composite(Fields::unnamed().field(|f| f.ty::<u128>().type_name("u128")))
    }
}

#[cfg(test)]
mod tests;
