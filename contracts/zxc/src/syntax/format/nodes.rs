//! One below the other: statements, members, items, with the comments and empty lines between them.

use super::{Doc, Formatter, INDENT_COLUMNS, comments::needs_line_end};
use crate::{source::Span, syntax::ast::Comment};

/// Something on lines of its own.
pub(super) trait Node {
    /// Where it is in the source.
    fn span(&self) -> Span;

    /// Whether empty lines are around it in any case.
    fn is_spaced(&self) -> bool;
}

/// What was written last, among nodes and comments.
#[derive(Clone, Copy)]
struct Last {
    /// The line of the source that it ends on.
    line: u32,
    is_spaced: bool,
}

impl<'a> Formatter<'a> {
    /// `nodes` and the comments before `end`, one below the other; none if there are neither.
    pub(super) fn nodes<T: Node>(&self, nodes: &'a [T], end: u32, doc: impl Fn(&'a T) -> Doc<'a>) -> Option<Doc<'a>> {
        let mut all = self.nil();
        let mut last: Option<Last> = None;
        for (index, node) in nodes.iter().enumerate() {
            let span = node.span();
            let next = nodes.get(index + 1).map(Node::span);
            let leading = self.taken_before(span.start);
            let doc = doc(node);
            // Comments that the node had no room for stand above it.
            let left = self.taken_before(span.end);
            let beside = left.is_empty() && leading.last().is_some_and(|comment| self.is_beside(comment, span));
            let mut is_spaced = node.is_spaced();
            for comment in leading {
                all = all.append(self.separator(last, comment.span, is_spaced)).append(self.comment(comment));
                last = Some(self.last_comment(comment));
                // The empty line is above the comments that belong to the node.
                is_spaced = false;
            }
            for comment in left {
                all = all.append(self.separator(last, span, is_spaced)).append(self.comment(comment));
                last = Some(Last { line: self.line(span.start), is_spaced: false });
                is_spaced = false;
            }
            let before = if beside { self.text(" ") } else { self.separator(last, span, is_spaced) };
            all = all.append(before).append(doc);
            let mut line = self.line(span.end);
            while let Some(comment) = self.trailing(span, next, end) {
                all = all.append(" ").append(self.comment(comment));
                line = self.line(comment.span.end);
            }
            last = Some(Last { line, is_spaced: node.is_spaced() });
        }
        while let Some(comment) = self.comments.take_before(end) {
            all = all.append(self.separator(last, comment.span, false)).append(self.comment(comment));
            last = Some(self.last_comment(comment));
        }
        last.map(|_| all)
    }

    fn last_comment(&self, comment: &Comment) -> Last {
        Last { line: self.line(comment.span.end), is_spaced: false }
    }

    fn taken_before(&self, offset: u32) -> Vec<&'a Comment> {
        std::iter::from_fn(|| self.comments.take_before(offset)).collect()
    }

    /// What is between the last thing and the one at `span`: nothing, a line end, or an empty line.
    fn separator(&self, last: Option<Last>, span: Span, is_spaced: bool) -> Doc<'a> {
        let Some(last) = last else { return self.nil() };
        let line = self.hardline();
        if is_spaced || last.is_spaced || self.line(span.start) > last.line + 1 {
            line.append(self.hardline())
        } else {
            line
        }
    }

    /// Whether a comment is on the line of the node behind it, and may stay there.
    fn is_beside(&self, comment: &Comment, node: Span) -> bool {
        !needs_line_end(comment) && self.line(comment.span.end) == self.line(node.start)
    }

    /// The next comment that follows the node at `span` on its last line.
    fn trailing(&self, span: Span, next: Option<Span>, end: u32) -> Option<&'a Comment> {
        let comment = self.comments.peek_before(next.map_or(end, |next| next.start))?;
        let follows = self.line(comment.span.start) == self.line(span.end);
        let leads = next.is_some_and(|next| self.is_beside(comment, next));
        (follows && !leads).then(|| self.comments.skip()).map(|()| comment)
    }

    /// `{`, `nodes` one step further in, and `}`; `{}` if there are none.
    pub(super) fn body<T: Node>(&self, nodes: &'a [T], body: Span, doc: impl Fn(&'a T) -> Doc<'a>) -> Doc<'a> {
        let behind = nodes.first().map_or(self.nil(), |first| self.behind_brace(body, first.span()));
        let open = self.text("{").append(behind);
        // The last byte is the brace.
        let end = body.end.saturating_sub(1);
        match self.nodes(nodes, end, doc) {
            Some(inner) => {
                let inner = self.hardline().append(inner).nest(INDENT_COLUMNS);
                open.append(inner).append(self.hardline()).append("}")
            }
            None => open.append("}"),
        }
    }

    /// The comments that are on the line of a body's `{`, behind it and before the first node.
    fn behind_brace(&self, body: Span, first: Span) -> Doc<'a> {
        let mut doc = self.nil();
        while let Some(comment) = self.comments.peek_before(first.start) {
            let within = comment.span.start >= body.start;
            let beside = self.line(comment.span.start) == self.line(body.start);
            if !within || !beside || self.is_beside(comment, first) {
                break;
            }
            self.comments.skip();
            doc = doc.append(" ").append(self.comment(comment));
        }
        doc
    }
}
