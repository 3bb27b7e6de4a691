//! Addresses against published ones.
use super::*;

#[test]
fn checksum_address_of_alith_is_the_published_one() {
    let alith: AccountId20 = "0xf24ff3a9cf04c71dbc94d0b566f7a27b94566cac".parse().unwrap();
    assert_eq!(alith.to_checksum_address(), "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");
}

#[test]
fn address_of_wrong_length_is_refused() {
    assert_eq!("0x00".parse::<AccountId20>(), Err(InvalidAddress));
    assert_eq!("0x".parse::<AccountId20>(), Err(InvalidAddress));
    assert!("0xzz".parse::<AccountId20>().is_err());
}

#[test]
fn type_paths_are_those_that_clients_look_for() {
    assert_eq!(AccountId20::type_info().path.segments, ["account", "AccountId20"]);
    assert_eq!(EthereumSignature::type_info().path.segments, ["account", "EthereumSignature"]);
}
