//! Files that users name, read whole: chain specs, configuration, key files, runtimes, metadata.
//!
//! ```ignore
//! let text = files::read(path, limits::KEY_FILE_BYTES_MAX)?;
//! ```
//!
//! Out of scope: files of blocks, which are read block by block ([`crate::block_file`]), and secrets, which may come
//! through a pipe.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// A file's content. Pipes and devices may never begin or never end, so they are refused; a file of more than
/// `bytes_max` bytes is refused as well, and not read to its end.
pub fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    // Before it is opened: opening a pipe waits for somebody to write.
    if !fs::metadata(path)?.is_file() {
        return Err(wrong("it is not a file"));
    }
    read_from(File::open(path)?, bytes_max)
}

/// All that a reader gives, if that is not more than `bytes_max` bytes.
pub fn read_from(from: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(wrong(format!("it is longer than {bytes_max} bytes")));
    }
    Ok(bytes)
}

fn wrong(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason.into())
}

#[cfg(test)]
mod tests;
