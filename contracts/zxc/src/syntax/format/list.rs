//! Elements in brackets: on one line, or one a line with a comma behind each.

use pretty::DocAllocator;

use super::{Doc, Formatter, INDENT_COLUMNS, comments::needs_line_end};
use crate::{source::Span, syntax::ast::Comment};

/// How a list looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// Whether blanks are behind the one and before the other: `{ a }`.
    pub(super) is_padded: bool,
    /// What is behind the last element.
    pub(super) comma: LastComma,
    /// Whether there is one element a line in any case.
    pub(super) is_broken: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LastComma {
    /// A comma where there is one element a line.
    WhereBroken,
    /// A comma: `(a,)`
    Always,
    /// None: `(a)`
    Never,
}

impl Style {
    /// `(a, b)`
    pub(super) const PARENTHESES: Self =
        Self { open: "(", close: ")", is_padded: false, comma: LastComma::WhereBroken, is_broken: false };
    /// `[a, b]`
    pub(super) const BRACKETS: Self = Self { open: "[", close: "]", ..Self::PARENTHESES };
    /// `{a: b}`
    pub(super) const OPTIONS: Self = Self { open: "{", close: "}", ..Self::PARENTHESES };
    /// `{ a: b }`
    pub(super) const BRACES: Self = Self { is_padded: true, ..Self::OPTIONS };
}

impl<'a> Formatter<'a> {
    /// The list of `elements`, whose closing bracket is not before `end` and which no other element follows before it.
    pub(super) fn list<T: Copy>(
        &self,
        style: Style,
        elements: impl IntoIterator<Item = T>,
        end: u32,
        span: impl Fn(T) -> Span,
        doc: impl Fn(T) -> Doc<'a>,
    ) -> Doc<'a> {
        let elements = elements.into_iter().collect::<Vec<_>>();
        let is_broken = style.is_broken || self.comments.breaking_before(end);
        let line = |padded: bool| match (is_broken, padded) {
            (true, _) => self.hardline(),
            (false, true) => self.arena.line(),
            (false, false) => self.arena.line_(),
        };
        let mut inner = self.nil();
        for (index, element) in elements.iter().copied().enumerate() {
            let here = span(element);
            let next = elements.get(index + 1).copied().map(&span);
            let comma = match (next, style.comma) {
                (Some(_), _) | (None, LastComma::Always) => self.text(","),
                (None, LastComma::Never) => self.nil(),
                (None, LastComma::WhereBroken) if is_broken => self.text(","),
                (None, LastComma::WhereBroken) => self.text(",").flat_alt(self.nil()),
            };
            let before = self.comments_before(here.start);
            inner = inner.append(before).append(doc(element)).append(comma).append(self.behind(here, next, end));
            if next.is_some() {
                inner = inner.append(line(true));
            }
        }
        let mut is_empty = elements.is_empty();
        while let Some(comment) = self.comments.take_before(end) {
            let before = if is_empty { self.nil() } else { line(true) };
            inner = inner.append(before).append(self.comment(comment));
            is_empty = false;
        }
        if is_empty {
            return self.text(style.open).append(style.close);
        }
        let inner = line(style.is_padded).append(inner).nest(INDENT_COLUMNS);
        self.text(style.open).append(inner).append(line(style.is_padded)).append(style.close).group()
    }

    /// The comments that follow the element at `here` on its line.
    fn behind(&self, here: Span, next: Option<Span>, end: u32) -> Doc<'a> {
        let mut doc = self.nil();
        while let Some(comment) = self.comments.peek_before(next.map_or(end, |next| next.start)) {
            let follows = self.line(comment.span.start) == self.line(here.end);
            let leads = next.is_some_and(|next| self.leads(comment, next));
            if !follows || leads {
                break;
            }
            self.comments.skip();
            doc = doc.append(" ").append(self.comment(comment));
            if needs_line_end(comment) {
                break;
            }
        }
        doc
    }

    /// Whether a comment is on the line of the element behind it.
    fn leads(&self, comment: &Comment, next: Span) -> bool {
        !needs_line_end(comment) && self.line(comment.span.end) == self.line(next.start)
    }
}
