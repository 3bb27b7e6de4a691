//! Published values.
use super::*;
use hex_literal::hex;
use proptest::prelude::*;
use sha3::Digest as _;

#[test]
fn storage_prefix_of_system_account_is_the_published_one() {
    assert_eq!(twox_128(b"System"), hex!("26aa394eea5630e07c48ae0c9558cef7"));
    assert_eq!(twox_128(b"Account"), hex!("b99d880ec681799c0cf30e8886371da9"));
    assert_eq!(twox_256(b"System")[..16], twox_128(b"System"));
    assert_eq!(twox_64(b"System"), twox_128(b"System")[..8]);
}

#[test]
fn ids_of_runtime_apis_are_the_published_ones() {
    assert_eq!(blake2_64(b"Core"), hex!("df6acb689907609b"));
    assert_eq!(blake2_64(b"TransactionPaymentApi"), hex!("37c8bb1350a9a2a8"));
}

#[test]
fn keccak_of_nothing_is_ethereums() {
    assert_eq!(keccak_256(b""), hex!("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"));
}

#[test]
fn blake2_of_nothing_is_the_published_one() {
    assert_eq!(blake2_256(b""), hex!("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"));
    assert_eq!(blake2_128(b""), hex!("cae66941d9efbd404e4d88758ea67670"));
}

proptest! {
    /// The oracle is the RustCrypto crate; lengths are around those of whole blocks, too.
    #[test]
    fn keccak_is_that_of_another_crate(bytes in prop::collection::vec(any::<u8>(), 0..600), whole in 0usize..5) {
        prop_assert_eq!(keccak_256(&bytes), <[u8; 32]>::from(sha3::Keccak256::digest(&bytes)));
        let blocks = vec![bytes.first().copied().unwrap_or_default(); whole * 136];
        prop_assert_eq!(keccak_256(&blocks), <[u8; 32]>::from(sha3::Keccak256::digest(&blocks)));
    }
}
