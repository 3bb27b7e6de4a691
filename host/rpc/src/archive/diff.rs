//! `archive_v1_storageDiff`: what differs between the states after two blocks.
//!
//! [`Diff`] walks through the keys of both states at once, in their order, a page at a time. Where a prefix has the
//! same Merkle value in both, and the same first key, nothing below differs and the walk goes on behind it: a few
//! changes in a large state are found by a few hundred reads. The Merkle value alone does not tell, for it is that of
//! the node at the prefix or next below, and a node knows its way from its parent only: the same one can stand at
//! different keys.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use ziver_primitives::{Hash, hashing::blake2_256};

use crate::{
    chain_read::{ChainRead, ReadError},
    json,
    limits::{
        DIFF_STEPS_PER_READ, STORAGE_PAGE_BYTES_MAX, STORAGE_PAGE_ITEMS_MAX, STORAGE_QUERIES_PER_OPERATION_MAX,
        STORAGE_QUERY_KEY_BYTES_MAX,
    },
    params::{AtMost, Bytes},
};

/// Lengths of prefixes whose Merkle values are compared. Keys of items have 32 bytes, those of entries mostly a hash
/// behind them: there the branches of the trie are.
const PREFIX_BYTES: [usize; 13] = [1, 2, 4, 8, 16, 17, 24, 32, 33, 34, 35, 36, 48];

/// What is told of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ReturnType {
    Value,
    Hash,
}

/// Where differences are looked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(default)]
    key: Bytes,
    return_type: ReturnType,
    #[serde(default)]
    child_trie_key: Option<Bytes>,
}

/// The list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct ItemsArg(AtMost<Item, STORAGE_QUERIES_PER_OPERATION_MAX>);

/// How a key differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Added,
    Modified,
    Deleted,
}

/// A difference. Of a key that is there no longer, value and hash are the former ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    child_trie_key: Option<String>,
}

/// The walk, and where it stands.
#[derive(Debug)]
pub struct Diff {
    /// The block whose state is the older one.
    pub before: Hash,
    after: Hash,
    left: VecDeque<Item>,
    /// The first key that was not looked at, of the first item.
    from: Option<Vec<u8>>,
}

/// What one read has found.
#[derive(Debug, Default)]
struct Page {
    found: Vec<Difference>,
    bytes: usize,
    steps: usize,
}

impl Page {
    fn is_full(&self) -> bool {
        self.found.len() >= STORAGE_PAGE_ITEMS_MAX
            || self.bytes >= STORAGE_PAGE_BYTES_MAX
            || self.steps >= DIFF_STEPS_PER_READ
    }
}

impl Diff {
    /// Between the states after `before` and `after`; without items, all values of the main trie. Fails in words when
    /// the items have too many bytes.
    pub fn new(before: Hash, after: Hash, items: Option<ItemsArg>) -> Result<Self, String> {
        let all = || vec![Item { key: Bytes::default(), return_type: ReturnType::Value, child_trie_key: None }];
        let items = items.map_or_else(all, |ItemsArg(AtMost(items))| items);
        let bytes: usize = items
            .iter()
            .map(|item| item.key.0.len() + item.child_trie_key.as_ref().map_or(0, |Bytes(child)| child.len()))
            .sum();
        if bytes > STORAGE_QUERY_KEY_BYTES_MAX {
            return Err(format!("keys of {bytes} bytes; at most {STORAGE_QUERY_KEY_BYTES_MAX}"));
        }
        Ok(Self { before, after, left: items.into(), from: None })
    }

    /// Whether the walk has ended.
    pub fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    /// Goes on for a while.
    pub fn page(&mut self, chain: &dyn ChainRead) -> Result<Vec<Difference>, ReadError> {
        let mut page = Page::default();
        while let Some(item) = self.left.front()
            && !page.is_full()
        {
            page.steps += 1;
            let from = self.from.take().unwrap_or_else(|| item.key.0.clone());
            self.from = step(chain, (self.before, self.after), item, &from, &mut page)?;
            if self.from.is_none() {
                self.left.pop_front();
            }
        }
        Ok(page.found)
    }
}

/// Looks at the first key from `from` on that begins as the item says. Returns where to go on, if there can be more.
fn step(
    chain: &dyn ChainRead,
    (before, after): (Hash, Hash),
    item: &Item,
    from: &[u8],
    page: &mut Page,
) -> Result<Option<Vec<u8>>, ReadError> {
    let Bytes(prefix) = &item.key;
    let child = item.child_trie_key.as_ref().map(|Bytes(child)| child.as_slice());
    let keys = [first_key(chain, before, child, prefix, from)?, first_key(chain, after, child, prefix, from)?];
    let Some(key) = keys.iter().flatten().min().cloned() else { return Ok(None) };
    let begin_alike = keys[0] == keys[1];
    let lengths = PREFIX_BYTES.into_iter().filter(|length| *length > prefix.len() && *length < key.len());
    for length in std::iter::once(prefix.len()).chain(lengths).filter(|_| begin_alike) {
        let shared = &key[..length];
        // What begins so and lies before `from` may differ.
        if from <= shared && chain.merkle_value(before, child, shared)? == chain.merkle_value(after, child, shared)? {
            return Ok(behind(shared).filter(|next| next.starts_with(prefix)));
        }
    }
    let values = (chain.storage(before, child, &key)?, chain.storage(after, child, &key)?);
    page.bytes += key.len() + values.0.as_ref().map_or(0, Vec::len) + values.1.as_ref().map_or(0, Vec::len);
    let (kind, value) = match values {
        (None, Some(value)) => (Some(Kind::Added), value),
        (Some(old), Some(value)) => ((old != value).then_some(Kind::Modified), value),
        (Some(old), None) => (Some(Kind::Deleted), old),
        (None, None) => (None, Vec::new()),
    };
    if let Some(kind) = kind {
        let is_whole = item.return_type == ReturnType::Value;
        page.found.push(Difference {
            key: json::bytes(&key),
            value: is_whole.then(|| json::bytes(&value)),
            hash: (!is_whole).then(|| json::bytes(blake2_256(&value))),
            kind,
            child_trie_key: child.map(json::bytes),
        });
    }
    let mut next = key;
    next.push(0);
    Ok(Some(next))
}

/// The first key that is not less than `from`.
fn first_key(
    chain: &dyn ChainRead,
    at: Hash,
    child: Option<&[u8]>,
    prefix: &[u8],
    from: &[u8],
) -> Result<Option<Vec<u8>>, ReadError> {
    if chain.storage(at, child, from)?.is_some() {
        return Ok(Some(from.to_vec()));
    }
    Ok(chain.keys(at, child, prefix, Some(from), 1)?.pop())
}

/// The least key that is greater than all that begin with `prefix`.
fn behind(prefix: &[u8]) -> Option<Vec<u8>> {
    let end = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut next = prefix[..=end].to_vec();
    next[end] += 1;
    Some(next)
}

/// Whether one block is above another on the same branch, or the same.
pub fn is_ancestor(chain: &dyn ChainRead, ancestor: Hash, of: Hash) -> Result<bool, ReadError> {
    let number = chain.header(ancestor)?.ok_or(ReadError::UnknownBlock(ancestor))?.number;
    let finalized = chain.finalized().number;
    let mut at = of;
    loop {
        let header = chain.header(at)?.ok_or(ReadError::UnknownBlock(at))?;
        if at == ancestor || header.number <= number {
            return Ok(at == ancestor);
        }
        if header.number <= finalized {
            // From here down there is one chain, unless this is no part of it.
            return Ok(chain.hash_at(header.number)? == Some(at) && chain.hash_at(number)? == Some(ancestor));
        }
        at = header.parent_hash;
    }
}
