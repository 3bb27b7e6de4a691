//! Compiled contracts, kept in memory and on disk by the keccak-256 of their bytes.
//!
//! The hash is computed here, from the bytes, so that no runtime can put one module under another's name.
//!
//! What is seen for the first time is compiled at once, quickly. A module that has run much is compiled again in the
//! background (`improve`), to faster code, which new instances then come from. The bytes of modules are not kept: when one has
//! become hot, [`Sandbox::find`] says once that it does not know it, so that the runtime hands it over.
//!
//! Invariant: which engine's code runs never shows in a result.
//! Invariant: a module is refused for what it is; that this host could not compile it is no answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use lru::LruCache;
use parking_lot::Mutex;
use wasmtime::{Engine, ExternType, InstancePre, Linker, Module, ModuleExport, Mutability, ValType};

use super::engine::Engines;
use super::improve::{self, Improver};
use super::instance::ContractState;
use super::link::{Import, link};
use super::reuse::{Idle, Initial, is_reusable};
use crate::cache::DiskCache;
use crate::error::{HostError, InvalidCode, StartError};
use crate::executor::CompileStrategy;
use crate::limits::{
    CONTRACT_CODE_BYTES_MAX, CONTRACT_HOT_GAS_MIN, CONTRACT_HOT_GAS_PER_BYTE, CONTRACT_IMPORTS_MAX,
    CONTRACTS_BYTES_MAX, CONTRACTS_MAX, Limits, REUSED_INSTANCES_MIN,
};
use ziver_primitives::hashing::keccak_256;

/// The word for the compiler in the names of files; which one it is, the engine's compatibility hash says.
const COMPILER: &str = "contract";
/// The same where instances can be used again: that is seen from the bytes alone, which are not kept.
const COMPILER_REUSABLE: &str = "contract-reusable";

/// A compiled contract: instances come out of it without further work.
pub(crate) struct ContractModule {
    pub(super) pre: InstancePre<ContractState>,
    pub(super) memory: ModuleExport,
    pub(super) gas_left: ModuleExport,
    pub(super) stack_left: ModuleExport,
    pub(super) heat: Heat,
    /// What instances begin with, where they can be used again.
    pub(super) initial: Option<Initial>,
    bytes: usize,
}

/// How much a module has run, of those that may be compiled again.
#[derive(Default)]
pub(super) struct Heat {
    /// What its invocations used, with all that they called. A hint, no more.
    gas: AtomicU64,
    /// Whether the runtime was asked to hand the module over.
    is_asked: AtomicBool,
    /// Whether the background compiler has, or had, the module.
    is_queued: AtomicBool,
    /// Instances that could have been used again, as far as they are counted.
    instances: AtomicU32,
}

impl Heat {
    /// An instance could be used again; whether there were enough of them to keep it.
    pub fn is_reused(&self) -> bool {
        self.instances.load(Ordering::Relaxed) >= REUSED_INSTANCES_MIN
            || self.instances.fetch_add(1, Ordering::Relaxed) >= REUSED_INSTANCES_MIN
    }

    /// An invocation used this.
    pub fn add(&self, gas: u64) {
        self.gas.fetch_add(gas, Ordering::Relaxed);
    }
}

/// The engines of contracts and what they compiled. One serves the whole node.
pub(crate) struct Sandbox {
    engines: Engines,
    kept: Mutex<Kept>,
    /// Held while compiling for somebody who waits: one at a time leaves the other processors to the chain.
    compiling: Mutex<()>,
    disk: Option<DiskCache>,
    improver: Option<Improver>,
    improved: AtomicU64,
    pub(super) idle: Idle,
    modules_max: usize,
    bytes_max: usize,
}

/// Why there is no compiled module.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    /// It is not a module as [`super`] describes: that is so on every host.
    #[error(transparent)]
    Module(#[from] InvalidCode),
    /// This host could not compile it.
    #[error(transparent)]
    Host(HostError),
}

/// Modules in memory, the least recently used first to go.
struct Kept {
    modules: LruCache<[u8; 32], Arc<ContractModule>>,
    bytes: usize,
}

impl Sandbox {
    /// Starts the engines, and the background compiler where there is a second engine. Compiled contracts are kept in `disk`
    /// too, if it is there.
    pub fn start(strategy: CompileStrategy, limits: &Limits, disk: Option<DiskCache>) -> Result<Arc<Self>, StartError> {
        let engines = Engines::start(strategy, limits)?;
        let (improver, jobs) = engines.better.is_some().then(improve::queue).unzip();
        let kept = Mutex::new(Kept { modules: LruCache::unbounded(), bytes: 0 });
        let improved = AtomicU64::new(0);
        let (modules_max, bytes_max) = (CONTRACTS_MAX, CONTRACTS_BYTES_MAX);
        let (compiling, idle) = (Mutex::new(()), Idle::default());
        let sandbox = Self { engines, kept, compiling, disk, improver, improved, idle, modules_max, bytes_max };
        let sandbox = Arc::new(sandbox);
        if let Some(jobs) = jobs {
            improve::start(&sandbox, jobs)?;
        }
        Ok(sandbox)
    }

    /// The module whose bytes have this keccak-256, if it is in memory or on disk.
    ///
    /// Once for a module that has become hot the answer is `None` too: whoever asked hands it over then, by
    /// [`Self::compile`], and asks again. `has_asked` keeps whether that has happened in this call of the runtime, where it
    /// happens only once.
    pub fn find(&self, hash: &[u8; 32], has_asked: &mut bool) -> Option<Arc<ContractModule>> {
        let Some(module) = self.known(hash) else { return self.load(hash) };
        let heat = &module.heat;
        if self.improver.is_some() && !*has_asked && module.is_hot() && !heat.is_asked.swap(true, Ordering::Relaxed) {
            *has_asked = true;
            return None;
        }
        Some(module)
    }

    /// Compiles `code`, which the runtime has checked, and keeps the result under its keccak-256.
    ///
    /// Errors: see [`CompileError`]; a module that does not compile is never kept.
    pub fn compile(&self, code: &[u8]) -> Result<Arc<ContractModule>, CompileError> {
        if code.len() > CONTRACT_CODE_BYTES_MAX {
            return Err(InvalidCode::TooLarge { max: CONTRACT_CODE_BYTES_MAX }.into());
        }
        let hash = keccak_256(code);
        let _turn = self.compiling.lock();
        if let Some(module) = self.known(&hash).or_else(|| self.load(&hash)) {
            self.enqueue(&module, hash, code);
            return Ok(module);
        }
        self.compile_by(&self.engines.first, &hash, code)
    }

    /// What the background thread does with a module that runs much: has the best code of it, which later instances run.
    pub(super) fn improve(&self, hash: &[u8; 32], code: &[u8]) -> Result<(), CompileError> {
        let Some(better) = &self.engines.better else { return Ok(()) };
        match self.disk.as_ref().and_then(|disk| load(disk, better, hash)) {
            Some((module, is_reusable)) => self.keep(better, hash, &module, is_reusable)?,
            None => self.compile_by(better, hash, code)?,
        };
        self.improved.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// How many modules were compiled again.
    pub fn improved(&self) -> u64 {
        self.improved.load(Ordering::Relaxed)
    }

    /// How many instances were used again.
    pub fn reused(&self) -> u64 {
        self.idle.reused()
    }

    fn known(&self, hash: &[u8; 32]) -> Option<Arc<ContractModule>> {
        self.kept.lock().modules.get(hash).cloned()
    }

    /// The module from disk: the better code where it is there.
    fn load(&self, hash: &[u8; 32]) -> Option<Arc<ContractModule>> {
        let disk = self.disk.as_ref()?;
        let engines = self.engines.better.iter().chain([&self.engines.first]);
        let (engine, (module, is_reusable)) =
            engines.into_iter().find_map(|engine| Some((engine, load(disk, engine, hash)?)))?;
        self.keep(engine, hash, &module, is_reusable).ok()
    }

    /// Hands a hot module to the background compiler. Where that has enough to do, the module has to become hot again.
    fn enqueue(&self, module: &ContractModule, hash: [u8; 32], code: &[u8]) {
        let heat = &module.heat;
        let Some(improver) = &self.improver else { return };
        if module.is_hot() && !heat.is_queued.swap(true, Ordering::Relaxed) && !improver.take(hash, code) {
            heat.gas.store(0, Ordering::Relaxed);
            heat.is_asked.store(false, Ordering::Relaxed);
            heat.is_queued.store(false, Ordering::Relaxed);
        }
    }

    fn compile_by(&self, engine: &Engine, hash: &[u8; 32], code: &[u8]) -> Result<Arc<ContractModule>, CompileError> {
        let module = Module::new(engine, code).map_err(|error| match Module::validate(engine, code) {
            Ok(()) => CompileError::Host(HostError::SandboxInstance(format!("{error:#}"))),
            Err(error) => InvalidCode::NotWasm(format!("{error:#}")).into(),
        })?;
        let is_reusable = is_reusable(code);
        let kept = self.keep(engine, hash, &module, is_reusable)?;
        if let Some(disk) = &self.disk {
            disk.store(engine, if is_reusable { COMPILER_REUSABLE } else { COMPILER }, hash, &module);
        }
        Ok(kept)
    }

    fn keep(
        &self,
        engine: &Engine,
        hash: &[u8; 32],
        module: &Module,
        is_reusable: bool,
    ) -> Result<Arc<ContractModule>, CompileError> {
        let mut linked = ContractModule::link(engine, module)?;
        if is_reusable {
            linked.initial = Initial::of(&linked.pre, &linked.memory);
            linked.bytes = linked.bytes.saturating_add(linked.initial.as_ref().map_or(0, Initial::bytes));
        }
        let module = Arc::new(linked);
        if self.engines.better.as_ref().is_some_and(|better| Engine::same(better, engine)) {
            module.heat.is_asked.store(true, Ordering::Relaxed);
            module.heat.is_queued.store(true, Ordering::Relaxed);
        }
        let mut kept = self.kept.lock();
        if let Some(before) = kept.modules.put(*hash, Arc::clone(&module)) {
            kept.bytes = kept.bytes.saturating_sub(before.bytes);
        }
        kept.bytes = kept.bytes.saturating_add(module.bytes);
        while (kept.bytes > self.bytes_max || kept.modules.len() > self.modules_max)
            && let Some((_, oldest)) = kept.modules.pop_lru()
        {
            kept.bytes = kept.bytes.saturating_sub(oldest.bytes);
        }
        Ok(module)
    }
}

impl ContractModule {
    /// Whether it has run for about as long as it takes to compile it again.
    fn is_hot(&self) -> bool {
        let bytes = u64::try_from(self.bytes).unwrap_or(u64::MAX);
        let needed = bytes.saturating_mul(CONTRACT_HOT_GAS_PER_BYTE).max(CONTRACT_HOT_GAS_MIN);
        self.heat.gas.load(Ordering::Relaxed) >= needed
    }

    fn link(engine: &Engine, module: &Module) -> Result<Self, CompileError> {
        let mut linker = Linker::new(engine);
        if module.imports().len() > CONTRACT_IMPORTS_MAX {
            return Err(InvalidCode::NotWasm(format!("more than {CONTRACT_IMPORTS_MAX} imports")).into());
        }
        for import in module.imports() {
            let refused = || InvalidCode::Import { module: import.module().to_owned(), name: import.name().to_owned() };
            let ExternType::Func(ty) = import.ty() else { return Err(refused().into()) };
            let function = Import::new(import.module(), import.name(), &ty).ok_or_else(refused)?;
            // A module may import the same function twice; the first definition stands for both.
            let _ = link(&mut linker, import.module(), import.name(), ty, function);
        }
        let memory = module.get_export_index("memory").ok_or(InvalidCode::NoMemory)?;
        if !matches!(module.get_export("memory"), Some(ExternType::Memory(_))) {
            return Err(InvalidCode::NoMemory.into());
        }
        let gas_left = counter(module, "gas_left", &ValType::I64)?;
        let stack_left = counter(module, "stack_left", &ValType::I32)?;
        let range = module.image_range();
        let bytes = (range.end as usize).saturating_sub(range.start as usize);
        let failed = |error| CompileError::Host(HostError::SandboxInstance(format!("{error:#}")));
        let pre = linker.instantiate_pre(module).map_err(failed)?;
        Ok(Self { pre, memory, gas_left, stack_left, heat: Heat::default(), initial: None, bytes })
    }
}

/// The module from disk, and whether its instances can be used again.
fn load(disk: &DiskCache, engine: &Engine, hash: &[u8; 32]) -> Option<(Module, bool)> {
    let words = [(COMPILER_REUSABLE, true), (COMPILER, false)];
    words.into_iter().find_map(|(word, is_reusable)| Some((disk.load(engine, word, hash)?, is_reusable)))
}

/// The exported mutable global `name` of the type `ty`.
fn counter(module: &Module, name: &str, ty: &ValType) -> Result<ModuleExport, InvalidCode> {
    let found = module.get_export(name).and_then(|export| export.global().cloned());
    let fits = found.is_some_and(|global| ValType::eq(global.content(), ty) && global.mutability() == Mutability::Var);
    let index = module.get_export_index(name).filter(|_| fits);
    index.ok_or_else(|| InvalidCode::NotWasm(format!("no mutable global {name}")))
}

#[cfg(test)]
mod tests;
