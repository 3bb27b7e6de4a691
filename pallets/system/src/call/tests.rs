use alloc::vec;
use ziver_support::MemoryExternalities;

use super::*;
use crate::event;

fn dispatch(ext: &mut MemoryExternalities, call: Call, origin: Origin) -> Result<(), DispatchError> {
    let result = call.dispatch(&mut Ctx::new(ext), origin);
    result.map(|_| ()).map_err(|failure| failure.error)
}

#[test]
fn calls_of_root_are_refused_to_everybody_else() {
    let calls = [
        Call::set_heap_pages { pages: 1 },
        Call::set_code { code: vec![] },
        Call::set_code_without_checks { code: vec![] },
        Call::set_storage { items: vec![(vec![1], vec![2])] },
        Call::kill_storage { keys: vec![vec![1]] },
        Call::kill_prefix { prefix: vec![1], subkeys: 1 },
        Call::authorize_upgrade { code_hash: Hash::zero() },
        Call::authorize_upgrade_without_checks { code_hash: Hash::zero() },
    ];
    for call in calls {
        for origin in [Origin::None, Origin::Signed([1; 20].into())] {
            let mut ext = MemoryExternalities::default();
            assert_eq!(dispatch(&mut ext, call.clone(), origin), Err(DispatchError::BadOrigin), "{call:?}");
            assert!(ext.pairs().is_empty());
        }
    }
}

#[test]
fn refused_call_takes_little_however_many_keys_it_names() {
    let call = Call::kill_prefix { prefix: vec![1], subkeys: u32::MAX };
    let failure = call.dispatch(&mut Ctx::new(&mut MemoryExternalities::default()), Origin::Signed([1; 20].into()));
    assert_eq!(failure.unwrap_err().post_info.actual_weight, Some(weights::remark(0)));
}

#[test]
fn remark_with_event_leaves_its_hash() {
    let mut ext = MemoryExternalities::default();
    event::reset(&mut Ctx::new(&mut ext));
    let remark = Call::remark_with_event { remark: b"text".to_vec() };
    assert_eq!(dispatch(&mut ext, remark.clone(), Origin::Root), Err(DispatchError::BadOrigin));
    let sender = [1; 20].into();
    assert_eq!(dispatch(&mut ext, remark, Origin::Signed(sender)), Ok(()));
    let events = event::tests::events(&Ctx::new(&mut ext));
    assert_eq!(events, [Event::Remarked { sender, hash: Hash::from(blake2_256(b"text")) }]);
}

#[test]
fn remark_leaves_nothing() {
    let mut ext = MemoryExternalities::default();
    assert_eq!(dispatch(&mut ext, Call::remark { remark: vec![1; 99] }, Origin::Signed([1; 20].into())), Ok(()));
    assert!(ext.pairs().is_empty());
}

#[test]
fn longer_arguments_weigh_more() {
    let weight = |len: usize| Call::remark { remark: vec![0; len] }.dispatch_info().weight.ref_time;
    assert!(weight(1_000) > weight(10));
    let killed = |subkeys| Call::kill_prefix { prefix: vec![], subkeys }.dispatch_info().weight.ref_time;
    assert!(killed(1_000) > killed(10));
    // A number that would overflow is heavier than any block.
    assert!(killed(u32::MAX) > crate::limits::BLOCK_WEIGHT_MAX.ref_time);
}
