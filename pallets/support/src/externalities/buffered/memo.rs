//! Hashes that were computed lately: keys of accounts are built many times in a transaction, from the same few accounts.

use alloc::{vec, vec::Vec};

use super::cells::is_same;

/// Inputs that are longer are not remembered, in bytes.
const INPUT_BYTES_MAX: usize = 32;
/// How many are remembered; a power of two.
const ENTRIES: usize = 64;

#[derive(Clone, Copy, Default)]
struct Entry {
    input: [u8; INPUT_BYTES_MAX],
    /// None where nothing is remembered.
    len: Option<u8>,
    hash: [u8; 16],
}

/// Remembers one hash for each class of inputs; the next one of the class takes its place.
#[derive(Default)]
pub(super) struct Memo {
    /// Empty until the first is remembered.
    entries: Vec<Entry>,
}

impl Memo {
    /// The hash of `input` by `compute`, which must always be the same function.
    pub(super) fn get(&mut self, input: &[u8], compute: impl FnOnce(&[u8]) -> [u8; 16]) -> [u8; 16] {
        let mut padded = [0; INPUT_BYTES_MAX];
        let (Some(start), Ok(len)) = (padded.get_mut(..input.len()), u8::try_from(input.len())) else {
            return compute(input);
        };
        start.copy_from_slice(input);
        if self.entries.is_empty() {
            self.entries = vec![Entry::default(); ENTRIES];
        }
        // Accounts are hashes themselves: any byte of them will do.
        let class = usize::from(input.last().copied().unwrap_or(0)).checked_rem(ENTRIES).unwrap_or(0);
        let Some(entry) = self.entries.get_mut(class) else { return compute(input) };
        if entry.len != Some(len) || !is_same(&entry.input, &padded) {
            *entry = Entry { input: padded, len: Some(len), hash: compute(input) };
        }
        entry.hash
    }
}
