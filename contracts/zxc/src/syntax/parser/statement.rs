//! Statements and blocks.

use super::{Parser, foreign, shortened};
use crate::{
    diagnostics::Diagnostic,
    limits::NESTING_MAX,
    source::Span,
    syntax::{
        ast::{
            AssignOperator, Block, Expression, ExpressionKind, Identifier, PatternKind, SCOPE_WORDS, Statement,
            StatementKind,
        },
        codes,
        token::TokenKind,
    },
};

impl Parser<'_> {
    /// `{ STATEMENTS }`. Empty, and a complaint, where there is no `{`.
    pub(super) fn block(&mut self) -> Block {
        if !self.is(TokenKind::OpenBrace) {
            self.unexpected("`{`");
            return Block { statements: Vec::new(), span: self.previous.after() };
        }
        let start = self.span();
        if self.depth + 1 >= NESTING_MAX {
            self.too_deep();
            self.skip_one();
            return Block { statements: Vec::new(), span: self.since(start) };
        }
        let lines = std::mem::replace(&mut self.newlines_count, true);
        self.bump();
        let statements = self.statements(start);
        self.newlines_count = lines;
        Block { statements, span: self.since(start) }
    }

    /// Statements up to the `}` that closes `open`.
    fn statements(&mut self, open: Span) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            while self.eat(TokenKind::Semicolon).is_some() {}
            if self.eat(TokenKind::CloseBrace).is_some() {
                break;
            }
            let outer = self.begins_item() || self.begins_member();
            if self.is(TokenKind::End) || (outer && !self.matching.braces_match()) {
                self.unclosed(open, TokenKind::CloseBrace);
                break;
            }
            let before = self.at;
            let failures = self.failures;
            if outer {
                self.misplaced_in_block();
            } else {
                let statement = self.statement();
                if failures == self.failures {
                    let complete = self.ends_statement() || self.token().on_new_line;
                    if complete && let StatementKind::Expression(expression) = &statement.kind {
                        self.effect(expression);
                    }
                    self.end_of_statement("statement", ends_with_block(&statement.kind));
                }
                statements.push(statement);
            }
            self.recover(before, failures, |parser| parser.token().on_new_line);
        }
        statements
    }

    /// After a statement, member or item with errors: moves on to its end. Where it could not even be begun, that is where
    /// another begins, as `begins` says.
    pub(super) fn recover(&mut self, before: usize, failures: usize, begins: impl Fn(&Self) -> bool) {
        if self.failures == failures {
            return;
        }
        if self.at > before {
            if !self.ends_statement() && !self.token().on_new_line {
                self.skip_line();
            }
            return;
        }
        self.skip_one();
        while !self.ends_statement() && !begins(self) {
            self.skip_one();
        }
    }

    /// A declaration among statements: read, and left out.
    fn misplaced_in_block(&mut self) {
        let word = self.text();
        let diagnostic = Diagnostic::error(codes::MISPLACED, format!("`{word}` can't be within an action"))
            .label(self.span(), "")
            .help("declare it beside the action; a local variable is declared with `let`");
        self.fail(diagnostic);
        if self.begins_member() {
            self.descend(|parser| parser.member(super::member::Place::Contract));
        } else {
            self.descend(Self::item);
        }
    }

    /// Whether there is nothing more of a statement.
    pub(super) fn ends_statement(&self) -> bool {
        matches!(self.kind(), TokenKind::Semicolon | TokenKind::CloseBrace | TokenKind::End)
    }

    /// Sees to it that a statement or member is over: at `;`, at the end of the line or of the body. Behind a `}` it may be.
    pub(super) fn end_of_statement(&mut self, what: &str, behind_block: bool) {
        if behind_block || self.ends_statement() || self.token().on_new_line {
            return;
        }
        if self.is(TokenKind::Equal) {
            return self.assignment_as_value();
        }
        let found = self.found();
        let diagnostic =
            Diagnostic::error(codes::NOT_SEPARATED, format!("expected the end of the {what}, found {found}"))
                .label(self.span(), "")
                .help(format!("{what}s on one line need a `;` between them"));
        let statement_follows = self.begins_statement_word();
        self.fail(diagnostic);
        if statement_follows {
            // What follows is sound: it is not to be skipped.
            self.failures -= 1;
        }
    }

    /// `if a = b`, `a = b = c`
    pub(super) fn assignment_as_value(&mut self) {
        let diagnostic = Diagnostic::error(codes::ASSIGNMENT_AS_VALUE, "an assignment has no value")
            .label(self.span(), "")
            .help("write `==` to compare, or make it a statement of its own");
        self.fail(diagnostic);
        self.bump();
        self.expression();
    }

    fn begins_statement_word(&self) -> bool {
        use TokenKind::{Break, Continue, Emit, For, If, Let, Require, Return, Revert, Try, Tx, While};
        matches!(self.kind(), Break | Continue | Emit | For | If | Let | Require | Return | Revert | Try | Tx | While)
    }

    /// A statement. Moves on, unless there is a complaint.
    fn statement(&mut self) -> Statement {
        let start = self.span();
        let kind = self.descend(Self::statement_kind).unwrap_or(StatementKind::Error);
        Statement { kind, span: self.since(start) }
    }

    fn statement_kind(&mut self) -> StatementKind {
        match self.kind() {
            TokenKind::Let => self.let_statement(),
            TokenKind::If => self.if_statement(),
            TokenKind::While => {
                self.bump();
                let condition = self.condition();
                StatementKind::While { condition, body: self.block() }
            }
            TokenKind::For => self.for_statement(),
            TokenKind::Break => {
                self.bump();
                StatementKind::Break
            }
            TokenKind::Continue => {
                self.bump();
                StatementKind::Continue
            }
            TokenKind::Return => {
                self.bump();
                let has_value = !self.ends_statement() && !self.token().on_new_line;
                StatementKind::Return(has_value.then(|| self.expression()))
            }
            TokenKind::Require => self.require(),
            TokenKind::Revert => self.revert(),
            TokenKind::Emit => {
                self.bump();
                let event = self.name("an event");
                StatementKind::Emit { event, arguments: self.arguments(&mut 0, "the values of the event's fields") }
            }
            TokenKind::Tx if self.ahead(1).kind != TokenKind::Dot => {
                self.bump();
                let body = self.block();
                let catch = self.is(TokenKind::Catch).then(|| self.catch());
                StatementKind::Tx { body, catch }
            }
            TokenKind::Try => self.try_statement(),
            TokenKind::Elif | TokenKind::Else | TokenKind::Catch => self.stray_branch(),
            TokenKind::OpenBrace => {
                let diagnostic = Diagnostic::error(codes::UNEXPECTED, "a block stands alone").label(self.span(), "");
                self.fail(diagnostic.help("remove the braces; `tx { ... }` makes what is in them all or nothing"));
                self.block();
                StatementKind::Error
            }
            TokenKind::Identifier => self.word_statement(),
            _ => self.expression_statement(),
        }
    }

    /// What begins with a word that is not reserved.
    fn word_statement(&mut self) -> StatementKind {
        let next = self.ahead(1);
        let calls = next.kind == TokenKind::OpenParenthesis && !next.on_new_line;
        if calls && self.is_word("limit") {
            self.bump();
            let mut arguments = self.exactly("limit", "the gas that the rest of the action may use", 1..=1);
            return StatementKind::Limit(arguments.remove(0));
        }
        if calls && self.is_word("print") {
            self.bump();
            return StatementKind::Print(self.arguments(&mut 0, "what is printed"));
        }
        let follows = matches!(next.kind, TokenKind::Identifier | TokenKind::OpenBrace | TokenKind::String);
        if next.on_new_line || !follows || self.fields_begin(1) {
            return self.expression_statement();
        }
        if let Some(instead) = foreign::statement(self.text()) {
            let diagnostic = foreign::word(self.text(), instead, self.span());
            self.fail(diagnostic);
            return StatementKind::Error;
        }
        if next.kind == TokenKind::Identifier && self.ahead(2).kind == TokenKind::Equal {
            let (ty, name) = (shortened(self.text()), shortened(self.source.slice(next.span)));
            let diagnostic = Diagnostic::error(codes::FOREIGN, "a variable is declared with `let`")
                .label(self.span().to(next.span), "")
                .help(format!("write `let {name}: {ty} = ...`, or `let {name} = ...` to have the type inferred"));
            self.fail(diagnostic);
            return StatementKind::Error;
        }
        self.expression_statement()
    }

    fn let_statement(&mut self) -> StatementKind {
        self.bump();
        if self.is_word("mut") && self.ahead(1).kind == TokenKind::Identifier {
            let diagnostic = Diagnostic::error(codes::FOREIGN, "`mut` is no word of ZX").label(self.span(), "");
            self.fail(diagnostic.help("remove it: every variable can be assigned to"));
            self.bump();
        }
        let pattern = self.pattern();
        let ty = self.eat(TokenKind::Colon).map(|_| self.ty());
        let value = if self.eat(TokenKind::Equal).is_some() {
            self.expression()
        } else {
            if matches!(pattern.kind, PatternKind::Error) || !(self.ends_statement() || self.token().on_new_line) {
                self.unexpected("`=` and the variable's value");
            } else {
                let diagnostic = Diagnostic::error(codes::INCOMPLETE_DECLARATION, "a variable has no value")
                    .label(self.previous.after(), "`= value` is missing")
                    .help("every variable begins with a value: `let x: integer = 0`");
                self.fail(diagnostic);
            }
            Expression { kind: ExpressionKind::Error, span: self.previous.after() }
        };
        StatementKind::Let { pattern, ty, value }
    }

    fn require(&mut self) -> StatementKind {
        self.bump();
        let mut arguments = self.exactly("require", "a condition and a message", 1..=2);
        let message = (arguments.len() > 1).then(|| arguments.remove(1));
        StatementKind::Require { condition: arguments.remove(0), message }
    }

    fn revert(&mut self) -> StatementKind {
        self.bump();
        let mut arguments = self.exactly("revert", "a message", 0..=1);
        StatementKind::Revert { message: arguments.pop() }
    }

    /// `(ARGUMENTS)`, of which there are so many; with a complaint, they become so many.
    fn exactly(&mut self, word: &str, takes: &str, count: std::ops::RangeInclusive<usize>) -> Vec<Expression> {
        let failures = self.failures;
        let start = self.span();
        let mut arguments = self.arguments(&mut 0, takes);
        if !count.contains(&arguments.len()) && self.failures == failures {
            let span = self.since(start);
            self.fail_at(Diagnostic::error(codes::ARGUMENTS, format!("`{word}` takes {takes}")).label(span, ""));
        }
        arguments.truncate(*count.end());
        while arguments.len() < *count.start() {
            arguments.push(Expression { kind: ExpressionKind::Error, span: self.previous.after() });
        }
        arguments
    }

    /// An expression for its effect, or what is assigned to.
    fn expression_statement(&mut self) -> StatementKind {
        let target = self.expression();
        let operator = match self.kind() {
            TokenKind::Equal => AssignOperator::Set,
            TokenKind::PlusEqual => AssignOperator::Add,
            TokenKind::MinusEqual => AssignOperator::Subtract,
            TokenKind::StarEqual => AssignOperator::Multiply,
            TokenKind::SlashEqual => AssignOperator::Divide,
            TokenKind::PercentEqual => AssignOperator::Remainder,
            TokenKind::OpenBrace if !self.token().on_new_line => return self.scope(target),
            _ => return StatementKind::Expression(target),
        };
        self.check_target(&target, operator == AssignOperator::Set);
        self.bump();
        StatementKind::Assign { target, operator, value: self.expression() }
    }

    /// `as(ACCOUNT) { }`: a call of one of these words, and what stands behind it in braces. Without braces it is a call.
    fn scope(&mut self, expression: Expression) -> StatementKind {
        let ExpressionKind::Call { callee, type_arguments, options, .. } = &expression.kind else {
            return StatementKind::Expression(expression);
        };
        let word = match &callee.kind {
            ExpressionKind::Name(name) if SCOPE_WORDS.contains(&name.as_str()) => name.clone(),
            _ => return StatementKind::Expression(expression),
        };
        if !type_arguments.is_empty() || !options.is_empty() {
            return StatementKind::Expression(expression);
        }
        let word = Identifier { name: word, span: callee.span };
        let ExpressionKind::Call { arguments, .. } = expression.kind else { return StatementKind::Error };
        StatementKind::Scope { word, arguments, body: self.block() }
    }

    /// Warns where nothing comes of an expression.
    fn effect(&mut self, expression: &Expression) {
        let mut inner = expression;
        while let ExpressionKind::Parenthesised(next) = &inner.kind {
            inner = next;
        }
        if matches!(inner.kind, ExpressionKind::Call { .. } | ExpressionKind::New { .. } | ExpressionKind::Error) {
            return;
        }
        let mut diagnostic =
            Diagnostic::warning(codes::NO_EFFECT, "this does nothing").label(expression.span, "its value is not used");
        if let ExpressionKind::Binary { operator, .. } = &inner.kind
            && operator.symbol() == "=="
        {
            diagnostic = diagnostic.help("write `=` to assign");
        }
        self.diagnostics.push(diagnostic);
    }

    /// Complains where `target` is nothing that can be assigned to.
    fn check_target(&mut self, target: &Expression, whole: bool) {
        // No deeper than the tree may be.
        match &target.kind {
            ExpressionKind::Name(_)
            | ExpressionKind::Member { .. }
            | ExpressionKind::Element { .. }
            | ExpressionKind::Index { .. }
            | ExpressionKind::Error => {}
            ExpressionKind::Parenthesised(inner) => self.check_target(inner, whole),
            ExpressionKind::Tuple(elements) if whole && !elements.is_empty() => {
                elements.iter().for_each(|element| self.check_target(element, whole));
            }
            _ => {
                let diagnostic = Diagnostic::error(codes::BAD_TARGET, "this can't be assigned to")
                    .label(target.span, "")
                    .help("assign to a variable, a member, an index, or a tuple of them");
                self.fail_at(diagnostic);
            }
        }
    }
}

/// Whether it ends with `}`, so that another may follow on the same line.
fn ends_with_block(kind: &StatementKind) -> bool {
    use StatementKind::{ForEach, If, Scope, Try, Tx, While};
    matches!(kind, If { .. } | While { .. } | ForEach { .. } | Tx { .. } | Try { .. } | Scope { .. })
}
