//! The findings.

use std::collections::BTreeSet;

use super::{
    facts::{Facts, is_open, locals_of},
    order::late_write,
    tree,
};
use crate::{
    analysis::codes,
    diagnostics::Diagnostic,
    source::Span,
    syntax::ast::{
        Action, ActionKind, Contract, Expression, ExpressionKind, File, ItemKind, MemberKind, PatternKind, Statement,
        StatementKind, Storage, TypeKind,
    },
};

/// The findings on a contract.
pub fn findings(file: &File, contract: &Contract) -> Vec<Diagnostic> {
    let facts = Facts::new(contract);
    let mut found = Vec::new();
    let owner = owner_of(&facts);
    let secure = facts.actions.iter().filter(|action| is_open(action)).all(|action| is_secure(action));
    for action in &facts.actions {
        let Some(body) = &action.body else { continue };
        if !secure && let Some(late) = late_write(&facts, action) {
            found.push(
                Diagnostic::warning(codes::WRITE_AFTER_CALL, "state is written after a call that may come back")
                    .label(late.write, "")
                    .context(late.call, "the other contract may call this one before the write")
                    .help("write first and call then, or make all actions that change something `secure`"),
            );
        }
        if let Some(owner) = owner {
            found.extend(for_anybody(&facts, action, owner));
        }
        let locals = locals_of(action);
        tree::statements(body, &mut |statement| {
            found.extend(unchecked(file, statement));
            if read_only(action) {
                return;
            }
            found.extend(unbounded(&facts, statement, &locals));
        });
    }
    for member in &contract.members {
        let body = match &member.kind {
            MemberKind::Action(action) => action.body.as_ref(),
            MemberKind::Modifier(modifier) => Some(&modifier.body),
            _ => None,
        };
        if let Some(body) = body {
            tree::statements(body, &mut |statement| {
                for expression in tree::expressions(statement) {
                    tree::visit(expression, &mut |part| found.extend(origin(part)));
                }
            });
        }
    }
    found
}

fn is_secure(action: &Action) -> bool {
    action.kind(ActionKind::Secure).is_some()
}

fn read_only(action: &Action) -> bool {
    action.kind(ActionKind::View).is_some() || action.kind(ActionKind::Pure).is_some()
}

/// The member that says whose the contract is: one that begins as who deploys it, or is an address called so.
fn owner_of<'a>(facts: &Facts<'a>) -> Option<&'a Storage> {
    facts.members.values().copied().find(|storage| {
        let begins = storage.value.as_ref().is_some_and(|value| tree::is_context(value, "caller"));
        let is_address = storage.ty.as_ref().is_some_and(
            |ty| matches!(&ty.kind, TypeKind::Named { name, arguments } if name.name == "Address" && arguments.is_empty()),
        );
        begins || (is_address && matches!(storage.name.name.as_str(), "owner" | "admin"))
    })
}

/// An action that changes something for whoever calls it.
fn for_anybody(facts: &Facts<'_>, action: &Action, owner: &Storage) -> Option<Diagnostic> {
    let doing = facts.of(&action.name.name);
    if !is_open(action) || doing.asks_who {
        return None;
    }
    let write = doing.writes?;
    let message = format!("`{}` changes state, and never asks who calls", action.name.name);
    Some(
        Diagnostic::warning(codes::NO_CALLER_CHECK, message)
            .label(action.name.span, "anybody can call this")
            .context(write, "what it changes")
            .context(owner.name.span, "the contract has an owner")
            .help("if only the owner may: `require(TX.caller == owner, \"not the owner\")`, or a modifier"),
    )
}

/// `let _ = Token(a).transfer(...)`, where the answer says whether it was done.
fn unchecked(file: &File, statement: &Statement) -> Option<Diagnostic> {
    let StatementKind::Let { pattern, value, .. } = &statement.kind else { return None };
    let value = tree::plain(value);
    if !matches!(pattern.kind, PatternKind::Ignore) {
        return None;
    }
    let untyped = matches!(tree::named_call(value), Some(("contract_call" | "delegate_call", _)));
    let says_so = match (&value.kind, tree::typed_call(value)) {
        (ExpressionKind::Call { type_arguments, .. }, None) if untyped => {
            type_arguments.iter().any(|ty| is_boolean(&ty.kind))
        }
        (_, Some((handle, action))) => answers_boolean(file, handle, action),
        _ => false,
    };
    says_so.then(|| {
        Diagnostic::warning(codes::UNCHECKED_RESULT, "nobody looks at whether the other contract did it")
            .label(value.span, "this answers `true` or `false`")
            .help("write `require(...)` around the call")
    })
}

fn is_boolean(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Named { name, .. } if name.name == "boolean")
}

/// Whether an action that is named `handle(...).action` has a boolean for its result: as far as this file tells, or its name.
fn answers_boolean(file: &File, handle: &str, action: &str) -> bool {
    let members = file.items.iter().find_map(|item| match &item.kind {
        ItemKind::Contract(contract) if contract.name.name == handle => Some(&contract.members),
        ItemKind::Protocol(protocol) if protocol.name.name == handle => Some(&protocol.members),
        _ => None,
    });
    let Some(members) = members else {
        // Of tokens it is known: that is how they all are.
        return matches!(action, "transfer" | "transfer_from" | "transferFrom" | "approve");
    };
    members.iter().any(|member| match &member.kind {
        MemberKind::Action(found) => {
            found.name.name == action && found.result.as_ref().is_some_and(|result| is_boolean(&result.kind))
        }
        _ => false,
    })
}

/// A loop over all that is in storage: anybody who can make it longer can make it too long.
fn unbounded(facts: &Facts<'_>, statement: &Statement, locals: &BTreeSet<&str>) -> Option<Diagnostic> {
    let (over, member): (Span, &Storage) = match &statement.kind {
        StatementKind::ForEach { list, .. } => {
            let list = tree::plain(list);
            let whole = match tree::named_call(list) {
                Some(("keys", [map])) => map,
                _ => list,
            };
            (list.span, facts.member(whole, locals)?)
        }
        StatementKind::While { condition, .. } => length_in(facts, condition, locals)?,
        _ => return None,
    };
    let message = format!("a loop over all of `{}`, however long it is", member.name.name);
    Some(
        Diagnostic::warning(codes::UNBOUNDED_LOOP, message)
            .label(over, "")
            .context(member.name.span, "it grows in storage")
            .note("when it has become too long, the action uses more gas than a transaction may, and never works again")
            .help("go through a part of it, `list[from:to]`, or keep a sum that needs no loop"),
    )
}

/// `i < len(list)` of a list in storage.
fn length_in<'a>(facts: &Facts<'a>, condition: &Expression, locals: &BTreeSet<&str>) -> Option<(Span, &'a Storage)> {
    let mut found = None;
    tree::visit(condition, &mut |part| {
        if let Some(("len", [list])) = tree::named_call(part)
            && let Some(member) = facts.member(list, locals)
        {
            found.get_or_insert((part.span, member));
        }
    });
    found
}

/// `TX.origin == owner`
fn origin(expression: &Expression) -> Option<Diagnostic> {
    let ExpressionKind::Binary { left, operator, right } = &expression.kind else { return None };
    let with_caller = tree::is_context(left, "caller") || tree::is_context(right, "caller");
    let with_origin = tree::is_context(left, "origin") || tree::is_context(right, "origin");
    // `TX.caller == TX.origin` asks whether a contract calls: that is another question.
    if !operator.is_comparison() || !with_origin || with_caller {
        return None;
    }
    Some(
        Diagnostic::warning(codes::ORIGIN_CHECK, "`TX.origin` does not say who calls")
            .label(expression.span, "")
            .note("a contract that the owner calls can call this one, and passes")
            .help("write `TX.caller`"),
    )
}
