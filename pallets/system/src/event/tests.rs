use alloc::vec;
use ziver_support::{Externalities, MemoryExternalities};

use super::*;
use crate::block;

/// The events of this pallet in the list.
pub(crate) fn events(ctx: &Ctx) -> Vec<Event> {
    records(ctx.ext()).into_iter().map(|record| record.event.1).collect()
}

fn records(ext: &dyn Externalities) -> Vec<EventRecord<(u8, Event), Hash>> {
    ext.get(EVENTS.key()).map_or_else(Vec::new, |bytes| Decode::decode(&mut bytes.as_slice()).unwrap())
}

#[test]
fn events_keep_their_order_phase_and_pallet() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    reset(&mut ctx);
    deposit(&mut ctx, &Event::CodeUpdated);
    block::begin_extrinsics(&mut ctx);
    assert_eq!(extrinsic_index(&ctx), Some(0));
    deposit(&mut ctx, &Event::CodeUpdated);
    next_extrinsic(&mut ctx);
    deposit(&mut ctx, &Event::CodeUpdated);
    block::begin_finalization(&mut ctx);
    assert_eq!(extrinsic_index(&ctx), None);
    deposit(&mut ctx, &Event::CodeUpdated);
    close(&mut ctx);
    assert_eq!(EVENT_COUNT.get(&ctx), Some(4));
    let records = records(&ext);
    let phases: Vec<_> = records.iter().map(|record| record.phase).collect();
    use Phase::{ApplyExtrinsic, Finalization, Initialization};
    assert_eq!(phases, [Initialization, ApplyExtrinsic(0), ApplyExtrinsic(1), Finalization]);
    assert!(records.iter().all(|record| record.event.0 == pallets::SYSTEM.index && record.topics.is_empty()));
}

#[test]
fn topics_point_to_block_and_index_until_the_next_block() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    reset(&mut ctx);
    NUMBER.set(&mut ctx, &5);
    let topics = [Hash::repeat_byte(1), Hash::repeat_byte(2)];
    deposit(&mut ctx, &Event::CodeUpdated);
    deposit_event_with_topics(&mut ctx, pallets::SYSTEM, &Event::CodeUpdated, &topics);
    deposit_event_with_topics(&mut ctx, pallets::SYSTEM, &Event::CodeUpdated, &topics[..1]);
    assert_eq!(EVENT_TOPICS.get(&ctx, &topics[0]), Some(vec![(5, 1), (5, 2)]));
    assert_eq!(EVENT_TOPICS.get(&ctx, &topics[1]), Some(vec![(5, 1)]));
    assert_eq!(records(ctx.ext())[1].topics, topics);
    reset(&mut ctx);
    assert_eq!(EVENT_TOPICS.get(&ctx, &topics[0]), None);
    assert!(records(&ext).is_empty());
}

#[test]
fn events_outside_a_block_are_dropped() {
    let mut ext = MemoryExternalities::default();
    deposit(&mut Ctx::new(&mut ext), &Event::CodeUpdated);
    assert!(ext.pairs().is_empty());
}
