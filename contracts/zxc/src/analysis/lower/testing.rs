//! The words that tests have and contracts do not: `account`, `as`, `expect_revert`, `assert`, `emitted`, ...
//!
//! All that the runner has to do is a call of [`RUNNER`](crate::testing::RUNNER). A declaration with the name of such a word
//! goes before it: these names are not reserved.

mod events;

use super::{Flow, call::Call};
use crate::{
    analysis::{
        Lowering, codes,
        frame::FrameKind,
        value::{Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{CallInput, CallKind, CallOutput, Context, ContractCall, Expression, Integer, Kind, Statement, Type},
    source::Span,
    syntax::ast::{self, BinaryOperator},
    testing::{Ask, RUNNER},
};

/// The words that are called like actions, and stand for something in tests only. `as` and `expect_revert` have a block.
pub const TEST_WORDS: [&str; 13] = [
    "account",
    "advance",
    "as",
    "assert",
    "assert_eq",
    "assert_ne",
    "deal",
    "emitted",
    "expect_revert",
    "fail",
    "set_caller",
    "sign",
    "warp",
];

impl<'w> Lowering<'w> {
    /// Asks the runner.
    fn ask(&mut self, ask: Ask, arguments: Vec<Expression>, result: Type) -> Expression {
        let call = ContractCall {
            kind: CallKind::Normal,
            target: Expression::address(RUNNER),
            input: CallInput::Action(ask.selector(), arguments),
            value: None,
            gas: None,
            reentry: false,
            output: CallOutput::Value(result),
        };
        Expression::invoke(call, &mut self.program.types)
    }

    fn tell(&mut self, ask: Ask, arguments: Vec<Expression>) {
        let asked = self.ask(ask, arguments, Type::Unit);
        self.push(Statement::Evaluate(asked));
    }

    /// Its index among the places that the runner knows.
    fn place(&mut self, span: Span) -> Expression {
        let index = self.spans.len();
        self.spans.push(span);
        Expression::integer(Integer::U32, index)
    }

    /// Tells the runner which statement of a test begins.
    pub(super) fn at(&mut self, span: Span) {
        if self.frame.kind == FrameKind::Test {
            let place = self.place(span);
            self.tell(Ask::At, vec![place]);
        }
    }

    /// `word(...)`, one of [`TEST_WORDS`].
    pub(super) fn test_word(&mut self, name: &'w str, call: Call<'w>) -> Value {
        if !self.knows_tests() {
            self.outside_of_tests(name, call.span);
            call.arguments.iter().for_each(|argument| {
                self.reference(argument, None);
            });
            return Value::error();
        }
        self.plain_call(call);
        match name {
            "account" => {
                let Some([name]) = self.typed_arguments(name, [Type::String], call) else { return Value::error() };
                self.ask(Ask::Account, vec![name], Type::Address).into()
            }
            "sign" => {
                let Some([account, message]) = self.exactly(name, call) else { return Value::error() };
                let account = self.typed(account, Type::Address.into());
                let account = self.repeatable(account);
                let digest = self.digest(message);
                self.ask(Ask::Sign, vec![account, digest], Type::Bytes).into()
            }
            "emitted" => self.emitted(call),
            _ => {
                self.test_statement(name, call);
                Expression::unit().into()
            }
        }
    }

    /// What has no value.
    fn test_statement(&mut self, name: &'w str, call: Call<'w>) {
        match name {
            "assert" => self.assert(call),
            "assert_eq" | "assert_ne" => self.assert_compared(name, call),
            "fail" => {
                let message = match call.arguments {
                    [] => Expression::string("failed"),
                    [message] => self.typed(message, Type::String.into()),
                    _ => return self.wrong_count(name, 1, call.arguments.len(), call.span),
                };
                self.fail(call.span, message);
            }
            "as" | "expect_revert" => {
                let diagnostic = Diagnostic::error(codes::TEST_WORD, format!("`{name}` needs a block"));
                self.report(diagnostic.label(call.span, "").help(format!("write `{name}(...) {{ ... }}`")));
            }
            _ => {
                let (ask, types): (Ask, &[Type]) = match name {
                    "set_caller" => (Ask::Act, &[Type::Address]),
                    "advance" => (Ask::Advance, &[Type::U32]),
                    "warp" => (Ask::Warp, &[Type::U64]),
                    _ => (Ask::Deal, &[Type::Address, Type::U128]),
                };
                if call.arguments.len() != types.len() {
                    return self.wrong_count(name, types.len(), call.arguments.len(), call.span);
                }
                let mut types = types.iter();
                let values = self.in_order(call.arguments, |lowering, argument| {
                    let ty = types.next().map_or(Ty::Error, |ty| Ty::from(*ty));
                    lowering.typed(argument, ty)
                });
                self.tell(ask, values);
            }
        }
    }

    pub(super) fn outside_of_tests(&mut self, word: &str, span: Span) {
        // Who checks the file that this is in admits it: only here it is wrong.
        let muted = std::mem::replace(&mut self.muted, false);
        let diagnostic = Diagnostic::error(codes::TEST_WORD, format!("`{word}` means something in tests only"));
        let diagnostic = diagnostic
            .label(span, "")
            .note("tests are `test \"name\" { ... }`, and the actions outside of contracts in a file that has some");
        self.report(match word {
            "assert" => diagnostic.help("in a contract, write `require(condition, message)`"),
            _ => diagnostic,
        });
        self.muted = muted;
    }

    /// The test has failed.
    fn fail(&mut self, span: Span, message: Expression) {
        let place = self.place(span);
        self.tell(Ask::Fail, vec![place, message]);
    }

    /// The test has failed unless this is true; `message` is evaluated only then.
    fn fail_unless(&mut self, condition: Expression, span: Span, message: impl FnOnce(&mut Self) -> Expression) {
        let (failure, ()) = self.in_block(|lowering| {
            let message = message(lowering);
            lowering.fail(span, message);
        });
        self.push(Statement::If(condition, Vec::new(), failure));
    }

    /// `assert(condition, "message")`
    fn assert(&mut self, call: Call<'w>) {
        let (condition, message) = match call.arguments {
            [condition] => (condition, None),
            [condition, message] => (condition, Some(message)),
            _ => return self.wrong_count("assert", 2, call.arguments.len(), call.span),
        };
        let checked = self.condition(condition);
        self.fail_unless(checked, call.span, |lowering| match message {
            Some(message) => lowering.typed(message, Type::String.into()),
            None => Expression::string("this is not true"),
        });
        let facts = self.facts(condition, true);
        self.frame.not_null.extend(facts);
    }

    /// `assert_eq(left, right, "message")`, `assert_ne(...)`
    fn assert_compared(&mut self, name: &'w str, call: Call<'w>) {
        let (left, right, message) = match call.arguments {
            [left, right] => (left, right, None),
            [left, right, message] => (left, right, Some(message)),
            _ => return self.wrong_count(name, 2, call.arguments.len(), call.span),
        };
        let operator = if name == "assert_eq" { BinaryOperator::Equal } else { BinaryOperator::NotEqual };
        let (mut left, mut right) = self.operands(left, right, None);
        for (value, _) in [&mut left, &mut right] {
            if value.ty.known().is_some() {
                value.code = self.repeatable(value.code.clone());
            }
        }
        let shown = [self.shown(&left.0), self.shown(&right.0)];
        let compared = self.comparison(operator, left, right, call.span);
        if compared.ty == Ty::Error {
            return;
        }
        self.fail_unless(compared.code, call.span, |lowering| {
            let [left, right] = shown;
            let mut parts = Vec::new();
            if let Some(message) = message {
                parts.push(lowering.typed(message, Type::String.into()));
                parts.push(Expression::string(": "));
            }
            parts.push(left);
            parts.push(Expression::string(if name == "assert_eq" { " is not " } else { " is " }));
            parts.push(right);
            Expression::new(Type::String, Kind::Concat(parts))
        });
    }

    /// A value as text, whatever it is.
    fn shown(&mut self, value: &Value) -> Expression {
        match value.ty {
            Ty::Value(_) => self.text_of_any(value.code.clone()),
            Ty::Null => Expression::string("null"),
            Ty::Error => Expression::string(""),
        }
    }

    fn text_of_any(&mut self, code: Expression) -> Expression {
        match code.ty {
            Type::String => {
                let quote = || Expression::string("\"");
                Expression::new(Type::String, Kind::Concat(vec![quote(), code, quote()]))
            }
            Type::Integer(_) | Type::Boolean | Type::Address | Type::Hash | Type::Bytes => code.text(),
            Type::Enum(_) => code.convert(Integer::U8).text(),
            Type::Option(_) => {
                let content = code.clone().unwrap_some(&self.program.types);
                let content = self.text_of_any(content);
                code.is_some().choose(content, Expression::string("null"))
            }
            // Of all else the encoding: it tells at least that there is a difference.
            _ => Expression::encode(vec![code]).text(),
        }
    }

    /// `as(account) { }`, `expect_revert("message") { }`
    pub(super) fn scope(
        &mut self,
        word: &'w ast::Identifier,
        arguments: &'w [ast::Expression],
        body: &'w ast::Block,
    ) -> Flow {
        if !self.knows_tests() {
            self.outside_of_tests(&word.name, word.span);
            return Flow::Goes;
        }
        // What leaves the loop around would leave the account, or the state, as it is in the block.
        let loops = std::mem::replace(&mut self.frame.loops, 0);
        self.frame.scopes += 1;
        let flow = if word.name == "as" {
            self.act_as(word, arguments, body)
        } else {
            self.expect_revert(word, arguments, body)
        };
        self.frame.scopes -= 1;
        self.frame.loops = loops;
        flow
    }

    fn act_as(&mut self, word: &'w ast::Identifier, arguments: &'w [ast::Expression], body: &'w ast::Block) -> Flow {
        let [account] = arguments else {
            self.wrong_count(&word.name, 1, arguments.len(), word.span);
            return Flow::Goes;
        };
        let account = self.typed(account, Type::Address.into());
        let account = self.keep(account);
        let before = self.keep(Expression::context(Context::Caller));
        self.tell(Ask::Act, vec![account]);
        let outermost = self.frame.acts_for.is_none();
        if outermost {
            self.frame.acts_for = Some(before.clone());
        }
        let (statements, flow) = self.in_block(|lowering| lowering.statements(&body.statements));
        self.frame.out.extend(statements);
        if outermost {
            self.frame.acts_for = None;
        }
        if flow == Flow::Goes {
            self.tell(Ask::Act, vec![before]);
        }
        flow
    }

    /// Before `return` within `as`: who acted before does again.
    pub(super) fn act_as_before(&mut self) {
        if let Some(before) = self.frame.acts_for.clone() {
            self.tell(Ask::Act, vec![before]);
        }
    }

    fn expect_revert(
        &mut self,
        word: &'w ast::Identifier,
        arguments: &'w [ast::Expression],
        body: &'w ast::Block,
    ) -> Flow {
        let expected = match arguments {
            [] => None,
            [message] => {
                let message = self.typed(message, Type::String.into());
                Some(self.keep(message))
            }
            _ => {
                self.wrong_count(&word.name, 1, arguments.len(), word.span);
                None
            }
        };
        let (reverted, has_reverted) = self.slot(Type::Boolean);
        let (message, found) = self.slot(Type::String);
        self.push(Statement::set(reverted, Expression::boolean(false)));
        let known = self.frame.not_null.clone();
        let (tried, _) = self.in_block(|lowering| lowering.statements(&body.statements));
        self.frame.not_null = known;
        self.forget_assigned(body);
        let handler = vec![Statement::set(reverted, Expression::boolean(true))];
        self.push(Statement::Guard { body: tried, atomic: true, message: Some(message), handler });
        let mut span = word.span;
        if let Some(last) = arguments.last() {
            span = span.to(last.span);
        }
        self.at(span);
        self.fail_unless(has_reverted, span, |_| Expression::string("nothing in this block reverted"));
        if let Some(expected) = expected {
            let same = found.clone().compare(crate::ir::Comparison::Equal, expected.clone());
            self.fail_unless(same, span, |_| {
                let text = |text: &str| Expression::string(text);
                let parts = vec![text("it reverted with \""), found, text("\", not with \""), expected, text("\"")];
                Expression::new(Type::String, Kind::Concat(parts))
            });
        }
        Flow::Goes
    }

    /// `get_balance(account)`: a test may ask for anybody's.
    pub(super) fn balance_of_any(&mut self, call: Call<'w>) -> Value {
        match self.typed_arguments("get_balance", [Type::Address], call) {
            Some([account]) => self.ask(Ask::Balance, vec![account], Type::U128).into(),
            None => Value::error(),
        }
    }

    /// `TX.gas_used` in a test: of the last transaction.
    pub(super) fn gas_of_last(&mut self) -> Value {
        self.ask(Ask::GasUsed, Vec::new(), Type::U64).into()
    }

    /// The complaint about `this` in a test.
    pub(super) fn no_contract_in_test(&mut self, span: Span) {
        let diagnostic = Diagnostic::error(codes::NO_CONTRACT, "there is no `this` in a test").label(span, "");
        self.report(
            diagnostic.help("make a contract, `let token = new Token(...)`, and call it: `Token(token).action(...)`"),
        );
    }
}
