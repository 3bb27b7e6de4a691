//! Comments on their way from the source to the text.

use std::cell::Cell;

use pretty::DocAllocator;

use super::{Doc, Formatter};
use crate::{
    source::Span,
    syntax::ast::{Comment, CommentKind},
};

/// The comments of a file, handed out in order.
pub(super) struct Comments<'a> {
    all: &'a [Comment],
    next: Cell<usize>,
}

impl<'a> Comments<'a> {
    pub(super) fn new(all: &'a [Comment]) -> Self {
        Self { all, next: Cell::new(0) }
    }

    /// The next one, if it begins before `offset`.
    pub(super) fn peek_before(&self, offset: u32) -> Option<&'a Comment> {
        self.all.get(self.next.get()).filter(|comment| comment.span.start < offset)
    }

    /// As [`Self::peek_before`], and it is handed out.
    pub(super) fn take_before(&self, offset: u32) -> Option<&'a Comment> {
        self.peek_before(offset).inspect(|_| self.skip())
    }

    /// Hands out the one that was peeked at.
    pub(super) fn skip(&self) {
        self.next.set(self.next.get() + 1);
    }

    /// Whether one begins within `span`, handed out or not.
    pub(super) fn any_within(&self, span: Span) -> bool {
        let first = self.all.partition_point(|comment| comment.span.start < span.start);
        self.all.get(first).is_some_and(|comment| comment.span.start < span.end)
    }

    /// Whether one that is not handed out and begins before `offset` needs a line end.
    pub(super) fn breaking_before(&self, offset: u32) -> bool {
        let mut left = self.all[self.next.get()..].iter().take_while(|comment| comment.span.start < offset);
        left.any(needs_line_end)
    }
}

/// Whether nothing may follow a comment on its line, or it has line ends itself.
pub(super) fn needs_line_end(comment: &Comment) -> bool {
    comment.kind != CommentKind::Block || comment.text.contains('\n')
}

impl<'a> Formatter<'a> {
    /// A comment, without anything around it.
    pub(super) fn comment(&self, comment: &'a Comment) -> Doc<'a> {
        if comment.kind != CommentKind::Block || !comment.text.contains('\n') {
            return self.text(comment.text.trim_end());
        }
        let mut lines = comment.text.split('\n').map(str::trim_end);
        let first = self.text(lines.next().unwrap_or_default());
        let rest = lines.collect::<Vec<_>>();
        reindented(&rest).into_iter().fold(first, |doc, line| doc.append(self.hardline()).append(self.owned(line)))
    }

    /// The comments that stand before `offset`, in the midst of an expression or list: each with a blank or line end behind.
    pub(super) fn comments_before(&self, offset: u32) -> Doc<'a> {
        let mut doc = self.nil();
        while let Some(comment) = self.comments.take_before(offset) {
            let behind = if needs_line_end(comment) { self.hardline() } else { self.arena.space() };
            doc = doc.append(self.comment(comment)).append(behind);
        }
        doc
    }
}

/// Comments behind an operand, before what goes on with the expression.
pub(super) struct Between<'a> {
    /// The comments.
    pub(super) doc: Doc<'a>,
    /// Whether what goes on has to be on a new line.
    pub(super) needs_line_end: bool,
}

impl<'a> Formatter<'a> {
    /// The comments that follow each other from `from` on, with nothing but blanks before and between them, and begin before
    /// `until`.
    pub(super) fn comments_between(&self, from: u32, until: u32) -> Between<'a> {
        let mut between = Between { doc: self.nil(), needs_line_end: false };
        let mut from = from;
        while let Some(comment) = self.comments.peek_before(until) {
            let span = comment.span;
            if span.start < from || !self.source.slice(Span { start: from, end: span.start, ..span }).trim().is_empty()
            {
                break;
            }
            self.comments.skip();
            let own_line = between.needs_line_end || self.line(span.start) > self.line(from);
            let before = if own_line { self.hardline() } else { self.arena.space() };
            between.doc = between.doc.append(before).append(self.comment(comment));
            between.needs_line_end |= own_line || needs_line_end(comment);
            from = span.end;
        }
        between
    }
}

/// The lines of a block comment behind its first: as they are to each other, and a little behind the first one.
fn reindented(lines: &[&str]) -> Vec<String> {
    let indent = |line: &str| line.chars().take_while(|character| matches!(character, ' ' | '\t')).count();
    let stars = lines.iter().all(|line| line.is_empty() || line.trim_start().starts_with('*'));
    let is_end = |index: usize, line: &str| index + 1 == lines.len() && line.trim_start() == "*/";
    let inner = lines.iter().enumerate().filter(|(index, line)| !line.is_empty() && !is_end(*index, line));
    let common = inner.map(|(_, line)| indent(line)).min().unwrap_or_default();
    let text = |(index, line): (usize, &&str)| {
        if line.is_empty() {
            return String::new();
        }
        if is_end(index, line) {
            return " */".to_owned();
        }
        // The blanks are one byte each.
        format!("{}{}", if stars { " " } else { "   " }, &line[common..])
    };
    lines.iter().enumerate().map(text).collect()
}
