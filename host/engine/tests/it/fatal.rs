//! A database that fails ends the engine.

use std::sync::Arc;

use ziver_db::{DbError, Fault, FaultyDb, MemoryDb};
use ziver_engine::{Action, Event, Sealing};

use crate::fixture::{Bed, START_MS, chain, config};

#[test]
fn failed_write_is_fatal_and_nothing_follows() {
    for passing in 0..6 {
        let memory = Arc::new(MemoryDb::new());
        let faulty = Arc::new(FaultyDb::new(memory.clone()));
        let mut bed = Bed::on(faulty.clone(), config(Sealing::Interval { interval_ms: 2_000 }));
        faulty.fail_after(passing, Fault::Refuse(DbError::Full("no space".to_owned())));
        for slot in 1..=8 {
            bed.now_ms = START_MS + slot * 2_000;
            bed.handle(Event::Tick);
        }
        let fatal = bed.actions.iter().position(|action| matches!(action, Action::Fatal(_)));
        assert_eq!(fatal, Some(bed.actions.len() - 1), "the last action of all");
        assert!(bed.engine.handle(bed.now_ms, Event::Pending { id: 1 }).is_empty());
        let told = bed.chain_events().count();
        assert!(told > 0 || passing == 0);
        let reopened = chain(Arc::new((*memory).clone()));
        assert!(reopened.best().number <= 6);
        let header = reopened.reader().header(&reopened.best().hash).unwrap().unwrap();
        let view = reopened.reader().view_at(&reopened.best().hash).unwrap().unwrap();
        assert_eq!(view.root(), header.state_root);
    }
}
