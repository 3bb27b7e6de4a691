//! Nodes in memory. They never change: a change makes new nodes along its path and shares the rest.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use codec::{Decode, Encode, Error, Input, Output};
use parking_lot::Mutex;
use ziver_primitives::Hash;
use ziver_trie::{NodeParts, StateVersion, hash_db::Hasher, trie_db::node::Value as EncodedValue};

use super::partial::Partial;
use crate::StateError;

/// Bytes of a hash; a node whose encoding is shorter stands in its parent.
const HASH_BYTES: usize = 32;
/// Values of more bytes stand as a hash in nodes of state version 1.
const INLINE_VALUE_BYTES_MAX: usize = 32;

/// What stands for a node in its parent: its hash, or its encoding where that is shorter than a hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merkle {
    bytes: [u8; HASH_BYTES],
    len: u8,
}

impl std::fmt::Debug for Merkle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{}", hex::encode(self.as_bytes()))
    }
}

impl Merkle {
    /// Of a node with this encoding.
    pub(crate) fn of<H: Hasher<Out = Hash>>(encoding: &[u8]) -> Self {
        if encoding.len() >= HASH_BYTES {
            return Self::hashed(H::hash(encoding));
        }
        let mut bytes = [0; HASH_BYTES];
        bytes[..encoding.len()].copy_from_slice(encoding);
        Self { bytes, len: encoding.len() as u8 }
    }

    /// Of a node with this hash.
    pub(crate) fn hashed(hash: Hash) -> Self {
        Self { bytes: hash.0, len: HASH_BYTES as u8 }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The hash, unless the node stands in its parent.
    pub(crate) fn hash(&self) -> Option<Hash> {
        (usize::from(self.len) == HASH_BYTES).then_some(Hash::from(self.bytes))
    }
}

impl Encode for Merkle {
    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        self.len.encode_to(output);
        output.write(self.as_bytes());
    }
}

impl Decode for Merkle {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let (mut bytes, len) = ([0; HASH_BYTES], u8::decode(input)?);
        input.read(bytes.get_mut(..usize::from(len)).ok_or("a Merkle value is longer than a hash")?)?;
        Ok(Self { bytes, len })
    }
}

/// A value as a node carries it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Value {
    /// Itself.
    Inline(Vec<u8>),
    /// Its hash; the value is in the flat state.
    Hashed(Hash),
}

impl Value {
    pub(super) fn new<H: Hasher<Out = Hash>>(value: &[u8], version: StateVersion) -> Self {
        if version == StateVersion::V1 && value.len() > INLINE_VALUE_BYTES_MAX {
            return Self::Hashed(H::hash(value));
        }
        Self::Inline(value.into())
    }

    /// Whether this stands for `value`.
    pub(crate) fn is<H: Hasher<Out = Hash>>(&self, value: &[u8]) -> bool {
        match self {
            Self::Inline(bytes) => *bytes == value,
            Self::Hashed(hash) => *hash == H::hash(value),
        }
    }
}

/// A node. It has a value or children; a branch without a value has at least two children.
pub(crate) struct Node {
    pub(super) partial: Partial,
    pub(super) value: Option<Value>,
    /// None: a leaf.
    pub(super) children: Option<Children>,
    /// Whether the database has a record of it.
    saved: AtomicBool,
    /// Whether a walk has met it since this was last asked.
    met: AtomicBool,
}

impl Node {
    pub(super) fn new(partial: Partial, value: Option<Value>, children: Option<Children>) -> Self {
        Self { partial, value, children, saved: AtomicBool::new(false), met: AtomicBool::new(true) }
    }

    pub(super) fn is_saved(&self) -> bool {
        self.saved.load(Ordering::Relaxed)
    }

    pub(super) fn set_saved(&self) {
        self.saved.store(true, Ordering::Relaxed);
    }

    pub(super) fn set_met(&self) {
        // Most of the time it is set, and a store would take the cache line from other threads.
        if !self.met.load(Ordering::Relaxed) {
            self.met.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn take_met(&self) -> bool {
        self.met.swap(false, Ordering::Relaxed)
    }

    /// Appends the encoding (Polkadot specification, "State Trie").
    pub(super) fn encode_node(&self, output: &mut Vec<u8>) {
        let children = self.children.as_ref();
        let parts = NodeParts {
            nibbles: self.partial.len(),
            partial: self.partial.bytes(),
            value: self.value.as_ref().map(|value| match value {
                Value::Inline(bytes) => EncodedValue::Inline(bytes),
                Value::Hashed(hash) => EncodedValue::Node(hash.as_bytes()),
            }),
            children: children
                .map(|children| (children.bitmap, children.list.iter().map(|child| child.merkle.as_bytes()))),
        };
        parts.encode_to(output);
    }
}

/// Where a child's node is.
#[derive(Default)]
pub(super) struct Slot(Mutex<Option<Arc<Node>>>);

impl Clone for Slot {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.get()))
    }
}

impl Slot {
    pub(super) fn of(node: Arc<Node>) -> Self {
        Self(Mutex::new(Some(node)))
    }

    /// The node, if it is in memory.
    pub(super) fn get(&self) -> Option<Arc<Node>> {
        self.0.lock().clone()
    }

    pub(super) fn set(&self, node: &Arc<Node>) {
        *self.0.lock() = Some(node.clone());
    }

    /// Takes the node out of memory.
    pub(super) fn clear(&self) {
        *self.0.lock() = None;
    }
}

/// A child of a branch.
#[derive(Clone)]
pub(crate) struct Child {
    pub(crate) merkle: Merkle,
    pub(super) slot: Slot,
}

impl Child {
    pub(super) fn new<H: Hasher<Out = Hash>>(node: Arc<Node>, buffer: &mut Vec<u8>) -> Self {
        buffer.clear();
        node.encode_node(buffer);
        Self { merkle: Merkle::of::<H>(buffer), slot: Slot::of(node) }
    }
}

/// The children of a branch, in the order of their nibbles.
#[derive(Clone, Default)]
pub(super) struct Children {
    bitmap: u16,
    list: Vec<Child>,
}

impl Children {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    fn index(&self, nibble: u8) -> usize {
        (self.bitmap & ((1 << nibble) - 1)).count_ones() as usize
    }

    fn has(&self, nibble: u8) -> bool {
        self.bitmap & (1 << nibble) != 0
    }

    pub(super) fn get(&self, nibble: u8) -> Option<&Child> {
        if self.has(nibble) { self.list.get(self.index(nibble)) } else { None }
    }

    /// Puts a child in its place, or takes the one there away.
    pub(super) fn set(&mut self, nibble: u8, child: Option<Child>) {
        let at = self.index(nibble);
        match (child, self.has(nibble)) {
            (Some(child), true) => self.list[at] = child,
            (Some(child), false) => {
                self.list.insert(at, child);
                self.bitmap |= 1 << nibble;
            }
            (None, true) => {
                self.list.remove(at);
                self.bitmap &= !(1 << nibble);
            }
            (None, false) => {}
        }
    }

    /// Nibbles and children.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u8, &Child)> {
        (0..16).filter(|nibble| self.has(*nibble)).zip(&self.list)
    }
}

/// In a branch's record: a child that is a branch and has a record of its own.
const BRANCH: u8 = 0;
/// In a branch's record: a child that is a leaf; partial key and value follow.
const LEAF: u8 = 1;

/// The record of a node: what stands for it, which is how a reader knows that it is the node it looks for; the node; its
/// leaves.
pub(super) fn record(merkle: &Merkle, node: &Node) -> Vec<u8> {
    let mut record = Vec::with_capacity(1_024);
    merkle.encode_to(&mut record);
    node.partial.encode_to(&mut record);
    node.value.encode_to(&mut record);
    let Some(children) = &node.children else {
        0u16.encode_to(&mut record);
        return record;
    };
    children.bitmap.encode_to(&mut record);
    for child in &children.list {
        match child.slot.get().as_deref() {
            Some(Node { partial, value: Some(value), children: None, .. }) => {
                record.push(LEAF);
                (child.merkle, partial, value).encode_to(&mut record);
            }
            _ => {
                record.push(BRANCH);
                child.merkle.encode_to(&mut record);
            }
        }
    }
    record
}

/// The node of a record, and what stands for it.
pub(super) fn decode_record(mut bytes: &[u8]) -> Result<(Merkle, Node), StateError> {
    let read = |input: &mut &[u8]| -> Result<(Merkle, Node), Error> {
        let (merkle, partial) = (Merkle::decode(input)?, Partial::decode(input)?);
        let (value, bitmap) = (Option::<Value>::decode(input)?, u16::decode(input)?);
        if bitmap == 0 && value.is_none() {
            return Err("a node has neither value nor children".into());
        }
        let mut list = Vec::with_capacity(bitmap.count_ones() as usize);
        for _ in 0..bitmap.count_ones() {
            let (kind, merkle) = Decode::decode(input)?;
            let slot = match kind {
                BRANCH => Slot::default(),
                LEAF => {
                    let (partial, value) = Decode::decode(input)?;
                    Slot::of(Arc::new(Node::new(partial, Some(value), None)))
                }
                _ => return Err("a child is neither branch nor leaf".into()),
            };
            list.push(Child { merkle, slot });
        }
        if !input.is_empty() {
            return Err("bytes follow the node".into());
        }
        let node = Node::new(partial, value, (bitmap != 0).then_some(Children { bitmap, list }));
        node.set_saved();
        Ok((merkle, node))
    };
    read(&mut bytes).map_err(|error| StateError::Corrupt(format!("trie record: {error}")))
}
