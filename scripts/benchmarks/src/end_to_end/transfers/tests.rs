use std::collections::HashMap;

use secp256k1::ecdsa::RecoveryId;

use super::*;

#[test]
fn nonces_of_each_sender_count_up_from_zero() {
    let mut next: HashMap<u32, u32> = HashMap::new();
    for transfer in transfers(10, 1_000) {
        let expected = next.entry(transfer.from).or_default();
        assert_eq!(transfer.nonce, *expected);
        *expected += 1;
    }
    assert_eq!(next.len(), 10, "everybody sends");
}

#[test]
fn signature_recovers_to_the_address_of_its_account() {
    let accounts = accounts(3);
    let hash = keccak_256(b"something");
    for account in &accounts {
        let (rs, v) = account.sign(hash);
        let id = RecoveryId::try_from(i32::from(v)).expect("0 or 1");
        let signature = RecoverableSignature::from_compact(&rs, id).expect("just made");
        let key = signature.recover_ecdsa(Message::from_digest(hash)).expect("just made").serialize_uncompressed();
        assert_eq!(keccak_256(&key[1..])[12..], account.address);
    }
}

#[test]
fn work_in_parallel_keeps_the_order() {
    let list: Vec<u32> = (0..1_001).collect();
    assert_eq!(in_parallel(&list, |number| number * 2), list.iter().map(|number| number * 2).collect::<Vec<_>>());
    assert!(in_parallel(&[], |number: &u32| *number).is_empty());
}
