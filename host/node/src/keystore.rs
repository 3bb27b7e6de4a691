//! Key files: version 3 of the Web3 Secret Storage Definition, which every Ethereum wallet reads.
//!
//! A password becomes 32 bytes by scrypt or PBKDF2; the first 16 encrypt the key (AES-128, counter mode), the others make the
//! MAC (keccak-256) that tells whether the password is right. <https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage>
//!
//! A file may be anybody's: what its parameters cost is bounded before it is spent.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use aes::cipher::{KeyIvInit, StreamCipher};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::Sha256;
use uuid::Builder;
use zeroize::Zeroizing;
use ziver_primitives::{AccountId20, hashing::keccak_256};

use crate::{
    files,
    limits::KEY_FILE_BYTES_MAX,
    secret::{Key, SecretError},
};

/// Memory that scrypt may take, in bytes; the usual parameters take 256 MiB.
const SCRYPT_BYTES_MAX: u64 = 1 << 30;
/// Most passes of scrypt: memory times `p` is its time.
const SCRYPT_P_MAX: u32 = 16;
/// Most rounds of PBKDF2; usual are 262144.
const PBKDF2_ROUNDS_MAX: u32 = 10_000_000;
/// Longest salt.
const SALT_BYTES_MAX: usize = 1 << 10;

/// Why a key file gives no key.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// It can't be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("not a key file: {0}")]
    Form(String),
    /// It may be right, but this program does not open it.
    #[error("the key file's {what} is {found}, expected {expected}")]
    Unsupported {
        /// Which field.
        what: &'static str,
        /// What it says.
        found: String,
        /// What can be.
        expected: String,
    },
    /// The password is another, or the file is damaged.
    #[error("wrong password, or a damaged key file")]
    Password,
    /// What came out is no key.
    #[error(transparent)]
    Key(#[from] SecretError),
    /// The system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A key file's content.
#[derive(Clone, Debug, Serialize)]
pub struct Keystore {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    crypto: Crypto,
}

#[derive(Clone, Debug, Serialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    kdf: String,
    kdfparams: KdfParams,
    mac: String,
}

#[derive(Clone, Debug, Serialize)]
struct CipherParams {
    iv: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum KdfParams {
    Scrypt { dklen: u32, n: u64, r: u32, p: u32, salt: String },
    Pbkdf2 { dklen: u32, c: u32, prf: String, salt: String },
}

/// What opening a key file costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// scrypt with n = 2^18: 256 MiB, about a second.
    Standard,
    /// scrypt with n = 2^12: for keys that guard nothing.
    Light,
}

impl Keystore {
    /// Encrypts a key.
    pub fn encrypt(key: &Key, password: &str, strength: Strength) -> Result<Self, KeystoreError> {
        let (mut salt, mut iv, mut id) = ([0; 32], [0; 16], [0; 16]);
        for bytes in [&mut salt[..], &mut iv, &mut id] {
            getrandom::fill(bytes)?;
        }
        let n = match strength {
            Strength::Standard => 1 << 18,
            Strength::Light => 1 << 12,
        };
        let kdfparams = KdfParams::Scrypt { dklen: 32, n, r: 8, p: 1, salt: hex::encode(salt) };
        let derived = kdfparams.derive("scrypt", password)?;
        let mut text = key.to_bytes();
        apply(&derived, &iv, &mut *text);
        let crypto = Crypto {
            cipher: "aes-128-ctr".to_owned(),
            cipherparams: CipherParams { iv: hex::encode(iv) },
            ciphertext: hex::encode(*text),
            kdf: "scrypt".to_owned(),
            kdfparams,
            mac: hex::encode(mac(&derived, &*text)),
        };
        Ok(Self {
            version: 3,
            id: Some(Builder::from_random_bytes(id).into_uuid().to_string()),
            address: Some(hex::encode(key.account().0)),
            crypto,
        })
    }

    /// Decrypts the key.
    pub fn decrypt(&self, password: &str) -> Result<Key, KeystoreError> {
        let Crypto { cipher, cipherparams, ciphertext, kdf, kdfparams, mac: told } = &self.crypto;
        if cipher != "aes-128-ctr" {
            return Err(unsupported("cipher", cipher, "aes-128-ctr"));
        }
        let iv: [u8; 16] = digits("iv", &cipherparams.iv)?;
        let mut text: Zeroizing<[u8; 32]> = Zeroizing::new(digits("ciphertext", ciphertext)?);
        let told: [u8; 32] = digits("mac", told)?;
        let derived = kdfparams.derive(kdf, password)?;
        if mac(&derived, &*text) != told {
            return Err(KeystoreError::Password);
        }
        apply(&derived, &iv, &mut *text);
        let key = Key::from_bytes(&text)?;
        match self.account()? {
            Some(account) if account != key.account() => {
                Err(unsupported("address", &account.to_string(), &format!("{}, the key's", key.account())))
            }
            _ => Ok(key),
        }
    }

    /// The account that the file names; without a password nobody knows whether that is so.
    pub fn account(&self) -> Result<Option<AccountId20>, KeystoreError> {
        let parse = |text: &String| text.parse().map_err(|_| KeystoreError::Form("the address is none".to_owned()));
        self.address.as_ref().map(parse).transpose()
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, KeystoreError> {
        Self::parse(&files::read(path, KEY_FILE_BYTES_MAX)?)
    }

    fn parse(text: &[u8]) -> Result<Self, KeystoreError> {
        let all: Value = serde_json::from_slice(text).map_err(|error| KeystoreError::Form(error.to_string()))?;
        let all = Fields::new("", &all)?;
        match all.number("version")? {
            3 => {}
            version => return Err(unsupported("version", &version.to_string(), "3")),
        }
        // Some wallets write it so.
        let crypto = if all.has("Crypto") && !all.has("crypto") { "Crypto" } else { "crypto" };
        Ok(Self {
            version: 3,
            id: all.optional_text("id")?,
            address: all.optional_text("address")?,
            crypto: Crypto::read(&all.object(crypto)?)?,
        })
    }

    /// Writes a new file that its owner alone may read.
    pub fn write(&self, path: &Path) -> Result<(), KeystoreError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| KeystoreError::Form(error.to_string()))?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let written =
            file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all());
        if written.is_err() {
            // Half a key file is none. That it can't be removed either is the lesser trouble.
            let _ = fs::remove_file(path);
        }
        Ok(written?)
    }
}

impl Crypto {
    fn read(fields: &Fields<'_>) -> Result<Self, KeystoreError> {
        let kdf = fields.text("kdf")?;
        Ok(Self {
            cipher: fields.text("cipher")?,
            cipherparams: CipherParams { iv: fields.object("cipherparams")?.text("iv")? },
            ciphertext: fields.text("ciphertext")?,
            kdfparams: KdfParams::read(&kdf, &fields.object("kdfparams")?)?,
            kdf,
            mac: fields.text("mac")?,
        })
    }
}

/// The fields of an object in a key file; each error names the field.
struct Fields<'a> {
    /// Name of the object and a dot; empty for the file itself.
    prefix: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn new(name: &str, value: &'a Value) -> Result<Self, KeystoreError> {
        let what = if name.is_empty() { "it".to_owned() } else { format!("field `{name}`") };
        let fields = value.as_object().ok_or_else(|| KeystoreError::Form(format!("{what} is no object")))?;
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        Ok(Self { prefix, fields })
    }

    fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    fn field(&self, name: &str) -> Result<&'a Value, KeystoreError> {
        let missing = || KeystoreError::Form(format!("field `{}{name}` is missing", self.prefix));
        self.fields.get(name).ok_or_else(missing)
    }

    fn wrong(&self, name: &str, expected: &str) -> KeystoreError {
        KeystoreError::Form(format!("field `{}{name}` is no {expected}", self.prefix))
    }

    fn object(&self, name: &str) -> Result<Self, KeystoreError> {
        Self::new(&format!("{}{name}", self.prefix), self.field(name)?)
    }

    fn text(&self, name: &str) -> Result<String, KeystoreError> {
        self.field(name)?.as_str().map(str::to_owned).ok_or_else(|| self.wrong(name, "text"))
    }

    fn optional_text(&self, name: &str) -> Result<Option<String>, KeystoreError> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    fn number(&self, name: &str) -> Result<u64, KeystoreError> {
        self.field(name)?.as_u64().ok_or_else(|| self.wrong(name, "whole number"))
    }

    fn small_number(&self, name: &str) -> Result<u32, KeystoreError> {
        let wrong = || self.wrong(name, &format!("whole number up to {}", u32::MAX));
        u32::try_from(self.number(name)?).map_err(|_| wrong())
    }
}

impl KdfParams {
    fn read(kdf: &str, fields: &Fields<'_>) -> Result<Self, KeystoreError> {
        let (dklen, salt) = (fields.small_number("dklen")?, fields.text("salt")?);
        match kdf {
            "scrypt" => Ok(Self::Scrypt {
                dklen,
                n: fields.number("n")?,
                r: fields.small_number("r")?,
                p: fields.small_number("p")?,
                salt,
            }),
            "pbkdf2" => Ok(Self::Pbkdf2 { dklen, c: fields.small_number("c")?, prf: fields.text("prf")?, salt }),
            _ => Err(unsupported("kdf", kdf, "scrypt or pbkdf2")),
        }
    }

    fn derive(&self, kdf: &str, password: &str) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        let mut derived = Zeroizing::new([0; 32]);
        let (Self::Scrypt { dklen, salt, .. } | Self::Pbkdf2 { dklen, salt, .. }) = self;
        if *dklen != 32 {
            return Err(unsupported("dklen", &dklen.to_string(), "32"));
        }
        let salt = hex::decode(salt).ok().filter(|salt| salt.len() <= SALT_BYTES_MAX);
        let salt = salt.ok_or_else(|| KeystoreError::Form("the salt is not hexadecimal, or too long".to_owned()))?;
        match (kdf, self) {
            ("scrypt", &Self::Scrypt { n, r, p, .. }) => {
                let bytes = n.saturating_mul(u64::from(r)).saturating_mul(128);
                if !n.is_power_of_two()
                    || n < 2
                    || bytes > SCRYPT_BYTES_MAX
                    || !(1..=SCRYPT_P_MAX).contains(&p)
                    || r == 0
                {
                    let allowed = format!("n a power of two, 128 n r up to {SCRYPT_BYTES_MAX}, p up to {SCRYPT_P_MAX}");
                    return Err(unsupported("scrypt cost", &format!("n {n}, r {r}, p {p}"), &allowed));
                }
                let log_n = u8::try_from(n.trailing_zeros()).unwrap_or(u8::MAX);
                let params =
                    scrypt::Params::new(log_n, r, p).map_err(|error| KeystoreError::Form(error.to_string()))?;
                scrypt::scrypt(password.as_bytes(), &salt, &params, &mut *derived)
                    .map_err(|error| KeystoreError::Form(error.to_string()))?;
            }
            ("pbkdf2", Self::Pbkdf2 { c, prf, .. }) => {
                if prf != "hmac-sha256" {
                    return Err(unsupported("prf", prf, "hmac-sha256"));
                }
                if !(1..=PBKDF2_ROUNDS_MAX).contains(c) {
                    return Err(unsupported("c", &c.to_string(), &format!("1 to {PBKDF2_ROUNDS_MAX}")));
                }
                pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), &salt, *c, &mut *derived);
            }
            _ => return Err(unsupported("kdf", kdf, "scrypt or pbkdf2 with their parameters")),
        }
        Ok(derived)
    }
}

fn unsupported(what: &'static str, found: &str, expected: &str) -> KeystoreError {
    KeystoreError::Unsupported { what, found: found.to_owned(), expected: expected.to_owned() }
}

fn digits<const N: usize>(what: &str, text: &str) -> Result<[u8; N], KeystoreError> {
    let mut bytes = [0; N];
    let wrong = |_| KeystoreError::Form(format!("the {what} is not {N} bytes in hexadecimal"));
    hex::decode_to_slice(text, &mut bytes).map_err(wrong)?;
    Ok(bytes)
}

fn apply(derived: &[u8; 32], iv: &[u8; 16], text: &mut [u8]) {
    let (key, _) = derived.split_at(16);
    if let Ok(mut cipher) = ctr::Ctr128BE::<aes::Aes128>::new_from_slices(key, iv) {
        cipher.apply_keystream(text);
    }
}

fn mac(derived: &[u8; 32], ciphertext: &[u8]) -> [u8; 32] {
    keccak_256(&Zeroizing::new([&derived[16..], ciphertext].concat()))
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
