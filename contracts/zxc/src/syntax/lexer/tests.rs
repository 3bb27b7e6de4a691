//! Tokens and comments of texts.
use super::*;
use crate::{limits::NAME_BYTES_MAX, source::Source};

fn lexed(text: &str) -> (Lexed, Vec<&'static str>) {
    let mut diagnostics = Diagnostics::default();
    let lexed = lex(&Source::new("a.zx", text).unwrap(), &mut diagnostics);
    (lexed, diagnostics.into_sorted().iter().map(|diagnostic| diagnostic.code).collect())
}

/// The kinds of the tokens of a text, without the end.
fn kinds(text: &str) -> Vec<TokenKind> {
    let (lexed, _) = lexed(text);
    let mut kinds = lexed.tokens.iter().map(|token| token.kind).collect::<Vec<_>>();
    assert_eq!(kinds.pop(), Some(TokenKind::End));
    kinds
}

#[test]
fn every_word_and_symbol_is_a_token_of_its_kind() {
    for kind in TokenKind::WORDS.iter().chain(TokenKind::SYMBOLS) {
        assert_eq!(kinds(kind.text().unwrap()), [*kind]);
        assert_eq!(kind.is_word(), TokenKind::WORDS.contains(kind));
    }
}

#[test]
fn the_longest_symbol_wins_and_closing_angles_stay_single() {
    use TokenKind::{
        Arrow, Bang, BangEqual, Equal, EqualEqual, Greater, GreaterEqual, Less, Minus, Question, QuestionQuestion,
    };
    assert_eq!(kinds("===!=!???"), [EqualEqual, Equal, BangEqual, Bang, QuestionQuestion, Question]);
    assert_eq!(kinds("<->>="), [Less, Arrow, GreaterEqual]);
    assert_eq!(kinds(">>>="), [Greater, Greater, GreaterEqual]);
    assert_eq!(kinds("--"), [Minus, Minus]);
}

#[test]
fn words_that_are_reserved_nowhere_are_names() {
    for word in ["data", "state", "view", "from", "each", "in", "limit", "TX", "hexa", "hex", "_", "Action", "iff"] {
        assert_eq!(kinds(word), [TokenKind::Identifier], "{word}");
    }
}

#[test]
fn indices_of_tuples_are_no_fractions() {
    use TokenKind::{Dot, Identifier, Integer};
    assert_eq!(kinds("a.0.1"), [Identifier, Dot, Integer, Dot, Integer]);
    assert_eq!(kinds("1.a"), [Integer, Dot, Identifier]);
    assert_eq!(lexed("1.5").1, [codes::FRACTION]);
}

#[test]
fn a_token_knows_whether_a_line_ends_before_it() {
    let (lexed, codes) = lexed("a b\nc /* x\n */ d // y\ne\r\nf /* z */ g");
    assert_eq!(codes, [""; 0]);
    let on_new_line = lexed.tokens.iter().map(|token| token.on_new_line).collect::<Vec<_>>();
    assert_eq!(on_new_line, [true, false, true, true, true, true, false, false]);
}

#[test]
fn comments_are_kept_with_their_places() {
    let text = "\u{feff}// one  \r\n# two\n/* three\r\n*/ /**//* four */";
    let (lexed, codes) = lexed(text);
    assert_eq!(codes, [""; 0]);
    let comments = lexed.comments.iter().map(|comment| (comment.kind, comment.text.as_str())).collect::<Vec<_>>();
    let expected = [
        (CommentKind::Slashes, "// one"),
        (CommentKind::Hash, "# two"),
        (CommentKind::Block, "/* three\r\n*/"),
        (CommentKind::Block, "/**/"),
        (CommentKind::Block, "/* four */"),
    ];
    assert_eq!(comments, expected);
    for comment in &lexed.comments {
        assert_eq!(&text[comment.span.range()], comment.text);
    }
}

#[test]
fn strings_end_at_their_quote_or_with_their_line() {
    use TokenKind::{Bytes, Error, Identifier, String};
    assert_eq!(kinds(r#""a\"b" c"#), [String, Identifier]);
    assert_eq!(kinds(r#""a\\" c"#), [String, Identifier]);
    assert_eq!(kinds("\"# no // comment\" c"), [String, Identifier]);
    assert_eq!(kinds("hex\"00\" c"), [Bytes, Identifier]);
    assert_eq!(kinds("\"a\nc"), [Error, Identifier]);
    assert_eq!(lexed("\"a\nc").1, [codes::UNTERMINATED_STRING]);
    assert_eq!(lexed("'a' c").1, [codes::SINGLE_QUOTES]);
    assert_eq!(kinds("'a' c"), [Error, Identifier]);
}

#[test]
fn what_is_not_understood_is_one_token_and_one_complaint() {
    assert_eq!(kinds("a $$$ b"), [TokenKind::Identifier, TokenKind::Error, TokenKind::Identifier]);
    for (text, code) in [
        ("$$$", codes::UNKNOWN_CHARACTER),
        ("\u{a0}", codes::UNKNOWN_CHARACTER),
        ("\0\0", codes::CONTROL_CHARACTER),
        ("\r", codes::CONTROL_CHARACTER),
        ("// \0", codes::CONTROL_CHARACTER),
        ("\"\u{7}\"", codes::CONTROL_CHARACTER),
        ("\"\u{202e}\u{202e}\"", codes::LAYOUT_CHARACTER),
        ("/* \u{2067} */", codes::LAYOUT_CHARACTER),
        ("// \u{2028} */", codes::LAYOUT_CHARACTER),
        ("/* ", codes::UNTERMINATED_COMMENT),
        ("é", codes::BAD_NAME),
    ] {
        assert_eq!(lexed(text).1, [code], "{text:?}");
    }
}

#[test]
fn a_name_one_byte_too_long_is_refused() {
    let name = "a".repeat(NAME_BYTES_MAX);
    assert_eq!(lexed(&name).1, [""; 0]);
    assert_eq!(lexed(&format!("{name}a")).1, [codes::BAD_NAME]);
}
