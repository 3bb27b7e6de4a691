//! Every bound on files of others, but for chain specs (`ziver_chain::limits::SPEC_BYTES_MAX`), and on memory, each with its
//! unit in its name.

use ziver_chain::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX};
use ziver_metadata::limits::METADATA_BYTES_MAX;

/// Longest encoding of one block in a file: header, body, and the byte that says that there are no justifications.
pub const FILE_BLOCK_BYTES_MAX: usize = HEADER_BYTES_MAX + BODY_BYTES_MAX + 16;
/// Longest text of one block in a file of JSON: two digits a byte, and room for names, quotes and spaces. It is counted before
/// anything is parsed.
pub const FILE_BLOCK_TEXT_BYTES_MAX: usize = 2 * FILE_BLOCK_BYTES_MAX + (2 << 20);
/// Longest configuration file; a setting takes a line.
pub const CONFIG_BYTES_MAX: u64 = 1 << 20;
/// Longest key file.
pub const KEY_FILE_BYTES_MAX: u64 = 64 << 10;
/// Longest line with a secret or a password.
pub const SECRET_LINE_BYTES_MAX: u64 = 4 << 10;
/// Longest runtime, and longest text with metadata or a transaction: two digits a byte, and room for as much again.
pub const INPUT_BYTES_MAX: u64 = 4 * METADATA_BYTES_MAX as u64;
/// Resident memory up to which a node runs without huge pages: more than an idle one has.
pub const SMALL_PROCESS_BYTES_MAX: u64 = 128 << 20;
/// Longest wish to, and answer of, the compiler's process: a source or a module, two digits a byte, and room for what describes it.
pub const COMPILE_ANSWER_BYTES_MAX: u64 = 8 << 20;
/// How much of what a failing compiler says goes to the log.
pub const COMPILE_COMPLAINT_BYTES_MAX: u64 = 4 << 10;
/// Longest source of a contract.
pub const SOURCE_FILE_BYTES_MAX: u64 = 1 << 20;
/// Longest `.contract` file.
pub const CONTRACT_FILE_BYTES_MAX: u64 = ziver_metadata::limits::CONTRACT_TEXT_BYTES_MAX as u64;
