//! Key files, damaged: what is read can be written again, and what costs little can be opened or says why not.

use ziver_fuzz::damage::fuzz;

use super::*;

/// Work that a run may spend: the vectors of the definition take a thousand times more.
const ROUNDS_MAX: u64 = 1 << 10;

fn is_cheap(params: &KdfParams) -> bool {
    match params {
        KdfParams::Scrypt { n, r, p, .. } => {
            n.saturating_mul(u64::from(*r)).saturating_mul(u64::from(*p)) <= ROUNDS_MAX
        }
        KdfParams::Pbkdf2 { c, .. } => u64::from(*c) <= ROUNDS_MAX,
    }
}

/// A key file that is cheap to open.
fn seed(kdf: &str, kdfparams: KdfParams) -> Vec<u8> {
    let key = Key::from_bytes(&[7; 32]).unwrap();
    let derived = kdfparams.derive(kdf, "secret").unwrap();
    let mut text = key.to_bytes();
    apply(&derived, &[3; 16], &mut *text);
    let crypto = Crypto {
        cipher: "aes-128-ctr".to_owned(),
        cipherparams: CipherParams { iv: hex::encode([3; 16]) },
        ciphertext: hex::encode(*text),
        kdf: kdf.to_owned(),
        kdfparams,
        mac: hex::encode(mac(&derived, &*text)),
    };
    let address = Some(hex::encode(key.account().0));
    serde_json::to_vec(&Keystore { version: 3, id: None, address, crypto }).unwrap()
}

#[test]
fn key_file() {
    let scrypt = KdfParams::Scrypt { dklen: 32, n: 4, r: 8, p: 1, salt: hex::encode([5; 32]) };
    let prf = "hmac-sha256".to_owned();
    let pbkdf2 = KdfParams::Pbkdf2 { dklen: 32, c: 2, prf, salt: hex::encode([6; 32]) };
    let seeds = [seed("scrypt", scrypt), seed("pbkdf2", pbkdf2)];
    for seed in &seeds {
        let opened = Keystore::parse(seed).unwrap().decrypt("secret").unwrap();
        assert_eq!(*opened.to_bytes(), [7; 32]);
    }
    fuzz(&seeds, |bytes| {
        let Ok(store) = Keystore::parse(bytes) else { return };
        let text = serde_json::to_vec(&store).unwrap();
        let again = Keystore::parse(&text).unwrap();
        assert_eq!(serde_json::to_vec(&again).unwrap(), text);
        if is_cheap(&store.crypto.kdfparams) {
            match (store.decrypt("secret"), store.account()) {
                (Ok(key), Ok(Some(account))) => assert_eq!(key.account(), account),
                (Ok(_), Ok(None)) => {}
                (Ok(_), Err(error)) => panic!("opened in spite of {error}"),
                (Err(error), _) => assert!(!error.to_string().is_empty()),
            }
            assert!(store.decrypt("other").is_err());
        }
    });
}
