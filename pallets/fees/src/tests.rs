//! What the tests of this crate share.

use codec::{Decode, Encode};
use ziver_balances::EXISTENTIAL_DEPOSIT;
use ziver_primitives::{AccountId20, Balance, Digest, Hash, UNIT};
use ziver_support::{Ctx, DispatchInfo, MemoryExternalities, Weight, storage::StorageValue};
use ziver_system::{EventRecord, account};

use crate::Event;

pub(crate) const ED: Balance = EXISTENTIAL_DEPOSIT;
pub(crate) const SENDER: AccountId20 = AccountId20([1; 20]);
pub(crate) const AUTHOR: AccountId20 = AccountId20([2; 20]);
pub(crate) const NOBODY: AccountId20 = AccountId20([9; 20]);
/// A call like a transfer, of usual length.
pub(crate) const INFO: DispatchInfo = DispatchInfo::normal(Weight::from_parts(100_000_000, 0));
pub(crate) const BYTES: u32 = 150;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Seen {
    #[codec(index = 0)]
    System(ziver_system::Event),
    #[codec(index = 5)]
    Balances(ziver_balances::Event),
    #[codec(index = 6)]
    Fees(Event),
}

static EVENTS: StorageValue<Vec<EventRecord<Seen, Hash>>> = StorageValue::new("System", "Events");

/// Sender and author with one ZIV each, in block 1.
pub(crate) fn state() -> MemoryExternalities {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    ziver_balances::genesis(&mut ctx, &[(SENDER, UNIT), (AUTHOR, UNIT)]).unwrap();
    ziver_system::block::initialize(&mut ctx, 1, &Hash::zero(), &Digest::default());
    ext
}

pub(crate) fn free(ext: &mut MemoryExternalities, who: &AccountId20) -> Balance {
    ziver_balances::free_balance(&Ctx::new(ext), who)
}

/// Total issuance, which must be the sum of accounts.
pub(crate) fn issuance(ext: &mut MemoryExternalities) -> Balance {
    let ctx = Ctx::new(ext);
    let sum: Balance = account::ACCOUNT.iter(&ctx).map(|(_, info)| info.data.free + info.data.reserved).sum();
    assert_eq!(ziver_balances::total_issuance(&ctx), sum);
    sum
}

pub(crate) fn last_event(ext: &mut MemoryExternalities) -> Option<Seen> {
    EVENTS.get_or_default(&Ctx::new(ext)).pop().map(|record| record.event)
}

#[test]
fn metadata_is_what_clients_look_for() {
    let metadata = crate::metadata();
    assert_eq!((metadata.pallet.name, metadata.storage[0].name), ("TransactionPayment", "NextFeeMultiplier"));
    assert_eq!(metadata.storage[0].default, Some(UNIT.encode()), "a multiplier of one");
}
