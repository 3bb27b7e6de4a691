//! How contracts come into being and end.
//!
//! # Addresses
//! Without a salt: the last 20 bytes of `keccak256(rlp([deployer, nonce]))`, as of Ethereum's CREATE. The nonce is that of the
//! transaction for an account, and the number of contracts that it made before, plus one, for a contract (EIP-161).
//! With a salt: the last 20 bytes of `keccak256(0xff ++ deployer ++ salt ++ keccak256(code hash ++ input))`, the form of CREATE2
//! (EIP-1014); a salt that is not 32 bytes long is hashed by keccak-256 first.

use alloc::vec::Vec;
use ziver_balances::{EXISTENTIAL_DEPOSIT, Existence, Freezing};
use ziver_primitives::{AccountId20, Hash, hashing::keccak_256};
use ziver_support::{Ctx, DispatchError, DispatchResult};
use ziver_system::account;

use crate::{
    Error, Event, deposit,
    event::announce,
    exec::{Entry, Stack},
    storage::{
        CODE_INFO_OF, CONTRACT_INFO_OF, ContractInfo, DELETION_QUEUE, DELETION_QUEUE_COUNTER, NONCE, StorageId,
        cells_prefix,
    },
};

/// A contract that is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct Created {
    /// Its address.
    pub account: AccountId20,
    /// Where its storage will be.
    pub storage_id: StorageId,
    /// Its code.
    pub code_hash: Hash,
    /// Who makes it.
    pub deployer: AccountId20,
}

/// Finds address and storage of a new contract; writes nothing.
///
/// Errors: `CodeNotFound`, `DuplicateContract`.
pub fn plan(
    ctx: &Ctx,
    stack: &Stack,
    deployer: &AccountId20,
    code_hash: Hash,
    input: &[u8],
    salt: &[u8],
) -> Result<Created, DispatchError> {
    if !CODE_INFO_OF.contains_key(ctx, &code_hash) {
        return Err(Error::CodeNotFound.into());
    }
    let account = match salt {
        [] => by_nonce(deployer, nonce_of(ctx, stack, deployer)),
        salt => by_salt(deployer, &code_hash, input, salt),
    };
    if CONTRACT_INFO_OF.contains_key(ctx, &account) || account::nonce(ctx, &account) > 0 {
        return Err(Error::DuplicateContract.into());
    }
    let mut unique = account.0.to_vec();
    unique.extend_from_slice(&NONCE.get_or_default(ctx).to_le_bytes());
    let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = keccak_256(&unique);
    Ok(Created { account, storage_id: StorageId(id), code_hash, deployer: *deployer })
}

fn nonce_of(ctx: &Ctx, stack: &Stack, deployer: &AccountId20) -> u64 {
    match CONTRACT_INFO_OF.get(ctx, deployer) {
        Some(info) => info.nonce.saturating_add(1),
        None => stack.nonce,
    }
}

/// The address by Ethereum's CREATE.
pub fn by_nonce(deployer: &AccountId20, nonce: u64) -> AccountId20 {
    // RLP (Ethereum yellow paper, appendix B): the list of a string of 20 bytes and a number without leading zeros.
    let digits: Vec<u8> = nonce.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let mut payload = Vec::from([0x94]);
    payload.extend_from_slice(&deployer.0);
    match digits.as_slice() {
        [small] if *small < 0x80 => payload.push(*small),
        digits => {
            payload.push(0x80u8.saturating_add(short(digits)));
            payload.extend_from_slice(digits);
        }
    }
    let mut list = Vec::from([0xc0u8.saturating_add(short(&payload))]);
    list.extend_from_slice(&payload);
    last_20(keccak_256(&list))
}

fn short(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap_or(u8::MAX)
}

/// The address by the form of CREATE2.
pub fn by_salt(deployer: &AccountId20, code_hash: &Hash, input: &[u8], salt: &[u8]) -> AccountId20 {
    let salt: [u8; 32] = salt.try_into().unwrap_or_else(|_| keccak_256(salt));
    let init = [code_hash.0.as_slice(), input].concat();
    last_20(keccak_256(&[&[0xff], deployer.0.as_slice(), &salt, &keccak_256(&init)].concat()))
}

fn last_20(hash: [u8; 32]) -> AccountId20 {
    let [_, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = hash;
    AccountId20(address)
}

/// Makes the contract, at the signer's expense.
///
/// Errors: `StorageDepositNotEnoughFunds`.
pub fn create(ctx: &mut Ctx, stack: &mut Stack, created: &Created) -> DispatchResult {
    let Created { account, storage_id, code_hash, deployer } = *created;
    let signer = stack.origin;
    if !account::get(ctx, &account).exists() {
        ziver_balances::transfer(ctx, &signer, &account, EXISTENTIAL_DEPOSIT, Existence::Preserve)
            .map_err(|_| Error::StorageDepositNotEnoughFunds)?;
        stack.deposits.paid(EXISTENTIAL_DEPOSIT);
    }
    let mut info = ContractInfo {
        storage_id,
        code_hash,
        owner: Some(deployer),
        nonce: 0,
        storage_bytes: 0,
        storage_items: 0,
        storage_byte_deposit: 0,
        storage_item_deposit: 0,
        storage_base_deposit: 0,
    };
    let bytes = u64::try_from(codec::Encode::encoded_size(&info)).unwrap_or(u64::MAX);
    info.storage_base_deposit = deposit::price(bytes, 1);
    stack.deposits.charge(ctx, &signer, &account, info.storage_base_deposit)?;
    CONTRACT_INFO_OF.insert(ctx, &account, &info);
    NONCE.set(ctx, &NONCE.get_or_default(ctx).saturating_add(1));
    if let Some(mut info) = CONTRACT_INFO_OF.get(ctx, &deployer) {
        info.nonce = info.nonce.saturating_add(1);
        CONTRACT_INFO_OF.insert(ctx, &deployer, &info);
    }
    use_code(ctx, &code_hash)
}

/// One more contract has this code.
///
/// Errors: `CodeNotFound`.
pub fn use_code(ctx: &mut Ctx, code_hash: &Hash) -> DispatchResult {
    let mut info = CODE_INFO_OF.get(ctx, code_hash).ok_or(Error::CodeNotFound)?;
    info.refcount = info.refcount.saturating_add(1);
    CODE_INFO_OF.insert(ctx, code_hash, &info);
    Ok(())
}

/// One contract less has this code.
pub fn leave_code(ctx: &mut Ctx, code_hash: &Hash) {
    if let Some(mut info) = CODE_INFO_OF.get(ctx, code_hash) {
        info.refcount = info.refcount.saturating_sub(1);
        CODE_INFO_OF.insert(ctx, code_hash, &info);
    }
}

/// Gives `account` the code `code_hash` instead of its own.
///
/// Errors: `ContractNotFound`, `CodeNotFound`.
pub fn set_code(ctx: &mut Ctx, account: &AccountId20, code_hash: Hash) -> DispatchResult {
    let mut info = CONTRACT_INFO_OF.get(ctx, account).ok_or(Error::ContractNotFound)?;
    use_code(ctx, &code_hash)?;
    let old_code_hash = core::mem::replace(&mut info.code_hash, code_hash);
    leave_code(ctx, &old_code_hash);
    CONTRACT_INFO_OF.insert(ctx, account, &info);
    announce(ctx, &Event::ContractCodeUpdated { contract: *account, new_code_hash: code_hash, old_code_hash });
    Ok(())
}

/// Ends the contract that runs now. All its money goes to `beneficiary`, its deposits to the signer.
///
/// Errors: `TerminatedInConstructor`, `TerminatedWhileReentrant`, `TransferFailed`.
pub fn terminate(ctx: &mut Ctx, stack: &mut Stack, beneficiary: &AccountId20) -> DispatchResult {
    let top = stack.top()?;
    let (contract, entry) = (top.account, top.entry);
    if entry == Entry::Deploy {
        return Err(Error::TerminatedInConstructor.into());
    }
    if stack.frames.iter().filter(|frame| frame.account == contract).count() > 1 {
        return Err(Error::TerminatedWhileReentrant.into());
    }
    let info = CONTRACT_INFO_OF.get(ctx, &contract).ok_or(Error::ContractNotFound)?;
    let signer = stack.origin;
    let held = ziver_balances::held_by(ctx, deposit::STORAGE, &contract);
    stack.deposits.refund(ctx, &signer, &contract, held)?;
    CONTRACT_INFO_OF.remove(ctx, &contract);
    leave_code(ctx, &info.code_hash);
    let mut queue = DELETION_QUEUE_COUNTER.get_or_default(ctx);
    DELETION_QUEUE.insert(ctx, &queue.inserted, &info.storage_id);
    queue.inserted = queue.inserted.wrapping_add(1);
    DELETION_QUEUE_COUNTER.set(ctx, &queue);
    let all = ziver_balances::reducible_balance(ctx, &contract, Existence::Expendable, Freezing::Respected);
    ziver_balances::transfer(ctx, &contract, beneficiary, all, Existence::Expendable)
        .map_err(|_| Error::TransferFailed)?;
    announce(ctx, &Event::Terminated { contract, beneficiary: *beneficiary });
    Ok(())
}

/// Removes at most `limit` cells of contracts that have ended; says how many were.
pub fn delete_cells(ctx: &mut Ctx, limit: u32) -> u32 {
    let before = DELETION_QUEUE_COUNTER.get_or_default(ctx);
    let (mut queue, mut removed) = (before, 0u32);
    while queue.deleted != queue.inserted && removed < limit {
        let Some(id) = DELETION_QUEUE.get(ctx, &queue.deleted) else {
            queue.deleted = queue.deleted.wrapping_add(1);
            continue;
        };
        let cleared = ctx.ext_mut().clear_prefix(&cells_prefix(&id), Some(limit.saturating_sub(removed)));
        removed = removed.saturating_add(cleared.removed);
        if !cleared.all {
            break;
        }
        DELETION_QUEUE.remove(ctx, &queue.deleted);
        queue.deleted = queue.deleted.wrapping_add(1);
        // An empty contract costs something too.
        removed = removed.saturating_add(1);
    }
    if queue != before {
        DELETION_QUEUE_COUNTER.set(ctx, &queue);
    }
    removed
}
