//! Which old states are kept.

use std::{fmt, str::FromStr};

/// What happens to the states of finalised blocks. The states above the last finalised block are always kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pruning {
    /// Every state is kept.
    Archive,
    /// The state of the last finalised block and of so many blocks before it are kept.
    Keep(u32),
}

impl Default for Pruning {
    fn default() -> Self {
        Self::Keep(256)
    }
}

impl fmt::Display for Pruning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive => f.write_str("archive"),
            Self::Keep(blocks) => write!(f, "{blocks}"),
        }
    }
}

/// A text that is neither `archive` nor a number of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected «archive» or a number of blocks to keep")]
pub struct InvalidPruning;

impl FromStr for Pruning {
    type Err = InvalidPruning;

    fn from_str(text: &str) -> Result<Self, InvalidPruning> {
        match text {
            "archive" => Ok(Self::Archive),
            number => number.parse().map(Self::Keep).map_err(|_| InvalidPruning),
        }
    }
}
