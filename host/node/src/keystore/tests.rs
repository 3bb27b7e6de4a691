//! The definition's own vectors, there and back, and files that mean harm.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::*;

const KEY: &str = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

fn pbkdf2_vector() -> Value {
    json!({
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": {
                "c": 262144,
                "dklen": 32,
                "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
            },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3,
    })
}

fn scrypt_vector() -> Value {
    json!({
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "83dbcc02d8ccb40e466191a123791e0e" },
            "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
            "kdf": "scrypt",
            "kdfparams": {
                "dklen": 32,
                "n": 262144,
                "p": 8,
                "r": 1,
                "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
            },
            "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3,
    })
}

fn open(value: &Value, password: &str) -> Result<Key, KeystoreError> {
    Keystore::parse(value.to_string().as_bytes())?.decrypt(password)
}

#[test]
fn vectors_of_the_definition_open() {
    for vector in [pbkdf2_vector(), scrypt_vector()] {
        assert_eq!(*open(&vector, "testpassword").unwrap().to_hex(), KEY);
        assert!(matches!(open(&vector, "testpassword "), Err(KeystoreError::Password)));
    }
}

#[test]
fn written_files_open_again_and_are_the_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let key = Key::parse(KEY, &Default::default()).unwrap();
    Keystore::encrypt(&key, "pässword", Strength::Light).unwrap().write(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let read = Keystore::read(&path).unwrap();
    assert_eq!(read.account().unwrap(), Some(key.account()));
    assert_eq!(*read.decrypt("pässword").unwrap().to_hex(), KEY);
    assert!(matches!(read.decrypt("password"), Err(KeystoreError::Password)));
    let again = read.write(&path);
    assert!(matches!(again, Err(KeystoreError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists));
    let other = Keystore::encrypt(&key, "pässword", Strength::Light).unwrap();
    assert_ne!(serde_json::to_value(&other).unwrap(), serde_json::to_value(&read).unwrap(), "salt, iv and id are new");
}

#[test]
fn parameters_that_cost_too_much_or_mean_nothing_are_refused() {
    let with = |vector: Value, pointer: &str, value: Value| {
        let mut vector = vector;
        *vector.pointer_mut(pointer).unwrap() = value;
        open(&vector, "testpassword").err().unwrap().to_string()
    };
    for (pointer, value, expected) in [
        ("/version", json!(4), "version is 4, expected 3"),
        ("/crypto/cipher", json!("aes-256-gcm"), "cipher is aes-256-gcm, expected aes-128-ctr"),
        ("/crypto/kdf", json!("argon2"), "kdf is argon2, expected scrypt or pbkdf2"),
        ("/crypto/kdf", json!("pbkdf2"), "field `crypto.kdfparams.c` is missing"),
        ("/crypto/kdfparams/n", json!("x"), "field `crypto.kdfparams.n` is no whole number"),
        ("/crypto/kdfparams/p", json!(1u64 << 32), "field `crypto.kdfparams.p` is no whole number up to 4294967295"),
        ("/crypto/kdfparams", json!(3), "field `crypto.kdfparams` is no object"),
        ("/crypto/cipherparams", json!({}), "field `crypto.cipherparams.iv` is missing"),
        ("/crypto/mac", json!(5), "field `crypto.mac` is no text"),
        ("/crypto", json!({}), "field `crypto.kdf` is missing"),
        ("/version", json!("3"), "field `version` is no whole number"),
        ("/crypto/kdfparams/n", json!(1u64 << 40), "scrypt cost is n 1099511627776"),
        ("/crypto/kdfparams/n", json!(u64::MAX), "scrypt cost"),
        ("/crypto/kdfparams/n", json!(262_143), "scrypt cost"),
        ("/crypto/kdfparams/n", json!(0), "scrypt cost"),
        ("/crypto/kdfparams/r", json!(u32::MAX), "scrypt cost"),
        ("/crypto/kdfparams/r", json!(0), "scrypt cost"),
        ("/crypto/kdfparams/p", json!(1_000_000), "scrypt cost"),
        ("/crypto/kdfparams/dklen", json!(64), "dklen is 64, expected 32"),
        ("/crypto/kdfparams/salt", json!("xy"), "the salt is not hexadecimal"),
        ("/crypto/kdfparams/salt", json!("00".repeat(5_000)), "the salt is not hexadecimal, or too long"),
        ("/crypto/cipherparams/iv", json!("00"), "the iv is not 16 bytes"),
        ("/crypto/ciphertext", json!(""), "the ciphertext is not 32 bytes"),
        ("/crypto/mac", json!("0x00"), "the mac is not 32 bytes"),
    ] {
        let error = with(scrypt_vector(), pointer, value);
        assert!(error.contains(expected), "{pointer}: {error}");
    }
    let error = with(pbkdf2_vector(), "/crypto/kdfparams/c", json!(u32::MAX));
    assert!(error.contains("c is 4294967295, expected 1 to 10000000"), "{error}");
    let error = with(pbkdf2_vector(), "/crypto/kdfparams/prf", json!("hmac-sha1"));
    assert!(error.contains("prf is hmac-sha1"), "{error}");
}

#[test]
fn address_of_another_key_is_told_of() {
    let mut vector = pbkdf2_vector();
    vector["address"] = json!("f24ff3a9cf04c71dbc94d0b566f7a27b94566cac");
    let error = open(&vector, "testpassword").err().unwrap().to_string();
    assert!(
        error.contains(
            "address is 0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac, expected 0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b"
        ),
        "{error}"
    );
}

#[test]
fn other_files_are_refused() {
    for text in ["", "{}", "[]", "{\"version\": 3}", "hello"] {
        assert!(matches!(Keystore::parse(text.as_bytes()), Err(KeystoreError::Form(_))), "{text}");
    }
    assert!(matches!(Keystore::read(Path::new("/dev/zero")), Err(KeystoreError::Io(_))));
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large");
    fs::write(&large, vec![b' '; 70_000]).unwrap();
    let error = Keystore::read(&large).unwrap_err().to_string();
    assert_eq!(error, "it is longer than 65536 bytes");
}
