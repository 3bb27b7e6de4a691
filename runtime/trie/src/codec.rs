//! Nodes to bytes and back (Polkadot specification, "State Trie": node header, node subvalue).

use alloc::vec::Vec;
use core::{borrow::Borrow, fmt, marker::PhantomData, ops::Range};

use codec::{Compact, CompactLen, Decode, Encode};
use hash_db::Hasher;
use trie_db::{
    ChildReference, NodeCodec as TrieCodec,
    node::{NibbleSlicePlan, NodeHandlePlan, NodePlan, Value, ValuePlan},
};

use crate::header::{self, Kind};

#[cfg(test)]
mod tests;

/// Children that a branch can have.
const CHILDREN: usize = 16;
const EMPTY_NODE: &[u8] = &[0];

/// Why bytes are no node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// The first byte stands for no kind of node.
    Header(u8),
    /// The bytes end before the node does.
    TooShort,
    /// A length does not fit the machine.
    TooLong,
    /// The unused half of a partial key's first byte is not zero.
    Padding,
    /// A branch without a child.
    NoChild,
    /// A child that stands in its parent though it is longer than a hash.
    InlineChild,
    /// A length prefix is no canonical SCALE compact number.
    Length,
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(byte) => write!(f, "no node begins with byte {byte:#04x}"),
            Self::TooShort => f.write_str("a node's bytes end too early"),
            Self::TooLong => f.write_str("a node's partial key is too long"),
            Self::Padding => f.write_str("a node's partial key is badly padded"),
            Self::NoChild => f.write_str("a branch has no child"),
            Self::InlineChild => f.write_str("an inline child is longer than a hash"),
            Self::Length => f.write_str("a length in a node is malformed"),
        }
    }
}

impl core::error::Error for CodecError {}

/// Substrate's node codec for hashes of `H`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeCodec<H>(PhantomData<H>);

/// A position in a node's bytes.
struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn take(&mut self, count: usize) -> Result<Range<usize>, CodecError> {
        let end = self.at.checked_add(count).ok_or(CodecError::TooShort)?;
        if end > self.data.len() {
            return Err(CodecError::TooShort);
        }
        let range = self.at..end;
        self.at = end;
        Ok(range)
    }

    fn bytes(&mut self, count: usize) -> Result<&[u8], CodecError> {
        let range = self.take(count)?;
        self.data.get(range).ok_or(CodecError::TooShort)
    }

    fn byte(&mut self) -> Result<u8, CodecError> {
        self.bytes(1)?.first().copied().ok_or(CodecError::TooShort)
    }

    /// A run of bytes behind its SCALE length.
    fn prefixed(&mut self) -> Result<Range<usize>, CodecError> {
        let mut rest = self.data.get(self.at..).ok_or(CodecError::TooShort)?;
        let Compact(count) = Compact::<u32>::decode(&mut rest).map_err(|_| CodecError::Length)?;
        self.take(Compact::<u32>::compact_len(&count))?;
        self.take(usize::try_from(count).map_err(|_| CodecError::TooLong)?)
    }

    fn partial(&mut self, nibbles: usize) -> Result<NibbleSlicePlan, CodecError> {
        let range = self.take(nibbles.div_ceil(2))?;
        let odd = nibbles % 2;
        if odd == 1 && self.data.get(range.start).is_none_or(|first| first & 0xf0 != 0) {
            return Err(CodecError::Padding);
        }
        Ok(NibbleSlicePlan::new(range, odd))
    }

    fn value(&mut self, hash_len: Option<usize>) -> Result<ValuePlan, CodecError> {
        match hash_len {
            Some(len) => self.take(len).map(ValuePlan::Node),
            None => self.prefixed().map(ValuePlan::Inline),
        }
    }

    fn children(&mut self, bitmap: u16, hash_len: usize) -> Result<[Option<NodeHandlePlan>; CHILDREN], CodecError> {
        let mut children = [const { None }; CHILDREN];
        for (index, child) in children.iter_mut().enumerate() {
            if bitmap & 1u16.rotate_left(u32::try_from(index).unwrap_or(0)) == 0 {
                continue;
            }
            let range = self.prefixed()?;
            *child = Some(match range.len().cmp(&hash_len) {
                core::cmp::Ordering::Less => NodeHandlePlan::Inline(range),
                core::cmp::Ordering::Equal => NodeHandlePlan::Hash(range),
                core::cmp::Ordering::Greater => return Err(CodecError::InlineChild),
            });
        }
        Ok(children)
    }
}

/// The start of a node: header and partial key (which `trie-db` hands over padded already).
fn begin(kind: Kind, partial: impl Iterator<Item = u8>, nibbles: usize) -> Vec<u8> {
    let mut output = Vec::with_capacity(nibbles.div_ceil(2).saturating_add(4));
    header::encode(kind, nibbles, &mut output);
    output.extend(partial);
    output
}

fn push_value(value: Value<'_>, output: &mut Vec<u8>) {
    match value {
        Value::Inline(bytes) => bytes.encode_to(output),
        Value::Node(hash) => output.extend_from_slice(hash),
    }
}

/// A node's parts, for hosts that keep tries in a form of their own.
#[derive(Clone, Debug)]
pub struct NodeParts<'a, C> {
    /// Length of the partial key in nibbles.
    pub nibbles: usize,
    /// The partial key, two nibbles a byte; of an odd number the first has a byte of its own.
    pub partial: &'a [u8],
    /// The value, or its hash.
    pub value: Option<Value<'a>>,
    /// Of a branch: which children there are, and for each its hash, or its bytes where these are fewer than a hash's.
    pub children: Option<(u16, C)>,
}

impl<'a, C: Iterator<Item = &'a [u8]>> NodeParts<'a, C> {
    /// Appends the node's bytes.
    pub fn encode_to(self, output: &mut Vec<u8>) {
        let kind = match (&self.children, &self.value) {
            (None, Some(Value::Node(_))) => Kind::HashedLeaf,
            (None, _) => Kind::Leaf,
            (Some(_), None) => Kind::Branch,
            (Some(_), Some(Value::Inline(_))) => Kind::BranchWithValue,
            (Some(_), Some(Value::Node(_))) => Kind::HashedBranch,
        };
        header::encode(kind, self.nibbles, output);
        output.extend_from_slice(self.partial);
        let (bitmap, children) = self.children.unzip();
        output.extend_from_slice(bitmap.map(u16::to_le_bytes).as_ref().map_or(&[], |bytes| &bytes[..]));
        if let Some(value) = self.value {
            push_value(value, output);
        }
        for child in children.into_iter().flatten() {
            child.encode_to(output);
        }
    }
}

impl<H: Hasher> TrieCodec for NodeCodec<H> {
    /// In compact proofs this byte announces a value that follows its node.
    const ESCAPE_HEADER: Option<u8> = Some(1);
    type Error = CodecError;
    type HashOut = H::Out;

    fn hashed_null_node() -> H::Out {
        H::hash(EMPTY_NODE)
    }

    fn decode_plan(data: &[u8]) -> Result<NodePlan, CodecError> {
        let mut cursor = Cursor { data, at: 0 };
        let (kind, nibbles) = header::decode(|| cursor.byte())?;
        let hash_len = matches!(kind, Kind::HashedLeaf | Kind::HashedBranch).then_some(H::LENGTH);
        match kind {
            Kind::Empty => Ok(NodePlan::Empty),
            Kind::Leaf | Kind::HashedLeaf => {
                Ok(NodePlan::Leaf { partial: cursor.partial(nibbles)?, value: cursor.value(hash_len)? })
            }
            Kind::Branch | Kind::BranchWithValue | Kind::HashedBranch => {
                let partial = cursor.partial(nibbles)?;
                let bitmap = u16::from_le_bytes([cursor.byte()?, cursor.byte()?]);
                if bitmap == 0 {
                    return Err(CodecError::NoChild);
                }
                let value = if kind == Kind::Branch { None } else { Some(cursor.value(hash_len)?) };
                let children = cursor.children(bitmap, H::LENGTH)?;
                Ok(NodePlan::NibbledBranch { partial, value, children })
            }
        }
    }

    fn is_empty_node(data: &[u8]) -> bool {
        data == EMPTY_NODE
    }

    fn empty_node() -> &'static [u8] {
        EMPTY_NODE
    }

    fn leaf_node(partial: impl Iterator<Item = u8>, nibbles: usize, value: Value<'_>) -> Vec<u8> {
        let kind = if matches!(value, Value::Node(_)) { Kind::HashedLeaf } else { Kind::Leaf };
        let mut output = begin(kind, partial, nibbles);
        push_value(value, &mut output);
        output
    }

    fn extension_node(_: impl Iterator<Item = u8>, _: usize, _: ChildReference<H::Out>) -> Vec<u8> {
        // Asked for only by layouts with `USE_EXTENSION`; ours have it off.
        Vec::new()
    }

    fn branch_node(
        children: impl Iterator<Item = impl Borrow<Option<ChildReference<H::Out>>>>,
        value: Option<Value<'_>>,
    ) -> Vec<u8> {
        Self::branch_node_nibbled(core::iter::empty(), 0, children, value)
    }

    fn branch_node_nibbled(
        partial: impl Iterator<Item = u8>,
        nibbles: usize,
        children: impl Iterator<Item = impl Borrow<Option<ChildReference<H::Out>>>>,
        value: Option<Value<'_>>,
    ) -> Vec<u8> {
        let kind = match value {
            None => Kind::Branch,
            Some(Value::Inline(_)) => Kind::BranchWithValue,
            Some(Value::Node(_)) => Kind::HashedBranch,
        };
        let mut output = begin(kind, partial, nibbles);
        let mut bitmap = 0u16;
        let mut tail = Vec::new();
        for (index, child) in children.enumerate() {
            match child.borrow() {
                None => continue,
                Some(ChildReference::Hash(hash)) => hash.as_ref().encode_to(&mut tail),
                Some(ChildReference::Inline(bytes, len)) => {
                    bytes.as_ref().get(..*len).unwrap_or_default().encode_to(&mut tail);
                }
            }
            bitmap |= 1u16.rotate_left(u32::try_from(index).unwrap_or(0));
        }
        output.extend_from_slice(&bitmap.to_le_bytes());
        if let Some(value) = value {
            push_value(value, &mut output);
        }
        output.extend_from_slice(&tail);
        output
    }
}
