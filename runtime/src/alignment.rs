//! Where something lies in a block of the host's allocator that wants a larger alignment than the host gives.
//!
//! A block of the wanted size plus the alignment has an aligned place in it with at least eight bytes below, where its
//! owner keeps the block's own address for freeing it. Only addresses are calculated here, so that native tests can
//! look at them; reading and writing is done in `entry`.

/// The alignment of the host's blocks, in bytes (Polkadot Host API, "Allocator").
pub(crate) const OF_HOST: u32 = 8;

/// The address in the block at `block` that is aligned to `align` bytes (a power of two, larger than [`OF_HOST`]): at
/// least [`OF_HOST`] and at most `align` bytes behind its beginning.
pub(crate) const fn place(block: u32, align: u32) -> u32 {
    block.wrapping_add(align) & !align.wrapping_sub(1)
}

#[cfg(test)]
mod tests;
