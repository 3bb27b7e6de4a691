//! New nodes for changed keys: one walk over the sorted changes, each node on the way made once.

use std::{marker::PhantomData, sync::Arc};

use ziver_primitives::Hash;
use ziver_trie::{StateVersion, hash_db::Hasher};

use super::{
    Source,
    node::{Child, Children, Node, Value},
    partial::{Partial, nibble},
};
use crate::StateError;

/// A key and its new value; `None` to remove it.
type Change<'a> = (&'a [u8], Option<&'a [u8]>);

/// One walk.
pub(super) struct Update<'a, H> {
    source: Source<'a>,
    version: StateVersion,
    /// Keys of records whose nodes are gone.
    pub(super) removed: Vec<Vec<u8>>,
    buffer: Vec<u8>,
    hasher: PhantomData<H>,
}

/// The nodes of a branch's children while it is being changed: old ones, and new ones that have no Merkle value yet.
struct Open {
    children: Children,
    fresh: Vec<(u8, Arc<Node>)>,
}

impl<'a, H: Hasher<Out = Hash>> Update<'a, H> {
    pub(super) fn new(source: Source<'a>, version: StateVersion) -> Self {
        Self { source, version, removed: Vec::new(), buffer: Vec::new(), hasher: PhantomData }
    }

    /// What becomes of `node`, whose partial key begins at nibble `at`. All keys of `set` agree up to there, ascend, and are
    /// at least one.
    pub(super) fn update(
        &mut self,
        node: Option<&Arc<Node>>,
        at: usize,
        set: &[Change<'_>],
    ) -> Result<Option<Arc<Node>>, StateError> {
        let (Some(first), Some(last)) = (set.first(), set.last()) else { return Ok(node.cloned()) };
        let Some(node) = node else { return Ok(self.build(at, set)) };
        let len = node.partial.len();
        let common = node.partial.common_with(first.0, at).min(node.partial.common_with(last.0, at));
        if common == len {
            let open = Open { children: node.children.clone().unwrap_or_default(), fresh: Vec::new() };
            let was_branch = node.children.is_some();
            return self.change(node.partial.clone(), node.value.clone(), open, was_branch, at, set);
        }
        let is_here = |key: &[u8]| node.partial.common_with(key, at) == len;
        if set.iter().any(|(key, value)| value.is_none() && !is_here(key)) {
            // What is not here need not be removed.
            let kept: Vec<_> = set.iter().filter(|(key, value)| value.is_some() || is_here(key)).copied().collect();
            return self.update(Some(node), at, &kept);
        }
        // The node goes one step down, below a new branch.
        let below = Node::new(node.partial.after(common + 1), node.value.clone(), node.children.clone());
        let open = Open { children: Children::default(), fresh: vec![(node.partial.get(common), Arc::new(below))] };
        self.change(node.partial.range(0, common), None, open, false, at, set)
    }

    /// The node with this partial key, value and children, after the changes, whose keys all go through it.
    fn change(
        &mut self,
        partial: Partial,
        mut value: Option<Value>,
        mut open: Open,
        was_branch: bool,
        at: usize,
        mut set: &[Change<'_>],
    ) -> Result<Option<Arc<Node>>, StateError> {
        let path = set.first().map_or(&[][..], |(key, _)| key);
        let end = at + partial.len();
        if let Some(((key, new), rest)) = set.split_first()
            && key.len() * 2 == end
        {
            value = new.map(|new| Value::new::<H>(new, self.version));
            set = rest;
        }
        for group in set.chunk_by(|(one, _), (other, _)| nibble(one, end) == nibble(other, end)) {
            let Some((key, _)) = group.first() else { continue };
            let index = nibble(key, end);
            let at = open.fresh.iter().position(|(fresh, _)| *fresh == index);
            let old = match (at, open.children.get(index)) {
                (Some(at), _) => Some(open.fresh.swap_remove(at).1),
                (None, Some(child)) => Some(self.source.load(child, key, end + 1)?),
                (None, None) => None,
            };
            match self.update(old.as_ref(), end + 1, group)? {
                Some(new)
                    if old.as_ref().is_some_and(|old| Arc::ptr_eq(old, &new)) && open.children.get(index).is_some() => {
                }
                Some(new) => open.fresh.push((index, new)),
                None => open.children.set(index, None),
            }
        }
        for (index, node) in open.fresh {
            let child = Child::new::<H>(node, &mut self.buffer);
            open.children.set(index, Some(child));
        }
        self.close(partial, value, open.children, was_branch, at, path)
    }

    /// A node of what is left: a branch with one child and no value becomes one with it.
    fn close(
        &mut self,
        partial: Partial,
        value: Option<Value>,
        children: Children,
        was_branch: bool,
        at: usize,
        path: &[u8],
    ) -> Result<Option<Arc<Node>>, StateError> {
        let first = children.iter().next();
        let node = match (first, children.len(), value) {
            (None, _, None) => None,
            (None, _, value) => Some(Node::new(partial, value, None)),
            (Some((index, child)), 1, None) => {
                let mut position = prefix(path, at);
                position.extend(partial.iter().chain([index]));
                let (packed, depth) = (pack(&position), position.len());
                let child = self.source.load(child, &packed, depth)?;
                if child.children.is_some() {
                    self.removed.push(self.source.id.record_key(&packed, depth));
                }
                Some(Node::new(partial.join(index, &child.partial), child.value.clone(), child.children.clone()))
            }
            (Some(_), _, value) => Some(Node::new(partial, value, Some(children))),
        };
        if was_branch && node.as_ref().is_none_or(|node| node.children.is_none()) {
            self.removed.push(self.source.id.record_key(path, at));
        }
        Ok(node.map(Arc::new))
    }

    /// A new trie of these keys, from nibble `at` on.
    fn build(&mut self, at: usize, set: &[Change<'_>]) -> Option<Arc<Node>> {
        if set.iter().any(|(_, value)| value.is_none()) {
            let kept: Vec<_> = set.iter().filter(|(_, value)| value.is_some()).copied().collect();
            return self.build(at, &kept);
        }
        let ((first, value), (last, _)) = (set.first()?, set.last()?);
        if set.len() == 1 {
            let value = value.map(|value| Value::new::<H>(value, self.version));
            return Some(Arc::new(Node::new(Partial::of_key(first, at, first.len() * 2), value, None)));
        }
        let end = (at..first.len() * 2).find(|at| *at >= last.len() * 2 || nibble(first, *at) != nibble(last, *at));
        let end = end.unwrap_or(first.len() * 2);
        let (mut own, mut rest) = (None, set);
        if first.len() * 2 == end {
            own = value.map(|value| Value::new::<H>(value, self.version));
            rest = &set[1..];
        }
        let mut children = Children::default();
        for group in rest.chunk_by(|(one, _), (other, _)| nibble(one, end) == nibble(other, end)) {
            if let Some(node) = self.build(end + 1, group) {
                let child = Child::new::<H>(node, &mut self.buffer);
                children.set(nibble(group[0].0, end), Some(child));
            }
        }
        Some(Arc::new(Node::new(Partial::of_key(first, at, end), own, Some(children))))
    }
}

/// The first `count` nibbles of a key.
fn prefix(key: &[u8], count: usize) -> Vec<u8> {
    (0..count).map(|at| nibble(key, at)).collect()
}

/// Nibbles as bytes; of an odd number the last byte's low half is 0.
pub(super) fn pack(nibbles: &[u8]) -> Vec<u8> {
    nibbles.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}
