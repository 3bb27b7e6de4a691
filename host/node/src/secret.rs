//! Secrets as people write them, and the keys they stand for.
//!
//! ```text
//! 0x5fb9...2133                                   a secp256k1 key
//! bottom drive obey ... fit walk                  a phrase of BIP-39; its key is at the derivation's path (BIP-32, BIP-44)
//! bottom drive obey ... fit walk/m/44'/60'/0'/0/1 the same with a path of its own
//! //Alith                                         a development account, whose key everybody knows
//! ```
//!
//! Errors never repeat what was written. What is held here is wiped from memory when it goes.
//!
//! Out of scope: key files ([`crate::keystore`]), where a secret is read from ([`crate::commands`]).

use bip32::{ChildNumber, DerivationPath, XPrv};
use bip39::{Language, Mnemonic};
use k256::ecdsa::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;
use ziver_primitives::{
    AccountId20,
    transaction::{DevelopmentAccount, SecretKey},
};

/// Coin type of Ethereum: what wallets use for every chain with its addresses.
pub const COIN_TYPE: u32 = 60;
/// The phrase of the development accounts; everybody knows it.
const DEVELOPMENT_PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
/// Numbers of a derivation path are below this.
pub const PATH_NUMBERS: u32 = 1 << 31;
/// Deepest derivation path: no wallet goes further.
const PATH_DEPTH_MAX: usize = 16;

/// Why a text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// None of the forms.
    #[error(
        "the secret is neither 64 hexadecimal digits, nor a phrase of 12 to 24 words, nor a development account's name"
    )]
    Form,
    /// The words are no phrase.
    #[error("the phrase is wrong: {0}")]
    Phrase(&'static str),
    /// A word that no phrase has; words count from 1.
    #[error("the phrase is wrong: word {0} is not in BIP-39's English list")]
    Word(usize),
    /// Zero, or not below the curve's order.
    #[error("these 32 bytes are no key of the curve secp256k1")]
    Key,
    /// Not a BIP-32 path.
    #[error("the derivation path is not of the form m/44'/60'/0'/0/0")]
    Path,
}

/// How a key follows from a phrase.
pub struct Derivation {
    /// The path, unless the secret brings its own.
    pub path: DerivationPath,
    /// BIP-39's passphrase, the "25th word"; usually empty.
    pub passphrase: Zeroizing<String>,
}

impl Default for Derivation {
    fn default() -> Self {
        let path = bip44(COIN_TYPE, 0).expect("60 and 0 are below 2^31");
        Self { path, passphrase: Zeroizing::default() }
    }
}

/// BIP-44's path of an account as Ethereum's wallets use it: `m/44'/coin'/0'/0/index`. Both numbers are below 2^31. An empty
/// path would be the master key's, so there is none for others.
pub fn bip44(coin_type: u32, index: u32) -> Result<DerivationPath, SecretError> {
    let number = |number, hardened| ChildNumber::new(number, hardened).map_err(|_| SecretError::Path);
    let mut path = DerivationPath::default();
    path.extend([number(44, true)?, number(coin_type, true)?, number(0, true)?, number(0, false)?]);
    path.push(number(index, false)?);
    Ok(path)
}

/// Parses a derivation path.
pub fn path(text: &str) -> Result<DerivationPath, SecretError> {
    let path: DerivationPath = text.parse().map_err(|_| SecretError::Path)?;
    if path.len() > PATH_DEPTH_MAX { Err(SecretError::Path) } else { Ok(path) }
}

/// A key and what is public of it.
#[derive(Clone)]
pub struct Key(SigningKey);

impl Key {
    /// From its 32 bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SecretError> {
        SigningKey::from_slice(bytes).map(Self).map_err(|_| SecretError::Key)
    }

    /// From any form of secret.
    pub fn parse(text: &str, derivation: &Derivation) -> Result<Self, SecretError> {
        let text = text.trim();
        if let Some(account) = development_account(text) {
            return Self::development(account);
        }
        if let Some(bytes) = key_bytes(text) {
            return Self::from_bytes(&bytes);
        }
        match text.split_once('/') {
            Some((phrase, own)) => Self::derive(&mnemonic(phrase)?, &path(own)?, &derivation.passphrase),
            None => Self::derive(&mnemonic(text)?, &derivation.path, &derivation.passphrase),
        }
    }

    /// The key of a phrase at a path.
    pub fn derive(phrase: &Mnemonic, path: &DerivationPath, passphrase: &str) -> Result<Self, SecretError> {
        let seed = Zeroizing::new(phrase.to_seed(passphrase));
        let key = XPrv::derive_from_path(&*seed, path).map_err(|_| SecretError::Path)?;
        Ok(Self(key.private_key().clone()))
    }

    fn development(account: DevelopmentAccount) -> Result<Self, SecretError> {
        let index = DevelopmentAccount::ALL.iter().zip(0..).find(|(other, _)| **other == account);
        let path = bip44(COIN_TYPE, index.map_or(0, |(_, index)| index))?;
        Self::derive(&mnemonic(DEVELOPMENT_PHRASE)?, &path, "")
    }

    /// Its 32 bytes.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// As hexadecimal digits after `0x`.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("0x{}", *Zeroizing::new(hex::encode(*self.to_bytes()))))
    }

    /// The public key, compressed: 33 bytes.
    pub fn public_key(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(true).as_bytes().to_vec()
    }

    /// For signing transactions.
    pub fn signer(&self) -> Result<SecretKey, SecretError> {
        SecretKey::from_bytes(&self.to_bytes()).ok_or(SecretError::Key)
    }

    /// The account that it controls.
    pub fn account(&self) -> AccountId20 {
        account_of(self.0.verifying_key())
    }
}

/// The account of a public key.
pub fn account_of(key: &VerifyingKey) -> AccountId20 {
    let point = key.to_sec1_point(false);
    let uncompressed = point.as_bytes().get(1..).and_then(|bytes| <&[u8; 64]>::try_from(bytes).ok());
    uncompressed.map(AccountId20::from_public_key).unwrap_or_default()
}

/// A development account by its name, with or without the slashes of Substrate's URIs.
pub fn development_account(text: &str) -> Option<DevelopmentAccount> {
    let name = text.strip_prefix("//").unwrap_or(text);
    DevelopmentAccount::ALL.into_iter().find(|account| format!("{account:?}").eq_ignore_ascii_case(name))
}

/// Words of the English list, in any case, with any space between them.
pub fn mnemonic(text: &str) -> Result<Mnemonic, SecretError> {
    let lower = Zeroizing::new(text.to_lowercase());
    let words = lower.split_whitespace().count();
    if words < 2 {
        return Err(SecretError::Form);
    }
    Mnemonic::parse_in(Language::English, lower.as_str()).map_err(|error| match error {
        bip39::Error::BadWordCount(_) => SecretError::Phrase("it has not 12, 15, 18, 21 or 24 words"),
        bip39::Error::UnknownWord(index) => SecretError::Word(index + 1),
        bip39::Error::InvalidChecksum => {
            SecretError::Phrase("its checksum does not fit: a word is another, or misplaced")
        }
        _ => SecretError::Phrase("it can't be read"),
    })
}

/// A new phrase of 12 or 24 words.
pub fn generate(words: usize) -> Result<Mnemonic, getrandom::Error> {
    let mut entropy = Zeroizing::new([0; 32]);
    let wanted = &mut entropy[..words / 3 * 4];
    getrandom::fill(wanted)?;
    Ok(Mnemonic::from_entropy_in(Language::English, wanted).expect("16 and 32 bytes make a phrase"))
}

fn key_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut *bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
