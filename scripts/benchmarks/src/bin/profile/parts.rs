//! Which part of the node a sample belongs to.
//!
//! From the innermost frame outwards, the first one that names a part decides: the hash of a trie node is the trie's. Code that the
//! engine compiled has no name for perf, and is the runtime's.

use std::collections::BTreeMap;

use crate::samples::Sample;

/// What the functions of a part have in their names. Of two that fit a frame the first one counts.
const PARTS: [(&str, &[&str]); 16] = [
    ("signature recovery", &["secp256k1", "ziver_executor::recover"]),
    ("trie", &["ziver_state::trie", "ziver_trie", "trie_db", "triehash"]),
    ("database, reads", &["rocksdb::DBImpl::Get", "rocksdb_get", "rocksdb_iter"]),
    ("database, flush and compaction", &["rocksdb::FlushJob", "rocksdb::CompactionJob", "rocksdb::DBImpl::Background"]),
    ("database, writes", &["rocksdb::DBImpl::Write", "rocksdb::WriteBatch", "rocksdb_writebatch", "ziver_db"]),
    ("state: overlay, caches, flat state, history", &["ziver_state::"]),
    ("host functions", &["ziver_executor::host"]),
    ("calls of the runtime", &["wasmtime", "ziver_executor"]),
    ("sockets", &["tcp_sendmsg", "tcp_recvmsg", "__sys_sendto", "__sys_recvfrom"]),
    ("pool", &["ziver_pool"]),
    ("chain: blocks, index, finality", &["ziver_chain", "import::import"]),
    ("engine", &["ziver_engine"]),
    ("JSON-RPC", &["ziver_rpc", "jsonrpsee", "tungstenite", "soketto", "hyper", "serde_json"]),
    ("node", &["ziver_node"]),
    ("runtime (Wasm)", &["[unknown]"]),
    ("waiting and waking of tasks", &["tokio", "futex", "parking_lot", "schedule"]),
];
const OTHER: &str = "other";

/// The part that `sample` belongs to.
pub fn of(sample: &Sample<'_>) -> &'static str {
    let part = |frame: &str| PARTS.iter().find(|(_, names)| names.iter().any(|name| frame.contains(name)));
    sample.frames().find_map(part).map_or(OTHER, |(part, _)| part)
}

/// Parts with the number of their samples, the largest first.
pub fn count(samples: &[Sample<'_>]) -> Vec<(&'static str, u32)> {
    let mut counts = BTreeMap::<_, u32>::new();
    for sample in samples {
        *counts.entry(of(sample)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
