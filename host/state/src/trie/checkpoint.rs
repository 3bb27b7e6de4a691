//! Records of what changed since the last checkpoint, and taking from memory what has records.

use ziver_db::{Batch, Column};

use super::{
    TrieId, Tries,
    node::{Merkle, Node, record},
    update::pack,
};

impl Tries {
    /// Puts the records of all nodes that have none. The batch must be written before anything else is.
    pub(crate) fn save(&self, batch: &mut Batch) {
        let children = self.children.iter().map(|(name, trie)| (Some(name.as_slice()), trie));
        for (name, trie) in children.chain([(None, &self.main)]) {
            if let Some(node) = trie.node.get() {
                save(&TrieId::new(name), &Merkle::hashed(trie.root), &node, &mut Vec::new(), batch);
            }
        }
    }
}

fn save(id: &TrieId, merkle: &Merkle, node: &Node, position: &mut Vec<u8>, batch: &mut Batch) {
    if node.is_saved() {
        return;
    }
    batch.put(Column::Trie, id.record_key(&pack(position), position.len()), record(merkle, node));
    node.set_saved();
    let len = position.len();
    position.extend(node.partial.iter());
    for (index, child) in node.children.iter().flat_map(|children| children.iter()) {
        if let Some(below) = child.slot.get().filter(|below| below.children.is_some()) {
            position.push(index);
            save(id, &child.merkle, &below, position, batch);
            position.pop();
        }
    }
    position.truncate(len);
}

impl Tries {
    /// Takes nodes that have records from memory until about `bytes` are left: first those that no walk has met since the
    /// last call, and if that is not enough all but the upper levels. To be called when the last records are written.
    pub(crate) fn evict(&self, bytes: usize) {
        for trie in self.children.values().chain([&self.main]) {
            let Some(node) = trie.node.get() else { continue };
            let size = size(&node);
            if size > bytes && keep_met(&node) > bytes {
                keep_upper(&node);
            }
        }
    }
}

/// About what the nodes below and this one take, in bytes.
fn size(node: &Node) -> usize {
    let own = 128 + node.partial.bytes().len();
    let children = node.children.iter().flat_map(|children| children.iter());
    children.fold(own, |sum, (_, child)| sum + size_of_val(child) + child.slot.get().map_or(0, |below| size(&below)))
}

/// Keeps what walks have met. Returns the size of what is left.
fn keep_met(node: &Node) -> usize {
    let mut left = 128 + node.partial.bytes().len();
    for (_, child) in node.children.iter().flat_map(|children| children.iter()) {
        left += size_of_val(child);
        let Some(below) = child.slot.get() else { continue };
        if below.children.is_none() || below.take_met() || !below.is_saved() {
            left += keep_met(&below);
        } else {
            child.slot.clear();
        }
    }
    left
}

/// Takes away the branches that have no branch below them.
fn keep_upper(node: &Node) -> bool {
    let mut is_lowest = true;
    for (_, child) in node.children.iter().flat_map(|children| children.iter()) {
        let Some(below) = child.slot.get().filter(|below| below.children.is_some()) else { continue };
        is_lowest = false;
        if keep_upper(&below) && below.is_saved() {
            child.slot.clear();
        }
    }
    is_lowest
}
