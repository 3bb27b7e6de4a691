//! What this crate keeps in the database, record by record.
//!
//! | column | key | value |
//! |---|---|---|
//! | `Header` | block hash | SCALE `Header` |
//! | `Body` | block hash | SCALE `Vec<OpaqueExtrinsic>` |
//! | `Number` | height, 4 bytes big-endian | hash of the best chain's block |
//! | `Transaction` | extrinsic hash ++ block hash | SCALE number and index: for each block that holds the extrinsic |
//! | `Events` | block hash | the value of `System.Events` in the state after the block |
//! | `Runtime` | height, 4 bytes big-endian ++ block hash | the runtime in the state after a block that changed it |
//! | `Meta` | `chain/heads` | SCALE [`Heads`] |
//! | `Meta` | `chain/spec` | blake2-256 of the chain specification's identity |
//! | `Meta` | `chain/code` | the first runtime, if the specification carries none |
//! | `Meta` | `chain/tree/` + block hash | SCALE [`Node`]: a block above the finalised one |
//!
//! A block is one batch: header, body, node, state and heads together. So the last whole block is what `chain/heads` says.

use codec::{Decode, DecodeAll, Encode};
use ziver_db::{Batch, Column, Db, DbError};
use ziver_primitives::{BlockNumber, Hash, Header, OpaqueExtrinsic};

use crate::route::BlockId;
use crate::tree::Node;

const HEADS: &[u8] = b"chain/heads";
const SPEC: &[u8] = b"chain/spec";
const CODE: &[u8] = b"chain/code";
const TREE: &[u8] = b"chain/tree/";

/// The two heads, written with every block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Heads {
    pub best: BlockId,
    pub finalized: BlockId,
}

/// A record could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The record is there but its bytes are not what was written.
    #[error("damaged record: {0}")]
    Damaged(String),
}

fn decode<T: Decode>(what: &str, bytes: &[u8]) -> Result<T, RecordError> {
    T::decode_all(&mut &bytes[..]).map_err(|error| RecordError::Damaged(format!("{what}: {error}")))
}

pub(crate) fn header(db: &dyn Db, hash: &Hash) -> Result<Option<Header>, RecordError> {
    let Some(bytes) = db.get(Column::Header, hash.as_bytes())? else { return Ok(None) };
    decode(&format!("header {hash:?}"), &bytes).map(Some)
}

pub(crate) fn body(db: &dyn Db, hash: &Hash) -> Result<Option<Vec<OpaqueExtrinsic>>, RecordError> {
    let Some(bytes) = db.get(Column::Body, hash.as_bytes())? else { return Ok(None) };
    decode(&format!("body {hash:?}"), &bytes).map(Some)
}

pub(crate) fn hash_by_number(db: &dyn Db, number: BlockNumber) -> Result<Option<Hash>, RecordError> {
    let Some(bytes) = db.get(Column::Number, &number.to_be_bytes())? else { return Ok(None) };
    decode(&format!("hash of block {number}"), &bytes).map(Some)
}

pub(crate) fn heads(db: &dyn Db) -> Result<Option<Heads>, RecordError> {
    let Some(bytes) = db.get(Column::Meta, HEADS)? else { return Ok(None) };
    decode("heads", &bytes).map(Some)
}

pub(crate) fn spec_identity(db: &dyn Db) -> Result<Option<Hash>, RecordError> {
    let Some(bytes) = db.get(Column::Meta, SPEC)? else { return Ok(None) };
    decode("identity of the chain spec", &bytes).map(Some)
}

pub(crate) fn first_code(db: &dyn Db) -> Result<Option<Vec<u8>>, RecordError> {
    Ok(db.get(Column::Meta, CODE)?)
}

pub(crate) fn nodes(db: &dyn Db) -> Result<Vec<(Hash, Node)>, RecordError> {
    let mut nodes = Vec::new();
    for entry in db.iter(Column::Meta, TREE) {
        let (key, value) = entry?;
        let Some(hash) = key.strip_prefix(TREE) else { break };
        nodes.push((decode("key of a tree node", hash)?, decode("tree node", &value)?));
    }
    Ok(nodes)
}

pub(crate) fn put_block(batch: &mut Batch, hash: &Hash, header: &Header, body: Vec<u8>) {
    batch.put(Column::Header, hash.as_bytes(), header.encode());
    batch.put(Column::Body, hash.as_bytes(), body);
}

pub(crate) fn delete_block(batch: &mut Batch, hash: &Hash) {
    batch.delete(Column::Header, hash.as_bytes());
    batch.delete(Column::Body, hash.as_bytes());
}

pub(crate) fn put_number(batch: &mut Batch, block: &BlockId) {
    batch.put(Column::Number, block.number.to_be_bytes(), block.hash.as_bytes());
}

pub(crate) fn delete_number(batch: &mut Batch, number: BlockNumber) {
    batch.delete(Column::Number, number.to_be_bytes());
}

pub(crate) fn put_heads(batch: &mut Batch, heads: &Heads) {
    batch.put(Column::Meta, HEADS, heads.encode());
}

pub(crate) fn put_spec_identity(batch: &mut Batch, identity: &Hash) {
    batch.put(Column::Meta, SPEC, identity.as_bytes());
}

pub(crate) fn put_first_code(batch: &mut Batch, code: &[u8]) {
    batch.put(Column::Meta, CODE, code);
}

fn node_key(hash: &Hash) -> Vec<u8> {
    [TREE, hash.as_bytes()].concat()
}

pub(crate) fn put_node(batch: &mut Batch, hash: &Hash, node: &Node) {
    batch.put(Column::Meta, node_key(hash), node.encode());
}

pub(crate) fn delete_node(batch: &mut Batch, hash: &Hash) {
    batch.delete(Column::Meta, node_key(hash));
}

#[cfg(test)]
mod tests;
