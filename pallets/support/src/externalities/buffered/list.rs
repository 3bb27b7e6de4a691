//! A SCALE list that grows at its end.

use alloc::vec::Vec;
use codec::{Compact, Decode, Encode};

/// A list whose items are bytes. Where it is not known what others have in it already, only what was appended here.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Items that were there before; `None` where that is unknown. Their bytes are the first in `bytes`.
    before: Option<u32>,
    /// All items, one after another.
    bytes: Vec<u8>,
    /// Where each item ends that was appended here.
    ends: Vec<usize>,
}

/// How long a list is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    bytes: usize,
    items: usize,
}

impl List {
    /// Nothing yet, to be appended to something unknown.
    pub(super) fn unknown() -> Self {
        Self { before: None, bytes: Vec::new(), ends: Vec::new() }
    }

    /// The list in these bytes. What is not a list, or is full, becomes an empty one, as the Host API says of appending.
    pub(super) fn of(bytes: Option<&[u8]>) -> Self {
        let mut items = bytes.unwrap_or_default();
        match Compact::<u32>::decode(&mut items) {
            Ok(Compact(count)) if count < u32::MAX => {
                Self { before: Some(count), bytes: items.to_vec(), ends: Vec::new() }
            }
            _ => Self { before: Some(0), ..Self::unknown() },
        }
    }

    /// Whether no item can be appended.
    pub(super) fn is_full(&self) -> bool {
        self.before.is_some_and(|before| before.saturating_add(self.len()) == u32::MAX)
    }

    fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Appends an item. The list must not be full.
    pub(super) fn push(&mut self, item: &[u8]) {
        self.bytes.extend_from_slice(item);
        self.ends.push(self.bytes.len());
    }

    /// The SCALE encoding, where it is known.
    pub(super) fn whole(&self) -> Option<Vec<u8>> {
        let count = Compact(self.before?.saturating_add(self.len())).encode();
        let mut out = Vec::with_capacity(count.len().saturating_add(self.bytes.len()));
        out.extend_from_slice(&count);
        out.extend_from_slice(&self.bytes);
        Some(out)
    }

    /// The SCALE encoding of `list` with what was appended here but for the first `told` items, which it has already.
    pub(super) fn behind(&self, list: Option<Vec<u8>>, told: usize) -> Vec<u8> {
        self.items_from(told).fold(list.unwrap_or_default(), |list, item| {
            let mut list = Self::of(Some(&list));
            list.push(item);
            list.whole().unwrap_or_default()
        })
    }

    /// How many items were appended here.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// What was appended here, but for the first `skip` items.
    pub(super) fn items_from(&self, skip: usize) -> impl Iterator<Item = &[u8]> {
        let mut start = skip.checked_sub(1).and_then(|last| self.ends.get(last).copied()).unwrap_or(0);
        self.ends.iter().skip(skip).map(move |end| {
            let item = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            item
        })
    }

    /// How long it is now.
    pub(super) fn mark(&self) -> Mark {
        Mark { bytes: self.bytes.len(), items: self.ends.len() }
    }

    /// Makes it as long again as it was at `mark`.
    pub(super) fn truncate(&mut self, mark: Mark) {
        self.bytes.truncate(mark.bytes);
        self.ends.truncate(mark.items);
    }
}
