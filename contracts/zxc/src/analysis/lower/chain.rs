//! What the chain tells: `TX`, `gas`, `this`.

use super::record::listed;
use crate::{
    analysis::{
        Lowering, codes,
        frame::FrameKind,
        value::{Reference, Value},
    },
    diagnostics::Diagnostic,
    ir::{Binary, Context, Expression, Integer, Kind, Type},
    source::Span,
    syntax::ast,
};

const TX: [(&str, Context); 8] = [
    ("caller", Context::Caller),
    ("origin", Context::Origin),
    ("value", Context::Value),
    ("timestamp", Context::Timestamp),
    ("block_number", Context::BlockNumber),
    ("gas_limit", Context::GasLimit),
    ("gas_used", Context::GasUsed),
    ("gas_remaining", Context::GasLeft),
];

const GAS: [(&str, Context); 3] =
    [("limit", Context::GasLimit), ("used", Context::GasUsed), ("remaining", Context::GasLeft)];

const THIS: [(&str, Context); 3] =
    [("address", Context::This), ("balance", Context::Balance), ("code_hash", Context::OwnCodeHash)];

impl<'w> Lowering<'w> {
    /// `TX.name`, `gas.name`
    pub(super) fn context(&mut self, word: &str, name: &ast::Identifier, span: Span) -> Value {
        let members: &[(&str, Context)] = if word == "TX" { &TX } else { &GAS };
        if word == "TX" && name.name == "block_hash" {
            return self.last_block_hash(span).into();
        }
        if word == "TX" && name.name == "gas_used" && self.knows_tests() {
            return self.gas_of_last();
        }
        if let Some((_, context)) = members.iter().find(|(member, _)| *member == name.name) {
            return self.read_context(*context, span).into();
        }
        let mut names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
        if word == "TX" {
            names.push("block_hash");
        }
        let diagnostic = Diagnostic::error(codes::UNKNOWN_MEMBER, format!("`{word}` has no member `{}`", name.name));
        let diagnostic = diagnostic.label(name.span, "");
        self.report(match (name.name.as_str(), self.closest(&name.name, names.iter().copied())) {
            ("sender", _) => diagnostic.help("write `TX.caller`"),
            (_, Some(near)) => diagnostic.help(format!("did you mean `{word}.{near}`?")),
            (_, None) => diagnostic.help(format!("it has {}", listed(&names))),
        });
        Value::error()
    }

    /// Something about the call.
    pub(super) fn read_context(&mut self, context: Context, span: Span) -> Expression {
        self.frame.effects.read_outside(span, "this depends on the call");
        Expression::context(context)
    }

    /// The hash of the block before this one: that of this one is not known before it ends.
    fn last_block_hash(&mut self, span: Span) -> Expression {
        self.frame.effects.read_outside(span, "this depends on the chain");
        let one = || Expression::integer(Integer::U32, 1);
        let number =
            Expression::context(Context::BlockNumber).binary(Binary::Maximum, one()).binary(Binary::Subtract, one());
        let optional = self.program.types.option(Type::Hash);
        Expression::new(optional, Kind::BlockHash(Box::new(number))).coalesce(Expression::zero(Type::Hash))
    }

    /// `this.name`
    pub(super) fn member_of_this(&mut self, name: &'w ast::Identifier, span: Span) -> Reference {
        if !self.frame.has_this() {
            self.no_contract(span);
            return Reference::Value(Value::error());
        }
        if let Some((_, context)) = THIS.iter().find(|(member, _)| *member == name.name) {
            return Reference::Value(self.read_context(*context, span).into());
        }
        match self.read_member(&name.name, span) {
            Some(reference) => reference,
            None => {
                self.unknown_member_of_this(name);
                Reference::Value(Value::error())
            }
        }
    }

    pub(super) fn unknown_member_of_this(&mut self, name: &ast::Identifier) {
        let message = format!("the contract has no member `{}`", name.name);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_MEMBER, message).label(name.span, "");
        if self.actions.contains_key(name.name.as_str()) {
            return self.report(diagnostic.help(format!("call the action: `this.{}(...)`", name.name)));
        }
        let names = self.members.keys().copied().chain(THIS.iter().map(|(name, _)| *name));
        self.report(match self.closest(&name.name, names) {
            Some(near) => diagnostic.help(format!("did you mean `this.{near}`?")),
            None => diagnostic,
        });
    }

    /// Complains about `this` outside of a contract.
    pub(super) fn no_contract(&mut self, span: Span) {
        if self.frame.kind == FrameKind::Test {
            return self.no_contract_in_test(span);
        }
        let diagnostic =
            Diagnostic::error(codes::NO_CONTRACT, "there is no `this` outside of a contract").label(span, "");
        self.report(diagnostic.help("pass what the action needs as a parameter, or move it into the contract"));
    }
}
