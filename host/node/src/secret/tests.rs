//! Known answers of other wallets, and texts that are no secrets.

use super::*;

const JUNK: &str = "test test test test test test test test test test test junk";
const DEVELOPMENT: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

fn account(text: &str) -> String {
    Key::parse(text, &Derivation::default()).unwrap().account().to_string()
}

#[test]
fn phrases_give_the_accounts_that_other_wallets_show() {
    assert_eq!(account(JUNK), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    assert_eq!(account(&format!("{JUNK}/m/44'/60'/0'/0/1")), "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    assert_eq!(account(DEVELOPMENT), "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");
    assert_eq!(account(&format!("{DEVELOPMENT}/m/44'/60'/0'/0/1")), "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0");
    let key = Key::parse(DEVELOPMENT, &Derivation::default()).unwrap();
    assert_eq!(*key.to_hex(), "0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133");
    let first = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    assert_eq!(*Key::parse(JUNK, &Derivation::default()).unwrap().to_hex(), first);
}

#[test]
fn seed_is_that_of_bip_39() {
    // From the specification's test vectors.
    let phrase =
        mnemonic("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about");
    let seed = hex::encode(phrase.unwrap().to_seed("TREZOR"));
    assert!(seed.starts_with("c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"), "{seed}");
}

#[test]
fn development_accounts_are_the_phrases_first_six() {
    for (index, account) in DevelopmentAccount::ALL.into_iter().enumerate() {
        let derivation =
            Derivation { path: bip44(60, u32::try_from(index).unwrap()).unwrap(), ..Derivation::default() };
        let key = Key::parse(DEVELOPMENT, &derivation).unwrap();
        assert_eq!(key.account(), account.account());
        assert_eq!(key.signer().unwrap().account(), key.account());
        for name in [format!("//{account:?}"), format!("{account:?}").to_lowercase()] {
            assert_eq!(Key::parse(&name, &derivation).unwrap().account(), account.account());
        }
    }
}

#[test]
fn passphrase_coin_type_and_index_change_the_key() {
    let with = |path: &str, passphrase: &str| {
        let derivation = Derivation { path: super::path(path).unwrap(), passphrase: passphrase.to_owned().into() };
        Key::parse(JUNK, &derivation).unwrap().account()
    };
    let all = [
        with("m/44'/60'/0'/0/0", ""),
        with("m/44'/60'/0'/0/0", "x"),
        with("m/44'/806'/0'/0/0", ""),
        with("m/44'/60'/0'/0/1", ""),
        with("m", ""),
    ];
    assert_eq!(std::collections::BTreeSet::from(all).len(), all.len());
    assert_eq!(bip44(806, 0).unwrap().to_string(), "m/44'/806'/0'/0/0");
}

#[test]
fn generated_phrases_have_their_words_and_differ() {
    for words in [12, 24] {
        let (one, other) = (generate(words).unwrap(), generate(words).unwrap());
        assert_eq!(one.to_string().split(' ').count(), words);
        assert_ne!(one.to_string(), other.to_string());
        assert!(mnemonic(&one.to_string()).is_ok());
    }
}

#[test]
fn texts_that_are_no_secrets_are_refused_without_repeating_them() {
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    for (text, expected) in [
        ("", SecretError::Form),
        ("0x12", SecretError::Form),
        ("Zoe", SecretError::Form),
        ("test test", SecretError::Phrase("it has not 12, 15, 18, 21 or 24 words")),
        (
            &JUNK.replace("junk", "test"),
            SecretError::Phrase("its checksum does not fit: a word is another, or misplaced"),
        ),
        (&JUNK.replace("junk", "jumk"), SecretError::Word(12)),
        (&format!("{JUNK}/44"), SecretError::Path),
        (&format!("{JUNK}/m/x"), SecretError::Path),
        (&format!("{JUNK}/m{}", "/0".repeat(17)), SecretError::Path),
        (&"0".repeat(64), SecretError::Key),
        (order, SecretError::Key),
    ] {
        let error = Key::parse(text, &Derivation::default()).err();
        assert_eq!(error, Some(expected), "{text}");
    }
}

#[test]
fn phrase_may_be_written_in_any_case_and_with_any_space() {
    assert_eq!(account(&JUNK.replace(' ', "\n ").to_uppercase()), account(JUNK));
}

#[test]
fn path_with_a_number_too_large_is_an_error_and_not_the_master_key() {
    assert_eq!(bip44(60, PATH_NUMBERS - 1).unwrap().to_string(), "m/44'/60'/0'/0/2147483647");
    assert_eq!(bip44(60, PATH_NUMBERS), Err(SecretError::Path));
    assert_eq!(bip44(PATH_NUMBERS, 0), Err(SecretError::Path));
}
