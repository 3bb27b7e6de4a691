//! Statements and blocks.

use pretty::DocAllocator;

use super::{Doc, Formatter, expression::begins_with_minus, list::Style, nodes::Node};
use crate::{
    source::Span,
    syntax::ast::{Block, Branch, Catch, Expression, ExpressionKind, Pattern, PatternKind, Statement, StatementKind},
};

impl Node for Statement {
    fn span(&self) -> Span {
        self.span
    }

    fn is_spaced(&self) -> bool {
        false
    }
}

/// Whether the blocks of something may be on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// They are, if all of it fits.
    Inline,
    /// Each statement has a line.
    Lines,
}

impl<'a> Formatter<'a> {
    /// How the blocks of what is at `span` are laid out.
    pub(super) fn layout<'b>(&self, span: Span, blocks: impl IntoIterator<Item = &'b Block>) -> Layout {
        let is_inline = |block: &Block| {
            let on_line = self.line(block.span.start) == self.line(block.span.end);
            match block.statements.as_slice() {
                [] => true,
                [single] => on_line && is_simple(single),
                _ => false,
            }
        };
        let mut blocks = blocks.into_iter();
        if blocks.all(is_inline) && !self.comments.any_within(span) { Layout::Inline } else { Layout::Lines }
    }

    /// `{ STATEMENTS }`
    pub(super) fn block(&self, block: &'a Block, layout: Layout) -> Doc<'a> {
        match (layout, block.statements.as_slice()) {
            (Layout::Inline, [single]) => {
                let inner = self.arena.line().append(self.statement(single)).nest(super::INDENT_COLUMNS);
                self.text("{").append(inner).append(self.arena.line()).append("}")
            }
            _ => self.body(&block.statements, block.span, |statement| self.statement(statement)),
        }
    }

    fn statement(&self, statement: &'a Statement) -> Doc<'a> {
        // The last byte of what ends with a bracket is that.
        let end = statement.span.end.saturating_sub(1);
        match &statement.kind {
            StatementKind::Let { pattern, ty, value } => {
                let ty = ty.as_ref().map_or(self.nil(), |ty| self.text(": ").append(self.ty(ty)));
                let name = self.text("let ").append(self.owned(pattern_text(pattern)));
                name.append(ty).append(" = ").append(self.expression(value))
            }
            StatementKind::Assign { target, operator, value } => {
                self.expression(target).append(" ").append(operator.symbol()).append(" ").append(self.expression(value))
            }
            StatementKind::If { branches, otherwise } => {
                self.if_statement(statement.span, branches, otherwise.as_ref())
            }
            StatementKind::While { condition, body } => {
                let layout = self.layout(statement.span, [body]);
                self.text("while ").append(self.headed(condition, body, layout)).group()
            }
            StatementKind::ForEach { pattern, list, body } => {
                let layout = self.layout(statement.span, [body]);
                let names = self.text("for each ").append(self.owned(pattern_text(pattern))).append(" in ");
                names.append(self.headed(list, body, layout)).group()
            }
            StatementKind::Break => self.text("break"),
            StatementKind::Continue => self.text("continue"),
            StatementKind::Return(None) => self.text("return"),
            StatementKind::Return(Some(value)) => self.text("return ").append(self.expression(value)),
            StatementKind::Require { condition, message } => {
                let values = std::iter::once(condition).chain(message);
                self.text("require").append(self.values(values, end))
            }
            StatementKind::Revert { message } => self.text("revert").append(self.values(message.iter(), end)),
            StatementKind::Emit { event, arguments } => self
                .text("emit ")
                .append(event.name.as_str())
                .append(self.expressions(Style::PARENTHESES, arguments, end)),
            StatementKind::Tx { body, catch } => {
                let layout =
                    self.layout(statement.span, std::iter::once(body).chain(catch.iter().map(|catch| &catch.body)));
                let body = self.text("tx ").append(self.block(body, layout));
                catch.iter().fold(body, |doc, catch| doc.append(self.catch(catch, layout))).group()
            }
            StatementKind::Try { body, catch } => {
                let layout = self.layout(statement.span, [body, &catch.body]);
                self.text("try ").append(self.block(body, layout)).append(self.catch(catch, layout)).group()
            }
            StatementKind::Scope { word, arguments, body } => {
                let layout = self.layout(statement.span, [body]);
                // What is in the parentheses ends before the block.
                let values = self.expressions(Style::PARENTHESES, arguments, body.span.start);
                self.text(word.name.as_str()).append(values).append(" ").append(self.block(body, layout)).group()
            }
            StatementKind::Limit(gas) => self.text("limit").append(self.values([gas], end)),
            StatementKind::Print(arguments) => {
                self.text("print").append(self.expressions(Style::PARENTHESES, arguments, end))
            }
            StatementKind::Expression(expression) => self.expression_statement(expression),
            StatementKind::Error => self.nil(),
        }
    }

    /// `(a, b)` of expressions that are no slice in the tree.
    fn values(&self, values: impl IntoIterator<Item = &'a Expression>, end: u32) -> Doc<'a> {
        self.list(Style::PARENTHESES, values, end, |value| value.span, |value| self.expression(value))
    }

    /// An expression on lines of its own. One that begins with a minus would go on with the line before.
    fn expression_statement(&self, expression: &'a Expression) -> Doc<'a> {
        if begins_with_minus(expression) {
            return self.parenthesised(expression, expression.span.end);
        }
        self.expression(expression)
    }

    fn if_statement(&self, span: Span, branches: &'a [Branch], otherwise: Option<&'a Block>) -> Doc<'a> {
        let layout = self.layout(span, branches.iter().map(|branch| &branch.body).chain(otherwise));
        let mut doc = self.nil();
        for (index, branch) in branches.iter().enumerate() {
            let word = if index == 0 { "if " } else { " elif " };
            doc = doc.append(word).append(self.headed(&branch.condition, &branch.body, layout));
        }
        if let Some(block) = otherwise {
            doc = doc.append(" else ").append(self.block(block, layout));
        }
        doc.group()
    }

    /// A condition and a block. Where the condition's operators are on lines of their own, so is the brace.
    fn headed(&self, condition: &'a Expression, block: &'a Block, layout: Layout) -> Doc<'a> {
        if matches!(condition.kind, ExpressionKind::Binary { .. }) {
            let condition = self.ungrouped(condition).append(self.arena.line()).group();
            return condition.append(self.block(block, layout));
        }
        self.expression(condition).append(" ").append(self.block(block, layout))
    }

    fn catch(&self, catch: &'a Catch, layout: Layout) -> Doc<'a> {
        let doc = self.text(" catch ");
        let doc = match &catch.name {
            Some(name) => doc.append("(").append(name.name.as_str()).append(") "),
            None => doc,
        };
        doc.append(self.block(&catch.body, layout))
    }
}

/// Whether it may be in a block of one line.
pub(super) fn is_simple(statement: &Statement) -> bool {
    use StatementKind::{ForEach, If, Scope, Try, Tx, While};
    !matches!(statement.kind, If { .. } | While { .. } | ForEach { .. } | Tx { .. } | Try { .. } | Scope { .. })
}

fn pattern_text(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Name(name) => name.name.clone(),
        PatternKind::Ignore => "_".to_owned(),
        PatternKind::Tuple(elements) => match elements.as_slice() {
            [single] => format!("({},)", pattern_text(single)),
            _ => format!("({})", elements.iter().map(pattern_text).collect::<Vec<_>>().join(", ")),
        },
        PatternKind::Error => String::new(),
    }
}
