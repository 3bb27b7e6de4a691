//! The wasmtime engines: which features of WebAssembly runtimes may use, how they are compiled, where instances live.
//!
//! There are three *lanes*. [`LaneKind::Fast`] compiles by Winch, quickly; [`LaneKind::Good`] by Cranelift, to faster
//! code; both take instances from a pool and are interrupted by a clock. [`LaneKind::Probe`] counts instructions instead
//! and exists to ask an unknown blob for its version: that answer is part of consensus, so no clock may decide it.
//!
//! Both compilers give the same results: floats have canonical NaNs, and features whose result may differ between
//! machines (relaxed SIMD, threads) are off, like all that Substrate's runtimes don't use.
//!
//! Out of scope: what is linked to the modules (`host`), and what is kept (`cache`).

mod ticker;

use std::collections::HashMap;

use wasmtime::{
    Config, Enabled, Engine, Extern, FuncType, InstanceAllocationStrategy, Linker, Module, OptLevel,
    PoolingAllocationConfig, Store, Strategy, WasmFeatures,
};

use crate::code::{Signature, unresolved};
use crate::error::{InvalidCode, StartError};
use crate::host::{HostState, link_host_functions, link_probe_functions};
use crate::limits::{INSTANCE_BYTES_MAX, Limits, TABLE_ELEMENTS_MAX, WASM_PAGE_BYTES};

use wasmparser::ValType;
use ziver_state::Overlay;

pub(crate) use ticker::Ticker;

/// Milliseconds between two ticks of the clock that interrupts calls.
pub(crate) const TICK_MS: u64 = 10;

/// What a lane is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaneKind {
    /// Winch: compiles about ten times faster.
    Fast,
    /// Cranelift: code runs two to four times faster.
    Good,
    /// Cranelift without optimisation, counting instructions.
    Probe,
}

impl LaneKind {
    /// A word for the names of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "winch",
            Self::Good => "cranelift",
            Self::Probe => "probe",
        }
    }
}

/// An engine with the host functions linked to it.
pub(crate) struct Lane {
    pub kind: LaneKind,
    pub engine: Engine,
    pub linker: Linker<HostState>,
    signatures: HashMap<String, Signature>,
}

impl Lane {
    /// Starts an engine. Where the pool's address space can't be had (a container with a limit on virtual memory, say),
    /// instances are made on demand: slower, with the same results.
    pub fn start(kind: LaneKind, limits: &Limits) -> Result<Self, StartError> {
        let pooled = kind != LaneKind::Probe;
        let engine = match Engine::new(&config(kind, limits, pooled)) {
            Err(error) if pooled => {
                tracing::warn!("no pool for runtime instances, making them on demand: {error}");
                Engine::new(&config(kind, limits, false))
            }
            result => result,
        };
        let engine = engine.map_err(|error| StartError::Engine(format!("{error:#}")))?;
        let mut linker = Linker::new(&engine);
        let linked = match kind {
            LaneKind::Probe => link_probe_functions(&mut linker),
            LaneKind::Fast | LaneKind::Good => link_host_functions(&mut linker),
        };
        linked.map_err(|error| StartError::Engine(format!("{error:#}")))?;
        let signatures = linked_signatures(&linker, &engine, limits);
        Ok(Self { kind, engine, linker, signatures })
    }

    /// The signature of the host function `env.name`.
    pub fn signature(&self, name: &str) -> Option<&Signature> {
        self.signatures.get(name)
    }

    /// Every linked function with its signature.
    #[cfg(test)]
    pub fn signatures(&self) -> impl Iterator<Item = (&String, &Signature)> {
        self.signatures.iter()
    }

    /// The first import of `module` that names a host function and wants it with another signature.
    pub fn mismatch(&self, module: &Module) -> Option<InvalidCode> {
        let wrong = module.imports().find(|import| {
            let ty = import.ty();
            let wanted = ty.func().map(signature);
            import.module() == "env" && self.signature(import.name()).is_some_and(|ours| wanted.as_ref() != Some(ours))
        })?;
        Some(unresolved(wrong.module(), wrong.name()))
    }

    /// The clock's ticks after which a call that may take `time_ms` is ended.
    pub fn deadline_ticks(time_ms: u64) -> u64 {
        time_ms.div_ceil(TICK_MS).saturating_add(1)
    }
}

fn linked_signatures(linker: &Linker<HostState>, engine: &Engine, limits: &Limits) -> HashMap<String, Signature> {
    let mut store = Store::new(engine, HostState::new(Overlay::default(), None, limits.memory_pages_max));
    let functions = linker.iter(&mut store).filter(|(module, ..)| *module == "env");
    let functions: Vec<_> = functions.map(|(_, name, item)| (name.to_owned(), item)).collect();
    let typed = |(name, item): (String, Extern)| Some((name, signature(&item.into_func()?.ty(&store))));
    functions.into_iter().filter_map(typed).collect()
}

fn value_type(ty: wasmtime::ValType) -> ValType {
    match ty {
        wasmtime::ValType::I32 => ValType::I32,
        wasmtime::ValType::I64 => ValType::I64,
        wasmtime::ValType::F32 => ValType::F32,
        wasmtime::ValType::F64 => ValType::F64,
        wasmtime::ValType::V128 => ValType::V128,
        // No host function has references, so it matters only that this differs from the others.
        wasmtime::ValType::Ref(_) => ValType::EXTERNREF,
    }
}

fn signature(ty: &FuncType) -> Signature {
    Signature { params: ty.params().map(value_type).collect(), results: ty.results().map(value_type).collect() }
}

fn config(kind: LaneKind, limits: &Limits, pooled: bool) -> Config {
    let mut config = Config::new();
    config
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_features(WasmFeatures::REFERENCE_TYPES, false)
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .cranelift_nan_canonicalization(true)
        .wasm_backtrace_max_frames(None)
        .max_wasm_stack(limits.native_stack_bytes_max)
        .async_stack_size(limits.native_stack_bytes_max)
        .memory_reservation(1 << 32)
        .memory_guard_size(32 << 20)
        .memory_init_cow(true);
    match kind {
        LaneKind::Fast => config.strategy(Strategy::Winch).epoch_interruption(true),
        LaneKind::Good => config
            .strategy(Strategy::Cranelift)
            .cranelift_opt_level(OptLevel::Speed)
            // One thread, so that compiling in the background leaves the other processors to the chain.
            .parallel_compilation(false)
            .epoch_interruption(true),
        LaneKind::Probe => {
            config
                .strategy(Strategy::Cranelift)
                .cranelift_opt_level(OptLevel::None)
                .consume_fuel(true)
                // One instruction of these may move the whole memory.
                .wasm_bulk_memory(false)
        }
    };
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    }
    config
}

fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(limits.calls_at_once_max)
        .total_memories(limits.calls_at_once_max)
        .total_tables(limits.calls_at_once_max)
        .max_memories_per_module(1)
        .max_tables_per_module(1)
        .table_elements(TABLE_ELEMENTS_MAX)
        .max_core_instance_size(INSTANCE_BYTES_MAX)
        .max_memory_size(limits.memory_pages_max as usize * WASM_PAGE_BYTES as usize)
        .linear_memory_keep_resident(limits.resident_bytes_max)
        .table_keep_resident(128 * 1024)
        .max_unused_warm_slots(4)
        .pagemap_scan(Enabled::Auto);
    pool
}
