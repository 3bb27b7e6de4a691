//! Where commands get secrets and passwords from: files, a terminal without echo, stdin.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal},
    path::Path,
};

use anyhow::{Context, Result, bail};
use zeroize::Zeroizing;

use super::key::chosen_path;
use crate::{
    cli::{DerivationArgs, SecretArgs, SecretText},
    keystore::Keystore,
    limits::SECRET_LINE_BYTES_MAX,
    secret::{Derivation, Key},
};

/// How a phrase becomes a key.
pub fn derivation(args: &DerivationArgs) -> Result<Derivation> {
    let passphrase = match &args.passphrase_file {
        Some(file) => line_of(file)?,
        None => Zeroizing::default(),
    };
    Ok(Derivation { path: chosen_path(args)?, passphrase })
}

/// The key that the options name.
pub fn key(args: &SecretArgs) -> Result<Key> {
    if let Some(file) = &args.keystore {
        return open_keystore(file, args.password_file.as_deref());
    }
    let text = text(args.suri.as_ref(), args.secret_file.as_deref(), "Secret: ")?;
    Ok(Key::parse(&text, &derivation(&args.derivation)?)?)
}

/// A secret: given, from a file, typed, or from stdin.
pub fn text(given: Option<&SecretText>, file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>> {
    match (given, file) {
        (Some(text), _) => Ok(text.0.clone()),
        (None, Some(file)) => line_of(file),
        (None, None) if io::stdin().is_terminal() => ask(prompt),
        (None, None) => line(io::stdin().lock()).context("cannot read the secret from stdin"),
    }
}

/// Reads a key file.
pub fn read_keystore(file: &Path) -> Result<Keystore> {
    Keystore::read(file).with_context(|| file.display().to_string())
}

/// Decrypts a key file.
pub fn open_keystore(file: &Path, password_file: Option<&Path>) -> Result<Key> {
    let store = read_keystore(file)?;
    let password = match password_file {
        Some(file) => line_of(file)?,
        None if io::stdin().is_terminal() => ask("Password: ")?,
        None => bail!("the password of {} is needed: --password-file", file.display()),
    };
    store.decrypt(&password).with_context(|| file.display().to_string())
}

/// The password of a new key file; typed twice.
pub fn new_password(file: Option<&Path>) -> Result<Zeroizing<String>> {
    let password = match file {
        Some(file) => line_of(file)?,
        None if io::stdin().is_terminal() => {
            let password = ask("New password: ")?;
            if *password != *ask("Again: ")? {
                bail!("the passwords differ");
            }
            password
        }
        None => bail!("a password for the key file is needed: --password-file"),
    };
    if password.is_empty() {
        bail!("the password is empty");
    }
    Ok(password)
}

fn ask(prompt: &str) -> Result<Zeroizing<String>> {
    Ok(Zeroizing::new(rpassword::prompt_password(prompt).context("cannot ask on the terminal")?))
}

fn line_of(path: &Path) -> Result<Zeroizing<String>> {
    let open = || {
        if path.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder"));
        }
        line(BufReader::new(File::open(path)?))
    };
    open().with_context(|| format!("cannot read {}", path.display()))
}

/// The first line, without its end.
fn line(from: impl BufRead) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let read = from.take(SECRET_LINE_BYTES_MAX).read_line(&mut text)?;
    if read as u64 == SECRET_LINE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "its first line is too long"));
    }
    let length = text.trim_end_matches(['\n', '\r']).len();
    text.truncate(length);
    Ok(text)
}
