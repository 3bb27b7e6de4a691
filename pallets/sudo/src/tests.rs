//! Who may use sudo, and what it does with the calls it contains.

use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Digest, Hash};
use ziver_support::{
    Ctx, DispatchClass, DispatchError, DispatchErrorWithPostInfo, DispatchInfo, DispatchResultWithPostInfo,
    Dispatchable, MemoryExternalities, Origin, Pays, PostDispatchInfo, Weight, storage::StorageValue,
};
use ziver_system::EventRecord;

use crate::{Call, Error, Event, KEY, weights};

const ALITH: AccountId20 = AccountId20([1; 20]);
const BALTATHAR: AccountId20 = AccountId20([2; 20]);
const INNER: Weight = Weight::from_parts(1_000, 0);

static WRITTEN: StorageValue<u8> = StorageValue::new("Test", "Written");
static EVENTS: StorageValue<Vec<EventRecord<Seen, Hash>>> = StorageValue::new("System", "Events");

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
enum Seen {
    #[codec(index = 7)]
    Sudo(Event),
}

/// A runtime's calls: recursive, as there.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
enum RuntimeCall {
    Sudo(Call<RuntimeCall>),
    /// Writes, then fails unless the origin is this account's (none: root).
    Write(Option<AccountId20>),
    Inherent,
}

impl Dispatchable for RuntimeCall {
    fn dispatch_info(&self) -> DispatchInfo {
        match self {
            Self::Sudo(call) => call.dispatch_info(),
            Self::Write(_) => DispatchInfo::operational(INNER),
            Self::Inherent => DispatchInfo::mandatory(INNER),
        }
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        match self {
            Self::Sudo(call) => call.dispatch(ctx, origin),
            Self::Inherent => Ok(PostDispatchInfo::default()),
            Self::Write(wanted) => {
                WRITTEN.set(ctx, &1);
                if origin == wanted.map_or(Origin::Root, Origin::Signed) {
                    Ok(PostDispatchInfo::default())
                } else {
                    Err(DispatchError::BadOrigin.into())
                }
            }
        }
    }
}

fn state() -> MemoryExternalities {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    crate::genesis(&mut ctx, Some(ALITH));
    ziver_system::block::initialize(&mut ctx, 1, &Hash::zero(), &Digest::default());
    ext
}

fn run(ext: &mut MemoryExternalities, call: Call<RuntimeCall>, origin: Origin) -> DispatchResultWithPostInfo {
    call.dispatch(&mut Ctx::new(ext), origin)
}

fn last_event(ext: &mut MemoryExternalities) -> Option<Seen> {
    EVENTS.get_or_default(&Ctx::new(ext)).pop().map(|record| record.event)
}

fn all_calls() -> [Call<RuntimeCall>; 5] {
    let call = Box::new(RuntimeCall::Write(None));
    [
        Call::sudo { call: call.clone() },
        Call::sudo_unchecked_weight { call: call.clone(), weight: INNER },
        Call::set_key { new: BALTATHAR },
        Call::sudo_as { who: BALTATHAR, call },
        Call::remove_key,
    ]
}

#[test]
fn indices_are_substrates_and_encodings_round_trip() {
    for (index, call) in (0u8..).zip(all_calls()) {
        assert_eq!(call.encode()[0], index);
        assert_eq!(Call::decode(&mut call.encode().as_slice()), Ok(call));
    }
    assert_eq!(Call::<RuntimeCall>::type_info().path.segments, ["pallet_sudo", "pallet", "Call"]);
}

#[test]
fn anybody_else_is_refused_and_pays() {
    let mut ext = state();
    let before = ext.pairs().clone();
    for call in all_calls() {
        let error = |call, origin| run(&mut state(), call, origin).map_err(|failure| failure.error);
        assert_eq!(error(call.clone(), Origin::Signed(BALTATHAR)), Err(Error::RequireSudo.into()));
        assert_eq!(error(call.clone(), Origin::None), Err(DispatchError::BadOrigin));
        run(&mut ext, call.clone(), Origin::Signed(BALTATHAR)).unwrap_err();
        assert_eq!(call.dispatch_info().pays_fee, Pays::Yes);
    }
    assert_eq!(ext.pairs(), &before);
}

#[test]
fn refused_call_takes_little_whatever_weight_its_sender_chose() {
    let weight = Weight::from_parts(u64::MAX, u64::MAX);
    let call = Call::sudo_unchecked_weight { call: Box::new(RuntimeCall::Write(None)), weight };
    for origin in [Origin::Signed(BALTATHAR), Origin::None] {
        let failure = run(&mut state(), call.clone(), origin).unwrap_err();
        assert_eq!(failure.post_info.actual_weight, Some(weights::SUDO));
        assert_eq!(failure.post_info.pays_fee, Pays::Yes);
    }
}

#[test]
fn key_runs_calls_as_root_and_pays_nothing() {
    let mut ext = state();
    let call = Call::sudo { call: Box::new(RuntimeCall::Write(None)) };
    let post = run(&mut ext, call, Origin::Signed(ALITH)).unwrap();
    assert_eq!(post, PostDispatchInfo { actual_weight: Some(INNER + weights::SUDO), pays_fee: Pays::No });
    assert_eq!(last_event(&mut ext), Some(Seen::Sudo(Event::Sudid { sudo_result: Ok(()) })));
    assert!(WRITTEN.exists(&Ctx::new(&mut ext)));
}

#[test]
fn contained_call_that_fails_changes_nothing_and_is_announced() {
    let mut ext = state();
    let call = Call::sudo { call: Box::new(RuntimeCall::Write(Some(BALTATHAR))) };
    assert_eq!(run(&mut ext, call, Origin::Signed(ALITH)).unwrap().pays_fee, Pays::No);
    let failed = Event::Sudid { sudo_result: Err(DispatchError::BadOrigin) };
    assert_eq!(last_event(&mut ext), Some(Seen::Sudo(failed)));
    assert!(!WRITTEN.exists(&Ctx::new(&mut ext)));
}

#[test]
fn sudo_as_acts_for_the_account() {
    let mut ext = state();
    let call = Call::sudo_as { who: BALTATHAR, call: Box::new(RuntimeCall::Write(Some(BALTATHAR))) };
    run(&mut ext, call, Origin::Signed(ALITH)).unwrap();
    assert_eq!(last_event(&mut ext), Some(Seen::Sudo(Event::SudoAsDone { sudo_result: Ok(()) })));
}

#[test]
fn key_is_handed_on_and_removed() {
    let mut ext = state();
    run(&mut ext, Call::set_key { new: BALTATHAR }, Origin::Signed(ALITH)).unwrap();
    let changed = Event::KeyChanged { old: Some(ALITH), new: BALTATHAR };
    assert_eq!(last_event(&mut ext), Some(Seen::Sudo(changed)));
    let refused = Err(DispatchErrorWithPostInfo::took(weights::SUDO, Error::RequireSudo));
    assert_eq!(run(&mut ext, Call::remove_key, Origin::Signed(ALITH)), refused);
    run(&mut ext, Call::remove_key, Origin::Signed(BALTATHAR)).unwrap();
    assert_eq!(last_event(&mut ext), Some(Seen::Sudo(Event::KeyRemoved)));
    assert!(!KEY.exists(&Ctx::new(&mut ext)));
    assert_eq!(run(&mut ext, Call::remove_key, Origin::Signed(BALTATHAR)), refused);
    run(&mut ext, Call::set_key { new: ALITH }, Origin::Root).unwrap();
}

#[test]
fn weights_are_the_contained_calls_and_inherents_lose_their_class() {
    let info = |call: Call<RuntimeCall>| call.dispatch_info();
    let write = Box::new(RuntimeCall::Write(None));
    assert_eq!(info(Call::sudo { call: write.clone() }), DispatchInfo::operational(INNER + weights::SUDO));
    let unchecked = Call::sudo_unchecked_weight { call: write, weight: Weight::from_parts(5, 6) };
    assert_eq!(info(unchecked).weight, Weight::from_parts(5, 6));
    assert_eq!(info(Call::sudo { call: Box::new(RuntimeCall::Inherent) }).class, DispatchClass::Normal);
}

#[test]
fn deep_nesting_ends_in_an_error_and_not_in_an_overflow() {
    let mut call = Call::set_key { new: BALTATHAR };
    for _ in 0..64 {
        call = Call::sudo { call: Box::new(RuntimeCall::Sudo(call)) };
    }
    let mut ext = state();
    run(&mut ext, call, Origin::Signed(ALITH)).unwrap();
    let events = EVENTS.get_or_default(&Ctx::new(&mut ext));
    let exhausted = Seen::Sudo(Event::Sudid { sudo_result: Err(DispatchError::Exhausted) });
    assert_eq!(events.first().map(|record| &record.event), Some(&exhausted));
    assert_eq!(KEY.get(&Ctx::new(&mut ext)), Some(ALITH));
}
