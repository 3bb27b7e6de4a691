//! Diagnostics as data: what editors and RPC clients read.
//!
//! Places are given twice: as line and column for people, as byte offsets for programs.

use serde::Serialize;

use super::{Diagnostic, Label, Severity};
use crate::source::{LineColumn, Sources};

/// A [`Diagnostic`] with the names of its files and its lines resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report<'a> {
    /// How bad it is.
    pub severity: Severity,
    /// The kind of problem.
    pub code: &'static str,
    /// What is wrong.
    pub message: &'a str,
    /// Where; the place that lists name is the first primary one.
    pub labels: Vec<LabelReport<'a>>,
    /// Why.
    pub notes: &'a [String],
    /// How to mend it.
    pub help: &'a [String],
}

/// A [`Label`] with its file and lines resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelReport<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// Offset of the first byte.
    pub start_byte: u32,
    /// Offset after the last byte.
    pub end_byte: u32,
    /// Where it begins.
    pub start: LineColumn,
    /// Where it ends: the character after the last.
    pub end: LineColumn,
    /// What is said beside it.
    pub message: &'a str,
    /// Whether the problem is here.
    pub primary: bool,
}

/// The diagnostic as data. Labels of files that are not among `sources` are left out.
pub fn report<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Report<'a> {
    Report {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: &diagnostic.message,
        labels: diagnostic.labels.iter().filter_map(|label| place(label, sources)).collect(),
        notes: &diagnostic.notes,
        help: &diagnostic.help,
    }
}

fn place<'a>(label: &'a Label, sources: &'a Sources) -> Option<LabelReport<'a>> {
    let source = sources.file(label.span.file)?;
    Some(LabelReport {
        file: source.name(),
        start_byte: label.span.start,
        end_byte: label.span.end,
        start: source.line_column(label.span.start),
        end: source.line_column(label.span.end),
        message: &label.message,
        primary: label.primary,
    })
}
