//! Events of this pallet.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance, Hash};
use ziver_support::{Ctx, pallets};

/// Who called a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_contracts", "pallet_contracts"), replace_segment("event", "types"))]
pub enum Origin {
    /// The chain itself.
    Root,
    /// An account.
    Signed(AccountId20),
}

/// What happened to contracts. The indices up to 9 are those of Substrate's contracts pallet.
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_contracts", "pallet_contracts"),
    replace_segment("event", "pallet"),
    capture_docs = "always"
)]
pub enum Event {
    /// Contract deployed by address at the specified address.
    #[codec(index = 0)]
    Instantiated { deployer: AccountId20, contract: AccountId20 },
    /// Contract has been removed; its money went to the beneficiary.
    #[codec(index = 1)]
    Terminated { contract: AccountId20, beneficiary: AccountId20 },
    /// Code with the specified hash has been stored.
    #[codec(index = 2)]
    CodeStored { code_hash: Hash, deposit_held: Balance, uploader: AccountId20 },
    /// A custom event emitted by the contract.
    #[codec(index = 3)]
    ContractEmitted { contract: AccountId20, data: Vec<u8> },
    /// A code with the specified hash was removed.
    #[codec(index = 4)]
    CodeRemoved { code_hash: Hash, deposit_released: Balance, remover: AccountId20 },
    /// A contract's code was updated.
    #[codec(index = 5)]
    ContractCodeUpdated { contract: AccountId20, new_code_hash: Hash, old_code_hash: Hash },
    /// A contract was called either by a plain account or another contract.
    #[codec(index = 6)]
    Called { caller: Origin, contract: AccountId20 },
    /// A contract delegate called a code hash.
    #[codec(index = 7)]
    DelegateCalled { contract: AccountId20, code_hash: Hash },
    /// Some funds have been transferred and held as storage deposit.
    #[codec(index = 8)]
    StorageDepositTransferredAndHeld { from: AccountId20, to: AccountId20, amount: Balance },
    /// Some storage deposit funds have been transferred and released.
    #[codec(index = 9)]
    StorageDepositTransferredAndReleased { from: AccountId20, to: AccountId20, amount: Balance },
    /// A transaction's call of a contract, or deployment, has ended, well or not: what it used and what it answered, cut off
    /// after `OutputBytesMax` bytes. `status` is 0 for success, 1 where the contract reverted, 2 where it failed.
    #[codec(index = 64)]
    Executed { contract: AccountId20, status: u8, gas_used: u64, output: Vec<u8> },
    /// Who may exchange a contract's code was changed; nobody, if `None`.
    #[codec(index = 65)]
    OwnerChanged { contract: AccountId20, owner: Option<AccountId20> },
}

/// Appends an event of this pallet.
pub(crate) fn announce(ctx: &mut Ctx, event: &Event) {
    announce_with(ctx, event, &[]);
}

/// Appends an event of this pallet that carries `topics`.
pub(crate) fn announce_with(ctx: &mut Ctx, event: &Event, topics: &[Hash]) {
    ziver_system::record_event(ctx, pallets::CONTRACTS, event, topics);
}
