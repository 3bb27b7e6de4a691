//! The built-ins that are called like actions.

mod collection;
mod cryptography;

use super::{call::Call, expression::plain, literal::is_flexible};
use crate::{
    analysis::{
        Lowering, codes,
        value::{Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Binary, Context, Expression, Kind, Statement, Type, Unary},
    source::Span,
    syntax::ast::{self, ExpressionKind},
};

impl<'w> Lowering<'w> {
    /// `name(...)`, one of [`BUILT_INS`](crate::analysis::words::BUILT_INS).
    pub(super) fn built_in(&mut self, name: &'w str, call: Call<'w>, hint: Option<Type>) -> Value {
        match name {
            "contract_call" | "static_call" | "delegate_call" => return self.untyped_call(name, call),
            "create" => return self.create_from_hash(call),
            "decode" => return self.decode(call, hint),
            "versions" | "version" | "at_block" => return self.ledger_call(name, call),
            _ => self.plain_call(call),
        }
        match name {
            "len" | "contains" | "keys" | "remove" | "push" | "pop" => self.collection(name, call),
            "abs" | "min" | "max" => self.numeric(name, call, hint),
            "keccak256" | "hash" | "recover" | "verify_sig" | "merkle_verify" => self.cryptographic(name, call),
            "encode" => {
                let values = self.in_order(call.arguments, |lowering, argument| {
                    let value = lowering.value(argument, None);
                    lowering.inferred(value, argument.span).code
                });
                Expression::encode(values).into()
            }
            "hex" => match self.exactly(name, call) {
                Some([value]) => {
                    let found = self.value(value, None);
                    self.hex_of(found, value.span).into()
                }
                None => Expression::string("").into(),
            },
            _ => self.chain_call(name, call),
        }
    }

    /// The arguments of a call that takes `N`; none, and a complaint, if there are more or fewer.
    pub(super) fn exactly<const N: usize>(&mut self, name: &str, call: Call<'w>) -> Option<[&'w ast::Expression; N]> {
        let found: Vec<&'w ast::Expression> = call.arguments.iter().collect();
        let count = found.len();
        match found.try_into() {
            Ok(found) => Some(found),
            Err(_) => {
                self.wrong_count(name, N, count, call.span);
                call.arguments.iter().for_each(|argument| {
                    self.reference(argument, None);
                });
                None
            }
        }
    }

    /// Arguments of these types; none, and a complaint, if there are more or fewer.
    pub(super) fn typed_arguments<const N: usize>(
        &mut self,
        name: &str,
        types: [Type; N],
        call: Call<'w>,
    ) -> Option<[Expression; N]> {
        self.exactly::<N>(name, call)?;
        let mut types = types.into_iter();
        let values = self.in_order(call.arguments, |lowering, argument| {
            let ty = types.next().map_or(Ty::Error, Ty::from);
            lowering.typed(argument, ty)
        });
        values.try_into().ok()
    }

    fn numeric(&mut self, name: &str, call: Call<'w>, hint: Option<Type>) -> Value {
        if name == "abs" {
            let Some([number]) = self.exactly(name, call) else { return Value::error() };
            let value = self.value(number, hint);
            return match value.ty {
                Ty::Value(Type::Integer(_)) => value.code.unary(Unary::Absolute).into(),
                Ty::Error => Value::error(),
                ty => self.no_number(ty, number.span),
            };
        }
        let Some([left, right]) = self.exactly(name, call) else { return Value::error() };
        let operator = if name == "min" { Binary::Minimum } else { Binary::Maximum };
        let (left_span, right_span) = (left.span, right.span);
        let (left, right) = self.numbers(left, right, hint);
        match (left.ty, right.ty) {
            (Ty::Error, _) | (_, Ty::Error) => Value::error(),
            (Ty::Value(Type::Integer(a)), Ty::Value(Type::Integer(b))) => {
                let common = if a.fits(b) { b } else { a };
                if !b.fits(common) {
                    let message = format!("`{name}` is not for {} and {}", self.quote(left.ty), self.quote(right.ty));
                    let diagnostic = Diagnostic::error(codes::OPERATOR, message).label(call.span, "");
                    self.report(
                        diagnostic
                            .help("neither type has all numbers of the other: convert one of them, like `integer(x)`"),
                    );
                    return Value::error();
                }
                let left = self.fitted(left, Ty::Value(common.into()), left_span);
                let right = self.fitted(right, Ty::Value(common.into()), right_span);
                left.binary(operator, right).into()
            }
            (Ty::Value(Type::Integer(_)), ty) => self.no_number(ty, right_span),
            (ty, _) => self.no_number(ty, left_span),
        }
    }

    /// Two numbers, of which a literal takes the other's type.
    fn numbers(&mut self, left: &'w ast::Expression, right: &'w ast::Expression, hint: Option<Type>) -> (Value, Value) {
        if is_flexible(left) && !is_flexible(right) {
            let right = self.value(right, hint);
            return (self.value(left, right.ty.known()), right);
        }
        let mut left = self.value(left, hint);
        let mark = self.mark();
        let hint = if is_flexible(right) { left.ty.known() } else { hint };
        let right = self.value(right, hint);
        self.keep_before(mark, [&mut left.code]);
        (left, right)
    }

    fn no_number(&mut self, found: Ty, span: Span) -> Value {
        let message = format!("a number is needed here, not {}", self.quote(found));
        self.report(Diagnostic::error(codes::MISMATCH, message).label(span, ""));
        Value::error()
    }

    /// What asks the chain or changes something there.
    fn chain_call(&mut self, name: &str, call: Call<'w>) -> Value {
        let span = call.span;
        let writes = |lowering: &mut Self, what| lowering.frame.effects.write(span, what);
        let reads = |lowering: &mut Self| lowering.frame.effects.read_outside(span, "this depends on the chain");
        match name {
            "block_number" | "block_timestamp" => {
                self.typed_arguments(name, [], call);
                let context = if name == "block_number" { Context::BlockNumber } else { Context::Timestamp };
                self.read_context(context, span).into()
            }
            "block_hash" => {
                let optional = self.program.types.option(Type::Hash);
                reads(self);
                match self.typed_arguments(name, [Type::U32], call) {
                    Some([number]) => Expression::new(optional, Kind::BlockHash(Box::new(number))).into(),
                    None => Expression::zero(optional).into(),
                }
            }
            "code_hash" => {
                let optional = self.program.types.option(Type::Hash);
                reads(self);
                match self.typed_arguments(name, [Type::Address], call) {
                    Some([address]) => Expression::new(optional, Kind::CodeHash(Box::new(address))).into(),
                    None => Expression::zero(optional).into(),
                }
            }
            "is_contract" => {
                reads(self);
                match self.typed_arguments(name, [Type::Address], call) {
                    Some([address]) => Expression::new(Type::Boolean, Kind::IsContract(Box::new(address))).into(),
                    None => Expression::zero(Type::Boolean).into(),
                }
            }
            "get_balance" if self.knows_tests() => self.balance_of_any(call),
            "get_balance" => self.own_balance(call).into(),
            "transfer" => {
                writes(self, "this sends value");
                self.frame.effects.reads_outside = true;
                if let Some([to, amount]) = self.typed_arguments(name, [Type::Address, Type::U128], call) {
                    self.push(Statement::Transfer(to, amount));
                }
                Expression::unit().into()
            }
            "set_code" => {
                writes(self, "this replaces the contract's code");
                if let Some([hash]) = self.typed_arguments(name, [Type::Hash], call) {
                    self.push(Statement::SetCode(hash));
                }
                Expression::unit().into()
            }
            _ => {
                writes(self, "this ends the contract");
                if let Some([to]) = self.typed_arguments(name, [Type::Address], call) {
                    self.push(Statement::Terminate(to));
                }
                Expression::unit().into()
            }
        }
    }

    /// `get_balance(this.address)`: a contract can ask for no other's.
    fn own_balance(&mut self, call: Call<'w>) -> Expression {
        let own = match call.arguments {
            [] => true,
            [address] => matches!(
                &plain(address).kind,
                ExpressionKind::Member { base, name } if matches!(base.kind, ExpressionKind::This) && name.name == "address"
            ),
            _ => false,
        };
        if !own {
            let diagnostic = Diagnostic::error(codes::NOT_LITERAL, "a contract can only read its own balance");
            self.report(diagnostic.label(call.span, "").help("write `this.balance`, or `get_balance(this.address)`"));
        }
        self.read_context(Context::Balance, call.span)
    }

    /// `decode<T>(data)`
    fn decode(&mut self, call: Call<'w>, hint: Option<Type>) -> Value {
        self.no_options(call.options);
        let ty = match (call.types, hint) {
            ([ty], _) => self.ty(self.frame.place, ty),
            ([], Some(hint)) => Ty::Value(hint),
            _ => {
                let diagnostic =
                    Diagnostic::error(codes::CALL_TYPES, "what is decoded is not known").label(call.span, "");
                self.report(diagnostic.help("write the type: `decode<T>(data)`"));
                Ty::Error
            }
        };
        let Some([data]) = self.typed_arguments("decode", [Type::Bytes], call) else { return Value::error() };
        match ty {
            Ty::Value(ty) => data.decode(ty).into(),
            _ => Value::error(),
        }
    }
}
