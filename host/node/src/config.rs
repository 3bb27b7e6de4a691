//! Where options come from: flags, then the environment, then a file, then the defaults; the first that says something holds.
//!
//! ```text
//! --rpc-port 9000                   flag
//! ZIVER_RPC_PORT=9000               environment
//! rpc-port = 9000                   file, in TOML; rpc_port is the same
//! ```
//!
//! The one list of options is clap's: whatever `run` takes as a flag can be set in all three ways, and `config print` and the
//! operator's guide show it. What the environment and the file say becomes clap's defaults for the options that no flag sets,
//! so one parser and one set of limits hold for all.
//!
//! - The file is the one of `--config` or `ZIVER_CONFIG`, else `ziver.toml` in the base path if there is one. With `--tmp`,
//!   or `--dev` without a base path, there is no base path to look in.
//! - An option that excludes one of a stronger source says nothing: `--tmp` holds against a `base-path` in the file.
//! - An empty variable says nothing. Lists are arrays in the file, and separated by commas elsewhere.
//! - Commands other than `run` take from environment and file what they have in common with it: chain, folders, logs.
//!
//! # Usage
//! ```ignore
//! let configured = config::read(std::env::args_os().collect(), std::env::vars_os().collect())?;
//! ```
//!
//! Out of scope: what options mean together, which is [`crate::settings`].

mod environment;
mod error;
mod file;
mod layers;
mod print;
mod refusal;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, parser::ValueSource};

pub use self::{
    error::{ConfigError, Place},
    print::{print, table},
};
use crate::{
    cli::{self, Cli, Command as CliCommand, ConfigCommand, RunArgs, StoreArgs},
    store,
};

/// Name of the file that is looked for in the base path.
pub const FILE_NAME: &str = "ziver.toml";

/// The command line with all that environment and file add to it.
#[derive(Debug)]
pub struct Configured {
    /// What to do.
    pub cli: Cli,
    /// The options of the command that can be set everywhere, in the order of the help.
    pub settings: Vec<Setting>,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// What looks like a setting and is none: one line each.
    pub warnings: Vec<String>,
}

/// An option and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The flag's long name.
    pub name: String,
    /// As they were written; none for a flag that is not set and an option without a value.
    pub values: Vec<OsString>,
    /// Whether it is a flag, which has no value besides.
    pub is_flag: bool,
    /// Who says so.
    pub origin: Origin,
}

/// Who says what an option's value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag.
    Flag,
    /// This variable or this line of the file.
    Place(Place),
    /// Nobody.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Place(place) => write!(f, "{place}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What environment or file say of an option.
#[derive(Debug, Clone)]
pub struct Given {
    /// Clap's name of the option.
    id: String,
    /// At least one; `true` or `false` for a flag.
    values: Vec<OsString>,
    place: Place,
}

/// Options of `run`: what environment and file can set.
pub fn run_options() -> Vec<Arg> {
    RunArgs::augment_args(Command::new("run")).get_arguments().cloned().collect()
}

fn store_options() -> Vec<Arg> {
    StoreArgs::augment_args(Command::new("store")).get_arguments().cloned().collect()
}

/// Reads the command line and what environment and file add to it. A wrong command line ends the process with clap's message.
pub fn read(args: Vec<OsString>, environment: Vec<(OsString, OsString)>) -> Result<Configured, ConfigError> {
    read_with(args, environment, store::default_base().ok())
}

fn read_with(
    args: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    default_base: Option<PathBuf>,
) -> Result<Configured, ConfigError> {
    let command = cli::command();
    let matches = command.clone().try_get_matches_from(&args).unwrap_or_else(|error| refusal::exit(error, &args));
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| refusal::exit(error, &args));
    let (path, active) = active(&matches);
    let options = options_of(&command, &path);
    if options.is_empty() {
        return Ok(Configured { cli, settings: Vec::new(), file: None, warnings: Vec::new() });
    }
    let flags: Vec<&str> = options
        .iter()
        .map(|option| option.get_id().as_str())
        .filter(|id| active.value_source(id) == Some(ValueSource::CommandLine))
        .collect();
    let (variables, warnings) = environment::read(&environment)?;
    let wanted = cli.config_file().or_else(|| environment::config_file(&environment));
    let file = match wanted {
        Some(file) => Some(file),
        None => default_file(active, &variables, default_base),
    };
    let said = match &file {
        Some(file) => file::read(file)?,
        None => Vec::new(),
    };
    let given = layers::join(&options, &flags, [variables, said])?;
    let command = layers::with_defaults(command, &path, &given);
    let matches = command.try_get_matches_from(&args).unwrap_or_else(|error| refusal::exit(error, &args));
    let settings = settings(&options, self::active(&matches).1, &given);
    layers::check_sealing(&settings)?;
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| refusal::exit(error, &args));
    Ok(Configured { cli, settings, file, warnings })
}

/// The names of the subcommands, from the outermost on, and the arguments of the last.
fn active(matches: &ArgMatches) -> (Vec<String>, &ArgMatches) {
    let (mut path, mut active) = (Vec::new(), matches);
    while let Some((name, inner)) = active.subcommand() {
        path.push(name.to_owned());
        active = inner;
    }
    (path, active)
}

/// The options of a command that can be set everywhere.
fn options_of(command: &Command, path: &[String]) -> Vec<Arg> {
    let mut active = command;
    for name in path {
        match active.find_subcommand(name) {
            Some(inner) => active = inner,
            None => return Vec::new(),
        }
    }
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    let settable = match words[..] {
        [] | ["run"] | ["config", _] => run_options(),
        // Its --chain is another's: without it, a running node is asked.
        ["metadata"] => return Vec::new(),
        _ => store_options(),
    };
    let has = |option: &Arg| active.get_arguments().any(|arg| arg.get_id() == option.get_id());
    settable.into_iter().filter(has).collect()
}

/// The file that is read when none is named: in the base path that a flag or a variable names, else in the usual one. A
/// flag `--tmp` holds against a variable's base path.
fn default_file(active: &ArgMatches, variables: &[Given], default_base: Option<PathBuf>) -> Option<PathBuf> {
    let flag = |id: &str| {
        let is_set = active.try_contains_id(id).is_ok() && active.value_source(id) == Some(ValueSource::CommandLine);
        let value = || active.get_raw(id).and_then(|mut values| values.next()).unwrap_or_default();
        is_set.then(|| PathBuf::from(value()))
    };
    let variable = |id: &str| {
        let value = variables.iter().find(|given| given.id == id)?.values.first()?;
        (value != "false").then(|| PathBuf::from(value))
    };
    let is_temporary = |id: &str| flag(id).or_else(|| variable(id)).is_some();
    let folder = match flag("base_path") {
        Some(folder) => folder,
        None if flag("tmp").is_some() => return None,
        None => match variable("base_path") {
            Some(folder) => folder,
            None if is_temporary("tmp") || is_temporary("dev") => return None,
            None => default_base?,
        },
    };
    Some(folder.join(FILE_NAME)).filter(|file| file.exists())
}

fn settings(options: &[Arg], active: &ArgMatches, given: &[Given]) -> Vec<Setting> {
    let setting = |option: &Arg| {
        let id = option.get_id().as_str();
        let is_flag = layers::is_flag(option);
        let place = given.iter().find(|given| given.id == id).map(|given| given.place.clone());
        let origin = match (active.value_source(id), place) {
            (Some(ValueSource::CommandLine), _) => Origin::Flag,
            (_, Some(place)) => Origin::Place(place),
            _ => Origin::Default,
        };
        let values = match is_flag {
            true => active.get_flag(id).then(|| OsString::from("true")).into_iter().collect(),
            false => active.get_raw(id).map(|values| values.map(OsString::from).collect()).unwrap_or_default(),
        };
        Setting { name: layers::long(option).to_owned(), values, is_flag, origin }
    };
    options.iter().map(setting).collect()
}

impl Configured {
    /// Where an option is set, and its name: `--chain`, or `ziver.toml:3: chain`.
    pub fn place(&self, name: &str) -> Option<String> {
        let setting = self.settings.iter().find(|setting| setting.name == name)?;
        match &setting.origin {
            Origin::Flag => Some(format!("--{name}")),
            Origin::Place(place) => Some(format!("{place}: {name}")),
            Origin::Default => Some(format!("{name} (default)")),
        }
    }
}

impl Cli {
    /// The file that the command line names.
    fn config_file(&self) -> Option<PathBuf> {
        let checked = match &self.command {
            Some(CliCommand::Config { command: ConfigCommand::Check { file, .. } }) => file.as_deref(),
            _ => None,
        };
        checked.or(self.config.as_deref()).map(Path::to_path_buf)
    }
}

#[cfg(test)]
mod tests;
