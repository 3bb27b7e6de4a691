//! `key`: keys made, looked at, and put into files.
//!
//! Secrets come from files, a prompt or stdin; `--suri` is for development. Nothing secret is printed unless it is asked for,
//! but for a new phrase, which nobody else knows.

use anyhow::{Context, Result, bail};
use k256::ecdsa::VerifyingKey;
use serde_json::{Map, Value, json};
use ziver_primitives::AccountId20;

use super::secrets;
use crate::{
    cli::{
        DerivationArgs, EncryptionArgs, FromMnemonicArgs, GenerateArgs, InspectArgs, KeyCommand, KeystoreCommand,
        KeystoreCreateArgs, KeystoreDecryptArgs, KeystoreInspectArgs,
    },
    keystore::{Keystore, Strength},
    output::{Usage, print, print_line},
    secret::{self, Key, PATH_NUMBERS},
};

/// Does what a command says.
pub fn perform(command: &KeyCommand) -> Result<()> {
    match command {
        KeyCommand::Generate(args) => generate(args),
        KeyCommand::Inspect(args) => inspect(args),
        KeyCommand::FromMnemonic(args) => from_mnemonic(args),
        KeyCommand::Keystore(KeystoreCommand::Create(args)) => create(args),
        KeyCommand::Keystore(KeystoreCommand::Inspect(args)) => inspect_file(args),
        KeyCommand::Keystore(KeystoreCommand::Decrypt(args)) => decrypt(args),
    }
}

/// What is told of a key, in this order.
#[derive(Default)]
struct Facts(Vec<(&'static str, &'static str, String)>);

impl Facts {
    fn add(&mut self, name: &'static str, field: &'static str, value: impl Into<String>) {
        self.0.push((name, field, value.into()));
    }

    fn of(key: &Key, show_secret: bool) -> Self {
        let mut facts = Self::default();
        facts.add("Address", "address", key.account().to_string());
        facts.add("Public key", "publicKey", format!("0x{}", hex::encode(key.public_key())));
        if show_secret {
            facts.add("Secret key", "secretKey", key.to_hex().to_string());
        }
        facts
    }

    fn to_json(&self) -> Value {
        self.0.iter().map(|(_, field, value)| ((*field).to_owned(), json!(value))).collect::<Map<_, _>>().into()
    }

    fn print(&self, as_json: bool) -> Result<()> {
        if as_json {
            return print_line(&self.to_json().to_string());
        }
        print(&self.0.iter().map(|(name, _, value)| format!("{:16}{value}\n", format!("{name}:"))).collect::<String>())
    }
}

fn generate(args: &GenerateArgs) -> Result<()> {
    let derivation = secrets::derivation(&args.derivation)?;
    let phrase = secret::generate(args.words).context("the system gave no random bytes")?;
    let key = Key::derive(&phrase, &derivation.path, &derivation.passphrase)?;
    let mut facts = Facts::default();
    match &args.keystore {
        Some(file) => {
            write_file(file, &key, &args.encryption)?;
            facts.add("Key file", "keystore", file.display().to_string());
        }
        None => {
            if args.encryption.password_file.is_some() || args.encryption.light_kdf {
                return Err(Usage("--password-file and --light-kdf are for --keystore".to_owned()).into());
            }
            facts.add("Secret phrase", "secretPhrase", phrase.to_string());
        }
    }
    facts.add("Path", "path", derivation.path.to_string());
    facts.0.extend(Facts::of(&key, args.keystore.is_none()).0);
    facts.print(args.json)
}

fn inspect(args: &InspectArgs) -> Result<()> {
    match &args.public {
        Some(text) => public(text)?.print(args.json),
        None => Facts::of(&secrets::key(&args.secret)?, args.show_secret).print(args.json),
    }
}

/// An address, a public key in either of its forms, or a development account's name. What is none of them may be a secret in
/// the wrong place, so no error repeats it.
fn public(text: &str) -> Result<Facts> {
    let mut facts = Facts::default();
    if let Some(account) = secret::development_account(text) {
        facts.add("Address", "address", account.account().to_string());
        return Ok(facts);
    }
    let bytes = hex::decode(text.strip_prefix("0x").unwrap_or(text)).unwrap_or_default();
    let with_prefix;
    let point = match bytes.len() {
        20 => {
            facts.add("Address", "address", address(text)?.to_string());
            return Ok(facts);
        }
        64 => {
            with_prefix = [&[4], &bytes[..]].concat();
            &with_prefix
        }
        33 | 65 => &bytes,
        _ => bail!(
            "PUBLIC is neither an address (20 bytes) nor a public key (33 or 65 bytes in hexadecimal) nor a development \
             account's name; a secret is read from a file, a prompt or stdin"
        ),
    };
    let key = VerifyingKey::from_sec1_bytes(point).ok().context("PUBLIC is no point of secp256k1")?;
    facts.add("Address", "address", secret::account_of(&key).to_string());
    facts.add("Public key", "publicKey", format!("0x{}", hex::encode(key.to_sec1_point(true).as_bytes())));
    Ok(facts)
}

/// An address; letters in both cases are a checksum (EIP-55), which must be right.
pub fn address(text: &str) -> Result<AccountId20> {
    let account: AccountId20 = text.parse()?;
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let has = |is: fn(&char) -> bool| digits.chars().any(|letter| is(&letter));
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    if mixed && account.to_checksum_address()[2..] != *digits {
        bail!("the checksum of the address {text} is wrong: a digit may be mistyped");
    }
    Ok(account)
}

fn from_mnemonic(args: &FromMnemonicArgs) -> Result<()> {
    let (first, count) = (args.derivation.index, args.count);
    if count > PATH_NUMBERS - first {
        let left = PATH_NUMBERS - first;
        return Err(Usage(format!("--count {count}: from --index {first} on the phrase has {left} more")).into());
    }
    let derivation = secrets::derivation(&args.derivation)?;
    let text = secrets::text(None, args.secret_file.as_deref(), "Secret phrase: ")?;
    let phrase = secret::mnemonic(&text)?;
    let mut list = Vec::new();
    for index in first..first + count {
        let path = match &args.derivation.path {
            Some(path) => path.clone(),
            None => secret::bip44(args.derivation.coin_type, index)?,
        };
        let key = Key::derive(&phrase, &path, &derivation.passphrase)?;
        let mut facts = Facts::default();
        facts.add("Path", "path", path.to_string());
        facts.0.extend(Facts::of(&key, args.show_secret).0);
        list.push(facts);
    }
    if args.json {
        return print_line(&Value::from(list.iter().map(Facts::to_json).collect::<Vec<_>>()).to_string());
    }
    for (place, facts) in list.iter().enumerate() {
        if place > 0 {
            print_line("")?;
        }
        facts.print(false)?;
    }
    Ok(())
}

fn create(args: &KeystoreCreateArgs) -> Result<()> {
    let derivation = secrets::derivation(&args.derivation)?;
    let text = secrets::text(args.suri.as_ref(), args.secret_file.as_deref(), "Secret: ")?;
    let key = Key::parse(&text, &derivation)?;
    write_file(&args.file, &key, &args.encryption)?;
    print_line(&format!("the key of {} is in {}", key.account(), args.file.display()))
}

fn write_file(file: &std::path::Path, key: &Key, args: &EncryptionArgs) -> Result<()> {
    let failed = || format!("cannot write {}", file.display());
    if file.exists() {
        bail!("{}: there is a file already", failed());
    }
    let password = secrets::new_password(args.password_file.as_deref())?;
    let strength = if args.light_kdf { Strength::Light } else { Strength::Standard };
    Keystore::encrypt(key, &password, strength)?.write(file).with_context(failed)
}

fn inspect_file(args: &KeystoreInspectArgs) -> Result<()> {
    let account = secrets::read_keystore(&args.file)?.account()?;
    let mut facts = Facts::default();
    match account {
        Some(account) => facts.add("Address", "address", account.to_string()),
        None => bail!("{} names no address; decrypt it to see", args.file.display()),
    }
    facts.print(args.json)
}

fn decrypt(args: &KeystoreDecryptArgs) -> Result<()> {
    let key = secrets::open_keystore(&args.file, args.password_file.as_deref())?;
    Facts::of(&key, true).print(args.json)
}

/// The derivation of a phrase's key.
pub fn chosen_path(args: &DerivationArgs) -> Result<bip32::DerivationPath> {
    match &args.path {
        Some(path) => Ok(path.clone()),
        None => Ok(secret::bip44(args.coin_type, args.index)?),
    }
}
