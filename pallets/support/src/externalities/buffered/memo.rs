//! Hashes that were computed lately: keys of accounts are built many times in a transaction, from the same few accounts, keys of
//! contracts' cells once for reading and once for writing.

use alloc::{vec, vec::Vec};

use super::cells::is_same;

/// Inputs that are longer are not remembered, in bytes.
const INPUT_BYTES_MAX: usize = 64;
/// How many are remembered; a power of two.
const ENTRIES: usize = 64;
/// Odd, with bits well spread: the fractional part of the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Clone, Copy)]
struct Entry<const N: usize> {
    input: [u8; INPUT_BYTES_MAX],
    /// None where nothing is remembered.
    len: Option<u8>,
    hash: [u8; N],
}

/// Remembers one hash of `N` bytes for each class of inputs; the next one of the class takes its place.
#[derive(Default)]
pub(super) struct Memo<const N: usize> {
    /// Empty until the first is remembered.
    entries: Vec<Entry<N>>,
}

impl<const N: usize> Memo<N> {
    /// The hash of `input` by `compute`, which must always be the same function.
    pub(super) fn get(&mut self, input: &[u8], compute: impl FnOnce(&[u8]) -> [u8; N]) -> [u8; N] {
        let mut padded = [0; INPUT_BYTES_MAX];
        let (Some(start), Ok(len)) = (padded.get_mut(..input.len()), u8::try_from(input.len())) else {
            return compute(input);
        };
        start.copy_from_slice(input);
        if self.entries.is_empty() {
            self.entries = vec![Entry { input: [0; INPUT_BYTES_MAX], len: None, hash: [0; N] }; ENTRIES];
        }
        let Some(entry) = self.entries.get_mut(class(&padded)) else { return compute(input) };
        if entry.len != Some(len) || !is_same(&entry.input, &padded) {
            *entry = Entry { input: padded, len: Some(len), hash: compute(input) };
        }
        entry.hash
    }
}

/// Of the sum of its words: most inputs are hashes themselves, or have one in them.
fn class(padded: &[u8; INPUT_BYTES_MAX]) -> usize {
    let (words, _) = padded.as_chunks::<8>();
    let sum = words.iter().fold(0u64, |sum, word| sum.wrapping_add(u64::from_le_bytes(*word)));
    let high = sum.wrapping_mul(MULTIPLIER).wrapping_shr(58);
    usize::try_from(high).unwrap_or(0).checked_rem(ENTRIES).unwrap_or(0)
}
