//! What stands in an expression or statement, each part once.

use crate::syntax::ast::{Block, Expression, ExpressionKind, Statement, StatementKind};

/// What an expression is made of, in the order in which it is evaluated.
pub fn parts(expression: &Expression) -> Vec<&Expression> {
    match &expression.kind {
        ExpressionKind::List(parts) | ExpressionKind::Tuple(parts) => parts.iter().collect(),
        ExpressionKind::Parenthesised(inner) => vec![inner],
        ExpressionKind::Record { fields, .. } => fields.iter().map(|field| &field.value).collect(),
        ExpressionKind::Unary { operand, .. } => vec![operand],
        ExpressionKind::Binary { left, right, .. } => vec![left, right],
        ExpressionKind::Index { base, index } => vec![base, index],
        ExpressionKind::Slice { base, from, to } => {
            std::iter::once(&**base).chain(from.as_deref()).chain(to.as_deref()).collect()
        }
        ExpressionKind::Member { base, .. } | ExpressionKind::Element { base, .. } => vec![base],
        ExpressionKind::Call { callee, options, arguments, .. } => {
            let options = options.iter().map(|option| &option.value);
            std::iter::once(&**callee).chain(options).chain(arguments).collect()
        }
        ExpressionKind::New { options, arguments, .. } => {
            options.iter().map(|option| &option.value).chain(arguments).collect()
        }
        _ => Vec::new(),
    }
}

/// Visits an expression and all in it, the parts before the whole.
pub fn visit<'a>(expression: &'a Expression, see: &mut dyn FnMut(&'a Expression)) {
    // The parser bounds how deep a tree is.
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
        for part in parts(expression) {
            visit(part, see);
        }
        see(expression);
    });
}

/// The expressions of a statement, in the order in which they are evaluated; not those in its blocks.
pub fn expressions(statement: &Statement) -> Vec<&Expression> {
    match &statement.kind {
        StatementKind::Let { value, .. } => vec![value],
        // The new value is there before the place is written.
        StatementKind::Assign { target, value, .. } => vec![value, target],
        StatementKind::If { branches, .. } => branches.iter().map(|branch| &branch.condition).collect(),
        StatementKind::While { condition, .. } => vec![condition],
        StatementKind::ForEach { list, .. } => vec![list],
        StatementKind::Return(value) => value.iter().collect(),
        StatementKind::Require { condition, message } => std::iter::once(condition).chain(message).collect(),
        StatementKind::Revert { message } => message.iter().collect(),
        StatementKind::Emit { arguments, .. }
        | StatementKind::Print(arguments)
        | StatementKind::Scope { arguments, .. } => arguments.iter().collect(),
        StatementKind::Limit(gas) => vec![gas],
        StatementKind::Expression(expression) => vec![expression],
        _ => Vec::new(),
    }
}

/// The blocks of a statement.
pub fn blocks(statement: &Statement) -> Vec<&Block> {
    match &statement.kind {
        StatementKind::If { branches, otherwise } => {
            branches.iter().map(|branch| &branch.body).chain(otherwise).collect()
        }
        StatementKind::While { body, .. } | StatementKind::ForEach { body, .. } | StatementKind::Scope { body, .. } => {
            vec![body]
        }
        StatementKind::Tx { body, catch } => {
            std::iter::once(body).chain(catch.iter().map(|catch| &catch.body)).collect()
        }
        StatementKind::Try { body, catch } => vec![body, &catch.body],
        _ => Vec::new(),
    }
}

/// Visits all statements of a block and of the blocks in it.
pub fn statements<'a>(block: &'a Block, see: &mut dyn FnMut(&'a Statement)) {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
        for statement in &block.statements {
            see(statement);
            blocks(statement).into_iter().for_each(|inner| statements(inner, see));
        }
    });
}

/// What is in parentheses, however many there are.
pub fn plain(mut expression: &Expression) -> &Expression {
    while let ExpressionKind::Parenthesised(inner) = &expression.kind {
        expression = inner;
    }
    expression
}

/// Whether it is `TX.name`.
pub fn is_context(expression: &Expression, wanted: &str) -> bool {
    matches!(
        &plain(expression).kind,
        ExpressionKind::Member { base, name }
            if name.name == wanted && matches!(&plain(base).kind, ExpressionKind::Name(word) if word == "TX")
    )
}

/// The name by which something is called, and its arguments: `push(list, x)`.
pub fn named_call(expression: &Expression) -> Option<(&str, &[Expression])> {
    match &expression.kind {
        ExpressionKind::Call { callee, arguments, .. } => match &plain(callee).kind {
            ExpressionKind::Name(name) => Some((name, arguments)),
            _ => None,
        },
        _ => None,
    }
}

/// The action of the contract that is called: `this.name(...)`.
pub fn own_call(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        ExpressionKind::Call { callee, .. } => match &plain(callee).kind {
            ExpressionKind::Member { base, name } if matches!(plain(base).kind, ExpressionKind::This) => {
                Some(&name.name)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether it is a call of another contract, or of a protocol's action: `Token(address).name(...)`; the handle and the name.
pub fn typed_call(expression: &Expression) -> Option<(&str, &str)> {
    let ExpressionKind::Call { callee, .. } = &expression.kind else { return None };
    let ExpressionKind::Member { base, name } = &plain(callee).kind else { return None };
    Some((named_call(plain(base))?.0, &name.name))
}

/// Whether another contract's code runs that may call back: by `{reentry: true}`, or on this contract's own storage.
pub fn may_come_back(expression: &Expression) -> bool {
    if matches!(named_call(expression), Some(("delegate_call", _))) {
        return true;
    }
    let ExpressionKind::Call { options, .. } = &expression.kind else { return false };
    options.iter().any(|option| {
        option.name.name == "reentry" && matches!(plain(&option.value).kind, ExpressionKind::Boolean(true))
    })
}
