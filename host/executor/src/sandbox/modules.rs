//! Compiled contracts, kept in memory and on disk by the keccak-256 of their bytes.
//!
//! The hash is computed here, from the bytes, so that no runtime can put one module under another's name.

use std::sync::Arc;

use lru::LruCache;
use parking_lot::Mutex;
use wasmtime::{Engine, ExternType, InstancePre, Linker, Module, ModuleExport, Mutability, ValType};

use super::engine;
use super::instance::ContractState;
use super::link::{Import, link};
use crate::cache::DiskCache;
use crate::error::{InvalidCode, StartError};
use crate::limits::{CONTRACT_CODE_BYTES_MAX, CONTRACT_IMPORTS_MAX, CONTRACTS_BYTES_MAX, Limits};
use ziver_primitives::hashing::keccak_256;

/// The word for the compiler in the names of files; which one it is, the engine's compatibility hash says.
const COMPILER: &str = "contract";

/// A compiled contract: instances come out of it without further work.
pub(crate) struct ContractModule {
    pub(super) pre: InstancePre<ContractState>,
    pub(super) memory: ModuleExport,
    pub(super) gas_left: ModuleExport,
    pub(super) stack_left: ModuleExport,
    bytes: usize,
}

/// The engine of contracts and what it compiled. One serves the whole node.
pub(crate) struct Sandbox {
    engine: Engine,
    kept: Mutex<Kept>,
    /// Held while compiling: one at a time leaves the other processors to the chain.
    compiling: Mutex<()>,
    disk: Option<DiskCache>,
}

/// Modules in memory, the least recently used first to go.
struct Kept {
    modules: LruCache<[u8; 32], Arc<ContractModule>>,
    bytes: usize,
}

impl Sandbox {
    /// Starts the engine. Compiled contracts are kept in `disk` too, if it is there.
    pub fn start(limits: &Limits, disk: Option<DiskCache>) -> Result<Self, StartError> {
        let kept = Kept { modules: LruCache::unbounded(), bytes: 0 };
        Ok(Self { engine: engine::start(limits)?, kept: Mutex::new(kept), compiling: Mutex::new(()), disk })
    }

    /// The module whose bytes have this keccak-256, if it is in memory or on disk.
    pub fn find(&self, hash: &[u8; 32]) -> Option<Arc<ContractModule>> {
        if let Some(module) = self.kept.lock().modules.get(hash) {
            return Some(Arc::clone(module));
        }
        let module = self.disk.as_ref()?.load(&self.engine, COMPILER, hash)?;
        self.keep(hash, &module).ok()
    }

    /// Compiles `code`, which the runtime has checked, and keeps the result under its keccak-256.
    ///
    /// Errors: why it is not a module as [`super`] describes; such a module is never kept.
    pub fn compile(&self, code: &[u8]) -> Result<Arc<ContractModule>, InvalidCode> {
        if code.len() > CONTRACT_CODE_BYTES_MAX {
            return Err(InvalidCode::TooLarge { max: CONTRACT_CODE_BYTES_MAX });
        }
        let hash = keccak_256(code);
        let _turn = self.compiling.lock();
        if let Some(module) = self.find(&hash) {
            return Ok(module);
        }
        let module = Module::new(&self.engine, code).map_err(|error| InvalidCode::NotWasm(format!("{error:#}")))?;
        let kept = self.keep(&hash, &module)?;
        if let Some(disk) = &self.disk {
            disk.store(&self.engine, COMPILER, &hash, &module);
        }
        Ok(kept)
    }

    fn keep(&self, hash: &[u8; 32], module: &Module) -> Result<Arc<ContractModule>, InvalidCode> {
        let module = Arc::new(ContractModule::link(&self.engine, module)?);
        let mut kept = self.kept.lock();
        if let Some(before) = kept.modules.put(*hash, Arc::clone(&module)) {
            kept.bytes = kept.bytes.saturating_sub(before.bytes);
        }
        kept.bytes = kept.bytes.saturating_add(module.bytes);
        while kept.bytes > CONTRACTS_BYTES_MAX
            && let Some((_, oldest)) = kept.modules.pop_lru()
        {
            kept.bytes = kept.bytes.saturating_sub(oldest.bytes);
        }
        Ok(module)
    }
}

impl ContractModule {
    fn link(engine: &Engine, module: &Module) -> Result<Self, InvalidCode> {
        let mut linker = Linker::new(engine);
        if module.imports().len() > CONTRACT_IMPORTS_MAX {
            return Err(InvalidCode::NotWasm(format!("more than {CONTRACT_IMPORTS_MAX} imports")));
        }
        for import in module.imports() {
            let refused = || InvalidCode::Import { module: import.module().to_owned(), name: import.name().to_owned() };
            let ExternType::Func(ty) = import.ty() else { return Err(refused()) };
            let function = Import::new(import.module(), import.name(), &ty).ok_or_else(refused)?;
            // A module may import the same function twice; the first definition stands for both.
            let _ = link(&mut linker, import.module(), import.name(), ty, function);
        }
        let memory = module.get_export_index("memory").ok_or(InvalidCode::NoMemory)?;
        if !matches!(module.get_export("memory"), Some(ExternType::Memory(_))) {
            return Err(InvalidCode::NoMemory);
        }
        let gas_left = counter(module, "gas_left", &ValType::I64)?;
        let stack_left = counter(module, "stack_left", &ValType::I32)?;
        let range = module.image_range();
        let bytes = (range.end as usize).saturating_sub(range.start as usize);
        let pre = linker.instantiate_pre(module).map_err(|error| InvalidCode::Compile(format!("{error:#}")))?;
        Ok(Self { pre, memory, gas_left, stack_left, bytes })
    }
}

/// The exported mutable global `name` of the type `ty`.
fn counter(module: &Module, name: &str, ty: &ValType) -> Result<ModuleExport, InvalidCode> {
    let found = module.get_export(name).and_then(|export| export.global().cloned());
    let fits = found.is_some_and(|global| ValType::eq(global.content(), ty) && global.mutability() == Mutability::Var);
    let index = module.get_export_index(name).filter(|_| fits);
    index.ok_or_else(|| InvalidCode::NotWasm(format!("no mutable global {name}")))
}
