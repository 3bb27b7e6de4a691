//! SCALE lists as raw bytes: a compact count, then the items one after the other.

use codec::{Compact, CompactLen, Decode, Encode};

/// The count of the list and the length of its encoding; `None` for bytes that begin with no count.
pub(super) fn count(list: &[u8]) -> Option<(u32, usize)> {
    let Compact(count) = Compact::<u32>::decode(&mut &*list).ok()?;
    Some((count, Compact::<u32>::compact_len(&count)))
}

/// A list with one item.
pub(super) fn of_one(item: &[u8]) -> Vec<u8> {
    let mut list = Compact(1u32).encode();
    list.extend_from_slice(item);
    list
}

/// Appends an item. Bytes that are no list, or a list that is full, become a list of this item.
pub(super) fn push(list: &mut Vec<u8>, item: &[u8]) {
    let counted = count(list).and_then(|(count, len)| Some((count.checked_add(1)?, len)));
    match counted {
        None => *list = of_one(item),
        Some((count, len)) => {
            set_count(list, count, len);
            list.extend_from_slice(item);
        }
    }
}

/// Cuts the list back to `len` bytes, of which the count was `count`. The list must have been longer since by pushes only.
pub(super) fn truncate(list: &mut Vec<u8>, count_before: u32, len_before: usize) {
    let Some((_, count_len)) = count(list) else { return };
    set_count(list, count_before, count_len);
    list.truncate(len_before);
}

/// Overwrites the count, whose encoding has `old_len` bytes. The rest moves only when the encoding's length changes,
/// which it does at 64, 16,384 and 2^30 items.
fn set_count(list: &mut Vec<u8>, count: u32, old_len: usize) {
    let new = Compact(count).encode();
    if new.len() == old_len {
        list[..old_len].copy_from_slice(&new);
    } else {
        list.splice(..old_len, new);
    }
}
