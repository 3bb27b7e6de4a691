use super::*;
use hex_literal::hex;

/// Made by `@polkadot/util-crypto`.
const SIGNATURE: [u8; 64] = hex!(
    "ce41de1855c16364e7b31e19e4baa7649dcd135fe8de6fc665b39d6054eb72473362b0b7085e879a10ece4650ebb174de21bb8b560b2ac8c9a94cbacc8e5c889"
);
const KEY: [u8; 32] = hex!("7c0f469d3bd340bae718203fa30ca071a5e37c751e891dbded837b213d45d91d");

#[test]
fn signature_of_another_library_is_right_for_its_message_and_key_alone() {
    assert!(verify(&SIGNATURE, b"a message", &KEY));
    assert!(!verify(&SIGNATURE, b"another message", &KEY));
    assert!(!verify(&SIGNATURE, b"a message", &[1; 32]));
    assert!(!verify(&[0xff; 64], b"a message", &KEY));
}
