//! What a program means: names, types, the rules of contracts, and the lowering to the intermediate representation.
//!
//! ```text
//! loader    the first file and all that it uses: parsed, no circles
//! world     what they declare, and which names are visible where
//! contract  one contract at a time: its members, their signatures, its protocols
//! lower     each action: names resolved, types checked and inferred, and in the same walk its code
//! effects   what each action does to state: `view`, `pure`, invariants
//! ```
//!
//! Checking and lowering are one walk over the tree: what is known of an expression is a [`Value`](value::Value), its type
//! with its code. Where something is wrong, the type is [`Ty::Error`](value::Ty), which fits everywhere, so that nothing is
//! said twice; code made after an error is thrown away.
//!
//! Each contract becomes a program of its own, with the actions outside of contracts that it calls. Those are checked once,
//! with their file; when a contract takes them in, nothing is said again.
//!
//! # Usage
//! [`Analysis::new`] reads the files, [`Analysis::check`] checks all that is in them, [`Analysis::contract`] lowers one
//! contract. [`compile`](crate::compile) does all of it.
//!
//! Tests (`test "..." { }`) are no part of a contract: [`Analysis::tests`] makes a program of their own of them.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    ir::{CellId, FunctionId, Program},
    source::{FileId, Sources, Span},
    syntax::ast,
};

mod cases;
pub mod codes;
mod contract;
mod effects;
mod frame;
mod library;
mod loader;
mod lower;
mod signature;
mod types;
mod value;
mod words;
mod world;

pub use cases::LoweredTests;
pub use contract::{CONTRACTS_MAX, ContractDocs, Lowered};
pub use loader::{LoadError, Loader, Unit};

use effects::Effects;
use frame::{Frame, FrameKind};
use signature::Signature;
use value::Ty;
use world::{DeclarationId, DeclarationKind, Place, World};

#[cfg(test)]
mod tests;

/// What may only be wrong because of a part of the program that could not be read, and about which something was said.
const FOLLOW_FROM_MISSING: [&str; 13] = [
    codes::UNKNOWN_NAME,
    codes::UNKNOWN_TYPE,
    codes::UNKNOWN_ACTION,
    codes::UNKNOWN_MEMBER,
    codes::UNKNOWN_EVENT,
    codes::UNKNOWN_MODIFIER,
    codes::UNKNOWN_CONTRACT,
    codes::ARGUMENTS,
    codes::RECORD_FIELDS,
    codes::MISSING_RETURN,
    codes::NOT_IMPLEMENTED,
    codes::UNUSED,
    codes::UNREACHABLE,
];

/// So many unknown names get help in one contract.
const GUESSES_MAX: u32 = 100;

/// The hashes of the code of contracts that others create, by the contracts' ids.
type CodeHashes = BTreeMap<DeclarationId, [u8; 32]>;

/// The files of a program, read.
#[derive(Debug)]
pub struct Files {
    units: Vec<Unit>,
}

impl Files {
    /// Reads the file `root` of `sources`, and adds all files that it uses.
    pub fn read(sources: &mut Sources, root: FileId, loader: &dyn Loader, diagnostics: &mut Diagnostics) -> Self {
        Self { units: loader::load(sources, root, loader, diagnostics) }
    }
}

/// A program whose declarations are known.
#[derive(Debug)]
pub struct Analysis<'a> {
    world: World<'a>,
}

/// A contract of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContractId(DeclarationId);

impl<'a> Analysis<'a> {
    /// Collects the declarations.
    pub fn new(files: &'a Files, sources: &'a Sources, diagnostics: &mut Diagnostics) -> Self {
        Self { world: World::new(&files.units, sources, diagnostics) }
    }

    /// Checks everything outside of contracts.
    pub fn check(&self, diagnostics: &mut Diagnostics) {
        for unit in 0..self.world.units.len() {
            Lowering::new(&self.world, Place { unit, owner: None }, &CodeHashes::new()).check_unit(diagnostics);
        }
    }

    /// The findings on the contracts of the first file.
    pub fn review(&self) -> Vec<Diagnostic> {
        self.world.units.last().map(|unit| crate::review::review(&unit.file)).unwrap_or_default()
    }

    /// Every contract in every file.
    pub fn contracts(&self) -> impl Iterator<Item = ContractId> + '_ {
        let ids = (0..self.world.declarations.len()).map(DeclarationId);
        ids.filter(|id| matches!(self.world.declaration(*id).kind, DeclarationKind::Contract(_))).map(ContractId)
    }

    /// The contracts of the first file.
    pub fn own_contracts(&self) -> impl Iterator<Item = ContractId> + '_ {
        let root = self.world.units.len().saturating_sub(1);
        self.contracts().filter(move |id| self.world.declaration(id.0).unit == root)
    }

    /// A contract's name.
    pub fn name(&self, contract: ContractId) -> &'a ast::Identifier {
        self.world.declaration(contract.0).name
    }

    /// Whether a contract is exported.
    pub fn is_exported(&self, contract: ContractId) -> bool {
        self.world.declaration(contract.0).exported
    }

    /// Lowers the tests of the first file, as [`Analysis::contract`] does a contract.
    pub fn tests(&self, hashes: &BTreeMap<ContractId, [u8; 32]>, diagnostics: &mut Diagnostics) -> LoweredTests {
        let hashes = hashes.iter().map(|(id, hash)| (id.0, *hash)).collect();
        let place = Place { unit: self.world.units.len().saturating_sub(1), owner: None };
        let mut lowering = Lowering::new(&self.world, place, &hashes);
        lowering.testing = true;
        lowering.lower_tests(diagnostics)
    }

    /// Lowers a contract. `hashes` are those of the contracts that it creates: [`Lowered::creates`] tells which those are, and
    /// where one is missing, its hash is all zeros. Without a program there were errors.
    pub fn contract(
        &self,
        contract: ContractId,
        hashes: &BTreeMap<ContractId, [u8; 32]>,
        diagnostics: &mut Diagnostics,
    ) -> Lowered {
        let hashes = hashes.iter().map(|(id, hash)| (id.0, *hash)).collect();
        let place = Place { unit: self.world.declaration(contract.0).unit, owner: Some(contract.0) };
        Lowering::new(&self.world, place, &hashes).lower_contract(contract.0, diagnostics)
    }
}

/// What a function is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Callee<'w> {
    /// An action of the contract.
    Own(&'w str),
    /// An action outside of contracts.
    Outside(DeclarationId),
}

/// A storage member of the contract.
#[derive(Clone, Copy, Debug)]
struct StorageMember {
    span: Span,
    cell: CellId,
    ty: Ty,
}

/// A program in the making: one contract, or what a file has outside of contracts.
struct Lowering<'w> {
    world: &'w World<'w>,
    /// The contract, or the file.
    home: Place,
    program: Program,
    diagnostics: Diagnostics,
    /// Whether nothing is to be said: somebody else says it.
    muted: bool,
    failed: bool,
    /// Whether this is a file's tests: all else is checked elsewhere.
    testing: bool,
    /// The places that the code of tests names.
    spans: Vec<Span>,
    /// How many more names are looked for where they are not: each time costs as much as there are names.
    guesses: Cell<u32>,
    hashes: &'w CodeHashes,
    creates: BTreeSet<DeclarationId>,
    /// The types of records and enums; none while one is being resolved.
    named_types: BTreeMap<DeclarationId, Option<Ty>>,
    members: BTreeMap<&'w str, StorageMember>,
    actions: BTreeMap<&'w str, &'w ast::Action>,
    modifiers: BTreeMap<&'w str, &'w ast::Modifier>,
    events: BTreeMap<DeclarationId, crate::ir::EventId>,
    functions: BTreeMap<Callee<'w>, (FunctionId, Signature<'w>)>,
    modifier_functions: BTreeMap<&'w str, FunctionId>,
    merkle_verify: Option<FunctionId>,
    /// Gives storage its first values.
    initialise: Option<FunctionId>,
    /// Storage members whose types are inferred, and are not known yet.
    uninferred: BTreeSet<&'w str>,
    /// The actions of other contracts and of protocols that are called.
    other_actions: BTreeMap<DeclarationId, BTreeMap<&'w str, &'w ast::Action>>,
    /// Functions that are called, and whose bodies are not lowered yet.
    pending: Vec<DeclarationId>,
    /// What each of the program's functions does.
    effects: Vec<Effects>,
    frame: Frame<'w>,
}

impl<'w> Lowering<'w> {
    fn new(world: &'w World<'w>, home: Place, hashes: &'w CodeHashes) -> Self {
        let name = home.owner.map_or("", |owner| world.declaration(owner).name.name.as_str());
        Self {
            world,
            home,
            program: Program::new(name),
            diagnostics: Diagnostics::default(),
            muted: false,
            failed: false,
            testing: false,
            spans: Vec::new(),
            guesses: Cell::new(GUESSES_MAX),
            hashes,
            creates: BTreeSet::new(),
            named_types: BTreeMap::new(),
            members: BTreeMap::new(),
            actions: BTreeMap::new(),
            modifiers: BTreeMap::new(),
            events: BTreeMap::new(),
            functions: BTreeMap::new(),
            modifier_functions: BTreeMap::new(),
            merkle_verify: None,
            initialise: None,
            uninferred: BTreeSet::new(),
            other_actions: BTreeMap::new(),
            pending: Vec::new(),
            effects: Vec::new(),
            frame: Frame::new(FrameKind::Expression, home, Ty::Error),
        }
    }

    /// Says something, unless somebody else does.
    fn report(&mut self, diagnostic: Diagnostic) {
        self.failed |= diagnostic.is_error();
        self.frame.failed |= diagnostic.is_error();
        let follows = self.world.incomplete && FOLLOW_FROM_MISSING.contains(&diagnostic.code);
        if !self.muted && !follows {
            self.diagnostics.push(diagnostic);
        }
    }

    fn duplicate(&mut self, name: &ast::Identifier, first: Span, what: &str) {
        if name.name.is_empty() {
            return;
        }
        let diagnostic = Diagnostic::error(codes::DUPLICATE, format!("there are two {what}s called `{}`", name.name))
            .label(name.span, "")
            .context(first, "the first")
            .help("rename one of them, or remove it");
        self.report(diagnostic);
    }

    /// Says nothing from here on about a declaration that others check; gives what was before.
    fn mute_unless_own(&mut self, id: DeclarationId) -> bool {
        let declaration = self.world.declaration(id);
        let own = declaration.unit == self.home.unit && declaration.owner == self.home.owner;
        // What belongs to a protocol is checked with its file.
        let protocol = declaration
            .owner
            .is_some_and(|owner| matches!(self.world.declaration(owner).kind, DeclarationKind::Protocol(_)));
        let own = own || (protocol && self.home.owner.is_none() && declaration.unit == self.home.unit);
        let muted = self.muted;
        // Whatever tests use is checked by those that it belongs to.
        self.muted |= !own || self.testing;
        muted
    }

    /// Where the names in a declaration are looked up.
    fn place_of(&self, id: DeclarationId) -> Place {
        let declaration = self.world.declaration(id);
        let owner = match declaration.kind {
            DeclarationKind::Contract(_) | DeclarationKind::Protocol(_) => Some(id),
            _ => declaration.owner,
        };
        Place { unit: declaration.unit, owner }
    }

    /// That a file which is used here has `name`, but does not export it.
    fn not_exported(&self, name: &str) -> Option<String> {
        self.guesses.set(self.guesses.get().checked_sub(1)?);
        let units = &self.world.units[self.frame_unit()].uses;
        let mut hidden =
            self.world.declarations.iter().filter(|declaration| declaration.name.name == name && !declaration.exported);
        let found = hidden.find(|declaration| {
            declaration.owner.is_none() && units.iter().any(|(_, used)| *used == declaration.unit)
        })?;
        let file = self.world.sources[self.world.units[found.unit].source].name();
        Some(format!("{file} has it: write `export` before it there"))
    }

    /// The file whose names are looked up.
    fn frame_unit(&self) -> usize {
        self.frame.place.unit
    }

    /// A name among `candidates` that is close to one that is not there.
    fn closest<'c>(&self, name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
        self.guesses.set(self.guesses.get().checked_sub(1)?);
        words::closest(name, candidates.into_iter()).map(str::to_owned)
    }

    /// The names of the declarations of some kinds that are visible here.
    fn names_of(&self, kinds: fn(&DeclarationKind<'_>) -> bool) -> impl Iterator<Item = &'w str> + '_ {
        let visible = self.world.visible(self.frame.place);
        visible.filter(move |(_, id)| kinds(&self.world.declaration(*id).kind)).map(|(name, _)| name)
    }

    /// Adds a function to the program whose body comes later.
    fn declare_function(&mut self, name: &str, result: Ty) -> FunctionId {
        self.effects.push(Effects::default());
        self.program.declare(name, result.or_unit())
    }

    /// Gives a function the body that was lowered.
    fn define_function(&mut self, id: FunctionId, name: &str) {
        let home = self.home;
        let frame = std::mem::replace(&mut self.frame, Frame::new(FrameKind::Expression, home, Ty::Error));
        let (function, effects) = frame.finish(name);
        self.program.define(id, function);
        if let Some(place) = self.effects.get_mut(id.index()) {
            *place = effects;
        }
    }
}
