//! The table fits its window.

use super::*;

fn blocks(count: u32) -> Blocks {
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
fn picture_fits_every_window() {
    let blocks = blocks(10);
    for width in 0..120 {
        for height in 0..15 {
            let lines = picture(&blocks, width, height);
            assert!(lines.len() < height.max(2), "{width} x {height}");
            assert!(lines.iter().all(|line| line.chars().count() <= width));
        }
    }
    let wide = picture(&blocks, 120, 15);
    assert_eq!(wide.len(), 11);
    assert!(wide[1].starts_with("10      0x0a0a") && wide[1].contains(&"0a".repeat(32)), "{}", wide[1]);
    let narrow = picture(&blocks, 70, 5);
    assert_eq!(narrow.len(), 4);
    assert!(narrow[1].contains("0x0a0a0a0a…0a0a0a0a") && narrow[1].ends_with("best chain"), "{}", narrow[1]);
}

#[test]
fn finality_is_shown_and_never_goes_back() {
    let mut blocks = blocks(4);
    blocks.finalize(2);
    blocks.finalize(1);
    let status: Vec<_> = blocks.rows().map(Row::status).collect();
    assert_eq!(status, ["best chain", "best chain", "final", "final"]);
}

#[test]
fn keys_that_end_it() {
    assert!(is_end(KeyCode::Char('q'), KeyModifiers::NONE));
    assert!(is_end(KeyCode::Esc, KeyModifiers::NONE));
    assert!(is_end(KeyCode::Char('c'), KeyModifiers::CONTROL));
    assert!(!is_end(KeyCode::Char('c'), KeyModifiers::NONE));
}
