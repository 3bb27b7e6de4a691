//! The runtime's answers in their JSON forms.

use super::*;
use codec::Encode;

#[test]
fn length_must_fit_the_prefix() {
    assert_eq!(length_prefixed(&[8, 4, 0]), Ok(3));
    for wrong in [&[][..], &[8, 4], &[8, 4, 0, 0], &[3], &[0xff; 9]] {
        assert!(length_prefixed(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn info_has_the_legacy_shape() {
    let answer = (Compact(5u64), Compact(6u64), 0u8, 1_000_000_000_000_000_000_000u128).encode();
    let expected = json!({
        "weight": { "ref_time": 5, "proof_size": 6 }, "class": "normal", "partialFee": "1000000000000000000000",
    });
    assert_eq!(info(&mut &*answer), Ok(expected));
    assert!(info(&mut &answer[..answer.len() - 1]).is_err());
}

#[test]
fn details_have_the_legacy_shape() {
    let answer = Some((1u128, 2u128, 255u128)).encode();
    let expected = json!({ "inclusionFee": { "baseFee": "0x1", "lenFee": "0x2", "adjustedWeightFee": "0xff" } });
    assert_eq!(details(&mut &*answer), Ok(expected));
    let unpaid = None::<(Balance, Balance, Balance)>.encode();
    assert_eq!(details(&mut &*unpaid), Ok(json!({ "inclusionFee": null })));
}
