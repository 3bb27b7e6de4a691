//! Storage items of this pallet: the one list.
//!
//! | item | key | value |
//! |---|---|---|
//! | `PristineCode` | code hash | the code as it was uploaded |
//! | `PreparedCode` | code hash | the code as it is run |
//! | `CodeInfoOf` | code hash | who paid for it, how often it is used |
//! | `ContractInfoOf` | account | code, owner, storage |
//! | `Storage` | storage id of the contract ++ blake2-256 of its key | what the contract stored |
//! | `Nonce` | | contracts made so far |
//! | `DeletionQueue` | number | storage ids of contracts that are gone, oldest first |
//! | `DeletionQueueCounter` | | which numbers are in the queue |
//! | `LogsBloom` | | contracts and topics of this block's logs; the host keeps it for searches |

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance, Hash, bloom::Bloom};
use ziver_support::{
    Ctx, pallets,
    storage::{Identity, StorageMap, StorageValue, Twox64Concat},
};

const NAME: &str = pallets::CONTRACTS.name;

/// Names a contract's storage: never used again, so what a terminated contract left can be removed later.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct StorageId(pub [u8; 16]);

/// What is known of a code.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_contracts", "pallet_contracts"), replace_segment("storage", "wasm"))]
pub struct CodeInfo {
    /// Who uploaded it and gets the deposit back.
    pub owner: AccountId20,
    /// What is on hold for it.
    #[codec(compact)]
    pub deposit: Balance,
    /// Contracts that have this code.
    #[codec(compact)]
    pub refcount: u64,
    /// Its length in bytes, as it was uploaded.
    pub code_len: u32,
    /// Keccak-256 of the code as it is run: the sandbox knows it by that.
    pub prepared_hash: Hash,
    /// Its length in bytes as it is run.
    pub prepared_len: u32,
    /// Pages of memory that an instance begins with.
    pub memory_pages: u32,
}

/// What is known of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_contracts", "pallet_contracts"))]
pub struct ContractInfo {
    /// Where its storage is.
    pub storage_id: StorageId,
    /// Its code.
    pub code_hash: Hash,
    /// Who may exchange its code.
    pub owner: Option<AccountId20>,
    /// Contracts that it made, for the addresses of further ones.
    pub nonce: u64,
    /// Bytes that it stores.
    pub storage_bytes: u32,
    /// Cells that it stores.
    pub storage_items: u32,
    /// On hold for the bytes.
    pub storage_byte_deposit: Balance,
    /// On hold for the cells.
    pub storage_item_deposit: Balance,
    /// On hold for this record.
    pub storage_base_deposit: Balance,
}

/// Numbers of the deletion queue: from `deleted` up to and without `inserted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DeletionQueueManager {
    /// The number of the next one that comes in.
    pub inserted: u32,
    /// The number of the next one to go.
    pub deleted: u32,
}

/// The code as it was uploaded.
pub static PRISTINE_CODE: StorageMap<Identity, Hash, Vec<u8>> = StorageMap::new(NAME, "PristineCode");
/// The code as it is run.
pub static PREPARED_CODE: StorageMap<Identity, Hash, Vec<u8>> = StorageMap::new(NAME, "PreparedCode");
/// What is known of a code.
pub static CODE_INFO_OF: StorageMap<Identity, Hash, CodeInfo> = StorageMap::new(NAME, "CodeInfoOf");
/// What is known of a contract.
pub static CONTRACT_INFO_OF: StorageMap<Twox64Concat, AccountId20, ContractInfo> =
    StorageMap::new(NAME, "ContractInfoOf");
/// What contracts store; the keys are made by [`cell_key`].
pub static STORAGE: StorageMap<Identity, (StorageId, [u8; 32]), Vec<u8>> = StorageMap::new(NAME, "Storage");
/// Contracts made so far.
pub static NONCE: StorageValue<u64> = StorageValue::new(NAME, "Nonce");
/// Storage that is to be removed.
pub static DELETION_QUEUE: StorageMap<Twox64Concat, u32, StorageId> = StorageMap::new(NAME, "DeletionQueue");
/// Which numbers are in the queue.
pub static DELETION_QUEUE_COUNTER: StorageValue<DeletionQueueManager> = StorageValue::new(NAME, "DeletionQueueCounter");

/// Contracts and topics of the logs of this block. The host's index knows the key.
pub static LOGS_BLOOM: StorageValue<Bloom> = StorageValue::new(NAME, "LogsBloom");

/// The key in state of a contract's cell `key`. Values are stored as they are, without a length.
pub fn cell_key(ctx: &Ctx, id: &StorageId, key: &[u8]) -> [u8; 80] {
    let mut out = [0; 80];
    let (prefix, rest) = out.split_at_mut(32);
    let (middle, hash) = rest.split_at_mut(16);
    prefix.copy_from_slice(STORAGE.prefix());
    middle.copy_from_slice(&id.0);
    hash.copy_from_slice(&ctx.ext().blake2_256(key));
    out
}

/// The value of a contract's cell.
pub fn cell(ctx: &Ctx, id: &StorageId, key: &[u8]) -> Option<Vec<u8>> {
    ctx.ext().get(&cell_key(ctx, id, key))
}

/// The prefix in state of all cells of a contract.
pub fn cells_prefix(id: &StorageId) -> Vec<u8> {
    let mut out = STORAGE.prefix().to_vec();
    out.extend_from_slice(&id.0);
    out
}
