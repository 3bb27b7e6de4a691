//! Whatever comes, it is read to its end, within a test's stack, and gives a bounded answer.

use proptest::{collection::vec, prelude::*};
use zxc::{
    diagnostics::{Style, render, report},
    limits::{DIAGNOSTICS_MAX, SOURCE_BYTES_MAX},
    source::Source,
    syntax::{format, parse},
};

/// Reads a text, shows what is told about it, and formats it.
fn read(text: &str) {
    let source = Source::new("hostile.zx", text).unwrap();
    let (file, diagnostics) = parse(&source);
    assert_eq!(file.broken, diagnostics.iter().any(|diagnostic| diagnostic.is_error()));
    assert!(diagnostics.len() <= DIAGNOSTICS_MAX + 1);
    let formatted = format(&file, &source);
    if file.broken {
        assert_eq!(formatted, text);
    }
    let sources = source.into();
    let told = render(&diagnostics, &sources, Style::Plain);
    assert!(told.len() < 200_000, "{}", told.len());
    for diagnostic in &diagnostics {
        report(diagnostic, &sources);
    }
}

const BEGINNINGS: [&str; 6] = [
    "",
    "contract C {\n",
    "contract C { action f() {\n",
    "contract C { action f() { let x = ",
    "contract C { data x: ",
    "action f() { let ",
];

const PIECES: [&str; 72] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "((",
    "()",
    "[]",
    "{}",
    "({",
    "(a,",
    "[a,",
    "f(",
    "a[",
    "a.",
    ".a",
    "a+",
    "a?",
    "a ?? ",
    "a<",
    "a == ",
    "!",
    "-",
    "+",
    "--",
    "&",
    "|",
    "\"",
    "'",
    "\\",
    "\"\\u{",
    "\"a\"",
    "hex\"",
    "/*",
    "*/",
    "//",
    "#",
    "\n",
    "\r",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{2028}",
    "é",
    "0",
    "0x",
    "1e9",
    "1.",
    "a",
    "a ",
    "_",
    "@",
    ";",
    ",",
    ":",
    "if a {",
    "if a {} elif ",
    "else {",
    "tx {",
    "try {} catch (e) {",
    "List<",
    "(integer,",
    "A { a: ",
    "action f() {",
    "contract C {",
    "use \"a\"\n",
    "new A(",
    "decode<",
];

#[test]
fn a_mebibyte_of_anything_is_read_to_its_end() {
    for piece in PIECES {
        for (index, beginning) in BEGINNINGS.into_iter().enumerate() {
            // All of a mebibyte at the place where most happens.
            let length = if index == 3 { SOURCE_BYTES_MAX } else { SOURCE_BYTES_MAX >> 5 };
            let count = (length - beginning.len()) / piece.len();
            read(&format!("{beginning}{}", piece.repeat(count)));
        }
    }
}

#[test]
fn nesting_with_all_its_ends_is_read_to_its_end() {
    let pairs = [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("if a {", "}"), ("List<", ">"), ("A { a: ", "}")];
    for beginning in BEGINNINGS {
        for (open, close) in pairs {
            for count in [100, 254, 255, 256, 257, 1_000, 100_000] {
                read(&format!("{beginning}{}{}", open.repeat(count), close.repeat(count)));
            }
        }
    }
}

/// A compiler within a node has no more than a worker's stack: half of the usual one is enough.
#[test]
fn the_deepest_nesting_needs_less_than_a_mebibyte_of_stack() {
    for (open, close, nodes) in
        [("(", ")", 1), ("[", "]", 1), ("f(", ")", 1), ("!", "", 1), ("a + (", ")", 2), ("A { a: ", "}", 1)]
    {
        let depth = 240 / nodes;
        let text = format!("action f() {{ x = {}1{} }}", open.repeat(depth), close.repeat(depth));
        let nested = format!("action f() {{ {}{} }}", "if a {".repeat(depth), "}".repeat(depth));
        let types = format!("record R {{ a: {}u8{} }}", "List<".repeat(120), ">".repeat(120));
        let reading = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
            for text in [text, nested, types] {
                let source = Source::new("deep.zx", text).unwrap();
                let (file, diagnostics) = parse(&source);
                assert_eq!(diagnostics, []);
                let again = Source::new("deep.zx", format(&file, &source)).unwrap();
                assert_eq!(parse(&again).1, []);
                serde_json::to_string(&file).unwrap();
            }
        });
        reading.unwrap().join().unwrap();
    }
}

#[test]
fn a_number_of_ten_thousand_digits_is_refused() {
    for text in ["9".repeat(10_000), format!("0x{}", "f".repeat(10_000)), format!("1e{}", "9".repeat(10_000))] {
        let source = Source::new("number.zx", format!("contract C {{ data x = {text} }}")).unwrap();
        let codes = parse(&source).1.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>();
        assert_eq!(codes, ["E0107"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_read_to_their_end(bytes in vec(any::<u8>(), 0..2_000)) {
        read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn random_pieces_are_read_to_their_end(pieces in vec(0..PIECES.len(), 0..300)) {
        read(&pieces.into_iter().map(|piece| PIECES[piece]).collect::<String>());
    }

    #[test]
    fn damaged_programs_are_read_to_their_end(
        from in any::<prop::sample::Index>(),
        length in 0..50_usize,
        pieces in vec(0..PIECES.len(), 0..5),
    ) {
        let program = include_str!("../programs/everything.zx");
        let from = program.floor_char_boundary(from.index(program.len()));
        let to = program.ceil_char_boundary(from + length);
        let middle = pieces.into_iter().map(|piece| PIECES[piece]).collect::<String>();
        read(&format!("{}{middle}{}", &program[..from], &program[to..]));
    }
}
