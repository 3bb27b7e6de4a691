//! Sources on their way to the compiler.

use serde_json::Value;
use tokio::sync::oneshot;

/// A wish for the compiler.
#[derive(Debug)]
pub struct Compile {
    /// The source, a file of its own: what it uses must be in the compiler's library.
    pub source: String,
    /// The contract, where the source has several.
    pub contract: Option<String>,
    /// The contract, or why there is none.
    pub reply: oneshot::Sender<Result<Compiled, CompileError>>,
}

/// What came of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The text of the `.contract` file.
    pub text: String,
    /// What the compiler warns of, in the form of [`CompileError::Problems`].
    pub warnings: Vec<Value>,
}

/// Why a source has no module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// It is wrong.
    #[error("{first}")]
    Problems {
        /// The first problem, in a line.
        first: String,
        /// All of them, errors and warnings, as the compiler reports them.
        diagnostics: Vec<Value>,
    },
    /// It took too long.
    #[error("the compiler took longer than {0} s")]
    Slow(u64),
    /// The compiler could not be run, or ended early: by its limit of memory, or by a bug.
    #[error("{0}")]
    Failed(String),
}
