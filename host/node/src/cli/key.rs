//! Options of commands on keys.

use std::{convert::Infallible, path::PathBuf, str::FromStr};

use bip32::DerivationPath;
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use crate::secret::{COIN_TYPE, PATH_NUMBERS};

/// Keys: made, looked at, kept.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a phrase and show its key and account; or put the key into a key file.
    Generate(GenerateArgs),
    /// Show what a secret, a public key or an address is. A secret comes from a file, a key file, a prompt or stdin.
    Inspect(InspectArgs),
    /// Show the accounts of a phrase, which comes from a file, a prompt or stdin.
    FromMnemonic(FromMnemonicArgs),
    /// Key files (Web3 Secret Storage, version 3).
    #[command(subcommand)]
    Keystore(KeystoreCommand),
}

/// Key files.
#[derive(Debug, Subcommand)]
pub enum KeystoreCommand {
    /// Put a key into a new key file, encrypted with a password.
    Create(KeystoreCreateArgs),
    /// Show the address that a key file names.
    Inspect(KeystoreInspectArgs),
    /// Show the secret key in a key file.
    Decrypt(KeystoreDecryptArgs),
}

/// How keys follow from a phrase.
#[derive(Debug, Clone, Args)]
pub struct DerivationArgs {
    /// Derivation path (BIP-32) of a phrase's key [default: m/44'/60'/0'/0/0].
    #[arg(long, value_name = "PATH", value_parser = crate::secret::path, conflicts_with_all = ["coin_type", "index"])]
    pub path: Option<DerivationPath>,
    /// Coin type in the derivation path (BIP-44): 60 is Ethereum's, 806 Ziver's own.
    #[arg(long, value_name = "N", default_value_t = COIN_TYPE, value_parser = clap::value_parser!(u32).range(..i64::from(PATH_NUMBERS)))]
    pub coin_type: u32,
    /// Which of the phrase's accounts: the last number of the derivation path.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..i64::from(PATH_NUMBERS)))]
    pub index: u32,
    /// File with the phrase's passphrase (BIP-39), if it has one.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// Where the secret is. Without any of these it is asked for on the terminal, or read from stdin.
#[derive(Debug, Clone, Args)]
pub struct SecretArgs {
    /// The secret itself: a development account (//Alith), 64 hexadecimal digits, or a phrase. Other users of the machine
    /// can see it: for development.
    #[arg(long, value_name = "SECRET", conflicts_with_all = ["secret_file", "keystore"])]
    pub suri: Option<SecretText>,
    /// File whose first line is the secret.
    #[arg(long, value_name = "FILE", conflicts_with = "keystore")]
    pub secret_file: Option<PathBuf>,
    /// Key file.
    #[arg(long, value_name = "FILE")]
    pub keystore: Option<PathBuf>,
    /// File whose first line is the key file's password; without it, it is asked for.
    #[arg(long, value_name = "FILE", requires = "keystore")]
    pub password_file: Option<PathBuf>,
    /// How a phrase becomes a key.
    #[command(flatten)]
    pub derivation: DerivationArgs,
}

/// A secret on the command line; never shown.
#[derive(Clone)]
pub struct SecretText(pub Zeroizing<String>);

impl FromStr for SecretText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// What to make.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Words of the phrase: 12 or 24.
    #[arg(long, value_name = "12|24", default_value_t = 12, value_parser = words)]
    pub words: usize,
    /// Put the key into this new key file, and do not show phrase and key.
    #[arg(long, value_name = "FILE")]
    pub keystore: Option<PathBuf>,
    /// How the file is encrypted.
    #[command(flatten)]
    pub encryption: EncryptionArgs,
    /// How the phrase becomes a key.
    #[command(flatten)]
    pub derivation: DerivationArgs,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// How a new key file is encrypted.
#[derive(Debug, Args)]
pub struct EncryptionArgs {
    /// File whose first line is the new key file's password; without it, it is asked for.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Encrypt with little effort: for keys that guard nothing.
    #[arg(long)]
    pub light_kdf: bool,
}

/// What to show.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// A public key, an address or a development account's name; without it, a secret is inspected.
    #[arg(value_name = "PUBLIC", conflicts_with_all = ["suri", "secret_file", "keystore"])]
    pub public: Option<String>,
    /// The secret.
    #[command(flatten)]
    pub secret: SecretArgs,
    /// Show the secret key, too.
    #[arg(long)]
    pub show_secret: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Which accounts to show.
#[derive(Debug, Args)]
pub struct FromMnemonicArgs {
    /// File whose first line is the phrase.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// How many accounts, counted up from --index.
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "path", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub count: u32,
    /// How the phrase becomes keys.
    #[command(flatten)]
    pub derivation: DerivationArgs,
    /// Show the secret keys, too.
    #[arg(long)]
    pub show_secret: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What to put where.
#[derive(Debug, Args)]
pub struct KeystoreCreateArgs {
    /// The new key file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The secret itself; see `key inspect`.
    #[arg(long, value_name = "SECRET", conflicts_with = "secret_file")]
    pub suri: Option<SecretText>,
    /// File whose first line is the secret.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// How it is encrypted.
    #[command(flatten)]
    pub encryption: EncryptionArgs,
    /// How a phrase becomes a key.
    #[command(flatten)]
    pub derivation: DerivationArgs,
}

/// Which file.
#[derive(Debug, Args)]
pub struct KeystoreInspectArgs {
    /// The key file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Which file.
#[derive(Debug, Args)]
pub struct KeystoreDecryptArgs {
    /// The key file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// File whose first line is the password; without it, it is asked for.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

fn words(text: &str) -> Result<usize, String> {
    match text {
        "12" => Ok(12),
        "24" => Ok(24),
        _ => Err("12 or 24 expected".to_owned()),
    }
}
