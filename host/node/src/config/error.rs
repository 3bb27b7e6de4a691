//! Why a configuration was not taken: each message says where, which option, which value, and what is allowed.

use std::{fmt, io, path::PathBuf};

/// Where something is said; the stronger is less.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// An environment variable.
    Variable(String),
    /// A line of a file, from 1 on.
    Line(PathBuf, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Line(file, line) => write!(f, "{}:{line}", file.display()),
        }
    }
}

/// Why a configuration was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("{place}: {message}")]
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// No option has this name.
    #[error("{place}: there is no option {key}{}", did_you_mean(suggestion))]
    Unknown {
        /// Where.
        place: Place,
        /// The name.
        key: String,
        /// A similar one that an option has.
        suggestion: Option<String>,
    },
    /// The option is set twice in one place.
    #[error("{place}: {key} is the same as {first}, which is set as well")]
    Repeated {
        /// Where.
        place: Place,
        /// The second name.
        key: String,
        /// The first.
        first: String,
    },
    /// A value of another type, or one that the option can't have.
    #[error("{place}: {option} = {value} is not allowed: {reason}")]
    Value {
        /// Where.
        place: Place,
        /// The flag's long name.
        option: String,
        /// As it was written.
        value: String,
        /// What is allowed.
        reason: String,
    },
    /// Two options that exclude each other are set by one source.
    #[error("{place}: {option} can not be set together with {other}{}", at(other_place))]
    Conflict {
        /// Where.
        place: String,
        /// The flag's long name.
        option: String,
        /// The other's.
        other: String,
        /// Where the other is set.
        other_place: Option<String>,
    },
    /// Two listeners on one port.
    #[error("{first} and {second} are both {port}: each needs a port of its own")]
    Ports {
        /// Where one is set, and its name.
        first: String,
        /// The other's.
        second: String,
        /// The port.
        port: u16,
    },
    /// Nobody makes the blocks.
    #[error("who makes the blocks of {chain}? Say so with --author")]
    Author {
        /// The chain's name.
        chain: String,
    },
}

fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

fn at(place: &Option<String>) -> String {
    place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default()
}
