//! What the tests of this crate share: a state within a block, and checks that nothing was written.

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use std::fmt::Debug;
use ziver_primitives::{AccountId20, Balance, Digest, Hash};
use ziver_support::{Ctx, DispatchError, MemoryExternalities, pallets, storage::StorageValue};
use ziver_system::{EventRecord, account};

use crate::{EXISTENTIAL_DEPOSIT, Event, Reason};

pub(crate) const ED: Balance = EXISTENTIAL_DEPOSIT;
pub(crate) const ALITH: AccountId20 = AccountId20([1; 20]);
pub(crate) const BALTATHAR: AccountId20 = AccountId20([2; 20]);
pub(crate) const NOBODY: AccountId20 = AccountId20([9; 20]);
pub(crate) const STAKE: Reason = Reason::new(pallets::SUDO, 0);
pub(crate) const VOTE: Reason = Reason::new(pallets::SUDO, 1);

/// The events that these tests see.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub(crate) enum Seen {
    #[codec(index = 0)]
    System(ziver_system::Event),
    #[codec(index = 5)]
    Balances(Event),
}

static EVENTS: StorageValue<Vec<EventRecord<Seen, Hash>>> = StorageValue::new("System", "Events");

/// A state in block 1.
pub(crate) struct State(pub(crate) MemoryExternalities);

impl State {
    /// With these balances from genesis.
    pub(crate) fn with(balances: &[(AccountId20, Balance)]) -> Self {
        let mut ext = MemoryExternalities::default();
        let mut ctx = Ctx::new(&mut ext);
        crate::genesis(&mut ctx, balances).unwrap();
        ziver_system::block::initialize(&mut ctx, 1, &Hash::zero(), &Digest::default());
        Self(ext)
    }

    /// Alith has ten existential deposits, Baltathar five.
    pub(crate) fn usual() -> Self {
        Self::with(&[(ALITH, 10 * ED), (BALTATHAR, 5 * ED)])
    }

    pub(crate) fn ctx(&mut self) -> Ctx<'_> {
        Ctx::new(&mut self.0)
    }

    /// It must succeed.
    pub(crate) fn ok<T, E: Debug>(&mut self, run: impl FnOnce(&mut Ctx) -> Result<T, E>) -> T {
        run(&mut self.ctx()).unwrap()
    }

    /// It must fail like this and write nothing.
    #[track_caller]
    pub(crate) fn noop<T: Debug>(
        &mut self,
        error: impl Into<DispatchError>,
        run: impl FnOnce(&mut Ctx) -> Result<T, DispatchError>,
    ) {
        let before = self.0.pairs().clone();
        assert_eq!(run(&mut self.ctx()).unwrap_err(), error.into());
        assert_eq!(self.0.pairs(), &before);
    }

    /// Free, reserved, frozen.
    pub(crate) fn money(&mut self, who: &AccountId20) -> (Balance, Balance, Balance) {
        let data = account::get(&self.ctx(), who).data;
        (data.free, data.reserved, data.frozen)
    }

    pub(crate) fn issuance(&mut self) -> Balance {
        crate::total_issuance(&self.ctx())
    }

    /// All events so far.
    pub(crate) fn events(&mut self) -> Vec<Seen> {
        let records = EVENTS.get_or_default(&self.ctx());
        records.into_iter().map(|record| record.event).collect()
    }

    /// All events of this pallet so far.
    pub(crate) fn own_events(&mut self) -> Vec<Event> {
        let own = |event| if let Seen::Balances(event) = event { Some(event) } else { None };
        self.events().into_iter().filter_map(own).collect()
    }
}

#[test]
fn encodings_of_events_and_errors_are_substrates() {
    let amount = 7;
    let first_bytes = |event: Event| event.encode()[0];
    assert_eq!(first_bytes(Event::Transfer { from: ALITH, to: NOBODY, amount }), 2);
    assert_eq!(first_bytes(Event::Rescinded { amount }), 16);
    assert_eq!(first_bytes(Event::Thawed { who: ALITH, amount }), 20);
    assert_eq!(first_bytes(Event::Released { reason: STAKE, who: ALITH, amount }), 26);
    assert_eq!(crate::Error::TooManyFreezes.encode(), [9]);
    assert_eq!(crate::Error::DeltaZero.encode(), [11]);
}

#[test]
fn metadata_names_what_clients_look_for() {
    let metadata = crate::metadata();
    assert_eq!(metadata.pallet.name, "Balances");
    assert_eq!(metadata.constants[0].name, "ExistentialDeposit");
    assert_eq!(metadata.constants[0].value, ED.encode());
    let names: Vec<_> = metadata.storage.iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["TotalIssuance", "InactiveIssuance", "Holds", "Freezes"]);
    let path = crate::Call::type_info().path;
    assert_eq!(path.segments, ["pallet_balances", "pallet", "Call"]);
}
