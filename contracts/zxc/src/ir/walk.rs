//! What is in expressions and statements, in the order of evaluation: for passes that look at all of a program.

use super::{CallInput, Expression, Kind, Place, Projection, Statement};

impl Expression {
    /// The expressions directly in this one, in the order in which they are evaluated.
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Constant(_) | Kind::Local(_) | Kind::Context(_) => Vec::new(),
            Kind::Tuple(values) | Kind::List(values) | Kind::Concat(values) | Kind::Encode(values) => {
                values.iter().collect()
            }
            Kind::Read(_, values) | Kind::Exists(_, values) | Kind::Count(_, values) => values.iter().collect(),
            Kind::Keys(_, values) | Kind::Call(_, values) => values.iter().collect(),
            Kind::Some(value) | Kind::Field(value, _) | Kind::Length(value) | Kind::IsSome(value) => vec![value],
            Kind::Unwrap(value) | Kind::Unary(_, value) | Kind::Convert(value) | Kind::Text(value) => vec![value],
            Kind::Decode(value) | Kind::Hash(_, value) | Kind::BlockHash(value) | Kind::IsContract(value) => {
                vec![value]
            }
            Kind::CodeHash(value) => vec![value],
            Kind::Element(a, b) | Kind::Contains(a, b) | Kind::Coalesce(a, b) | Kind::Recover(a, b) => vec![a, b],
            Kind::Binary(_, a, b) | Kind::Compare(_, a, b) => vec![a, b],
            Kind::Slice(a, b, c) => [a, b].into_iter().chain(c).map(|it| &**it).collect(),
            Kind::Choose(a, b, c) => vec![a, b, c],
            Kind::Version(_, values, last) | Kind::AtBlock(_, values, last) => values.iter().chain([&**last]).collect(),
            Kind::Invoke(call) => {
                let (value, gas) = (call.value.iter(), call.gas.iter());
                [&call.target].into_iter().chain(call.input.values()).chain(value).chain(gas).collect()
            }
            Kind::Create(creation) => {
                let (value, gas) = (creation.value.iter(), creation.gas.iter());
                let first = [&creation.code].into_iter().chain(creation.input.values());
                first.chain(value).chain(gas).chain(&creation.salt).collect()
            }
        }
    }

    /// The same, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            Kind::Constant(_) | Kind::Local(_) | Kind::Context(_) => Vec::new(),
            Kind::Tuple(values) | Kind::List(values) | Kind::Concat(values) | Kind::Encode(values) => {
                values.iter_mut().collect()
            }
            Kind::Read(_, values) | Kind::Exists(_, values) | Kind::Count(_, values) => values.iter_mut().collect(),
            Kind::Keys(_, values) | Kind::Call(_, values) => values.iter_mut().collect(),
            Kind::Some(value) | Kind::Field(value, _) | Kind::Length(value) | Kind::IsSome(value) => vec![value],
            Kind::Unwrap(value) | Kind::Unary(_, value) | Kind::Convert(value) | Kind::Text(value) => vec![value],
            Kind::Decode(value) | Kind::Hash(_, value) | Kind::BlockHash(value) | Kind::IsContract(value) => {
                vec![value]
            }
            Kind::CodeHash(value) => vec![value],
            Kind::Element(a, b) | Kind::Contains(a, b) | Kind::Coalesce(a, b) | Kind::Recover(a, b) => vec![a, b],
            Kind::Binary(_, a, b) | Kind::Compare(_, a, b) => vec![a, b],
            Kind::Slice(a, b, c) => [a, b].into_iter().chain(c).map(|it| &mut **it).collect(),
            Kind::Choose(a, b, c) => vec![a, b, c],
            Kind::Version(_, values, last) | Kind::AtBlock(_, values, last) => {
                values.iter_mut().chain([&mut **last]).collect()
            }
            Kind::Invoke(call) => {
                let (value, gas) = (call.value.iter_mut(), call.gas.iter_mut());
                [&mut call.target].into_iter().chain(call.input.values_mut()).chain(value).chain(gas).collect()
            }
            Kind::Create(creation) => {
                let (value, gas) = (creation.value.iter_mut(), creation.gas.iter_mut());
                let first = [&mut creation.code].into_iter().chain(creation.input.values_mut());
                first.chain(value).chain(gas).chain(&mut creation.salt).collect()
            }
        }
    }

    /// Whether this or something in it is `wanted`. A checked expression is not deep.
    pub fn any(&self, wanted: &mut impl FnMut(&Self) -> bool) -> bool {
        wanted(self) || self.children().into_iter().any(|child| child.any(wanted))
    }
}

impl CallInput {
    fn values(&self) -> &[Expression] {
        match self {
            Self::Action(_, values) => values,
            Self::Raw(value) => std::slice::from_ref(value),
        }
    }

    fn values_mut(&mut self) -> &mut [Expression] {
        match self {
            Self::Action(_, values) => values,
            Self::Raw(value) => std::slice::from_mut(value),
        }
    }
}

impl Place {
    fn indices(&self) -> impl Iterator<Item = &Expression> {
        self.path.iter().filter_map(|projection| match projection {
            Projection::Element(index) => Some(index),
            Projection::Field(_) => None,
        })
    }

    fn indices_mut(&mut self) -> impl Iterator<Item = &mut Expression> {
        self.path.iter_mut().filter_map(|projection| match projection {
            Projection::Element(index) => Some(index),
            Projection::Field(_) => None,
        })
    }
}

impl Statement {
    /// The expressions directly in this statement, in the order in which they are evaluated.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Assign(place, value) | Self::Push(place, value) => place.indices().chain([value]).collect(),
            Self::Pop(place, _) => place.indices().collect(),
            Self::Evaluate(value) | Self::If(value, ..) | Self::Loop { condition: value, .. } => vec![value],
            Self::Break | Self::Continue | Self::Return(None) | Self::Guard { .. } => Vec::new(),
            Self::Return(Some(value)) | Self::Revert(value) | Self::LimitGas(value) => vec![value],
            Self::Debug(value) | Self::SetCode(value) | Self::Terminate(value) => vec![value],
            Self::Emit(_, values) | Self::Clear(_, values) => values.iter().collect(),
            Self::Write(_, keys, value) => keys.iter().chain([value]).collect(),
            Self::Transfer(to, amount) => vec![to, amount],
        }
    }

    /// The same, to be changed.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            Self::Assign(place, value) | Self::Push(place, value) => place.indices_mut().chain([value]).collect(),
            Self::Pop(place, _) => place.indices_mut().collect(),
            Self::Evaluate(value) | Self::If(value, ..) | Self::Loop { condition: value, .. } => vec![value],
            Self::Break | Self::Continue | Self::Return(None) | Self::Guard { .. } => Vec::new(),
            Self::Return(Some(value)) | Self::Revert(value) | Self::LimitGas(value) => vec![value],
            Self::Debug(value) | Self::SetCode(value) | Self::Terminate(value) => vec![value],
            Self::Emit(_, values) | Self::Clear(_, values) => values.iter_mut().collect(),
            Self::Write(_, keys, value) => keys.iter_mut().chain([value]).collect(),
            Self::Transfer(to, amount) => vec![to, amount],
        }
    }

    /// The blocks directly in this statement.
    pub fn blocks(&self) -> Vec<&[Self]> {
        match self {
            Self::If(_, then, otherwise) => vec![then, otherwise],
            Self::Loop { body, step, .. } => vec![body, step],
            Self::Guard { body, handler, .. } => vec![body, handler],
            _ => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub fn blocks_mut(&mut self) -> Vec<&mut Vec<Self>> {
        match self {
            Self::If(_, then, otherwise) => vec![then, otherwise],
            Self::Loop { body, step, .. } => vec![body, step],
            Self::Guard { body, handler, .. } => vec![body, handler],
            _ => Vec::new(),
        }
    }

    /// Whether an expression in this statement, or in a block of it, is `wanted`.
    pub fn any_expression(&self, wanted: &mut impl FnMut(&Expression) -> bool) -> bool {
        self.expressions().into_iter().any(|expression| expression.any(wanted))
            || self.blocks().into_iter().flatten().any(|statement| statement.any_expression(wanted))
    }

    /// Whether this statement, or one in a block of it, is `wanted`.
    pub fn any(&self, wanted: &mut impl FnMut(&Self) -> bool) -> bool {
        wanted(self) || self.blocks().into_iter().flatten().any(|statement| statement.any(wanted))
    }
}

/// Whether what follows a block is never reached from it.
pub fn diverges(block: &[Statement]) -> bool {
    block.iter().any(|statement| match statement {
        Statement::Return(_) | Statement::Revert(_) | Statement::Break | Statement::Continue => true,
        Statement::Terminate(_) => true,
        Statement::If(_, then, otherwise) => diverges(then) && diverges(otherwise),
        Statement::Guard { body, handler, .. } => diverges(body) && diverges(handler),
        _ => false,
    })
}
