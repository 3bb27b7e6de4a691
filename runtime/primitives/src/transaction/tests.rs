//! Byte-exact against transactions that two clients made.
use super::*;
use serde_json::Value;

const VECTORS: &str = include_str!("extrinsics-v4.json");

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().trim_start_matches("0x")).unwrap()
}

fn hash(value: &Value) -> Hash {
    Hash::from_slice(&bytes(value))
}

#[test]
fn transactions_equal_those_of_clients() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let inputs = &file["inputs"];
    let number = |name: &str| u32::try_from(inputs[name].as_u64().unwrap()).unwrap();
    let vectors = file["vectors"].as_object().unwrap();
    assert!(!vectors.is_empty());
    for (name, vector) in vectors {
        let era = &inputs["era"];
        let immortal = vector["era"] == "0x00";
        let transaction = UnsignedTransaction {
            call: bytes(&vector["call"]),
            era: match immortal {
                true => Era::Immortal,
                false => Era::mortal(era["period"].as_u64().unwrap(), era["current"].as_u64().unwrap()),
            },
            nonce: number("nonce"),
            tip: inputs["tip"].as_str().unwrap().parse().unwrap(),
            spec_version: number("spec"),
            transaction_version: number("txVersion"),
            genesis_hash: hash(&inputs["genesis"]),
            birth_hash: hash(if immortal { &inputs["genesis"] } else { &inputs["birth"] }),
        };
        assert_eq!(transaction.era.encode(), bytes(&vector["era"]), "{name}");
        assert_eq!(keccak_256(&transaction.payload()).to_vec(), bytes(&vector["keccakOfSigned"]), "{name}");
        let key = DevelopmentAccount::Alith.key();
        assert_eq!(key.account(), vector["signer"].as_str().unwrap().parse().unwrap(), "{name}");
        let extrinsic = transaction.sign(&key);
        assert_eq!(hex::encode(extrinsic.encode()), hex::encode(bytes(&vector["extrinsic"])), "{name}");
        assert_eq!(extrinsic.hash(), hash(&vector["extrinsicHashBlake2"]), "{name}");
    }
}

#[test]
fn development_accounts_are_the_published_ones() {
    let addresses = DevelopmentAccount::ALL.map(|account| account.account().to_checksum_address());
    assert_eq!(
        addresses,
        [
            "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac",
            "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0",
            "0x798d4Ba9baf0064Ec19eB4F0a1a45785ae9D6DFc",
            "0x773539d4Ac0e786233D90A233654ccEE26a613D9",
            "0xFf64d3F6efE2317EE2807d223a0Bdc4c0c49dfDB",
            "0xC0F0f4ab324C46e55D02D0033343B4Be8A55532d",
        ]
    );
}

#[test]
fn keys_out_of_range_are_refused() {
    assert!(SecretKey::from_bytes(&[0; 32]).is_none());
    assert!(SecretKey::from_bytes(&[0xff; 32]).is_none());
}
