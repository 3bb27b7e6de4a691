//! Blocks of others.

use ziver_chain::{BlockId, ImportError};
use ziver_primitives::{Block, inherents::InherentData};

use crate::engine::Engine;
use crate::maintain::Adopted;

impl Engine {
    pub(crate) fn import(&mut self, now_ms: u64, block: Block) -> Result<BlockId, ImportError> {
        let hashes = block.extrinsics.iter().map(|extrinsic| extrinsic.hash()).collect();
        let inherents = InherentData::with_timestamp(now_ms);
        match self.chain.import(block, Some(&inherents)) {
            Ok(imported) => {
                let block = imported.block;
                self.adopt(now_ms, Adopted { imported, hashes });
                Ok(block)
            }
            Err(error) => {
                if error.is_fatal() {
                    self.die(error.to_string());
                }
                Err(error)
            }
        }
    }
}
