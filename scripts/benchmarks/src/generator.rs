//! A small generator of numbers that are the same in each run and on each machine.
//!
//! One step of PCG's underlying linear generator (O'Neill 2014), of which the upper half is taken. It is for drawing accounts and
//! keys, where evenness and speed are all that is asked for.

/// The generator.
#[derive(Clone, Debug)]
pub struct Generator(u64);

impl Generator {
    /// Begins with `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_u32(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: u32) -> u32 {
        // The upper half of a product with 32 bits more: every number comes equally often, up to one in 2^32.
        ((u64::from(self.next_u32()) * u64::from(bound)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests;
