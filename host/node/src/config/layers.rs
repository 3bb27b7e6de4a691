//! Joins the sources: each option takes its value from the strongest that says something.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command, error::ErrorKind};

use super::{ConfigError, Given, Origin, Setting};
use crate::cli;

/// The long name of an option.
pub fn long(option: &Arg) -> &str {
    option.get_long().unwrap_or_else(|| option.get_id().as_str())
}

/// Whether the option is set by its name alone.
pub fn is_flag(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::SetTrue | ArgAction::SetFalse)
}

/// Whether the option can have several values.
pub fn is_list(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append) || option.get_value_delimiter().is_some()
}

/// What holds of environment and file (the stronger first) for a command with these options, of which `flags` are set on the
/// command line. Everything that is said is checked, needed or not.
pub fn join(options: &[Arg], flags: &[&str], sources: [Vec<Given>; 2]) -> Result<Vec<Given>, ConfigError> {
    let all = cli::command();
    let mut taken: Vec<Given> = Vec::new();
    for source in sources {
        let said: Vec<String> = taken.iter().map(|given| given.id.clone()).collect();
        let set = taken.iter().filter(|given| is_set(given)).map(|given| given.id.clone());
        let stronger: Vec<String> = flags.iter().map(|id| (*id).to_owned()).chain(set).collect();
        for (place, given) in source.iter().enumerate() {
            check(&all, given)?;
            let excluded = |other: &&Given| is_set(other) && is_set(given) && excludes(&all, &given.id, &other.id);
            if let Some(other) = source[..place].iter().find(excluded) {
                return Err(conflict(&all, given, other));
            }
        }
        let holds = |given: &Given| {
            options.iter().any(|option| option.get_id() == given.id.as_str())
                && !said.contains(&given.id)
                && !stronger.iter().any(|id| *id == given.id || excludes(&all, id, &given.id))
        };
        taken.extend(source.into_iter().filter(holds));
    }
    Ok(taken)
}

/// The command with these values as defaults of the subcommand at `path`.
pub fn with_defaults(command: Command, path: &[String], given: &[Given]) -> Command {
    match path.split_first() {
        Some((first, rest)) => command.mut_subcommand(first, |inner| with_defaults(inner, rest, given)),
        None => given.iter().fold(command, |command, given| {
            command.mut_arg(&given.id, |arg| arg.default_values(given.values.iter().cloned()))
        }),
    }
}

/// `--block-time-ms` is about interval sealing: with another way, or an interval said twice, by the same source or a weaker
/// one, nobody could tell what was meant.
pub fn check_sealing(settings: &[Setting]) -> Result<(), ConfigError> {
    let find = |name| settings.iter().find(|setting| setting.name == name && !setting.values.is_empty());
    let (Some(sealing), Some(interval)) = (find("sealing"), find("block-time-ms")) else { return Ok(()) };
    let rank = |origin: &Origin| match origin {
        Origin::Flag => 0,
        Origin::Place(super::Place::Variable(_)) => 1,
        Origin::Place(super::Place::Line(..)) => 2,
        Origin::Default => 3,
    };
    let is_plain = sealing.values.iter().all(|value| value == "interval");
    if is_plain || rank(&interval.origin) > rank(&sealing.origin) {
        return Ok(());
    }
    let value = sealing.values.first().map(|value| value.to_string_lossy().into_owned()).unwrap_or_default();
    Err(ConfigError::Conflict {
        place: interval.origin.to_string(),
        option: interval.name.clone(),
        other: format!("sealing = {value}"),
        other_place: Some(sealing.origin.to_string()),
    })
}

/// Lets clap judge the values.
fn check(all: &Command, given: &Given) -> Result<(), ConfigError> {
    let Some(option) = all.get_arguments().find(|arg| arg.get_id() == given.id.as_str()).filter(|arg| !is_flag(arg))
    else {
        return Ok(());
    };
    for value in &given.values {
        let mut argument = OsString::from(format!("--{}=", long(option)));
        argument.push(value);
        let parsed = all.clone().try_get_matches_from([OsString::from("ziver-host"), argument]);
        let Err(error) = parsed else { continue };
        // What the option needs besides is judged when all sources are joined.
        if error.kind() == ErrorKind::MissingRequiredArgument {
            continue;
        }
        return Err(ConfigError::Value {
            place: given.place.clone(),
            option: long(option).to_owned(),
            value: format!("{value:?}"),
            reason: reason(option, &error),
        });
    }
    Ok(())
}

/// What clap has against a value, without its own frame.
fn reason(option: &Arg, error: &clap::Error) -> String {
    let allowed: Vec<String> = option.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    match std::error::Error::source(error) {
        _ if !allowed.is_empty() => format!("{} expected", allowed.join(" or ")),
        Some(cause) => cause.to_string(),
        None => error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    }
}

/// A flag that is switched off, in the file or by a variable, excludes nothing.
fn is_set(given: &Given) -> bool {
    given.values.iter().all(|value| value != "false")
}

/// Whether two options exclude each other: they say so, or one is the other's `no-`.
fn excludes(all: &Command, one: &str, other: &str) -> bool {
    let find = |id: &str| all.get_arguments().find(|arg| arg.get_id() == id);
    let (Some(one), Some(other)) = (find(one), find(other)) else { return false };
    let says = |one: &Arg, other: &Arg| {
        all.get_arg_conflicts_with(one).iter().any(|arg| arg.get_id() == other.get_id())
            || long(one).strip_prefix("no-") == Some(long(other))
    };
    says(one, other) || says(other, one)
}

fn conflict(all: &Command, given: &Given, other: &Given) -> ConfigError {
    let name = |id: &str| {
        let option = all.get_arguments().find(|arg| arg.get_id() == id);
        option.map_or_else(|| id.to_owned(), |option| long(option).to_owned())
    };
    ConfigError::Conflict {
        place: given.place.to_string(),
        option: name(&given.id),
        other: name(&other.id),
        other_place: Some(other.place.to_string()),
    }
}
