//! Keys that root's access to storage leaves alone.
//!
//! Three kinds: roots of child tries, which belong to the host; `:code`, whose changes the digest must announce, so that
//! only `set_code` and its like write it; and what the block that is being made needs itself. Some of the latter is there for
//! an author and not for who imports his block ([`block::EXTRINSIC_DATA`]): if a call could touch it, they would
//! disagree about the block.

use ziver_primitives::storage_keys::{CHILD_STORAGE, CODE, EXTRINSIC_INDEX, INTRABLOCK_ENTROPY, is_child_storage_key};
use ziver_support::{pallets, storage::StorageValue};

use crate::{block, event};

/// `pallets/timestamp` stands on this crate, so its item is named here.
static TIME_IS_SET: StorageValue<bool> = StorageValue::new(pallets::TIMESTAMP.name, "DidUpdate");

/// Keys that only the host, `set_code` or the executive may write; child tries not among them.
fn keys() -> [&'static [u8]; 13] {
    [
        CODE,
        EXTRINSIC_INDEX,
        INTRABLOCK_ENTROPY,
        block::NUMBER.key(),
        block::PARENT_HASH.key(),
        block::DIGEST.key(),
        block::EXTRINSIC_DATA.key(),
        block::ALL_EXTRINSICS_LEN.key(),
        block::BLOCK_WEIGHT.key(),
        event::EVENT_CURSOR.key(),
        event::EVENTS.key(),
        event::EVENT_COUNT.key(),
        TIME_IS_SET.key(),
    ]
}

/// Whether root must not write `key`.
pub(crate) fn is_protected(key: &[u8]) -> bool {
    is_child_storage_key(key) || keys().contains(&key)
}

/// Whether a key with this prefix is one that root must not write.
pub(crate) fn covers_protected(prefix: &[u8]) -> bool {
    let child_tries = is_child_storage_key(prefix) || CHILD_STORAGE.starts_with(prefix);
    child_tries || keys().iter().any(|key| key.starts_with(prefix))
}

#[cfg(test)]
mod tests;
