//! Why a state can't be read.

use ziver_db::DbError;
use ziver_primitives::Hash;

/// A state can't be read or computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The state is not there (any more): older than the pruning window, of an abandoned fork, or of a block never seen.
    #[error("the state of block {0:?} is not kept: pruned, on an abandoned fork, or unknown")]
    Pruned(Hash),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A record of the database is malformed or missing.
    #[error("the state database is damaged: {0}")]
    Corrupt(String),
    /// Too many keys changed since then for the tries to be made again: values can be read, but not proven.
    #[error("since block {0:?} too many keys have changed (over {max}): its values can be read, but not proven", max = crate::limits::UNDONE_KEYS_MAX)]
    TooFarBack(Hash),
    /// The database was made with `--state-pruning archive`, so nobody noted what could be pruned.
    #[error(
        "the database keeps every state (archive) and can't be pruned: start with archive, or with an empty folder"
    )]
    WasArchive,
    /// The caller asked for something out of order, such as finalising a block that does not follow the last final one.
    #[error("the state database was misused: {0}")]
    Misuse(&'static str),
}
