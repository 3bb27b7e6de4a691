//! libsecp256k1 against `k256`, on good and on malformed signatures; the cache against no cache.

use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use proptest::prelude::*;

use super::*;

/// What the Host API wants, by another library.
fn oracle(signature: &[u8; 65], hash: &[u8; 32]) -> Result<RecoveredKey, RecoverError> {
    let v = if signature[64] > 26 { signature[64] - 27 } else { signature[64] };
    let id = RecoveryId::from_byte(v).ok_or(RecoverError::BadV)?;
    let (r, s) = (&signature[..32], &signature[32..64]);
    if *r >= ORDER[..] || *s >= ORDER[..] {
        return Err(RecoverError::BadRs);
    }
    let parsed = Signature::from_slice(&signature[..64]).map_err(|_| RecoverError::BadSignature)?;
    let key = VerifyingKey::recover_from_prehash(hash, &parsed, id).map_err(|_| RecoverError::BadSignature)?;
    Ok(key.to_sec1_point(false).as_bytes()[1..].try_into().unwrap())
}

fn sign(secret: &[u8; 32], hash: &[u8; 32]) -> ([u8; 65], RecoveredKey) {
    let key = SigningKey::from_slice(secret).unwrap();
    let (signature, id) = key.sign_prehash_recoverable(hash);
    let mut out = [0; 65];
    out[..64].copy_from_slice(&signature.to_bytes());
    out[64] = id.to_byte();
    (out, key.verifying_key().to_sec1_point(false).as_bytes()[1..].try_into().unwrap())
}

/// The order minus `scalar`: the other s that the same key could have made.
fn negated(scalar: &[u8]) -> [u8; 32] {
    let (mut out, mut borrow) = ([0; 32], 0i16);
    for index in (0..32).rev() {
        let difference = i16::from(ORDER[index]) - i16::from(scalar[index]) - borrow;
        borrow = i16::from(difference < 0);
        out[index] = difference.rem_euclid(256) as u8;
    }
    out
}

fn secret() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>().prop_filter("a key", |bytes| *bytes != [0; 32] && *bytes < ORDER)
}

fn scalar() -> impl Strategy<Value = [u8; 32]> {
    let order_and = |add: u8| {
        let mut near = ORDER;
        near[31] = near[31].wrapping_add(add);
        near
    };
    prop_oneof![
        4 => any::<[u8; 32]>(),
        1 => Just([0; 32]),
        1 => Just([0xff; 32]),
        1 => (0u8..4).prop_map(order_and),
        1 => (252u8..=255).prop_map(order_and),
        // The only r for which v of 2 and 3 can name a point: below the field's size minus the order.
        2 => any::<[u8; 16]>().prop_map(|low| {
            let mut small = [0; 32];
            small[16..].copy_from_slice(&low);
            small
        }),
    ]
}

proptest! {
    #[test]
    fn signer_is_recovered_with_either_s_and_either_form_of_v(secret in secret(), hash in any::<[u8; 32]>()) {
        let (signature, key) = sign(&secret, &hash);
        prop_assert_eq!(recover(&signature, &hash), Ok(key));
        let mut ethereum = signature;
        ethereum[64] += 27;
        prop_assert_eq!(recover(&ethereum, &hash), Ok(key));
        let mut high = signature;
        high[32..64].copy_from_slice(&negated(&signature[32..64]));
        high[64] ^= 1;
        prop_assert_eq!(recover(&high, &hash), Ok(key));
        prop_assert_eq!(oracle(&high, &hash), Ok(key));
        prop_assert!(verify(&signature, &hash, &compressed(&key)));
        prop_assert!(verify(&high, &hash, &compressed(&key)));
        let mut other = hash;
        other[0] ^= 1;
        prop_assert!(!verify(&signature, &other, &compressed(&key)));
        prop_assert!(!verify(&ethereum, &hash, &compressed(&key)));
        let mut other = signature;
        other[64] ^= 1;
        prop_assert!(!verify(&other, &hash, &compressed(&key)));
    }

    #[test]
    fn both_libraries_agree_on_any_input(r in scalar(), s in scalar(), v in prop_oneof![0u8..5, 25u8..33, any::<u8>()], hash in any::<[u8; 32]>()) {
        let mut signature = [0; 65];
        signature[..32].copy_from_slice(&r);
        signature[32..64].copy_from_slice(&s);
        signature[64] = v;
        prop_assert_eq!(recover(&signature, &hash), oracle(&signature, &hash));
        let plain = reduced(&signature);
        prop_assert!(plain[..32] < ORDER[..] && plain[32..64] < ORDER[..]);
        prop_assert_eq!(recover_overflowing(&signature, &hash), oracle(&plain, &hash));
    }

    #[test]
    fn both_libraries_agree_on_damaged_signatures(secret in secret(), hash in any::<[u8; 32]>(), place in 0usize..65, bit in 0u8..8) {
        let (mut signature, _) = sign(&secret, &hash);
        signature[place] ^= 1 << bit;
        prop_assert_eq!(recover(&signature, &hash), oracle(&signature, &hash));
    }

    #[test]
    fn cache_answers_like_recovery(inputs in prop::collection::vec((secret(), any::<[u8; 32]>(), any::<bool>()), 1..8)) {
        let cache = RecoverCache::with_capacity(RECOVERED_SHARDS);
        for (secret, hash, spoil) in &inputs {
            let (mut signature, _) = sign(secret, hash);
            signature[64] = if *spoil { 9 } else { signature[64] };
            prop_assert_eq!(cache.recover(&signature, hash), recover(&signature, hash));
            prop_assert_eq!(cache.recover(&signature, hash), recover(&signature, hash));
        }
    }
}

#[test]
fn errors_have_the_numbers_of_the_host_api() {
    let hash = [1; 32];
    let mut signature = [1; 65];
    signature[64] = 4;
    assert_eq!(recover(&signature, &hash), Err(RecoverError::BadV));
    signature[..32].copy_from_slice(&ORDER);
    signature[64] = 31;
    assert_eq!(recover(&signature, &hash), Err(RecoverError::BadV));
    signature[64] = 0;
    assert_eq!(recover(&signature, &hash), Err(RecoverError::BadRs));
    signature[..32].fill(0);
    assert_eq!(recover(&signature, &hash), Err(RecoverError::BadSignature));
    assert_eq!([RecoverError::BadRs as u8, RecoverError::BadV as u8, RecoverError::BadSignature as u8], [0, 1, 2]);
}

#[test]
fn cache_forgets_rather_than_grows() {
    let cache = RecoverCache::with_capacity(2 * RECOVERED_SHARDS);
    assert!(cache.is_empty());
    for number in 0..1_000u32 {
        let mut hash = [7; 32];
        hash[..4].copy_from_slice(&number.to_le_bytes());
        // v is out of range, so no time goes into recovery.
        assert_eq!(cache.recover(&[9; 65], &hash), Err(RecoverError::BadV));
    }
    assert!(cache.len() <= 2 * RECOVERED_SHARDS, "{}", cache.len());
    assert!(cache.len() > RECOVERED_SHARDS);
}
