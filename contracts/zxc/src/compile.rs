//! From a source file to a bundle: all stages in a row.
//!
//! A contract that creates others contains the hashes of their code, so those are compiled first; two that create each other
//! can't be.

use std::collections::BTreeMap;

use crate::{
    analysis::{Analysis, CONTRACTS_MAX, ContractId, Files, Loader, Lowered, codes},
    diagnostics::{Diagnostic, Diagnostics},
    ir::{EntryKind, Program},
    metadata::Bundle,
    source::{Sources, Span},
    testing::{Module, Tests},
    wasm,
};

use ziver_primitives::hashing::blake2_256;

#[cfg(test)]
mod tests;

/// What may be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The contract to compile; none: the only one of the file, or the only one that is exported.
    pub contract: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Compilation {
    /// The contract; none if there were errors.
    pub bundle: Option<Bundle>,
    /// Errors and warnings, by their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were read, which the diagnostics name.
    pub sources: Sources,
}

/// Compiles a contract of the file `source`, which is called `name`; `loader` gives what it uses.
pub fn compile(name: &str, source: &str, loader: &dyn Loader, options: &Options) -> Compilation {
    run(name, source, loader, |contracts, diagnostics| {
        let chosen = contracts.choose(options, diagnostics)?;
        contracts.bundle(chosen, diagnostics)
    })
}

/// Checks everything in the file `source`, which may have no contract, and in what it uses.
pub fn check(name: &str, source: &str, loader: &dyn Loader) -> Compilation {
    run(name, source, loader, |contracts, diagnostics| {
        contracts.analysis.tests(&BTreeMap::new(), diagnostics);
        None
    })
}

/// Compiles a contract, as [`compile`] does, and adds the findings of [`review`](crate::review) on its file.
pub fn verify(name: &str, source: &str, loader: &dyn Loader, options: &Options) -> Compilation {
    run(name, source, loader, |contracts, diagnostics| {
        let chosen = contracts.choose(options, diagnostics)?;
        let bundle = contracts.bundle(chosen, diagnostics);
        if !diagnostics.has_errors() {
            diagnostics.extend(contracts.analysis.review());
        }
        bundle
    })
}

/// Compiles the tests of the file `source`, and the contracts that they create; none if there were errors.
pub fn tests(name: &str, source: &str, loader: &dyn Loader) -> (Option<Tests>, Compilation) {
    let mut tests = None;
    let compilation = run(name, source, loader, |contracts, diagnostics| {
        tests = contracts.tests(diagnostics);
        None
    });
    let has_errors = compilation.diagnostics.iter().any(Diagnostic::is_error);
    (tests.filter(|_| !has_errors), compilation)
}

/// The program of a contract before code is generated for it, and what its comments say; none if there were errors.
pub fn lower(name: &str, source: &str, loader: &dyn Loader, options: &Options) -> (Option<Lowered>, Compilation) {
    let mut lowered = None;
    let compilation = run(name, source, loader, |contracts, diagnostics| {
        let chosen = contracts.choose(options, diagnostics)?;
        lowered = contracts.finished(chosen, diagnostics).filter(|lowered| lowered.program.is_some());
        None
    });
    (lowered, compilation)
}

fn run(
    name: &str,
    source: &str,
    loader: &dyn Loader,
    finish: impl FnOnce(&mut Contracts<'_>, &mut Diagnostics) -> Option<Bundle>,
) -> Compilation {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let mut bundle = None;
    match sources.add(name, source) {
        Ok(root) => {
            let files = Files::read(&mut sources, root, loader, &mut diagnostics);
            let analysis = Analysis::new(&files, &sources, &mut diagnostics);
            analysis.check(&mut diagnostics);
            let mut contracts = Contracts::new(&analysis, &mut diagnostics);
            bundle = finish(&mut contracts, &mut diagnostics);
        }
        Err(problem) => diagnostics.push(Diagnostic::error(codes::LIMIT, problem.to_string())),
    }
    let bundle = if diagnostics.has_errors() { None } else { bundle };
    Compilation { bundle, diagnostics: diagnostics.into_sorted(), sources }
}

/// The contracts of a program, lowered once without the hashes of those that they create.
struct Contracts<'a> {
    analysis: &'a Analysis<'a>,
    lowered: BTreeMap<ContractId, Lowered>,
    hashes: BTreeMap<ContractId, [u8; 32]>,
    /// The modules with these hashes.
    modules: BTreeMap<[u8; 32], Module>,
}

impl<'a> Contracts<'a> {
    fn new(analysis: &'a Analysis<'a>, diagnostics: &mut Diagnostics) -> Self {
        let mut lowered = BTreeMap::new();
        for contract in analysis.contracts() {
            if lowered.len() == CONTRACTS_MAX {
                let message = format!("a program has more than {CONTRACTS_MAX} contracts");
                diagnostics.push(Diagnostic::error(codes::LIMIT, message).label(analysis.name(contract).span, ""));
                break;
            }
            lowered.insert(contract, analysis.contract(contract, &BTreeMap::new(), diagnostics));
        }
        Self { analysis, lowered, hashes: BTreeMap::new(), modules: BTreeMap::new() }
    }

    /// The contract that is to be compiled.
    fn choose(&self, options: &Options, diagnostics: &mut Diagnostics) -> Option<ContractId> {
        let own: Vec<ContractId> = self.analysis.own_contracts().collect();
        if let Some(wanted) = &options.contract {
            let found = own.iter().find(|contract| self.analysis.name(**contract).name == *wanted);
            if found.is_none() {
                let message = format!("the file has no contract `{wanted}`");
                diagnostics.push(self.listed(Diagnostic::error(codes::WHICH_CONTRACT, message), &own));
            }
            return found.copied();
        }
        let exported: Vec<ContractId> =
            own.iter().copied().filter(|contract| self.analysis.is_exported(*contract)).collect();
        match (&own[..], &exported[..]) {
            ([only], _) | (_, [only]) => Some(*only),
            ([], _) => {
                // With errors, the contract may be what could not be read.
                if !diagnostics.has_errors() {
                    let diagnostic = Diagnostic::error(codes::WHICH_CONTRACT, "the file has no contract");
                    diagnostics
                        .push(diagnostic.help(
                            "write `contract Name { ... }`; a file without one can be checked, but not compiled",
                        ));
                }
                None
            }
            _ => {
                let diagnostic = Diagnostic::error(codes::WHICH_CONTRACT, "the file has several contracts");
                diagnostics.push(
                    self.listed(diagnostic, &own).help("name the one that is to be compiled, or export only that one"),
                );
                None
            }
        }
    }

    fn listed(&self, diagnostic: Diagnostic, contracts: &[ContractId]) -> Diagnostic {
        let names = contracts.iter().map(|contract| self.analysis.name(*contract));
        names.fold(diagnostic, |diagnostic, name| diagnostic.context(name.span, ""))
    }

    /// The bundle of a contract.
    fn bundle(&mut self, contract: ContractId, diagnostics: &mut Diagnostics) -> Option<Bundle> {
        let Lowered { program, docs, .. } = self.finished(contract, diagnostics)?;
        let program = program?;
        let wasm = self.module(contract, &program, diagnostics)?;
        Some(Bundle::new(&program, &docs, wasm))
    }

    /// A contract with the hashes of those that it creates.
    fn finished(&mut self, contract: ContractId, diagnostics: &mut Diagnostics) -> Option<Lowered> {
        let mut way = Vec::new();
        self.hashes_for(contract, &mut way, diagnostics)?;
        let first = self.lowered.get(&contract)?;
        if first.creates.is_empty() {
            return Some(first.clone());
        }
        // What is wrong was told when it was lowered first.
        Some(self.analysis.contract(contract, &self.hashes, &mut Diagnostics::default()))
    }

    /// The tests of the first file, with the hashes of the contracts that they create.
    fn tests(&mut self, diagnostics: &mut Diagnostics) -> Option<Tests> {
        let first = self.analysis.tests(&BTreeMap::new(), diagnostics);
        for created in &first.creates {
            self.hash_of(*created, &mut Vec::new(), diagnostics)?;
        }
        // What is wrong was told when they were lowered first.
        let lowered = self.analysis.tests(&self.hashes, &mut Diagnostics::default());
        let modules = std::mem::take(&mut self.modules);
        // A file without tests has no program either.
        let program = if lowered.cases.is_empty() { Program::default() } else { lowered.program? };
        Some(Tests { program, cases: lowered.cases, spans: lowered.spans, modules })
    }

    /// Compiles what `contract` creates. At most `CONTRACTS_MAX` deep.
    fn hashes_for(
        &mut self,
        contract: ContractId,
        way: &mut Vec<ContractId>,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        way.push(contract);
        for created in self.lowered.get(&contract)?.creates.clone() {
            if self.hashes.contains_key(&created) {
                continue;
            }
            if way.contains(&created) {
                let name = self.analysis.name(created);
                let message = format!("`{}` is created by what it creates", name.name);
                let diagnostic = Diagnostic::error(codes::CREATION_CYCLE, message).label(name.span, "");
                let circle = way.iter().chain([&created]).map(|contract| self.analysis.name(*contract).name.as_str());
                let note = circle.collect::<Vec<_>>().join(" creates ");
                diagnostics.push(
                    diagnostic
                        .note(note)
                        .help("let one of them get the hash of the other's code: `create(code_hash, ...)`"),
                );
                return None;
            }
            self.hash_of(created, way, diagnostics)?;
        }
        way.pop();
        Some(())
    }

    /// Compiles a contract that another creates, and what it creates itself.
    fn hash_of(&mut self, created: ContractId, way: &mut Vec<ContractId>, diagnostics: &mut Diagnostics) -> Option<()> {
        if self.hashes.contains_key(&created) {
            return Some(());
        }
        self.hashes_for(created, way, diagnostics)?;
        let program = self.analysis.contract(created, &self.hashes, &mut Diagnostics::default()).program?;
        let wasm = self.module(created, &program, diagnostics)?;
        let hash = blake2_256(&wasm);
        self.hashes.insert(created, hash);
        let names = |kind| {
            let entries = program.entries.iter().filter(move |entry| entry.kind == kind);
            entries.map(|entry| (entry.selector, entry.name.clone())).collect()
        };
        let (constructors, messages) = (names(EntryKind::Constructor), names(EntryKind::Message));
        self.modules.insert(hash, Module { name: program.name.clone(), wasm, constructors, messages });
        Some(())
    }

    fn module(&self, contract: ContractId, program: &Program, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
        match wasm::generate(program) {
            Ok(module) => Some(module),
            Err(problem) => {
                let span: Span = self.analysis.name(contract).span;
                let (code, message) = match problem {
                    wasm::GenerateError::TooLarge { .. } => {
                        (codes::LIMIT, "the contract is larger than contracts may be")
                    }
                    wasm::GenerateError::Check(_) => (codes::INTERNAL, "the compiler has made a mistake, not you"),
                };
                diagnostics.push(Diagnostic::error(code, message).label(span, problem.to_string()));
                None
            }
        }
    }
}
