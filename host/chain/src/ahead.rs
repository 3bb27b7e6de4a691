//! The signatures of a block, recovered on other threads while it executes or waits for its turn.
//!
//! Which they are, the runtime says by `SignatureApi_recovery_inputs`, an entry point of this project's own. A runtime
//! without it, or a machine with one processor, recovers each signature when execution comes to it.

use std::sync::Arc;

use codec::{DecodeAll, Encode};
use ziver_executor::{Ahead, Overlay, recover::RecoverInput};
use ziver_primitives::Block;

use crate::limits::AHEAD_CALL_MS_MAX;
use crate::reader::{ChainReader, ReadError};

const API: &str = "SignatureApi";
const METHOD: &str = "SignatureApi_recovery_inputs";

/// Begins with `block`, by the state of its parent or, where that is not there yet, of the best block.
pub(crate) fn begin(reader: &ChainReader, block: &Block) -> Result<Option<Ahead>, ReadError> {
    let view = match reader.view_at(&block.header.parent_hash)? {
        Some(view) => view,
        None => match reader.view_at(&reader.best().hash)? {
            Some(view) => view,
            None => return Ok(None),
        },
    };
    let Some(code) = view.runtime_code().map_err(ReadError::State)? else { return Ok(None) };
    let executor = Arc::clone(&reader.shared.executor);
    if block.extrinsics.is_empty() || executor.runtime_version(&code)?.api_version(API).is_none() {
        return Ok(None);
    }
    let (input, caller) = (block.encode(), Arc::clone(&executor));
    let find = move || -> Vec<RecoverInput> {
        let answer = caller.call_within(AHEAD_CALL_MS_MAX, &code, METHOD, &input, &mut Overlay::new(view));
        // A runtime that fails here may fail on the block too; that is told then.
        let inputs = answer.ok().and_then(|answer| Vec::<RecoverInput>::decode_all(&mut &answer[..]).ok());
        inputs.unwrap_or_default()
    };
    Ok(executor.recover_ahead(find))
}
