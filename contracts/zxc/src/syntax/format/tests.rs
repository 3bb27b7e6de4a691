//! Trees to texts and back.
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    diagnostics::Diagnostics,
    syntax::{
        lexer::lex,
        testing::{Choices, file, parsed, shape},
        token::TokenKind,
    },
};

/// The text of a tree that was made up of `bytes`.
fn text_of(bytes: &[u8]) -> String {
    format(&file(bytes), &Source::new("nothing.zx", "").unwrap())
}

/// What a comment says, in which its layout does not matter.
fn words(file: &File) -> Vec<String> {
    let mut words =
        file.comments.iter().map(|comment| comment.text.split_whitespace().collect::<String>()).collect::<Vec<_>>();
    words.sort();
    words
}

/// Asserts what holds for each text without errors, and gives the text that is formatted.
fn check(text: &str) -> String {
    let (source, tree) = parsed(text);
    let formatted = format(&tree, &source);
    let (again, tree_again) = parsed(&formatted);
    assert_eq!(shape(&tree), shape(&tree_again), "{text}\nbecame\n{formatted}");
    assert_eq!(words(&tree), words(&tree_again), "{text}\nbecame\n{formatted}");
    let twice = format(&tree_again, &again);
    assert_eq!(formatted, twice, "{text}");
    formatted
}

/// `text` with comments, blanks and line ends in it wherever there may be some.
fn disturbed(text: &str, choices: &mut Choices<'_>) -> String {
    let source = Source::new("test.zx", text).unwrap();
    let tokens = lex(&source, &mut Diagnostics::default()).tokens;
    let mut brackets = Vec::new();
    let mut disturbed = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let previous = index.checked_sub(1).map(|index| tokens[index]);
        let gap = previous.map_or("", |previous| &text[previous.span.end as usize..token.span.start as usize]);
        let goes_on = |kind| {
            use TokenKind::{AndAnd, Comma, Dot, Equal, OrOr, PlusEqual, QuestionQuestion, Slash, Star};
            matches!(kind, AndAnd | Comma | Dot | Equal | OrOr | PlusEqual | QuestionQuestion | Slash | Star)
        };
        let within = matches!(brackets.last(), Some(TokenKind::OpenParenthesis | TokenKind::OpenBracket));
        let behind = previous.is_some_and(|previous| goes_on(previous.kind) && previous.kind != TokenKind::Dot);
        let lines = previous.is_none() || gap.contains('\n') || within || behind || goes_on(token.kind);
        disturbed.push_str(gap);
        for _ in 0..choices.below(8).saturating_sub(5) {
            let comment = match choices.below(if lines { 9 } else { 2 }) {
                0 => " ".to_owned(),
                1 => format!(" /* {index} */ "),
                2 => "\n".to_owned(),
                3 => format!("// {index}\n"),
                4 => format!(" # {index} \n\n"),
                5 => format!("\n  // {index}\r\n"),
                6 => format!("/* {index}\n      and\n  {index} */"),
                7 => format!("\n/**\n  * {index}\n\n  */\n"),
                _ => format!("\n/* {index} */"),
            };
            disturbed.push_str(&comment);
        }
        disturbed.push_str(source.slice(token.span));
        if token.kind.closing().is_some() {
            brackets.push(token.kind);
        } else if token.kind.is_closing() {
            brackets.pop();
        }
    }
    disturbed
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_that_was_made_up_is_the_tree_of_its_text(bytes in vec(any::<u8>(), 0..600)) {
        let tree = file(&bytes);
        let text = text_of(&bytes);
        let (source, parsed) = parsed(&text);
        prop_assert_eq!(shape(&tree), shape(&parsed), "{}", text);
        prop_assert_eq!(format(&parsed, &source), text);
    }

    #[test]
    fn comments_and_blanks_anywhere_change_no_tree_and_get_lost_nowhere(
        bytes in vec(any::<u8>(), 0..400),
        disturbance in vec(any::<u8>(), 0..1_000),
    ) {
        let text = text_of(&bytes);
        let disturbed = disturbed(&text, &mut Choices::new(&disturbance));
        prop_assert_eq!(shape(&parsed(&text).1), shape(&parsed(&disturbed).1), "{}", disturbed);
        check(&disturbed);
    }
}

#[test]
fn a_file_with_errors_stays_as_it_is() {
    let source = Source::new("a.zx", "contract  A{ data }").unwrap();
    let (tree, _) = crate::syntax::parse(&source);
    assert_eq!(format(&tree, &source), source.text());
}

#[test]
fn an_empty_file_stays_empty_and_comments_alone_stay() {
    assert_eq!(check(""), "");
    assert_eq!(check("\n\n  \n"), "");
    assert_eq!(check("\u{feff}\r\n// a \r\n\r\n\r\n\r\n/* b */"), "// a\n\n/* b */\n");
}

#[test]
fn what_does_not_fit_has_one_element_a_line() {
    let long = "a".repeat(60);
    let text = format!("action f() {{ g({long}, {long}); x = {long} + {long} * 2 - 1; {long}.a({long}).b().c(1)\n }}");
    let expected = format!(
        "action f() {{
    g(
        {long},
        {long},
    )
    x = {long}
        + {long} * 2
        - 1
    {long}
        .a({long})
        .b()
        .c(1)
}}
"
    );
    assert_eq!(check(&text), expected);
}

#[test]
fn a_condition_that_does_not_fit_has_its_brace_on_a_line() {
    let long = "a".repeat(60);
    let expected = format!("action f() {{\n    if {long}\n        && {long}\n    {{\n        return\n    }}\n}}\n");
    assert_eq!(check(&format!("action f() {{ if {long} && {long} {{ return }} }}")), expected);
}

#[test]
fn one_simple_statement_stays_on_the_line_of_its_block() {
    let text = "action f() { return }\naction g() { if a { return } else { b = 1 } }\naction h() { a = 1; b = 2 }\n";
    let expected = "action f() { return }

action g() {
    if a { return } else { b = 1 }
}

action h() {
    a = 1
    b = 2
}
";
    assert_eq!(check(text), expected);
    let lines = "action f() {\n    return\n}\n";
    assert_eq!(check(lines), lines);
}

#[test]
fn a_statement_that_begins_with_a_minus_does_not_go_on_with_the_line_before() {
    assert_eq!(check("action f() { a; -b; -c.d() + 1 }"), "action f() {\n    a\n    (-b)\n    (-c.d() + 1)\n}\n");
}
