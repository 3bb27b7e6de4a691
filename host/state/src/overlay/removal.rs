//! Removal of all keys with a prefix.

use std::ops::Bound;

use super::Overlay;
use crate::StateError;

/// What a removal by prefix did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// The first key of the view that the limit left; `None` when all are removed.
    pub cursor: Option<Vec<u8>>,
    /// Keys of the view that this removal removed.
    pub backend: u32,
    /// Keys that had a value and have none now.
    pub unique: u32,
    /// Keys of the view that were looked at.
    pub loops: u32,
}

impl Removal {
    /// Whether no key with the prefix is left.
    pub fn all_removed(&self) -> bool {
        self.cursor.is_none()
    }
}

pub(super) fn remove(
    overlay: &mut Overlay,
    child: Option<&[u8]>,
    prefix: &[u8],
    limit: Option<u32>,
) -> Result<Removal, StateError> {
    let mut removal = Removal::default();
    let mut set = Vec::new();
    if let Some(map) = overlay.map(child) {
        let range = map.range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded));
        let with_prefix = range.take_while(|(key, _)| key.starts_with(prefix));
        set.extend(with_prefix.filter(|(_, entry)| entry.value.is_some()).map(|(key, _)| key.clone()));
    }
    for key in set {
        overlay.put_unchecked(child, &key, None);
        removal.unique = removal.unique.saturating_add(1);
    }
    let view = overlay.view.clone();
    let mut next = view.seek(child, prefix)?;
    while let Some(key) = next.filter(|key| key.starts_with(prefix)) {
        if limit == Some(removal.loops) {
            removal.cursor = Some(key);
            return Ok(removal);
        }
        removal.loops = removal.loops.saturating_add(1);
        // A key that is changed here is removed here by now.
        if overlay.entry(child, &key).is_none() {
            overlay.put_unchecked(child, &key, None);
            removal.backend = removal.backend.saturating_add(1);
            removal.unique = removal.unique.saturating_add(1);
        }
        next = view.next_key(child, &key)?;
    }
    Ok(removal)
}
