//! Batches that stop, undo or go on.

use codec::{Decode, DecodeWithMemTracking, Encode};
use proptest::prelude::*;
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Digest, Hash};
use ziver_support::{
    Ctx, DispatchClass, DispatchError, DispatchErrorWithPostInfo, DispatchInfo, DispatchResultWithPostInfo,
    Dispatchable, MemoryExternalities, Origin, PostDispatchInfo, Weight, storage::StorageValue,
};
use ziver_system::EventRecord;

use crate::{Call, Error, Event, limits::BATCHED_CALLS_MAX, weights};

const WHO: Origin = Origin::Signed(AccountId20([1; 20]));
const INNER: Weight = Weight::from_parts(1_000, 0);

static SUM: StorageValue<u32> = StorageValue::new("Test", "Sum");
static EVENTS: StorageValue<Vec<EventRecord<Seen, Hash>>> = StorageValue::new("System", "Events");

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
enum Seen {
    #[codec(index = 1)]
    Utility(Event),
}

/// A runtime's calls: recursive, as there.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
enum RuntimeCall {
    Utility(Call<RuntimeCall>),
    /// Adds to the sum; takes less than announced.
    Add(u32),
    /// Adds, then fails.
    Fail,
    Operate,
}
use RuntimeCall::{Add, Fail, Operate, Utility};

impl Dispatchable for RuntimeCall {
    fn dispatch_info(&self) -> DispatchInfo {
        match self {
            Utility(call) => call.dispatch_info(),
            Add(_) | Fail => DispatchInfo::normal(INNER),
            Operate => DispatchInfo::operational(INNER),
        }
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        let add = |ctx: &mut Ctx, amount| {
            let sum = SUM.get_or_default(ctx);
            SUM.set(ctx, &(sum + amount));
        };
        match self {
            Utility(call) => return call.dispatch(ctx, origin),
            Add(amount) => {
                add(ctx, amount);
                return Ok(PostDispatchInfo { actual_weight: Some(Weight::from_parts(400, 0)), ..Default::default() });
            }
            Fail => {
                add(ctx, 1_000_000);
                return Err(DispatchError::Unavailable.into());
            }
            Operate => {}
        }
        Ok(PostDispatchInfo::default())
    }
}

fn state() -> MemoryExternalities {
    let mut ext = MemoryExternalities::default();
    ziver_system::block::initialize(&mut Ctx::new(&mut ext), 1, &Hash::zero(), &Digest::default());
    ext
}

/// As the executive does it: what a failed call wrote is undone.
fn run(ext: &mut MemoryExternalities, call: Call<RuntimeCall>, origin: Origin) -> DispatchResultWithPostInfo {
    Ctx::new(ext).transactional(|ctx| call.dispatch(ctx, origin))
}

fn outcome(ext: &mut MemoryExternalities) -> (u32, Vec<Event>) {
    let ctx = Ctx::new(ext);
    let events = EVENTS.get_or_default(&ctx).into_iter().map(|EventRecord { event: Seen::Utility(event), .. }| event);
    (SUM.get_or_default(&ctx), events.collect())
}

fn took(items: u64, inner: u64) -> Weight {
    weights::BATCH + weights::BATCH_ITEM.saturating_mul(items) + Weight::from_parts(inner, 0)
}

#[test]
fn indices_are_substrates_and_encodings_round_trip() {
    let calls = || vec![Add(1), Utility(Call::batch { calls: vec![] })];
    let with_weight = Call::with_weight { call: Box::new(Fail), weight: INNER };
    let all =
        [Call::batch { calls: calls() }, Call::batch_all { calls: calls() }, Call::force_batch { calls: calls() }];
    for (index, call) in [0, 2, 4, 5].into_iter().zip(all.into_iter().chain([with_weight])) {
        assert_eq!(call.encode()[0], index);
        assert_eq!(Call::decode(&mut call.encode().as_slice()), Ok(call));
    }
    assert_eq!(Call::<RuntimeCall>::type_info().path.segments, ["pallet_utility", "pallet", "Call"]);
    assert_eq!(crate::metadata::<RuntimeCall>().constants[0].name, "batched_calls_limit");
}

#[test]
fn batch_keeps_what_was_done_before_the_first_failure() {
    let mut ext = state();
    let post = run(&mut ext, Call::batch { calls: vec![Add(1), Add(2), Fail, Add(4)] }, WHO).unwrap();
    assert_eq!(post.actual_weight, Some(took(3, 400 + 400 + 1_000)));
    let interrupted = Event::BatchInterrupted { index: 2, error: DispatchError::Unavailable };
    assert_eq!(outcome(&mut ext), (3, vec![Event::ItemCompleted, Event::ItemCompleted, interrupted]));
}

#[test]
fn batch_all_undoes_everything_and_says_why() {
    let mut ext = state();
    let before = ext.pairs().clone();
    let result = run(&mut ext, Call::batch_all { calls: vec![Add(1), Fail, Add(4)] }, WHO);
    let post_info = PostDispatchInfo { actual_weight: Some(took(2, 1_400)), ..Default::default() };
    assert_eq!(result, Err(DispatchErrorWithPostInfo { post_info, error: DispatchError::Unavailable }));
    assert_eq!(ext.pairs(), &before);
    run(&mut ext, Call::batch_all { calls: vec![Add(1), Add(4)] }, WHO).unwrap();
    assert_eq!(outcome(&mut ext), (5, vec![Event::ItemCompleted, Event::ItemCompleted, Event::BatchCompleted]));
}

#[test]
fn force_batch_goes_on_after_failures() {
    let mut ext = state();
    run(&mut ext, Call::force_batch { calls: vec![Add(1), Fail, Add(4)] }, WHO).unwrap();
    let failed = Event::ItemFailed { error: DispatchError::Unavailable };
    let events = vec![Event::ItemCompleted, failed, Event::ItemCompleted, Event::BatchCompletedWithErrors];
    assert_eq!(outcome(&mut ext), (5, events));
}

#[test]
fn empty_batch_completes_and_is_not_operational() {
    let mut ext = state();
    let call = Call::batch { calls: vec![] };
    assert_eq!(call.dispatch_info(), DispatchInfo::normal(weights::BATCH));
    run(&mut ext, call, WHO).unwrap();
    assert_eq!(outcome(&mut ext), (0, vec![Event::BatchCompleted]));
}

#[test]
fn batch_is_operational_where_all_its_calls_are() {
    let class = |calls| Call::batch { calls }.dispatch_info().class;
    assert_eq!(class(vec![Operate, Operate]), DispatchClass::Operational);
    assert_eq!(class(vec![Operate, Add(1)]), DispatchClass::Normal);
}

#[test]
fn batch_of_too_many_calls_is_refused() {
    let max = usize::try_from(BATCHED_CALLS_MAX).unwrap();
    let mut ext = state();
    let before = ext.pairs().clone();
    let calls = vec![Operate; max + 1];
    for call in [
        Call::batch { calls: calls.clone() },
        Call::batch_all { calls: calls.clone() },
        Call::force_batch { calls: calls.clone() },
    ] {
        assert_eq!(run(&mut ext, call, WHO), Err(Error::TooManyCalls.into()));
    }
    assert_eq!(ext.pairs(), &before);
    run(&mut ext, Call::batch { calls: vec![Operate; max] }, WHO).unwrap();
}

#[test]
fn nobody_may_batch_and_only_root_may_choose_a_weight() {
    let mut ext = state();
    let with_weight = || Call::with_weight { call: Box::new(Add(1)), weight: Weight::from_parts(7, 0) };
    let refused = |weight| Err(DispatchErrorWithPostInfo::took(weight, DispatchError::BadOrigin));
    assert_eq!(run(&mut ext, Call::batch { calls: vec![] }, Origin::None), refused(weights::BATCH));
    assert_eq!(run(&mut ext, with_weight(), WHO), refused(weights::WITH_WEIGHT), "and not what its sender chose");
    assert_eq!(with_weight().dispatch_info().weight, Weight::from_parts(7, 0) + weights::WITH_WEIGHT);
    run(&mut ext, with_weight(), Origin::Root).unwrap();
    assert_eq!(outcome(&mut ext).0, 1);
}

#[test]
fn deep_nesting_ends_in_an_error_and_not_in_an_overflow() {
    let mut call = Call::batch_all { calls: vec![Add(1)] };
    for _ in 0..64 {
        call = Call::batch_all { calls: vec![Utility(call)] };
    }
    let mut ext = state();
    let before = ext.pairs().clone();
    assert_eq!(run(&mut ext, call, WHO).map_err(|failure| failure.error), Err(DispatchError::Exhausted));
    assert_eq!(ext.pairs(), &before);
}

fn calls() -> impl Strategy<Value = Vec<RuntimeCall>> {
    let leaf = prop_oneof![3 => (0..100u32).prop_map(Add), 1 => Just(Fail), 1 => Just(Operate)];
    let nested = leaf.prop_recursive(3, 24, 5, |inner| {
        let calls = prop::collection::vec(inner, 0..5);
        (0..3u8, calls).prop_map(|(kind, calls)| Utility(of_kind(kind, calls)))
    });
    prop::collection::vec(nested, 0..6)
}

fn of_kind(kind: u8, calls: Vec<RuntimeCall>) -> Call<RuntimeCall> {
    match kind {
        0 => Call::batch { calls },
        1 => Call::batch_all { calls },
        _ => Call::force_batch { calls },
    }
}

/// What the calls add, told by the rules: `Err` where the call fails.
fn expected(call: &RuntimeCall) -> Result<u32, ()> {
    match call {
        Add(amount) => Ok(*amount),
        Fail => Err(()),
        Operate => Ok(0),
        Utility(Call::batch { calls }) => Ok(calls.iter().map_while(|call| expected(call).ok()).sum()),
        Utility(Call::batch_all { calls }) => calls.iter().map(expected).sum(),
        Utility(Call::force_batch { calls }) => Ok(calls.iter().filter_map(|call| expected(call).ok()).sum()),
        Utility(Call::with_weight { .. }) => Err(()),
    }
}

proptest! {
    #[test]
    fn nested_batches_do_what_their_rules_say(kind in 0..3u8, calls in calls()) {
        let mut ext = state();
        let call = of_kind(kind, calls);
        let info = call.dispatch_info();
        let result = run(&mut ext, call.clone(), WHO);
        let post = result.unwrap_or_else(|failure| failure.post_info);
        prop_assert!(!post.actual_weight.unwrap().any_gt(info.weight), "never more than announced");
        let sum = expected(&Utility(call));
        prop_assert_eq!(result.is_ok(), sum.is_ok());
        prop_assert_eq!(outcome(&mut ext).0, sum.unwrap_or(0));
    }
}
