//! Built-ins for hashes and signatures.

use super::super::{call::Call, expression::plain};
use crate::{
    analysis::{
        Lowering, codes,
        value::{Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{self, Binary, Comparison, Expression, FunctionBuilder, Hasher, Integer, Kind, Statement, Type},
    syntax::ast::{self, ExpressionKind},
};

/// The hash functions that `hash` knows: the first of each is what messages call it.
const HASHERS: [(&str, Hasher); 8] = [
    ("SHA256", Hasher::Sha256),
    ("KECCAK256", Hasher::Keccak256),
    ("BLAKE2B", Hasher::Blake2b256),
    ("SHA3-256", Hasher::Sha3256),
    ("SHA-256", Hasher::Sha256),
    ("KECCAK-256", Hasher::Keccak256),
    ("BLAKE2B-256", Hasher::Blake2b256),
    ("SHA3_256", Hasher::Sha3256),
];

impl<'w> Lowering<'w> {
    pub(super) fn cryptographic(&mut self, name: &str, call: Call<'w>) -> Value {
        let hash = || Value::from(Expression::zero(Type::Hash));
        match name {
            "keccak256" => match self.exactly(name, call) {
                Some([data]) => {
                    let value = self.value(data, None);
                    self.bytes_of(value, data.span).hashed(Hasher::Keccak256).into()
                }
                None => hash(),
            },
            "hash" => match self.exactly(name, call) {
                Some([data, function]) => {
                    let value = self.value(data, None);
                    let data = self.bytes_of(value, data.span);
                    self.hasher(function).map_or_else(hash, |hasher| data.hashed(hasher).into())
                }
                None => hash(),
            },
            "recover" => {
                let optional = self.program.types.option(Type::Address);
                match self.exactly(name, call) {
                    Some([digest, signature]) => {
                        let mut digest = self.digest(digest);
                        let mark = self.mark();
                        let signature = self.typed(signature, Type::Bytes.into());
                        self.keep_before(mark, [&mut digest]);
                        Expression::new(optional, Kind::Recover(Box::new(signature), Box::new(digest))).into()
                    }
                    None => Expression::zero(optional).into(),
                }
            }
            "verify_sig" => match self.exactly(name, call) {
                Some([message, signature, address]) => {
                    let mut parts = vec![self.digest(message)];
                    for (part, ty) in [(signature, Type::Bytes), (address, Type::Address)] {
                        let mark = self.mark();
                        let part = self.typed(part, ty.into());
                        self.keep_before(mark, &mut parts);
                        parts.push(part);
                    }
                    let [digest, signature, address] = <[Expression; 3]>::try_from(parts)
                        .unwrap_or_else(|_| [Expression::unit(), Expression::unit(), Expression::unit()]);
                    let optional = self.program.types.option(Type::Address);
                    let signer = Expression::new(optional, Kind::Recover(Box::new(signature), Box::new(digest)));
                    signer.compare(Comparison::Equal, address.some(&mut self.program.types)).into()
                }
                None => Expression::zero(Type::Boolean).into(),
            },
            _ => {
                let proof = self.program.types.list(Type::Hash);
                let Some(values) = self.typed_arguments(name, [Type::Hash, Type::Hash, proof], call) else {
                    return Expression::zero(Type::Boolean).into();
                };
                let function = self.merkle_verify(proof);
                Expression::call(&self.program, function, values.to_vec()).into()
            }
        }
    }

    /// What is signed: a hash as it is, all else by its keccak-256.
    pub(in crate::analysis::lower) fn digest(&mut self, message: &'w ast::Expression) -> Expression {
        let value = self.value(message, None);
        if value.ty == Ty::Value(Type::Hash) {
            return value.code;
        }
        self.bytes_of(value, message.span).hashed(Hasher::Keccak256)
    }

    fn hasher(&mut self, name: &'w ast::Expression) -> Option<Hasher> {
        let found = match &plain(name).kind {
            ExpressionKind::String(literal) => {
                HASHERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&literal.value)).map(|(_, hasher)| *hasher)
            }
            ExpressionKind::Error => return None,
            _ => None,
        };
        if found.is_none() {
            let diagnostic = Diagnostic::error(codes::NOT_LITERAL, "this names no hash function").label(name.span, "");
            self.report(diagnostic.help("write one of \"SHA256\", \"KECCAK256\", \"BLAKE2B\", \"SHA3-256\""));
        }
        found
    }

    /// The function behind `merkle_verify`: from the leaf up, each pair is hashed with the smaller hash first.
    fn merkle_verify(&mut self, proof_type: Type) -> ir::FunctionId {
        if let Some(function) = self.merkle_verify {
            return function;
        }
        let mut function = FunctionBuilder::new("merkle_verify", Type::Boolean);
        let (root, leaf) = (function.parameter("root", Type::Hash), function.parameter("leaf", Type::Hash));
        let proof = function.parameter("proof", proof_type);
        let (index, other) = (function.local("index", Type::U32), function.local("other", Type::Hash));
        let number = |number: u8| Expression::integer(Integer::U32, number);
        let bytes = |local| Expression::local(local, Type::Hash).convert(Type::Bytes);
        let pair = |first, second| Statement::set(leaf, bytes(first).concat(bytes(second)).hashed(Hasher::Keccak256));
        let sorted = function.get(leaf).compare(Comparison::Less, function.get(other));
        let body = vec![
            Statement::set(other, function.get(proof).element(function.get(index), &self.program.types)),
            Statement::If(sorted, vec![pair(leaf, other)], vec![pair(other, leaf)]),
        ];
        let condition = function.get(index).compare(Comparison::Less, function.get(proof).length());
        let step = vec![Statement::set(index, function.get(index).binary(Binary::Add, number(1)))];
        let result = Statement::Return(Some(function.get(leaf).compare(Comparison::Equal, function.get(root))));
        let function = function.finish([Statement::Loop { condition, body, step }, result]);
        let id = self.declare_function("merkle_verify", Type::Boolean.into());
        self.program.define(id, function);
        self.merkle_verify = Some(id);
        id
    }
}
