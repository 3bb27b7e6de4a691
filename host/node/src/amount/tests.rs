//! Amounts there and back.

use super::*;

const ZIV: Balance = ziver_primitives::UNIT;

#[test]
fn amounts_are_read_to_the_last_digit() {
    for (text, expected) in [
        ("0", 0),
        ("1", 1),
        ("1_000", 1_000),
        ("1ZIV", ZIV),
        ("1.5ZIV", ZIV + ZIV / 2),
        ("1.50 ZIV", ZIV + ZIV / 2),
        ("0.000000000000000001ZIV", 1),
        ("20mZIV", ZIV / 50),
        ("3uZIV", 3_000_000_000_000),
        ("3nZIV", 3_000_000_000),
        ("340282366920938463463374607431768211455", Balance::MAX),
    ] {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn nonsense_is_refused() {
    for text in ["", "ZIV", "1.ZIV", ".5ZIV", "1,5ZIV", "-1", "+1", "1e3", "1ziv", "1 DOT", "1.5.5ZIV", "0x10", "½ZIV"]
    {
        assert!(parse(text).unwrap_err().contains("expected"), "{text}");
    }
    assert_eq!(parse("1.5").unwrap_err(), "1.5 is more exact than the smallest unit; did you mean 1.5ZIV?");
    assert!(parse("0.0000000000000000001ZIV").unwrap_err().contains("more exact"));
    for text in ["340282366920938463463374607431768211456", "340282366920938463464ZIV"] {
        assert!(parse(text).unwrap_err().contains("more than there can be"), "{text}");
    }
}

#[test]
fn amounts_are_shown_without_digits_that_say_nothing() {
    for amount in [0, 1, ZIV, ZIV + ZIV / 2, 12_345 * ZIV / 100, Balance::MAX] {
        assert_eq!(parse(&show(amount)), Ok(amount));
    }
    assert_eq!(show(ZIV * 3 / 2), "1.5 ZIV");
    assert_eq!(show(2 * ZIV), "2 ZIV");
}
