//! What clients learn of this pallet.

use alloc::vec;
use scale_info::meta_type;
use ziver_support::{
    metadata::{ConstantMetadata, PalletMetadata},
    pallets,
};

use crate::{
    Call, Error, Event, code, limits,
    storage::{
        CODE_INFO_OF, CONTRACT_INFO_OF, DELETION_QUEUE, DELETION_QUEUE_COUNTER, LOGS_BLOOM, NONCE, PREPARED_CODE,
        PRISTINE_CODE, STORAGE,
    },
};

/// The description of this pallet.
pub fn metadata() -> PalletMetadata {
    let constant = ConstantMetadata::new::<u32>;
    PalletMetadata {
        pallet: pallets::CONTRACTS,
        calls: Some(meta_type::<Call>()),
        event: Some(meta_type::<Event>()),
        error: Some(meta_type::<Error>()),
        storage: vec![
            PRISTINE_CODE.metadata(&["Code as it was uploaded, by its blake2-256."]),
            PREPARED_CODE.metadata(&["Code as it is run."]),
            CODE_INFO_OF.metadata(&["Who uploaded code, and how many contracts have it."]),
            CONTRACT_INFO_OF.metadata(&["A contract's code, owner and storage."]),
            STORAGE.metadata(&["What contracts store, by the contract's storage id and the blake2-256 of its key."]),
            NONCE.metadata_with_default(&["Contracts made so far."]),
            DELETION_QUEUE.metadata(&["Storage of contracts that have ended, which is removed step by step."]),
            DELETION_QUEUE_COUNTER.metadata_with_default(&["Which numbers are in the queue."]),
            LOGS_BLOOM.metadata_with_default(&["Contracts and topics of this block's logs, as a Bloom filter."]),
        ],
        constants: vec![
            ConstantMetadata::new(
                "DepositPerByte",
                &limits::DEPOSIT_PER_BYTE,
                &["What is held for each byte that a contract stores."],
            ),
            ConstantMetadata::new(
                "DepositPerItem",
                &limits::DEPOSIT_PER_ITEM,
                &["What is held for each cell that a contract stores."],
            ),
            constant("MaxCodeLen", &len(code::limits::MODULE_BYTES_MAX), &["Bytes of code, as it is uploaded."]),
            constant("MaxStorageKeyLen", &limits::KEY_BYTES_MAX, &["Bytes of a key."]),
            constant("MaxStorageValueLen", &limits::VALUE_BYTES_MAX, &["Bytes of a value."]),
            constant("MaxCallDepth", &len(limits::CALL_DEPTH_MAX), &["How deep contracts may call each other."]),
            constant("OutputBytesMax", &len(limits::OUTPUT_BYTES_MAX), &["Bytes of output that `Executed` shows."]),
            ConstantMetadata::new("UnsafeUnstableInterface", &false, &["There are no unstable functions."]),
        ],
        docs: &["Contracts in WebAssembly."],
    }
}

fn len(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX)
}
