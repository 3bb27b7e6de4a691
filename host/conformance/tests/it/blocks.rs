//! A block of a published chain, built and executed by our executor.

use std::sync::Arc;

use codec::{Decode, Encode};
use ziver_executor::{CallError, CompileStrategy, Executor, ExecutorConfig, Limits, Overlay, RuntimeCode};
use ziver_primitives::{Block, Hash, Header, OpaqueExtrinsic};
use ziver_state::{Changes, View};

use crate::inherents::{Kind, data, digest};
use crate::specs::Genesis;

/// An executor with one compiler. Interpreting and compiling without optimisation take a while on a busy machine.
pub fn executor(strategy: CompileStrategy) -> Executor {
    let limits = Limits { calls_at_once_max: 2, call_time_ms_max: 120_000, ..Limits::default() };
    Executor::new(ExecutorConfig { strategy, limits, ..ExecutorConfig::default() }).expect("an executor starts")
}

/// Calls a runtime on an overlay.
pub struct Session<'a> {
    pub executor: &'a Executor,
    pub code: Arc<RuntimeCode>,
    pub overlay: Overlay,
}

impl<'a> Session<'a> {
    pub fn new(executor: &'a Executor, code: Arc<RuntimeCode>, view: Arc<dyn View>) -> Self {
        Session { executor, code, overlay: Overlay::new(view) }
    }

    pub fn try_call(&mut self, method: &str, input: &[u8]) -> Result<Vec<u8>, CallError> {
        self.executor.call(&self.code, method, input, &mut self.overlay)
    }

    pub fn call<T: Decode>(&mut self, method: &str, input: &[u8]) -> T {
        let output = self.try_call(method, input).unwrap_or_else(|error| panic!("{method}: {error}"));
        T::decode(&mut &output[..]).unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}

/// Builds the first block, with the inherents alone.
pub fn build(executor: &Executor, genesis: &Genesis, kind: Kind) -> (Block, Changes) {
    let mut session = Session::new(executor, genesis.code.clone(), genesis.view.clone());
    let start = Header {
        parent_hash: genesis.hash(),
        number: 1,
        state_root: Hash::zero(),
        extrinsics_root: Hash::zero(),
        digest: digest(kind),
    };
    // Newer runtimes answer how extrinsics are to be included, older ones nothing.
    session.try_call("Core_initialize_block", &start.encode()).unwrap_or_else(|error| panic!("initialise: {error}"));
    let inherents = data(kind, &genesis.header);
    let extrinsics: Vec<OpaqueExtrinsic> = session.call("BlockBuilder_inherent_extrinsics", &inherents.encode());
    assert!(!extrinsics.is_empty(), "the time at least is set");
    for extrinsic in &extrinsics {
        let result: Vec<u8> =
            session.try_call("BlockBuilder_apply_extrinsic", &extrinsic.encode()).expect("it applies");
        // Ok(Ok(())).
        assert_eq!(result, [0, 0], "an inherent fails");
    }
    let header: Header = session.call("BlockBuilder_finalize_block", &[]);
    (Block { header, extrinsics }, session.overlay.into_changes())
}

/// Executes a block and says what it changed. The runtime itself compares the roots.
pub fn execute(executor: &Executor, genesis: &Genesis, block: &Block) -> Changes {
    let mut session = Session::new(executor, genesis.code.clone(), genesis.view.clone());
    let () = session.call("Core_execute_block", &block.encode());
    session.overlay.into_changes()
}
