//! Hashes and signatures, against published values.

use hex_literal::hex;
use k256::ecdsa::SigningKey;
use ziver_contracts::{Error, prices};
use ziver_primitives::{AccountId20, hashing::keccak_256};

use crate::{
    puppet::{self, OUT, Script, log},
    world::World,
};

/// The well-known development key of Alith, and her address.
const KEY: [u8; 32] = hex!("5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133");
const ADDRESS: [u8; 20] = hex!("f24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");

fn world() -> (World, AccountId20) {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    (world, puppet)
}

fn hash(world: &mut World, puppet: &AccountId20, module: &str, name: &str, input: &[u8], len: u32) -> Vec<u8> {
    let mut script = Script::new();
    let data = script.data(input);
    let args = [data, (input.len() as u32).into(), OUT.into()];
    world.answer(puppet, script.import(module, name, &args).give(0, OUT, len))
}

#[test]
fn hashes_are_the_published_ones() {
    let (mut world, puppet) = world();
    let mut of = |module, name, input: &[u8], len| hash(&mut world, &puppet, module, name, input, len);
    // FIPS 180-4, FIPS 202, RFC 7693, the Keccak team's vectors: "abc" and nothing.
    let sha2 = hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(of("seal0", "hash_sha2_256", b"abc", 32), sha2);
    let keccak = hex!("4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    assert_eq!(of("seal0", "hash_keccak_256", b"abc", 32), keccak);
    let sha3 = hex!("3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    assert_eq!(of("zx", "hash_sha3_256", b"abc", 32), sha3);
    let blake2 = hex!("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    assert_eq!(of("seal0", "hash_blake2_256", b"abc", 32), blake2);
    let blake2_128 = hex!("cf4ab791c62b8d2b2109c90275287816");
    assert_eq!(of("seal0", "hash_blake2_128", b"abc", 16), blake2_128);
    let nothing = hex!("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assert_eq!(of("seal0", "hash_keccak_256", b"", 32), nothing);
}

#[test]
fn hashing_costs_by_the_byte_and_is_bounded() {
    let (mut world, puppet) = world();
    let hash = |len: u32| Script::new().import("seal0", "hash_sha2_256", &[0u32.into(), len.into(), OUT.into()]);
    let mut gas = |len| world.call(&puppet, 0, hash(len)).ok().gas_used();
    let more = prices::hash(100_000, prices::HASH_BYTE) - prices::hash(0, prices::HASH_BYTE);
    assert_eq!(gas(100_000) - gas(0), more + 25_000);
    assert!((399_000..=400_000).contains(&more), "about four a byte: {more}");
    // A hash of nothing takes as long as one of a block.
    assert_eq!(gas(132) - gas(0), 33);
    assert_eq!(gas(136) - gas(132), 1 + 136 * prices::HASH_BYTE);
    world.fails(&puppet, hash(puppet::MEMORY_BYTES + 1), Error::OutOfBounds);
    world.fails(&puppet, hash((1 << 20) + 1), Error::ValueTooLarge);
}

fn sign(message: &[u8]) -> ([u8; 65], [u8; 32]) {
    let hash = keccak_256(message);
    let (signature, id) = SigningKey::from_slice(&KEY).unwrap().sign_prehash_recoverable(&hash);
    let mut out = [0; 65];
    out[..64].copy_from_slice(&signature.to_bytes());
    out[64] = id.to_byte();
    (out, hash)
}

fn recover(signature: &[u8; 65], hash: &[u8; 32]) -> Script {
    let mut script = Script::new();
    let (signature, hash) = (script.data(signature), script.data(hash));
    script.import("seal0", "ecdsa_recover", &[signature, hash, OUT.into()])
}

#[test]
fn signer_is_recovered_and_has_the_right_address() {
    let (mut world, puppet) = world();
    let compressed = SigningKey::from_slice(&KEY).unwrap().verifying_key().to_sec1_point(true);
    for message in [&b"hello"[..], b"world", b"", b"!"] {
        let (mut signature, hash) = sign(message);
        for more in [0, 27] {
            signature[64] += more;
            assert_eq!(log(&world.answer(&puppet, recover(&signature, &hash))), [0]);
            let script = recover(&signature, &hash);
            assert_eq!(world.answer(&puppet, script.clone().give(0, OUT, 33)), compressed.as_bytes());
            let address = script.import("seal0", "ecdsa_to_eth_address", &[OUT.into(), (OUT + 64).into()]);
            assert_eq!(world.answer(&puppet, address.give(0, OUT + 64, 20)), ADDRESS);
        }
    }
}

#[test]
fn signatures_that_nobody_made_are_refused() {
    let (mut world, puppet) = world();
    let (good, hash) = sign(b"hello");
    let mut bad = [good; 4];
    bad[0][64] = 2;
    bad[1][..32].fill(0);
    bad[2][32..64].fill(0xff);
    bad[3][64] = 255;
    for signature in bad {
        assert_eq!(log(&world.answer(&puppet, recover(&signature, &hash))), [11]);
    }
    // A changed hash gives another key, not a failure.
    assert_eq!(log(&world.answer(&puppet, recover(&good, &[1; 32]))), [0]);
    assert_ne!(
        world.answer(&puppet, recover(&good, &[1; 32]).give(0, OUT, 33))[1..],
        world.answer(&puppet, recover(&good, &hash).give(0, OUT, 33))[1..]
    );
}

#[test]
fn keys_that_are_no_points_have_no_address() {
    let (mut world, puppet) = world();
    let mut keys = [[0; 33], [2; 33], [3; 33], [0xff; 33]];
    // There is no point of the curve with x = 5.
    keys[1][1..].fill(0);
    keys[1][32] = 5;
    keys[2][1..].fill(0xff);
    for key in keys {
        let mut script = Script::new();
        let at = script.data(&key);
        let script = script.import("seal0", "ecdsa_to_eth_address", &[at, OUT.into()]);
        assert_eq!(log(&world.answer(&puppet, script)), [11], "{key:?}");
    }
}
