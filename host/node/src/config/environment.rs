//! What the environment says: `ZIVER_` and the option's long name in capitals, `_` for `-`.
//!
//! Other programs name variables too: a container's services, our own scripts. So an unknown `ZIVER_` name is an error only if
//! it is nearly an option's; otherwise it is worth a warning.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use clap::Arg;

use super::{ConfigError, Given, Place, layers, run_options};

const PREFIX: &str = "ZIVER_";
const CONFIG: &str = "ZIVER_CONFIG";
/// Variables of the project's scripts and tests, which the node has no use for.
const OF_SCRIPTS: [&str; 8] = [
    "ZIVER_CACHE",
    "ZIVER_HOST",
    "ZIVER_PYTHON",
    "ZIVER_REWRITE",
    "ZIVER_SCREENSHOTS",
    "ZIVER_UPGRADED",
    "ZIVER_WALK_BUILD",
    "ZIVER_WASM_STD",
];
/// What the names of others of them begin with.
const OF_SCRIPTS_PREFIXES: [&str; 3] = ["ZIVER_BENCH_", "ZIVER_FUZZ_", "ZIVER_KILL_"];

/// The variable of an option.
pub fn variable(option: &Arg) -> String {
    format!("{PREFIX}{}", layers::long(option).to_uppercase().replace('-', "_"))
}

/// The file that the environment names.
pub fn config_file(environment: &[(OsString, OsString)]) -> Option<PathBuf> {
    let (_, value) = environment.iter().find(|(name, value)| name == CONFIG && !value.is_empty())?;
    Some(PathBuf::from(value))
}

/// What the environment says of options, and warnings.
pub fn read(environment: &[(OsString, OsString)]) -> Result<(Vec<Given>, Vec<String>), ConfigError> {
    let options = run_options();
    let (mut given, mut warnings) = (Vec::new(), Vec::new());
    for (name, value) in environment {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX) && *name != CONFIG) else { continue };
        if value.is_empty() {
            continue;
        }
        let place = Place::Variable(name.to_owned());
        match options.iter().find(|option| variable(option) == name) {
            Some(option) => {
                given.push(Given { id: option.get_id().to_string(), values: values(option, value, &place)?, place })
            }
            None => match similar(name, &options) {
                Some(meant) => {
                    let suggestion = Some(meant);
                    return Err(ConfigError::Unknown { place, key: name.to_owned(), suggestion });
                }
                None if is_of_scripts(name) => {}
                None => warnings.push(format!("the environment variable {name} sets nothing: there is no such option")),
            },
        }
    }
    given.sort_by(|one, other| one.place.cmp(&other.place));
    Ok((given, warnings))
}

fn is_of_scripts(name: &str) -> bool {
    OF_SCRIPTS.contains(&name) || OF_SCRIPTS_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn values(option: &Arg, value: &OsStr, place: &Place) -> Result<Vec<OsString>, ConfigError> {
    if layers::is_flag(option) {
        return match value.to_str().map(str::to_ascii_lowercase).as_deref() {
            Some("true" | "1" | "yes" | "on") => Ok(vec!["true".into()]),
            Some("false" | "0" | "no" | "off") => Ok(vec!["false".into()]),
            _ => Err(ConfigError::Value {
                place: place.clone(),
                option: layers::long(option).to_owned(),
                value: format!("{value:?}"),
                reason: "true or false expected".to_owned(),
            }),
        };
    }
    match value.to_str() {
        Some(list) if layers::is_list(option) => Ok(list.split(',').map(|one| one.trim().into()).collect()),
        _ => Ok(vec![value.to_owned()]),
    }
}

/// The variable that was meant, if the name is nearly one.
fn similar(name: &str, options: &[Arg]) -> Option<String> {
    let distance = |known: &String| strsim::damerau_levenshtein(known, name);
    let known = options.iter().map(variable).chain([CONFIG.to_owned()]).min_by_key(distance)?;
    let own = name.len() - PREFIX.len();
    (distance(&known) <= (own / 4).max(1)).then_some(known)
}
