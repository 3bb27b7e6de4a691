//! Tests: their bodies become messages of a program of their own.
//!
//! A test in a contract sees that contract's records, enums and events by their names, but it is no part of the contract: it
//! has no `this`. Actions outside of contracts that tests call are lowered too; their files have been checked, so that
//! nothing is said of them here again.

use std::collections::BTreeSet;

use super::{
    ContractId, Lowering,
    frame::{Frame, FrameKind},
    value::Ty,
    world::Place,
};
use crate::{
    diagnostics::Diagnostics,
    ir::{Program, Type, program::selector},
    source::Span,
    syntax::ast::{self, ItemKind, MemberKind},
    testing::TestCase,
};

/// The tests of a file, lowered.
#[derive(Clone, Debug, Default)]
pub struct LoweredTests {
    /// Their code; none if there were errors.
    pub program: Option<Program>,
    /// The tests.
    pub cases: Vec<TestCase>,
    /// The places that the code names by their indices.
    pub spans: Vec<Span>,
    /// The contracts that they create.
    pub creates: BTreeSet<ContractId>,
}

impl<'w> Lowering<'w> {
    /// Lowers the tests of the file.
    pub(super) fn lower_tests(mut self, diagnostics: &mut Diagnostics) -> LoweredTests {
        let mut tests = LoweredTests::default();
        let mut first = None;
        for (place, test) in self.tests_of_unit() {
            let name = format!("test {}", tests.cases.len());
            self.test(place, &name, test);
            first.get_or_insert(&test.name);
            tests.cases.push(TestCase {
                name: test.name.value.clone(),
                span: test.name.span,
                selector: selector(&name),
            });
        }
        self.muted = true;
        self.outside_actions();
        self.muted = false;
        if let Some(first) = first {
            let name = ast::Identifier { name: first.value.clone(), span: first.span };
            tests.program = self.finish(&name);
        }
        tests.creates = self.creates.iter().map(|id| ContractId(*id)).collect();
        tests.spans = std::mem::take(&mut self.spans);
        diagnostics.extend(std::mem::take(&mut self.diagnostics).into_sorted());
        tests
    }

    /// The tests of the file and of its contracts, with where their names are looked up.
    fn tests_of_unit(&self) -> Vec<(Place, &'w ast::Test)> {
        let unit = self.home.unit;
        let mut tests = Vec::new();
        for item in &self.world.units[unit].file.items {
            match &item.kind {
                ItemKind::Test(test) => tests.push((self.home, test)),
                ItemKind::Contract(contract) => {
                    let owner = self.world.contract_at(unit, contract);
                    let members = contract.members.iter().filter_map(|member| match &member.kind {
                        MemberKind::Test(test) => Some((Place { unit, owner }, test)),
                        _ => None,
                    });
                    tests.extend(members);
                }
                _ => {}
            }
        }
        tests
    }

    fn test(&mut self, place: Place, name: &str, test: &'w ast::Test) {
        let function = self.declare_function(name, Ty::Value(Type::Unit));
        self.frame = Frame::new(FrameKind::Test, place, Ty::Value(Type::Unit));
        self.statements(&test.body.statements);
        self.leave_block();
        self.define_function(function, name);
        self.program.add_message(name, function);
    }

    /// Whether the words of tests mean something here: in tests, and in actions of files that have tests outside of contracts.
    pub(super) fn knows_tests(&self) -> bool {
        let file = &self.world.units[self.home.unit].file;
        self.testing
            || (self.home.owner.is_none() && file.items.iter().any(|item| matches!(item.kind, ItemKind::Test(_))))
    }
}
