//! What is known of the blocks.

use super::*;

/// A chain of so many blocks.
pub fn blocks(count: u32) -> Blocks {
    let row = |number| Row {
        number,
        hash: Hash::repeat_byte(number as u8),
        parent: Hash::repeat_byte(number as u8 - 1),
        transactions: 3,
        events: 12,
        time_ms: None,
        is_final: false,
    };
    Blocks { rows: (1..=count).map(|number| (number, row(number))).collect(), last: 10, finalized: 0 }
}

#[test]
fn finality_is_shown_and_never_goes_back() {
    let mut blocks = blocks(4);
    blocks.finalize(2);
    blocks.finalize(1);
    let status: Vec<_> = blocks.rows().map(Row::status).collect();
    assert_eq!(status, ["best chain", "best chain", "final", "final"]);
}
