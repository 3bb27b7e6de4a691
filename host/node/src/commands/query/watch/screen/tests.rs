//! The table fits its window.

use super::{super::tests::blocks, *};

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
    // The status is still to be seen where no hash has room.
    let slim = picture(&blocks, 50, 5);
    assert!(!slim[1].contains("0x") && slim[1].ends_with("best chain"), "{}", slim[1]);
}

#[test]
fn keys_that_end_it() {
    assert!(is_end(KeyCode::Char('q'), KeyModifiers::NONE));
    assert!(is_end(KeyCode::Esc, KeyModifiers::NONE));
    assert!(is_end(KeyCode::Char('c'), KeyModifiers::CONTROL));
    assert!(!is_end(KeyCode::Char('c'), KeyModifiers::NONE));
}

#[test]
fn first_line_begins_with_what_matters() {
    let mut screen = Screen { title: "Chain at ws://x".to_owned(), trouble: None, resized: Arc::default() };
    assert_eq!(screen.first_line(&blocks(7)), "best 7, final 0   q ends   Chain at ws://x");
    screen.trouble = Some("cannot connect".to_owned());
    assert_eq!(screen.first_line(&blocks(7)), "cannot connect, trying again   q ends   Chain at ws://x");
    screen.trouble = Some("first\nsecond".to_owned());
    screen.title = "\u{1b}[2J\u{9b}2J".to_owned();
    assert_eq!(
        screen.first_line(&blocks(7)),
        "first second, trying again   q ends   \\u{1b}[2J\\u{9b}2J",
        "what a node says does nothing to the terminal"
    );
    // It never had the terminal.
    std::mem::forget(screen);
}
