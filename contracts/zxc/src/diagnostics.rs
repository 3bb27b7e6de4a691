//! What the compiler has to say about a source file, and how it is shown.
//!
//! A [`Diagnostic`] says what is wrong (message and a code that documentation can be searched for), where (labels), why (notes)
//! and how to mend it (help). Stages collect them in a [`Diagnostics`] and go on: none stops at the first. [`render`] makes the
//! text for a terminal, [`report`] what editors and RPC clients read.
//!
//! ```
//! use zxc::{diagnostics::{Diagnostic, Style, render}, source::{Source, Span}};
//!
//! let source = Source::new("token.zx", "let x = 1 +\n").unwrap();
//! let diagnostic = Diagnostic::error("E0201", "an expression is missing")
//!     .label(Span::new(source.id(), 10, 11), "nothing follows this operator")
//!     .help("write the right-hand side, or remove the operator");
//! let text = render(&[diagnostic], &source.into(), Style::Plain);
//! assert!(text.starts_with("error[E0201]: an expression is missing\n --> token.zx:1:11\n"));
//! ```
//!
//! Codes: `E01..` the lexer, `E02..` the parser (both in `syntax::codes`), `E03..` and later what comes after; warnings have a
//! `W` for the `E`. A code never changes its meaning; one that is out of use stays unused.

use serde::Serialize;

use crate::{limits::DIAGNOSTICS_MAX, source::Span};

mod json;
mod text;

pub use json::{LabelReport, Report, report};
pub use text::{Style, render};

#[cfg(test)]
mod tests;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// There is no result that could be used.
    Error,
    /// There is a result; it may not be what was meant.
    Warning,
}

/// A place that a diagnostic speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say beside it; may be empty.
    pub message: String,
    /// Whether the problem is here; otherwise the place helps to understand it.
    pub primary: bool,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The kind of problem: `E` or `W` and four digits.
    pub code: &'static str,
    /// What is wrong: one line, no capital, no full stop.
    pub message: String,
    /// Where: the first primary label is the place that lists name.
    pub labels: Vec<Label>,
    /// Why, or what else is to be known.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error without labels yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A warning without labels yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: &'static str, message: String) -> Self {
        Self { severity, code, message, labels: Vec::new(), notes: Vec::new(), help: Vec::new() }
    }

    /// The problem is at `span`; `message` may be empty.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into(), primary: true });
        self
    }

    /// What is at `span` helps to understand the problem.
    #[must_use]
    pub fn context(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into(), primary: false });
        self
    }

    /// Why it is a problem.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// How to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The place that lists name: the first primary label, else the first.
    pub fn span(&self) -> Option<Span> {
        let primary = self.labels.iter().find(|label| label.primary);
        primary.or(self.labels.first()).map(|label| label.span)
    }
}

/// Collects what one stage says about one file: at most [`DIAGNOSTICS_MAX`], and then one that says that there are more.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    errors: bool,
}

impl Diagnostics {
    /// Adds one, while there is room.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors |= diagnostic.is_error();
        if self.list.len() < DIAGNOSTICS_MAX {
            self.list.push(diagnostic);
        } else if self.list.len() == DIAGNOSTICS_MAX {
            let message = format!("there are more problems than the {DIAGNOSTICS_MAX} that are shown");
            self.list.push(Diagnostic { severity: diagnostic.severity, ..Diagnostic::error("E0001", message) });
        } else if diagnostic.is_error()
            && let Some(last) = self.list.last_mut()
        {
            last.severity = Severity::Error;
        }
    }

    /// Whether an error was added, kept or not.
    pub fn has_errors(&self) -> bool {
        self.errors
    }

    /// All that were kept, by their places; those without a place come first, the one that says that there are more is last.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        let kept = self.list.len().min(DIAGNOSTICS_MAX);
        self.list[..kept].sort_by_key(Diagnostic::span);
        self.list
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}
