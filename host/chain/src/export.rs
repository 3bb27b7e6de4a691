//! The state at a block as a chain specification: a new chain begins where this one stands.

use ziver_primitives::Hash;
use ziver_state::View;

use crate::hexbytes::HexBytes;
use crate::reader::{ChainReader, ReadError};
use crate::spec::{ChainSpec, GenesisSpec, RawGenesis};

/// Where the roots of child tries lie in the main trie; the rest of such a key is the trie's name.
const CHILD_PREFIX: &[u8] = b":child_storage:default:";

type Pairs = std::collections::BTreeMap<HexBytes, HexBytes>;

impl ChainReader {
    /// The specification of a chain whose block 0 has the state after this block; else it is this chain's. `None` if the
    /// block is unknown.
    pub fn state_as_spec(&self, hash: &Hash) -> Result<Option<ChainSpec>, ReadError> {
        let Some(view) = self.view_at(hash)? else { return Ok(None) };
        let mut top = pairs(&*view, None).map_err(ReadError::State)?;
        let roots: Vec<_> = top.keys().filter(|key| key.0.starts_with(CHILD_PREFIX)).cloned().collect();
        let mut children_default = std::collections::BTreeMap::new();
        for key in roots {
            top.remove(&key);
            let name = key.0[CHILD_PREFIX.len()..].to_vec();
            let child = pairs(&*view, Some(&name)).map_err(ReadError::State)?;
            children_default.insert(HexBytes(name), child);
        }
        let genesis = GenesisSpec::Raw(RawGenesis { top, children_default });
        Ok(Some(ChainSpec { genesis, ..self.spec().clone() }))
    }
}

fn pairs(view: &dyn View, child: Option<&[u8]>) -> Result<Pairs, ziver_state::StateError> {
    let mut pairs = Pairs::new();
    let mut next = view.seek(child, &[])?;
    while let Some(key) = next {
        next = view.next_key(child, &key)?;
        if let Some(value) = view.get(child, &key)? {
            pairs.insert(HexBytes(key), HexBytes(value));
        }
    }
    Ok(pairs)
}
