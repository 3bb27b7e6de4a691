//! Raw chain specifications of published chains, from the folder that `scripts/chain-specs` fills.

use std::{collections::BTreeMap, env, path::PathBuf, sync::Arc};

use codec::Encode;
use serde_json::Value;
use ziver_executor::RuntimeCode;
use ziver_primitives::{Digest, Hash, Header, hashing::blake2_256};
use ziver_state::{Blake2Hasher, MemoryView, StateVersion, View};
use ziver_trie::{ordered_root, root};

const CODE_KEY: &[u8] = b":code";

/// A published chain at its genesis.
pub struct Genesis {
    pub pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    pub code: Arc<RuntimeCode>,
    pub view: Arc<MemoryView<Blake2Hasher>>,
    pub header: Header,
}

impl Genesis {
    pub fn hash(&self) -> Hash {
        Hash::from(blake2_256(&self.header.encode()))
    }
}

fn folder() -> Option<PathBuf> {
    let cache = env::var_os("ZIVER_CACHE").map(PathBuf::from);
    let xdg = || env::var_os("XDG_CACHE_HOME").map(|folder| PathBuf::from(folder).join("ziver"));
    let home = || env::var_os("HOME").map(|folder| PathBuf::from(folder).join(".cache/ziver"));
    Some(cache.or_else(xdg).or_else(home)?.join("chain-specs-1"))
}

/// The genesis of the chain whose specification has this name, with the trie in layout `version`. Says why where there is
/// none.
pub fn genesis(name: &str, version: StateVersion) -> Option<Genesis> {
    let path = folder().map(|folder| folder.join(name).with_extension("json"));
    let Some(bytes) = path.as_ref().and_then(|path| std::fs::read(path).ok()) else {
        println!("skipped {name}: its chain specification is not at {path:?}; scripts/chain-specs fetches it");
        return None;
    };
    let spec: Value = serde_json::from_slice(&bytes).expect("a chain specification is JSON");
    // An older form is a list of the main trie and the child tries.
    let raw = &spec["genesis"]["raw"];
    let top = raw.get("top").or_else(|| raw.get(0)).and_then(Value::as_object).expect("the genesis is raw");
    let unhex = |text: &str| hex::decode(text.trim_start_matches("0x")).expect("hex");
    let pairs: BTreeMap<_, _> =
        top.iter().map(|(key, value)| (unhex(key), unhex(value.as_str().expect("a string")))).collect();
    let code = Arc::new(RuntimeCode::new(pairs[CODE_KEY].as_slice()));
    let view = Arc::new(MemoryView::<Blake2Hasher>::from_pairs(pairs.clone(), version).expect("a trie in memory"));
    assert_eq!(root::<Blake2Hasher>(&pairs, version), view.root(), "at once and by steps");
    let header = Header {
        parent_hash: Hash::zero(),
        number: 0,
        state_root: view.root(),
        extrinsics_root: ordered_root::<Blake2Hasher>(Vec::<Vec<u8>>::new(), StateVersion::V0),
        digest: Digest::default(),
    };
    Some(Genesis { pairs, code, view, header })
}
