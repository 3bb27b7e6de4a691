//! Signed numbers of 256 bits, ZX's `integer`: two's complement in a [`U256`].

use ziver_primitives::U256;

/// The number in decimal digits.
pub(crate) fn text(number: U256) -> String {
    if number.bit(255) { format!("-{}", (!number).overflowing_add(U256::one()).0) } else { number.to_string() }
}

/// The number with this absolute value below zero, if it has 256 bits.
pub(crate) fn negative(absolute: U256) -> Option<U256> {
    let lowest = U256::one() << 255;
    (absolute <= lowest).then(|| (!absolute).overflowing_add(U256::one()).0)
}
