//! The runtime as native code, on the overlay that the host lends to the Wasm runtime.
//!
//! Its state is behind the same buffer as in the Wasm runtime, so that both do the same work for a read or write.

use std::borrow::Cow;

use ziver_state::{KeccakHasher, Overlay, StateVersion};
use ziver_support::{Ctx, Externalities, LogLevel, RemovedPrefix, externalities::Buffered};

/// Calls the entry point `name` on `overlay` and gives it back changed.
pub fn call(mut overlay: Overlay, name: &str, input: &[u8]) -> Overlay {
    let mut host = Buffered::new(Host(&mut overlay));
    let answer = ziver_runtime::api::call(&mut Ctx::new(&mut host), name, input).expect("an entry point");
    answer.expect("the block is good");
    host.flush();
    drop(host);
    overlay
}

struct Host<'a>(&'a mut Overlay);

impl Externalities for Host<'_> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(None, key).expect("a state in memory").map(Cow::into_owned)
    }

    fn exists(&self, key: &[u8]) -> bool {
        self.0.exists(None, key).expect("a state in memory")
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.0.set(None, key, value.to_vec());
    }

    fn clear(&mut self, key: &[u8]) {
        self.0.clear(None, key);
    }

    fn append(&mut self, key: &[u8], item: &[u8]) {
        self.0.append(None, key, item).expect("a state in memory");
    }

    fn next_key(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.next_key(None, key).expect("a state in memory")
    }

    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> RemovedPrefix {
        let removal = self.0.clear_prefix(None, prefix, limit).expect("a state in memory");
        RemovedPrefix { all: removal.all_removed(), removed: removal.loops }
    }

    fn start_transaction(&mut self) {
        self.0.start_transaction();
    }

    fn commit_transaction(&mut self) {
        self.0.commit_transaction().expect("it was started");
    }

    fn rollback_transaction(&mut self) {
        self.0.rollback_transaction().expect("it was started");
    }

    fn storage_root(&mut self) -> [u8; 32] {
        self.0.storage_root(StateVersion::V1).expect("a state in memory").0
    }

    fn ordered_root(&self, values: &[Vec<u8>]) -> [u8; 32] {
        ziver_trie::ordered_root::<KeccakHasher>(values, StateVersion::V0).0
    }

    fn runtime_version(&self, _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn log(&self, _: LogLevel, _: &str, _: &str) {}
}
