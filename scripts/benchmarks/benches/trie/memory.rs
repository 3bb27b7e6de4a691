//! Substrate's trie in memory: what the structure itself takes, with nothing stored.

use std::any::Any;

use sp_trie::{LayoutV1, MemoryDB, delta_trie_root};
use ziver_state::{Hash, KeccakHasher, StateVersion};

use crate::{
    load::{self, Update},
    subject::{Head, Subject},
};

struct Memory {
    nodes: MemoryDB<KeccakHasher>,
    root: Hash,
}

/// The root of the state at the beginning.
pub fn root(keys: u32) -> [u8; 32] {
    ziver_trie::root::<KeccakHasher>(load::genesis(keys), StateVersion::V1).0
}

/// Makes the state anew; nothing was kept of it, so its blocks begin with the first one again.
pub fn open(keys: u32, head: Head) -> impl Subject + use<> {
    assert_eq!(head.number, 0, "nothing is kept in memory");
    let mut memory = Memory { nodes: MemoryDB::default(), root: ziver_trie::empty_root::<KeccakHasher>() };
    memory.block(load::genesis(keys).collect());
    assert_eq!(memory.root.0, head.root);
    memory
}

impl Subject for Memory {
    fn block(&mut self, updates: Vec<Update>) -> [u8; 32] {
        let delta = updates.into_iter().map(|(key, value)| (key, Some(value)));
        let root =
            delta_trie_root::<LayoutV1<KeccakHasher>, _, _, _, _, _>(&mut self.nodes, self.root, delta, None, None);
        self.root = root.expect("all nodes are there");
        self.nodes.purge();
        self.root.0
    }

    fn store(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
