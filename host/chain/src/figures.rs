//! Figures of database, state and executor for metrics.
//!
//! Out of scope: times. Whoever drives the chain has the clock.

use ziver_db::Column;
use ziver_executor::ModuleFigures;
use ziver_state::StateFigures;

use crate::reader::ChainReader;

/// What can be counted at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Bytes of each column, by its name on disk.
    pub column_bytes: Vec<(&'static str, u64)>,
    /// Layers and caches of the state.
    pub state: StateFigures,
    /// The cache of compiled runtimes.
    pub modules: ModuleFigures,
}

impl ChainReader {
    /// Counts now. The sizes are the database's own bookkeeping: no data is read.
    pub fn figures(&self) -> Figures {
        let bytes = |column: Column| (column.name(), self.shared.db.bytes(column));
        Figures {
            column_bytes: Column::ALL.map(bytes).to_vec(),
            state: self.shared.state.figures(),
            modules: self.shared.executor.figures(),
        }
    }
}
