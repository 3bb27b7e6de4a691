//! Keys and values of storage.

use codec::Encode;
use serde_json::json;
use ziver_metadata::EncodeError;
use ziver_primitives::{hashing::blake2_128, storage_keys::item_prefix};

use crate::runtime::{all, metadata};

const ACCOUNT: [u8; 20] = [9; 20];

fn account_key() -> Vec<u8> {
    [item_prefix("System", "Account"), blake2_128(&ACCOUNT).to_vec(), ACCOUNT.to_vec()].concat()
}

#[test]
fn key_of_an_account_is_the_runtimes_and_is_read_back() {
    let account = json!(format!("0x{}", hex::encode(ACCOUNT)));
    let value = (3u32, [1u32, 2, 0], [10u128, 20, 30, 40]).encode();
    for metadata in all() {
        assert_eq!(metadata.storage_key("System", "Account", std::slice::from_ref(&account)), Ok(account_key()));
        let entry = metadata.decode_storage("System", "Account", &account_key(), &value).unwrap();
        assert_eq!(entry.keys, std::slice::from_ref(&account));
        assert_eq!((&entry.value["nonce"], &entry.value["data"]["free"]), (&json!(3), &json!("10")));
        assert_eq!(metadata.storage_of_key(&account_key()), Some(("System", "Account")));
    }
}

#[test]
fn fewer_keys_make_a_prefix_and_more_an_error() {
    let metadata = metadata();
    assert_eq!(metadata.storage_key("System", "Account", &[]), Ok(item_prefix("System", "Account")));
    let two = [json!("0x"), json!(1)];
    assert!(matches!(metadata.storage_key("System", "Account", &two), Err(EncodeError::Surplus { .. })));
    let wrong = metadata.storage_key("System", "Account", &[json!(7)]).unwrap_err().to_string();
    assert_eq!(wrong, "argument `key 0`: [u8; 20] expected, 7 found");
    let unknown = metadata.storage_key("System", "Accounts", &[]).unwrap_err().to_string();
    assert!(unknown.starts_with("the runtime has no storage item `System.Accounts`; it has: Account, "), "{unknown}");
}

#[test]
fn defaults_are_told_where_absence_means_one() {
    for metadata in all() {
        let default = metadata.storage_default("System", "Account").unwrap().unwrap();
        assert_eq!(default["data"]["free"], "0");
        assert_eq!(metadata.storage_default("System", "LastRuntimeUpgrade"), Ok(None));
        assert!(metadata.storage_default("System", "Nothing").is_err());
    }
}

#[test]
fn every_default_can_be_read_and_written_again() {
    for metadata in all() {
        for pallet in metadata.pallets() {
            for item in pallet.storage.iter().filter(|item| item.has_default) {
                let value = metadata.storage_default(&pallet.name, &item.name).unwrap().unwrap();
                assert_eq!(metadata.encode_value(item.value_id, &value).as_ref(), Ok(&item.default), "{}", item.name);
            }
            for constant in &pallet.constants {
                let value = metadata.constant(&pallet.name, &constant.name).unwrap();
                assert_eq!(metadata.encode_value(constant.type_id, &value).as_ref(), Ok(&constant.value));
            }
        }
    }
}

#[test]
fn keys_of_other_items_are_refused() {
    let metadata = metadata();
    assert!(metadata.decode_storage_key("System", "Number", &account_key()).is_err());
    assert!(metadata.decode_storage_key("System", "Account", &account_key()[..40]).is_err());
    assert!(metadata.decode_storage_value("System", "Number", &[1, 2]).is_err());
    assert_eq!(metadata.storage_of_key(b":code"), None);
}
