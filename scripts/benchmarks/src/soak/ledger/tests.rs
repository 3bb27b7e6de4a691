use super::*;

fn ledger() -> Ledger {
    let mut ledger = Ledger::new(2);
    for (byte, from, nonce) in [(1, 0, 0), (2, 0, 1), (3, 1, 0)] {
        ledger.begin(Signed { hash: [byte; 32], text: format!("text {byte}") }, from, nonce);
    }
    ledger
}

fn hashes(list: &[u8]) -> Vec<String> {
    list.iter().map(|byte| format!("0x{}", hex::encode([*byte; 32]))).collect()
}

#[test]
fn final_transfers_leave_and_are_counted() {
    let mut ledger = ledger();
    ledger.finalize("a".into(), &hashes(&[9, 1, 3])).expect("all are known");
    assert_eq!((ledger.sent.as_slice(), ledger.waiting(), ledger.confirmed), (&[1, 1][..], 1, 2));
    assert_eq!(ledger.waiting_of(|from| from == 0), [(0, 1, "text 2".to_owned())]);
    assert_eq!(ledger.blocks.len(), 1);
}

#[test]
fn unknown_transactions_are_refused() {
    assert!(ledger().finalize("a".into(), &hashes(&[9, 1, 7])).is_err());
    assert!(ledger().finalize("a".into(), &hashes(&[])).is_err(), "a block has its inherent");
}

#[test]
fn nonces_that_leave_a_gap_are_refused() {
    assert!(ledger().finalize("a".into(), &hashes(&[9, 2])).is_err());
}

#[test]
fn same_transfer_is_final_once() {
    let mut ledger = ledger();
    ledger.finalize("a".into(), &hashes(&[9, 1])).expect("it is known");
    assert!(ledger.finalize("b".into(), &hashes(&[9, 1])).is_err());
}

#[test]
fn sample_has_the_newest_blocks_and_no_others_than_there_are() {
    let mut ledger = ledger();
    assert!(ledger.sample(2, |bound| bound - 1, 3).is_empty());
    for block in 0..5 {
        ledger.finalize(block.to_string(), &hashes(&[9])).expect("only its inherent");
    }
    assert_eq!(ledger.sample(2, |_| 0, 3), [1, 4, 5]);
}
