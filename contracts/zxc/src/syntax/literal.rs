//! What literals stand for: from the text that the lexer has found to a value, or to what is wrong with it.

use primitive_types::U256;

use super::{
    ast::{BytesLiteral, IntegerLiteral, StringLiteral},
    codes,
};
use crate::{diagnostics::Diagnostic, limits::NUMBER_BYTES_MAX, source::Span};

#[cfg(test)]
mod tests;

/// The number that `text` is, and what is wrong with it.
pub fn integer(text: &str, span: Span) -> (IntegerLiteral, Option<Diagnostic>) {
    let (value, problem) = match integer_value(text) {
        Ok(value) => (value, None),
        Err(problem) => (U256::zero(), Some(problem.diagnostic(span))),
    };
    (IntegerLiteral { value, text: text.to_owned(), span }, problem)
}

enum NumberProblem {
    Digits,
    LeadingZero,
    Base,
    Long,
    Large,
}

impl NumberProblem {
    fn diagnostic(self, span: Span) -> Diagnostic {
        let bad = |message| Diagnostic::error(codes::BAD_NUMBER, message).label(span, "");
        let forms = "write `255`, `1_000_000`, `0xff` or `5e18`";
        match self {
            Self::Digits => bad("this is no number").help(forms),
            Self::LeadingZero => bad("a number begins with a needless zero").help("remove it: ZX has no octal numbers"),
            Self::Base => bad("a number has an unknown prefix").help(forms),
            Self::Long => bad("a number has far too many digits").help(format!("use at most {NUMBER_BYTES_MAX}")),
            Self::Large => Diagnostic::error(codes::NUMBER_TOO_LARGE, "a number has more than 256 bits")
                .label(span, "")
                .note("the largest number of any type is 2^256 - 1, that of `integer` is 2^255 - 1"),
        }
    }
}

fn integer_value(text: &str) -> Result<U256, NumberProblem> {
    if text.len() > NUMBER_BYTES_MAX {
        return Err(NumberProblem::Long);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return digits_value(digits, 16);
    }
    if text.starts_with('0') && text[1..].starts_with(|letter: char| letter.is_ascii_alphabetic() && letter != 'e') {
        return Err(NumberProblem::Base);
    }
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(NumberProblem::LeadingZero);
    }
    let value = digits_value(digits, 10)?;
    let exponent = digits_value(exponent, 10)?;
    if value.is_zero() {
        return Ok(value);
    }
    // The exponent's value is looked at only when it is small: 10^78 has more than 256 bits.
    let exponent = if exponent < U256::from(78) { exponent.as_u32() } else { return Err(NumberProblem::Large) };
    let power = U256::from(10).checked_pow(U256::from(exponent)).ok_or(NumberProblem::Large)?;
    value.checked_mul(power).ok_or(NumberProblem::Large)
}

/// Digits with underscores between them; at least one digit, first and last.
fn digits_value(text: &str, base: u32) -> Result<U256, NumberProblem> {
    let is_digit = |character: char| character.is_digit(base);
    if !text.starts_with(is_digit) || !text.ends_with(is_digit) {
        return Err(NumberProblem::Digits);
    }
    let mut value = U256::zero();
    for character in text.chars().filter(|character| *character != '_') {
        let digit = character.to_digit(base).ok_or(NumberProblem::Digits)?;
        value = value.checked_mul(U256::from(base)).ok_or(NumberProblem::Large)?;
        value = value.checked_add(U256::from(digit)).ok_or(NumberProblem::Large)?;
    }
    Ok(value)
}

/// The string that `text`, with its quotes, is; and the first thing that is wrong with it.
pub fn string(text: &str, span: Span) -> (StringLiteral, Option<Diagnostic>) {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
    let mut value = String::with_capacity(inner.len());
    let mut problem = None;
    let mut rest = inner;
    while !rest.is_empty() {
        let (plain, escaped) = rest.split_at(rest.find('\\').unwrap_or(rest.len()));
        value.push_str(plain);
        rest = escaped;
        if rest.is_empty() {
            break;
        }
        let (escape, behind) = rest.split_at(escape_length(rest));
        match escape_value(escape) {
            Some(escaped) => value.push(escaped),
            None if problem.is_none() => {
                // One byte for the quote that `inner` lacks.
                let start = span.start + 1 + (inner.len() - rest.len()) as u32;
                let place = Span::new(span.file, start, start + escape.len() as u32);
                let diagnostic = Diagnostic::error(codes::BAD_ESCAPE, "a backslash is followed by something unknown")
                    .label(place, "")
                    .help(r#"write one of \n \r \t \0 \\ \" \x41 \u{1f600}"#);
                problem = Some(diagnostic);
            }
            None => {}
        }
        rest = behind;
    }
    (StringLiteral { value, text: text.to_owned(), span }, problem)
}

/// The length in bytes of the escape that `text` begins with.
fn escape_length(text: &str) -> usize {
    let rest = &text[1..];
    let length = match rest.chars().next() {
        Some('x') => 1 + rest[1..].bytes().take(2).take_while(u8::is_ascii_hexdigit).count(),
        Some('u') if rest[1..].starts_with('{') => {
            // `u{`, at most six digits, `}`: no search through the rest of the string for each of them.
            rest.bytes().take(9).position(|byte| byte == b'}').map_or(1, |end| end + 1)
        }
        Some(character) => character.len_utf8(),
        None => 0,
    };
    1 + length
}

fn escape_value(escape: &str) -> Option<char> {
    match &escape[1..] {
        "n" => Some('\n'),
        "r" => Some('\r'),
        "t" => Some('\t'),
        "0" => Some('\0'),
        "\\" => Some('\\'),
        "\"" => Some('"'),
        "'" => Some('\''),
        rest => {
            let (digits, most) = match rest.strip_prefix('x') {
                Some(digits) if digits.len() == 2 => (digits, 0x7f),
                _ => (rest.strip_prefix("u{")?.strip_suffix('}')?, 0x10_ffff),
            };
            if !(1..=6).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            let value = u32::from_str_radix(digits, 16).ok()?;
            (value <= most).then(|| char::from_u32(value)).flatten()
        }
    }
}

/// The bytes that `text`, with `hex` and its quotes, is; and what is wrong with it.
pub fn bytes(text: &str, span: Span) -> (BytesLiteral, Option<Diagnostic>) {
    let digits = text.strip_prefix("hex\"").and_then(|text| text.strip_suffix('"')).unwrap_or_default();
    let digits = digits.bytes().filter(|byte| *byte != b'_').collect::<Vec<_>>();
    let nibble = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    });
    let value = pairs.collect::<Option<Vec<_>>>();
    let problem = value.is_none().then(|| {
        Diagnostic::error(codes::BAD_BYTES, "these are no bytes")
            .label(span, "")
            .help("write two hexadecimal digits for each byte: `hex\"00ff\"`; `bytes(\"text\")` makes bytes of text")
    });
    (BytesLiteral { value: value.unwrap_or_default(), text: text.to_owned(), span }, problem)
}
