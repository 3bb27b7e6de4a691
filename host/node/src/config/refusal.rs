//! Clap's messages, without what must not reach a terminal: secrets in the wrong place, and control characters.
//!
//! Out of scope: what is refused, and why; clap and the parsers of values say that.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::output::escaped;

/// What is shown in place of a secret.
const HIDDEN: &str = "(hidden: it may be a secret)";
/// Digits of a secret key; a hash has as many.
const KEY_DIGITS: usize = 64;
/// Words from which on a text may be a phrase.
const PHRASE_WORDS_MIN: usize = 12;

/// Ends the process with clap's message.
pub fn exit(error: clap::Error, args: &[OsString]) -> ! {
    if error.kind() == ErrorKind::InvalidUtf8 {
        eprintln!("error: {}\n\nFor more information, try '--help'.", not_text(args));
        std::process::exit(error.exit_code());
    }
    clean(error).exit()
}

/// The error with values that may be shown.
pub fn clean(mut error: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg, ContextKind::InvalidSubcommand] {
        if let Some(ContextValue::String(value)) = error.get(kind) {
            let shown = shown(value);
            error.insert(kind, ContextValue::String(shown));
        }
    }
    error
}

/// A value as it may be shown.
fn shown(value: &str) -> String {
    let digits = value.strip_prefix("0x").unwrap_or(value);
    let is_key = digits.len() == KEY_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_key || value.split_whitespace().count() >= PHRASE_WORDS_MIN {
        return HIDDEN.to_owned();
    }
    escaped(value)
}

/// Which argument is no text.
fn not_text(args: &[OsString]) -> String {
    let place = args.iter().position(|arg| arg.to_str().is_none()).unwrap_or_default();
    let own = args.get(place).map(|arg| arg.to_string_lossy().into_owned()).unwrap_or_default();
    let before =
        place.checked_sub(1).and_then(|before| args.get(before)?.to_str()).filter(|name| name.starts_with("--"));
    let name = own.split_once('=').map(|(name, _)| name).filter(|name| name.starts_with("--")).or(before);
    match name {
        Some(name) => format!("the value of {name} is not UTF-8"),
        None => format!("argument {place} is not UTF-8"),
    }
}

#[cfg(test)]
mod tests;
