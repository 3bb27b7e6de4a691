//! The runtime replaced while transactions wait.

use codec::Encode;
use ziver_chain::ChainEvent;
use ziver_engine::{Event, Status};

use crate::fixture::{Alith, Baltathar, Bed};

#[test]
fn waiting_transactions_of_the_old_version_become_invalid() {
    let mut bed = Bed::manual();
    let upgrade = (7u8, 0u8, 0u8, 2u8, ziver_wasm::UPGRADED).encode();
    let upgrade = bed.signed(Alith, 0, 10u128.pow(18), upgrade);
    let done = bed.submit(&upgrade).unwrap();
    // A gap keeps it out of the block, so that it is still there after the upgrade.
    let waiting = bed.transfer(Baltathar, 1);
    let waiting = bed.submit(&waiting).unwrap();
    let block = bed.seal();
    assert_eq!(bed.transactions(&block.hash), [done]);
    let is_told = bed.chain_events().any(
        |event| matches!(event, ChainEvent::Imported { new_runtime: Some(version), .. } if version.spec_version == 2),
    );
    assert!(is_told);
    bed.handle(Event::Tick);
    assert_eq!(bed.statuses(&waiting), [Status::Future, Status::Invalid]);
    let next = bed.seal();
    assert_eq!(next.number, 2);
}
