//! Source files, and places in them.
//!
//! A [`Source`] is one file's text with a name and an id; [`Sources`] is what one compilation reads. A [`Span`] names a stretch
//! of one of them in bytes, small enough to be part of every token and node; [`Source::line_column`] turns an offset into what
//! a person calls it.
//!
//! ```
//! use zxc::source::{LineColumn, Sources};
//!
//! let mut sources = Sources::default();
//! let id = sources.add("token.zx", "contract Token {\n}\n").unwrap();
//! assert_eq!(sources[id].line_column(17), LineColumn { line: 2, column: 1 });
//! ```
//!
//! # Out of scope
//! Reading files and finding what `use` names: the caller has the disk, or has none.

use std::{fmt, ops::Index, str::Utf8Error};

use serde::Serialize;
use thiserror::Error;

use crate::limits::{SOURCE_BYTES_MAX, SOURCE_FILES_MAX};

#[cfg(test)]
mod tests;

/// Names one file among the [`Sources`] of a compilation: its place there, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(pub u32);

/// A stretch of a file: bytes `start..end` of its text.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte: never less than `start`.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end: end.max(start) }
    }

    /// From the beginning of this one to the end of `last`, which is in the same file and ends later.
    pub fn to(self, last: Self) -> Self {
        Self::new(self.file, self.start, last.end)
    }

    /// The empty stretch before the first byte.
    pub fn before(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The empty stretch after the last byte.
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// Whether `offset` lies within.
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The offsets as a range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// A place as an editor shows it; both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LineColumn {
    /// The line.
    pub line: u32,
    /// The character in the line: a Unicode scalar value, whatever its width or the length of its bytes.
    pub column: u32,
}

/// Why bytes are no source file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// It is longer than [`SOURCE_BYTES_MAX`].
    #[error("{name} has {bytes} bytes; a source file has at most {SOURCE_BYTES_MAX}")]
    TooLong {
        /// The file.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// It is not text.
    #[error("{name} is not UTF-8: {error}")]
    NotUtf8 {
        /// The file.
        name: String,
        /// Where it stops being text.
        error: Utf8Error,
    },
    /// There are [`SOURCE_FILES_MAX`] already.
    #[error("{name} is one file too many; a compilation reads at most {SOURCE_FILES_MAX}")]
    TooMany {
        /// The file.
        name: String,
    },
}

/// One file: a name, and text of at most [`SOURCE_BYTES_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    id: FileId,
    name: String,
    text: String,
    /// Offsets of the first byte of each line; the first is 0.
    lines: Vec<u32>,
}

impl Source {
    /// A file of its own, beside no others: what a formatter or a test reads.
    ///
    /// # Errors
    /// [`SourceError::TooLong`].
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Result<Self, SourceError> {
        Self::with_id(FileId::default(), name.into(), text.into())
    }

    fn with_id(id: FileId, name: String, text: String) -> Result<Self, SourceError> {
        if text.len() > SOURCE_BYTES_MAX {
            return Err(SourceError::TooLong { name, bytes: text.len() });
        }
        // An offset fits u32, by the limit.
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Ok(Self { id, name, text, lines })
    }

    /// Which file of the compilation it is.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The name that diagnostics show: a path, as the user wrote it or would.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All of its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty where it is not a stretch of this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The span of the whole text.
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len() as u32)
    }

    /// The number of lines: one more than there are line ends.
    pub fn line_count(&self) -> u32 {
        self.lines.len() as u32
    }

    /// The line of `offset`, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.lines.partition_point(|start| *start <= offset) as u32
    }

    /// The offset of the first byte of `line` (from 1); the end of the text if there is no such line.
    pub fn line_start(&self, line: u32) -> u32 {
        let index = (line as usize).saturating_sub(1);
        self.lines.get(index).copied().unwrap_or(self.text.len() as u32)
    }

    /// Where `offset` is. One beyond the end counts as the end, one within a character as the character's beginning.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let offset = self.text.floor_char_boundary(offset as usize);
        let line = self.line(offset as u32);
        let before = self.text.get(self.line_start(line) as usize..offset).unwrap_or_default();
        LineColumn { line, column: before.chars().count() as u32 + 1 }
    }
}

/// The files of one compilation, by id.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and gives it an id.
    ///
    /// # Errors
    /// [`SourceError::TooLong`], [`SourceError::TooMany`].
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> Result<FileId, SourceError> {
        let name = name.into();
        if self.files.len() >= SOURCE_FILES_MAX {
            return Err(SourceError::TooMany { name });
        }
        let id = FileId(self.files.len() as u32);
        self.files.push(Source::with_id(id, name, text.into())?);
        Ok(id)
    }

    /// Adds a file that is bytes still.
    ///
    /// # Errors
    /// Those of [`Self::add`], and [`SourceError::NotUtf8`].
    pub fn add_bytes(&mut self, name: impl Into<String>, bytes: &[u8]) -> Result<FileId, SourceError> {
        let name = name.into();
        if bytes.len() > SOURCE_BYTES_MAX {
            return Err(SourceError::TooLong { name, bytes: bytes.len() });
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.add(name, text),
            Err(error) => Err(SourceError::NotUtf8 { name, error }),
        }
    }

    /// The file of `id`, if there is one.
    pub fn file(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// All files, in the order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        self.files.iter()
    }
}

/// The file of an id that these sources gave out; panics for one that they did not.
impl Index<FileId> for Sources {
    type Output = Source;

    fn index(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }
}

impl<'a> IntoIterator for &'a Sources {
    type Item = &'a Source;
    type IntoIter = std::slice::Iter<'a, Source>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A single file as all there is.
impl From<Source> for Sources {
    fn from(source: Source) -> Self {
        Self { files: vec![Source { id: FileId::default(), ..source }] }
    }
}
