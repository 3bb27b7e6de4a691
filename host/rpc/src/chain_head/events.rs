//! The notifications of `chainHead_v1_follow`, as they look in JSON.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use ziver_primitives::{Hash, RuntimeVersion};

use crate::{json, storage_query::StorageItem};

/// A hash, in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hex(pub Hash);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&json::hash(self.0))
    }
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FollowEvent {
    /// Always the first.
    Initialized {
        /// The last final blocks, lowest first.
        finalized_block_hashes: Vec<Hex>,
        /// The runtime after the last of them, if wanted.
        #[serde(skip_serializing_if = "Option::is_none")]
        finalized_block_runtime: Option<Runtime>,
    },
    /// A block above the final one.
    NewBlock {
        /// Its hash.
        block_hash: Hex,
        /// Its parent's.
        parent_block_hash: Hex,
        /// Left out if not wanted, null if the block changed no runtime.
        #[serde(skip_serializing_if = "Option::is_none")]
        new_runtime: Option<Option<Runtime>>,
    },
    /// The best chain ends with this block.
    BestBlockChanged {
        /// Its hash.
        best_block_hash: Hex,
    },
    /// Blocks became final.
    Finalized {
        /// They, lowest first.
        finalized_block_hashes: Vec<Hex>,
        /// Blocks that never will be.
        pruned_block_hashes: Vec<Hex>,
    },
    /// An operation is done: here is the body.
    OperationBodyDone {
        /// Which operation.
        operation_id: String,
        /// The extrinsics, in hexadecimal.
        value: Vec<String>,
    },
    /// An operation is done: here is what the runtime answered.
    OperationCallDone {
        /// Which operation.
        operation_id: String,
        /// In hexadecimal.
        output: String,
    },
    /// Some of what an operation reads.
    OperationStorageItems {
        /// Which operation.
        operation_id: String,
        /// Never empty.
        items: Vec<StorageItem>,
    },
    /// An operation goes on when the client says so.
    OperationWaitingForContinue {
        /// Which operation.
        operation_id: String,
    },
    /// An operation has read all.
    OperationStorageDone {
        /// Which operation.
        operation_id: String,
    },
    /// An operation ended because what it reads is not there any more, or the node is busy.
    OperationInaccessible {
        /// Which operation.
        operation_id: String,
    },
    /// An operation failed, and would again.
    OperationError {
        /// Which operation.
        operation_id: String,
        /// Why, for developers.
        error: String,
    },
    /// The last one: the client has to begin anew.
    Stop,
}

/// A runtime, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Runtime {
    /// Its version.
    Valid {
        /// What clients need of it.
        spec: RuntimeSpec,
    },
    /// It can't be run.
    Invalid {
        /// Why not, for developers.
        error: String,
    },
}

/// What the new groups tell of a runtime's version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuntimeSpec {
    spec_name: String,
    impl_name: String,
    spec_version: u32,
    impl_version: u32,
    transaction_version: u32,
    apis: BTreeMap<String, u32>,
}

impl Runtime {
    /// A runtime whose version is known.
    pub fn valid(version: &RuntimeVersion) -> Self {
        Self::Valid {
            spec: RuntimeSpec {
                spec_name: version.spec_name.to_string(),
                impl_name: version.impl_name.to_string(),
                spec_version: version.spec_version,
                impl_version: version.impl_version,
                transaction_version: version.transaction_version,
                apis: version.apis.iter().map(|(id, version)| (json::bytes(id), *version)).collect(),
            },
        }
    }
}
