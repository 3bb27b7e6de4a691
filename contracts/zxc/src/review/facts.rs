//! What the actions of a contract do, each with all that it calls.

use std::collections::{BTreeMap, BTreeSet};

use super::tree;
use crate::{
    source::Span,
    syntax::ast::{
        Action, ActionKind, Block, Contract, Expression, ExpressionKind, MemberKind, Pattern, PatternKind, Statement,
        StatementKind, Storage,
    },
};

/// A contract, by the names of its parts.
pub struct Facts<'a> {
    /// Its storage.
    pub members: BTreeMap<&'a str, &'a Storage>,
    /// Its actions, in their order.
    pub actions: Vec<&'a Action>,
    /// What each of them does, with its modifiers and what it calls.
    doing: BTreeMap<&'a str, Doing>,
}

/// What an action does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doing {
    /// The first place that writes storage.
    pub writes: Option<Span>,
    /// Whether it asks who calls.
    pub asks_who: bool,
    /// The first call after which others may run code here.
    pub comes_back: Option<Span>,
}

impl<'a> Facts<'a> {
    /// Reads a contract.
    pub fn new(contract: &'a Contract) -> Self {
        let mut facts = Self { members: BTreeMap::new(), actions: Vec::new(), doing: BTreeMap::new() };
        let mut modifiers = BTreeMap::new();
        for member in &contract.members {
            match &member.kind {
                MemberKind::Storage(storage) => {
                    facts.members.insert(&storage.name.name, storage);
                }
                MemberKind::Action(action) => facts.actions.push(action),
                MemberKind::Modifier(modifier) => {
                    modifiers.insert(modifier.name.name.as_str(), modifier);
                }
                _ => {}
            }
        }
        let mut calls: BTreeMap<&'a str, BTreeSet<&'a str>> = BTreeMap::new();
        for action in facts.actions.clone() {
            let mut doing = Doing::default();
            let mut called = BTreeSet::new();
            let locals = locals_of(action);
            let used = action.modifiers.iter().filter_map(|call| modifiers.get(call.name.name.as_str()));
            for argument in action.modifiers.iter().flat_map(|call| &call.arguments) {
                facts.expression(argument, &locals, &mut doing, &mut called);
            }
            for body in used.map(|modifier| &modifier.body).chain(&action.body) {
                facts.block(body, &locals, &mut doing, &mut called);
            }
            facts.doing.insert(&action.name.name, doing);
            calls.insert(&action.name.name, called);
        }
        facts.spread(&calls);
        facts
    }

    /// What an action does, by its name.
    pub fn of(&self, action: &str) -> Doing {
        self.doing.get(action).cloned().unwrap_or_default()
    }

    /// Lets what actions do flow to those that call them, until nothing changes: it only grows.
    fn spread(&mut self, calls: &BTreeMap<&'a str, BTreeSet<&'a str>>) {
        loop {
            let before = self.doing.clone();
            for (caller, called) in calls {
                for doing in called.iter().filter_map(|name| before.get(name)) {
                    let Some(own) = self.doing.get_mut(caller) else { continue };
                    own.writes = own.writes.or(doing.writes);
                    own.comes_back = own.comes_back.or(doing.comes_back);
                    own.asks_who |= doing.asks_who;
                }
            }
            if before == self.doing {
                return;
            }
        }
    }

    fn block(&self, block: &'a Block, locals: &BTreeSet<&str>, doing: &mut Doing, called: &mut BTreeSet<&'a str>) {
        tree::statements(block, &mut |statement| {
            if let Some(span) = self.written_by(statement, locals) {
                doing.writes.get_or_insert(span);
            }
            for expression in tree::expressions(statement) {
                self.expression(expression, locals, doing, called);
            }
        });
    }

    fn expression(
        &self,
        expression: &'a Expression,
        locals: &BTreeSet<&str>,
        doing: &mut Doing,
        called: &mut BTreeSet<&'a str>,
    ) {
        tree::visit(expression, &mut |part| {
            doing.asks_who |= tree::is_context(part, "caller") || tree::is_context(part, "origin");
            // A signature, or what is left of a list that was proved, says who may as well.
            doing.asks_who |= matches!(tree::named_call(part), Some(("verify_sig" | "recover" | "merkle_verify", _)));
            if tree::may_come_back(part) {
                doing.comes_back.get_or_insert(part.span);
            }
            if let Some(span) = self.written_by_call(part, locals) {
                doing.writes.get_or_insert(span);
            }
            called.extend(tree::own_call(part));
        });
    }

    /// Where a statement writes storage, but for what the calls in it do.
    pub fn written_by(&self, statement: &Statement, locals: &BTreeSet<&str>) -> Option<Span> {
        match &statement.kind {
            StatementKind::Assign { target, .. } => self.stored(target, locals).then_some(target.span),
            _ => None,
        }
    }

    /// Where `push(list, x)` and its like write storage.
    pub fn written_by_call(&self, expression: &Expression, locals: &BTreeSet<&str>) -> Option<Span> {
        let ("push" | "pop" | "remove", [first, ..]) = tree::named_call(expression)? else { return None };
        self.stored(first, locals).then_some(expression.span)
    }

    /// The storage member that a place is in.
    pub fn member(&self, place: &Expression, locals: &BTreeSet<&str>) -> Option<&'a Storage> {
        match &tree::plain(place).kind {
            ExpressionKind::Name(name) if !locals.contains(name.as_str()) => self.members.get(name.as_str()).copied(),
            ExpressionKind::Member { base, name } if matches!(tree::plain(base).kind, ExpressionKind::This) => {
                self.members.get(name.name.as_str()).copied()
            }
            ExpressionKind::Member { base, .. }
            | ExpressionKind::Element { base, .. }
            | ExpressionKind::Index { base, .. } => self.member(base, locals),
            _ => None,
        }
    }

    fn stored(&self, place: &Expression, locals: &BTreeSet<&str>) -> bool {
        match &tree::plain(place).kind {
            ExpressionKind::Tuple(places) => places.iter().any(|place| self.stored(place, locals)),
            _ => self.member(place, locals).is_some(),
        }
    }
}

/// The names of an action's parameters and variables: they hide members.
pub fn locals_of(action: &Action) -> BTreeSet<&str> {
    fn names<'a>(pattern: &'a Pattern, locals: &mut BTreeSet<&'a str>) {
        match &pattern.kind {
            PatternKind::Name(name) => {
                locals.insert(&name.name);
            }
            PatternKind::Tuple(patterns) => patterns.iter().for_each(|pattern| names(pattern, locals)),
            _ => {}
        }
    }
    let mut locals: BTreeSet<&str> = action.parameters.iter().map(|parameter| parameter.name.name.as_str()).collect();
    if let Some(body) = &action.body {
        tree::statements(body, &mut |statement| match &statement.kind {
            StatementKind::Let { pattern, .. } | StatementKind::ForEach { pattern, .. } => names(pattern, &mut locals),
            _ => {}
        });
    }
    locals
}

/// Whether others can call it and it may change something.
pub fn is_open(action: &Action) -> bool {
    let closed = [ActionKind::Private, ActionKind::View, ActionKind::Pure];
    !action.is_constructor() && closed.into_iter().all(|kind| action.kind(kind).is_none())
}
