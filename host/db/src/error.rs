//! What can go wrong between us and the disk.

use std::path::PathBuf;

/// A read or a write failed. After a failed write the process must end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// No room is left (disk full, quota or file size limit reached). Nothing of the batch was stored.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The store found its own files damaged.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The operating system or the store reported another fault.
    #[error("the database failed: {0}")]
    Io(String),
    /// A write failed before, so nothing more is written.
    #[error("the database takes no more writes since one failed")]
    Stopped,
    /// A fault that a test asked for.
    #[error("injected fault")]
    Injected,
}

/// A database could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has the database open.
    #[error("the database at {} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// The folder can't be written to.
    #[error("the folder {} is read-only or not ours to write: {reason}", .path.display())]
    ReadOnly {
        /// The folder.
        path: PathBuf,
        /// The operating system's words.
        reason: String,
    },
    /// A newer program made the database.
    #[error("the database has schema {found}, this program knows {supported}: a newer version made it")]
    NewerSchema {
        /// Found on disk.
        found: u32,
        /// The newest one known here.
        supported: u32,
    },
    /// An older program made the database and there is no migration from it.
    #[error("the database has schema {found}, this program needs {supported} and can't convert it")]
    OlderSchema {
        /// Found on disk.
        found: u32,
        /// The one needed here.
        supported: u32,
    },
    /// The database holds another chain.
    #[error(
        "the database belongs to the chain with genesis 0x{}, not 0x{}: use another folder, or the right chain",
        hex::encode(.found), hex::encode(.expected)
    )]
    OtherChain {
        /// Genesis hash of the chain that the caller runs.
        expected: [u8; 32],
        /// Genesis hash found on disk.
        found: [u8; 32],
    },
    /// The folder holds something else than a database of ours.
    #[error("{} holds no database of this program: {reason}", .path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// Reading or writing failed meanwhile.
    #[error(transparent)]
    Db(#[from] DbError),
}
