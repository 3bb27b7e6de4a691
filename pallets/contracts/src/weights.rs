//! Weights of the calls, without the gas that contracts use.

use ziver_support::Weight;

/// `upload_code`, with no code.
pub const UPLOAD_CODE: Weight = Weight::from_parts(2_000_000_000, 0);
/// Each byte of code as it comes: read, hashed, stored.
pub const UPLOAD_BYTE: Weight = Weight::from_parts(80_000, 0);
/// Each byte of code as it is run: instrumented, compiled, stored.
pub const PREPARED_BYTE: Weight = Weight::from_parts(150_000, 0);
/// Each function, however small, in the compiler.
pub const UPLOAD_FUNCTION: Weight = Weight::from_parts(15_000_000, 0);
/// `remove_code`.
pub const REMOVE_CODE: Weight = Weight::from_parts(200_000_000, 0);
/// `set_code`.
pub const SET_CODE: Weight = Weight::from_parts(150_000_000, 0);
/// `set_owner`.
pub const SET_OWNER: Weight = Weight::from_parts(60_000_000, 0);
/// `call`.
pub const CALL: Weight = Weight::from_parts(60_000_000, 0);
/// `instantiate`.
pub const INSTANTIATE: Weight = Weight::from_parts(300_000_000, 0);
/// Each byte of input, from its decoding to its place in the database: as much as of a remark.
pub const INPUT_BYTE: Weight = Weight::from_parts(40_000, 0);
/// Removing a cell of a contract that has ended.
pub const DELETE_CELL: Weight = Weight::from_parts(20_000_000, 0);
