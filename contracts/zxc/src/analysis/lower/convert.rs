//! Conversions: `u8(x)`, `string(x)`, `Status(1)`. They are written out, and revert where there is no such value.

use super::{expression::plain, literal::is_flexible};
use crate::{
    analysis::{
        Lowering, codes,
        value::{Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Expression, Integer, Kind, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind},
};

impl<'w> Lowering<'w> {
    /// `T(argument)`
    pub(super) fn convert(&mut self, ty: Type, arguments: &'w [ast::Expression], span: Span) -> Value {
        let [argument] = arguments else {
            self.wrong_count(&self.show(ty), 1, arguments.len(), span);
            arguments.iter().for_each(|argument| {
                self.value(argument, None);
            });
            return Expression::zero(ty).into();
        };
        // The address and the hash of zeros need no digits.
        let is_zero = matches!(&plain(argument).kind, ExpressionKind::Integer(literal) if literal.value.is_zero() && literal.text == "0");
        if is_zero && matches!(ty, Type::Address | Type::Hash) {
            return Expression::zero(ty).into();
        }
        let hint = match ty {
            Type::Enum(_) if is_flexible(argument) => Some(Type::U8),
            Type::String | Type::Bytes => None,
            ty => Some(ty),
        };
        let value = self.value(argument, hint);
        let Ty::Value(from) = value.ty else {
            if value.ty == Ty::Null {
                self.no_conversion(value.ty, ty, argument.span);
            }
            return Expression::zero(ty).into();
        };
        if from == ty {
            return value;
        }
        let converted = match (from, ty) {
            (Type::Integer(_) | Type::Enum(_), Type::Integer(_)) | (Type::Integer(_), Type::Enum(_)) => {
                value.code.convert(ty)
            }
            (Type::Integer(_) | Type::Boolean | Type::Address | Type::Hash, Type::String) => value.code.text(),
            (Type::Address | Type::Hash | Type::String, Type::Bytes) => value.code.convert(ty),
            (Type::Bytes, Type::Address | Type::Hash | Type::String) => value.code.convert(ty),
            _ => {
                self.no_conversion(value.ty, ty, argument.span);
                Expression::zero(ty)
            }
        };
        converted.into()
    }

    fn no_conversion(&mut self, from: Ty, to: Type, span: Span) {
        let message = format!("{} can't be converted to {}", self.quote(from), self.quote(to.into()));
        let diagnostic = Diagnostic::error(codes::CONVERSION, message).label(span, "");
        let content = from.known().and_then(|from| self.program.types.content(from));
        self.report(match (from, to) {
            _ if content.is_some() => diagnostic.help("give another value for `null` before: `x ?? other`"),
            (Ty::Value(_), Type::Bytes) => diagnostic.help("`encode(x)` gives the SCALE encoding of any value"),
            (Ty::Value(Type::Boolean), Type::Integer(_)) => diagnostic.help("use `if`"),
            (Ty::Value(Type::Integer(_)), Type::Boolean) => diagnostic.help("compare it: `x != 0`"),
            (Ty::Value(Type::Integer(_)), Type::Address | Type::Hash) => {
                diagnostic.help("write all digits: `0x` and 40 of an address, 64 of a hash")
            }
            (Ty::Value(Type::Bytes), Type::Integer(_)) => {
                diagnostic.help("`decode<u64>(bytes)` reads a SCALE encoding")
            }
            _ => diagnostic,
        });
    }

    /// A value as text, to be shown to people.
    pub(super) fn text_of(&mut self, value: Value, span: Span) -> Expression {
        match value.ty {
            Ty::Value(Type::String) => value.code,
            Ty::Value(Type::Integer(_) | Type::Boolean | Type::Address | Type::Hash | Type::Bytes) => value.code.text(),
            Ty::Value(Type::Enum(_)) => value.code.convert(Integer::U8).text(),
            Ty::Error => Expression::string(""),
            ty => {
                let message = format!("{} has no text", self.quote(ty));
                self.report(
                    Diagnostic::error(codes::CONVERSION, message).label(span, "").help("name a part of it that has"),
                );
                Expression::string("")
            }
        }
    }

    /// A value as bytes to be hashed: text and bytes as they are.
    pub(super) fn bytes_of(&mut self, value: Value, span: Span) -> Expression {
        match value.ty {
            Ty::Value(Type::Bytes) => value.code,
            Ty::Value(Type::String | Type::Address | Type::Hash) => value.code.convert(Type::Bytes),
            Ty::Error => Expression::bytes(&[]),
            ty => {
                let message = format!("`bytes` are needed here, not {}", self.quote(ty));
                let diagnostic = Diagnostic::error(codes::MISMATCH, message).label(span, "");
                self.report(diagnostic.help("`encode(x)` gives the SCALE encoding of any value"));
                Expression::bytes(&[])
            }
        }
    }

    /// The digits of bytes.
    pub(super) fn hex_of(&mut self, value: Value, span: Span) -> Expression {
        let bytes = self.bytes_of(value, span);
        Expression::new(Type::String, Kind::Text(Box::new(bytes)))
    }
}
