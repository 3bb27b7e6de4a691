//! Blocks in a file, in the two formats of Substrate's `export-blocks`.
//!
//! ```text
//! binary   u64 (little-endian): how many blocks; then each as SCALE: header, extrinsics, justifications (Option)
//! JSON     one object a block, as chain_getBlock answers; we write one a line, and read them with any space between
//! ```
//!
//! A file may be anybody's: every length is bounded before memory is taken for it, and an error names the block by its place.
//!
//! Out of scope: whether blocks are right, which is for `ziver_chain`.

mod json;

use std::io::{self, BufReader, Chain, Cursor, Read, Write};

use codec::{Compact, Decode, Encode, Input};
use ziver_chain::limits::EXTRINSICS_COUNT_MAX;
use ziver_primitives::{Block, Header, OpaqueExtrinsic};

use crate::limits::FILE_BLOCK_BYTES_MAX;

/// How blocks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// SCALE after a count.
    Binary,
    /// JSON objects.
    Json,
}

/// Why blocks can't be read. `place` counts the file's blocks from 1.
#[derive(Debug, thiserror::Error)]
pub enum BlockFileError {
    /// The file can't be read.
    #[error("cannot read blocks: {0}")]
    Io(io::Error),
    /// It is something else.
    #[error("this is no file of blocks: neither Substrate's binary format nor JSON")]
    Foreign,
    /// It says how many blocks it holds, and ends before.
    #[error("the file is truncated: it ends in block {place} of {total}")]
    Truncated {
        /// Which block is not whole.
        place: u64,
        /// How many the file promises; without that, as many as began.
        total: u64,
    },
    /// A block is none.
    #[error("the {place}. block of the file is malformed: {reason}")]
    Malformed {
        /// Which one.
        place: u64,
        /// What is wrong.
        reason: String,
    },
    /// A block is longer than any can be.
    #[error("the {place}. block of the file is longer than {bytes_max} bytes")]
    TooLong {
        /// Which one.
        place: u64,
        /// The limit.
        bytes_max: usize,
    },
    /// A block takes more text than any can need.
    #[error("line {line}: the {place}. block of the file takes more than {bytes_max} bytes of text")]
    LongText {
        /// Which one.
        place: u64,
        /// Where in the file it became too long.
        line: u64,
        /// The limit.
        bytes_max: usize,
    },
    /// There are bytes after the last block.
    #[error("the file goes on after the {total} blocks that it promises")]
    Surplus {
        /// How many blocks it promises.
        total: u64,
    },
}

/// Writes blocks.
pub struct BlockWriter<W> {
    to: W,
    format: Format,
}

impl<W: Write> BlockWriter<W> {
    /// Begins a file of `count` blocks.
    pub fn begin(mut to: W, format: Format, count: u64) -> io::Result<Self> {
        if format == Format::Binary {
            to.write_all(&count.encode())?;
        }
        Ok(Self { to, format })
    }

    /// Writes the next block.
    pub fn write(&mut self, block: &Block) -> io::Result<()> {
        match self.format {
            Format::Binary => self.to.write_all(&(block, None::<()>).encode()),
            Format::Json => writeln!(self.to, "{}", ziver_rpc::json::signed_block(block)),
        }
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

type Source = Chain<Cursor<Vec<u8>>, BufReader<Box<dyn Read>>>;

/// Reads blocks one by one. After an error there are no more.
pub struct BlockReader {
    form: Form,
    /// Blocks read, the one that failed included.
    place: u64,
    ended: bool,
}

enum Form {
    Binary { from: Source, total: u64 },
    Json(Box<json::Objects<Source>>),
}

impl BlockReader {
    /// Begins to read. The format is told by the first bytes, unless it is given.
    pub fn begin(from: Box<dyn Read>, format: Option<Format>) -> Result<Self, BlockFileError> {
        let mut from = BufReader::new(from);
        let mut first = Vec::new();
        (&mut from).take(8).read_to_end(&mut first).map_err(BlockFileError::Io)?;
        let binary = <[u8; 8]>::try_from(&first[..]).ok().map(u64::from_le_bytes);
        // Nobody has 2^56 blocks, and no JSON has a zero byte.
        let counted = binary.filter(|count| *count < 1 << 56 || format == Some(Format::Binary));
        let looks_like_json = first.trim_ascii_start().starts_with(b"{") || first.trim_ascii().is_empty();
        let form = match (format, counted) {
            (Some(Format::Binary) | None, Some(total)) => {
                Form::Binary { from: Cursor::new(Vec::new()).chain(from), total }
            }
            (Some(Format::Json) | None, None) if looks_like_json && !first.is_empty() => {
                Form::Json(Box::new(json::Objects::new(Cursor::new(first).chain(from))))
            }
            _ => return Err(BlockFileError::Foreign),
        };
        Ok(Self { form, place: 0, ended: false })
    }

    /// How many blocks the file promises, if it does.
    pub fn total(&self) -> Option<u64> {
        match &self.form {
            Form::Binary { total, .. } => Some(*total),
            Form::Json(_) => None,
        }
    }

    fn read(&mut self) -> Result<Option<Block>, BlockFileError> {
        let place = self.place.saturating_add(1);
        self.place = place;
        match &mut self.form {
            Form::Json(objects) => objects.read(place),
            Form::Binary { from, total } if place > *total => {
                let mut surplus = [0];
                match from.read(&mut surplus).map_err(BlockFileError::Io)? {
                    0 => Ok(None),
                    _ => Err(BlockFileError::Surplus { total: *total }),
                }
            }
            Form::Binary { from, total } => {
                let mut input = Bounded { from, left: FILE_BLOCK_BYTES_MAX, fault: None };
                let read = block(&mut input);
                read.map(Some).map_err(|error| match input.fault {
                    Some(Fault::End) => BlockFileError::Truncated { place, total: *total },
                    Some(Fault::Long) => BlockFileError::TooLong { place, bytes_max: FILE_BLOCK_BYTES_MAX },
                    Some(Fault::Io(error)) => BlockFileError::Io(error),
                    None => BlockFileError::Malformed { place, reason: error.to_string() },
                })
            }
        }
    }
}

impl Iterator for BlockReader {
    type Item = Result<Block, BlockFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read().transpose();
        self.ended = !matches!(read, Some(Ok(_)));
        read
    }
}

/// A block with its justifications, which must be absent: there are none on this chain yet.
fn block(input: &mut impl Input) -> Result<Block, codec::Error> {
    let header = Header::decode(input)?;
    let count = usize::try_from(Compact::<u32>::decode(input)?.0).unwrap_or(usize::MAX);
    if count > EXTRINSICS_COUNT_MAX {
        return Err("too many extrinsics".into());
    }
    let extrinsics = (0..count).map(|_| OpaqueExtrinsic::decode(input)).collect::<Result<_, _>>()?;
    match input.read_byte()? {
        0 => Ok(Block { header, extrinsics }),
        1 => Err(NO_JUSTIFICATIONS.into()),
        _ => Err("neither with nor without justifications".into()),
    }
}

/// Why a block with justifications is refused.
const NO_JUSTIFICATIONS: &str = "it has justifications, which this chain does not use";

enum Fault {
    End,
    Long,
    Io(io::Error),
}

/// Reads no more than `left` bytes, and keeps why it could not.
struct Bounded<'a, R> {
    from: &'a mut R,
    left: usize,
    fault: Option<Fault>,
}

impl<R: Read> Input for Bounded<'_, R> {
    fn remaining_len(&mut self) -> Result<Option<usize>, codec::Error> {
        Ok(None)
    }

    fn read(&mut self, into: &mut [u8]) -> Result<(), codec::Error> {
        let Some(left) = self.left.checked_sub(into.len()) else {
            self.fault = Some(Fault::Long);
            return Err("longer than a block".into());
        };
        self.left = left;
        self.from.read_exact(into).map_err(|error| {
            let end = error.kind() == io::ErrorKind::UnexpectedEof;
            self.fault = Some(if end { Fault::End } else { Fault::Io(error) });
            "cannot be read".into()
        })
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
