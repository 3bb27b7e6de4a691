//! Diagnostics as text: the source's lines with carets below them.

use std::{collections::BTreeSet, ops::Range};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};
use crate::{
    limits::RENDERED_COLUMNS_MAX,
    source::{FileId, LineColumn, Source, Sources},
};

/// How far from the beginning of its line a label may begin, bytes. Twice as much of a line is shown, at most.
const LINE_BYTES_MAX: usize = 4 * RENDERED_COLUMNS_MAX;

/// Where the text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// With the escape sequences of a terminal that shows colours.
    Coloured,
}

/// The text of all of `diagnostics`, an empty line after each. Labels of files that are not among `sources` are left out.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let renderer = renderer.term_width(RENDERED_COLUMNS_MAX);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&[group(diagnostic, sources)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    for file in files(diagnostic) {
        if let Some(source) = sources.file(file) {
            let labels = diagnostic.labels.iter().filter(|label| label.span.file == file).collect::<Vec<_>>();
            group = if labels.iter().all(|label| can_be_shown(source, label)) {
                group.element(snippet(source, &labels))
            } else {
                let messages = labels.iter().filter(|label| !label.message.is_empty());
                group
                    .element(origin(source, &labels))
                    .elements(messages.map(|label| Level::NOTE.message(&label.message)))
            };
        }
    }
    let notes = diagnostic.notes.iter().map(|note| Level::NOTE.message(note));
    let help = diagnostic.help.iter().map(|help| Level::HELP.message(help));
    group.elements(notes).elements(help)
}

/// The files that the labels are in, the one of the problem first.
fn files(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files = Vec::new();
    for span in diagnostic.span().into_iter().chain(diagnostic.labels.iter().map(|label| label.span)) {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    files
}

/// Whether a label is near enough to the beginning of its line.
fn can_be_shown(source: &Source, label: &Label) -> bool {
    let start = source.line_start(source.line(label.span.start));
    (label.span.start.saturating_sub(start) as usize) < LINE_BYTES_MAX
}

/// The file, line and column, where the line itself is too long.
fn origin<'a>(source: &'a Source, labels: &[&'a Label]) -> Origin<'a> {
    let place = labels.iter().find(|label| label.primary).or(labels.first());
    let LineColumn { line, column } = source.line_column(place.map_or(0, |label| label.span.start));
    Origin::path(source.name()).line(line as usize).char_column(column as usize)
}

/// The lines from the first label's to the last one's, as far as they are shown: what an error costs does not depend on the
/// length of the file, nor on that of its lines.
fn snippet<'a>(source: &'a Source, labels: &[&'a Label]) -> Snippet<'a, Annotation<'a>> {
    let lines = labels.iter().map(|label| source.line(label.span.start)).collect::<BTreeSet<_>>();
    let first = lines.first().copied().unwrap_or(1);
    let last = lines.last().copied().unwrap_or(1);
    let mut text = String::new();
    let mut annotations = Vec::new();
    for line in first..=last {
        let shown = if near(&lines, line) {
            excerpt(source, line)
        } else {
            // It is left out, together with its neighbours.
            0..0
        };
        let here = labels.iter().filter(|label| source.line(label.span.start) == line);
        annotations.extend(here.map(|label| annotation(label, &shown, text.len())));
        text.push_str(source.text().get(shown).unwrap_or_default());
        text.push('\n');
    }
    Snippet::source(text).line_start(first as usize).path(source.name()).annotations(annotations)
}

/// Whether `line` is so near to one of `lines` that it is shown too.
fn near(lines: &BTreeSet<u32>, line: u32) -> bool {
    lines.range(line.saturating_sub(2)..=line + 2).next().is_some()
}

/// The part of a line that is shown: all of it, or its beginning if it is long.
fn excerpt(source: &Source, line: u32) -> Range<usize> {
    let text = source.text();
    let start = source.line_start(line) as usize;
    let mut end = source.line_start(line + 1) as usize;
    if text[start..end].ends_with('\n') {
        end -= 1;
    }
    if text[start..end].ends_with('\r') {
        end -= 1;
    }
    start..text.floor_char_boundary(end.min(start + 2 * LINE_BYTES_MAX))
}

/// A label on a line of which `shown` is shown, at offset `at` of the snippet: the part of the label that is on this line. A
/// caret below a long body shows nothing that its first line does not.
fn annotation<'a>(label: &'a Label, shown: &Range<usize>, at: usize) -> Annotation<'a> {
    let within = |offset: u32| (offset as usize).clamp(shown.start, shown.end) - shown.start + at;
    let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let message = (!label.message.is_empty()).then_some(label.message.as_str());
    kind.span(within(label.span.start)..within(label.span.end)).label(message)
}
