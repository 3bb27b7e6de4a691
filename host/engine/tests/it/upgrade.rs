//! The runtime replaced while transactions wait.

use codec::Encode;
use ziver_chain::ChainEvent;
use ziver_engine::{Action, EngineConfig, Event, Sealing, Status};

use crate::fixture::{Alith, Baltathar, Bed, config};

#[test]
fn waiting_transactions_of_the_old_version_become_invalid() {
    let config = EngineConfig { revalidate_count_max: 2, ..config(Sealing::Manual) };
    let mut bed = Bed::new(config);
    let upgrade = (7u8, 0u8, 0u8, 2u8, ziver_wasm::UPGRADED).encode();
    let upgrade = bed.signed(Alith, 0, 10u128.pow(18), upgrade);
    let done = bed.submit(&upgrade).unwrap();
    // A gap keeps it out of the block, so that it is still there after the upgrade.
    let waiting = [1, 2, 3, 4, 5].map(|nonce| bed.transfer(Baltathar, nonce));
    let waiting = waiting.map(|transfer| bed.submit(&transfer).unwrap());
    let block = bed.seal();
    assert_eq!(bed.transactions(&block.hash), [done]);
    let is_told = bed.chain_events().any(
        |event| matches!(event, ChainEvent::Imported { new_runtime: Some(version), .. } if version.spec_version == 2),
    );
    assert!(is_told);
    let mut ticks = 0;
    let mut from = 0;
    while bed.actions[from..].iter().any(|action| matches!(action, Action::SetTimer { .. })) {
        from = bed.handle(Event::Tick);
        ticks += 1;
    }
    for hash in &waiting {
        assert_eq!(bed.statuses(hash), [Status::Future, Status::Invalid]);
    }
    assert_eq!(ticks, 2, "two are validated again right after the block, two at the first tick, one at the second");
    let next = bed.seal();
    assert_eq!(next.number, 2);
}
