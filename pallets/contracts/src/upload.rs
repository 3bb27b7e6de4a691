//! Uploaded code: validated and instrumented once, kept as long as somebody uses it or leaves the deposit there.

use alloc::vec::Vec;
use wasmparser::BinaryReader;
use ziver_balances::{Existence, Freezing, Precision};
use ziver_primitives::{
    AccountId20, Balance, Hash,
    hashing::{blake2_256, keccak_256},
};
use ziver_support::{Ctx, DispatchError, DispatchResult, LogLevel, Weight};

use crate::{
    Error, Event, code, deposit,
    event::announce,
    storage::{CODE_INFO_OF, CodeInfo, PREPARED_CODE, PRISTINE_CODE},
    weights,
};

/// What became of an upload.
pub struct Uploaded {
    /// Blake2-256 of the code.
    pub code_hash: Hash,
    /// What is on hold for it; nothing where it was there already.
    pub deposit: Balance,
    /// What it took, of its [`weight`].
    pub took: Weight,
}

/// The hash that clients know code by.
pub fn code_hash(code: &[u8]) -> Hash {
    Hash::from(blake2_256(code))
}

/// What an upload of `code` may take: it may become as long as it is allowed to.
pub fn weight(code: &[u8]) -> Weight {
    if code.is_empty() {
        return weights::UPLOAD_CODE;
    }
    known_weight(code).saturating_add(compiled_weight(code, code::limits::prepared_bytes_max(code.len())))
}

/// What it takes where the code is there already.
fn known_weight(code: &[u8]) -> Weight {
    weights::UPLOAD_CODE.saturating_add(weights::UPLOAD_BYTE.saturating_mul(count(code.len())))
}

/// What preparing and compiling takes, by the length that came out.
fn compiled_weight(code: &[u8], prepared_len: usize) -> Weight {
    let functions = weights::UPLOAD_FUNCTION.saturating_mul(functions(code).into());
    weights::PREPARED_BYTE.saturating_mul(count(prepared_len)).saturating_add(functions)
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// How many functions a module says that it defines; of more than allowed nothing is compiled. What is no module, or breaks off
/// before it says so, has none.
fn functions(code: &[u8]) -> u32 {
    counted(code).unwrap_or(0).min(code::limits::FUNCTIONS_MAX)
}

fn counted(code: &[u8]) -> Option<u32> {
    const HEADER_BYTES: usize = 8;
    const FUNCTION_SECTION: u8 = 3;
    let mut rest = code.get(HEADER_BYTES..)?;
    loop {
        let mut reader = BinaryReader::new(rest, 0);
        let (id, len) = (reader.read_u8().ok()?, reader.read_var_u32().ok()?);
        if id == FUNCTION_SECTION {
            return reader.read_var_u32().ok();
        }
        // Not by the reader: where addresses have 32 bits, its sum of position and length may overflow.
        let end = reader.original_position().checked_add(usize::try_from(len).ok()?)?;
        rest = rest.get(end..)?;
    }
}

/// Stores `code`, for which `uploader` leaves a deposit. Code that is there already stays as it is.
///
/// Errors: `CodeRejected`, `StorageDepositNotEnoughFunds`, `StorageDepositLimitExhausted`.
pub fn upload(
    ctx: &mut Ctx,
    uploader: &AccountId20,
    code: Vec<u8>,
    limit: Option<Balance>,
) -> Result<Uploaded, DispatchError> {
    let code_hash = code_hash(&code);
    if CODE_INFO_OF.contains_key(ctx, &code_hash) {
        return Ok(Uploaded { code_hash, deposit: 0, took: known_weight(&code) });
    }
    let prepared = code::prepare(&code).map_err(|error| {
        ctx.log(LogLevel::Debug, "runtime::contracts", &alloc::format!("code is refused: {error}"));
        Error::CodeRejected
    })?;
    let (code_len, prepared_len) = (length(&code), length(&prepared.code));
    let deposit = deposit::price(u64::from(code_len).saturating_add(u64::from(prepared_len)), 3);
    if limit.is_some_and(|limit| deposit > limit) {
        return Err(Error::StorageDepositLimitExhausted.into());
    }
    if deposit > ziver_balances::reducible_balance(ctx, uploader, Existence::Protect, Freezing::Ignored) {
        return Err(Error::StorageDepositNotEnoughFunds.into());
    }
    // Compiled and made an instance of here, so that code which a host refuses is never stored. Only now: hosts keep what they
    // compiled, so nobody has code compiled without the deposit.
    let prepared_hash = keccak_256(&prepared.code);
    let instance = ctx.ext().sandbox().instantiate(&prepared_hash, &mut || Some(prepared.code.clone()));
    drop(instance.map_err(|_| Error::CodeRejected)?);
    ziver_balances::hold(ctx, deposit::CODE_UPLOAD, uploader, deposit)
        .map_err(|_| Error::StorageDepositNotEnoughFunds)?;
    let info = CodeInfo {
        owner: *uploader,
        deposit,
        refcount: 0,
        code_len,
        prepared_hash: Hash::from(prepared_hash),
        prepared_len,
        memory_pages: prepared.memory_pages_min,
    };
    PRISTINE_CODE.insert(ctx, &code_hash, &code);
    PREPARED_CODE.insert(ctx, &code_hash, &prepared.code);
    CODE_INFO_OF.insert(ctx, &code_hash, &info);
    announce(ctx, &Event::CodeStored { code_hash, deposit_held: deposit, uploader: *uploader });
    let took = known_weight(&code).saturating_add(compiled_weight(&code, prepared.code.len()));
    Ok(Uploaded { code_hash, deposit, took })
}

fn length(code: &[u8]) -> u32 {
    u32::try_from(code.len()).unwrap_or(u32::MAX)
}

/// Removes code that no contract has, and gives its owner the deposit back.
///
/// Errors: `CodeNotFound`, `CodeInUse`, `BadOrigin` for another than the owner.
pub fn remove(ctx: &mut Ctx, remover: &AccountId20, code_hash: Hash) -> DispatchResult {
    let info = CODE_INFO_OF.get(ctx, &code_hash).ok_or(Error::CodeNotFound)?;
    if info.owner != *remover {
        return Err(DispatchError::BadOrigin);
    }
    if info.refcount > 0 {
        return Err(Error::CodeInUse.into());
    }
    let deposit_released =
        ziver_balances::release(ctx, deposit::CODE_UPLOAD, remover, info.deposit, Precision::BestEffort)?;
    PRISTINE_CODE.remove(ctx, &code_hash);
    PREPARED_CODE.remove(ctx, &code_hash);
    CODE_INFO_OF.remove(ctx, &code_hash);
    announce(ctx, &Event::CodeRemoved { code_hash, deposit_released, remover: *remover });
    Ok(())
}
