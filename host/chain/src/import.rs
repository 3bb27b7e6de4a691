//! Taking a block that somebody else made: cheap checks, execution, comparison.
//!
//! The order is by cost: sizes, place in the tree, digest, extrinsics root, inherents, execution, state root. Each check has an
//! error of its own that says who is to blame. Nothing is written before all of them have passed.

use codec::{DecodeAll, Encode};
use ziver_executor::{CallError, Executor, Hints, ListRoot};
use ziver_primitives::{
    AccountId20, Block, DigestItem, Hash, Header, OpaqueExtrinsic, RuntimeVersion, ZIVER_ENGINE_ID,
    inherents::{CheckInherentsResult, InherentData, InherentIdentifier},
};
use ziver_state::{Overlay, RuntimeCode, StateError, StateVersion};
use ziver_trie::{KeccakHasher, ordered_root};

use crate::insert::InsertError;
use crate::limits::{BODY_BYTES_MAX, DIGEST_ITEMS_COUNT_MAX, EXTRINSICS_COUNT_MAX, HEADER_BYTES_MAX};
use crate::reader::{ReadError, is_database_fault};
use crate::tree::PlaceError;

/// Who is to blame for a refused block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// Whoever made or sent it: an honest node never does.
    Peer,
    /// This node: it could not tell whether the block is good.
    Local,
    /// Nobody: it came twice, or before its parent.
    Nobody,
}

/// Why a block was not taken. State and tree are as before.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Header or body exceeds a bound of this host.
    #[error("block is too large: {what} {size} exceeds {size_max}")]
    TooLarge {
        /// What of it.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The bound.
        size_max: usize,
    },
    /// It has no place in the tree.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The digest is not what the author of a block of this chain writes.
    #[error("digest: {0}")]
    Digest(&'static str),
    /// The header does not belong to the body.
    #[error("extrinsics root is {found:?}, the body has {computed:?}")]
    ExtrinsicsRoot {
        /// In the header.
        found: Hash,
        /// Of the body.
        computed: Hash,
    },
    /// Inherents are missing, or contradict what this node knows (the time, say).
    #[error("inherents are refused: {}", inherent_errors(.errors))]
    Inherents {
        /// Whether they are wrong for ever; else they may be right later, or by another clock.
        is_fatal: bool,
        /// The runtime's errors.
        errors: Vec<(InherentIdentifier, Vec<u8>)>,
    },
    /// Executing it failed: a bad extrinsic, or a header that is not the outcome.
    #[error("execution: {0}")]
    Execution(CallError),
    /// The state after it is another than its header says.
    #[error("state root is {found:?}, execution gives {computed:?}")]
    StateRoot {
        /// In the header.
        found: Hash,
        /// Of the state.
        computed: Hash,
    },
    /// This node failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// This node failed.
    #[error(transparent)]
    Insert(#[from] InsertError),
}

fn inherent_errors(errors: &[(InherentIdentifier, Vec<u8>)]) -> String {
    let one = |(id, error): &(InherentIdentifier, Vec<u8>)| {
        format!("{} (0x{})", String::from_utf8_lossy(id), hex::encode(error))
    };
    errors.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl From<StateError> for ImportError {
    fn from(error: StateError) -> Self {
        ImportError::Read(ReadError::State(error))
    }
}

impl ImportError {
    /// Who is to blame.
    pub fn blame(&self) -> Blame {
        match self {
            ImportError::Inherents { is_fatal: false, .. } => Blame::Nobody,
            ImportError::Place(PlaceError::Known | PlaceError::UnknownParent(_) | PlaceError::TooMany { .. }) => {
                Blame::Nobody
            }
            ImportError::Place(PlaceError::BelowFinalized { .. } | PlaceError::WrongNumber { .. })
            | ImportError::TooLarge { .. }
            | ImportError::Digest(_)
            | ImportError::ExtrinsicsRoot { .. }
            | ImportError::Inherents { is_fatal: true, .. }
            | ImportError::StateRoot { .. } => Blame::Peer,
            ImportError::Execution(error) if error.is_runtime_fault() => Blame::Peer,
            ImportError::Execution(_) | ImportError::Read(_) | ImportError::Insert(_) => Blame::Local,
        }
    }

    /// Whether the database failed, so that the process must end.
    pub fn is_fatal(&self) -> bool {
        match self {
            ImportError::Insert(error) => error.is_fatal(),
            ImportError::Read(error) => error.is_fatal(),
            ImportError::Execution(CallError::State(error)) => is_database_fault(error),
            _ => false,
        }
    }
}

/// Root of the trie of this layout over a body, as headers carry it. The runtime computes it again; this copy of its rule
/// refuses bad blocks without running them.
pub fn extrinsics_root(extrinsics: &[OpaqueExtrinsic], layout: StateVersion) -> Hash {
    ordered_root::<KeccakHasher>(extrinsics.iter().map(Encode::encode), layout)
}

/// The layout of the trie behind the extrinsics roots of a runtime's blocks.
pub(crate) fn extrinsics_layout(version: &RuntimeVersion) -> StateVersion {
    StateVersion::try_from(version.extrinsics_root_version()).unwrap_or_default()
}

/// The version of the state's trie under a runtime.
pub(crate) fn state_version(version: &RuntimeVersion) -> StateVersion {
    StateVersion::try_from(version.state_version()).unwrap_or_default()
}

/// Checks that need neither parent nor state. Returns the SCALE body.
pub(crate) fn check_alone(block: &Block) -> Result<Vec<u8>, ImportError> {
    let too_large = |what, size, size_max| Err(ImportError::TooLarge { what, size, size_max });
    let header_bytes = block.header.encoded_size();
    if header_bytes > HEADER_BYTES_MAX {
        return too_large("header bytes", header_bytes, HEADER_BYTES_MAX);
    }
    if block.extrinsics.len() > EXTRINSICS_COUNT_MAX {
        return too_large("extrinsics", block.extrinsics.len(), EXTRINSICS_COUNT_MAX);
    }
    let body_bytes: usize = block.extrinsics.iter().map(|extrinsic| extrinsic.0.len().saturating_add(4)).sum();
    if body_bytes > BODY_BYTES_MAX {
        return too_large("body bytes", body_bytes, BODY_BYTES_MAX);
    }
    check_digest(&block.header)?;
    Ok(block.extrinsics.encode())
}

/// One author item comes first; there are no seals; a runtime change is told at most once.
fn check_digest(header: &Header) -> Result<(), ImportError> {
    let logs = &header.digest.logs;
    if logs.len() > DIGEST_ITEMS_COUNT_MAX {
        return Err(ImportError::TooLarge { what: "digest items", size: logs.len(), size_max: DIGEST_ITEMS_COUNT_MAX });
    }
    match logs.first() {
        Some(DigestItem::PreRuntime(ZIVER_ENGINE_ID, author)) => {
            AccountId20::decode_all(&mut &author[..])
                .map_err(|_| ImportError::Digest("the author is not an account"))?;
        }
        _ => return Err(ImportError::Digest("does not begin with the author")),
    }
    let count = |wanted: fn(&DigestItem) -> bool| logs.iter().filter(|item| wanted(item)).count();
    if count(|item| matches!(item, DigestItem::PreRuntime(..))) > 1 {
        return Err(ImportError::Digest("has more than one pre-runtime item"));
    }
    if count(|item| matches!(item, DigestItem::Seal(..))) > 0 {
        return Err(ImportError::Digest("has a seal, which this chain does not use"));
    }
    if count(|item| matches!(item, DigestItem::RuntimeEnvironmentUpdated)) > 1 {
        return Err(ImportError::Digest("tells of more than one runtime change"));
    }
    Ok(())
}

/// The parent's side of an import.
pub(crate) struct Execution<'a> {
    pub executor: &'a Executor,
    pub code: &'a RuntimeCode,
    pub version: &'a RuntimeVersion,
}

impl Execution<'_> {
    /// Whether the header belongs to the body. Returns the root in a form that saves the runtime to compute it again.
    pub fn check_extrinsics_root(&self, block: &Block) -> Result<ListRoot, ImportError> {
        let computed = ListRoot::of(&block.extrinsics, extrinsics_layout(self.version));
        match block.header.extrinsics_root {
            found if found == computed.root() => Ok(computed),
            found => Err(ImportError::ExtrinsicsRoot { found, computed: computed.root() }),
        }
    }

    /// Asks the runtime whether the block's inherents agree with ours. `overlay` is thrown away.
    pub fn check_inherents(
        &self,
        block: &[u8],
        inherents: &InherentData,
        overlay: &mut Overlay,
    ) -> Result<(), ImportError> {
        let input = [block, &inherents.encode()].concat();
        let answer = self.executor.call(self.code, "BlockBuilder_check_inherents", &input, overlay);
        let answer = answer.map_err(ImportError::Execution)?;
        match CheckInherentsResult::decode_all(&mut &answer[..]) {
            Ok(result) if result.okay => Ok(()),
            Ok(CheckInherentsResult { fatal_error: is_fatal, errors, .. }) => {
                Err(ImportError::Inherents { is_fatal, errors: errors.data.into_iter().collect() })
            }
            Err(_) => Err(ImportError::Inherents { is_fatal: true, errors: Vec::new() }),
        }
    }

    /// Executes the block; `overlay` holds the state after it and its root is the header's.
    pub fn execute(
        &self,
        header: &Header,
        block: &[u8],
        hints: Hints,
        overlay: &mut Overlay,
    ) -> Result<(), ImportError> {
        let result = self.executor.call_with(hints, self.code, "Core_execute_block", block, overlay);
        result.map_err(ImportError::Execution)?;
        let computed = overlay.storage_root(state_version(self.version))?;
        match header.state_root {
            found if found == computed => Ok(()),
            found => Err(ImportError::StateRoot { found, computed }),
        }
    }
}

/// SCALE of a block from its header and SCALE body.
pub(crate) fn block_bytes(header: &Header, body: &[u8]) -> Vec<u8> {
    let mut bytes = header.encode();
    bytes.extend_from_slice(body);
    bytes
}
