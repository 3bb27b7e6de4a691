use alloc::vec::Vec;
use codec::{Decode, Encode};
use ziver_primitives::{RuntimeVersion, hashing::blake2_64};

use super::*;

#[test]
fn bytes_made_at_compile_time_equal_the_codec() {
    assert_eq!(ENCODED.to_vec(), VERSION.encode());
    assert_eq!(RuntimeVersion::decode(&mut &ENCODED[..]), Ok(VERSION));
}

#[test]
fn api_ids_are_hashes_of_their_names() {
    let names = [
        "Core",
        "Metadata",
        "BlockBuilder",
        "TaggedTransactionQueue",
        "AccountNonceApi",
        "TransactionPaymentApi",
        "GenesisBuilder",
        "SignatureApi",
        "BatchApi",
        "ContractsApi",
    ];
    let ids: Vec<_> = names.iter().map(|name| blake2_64(name.as_bytes())).collect();
    assert_eq!(ids, APIS.iter().map(|(id, _)| *id).collect::<Vec<_>>());
}
