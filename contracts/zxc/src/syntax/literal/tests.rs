//! Values of literals.
use super::*;

fn integer_of(text: &str) -> Result<String, &'static str> {
    match integer(text, Span::default()) {
        (literal, None) => Ok(literal.value.to_string()),
        (literal, Some(problem)) => {
            assert!(literal.value.is_zero());
            Err(problem.code)
        }
    }
}

#[test]
fn numbers_have_their_value() {
    let largest = U256::MAX.to_string();
    for (text, value) in [
        ("0", "0"),
        ("42", "42"),
        ("1_000_000", "1000000"),
        ("0xFf", "255"),
        ("0x0000", "0"),
        ("0xdead_beef", "3735928559"),
        ("5e3", "5000"),
        ("0e999", "0"),
        ("1e7_7", &format!("1{}", "0".repeat(77))),
        (&largest, &largest),
        (&format!("0x{}", "f".repeat(64)), &largest),
    ] {
        assert_eq!(integer_of(text), Ok(value.to_owned()), "{text}");
    }
}

#[test]
fn what_is_no_number_or_too_large_is_refused() {
    let bad = ["0x", "0b1", "0X1", "1a", "1_", "1__", "0x_1", "1e", "1e_1", "1ee1", "007", "00", "0_1", "1é", "0xg"];
    for text in bad {
        assert_eq!(integer_of(text), Err(codes::BAD_NUMBER), "{text}");
    }
    let beyond = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    for text in [beyond, "1e78", "2e77", "1e99999999999999999999", &format!("0x1{}", "0".repeat(64))] {
        assert_eq!(integer_of(text), Err(codes::NUMBER_TOO_LARGE), "{text}");
    }
    assert_eq!(integer_of(&format!("1{}", "_0".repeat(NUMBER_BYTES_MAX))), Err(codes::BAD_NUMBER));
}

#[test]
fn a_literal_of_exactly_so_many_bytes_may_be_an_address() {
    let literal = |text: &str| integer(text, Span::default()).0;
    let address = "0x00112233445566778899aAbBcCdDeEfF00112233";
    assert_eq!(literal(address).bytes(20).unwrap()[..3], [0x00, 0x11, 0x22]);
    assert_eq!(literal(address).bytes(32), None);
    assert_eq!(literal("5").bytes(20), None);
    assert_eq!(literal(&address.replace("4455", "44_55")).bytes(20), None);
    assert_eq!(literal("0x00").bytes(1), Some(vec![0]));
}

#[test]
fn escapes_have_their_value() {
    let (literal, problem) = string(r#""a\n\r\t\0\\\"\'\x41\u{e9}\u{1F600}\u{10ffff}é""#, Span::default());
    assert_eq!(problem, None);
    assert_eq!(literal.value, "a\n\r\t\0\\\"'A\u{e9}\u{1f600}\u{10ffff}é");
}

#[test]
fn a_wrong_escape_is_left_out_and_the_first_is_told_with_its_place() {
    for escape in [r"\q", r"\x8", r"\x80", r"\xé", r"\u", r"\u{}", r"\u{110000}", r"\u{d800}", r"\u{0000041}", r"\é"]
    {
        let text = format!("\"ab{escape}w\\z\"");
        let (literal, problem) = string(&text, Span::new(Default::default(), 10, 10 + text.len() as u32));
        let problem = problem.unwrap();
        assert_eq!((problem.code, problem.span().unwrap().start), (codes::BAD_ESCAPE, 13), "{escape}");
        assert!(literal.value.starts_with("ab") && literal.value.ends_with('w'), "{escape}: {}", literal.value);
    }
}

#[test]
fn bytes_are_pairs_of_digits() {
    let value = |text| bytes(text, Span::default());
    assert!(value("hex\"\"").0.value.is_empty());
    assert_eq!(value("hex\"00Ff_a0\"").0.value, [0_u8, 0xff, 0xa0]);
    for text in ["hex\"0\"", "hex\"0g\"", "hex\"0x00\"", "hex\"é\"", "hex\" 00\""] {
        assert_eq!(value(text).1.map(|problem| problem.code), Some(codes::BAD_BYTES), "{text}");
    }
}

#[test]
fn a_string_that_is_quoted_reads_as_itself() {
    let value = "a \"b\" 'c' \\ \n \r \t \0 \u{7f} é \u{1f600} \u{202e} \u{200b} \u{2028}";
    let text = StringLiteral::quoted(value, Span::default()).text;
    assert!(text.is_ascii() || !text.contains(['\u{202e}', '\u{200b}', '\u{2028}']), "{text}");
    let (literal, problem) = string(&text, Span::default());
    assert_eq!((literal.value.as_str(), problem), (value, None));
}
