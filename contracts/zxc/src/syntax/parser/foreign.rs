//! Words of other languages for things that ZX has a word for: what is told to whoever writes them.

use crate::{diagnostics::Diagnostic, source::Span, syntax::codes};

/// Words that begin a declaration elsewhere, and what ZX writes.
const DECLARATIONS: &[(&str, &str)] = &[
    ("function", "action"),
    ("func", "action"),
    ("fn", "action"),
    ("def", "action"),
    ("fun", "action"),
    ("method", "action"),
    ("struct", "record"),
    ("interface", "protocol"),
    ("trait", "protocol"),
    ("class", "contract"),
    ("import", "use"),
    ("include", "use"),
];

/// Words that begin a statement elsewhere, and what ZX writes.
const STATEMENTS: &[(&str, &str)] = &[
    ("var", "`let`"),
    ("const", "`let`"),
    ("mut", "`let`"),
    ("val", "`let`"),
    ("switch", "`if`, `elif` and `else`"),
    ("match", "`if`, `elif` and `else`"),
    ("unless", "`if` with `!`"),
    ("elseif", "`elif`"),
    ("elsif", "`elif`"),
    ("do", "`while`"),
    ("loop", "`while true`"),
    ("foreach", "`for each x in list`"),
    ("throw", "`revert(\"...\")`"),
    ("raise", "`revert(\"...\")`"),
    ("delete", "an assignment of the type's zero, like `x = 0`"),
    ("unchecked", "nothing: arithmetic is always checked"),
    ("assembly", "nothing: there is no way below ZX"),
];

/// What ZX writes for a word that begins a declaration elsewhere.
pub(super) fn declaration(word: &str) -> Option<&'static str> {
    DECLARATIONS.iter().find(|(foreign, _)| *foreign == word).map(|(_, own)| *own)
}

/// What ZX writes for a word that begins a statement elsewhere.
pub(super) fn statement(word: &str) -> Option<&'static str> {
    STATEMENTS.iter().find(|(foreign, _)| *foreign == word).map(|(_, own)| *own)
}

/// That `found` at `span` is no word of ZX, and what to write.
pub(super) fn word(found: &str, instead: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::FOREIGN, format!("`{found}` is no word of ZX"))
        .label(span, "")
        .help(format!("write {instead}"))
}
