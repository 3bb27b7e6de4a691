//! Every bound on files of others, with its unit in its name.

use ziver_chain::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX};

/// Longest encoding of one block in a file: header, body, and the byte that says that there are no justifications.
pub const FILE_BLOCK_BYTES_MAX: usize = HEADER_BYTES_MAX + BODY_BYTES_MAX + 16;
/// Longest text of one block in a file of JSON: two digits a byte, and room for names, quotes and spaces. It is counted before
/// anything is parsed.
pub const FILE_BLOCK_TEXT_BYTES_MAX: usize = 2 * FILE_BLOCK_BYTES_MAX + (2 << 20);
