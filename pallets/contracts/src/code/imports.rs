//! The functions that a contract may import: those of Substrate's contracts pallet that contracts of today use, and
//! this chain's own (`zx`).
//!
//! A prepared module imports a function as (`"ziver"`, the decimal [`Import::id`]), so that neither the host nor the
//! dispatch in the runtime compares names. Names and types are those of `pallet-contracts-uapi` and of the contracts
//! pallet's environment; the ones left out are XCM, transient storage and what only ink! 3 and older imported (rent,
//! randomness).
//!
//! Consensus: prepared code is stored and holds the ids. **The table is append-only**: an id keeps its name and type
//! for ever, a new function gets the next id, and one that is withdrawn keeps its line (the dispatch refuses it then).
//!
//! Out of scope: what the functions do.

/// Module that a prepared module imports everything from.
pub const MODULE: &str = "ziver";
/// Id of the function that prepared code calls, and that never returns, when it has run out of gas or stack. Contracts
/// can't import it.
pub const EXHAUSTED: u16 = 0;
/// Argument of [`EXHAUSTED`]: out of gas.
pub const OUT_OF_GAS: i32 = 1;
/// Argument of [`EXHAUSTED`]: out of stack.
pub const OUT_OF_STACK: i32 = 2;

/// A type of a value that contracts handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Val {
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
}

/// A function that the chain offers to contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    /// Number of the function, for ever.
    pub id: u16,
    /// Module that contracts import it from.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether it can also be imported as `seal_` and its name, as old contracts do.
    pub prefixed: bool,
    /// Types of the parameters.
    pub params: &'static [Val],
    /// Type of the result.
    pub result: Option<Val>,
}

impl Import {
    /// The function that a contract means.
    pub fn by_name(module: &str, name: &str) -> Option<&'static Self> {
        let plain = name.strip_prefix("seal_");
        IMPORTS.iter().find(|import| {
            import.module == module && (import.name == name || (import.prefixed && Some(import.name) == plain))
        })
    }

    /// The function with a number, none for [`EXHAUSTED`].
    pub fn by_id(id: u16) -> Option<&'static Self> {
        // The table's ids are 1, 2, 3, ...: a test holds it to that.
        IMPORTS.get(usize::from(id).checked_sub(1)?)
    }
}

use Val::{I32, I64};

const P0: &[Val] = &[];
const P1: &[Val] = &[I32];
const P2: &[Val] = &[I32, I32];
const P3: &[Val] = &[I32, I32, I32];
const P4: &[Val] = &[I32, I32, I32, I32];
const P5: &[Val] = &[I32, I32, I32, I32, I32];
const P6: &[Val] = &[I32, I32, I32, I32, I32, I32];
const GAS: &[Val] = &[I64];
const GAS_OUT: &[Val] = &[I64, I32, I32];
const CALL_0: &[Val] = &[I32, I32, I64, I32, I32, I32, I32, I32, I32];
const CALL_1: &[Val] = &[I32, I32, I64, I32, I32, I32, I32, I32];
const CALL_2: &[Val] = &[I32, I32, I64, I64, I32, I32, I32, I32, I32, I32];
const INSTANTIATE_0: &[Val] = &[I32, I32, I64, I32, I32, I32, I32, I32, I32, I32, I32, I32, I32];
const INSTANTIATE_1: &[Val] = &[I32, I64, I32, I32, I32, I32, I32, I32, I32, I32, I32];
const INSTANTIATE_2: &[Val] = &[I32, I64, I64, I32, I32, I32, I32, I32, I32, I32, I32, I32, I32];

/// A function with its `seal_` alias.
const fn both(
    id: u16,
    module: &'static str,
    name: &'static str,
    params: &'static [Val],
    result: Option<Val>,
) -> Import {
    Import { id, module, name, prefixed: true, params, result }
}

/// A function with one name only.
const fn only(
    id: u16,
    module: &'static str,
    name: &'static str,
    params: &'static [Val],
    result: Option<Val>,
) -> Import {
    Import { id, module, name, prefixed: false, params, result }
}

/// All functions that contracts may import, by id. Append-only.
#[rustfmt::skip]
pub const IMPORTS: &[Import] = &[
    both(1, "seal0", "set_storage", P3, None),
    both(2, "seal1", "set_storage", P3, Some(I32)),
    both(3, "seal2", "set_storage", P4, Some(I32)),
    both(4, "seal0", "clear_storage", P1, None),
    both(5, "seal1", "clear_storage", P2, Some(I32)),
    both(6, "seal0", "get_storage", P3, Some(I32)),
    both(7, "seal1", "get_storage", P4, Some(I32)),
    both(8, "seal0", "contains_storage", P1, Some(I32)),
    both(9, "seal1", "contains_storage", P2, Some(I32)),
    both(10, "seal0", "take_storage", P4, Some(I32)),
    both(11, "seal0", "transfer", P4, Some(I32)),
    both(12, "seal0", "call", CALL_0, Some(I32)),
    both(13, "seal1", "call", CALL_1, Some(I32)),
    only(14, "seal2", "call", CALL_2, Some(I32)),
    both(15, "seal0", "delegate_call", P6, Some(I32)),
    both(16, "seal0", "instantiate", INSTANTIATE_0, Some(I32)),
    both(17, "seal1", "instantiate", INSTANTIATE_1, Some(I32)),
    only(18, "seal2", "instantiate", INSTANTIATE_2, Some(I32)),
    both(19, "seal0", "terminate", P2, None),
    both(20, "seal1", "terminate", P1, None),
    both(21, "seal0", "input", P2, None),
    only(22, "seal0", "seal_return", P3, None),
    both(23, "seal0", "caller", P2, None),
    both(24, "seal0", "is_contract", P1, Some(I32)),
    both(25, "seal0", "code_hash", P3, Some(I32)),
    both(26, "seal0", "own_code_hash", P2, None),
    both(27, "seal0", "caller_is_origin", P0, Some(I32)),
    only(28, "seal0", "caller_is_root", P0, Some(I32)),
    both(29, "seal0", "address", P2, None),
    both(30, "seal0", "weight_to_fee", GAS_OUT, None),
    both(31, "seal0", "gas_left", P2, None),
    both(32, "seal0", "balance", P2, None),
    both(33, "seal0", "value_transferred", P2, None),
    both(34, "seal0", "now", P2, None),
    both(35, "seal0", "minimum_balance", P2, None),
    both(36, "seal0", "block_number", P2, None),
    both(37, "seal0", "deposit_event", P4, None),
    both(38, "seal0", "debug_message", P2, Some(I32)),
    both(39, "seal0", "hash_sha2_256", P3, None),
    both(40, "seal0", "hash_keccak_256", P3, None),
    both(41, "seal0", "hash_blake2_256", P3, None),
    both(42, "seal0", "hash_blake2_128", P3, None),
    both(43, "seal0", "call_chain_extension", P5, Some(I32)),
    only(44, "seal0", "call_runtime", P2, Some(I32)),
    both(45, "seal0", "ecdsa_recover", P3, Some(I32)),
    both(46, "seal0", "ecdsa_to_eth_address", P2, Some(I32)),
    only(47, "seal0", "sr25519_verify", P4, Some(I32)),
    both(48, "seal0", "set_code_hash", P1, Some(I32)),
    only(49, "seal0", "reentrance_count", P0, Some(I32)),
    only(50, "seal0", "account_reentrance_count", P1, Some(I32)),
    only(51, "seal0", "instantiation_nonce", P0, Some(I64)),
    only(52, "seal0", "lock_delegate_dependency", P1, None),
    only(53, "seal0", "unlock_delegate_dependency", P1, None),
    only(54, "zx", "gas_left", P0, Some(I64)),
    only(55, "zx", "gas_limit", P0, Some(I64)),
    only(56, "zx", "limit_gas", GAS, None),
    only(57, "zx", "origin", P2, None),
    only(58, "zx", "block_hash", P2, Some(I32)),
    only(59, "zx", "hash_sha3_256", P3, None),
    only(60, "zx", "start_transaction", P0, None),
    only(61, "zx", "commit_transaction", P0, None),
    only(62, "zx", "rollback_transaction", P0, None),
];
