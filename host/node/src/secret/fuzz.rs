//! Secrets as people write them, damaged: a key that comes out is the same by its bytes, and no error repeats the secret.

use ziver_fuzz::damage::fuzz;

use super::*;

#[test]
fn secret() {
    let seeds = [
        b"0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133".to_vec(),
        b"bottom drive obey lake curtain smoke basket hold race lonely fit walk".to_vec(),
        b"bottom drive obey lake curtain smoke basket hold race lonely fit walk/m/44'/60'/0'/0/1".to_vec(),
        b"//Alith".to_vec(),
    ];
    fuzz(&seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match Key::parse(&text, &Derivation::default()) {
            Ok(key) => {
                assert_eq!(Key::from_bytes(&key.to_bytes()).unwrap().account(), key.account());
                assert_eq!(Key::parse(&key.to_hex(), &Derivation::default()).unwrap().account(), key.account());
            }
            Err(error) => {
                let error = error.to_string();
                let is_told = |word: &&str| word.len() > 8 && error.contains(*word);
                assert_eq!(text.split_whitespace().find(is_told), None, "{error}");
            }
        }
    });
}
