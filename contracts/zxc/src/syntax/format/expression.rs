//! Expressions and types.

use pretty::DocAllocator;

use super::{
    Doc, Formatter, INDENT_COLUMNS,
    list::{LastComma, Style},
};
use crate::syntax::ast::{
    Associativity, BinaryOperator, CallOption, Expression, ExpressionKind, FieldValue, Type, TypeKind, UnaryOperator,
};

impl<'a> Formatter<'a> {
    pub(super) fn expression(&self, expression: &'a Expression) -> Doc<'a> {
        self.ungrouped(expression).group()
    }

    /// An expression whose own line breaks belong to the group around it.
    pub(super) fn ungrouped(&self, expression: &'a Expression) -> Doc<'a> {
        let span = expression.span;
        // The last byte is the closing bracket of what has one.
        let end = span.end.saturating_sub(1);
        match &expression.kind {
            ExpressionKind::Name(name) => self.leaf(expression, name),
            ExpressionKind::This => self.leaf(expression, "this"),
            ExpressionKind::Null => self.leaf(expression, "null"),
            ExpressionKind::Boolean(true) => self.leaf(expression, "true"),
            ExpressionKind::Boolean(false) => self.leaf(expression, "false"),
            ExpressionKind::Integer(literal) => self.leaf(expression, &literal.text),
            ExpressionKind::String(literal) => self.leaf(expression, &literal.text),
            ExpressionKind::Bytes(literal) => self.leaf(expression, &literal.text),
            ExpressionKind::List(elements) => {
                self.comments_before(span.start).append(self.expressions(Style::BRACKETS, elements, end))
            }
            ExpressionKind::Tuple(elements) => {
                let comma = if elements.len() == 1 { LastComma::Always } else { LastComma::WhereBroken };
                let style = Style { comma, ..Style::PARENTHESES };
                self.comments_before(span.start).append(self.expressions(style, elements, end))
            }
            ExpressionKind::Parenthesised(inner) => {
                self.comments_before(span.start).append(self.parenthesised(inner, end))
            }
            ExpressionKind::Record { name, fields } => {
                let is_broken =
                    fields.first().is_some_and(|first| self.line(first.span.start) > self.line(name.span.end));
                let style = Style { is_broken, ..Style::BRACES };
                let doc = |FieldValue { name, value, .. }: &'a FieldValue| self.field(&name.name, value);
                let name = self.leaf(expression, &name.name).append(" ");
                name.append(self.list(style, fields, end, |field| field.span, doc))
            }
            ExpressionKind::Unary { operator, operand } => {
                let operator = self.leaf(expression, operator.symbol());
                operator.append(self.operand(operand, matches!(operand.kind, ExpressionKind::Binary { .. })))
            }
            ExpressionKind::Binary { .. } => self.binary(expression),
            ExpressionKind::Index { .. }
            | ExpressionKind::Slice { .. }
            | ExpressionKind::Member { .. }
            | ExpressionKind::Element { .. }
            | ExpressionKind::Call { .. } => self.chain(expression),
            ExpressionKind::New { contract, options, arguments } => {
                let name = self.leaf(expression, "new ").append(contract.name.as_str());
                let bound = arguments.first().map_or(end, |first| first.span.start);
                let options = self.options(options, bound);
                name.append(options).append(self.expressions(Style::PARENTHESES, arguments, end))
            }
            ExpressionKind::Error => self.nil(),
        }
    }

    /// What begins with a token of its own, and the comments before that.
    fn leaf(&self, expression: &'a Expression, text: &'a str) -> Doc<'a> {
        self.comments_before(expression.span.start).append(self.text(text))
    }

    pub(super) fn expressions(&self, style: Style, elements: &'a [Expression], end: u32) -> Doc<'a> {
        self.list(style, elements, end, |element| element.span, |element| self.expression(element))
    }

    /// `(a)`
    pub(super) fn parenthesised(&self, inner: &'a Expression, end: u32) -> Doc<'a> {
        let style = Style { comma: LastComma::Never, ..Style::PARENTHESES };
        self.expressions(style, std::slice::from_ref(inner), end)
    }

    /// An expression within another, in parentheses if it needs them.
    fn operand(&self, expression: &'a Expression, needs_parentheses: bool) -> Doc<'a> {
        if needs_parentheses {
            self.parenthesised(expression, expression.span.end)
        } else {
            self.expression(expression)
        }
    }

    /// Operands and operators. Where they don't fit on a line, each operator of the lowest precedence begins one.
    fn binary(&self, expression: &'a Expression) -> Doc<'a> {
        let ExpressionKind::Binary { left, operator, right } = &expression.kind else {
            return self.expression(expression);
        };
        // What groups from the left, like `a + b - c`, is one row of operands: the left ones are gone down to first.
        let mut row = vec![(*operator, right.as_ref())];
        let mut first = left.as_ref();
        while let ExpressionKind::Binary { left, operator: inner, right } = &first.kind
            && inner.precedence() == operator.precedence()
            && operator.associativity() == Associativity::Left
        {
            row.push((*inner, right.as_ref()));
            first = left;
        }
        let mut doc = self.operand(first, left_needs_parentheses(*operator, first));
        let mut rest = self.nil();
        let mut left_end = first.span.end;
        for (operator, right) in row.into_iter().rev() {
            let between = self.comments_between(left_end, right.span.start);
            let line = if between.needs_line_end { self.hardline() } else { self.arena.line() };
            let operand = self.operand(right, right_needs_parentheses(operator, right));
            rest = rest.append(between.doc).append(line).append(operator.symbol()).append(" ").append(operand);
            left_end = right.span.end;
        }
        doc = doc.append(rest.nest(INDENT_COLUMNS));
        doc
    }

    /// What follows an operand: members, indices, calls. With two calls of members or more, each may be on a line.
    fn chain(&self, expression: &'a Expression) -> Doc<'a> {
        let mut links = Vec::new();
        let mut base = expression;
        while let Some(inner) = inner_of(base) {
            links.push(base);
            base = inner;
        }
        links.reverse();
        let is_call =
            |link: &&&Expression| matches!(&link.kind, ExpressionKind::Call { callee, .. } if is_member(callee));
        let breaks = links.iter().filter(is_call).count() > 1;
        let mut has_lines = breaks;
        let mut doc = self.operand(base, base_needs_parentheses(base, links[0]));
        let mut rest = self.nil();
        for (index, link) in links.iter().enumerate() {
            // Where the chain breaks, it does so before the dots of calls.
            let next_calls = links.get(index + 1).is_some_and(|next| is_call(&next));
            if let ExpressionKind::Member { base, name } = &link.kind {
                let between = self.comments_between(base.span.end, name.span.start);
                rest = rest.append(between.doc);
                if between.needs_line_end {
                    has_lines = true;
                    rest = rest.append(self.hardline());
                } else if breaks && next_calls {
                    rest = rest.append(self.arena.line_());
                }
            }
            rest = rest.append(self.link(link));
        }
        doc = doc.append(if has_lines { rest.nest(INDENT_COLUMNS) } else { rest });
        doc
    }

    fn link(&self, link: &'a Expression) -> Doc<'a> {
        let end = link.span.end.saturating_sub(1);
        match &link.kind {
            ExpressionKind::Member { name, .. } => self.text(".").append(name.name.as_str()),
            ExpressionKind::Element { index, .. } => self.text(".").append(self.owned(index.to_string())),
            ExpressionKind::Index { index, .. } => {
                let style = Style { comma: LastComma::Never, ..Style::BRACKETS };
                self.expressions(style, std::slice::from_ref(index.as_ref()), end)
            }
            ExpressionKind::Slice { from, to, .. } => {
                let from = from.as_ref().map_or(self.nil(), |from| self.expression(from));
                let to = to.as_ref().map_or(self.nil(), |to| self.expression(to));
                let inner = from.append(":").append(to).append(self.left_before(end));
                self.text("[").append(inner).append("]")
            }
            ExpressionKind::Call { type_arguments, options, arguments, .. } => {
                let types = if type_arguments.is_empty() { String::new() } else { in_angles(type_arguments) };
                let bound = arguments.first().map_or(end, |first| first.span.start);
                let options = self.options(options, bound);
                self.owned(types).append(options).append(self.expressions(Style::PARENTHESES, arguments, end))
            }
            _ => self.nil(),
        }
    }

    /// Comments before a bracket that has no list's room for them.
    fn left_before(&self, end: u32) -> Doc<'a> {
        let mut doc = self.nil();
        while let Some(comment) = self.comments.take_before(end) {
            let needs_line_end = super::comments::needs_line_end(comment);
            doc = doc.append(" ").append(self.comment(comment));
            if needs_line_end {
                doc = doc.append(self.hardline());
            }
        }
        doc
    }

    /// `{value: v}`
    fn options(&self, options: &'a [CallOption], end: u32) -> Doc<'a> {
        if options.is_empty() {
            return self.nil();
        }
        self.list(
            Style::OPTIONS,
            options,
            end,
            |option| option.span,
            |option| self.field(&option.name.name, &option.value),
        )
    }

    /// `name: value`
    fn field(&self, name: &'a str, value: &'a Expression) -> Doc<'a> {
        self.text(name).append(": ").append(self.expression(value))
    }

    pub(super) fn ty(&self, ty: &Type) -> Doc<'a> {
        self.owned(type_text(ty))
    }
}

/// What a link of a chain hangs on.
fn inner_of(expression: &Expression) -> Option<&Expression> {
    match &expression.kind {
        ExpressionKind::Index { base, .. }
        | ExpressionKind::Slice { base, .. }
        | ExpressionKind::Member { base, .. }
        | ExpressionKind::Element { base, .. } => Some(base),
        ExpressionKind::Call { callee, .. } => Some(callee),
        _ => None,
    }
}

fn is_member(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Member { .. })
}

/// Trees that no parser made may have operands that need parentheses: these say which.
fn left_needs_parentheses(operator: BinaryOperator, left: &Expression) -> bool {
    let ExpressionKind::Binary { operator: inner, .. } = &left.kind else { return false };
    inner.precedence() < operator.precedence()
        || (inner.precedence() == operator.precedence() && operator.associativity() != Associativity::Left)
}

fn right_needs_parentheses(operator: BinaryOperator, right: &Expression) -> bool {
    let ExpressionKind::Binary { operator: inner, .. } = &right.kind else { return false };
    inner.precedence() < operator.precedence()
        || (inner.precedence() == operator.precedence() && operator.associativity() != Associativity::Right)
}

fn base_needs_parentheses(base: &Expression, link: &Expression) -> bool {
    match &base.kind {
        ExpressionKind::Binary { .. } | ExpressionKind::Unary { .. } => true,
        // `1.0` would be a fraction.
        ExpressionKind::Integer(_) => matches!(link.kind, ExpressionKind::Element { .. }),
        // `A {a: 1}(b)` would be the options of a call.
        ExpressionKind::Record { .. } => matches!(link.kind, ExpressionKind::Call { .. }),
        _ => false,
    }
}

/// Whether an expression's first token is a minus: at the beginning of a line, it would go on with the line before.
pub(super) fn begins_with_minus(expression: &Expression) -> bool {
    let mut first = expression;
    loop {
        first = match &first.kind {
            ExpressionKind::Binary { operator, left, .. } if !left_needs_parentheses(*operator, left) => left,
            ExpressionKind::Unary { operator, .. } => return *operator == UnaryOperator::Negate,
            _ => match inner_of(first) {
                Some(inner) if !base_needs_parentheses(inner, first) => inner,
                _ => return false,
            },
        }
    }
}

fn type_text(ty: &Type) -> String {
    match &ty.kind {
        TypeKind::Named { name, arguments } if arguments.is_empty() => name.name.clone(),
        TypeKind::Named { name, arguments } => format!("{}{}", name.name, in_angles(arguments)),
        TypeKind::Optional(inner) => format!("{}?", type_text(inner)),
        TypeKind::Tuple(elements) => match elements.as_slice() {
            [single] => format!("({},)", type_text(single)),
            _ => format!("({})", joined(elements)),
        },
        TypeKind::Error => String::new(),
    }
}

fn in_angles(types: &[Type]) -> String {
    format!("<{}>", joined(types))
}

fn joined(types: &[Type]) -> String {
    types.iter().map(type_text).collect::<Vec<_>>().join(", ")
}
