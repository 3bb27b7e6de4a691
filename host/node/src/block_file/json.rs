//! Blocks as JSON objects, as `chain_getBlock` answers them.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use codec::DecodeAll;
use serde::Deserialize;
use serde_json::{Deserializer, StreamDeserializer, Value, de::IoRead, error::Category};
use ziver_primitives::{Block, Digest, DigestItem, Hash, Header, OpaqueExtrinsic};

use super::{BLOCK_BYTES_MAX, BlockFileError, NO_JUSTIFICATIONS};

/// Longest text of one block: two digits a byte, and room for names and spaces.
const TEXT_BYTES_MAX: usize = 3 * BLOCK_BYTES_MAX;

#[derive(Deserialize)]
struct SignedBlockText {
    block: BlockText,
    #[serde(default)]
    justifications: Option<Value>,
}

#[derive(Deserialize)]
struct BlockText {
    header: HeaderText,
    extrinsics: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeaderText {
    parent_hash: String,
    number: String,
    state_root: String,
    extrinsics_root: String,
    digest: DigestText,
}

#[derive(Deserialize)]
struct DigestText {
    logs: Vec<String>,
}

/// Reads objects one after the other.
pub(super) struct Objects<R: Read> {
    stream: StreamDeserializer<'static, IoRead<Budget<R>>, SignedBlockText>,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Objects<R> {
    pub(super) fn new(from: R) -> Self {
        let left = Rc::new(Cell::new(TEXT_BYTES_MAX));
        let budget = Budget { from, left: left.clone() };
        Self { stream: Deserializer::from_reader(budget).into_iter(), left }
    }

    /// The next block.
    pub(super) fn read(&mut self, place: u64) -> Result<Option<Block>, BlockFileError> {
        self.left.set(TEXT_BYTES_MAX);
        let Some(read) = self.stream.next() else { return Ok(None) };
        let text = read.map_err(|error| match error.classify() {
            _ if self.left.get() == 0 => BlockFileError::TooLong { place, bytes_max: TEXT_BYTES_MAX },
            Category::Eof => BlockFileError::Truncated { place, total: place },
            Category::Io => BlockFileError::Io(error.into()),
            Category::Syntax | Category::Data => BlockFileError::Malformed { place, reason: error.to_string() },
        })?;
        block(text).map(Some).map_err(|reason| BlockFileError::Malformed { place, reason })
    }
}

/// Ends when one object took more than its share.
struct Budget<R> {
    from: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = into.len().min(self.left.get());
        if wanted == 0 && !into.is_empty() {
            return Err(io::Error::other("longer than a block"));
        }
        let read = self.from.read(&mut into[..wanted])?;
        self.left.set(self.left.get() - read);
        Ok(read)
    }
}

fn block(text: SignedBlockText) -> Result<Block, String> {
    if text.justifications.is_some() {
        return Err(NO_JUSTIFICATIONS.to_owned());
    }
    let HeaderText { parent_hash, number, state_root, extrinsics_root, digest } = text.block.header;
    let number = number.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let logs = digest.logs.iter().map(|item| scale::<DigestItem>("digest item", item)).collect::<Result<_, _>>()?;
    let header = Header {
        parent_hash: hash("parentHash", &parent_hash)?,
        number: number.ok_or("number is no block number in hexadecimal")?,
        state_root: hash("stateRoot", &state_root)?,
        extrinsics_root: hash("extrinsicsRoot", &extrinsics_root)?,
        digest: Digest { logs },
    };
    let extrinsics = text.block.extrinsics.iter();
    let extrinsics = extrinsics.map(|bytes| scale::<OpaqueExtrinsic>("extrinsic", bytes)).collect::<Result<_, _>>()?;
    Ok(Block { header, extrinsics })
}

fn bytes(what: &str, text: &str) -> Result<Vec<u8>, String> {
    let digits = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok());
    digits.ok_or_else(|| format!("{what} is not 0x and hexadecimal digits"))
}

fn hash(what: &str, text: &str) -> Result<Hash, String> {
    let bytes = <[u8; 32]>::try_from(bytes(what, text)?);
    bytes.map(Hash::from).map_err(|bytes| format!("{what} has {} bytes in place of 32", bytes.len()))
}

fn scale<T: DecodeAll>(what: &str, text: &str) -> Result<T, String> {
    T::decode_all(&mut &bytes(what, text)?[..]).map_err(|error| format!("{what}: {error}"))
}
