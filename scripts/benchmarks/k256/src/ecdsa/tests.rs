use super::*;

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("a small number is a key")
}

#[test]
fn signature_recovers_to_its_key_from_the_curve_and_from_the_table() {
    let (signature, id) = key().sign_prehash_recoverable(&[1; 32]);
    for _ in 0..2 {
        let recovered = VerifyingKey::recover_from_prehash(&[1; 32], &signature, id);
        assert_eq!(recovered, Ok(key().verifying_key()));
    }
    assert_eq!(RECOVERED.with_borrow(HashMap::len), 1);
}

#[test]
fn other_hash_is_not_answered_from_the_table() {
    let (signature, id) = key().sign_prehash_recoverable(&[1; 32]);
    let recovered = VerifyingKey::recover_from_prehash(&[1; 32], &signature, id).expect("its key");
    assert_ne!(VerifyingKey::recover_from_prehash(&[2; 32], &signature, id), Ok(recovered));
}

#[test]
fn what_is_no_signature_is_refused() {
    let above_order = Signature([0xff; 64]);
    let id = RecoveryId::from_byte(0).expect("below 4");
    assert_eq!(VerifyingKey::recover_from_prehash(&[1; 32], &above_order, id), Err(Error));
    assert_eq!(RecoveryId::from_byte(4), None);
    assert_eq!(Signature::from_slice(&[0; 63]), Err(Error));
}

#[test]
fn zero_is_no_key() {
    assert!(SigningKey::from_slice(&[0; 32]).is_err());
}
