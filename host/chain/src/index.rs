//! What clients look up by other means than blocks: where an extrinsic is, and what it did.
//!
//! Each block writes, in its own batch, an entry for each extrinsic, the list of its events, and the runtime if it changed
//! that. So a receipt can be made as long as the block is there, though its state is pruned and the runtime replaced.
//!
//! Entries of blocks on other branches are there until finality discards the branch; reading asks the best chain's list of
//! numbers which of them counts. A database from before this index lacks the entries of its old blocks: they are not found,
//! and nothing else differs.

use std::sync::LazyLock;

use codec::{Decode, DecodeAll, Encode};
use ziver_db::{Batch, Column, Db};
use ziver_primitives::{BlockNumber, Hash, OpaqueExtrinsic, bloom::Bloom, storage_keys::item_prefix};
use ziver_state::{CODE_KEY, Changes};

use crate::records::{self, RecordError};
use crate::route::BlockId;

/// Where every runtime that Substrate's clients understand keeps the events of the block: one of the two storage
/// items whose keys this crate knows.
pub(crate) static EVENTS_KEY: LazyLock<Vec<u8>> = LazyLock::new(|| item_prefix("System", "Events"));

/// Where this chain's runtime keeps the Bloom filter of the block's logs; other runtimes have none.
static LOGS_BLOOM_KEY: LazyLock<Vec<u8>> = LazyLock::new(|| item_prefix("Contracts", "LogsBloom"));

/// Blocks that hold the same extrinsic and are looked at: branches, and transactions that could be repeated because
/// their sender's account was gone in between.
const PLACES_COUNT_MAX: usize = 1_024;
const HASH_BYTES: usize = 32;

/// Where an extrinsic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The block.
    pub block: BlockId,
    /// The position among its extrinsics.
    pub index: u32,
}

#[derive(Encode, Decode)]
struct Entry {
    number: BlockNumber,
    index: u32,
}

fn transaction_key(extrinsic: &Hash, block: &Hash) -> Vec<u8> {
    [extrinsic.as_bytes(), block.as_bytes()].concat()
}

fn runtime_key(block: &BlockId) -> Vec<u8> {
    [&block.number.to_be_bytes()[..], block.hash.as_bytes()].concat()
}

/// Notes a block with the hashes of its extrinsics and its changes of the state.
pub(crate) fn put(batch: &mut Batch, block: &BlockId, extrinsics: &[Hash], changes: &Changes) {
    let mut entries: Vec<(&Hash, u32)> = extrinsics.iter().zip(0u32..).collect();
    // Neighbours one after the other are found faster in the database's table in memory.
    entries.sort_unstable();
    for (extrinsic, index) in entries {
        let key = |out: &mut Vec<u8>| {
            out.extend_from_slice(extrinsic.as_bytes());
            out.extend_from_slice(block.hash.as_bytes());
        };
        batch.put_with(Column::Transaction, key, |out| Entry { number: block.number, index }.encode_to(out));
    }
    if let Some(Some(events)) = changes.main.get(EVENTS_KEY.as_slice()) {
        batch.put(Column::Events, block.hash.as_bytes(), events.clone());
    }
    if let Some(Some(bloom)) = changes.main.get(LOGS_BLOOM_KEY.as_slice()) {
        batch.put(Column::LogsBloom, block.hash.as_bytes(), bloom.clone());
    }
    if let Some(Some(code)) = changes.main.get(CODE_KEY) {
        batch.put(Column::Runtime, runtime_key(block), code.clone());
    }
}

/// Forgets a block that is gone.
pub(crate) fn delete(batch: &mut Batch, block: &BlockId, extrinsics: &[OpaqueExtrinsic]) {
    for extrinsic in extrinsics {
        batch.delete(Column::Transaction, transaction_key(&extrinsic.hash(), &block.hash));
    }
    batch.delete(Column::Events, block.hash.as_bytes());
    batch.delete(Column::LogsBloom, block.hash.as_bytes());
    batch.delete(Column::Runtime, runtime_key(block));
}

/// The highest block of the best chain that holds an extrinsic.
pub(crate) fn transaction(db: &dyn Db, extrinsic: &Hash) -> Result<Option<Place>, RecordError> {
    let damaged = || RecordError::Damaged(format!("place of extrinsic {extrinsic:?}"));
    let mut found: Option<Place> = None;
    for record in db.iter(Column::Transaction, extrinsic.as_bytes()).take(PLACES_COUNT_MAX) {
        let (key, value) = record?;
        let Some(block) = key.strip_prefix(extrinsic.as_bytes()) else { break };
        if block.len() != HASH_BYTES {
            return Err(damaged());
        }
        let Entry { number, index } = Entry::decode_all(&mut value.as_slice()).map_err(|_| damaged())?;
        let block = BlockId { number, hash: Hash::from_slice(block) };
        let is_higher = found.is_none_or(|found| found.block.number < number);
        if is_higher && records::hash_by_number(db, number)? == Some(block.hash) {
            found = Some(Place { block, index });
        }
    }
    Ok(found)
}

/// The list of events of a block.
pub(crate) fn events(db: &dyn Db, block: &Hash) -> Result<Option<Vec<u8>>, RecordError> {
    Ok(db.get(Column::Events, block.as_bytes())?)
}

/// The Bloom filter of a block's logs; `None` where it has none.
pub(crate) fn logs_bloom(db: &dyn Db, block: &Hash) -> Result<Option<Bloom>, RecordError> {
    let Some(bytes) = db.get(Column::LogsBloom, block.as_bytes())? else { return Ok(None) };
    let bloom = Bloom::decode_all(&mut bytes.as_slice());
    bloom.map(Some).map_err(|_| RecordError::Damaged(format!("Bloom filter of block {block:?}")))
}

/// The runtime in the state after the best chain's block at a height.
pub(crate) fn runtime(db: &dyn Db, number: BlockNumber) -> Result<Option<Vec<u8>>, RecordError> {
    let mut until = [&number.to_be_bytes()[..], &[0xff; HASH_BYTES]].concat();
    while let Some((key, code)) = db.last_until(Column::Runtime, &until)? {
        let (height, hash) = key.split_first_chunk().ok_or_else(|| RecordError::Damaged("key of a runtime".into()))?;
        let best = records::hash_by_number(db, BlockNumber::from_be_bytes(*height))?;
        if best.is_some_and(|best| best.as_bytes() == hash) {
            return Ok(Some(code));
        }
        let Some(before) = predecessor(key) else { break };
        until = before;
    }
    Ok(None)
}

/// The greatest key of the same length that is less.
fn predecessor(mut key: Vec<u8>) -> Option<Vec<u8>> {
    for byte in key.iter_mut().rev() {
        if let Some(less) = byte.checked_sub(1) {
            *byte = less;
            return Some(key);
        }
        *byte = u8::MAX;
    }
    None
}
