//! Blocks as JSON objects, as `chain_getBlock` answers them.
//!
//! The text of one object is bounded by bytes, its lists by elements, and what is not of a block is skipped: so memory holds
//! no more than the digits of the largest block, whatever the file says.

use std::{
    cell::Cell,
    fmt,
    io::{self, Read},
    marker::PhantomData,
    rc::Rc,
};

use codec::DecodeAll;
use serde::{
    Deserialize,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{Deserializer, StreamDeserializer, de::IoRead, error::Category};
use ziver_chain::limits::{DIGEST_ITEMS_COUNT_MAX, EXTRINSICS_COUNT_MAX};
use ziver_primitives::{Block, Digest, DigestItem, Hash, Header, OpaqueExtrinsic};

use super::{BlockFileError, NO_JUSTIFICATIONS};
use crate::limits::FILE_BLOCK_TEXT_BYTES_MAX;

#[derive(Deserialize)]
struct SignedBlockText {
    block: BlockText,
    #[serde(default)]
    justifications: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct BlockText {
    header: HeaderText,
    extrinsics: Texts<EXTRINSICS_COUNT_MAX>,
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
    logs: Texts<DIGEST_ITEMS_COUNT_MAX>,
}

/// A list of no more than `MAX` texts.
struct Texts<const MAX: usize>(Vec<String>);

impl<'de, const MAX: usize> Deserialize<'de> for Texts<MAX> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<const MAX: usize>(PhantomData<()>);
        impl<'de, const MAX: usize> Visitor<'de> for Reader<MAX> {
            type Value = Texts<MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of up to {MAX} texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = from.next_element()? {
                    if texts.len() == MAX {
                        return Err(A::Error::custom(format_args!("a list has more than {MAX} elements")));
                    }
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_seq(Reader(PhantomData))
    }
}

/// Reads objects one after the other.
pub(super) struct Objects<R: Read> {
    stream: StreamDeserializer<'static, IoRead<Budget<R>>, SignedBlockText>,
    left: Rc<Cell<usize>>,
    line: Rc<Cell<u64>>,
}

impl<R: Read> Objects<R> {
    pub(super) fn new(from: R) -> Self {
        let (left, line) = (Rc::new(Cell::new(FILE_BLOCK_TEXT_BYTES_MAX)), Rc::new(Cell::new(1)));
        let budget = Budget { from, left: left.clone(), line: line.clone() };
        Self { stream: Deserializer::from_reader(budget).into_iter(), left, line }
    }

    /// The next block.
    pub(super) fn read(&mut self, place: u64) -> Result<Option<Block>, BlockFileError> {
        self.left.set(FILE_BLOCK_TEXT_BYTES_MAX);
        let Some(read) = self.stream.next() else { return Ok(None) };
        let text = read.map_err(|error| match error.classify() {
            _ if self.left.get() == 0 => {
                BlockFileError::LongText { place, line: self.line.get(), bytes_max: FILE_BLOCK_TEXT_BYTES_MAX }
            }
            Category::Eof => BlockFileError::Truncated { place, total: place },
            Category::Io => BlockFileError::Io(error.into()),
            // Such an error names its line.
            Category::Syntax | Category::Data => BlockFileError::Malformed { place, reason: error.to_string() },
        })?;
        let line = self.line.get();
        let malformed = |reason| BlockFileError::Malformed { place, reason: format!("{reason} at line {line}") };
        block(text).map(Some).map_err(malformed)
    }
}

/// Ends when one object took more than its share. Counts lines: whoever parses asks for a byte at a time.
struct Budget<R> {
    from: R,
    left: Rc<Cell<usize>>,
    line: Rc<Cell<u64>>,
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = into.len().min(self.left.get());
        if wanted == 0 && !into.is_empty() {
            return Err(io::Error::other("longer than a block"));
        }
        let read = self.from.read(&mut into[..wanted])?;
        self.left.set(self.left.get() - read);
        let ends = into[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.line.set(self.line.get() + ends);
        Ok(read)
    }
}

fn block(text: SignedBlockText) -> Result<Block, String> {
    if text.justifications.is_some() {
        return Err(NO_JUSTIFICATIONS.to_owned());
    }
    let HeaderText { parent_hash, number, state_root, extrinsics_root, digest } = text.block.header;
    let number = number.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let logs = digest.logs.0.iter().map(|item| scale::<DigestItem>("digest item", item)).collect::<Result<_, _>>()?;
    let header = Header {
        parent_hash: hash("parentHash", &parent_hash)?,
        number: number.ok_or("number is no block number in hexadecimal")?,
        state_root: hash("stateRoot", &state_root)?,
        extrinsics_root: hash("extrinsicsRoot", &extrinsics_root)?,
        digest: Digest { logs },
    };
    let extrinsics = text.block.extrinsics.0.iter();
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
