//! What a TOML file says: top-level keys that are the options' long names.

use std::{ffi::OsString, io, path::Path};

use clap::Arg;
use toml::de::{DeTable, DeValue};

use super::{ConfigError, Given, Place, layers, run_options};
use crate::{files, limits::CONFIG_BYTES_MAX};

/// Reads a file. All of it must be right, whatever command it is read for.
pub fn read(path: &Path) -> Result<Vec<Given>, ConfigError> {
    let text = text(path).map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })?;
    parse(path, &text)
}

fn text(path: &Path) -> io::Result<String> {
    let text = files::read(path, CONFIG_BYTES_MAX)?;
    String::from_utf8(text).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// What the text of a file says.
pub fn parse(path: &Path, text: &str) -> Result<Vec<Given>, ConfigError> {
    let place = |at: usize| {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        Place::Line(path.to_path_buf(), before.iter().filter(|byte| **byte == b'\n').count() + 1)
    };
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        place: place(error.span().map_or(0, |span| span.start)),
        message: error.message().replace('\n', " "),
    })?;
    let options = run_options();
    let mut given: Vec<Given> = Vec::new();
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in entries {
        let (place, key) = (place(key.span().start), key.get_ref().as_ref());
        let name = key.replace('_', "-");
        let Some(option) = options.iter().find(|option| layers::long(option) == name) else {
            let suggestion = similar(&name, &options);
            return Err(ConfigError::Unknown { place, key: key.to_owned(), suggestion });
        };
        let id = option.get_id().to_string();
        if given.iter().any(|given| given.id == id) {
            return Err(ConfigError::Repeated { place, key: key.to_owned(), first: layers::long(option).to_owned() });
        }
        let values = values(option, value.get_ref()).map_err(|reason| ConfigError::Value {
            place: place.clone(),
            option: layers::long(option).to_owned(),
            value: text.get(value.span()).unwrap_or_default().replace('\n', " "),
            reason: reason.to_owned(),
        })?;
        given.push(Given { id, values, place });
    }
    Ok(given)
}

fn values(option: &Arg, value: &DeValue<'_>) -> Result<Vec<OsString>, &'static str> {
    if layers::is_flag(option) {
        return match value {
            DeValue::Boolean(is_set) => Ok(vec![is_set.to_string().into()]),
            _ => Err("true or false expected, without quotation marks"),
        };
    }
    match value {
        DeValue::Array(list) => {
            let list: Result<Vec<_>, _> = list.iter().map(|one| single(one.get_ref())).collect();
            let list = list?;
            match layers::is_list(option) {
                true => Ok(list.into_iter().map(Into::into).collect()),
                false => Ok(vec![list.join(",").into()]),
            }
        }
        value => Ok(vec![single(value)?.into()]),
    }
}

fn single(value: &DeValue<'_>) -> Result<String, &'static str> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().trim_start_matches('+').to_owned()),
        DeValue::Integer(_) => Err("a decimal number expected"),
        DeValue::Table(_) => Err("a table; options are keys at the top of the file"),
        _ => Err("a string or a whole number expected"),
    }
}

/// The option that was meant.
fn similar(name: &str, options: &[Arg]) -> Option<String> {
    const ALIKE: f64 = 0.8;
    let alike = |option: &&Arg| strsim::jaro_winkler(layers::long(option), name);
    let best = options.iter().max_by(|one, other| alike(one).total_cmp(&alike(other)))?;
    (alike(&best) >= ALIKE).then(|| layers::long(best).to_owned())
}
