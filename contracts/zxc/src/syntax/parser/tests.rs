//! Trees of texts. What is said about wrong texts stands in `tests/diagnostics`.
use std::collections::HashSet;

use proptest::{collection::vec, prelude::*};
use serde_json::Value;

use super::*;
use crate::syntax::{
    ast::{ItemKind, StatementKind},
    format,
    testing::{file, parsed, shape},
};

/// The codes of what is said about a text.
fn codes_of(text: &str) -> Vec<&'static str> {
    parse(&Source::new("test.zx", text).unwrap()).1.iter().map(|diagnostic| diagnostic.code).collect()
}

/// Asserts that these are the same statements.
fn assert_same(a: &str, b: &str) {
    let within = |text: &str| shape(&parsed(&format!("action f() {{\n{text}\n}}")).1);
    assert_eq!(within(a), within(b), "\n{a}\nand\n{b}");
}

fn statement_count(text: &str) -> usize {
    let (_, file) = parsed(&format!("action f() {{\n{text}\n}}"));
    match &file.items[0].kind {
        ItemKind::Action(action) => action.body.as_ref().unwrap().statements.len(),
        other => panic!("{other:?}"),
    }
}

/// All nodes of a tree, each with how many are above it.
fn nodes<'a>(value: &'a Value, above: usize, found: &mut Vec<(usize, &'a Value)>) {
    let is_node = value.get("kind").is_some() && value.get("span").is_some();
    if is_node {
        found.push((above, value));
    }
    let inner = above + usize::from(is_node);
    match value {
        Value::Array(values) => values.iter().for_each(|value| nodes(value, inner, found)),
        Value::Object(fields) => fields.values().for_each(|value| nodes(value, inner, found)),
        _ => {}
    }
}

fn depth(text: &str) -> usize {
    let (file, _) = parse(&Source::new("test.zx", text).unwrap());
    let tree = serde_json::to_value(&file.items).unwrap();
    let mut found = Vec::new();
    nodes(&tree, 0, &mut found);
    found.iter().map(|(above, _)| above + 1).max().unwrap_or_default()
}

#[test]
fn operators_bind_as_documented() {
    for (text, meant) in [
        ("a + b * c - d", "(a + (b * c)) - d"),
        ("a - b - c", "(a - b) - c"),
        ("a * -b / !c % d", "((a * (-b)) / (!c)) % d"),
        ("a || b && c || d", "(a || (b && c)) || d"),
        ("a == b + 1 && c < d", "(a == (b + 1)) && (c < d)"),
        ("a ?? b ?? c + 1 > d", "(a ?? (b ?? (c + 1))) > d"),
        ("-a.b[c]", "-((a.b)[c])"),
        ("!a == b", "(!a) == b"),
        ("A(b).c{value: d}(e).f", "((A(b)).c{value: d}(e)).f"),
    ] {
        assert_same(&format!("x = {text}"), &format!("x = {meant}"));
    }
}

#[test]
fn comparisons_in_a_row_are_refused() {
    assert_eq!(codes_of("action f() { x = a < b == c }"), [codes::COMPARISON_CHAIN]);
    assert_eq!(codes_of("action f() { x = a < (b == c) }"), [""; 0]);
}

#[test]
fn a_line_that_begins_with_an_operator_or_a_dot_goes_on_with_the_one_before() {
    assert_same("x = a\n+ b\n- c\n&& d", "x = a + b - c && d");
    assert_same("x = a\n  .b()\n  .c", "x = a.b().c");
    assert_same("x =\na +\nb", "x = a + b");
    assert_same("x\n+= a", "x += a");
}

#[test]
fn a_line_that_begins_with_a_bracket_begins_a_statement() {
    assert_eq!(statement_count("x = a\n(b, c) = d"), 2);
    assert_eq!(statement_count("x = a\n[b][0].c()"), 2);
    assert_same("x = [a\n[b]]", "x = [a[b]]");
    assert_same("f(a\n(b))", "f(a(b))");
}

#[test]
fn a_returned_value_begins_on_the_line_of_return() {
    assert_eq!(statement_count("return\nf()"), 2);
    assert_eq!(statement_count("return f(\n)"), 1);
}

#[test]
fn statements_on_one_line_need_a_semicolon_but_behind_a_block() {
    assert_eq!(statement_count("a = 1; b = 2;; c = 3"), 3);
    assert_eq!(statement_count("if a { } b = 2"), 2);
    assert_eq!(codes_of("action f() { a = 1 b = 2 }"), [codes::NOT_SEPARATED]);
    assert_eq!(codes_of("contract C { data a = 1 data b = 2 }"), [codes::NOT_SEPARATED]);
    assert_eq!(codes_of("use \"a\" use \"b\""), [codes::NOT_SEPARATED]);
}

#[test]
fn a_brace_behind_a_name_opens_a_record_only_before_a_field() {
    assert_eq!(statement_count("if a { b = 1 }\nif a { b }\nwhile a { f(b) }"), 3);
    assert_same("if a == P { x: 1 } { b = 1 }", "if a == (P { x: 1 }) { b = 1 }");
    assert_same("x = f{value: 1}(2)", "x = f {value: 1} (2)");
    assert_same("x = P\n", "x = P");
}

#[test]
fn names_of_lines_that_look_like_declarations_are_names() {
    // Two names in a row are a declaration on one line only.
    assert_eq!(statement_count("x = data\nstate = 5"), 2);
    parsed("enum E {\n    data\n    state\n    event\n}");
}

#[test]
fn types_in_angles_end_at_each_angle() {
    parsed("contract C { data a: Map<A, Map<A, List<A>>>= b\n data c: List<A>?= d\n ledger e: List<A> }");
    assert_same("x = decode<List<List<u8>>>(a)", "x = decode<List<List<u8>,>,>(a)");
    assert_same("let a: (u8) = 1; let (b) = 2", "let a: u8 = 1; let b = 2");
}

#[test]
fn constructors_are_known_by_name_or_word() {
    let (_, file) = parsed(
        "action constructor() {}\naction init() {}\naction payable constructor a() {}\naction init b() {}\naction c() {}",
    );
    let constructors = file.items.iter().map(|item| match &item.kind {
        ItemKind::Action(action) => action.is_constructor(),
        other => panic!("{other:?}"),
    });
    assert_eq!(constructors.collect::<Vec<_>>(), [true, true, true, true, false]);
}

#[test]
fn documentation_is_the_comments_directly_above() {
    let comments = "// no\n\n/// One.\n# Two.\n/**\n * Three.\n *  - four\n */\n/* five */\n";
    let (source, file) = parsed(&format!("use \"a\" // behind\n{comments}event E()\nevent F()"));
    let docs = |index: usize| file.docs(&source, file.items[index].span);
    assert_eq!(docs(0), [""; 0]);
    assert_eq!(docs(1), ["One.", "Two.", "Three.", "- four", "five"]);
    assert_eq!(docs(2), [""; 0]);
    let (source, file) = parsed("use \"a\" // behind\nevent E()");
    assert_eq!(file.docs(&source, file.items[1].span), [""; 0]);
}

#[test]
fn an_error_leaves_the_statements_around_it() {
    let source = Source::new("a.zx", "action f() { a = 1\n b = ) + (\n c = 3\n}\naction g() {}").unwrap();
    let (file, diagnostics) = parse(&source);
    assert_eq!(diagnostics.len(), 1);
    assert!(file.broken);
    let ItemKind::Action(action) = &file.items[0].kind else { panic!() };
    let kinds = action.body.as_ref().unwrap().statements.iter().map(|statement| {
        matches!(&statement.kind, StatementKind::Assign { value, .. } if value.kind != ExpressionKind::Error)
    });
    assert_eq!(kinds.collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(file.items.len(), 2);
}

#[test]
fn a_statement_on_the_line_of_another_is_read() {
    let (file, _) = parse(&Source::new("a.zx", "action f() { a = 1 return 2 }").unwrap());
    let ItemKind::Action(action) = &file.items[0].kind else { panic!() };
    assert_eq!(action.body.as_ref().unwrap().statements.len(), 2);
}

#[test]
fn spans_name_the_text_of_their_nodes() {
    let (source, file) = parsed("action f(a: List<u8>) -> u8 { return (a)[0] + 1 }");
    let ItemKind::Action(action) = &file.items[0].kind else { panic!() };
    assert_eq!(source.slice(file.items[0].span), source.text());
    assert_eq!(source.slice(action.header), "action f(a: List<u8>) -> u8");
    assert_eq!(source.slice(action.parameters[0].span), "a: List<u8>");
    assert_eq!(source.slice(action.parameters[0].ty.span), "List<u8>");
    let body = action.body.as_ref().unwrap();
    assert_eq!(source.slice(body.span), "{ return (a)[0] + 1 }");
    let StatementKind::Return(Some(value)) = &body.statements[0].kind else { panic!() };
    assert_eq!(source.slice(value.span), "(a)[0] + 1");
    let ExpressionKind::Binary { left, .. } = &value.kind else { panic!() };
    assert_eq!(source.slice(left.span), "(a)[0]");
}

#[test]
fn no_node_is_deeper_than_the_limit() {
    for (open, close) in [
        ("(", ")"),
        ("!", ""),
        ("1 + (", ")"),
        ("1 ?? ", ""),
        ("f(", ")"),
        ("A { a: ", "}"),
        ("decode<List<List<List<u8>>>>(", ")"),
        ("", ".a"),
        ("", "[0]"),
        ("", "()"),
        ("", " + 1"),
        ("", "{a: 1}(2)"),
    ] {
        for count in [100, 250, 254, 255, 256, 300, 600] {
            let text = format!("action f() {{ x = {}1{} }}", open.repeat(count), close.repeat(count));
            assert!(depth(&text) <= NESTING_MAX, "{open}{close} {count}");
            let (_, diagnostics) = parse(&Source::new("test.zx", text).unwrap());
            let too_deep = diagnostics.iter().filter(|diagnostic| diagnostic.code == codes::TOO_DEEP).count();
            // Some of these are two nodes each.
            if !(101..300).contains(&count) {
                assert_eq!(too_deep, usize::from(count >= 300), "{open}{close} {count}");
            }
        }
    }
    let nested = format!("action f() {{ {}{} }}", "if a { ".repeat(300), "}".repeat(300));
    assert!((200..=NESTING_MAX).contains(&depth(&nested)), "{}", depth(&nested));
    for close in [">", ">?"] {
        for count in [120, 200, 250, 300] {
            let types = format!("record R {{ a: {}u8{} }}", "List<".repeat(count), close.repeat(count));
            assert!((100..=NESTING_MAX).contains(&depth(&types)));
        }
        let types = format!("{}u8{}", "List<".repeat(100), close.repeat(100));
        let call = format!("action f() {{ x = decode<{types}>(1){} }}", ".a".repeat(230));
        assert!(depth(&call) <= NESTING_MAX, "{}", depth(&call));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_two_expressions_have_the_same_span(bytes in vec(any::<u8>(), 0..400)) {
        let text = format(&file(&bytes), &Source::new("nothing.zx", "").unwrap());
        let (_, file) = parsed(&text);
        let tree = serde_json::to_value(&file.items).unwrap();
        let mut found = Vec::new();
        nodes(&tree, 0, &mut found);
        // The kinds that only expressions have.
        let kinds = ["Unary", "Binary", "Index", "Slice", "Member", "Element", "Call", "New", "Parenthesised", "Integer"];
        let expressions = found.iter().filter(|(_, node)| {
            kinds.iter().any(|kind| node["kind"].get(kind).is_some()) || node["kind"]["Name"].is_string()
        });
        let mut spans = HashSet::new();
        for (_, node) in expressions {
            prop_assert!(spans.insert(node["span"].to_string()), "{} in\n{text}", node);
        }
    }
}
