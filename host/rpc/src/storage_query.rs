//! Storage as the new groups ask for it: a list of items, each a key and what is wanted of it, answered page by page.
//!
//! [`Queries`] is read from the parameters, and is the place where the reading stands: [`Queries::page`] reads on for
//! one page of bounded size, so that neither a short request for much nor a slow client holds much in memory.

use std::{collections::VecDeque, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};
use ziver_primitives::{Hash, hashing::blake2_256};

use crate::{
    chain_read::{ChainRead, ReadError},
    json,
    limits::{KEYS_PER_READ, STORAGE_PAGE_BYTES_MAX, STORAGE_PAGE_ITEMS_MAX, STORAGE_QUERY_KEY_BYTES_MAX},
    params::Bytes,
};

/// What is wanted of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum QueryType {
    /// Its value.
    Value,
    /// The blake2-256 hash of its value.
    Hash,
    /// The Merkle value of the trie node at the key, or of the closest one below.
    ClosestDescendantMerkleValue,
    /// The values of all keys that begin with it.
    DescendantsValues,
    /// The hashes of those.
    DescendantsHashes,
}

impl QueryType {
    fn is_descendants(self) -> bool {
        matches!(self, Self::DescendantsValues | Self::DescendantsHashes)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    key: Bytes,
    #[serde(rename = "type")]
    wanted: QueryType,
    /// The last key that is known; for descendants only.
    #[serde(default)]
    pagination_start_key: Option<Bytes>,
}

/// What is left to read.
#[derive(Debug, Clone, Default)]
pub struct Queries {
    left: VecDeque<Query>,
    /// Items at the end of the list that were too many.
    pub discarded: usize,
    /// Whether one of the items may have any number of answers.
    pub has_descendants: bool,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageItem {
    /// The key, in hexadecimal like all else.
    pub key: String,
    /// Its value, if wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value's hash, if wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The Merkle value, if wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closest_descendant_merkle_value: Option<String>,
}

/// Some answers, and how large they are.
#[derive(Debug, Default)]
struct Page {
    items: Vec<StorageItem>,
    bytes: usize,
}

impl Page {
    fn is_full(&self) -> bool {
        self.items.len() >= STORAGE_PAGE_ITEMS_MAX || self.bytes >= STORAGE_PAGE_BYTES_MAX
    }

    fn push(&mut self, wanted: QueryType, key: &[u8], value: &[u8]) {
        let mut item = StorageItem { key: json::bytes(key), ..StorageItem::default() };
        match wanted {
            QueryType::Value | QueryType::DescendantsValues => item.value = Some(json::bytes(value)),
            QueryType::Hash | QueryType::DescendantsHashes => item.hash = Some(json::bytes(blake2_256(value))),
            QueryType::ClosestDescendantMerkleValue => item.closest_descendant_merkle_value = Some(json::bytes(value)),
        }
        // What is read is what costs, be it told or only hashed.
        self.bytes = self.bytes.saturating_add(key.len()).saturating_add(value.len());
        self.items.push(item);
    }
}

impl Queries {
    /// Whether nothing is left to read.
    pub fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    /// Reads on, in the state after `at`, of the main trie or the one that `child` names.
    pub fn page(
        &mut self,
        chain: &dyn ChainRead,
        at: Hash,
        child: Option<&[u8]>,
    ) -> Result<Vec<StorageItem>, ReadError> {
        let mut page = Page::default();
        while let Some(query) = self.left.front_mut() {
            if page.is_full() {
                break;
            }
            let Query { key: Bytes(key), wanted, .. } = &*query;
            let value = match wanted {
                QueryType::Value | QueryType::Hash => chain.storage(at, child, key)?,
                QueryType::ClosestDescendantMerkleValue => chain.merkle_value(at, child, key)?,
                QueryType::DescendantsValues | QueryType::DescendantsHashes => {
                    if !read_descendants(query, &mut page, chain, at, child)? {
                        continue;
                    }
                    None
                }
            };
            if let (Some(value), Some(Query { key: Bytes(key), wanted, .. })) = (value, self.left.front()) {
                page.push(*wanted, key, &value);
            }
            self.left.pop_front();
        }
        Ok(page.items)
    }
}

/// Reads some of a query's descendants. Says whether that were the last ones.
fn read_descendants(
    query: &mut Query,
    page: &mut Page,
    chain: &dyn ChainRead,
    at: Hash,
    child: Option<&[u8]>,
) -> Result<bool, ReadError> {
    let Bytes(prefix) = &query.key;
    let after = query.pagination_start_key.as_ref().map(|Bytes(after)| after.as_slice());
    let keys = chain.keys(at, child, prefix, after, KEYS_PER_READ)?;
    let are_last = keys.len() < KEYS_PER_READ;
    for key in keys {
        if page.is_full() {
            return Ok(false);
        }
        if let Some(value) = chain.storage(at, child, &key)? {
            page.push(query.wanted, &key, &value);
        }
        query.pagination_start_key = Some(Bytes(key));
    }
    Ok(are_last)
}

/// At most `MAX` items; what is beyond, or beyond the bytes of keys that one list may have, is counted as discarded.
#[derive(Debug, Clone)]
pub struct QueriesArg<const MAX: usize>(pub Queries);

impl<'de, const MAX: usize> Deserialize<'de> for QueriesArg<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<const MAX: usize>;
        impl<'de, const MAX: usize> Visitor<'de> for Items<MAX> {
            type Value = Queries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of items with key and type")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Queries, A::Error> {
                let mut queries = Queries::default();
                let mut bytes = 0_usize;
                while queries.left.len() < MAX {
                    let Some(query) = list.next_element::<Query>()? else { return Ok(queries) };
                    if query.pagination_start_key.is_some() && !query.wanted.is_descendants() {
                        return Err(A::Error::custom("paginationStartKey goes with types of descendants only"));
                    }
                    let start = query.pagination_start_key.as_ref().map_or(0, |Bytes(start)| start.len());
                    bytes = bytes.saturating_add(query.key.0.len()).saturating_add(start);
                    if bytes > STORAGE_QUERY_KEY_BYTES_MAX {
                        queries.discarded += 1;
                        break;
                    }
                    queries.has_descendants |= query.wanted.is_descendants();
                    queries.left.push_back(query);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    queries.discarded += 1;
                }
                Ok(queries)
            }
        }
        deserializer.deserialize_seq(Items::<MAX>).map(Self)
    }
}

#[cfg(test)]
mod tests;
