//! The engines of contracts: which features they may use, who compiles them, and where their instances live.
//!
//! Winch compiles a contract first, where it knows the processor: in one pass, so that no hostile module compiles for long.
//! What runs much is compiled again by Cranelift, in the background (`improve`). The features are those that a runtime's
//! validator may allow; it decides, not this list.

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy, WasmFeatures,
};

use crate::error::StartError;
use crate::executor::CompileStrategy;
use crate::limits::{
    CONTRACT_MEMORY_BYTES_MAX, CONTRACT_RESIDENT_BYTES_MAX, CONTRACT_STACK_BYTES_MAX, CONTRACT_TABLE_ELEMENTS_MAX,
    IDLE_INSTANCES_MAX, INSTANCE_BYTES_MAX, Limits, SANDBOX_INSTANCES_MAX,
};

/// Who compiles.
#[derive(Clone, Copy, Debug)]
enum Compiler {
    Winch,
    /// Without optimisation: for processors that Winch does not know.
    CraneliftQuick,
    Cranelift,
}

/// The engines that a sandbox has.
pub(super) struct Engines {
    /// Compiles what is seen for the first time.
    pub first: Engine,
    /// Compiles what runs much.
    pub better: Option<Engine>,
}

impl Engines {
    /// Starts them. Where no pool can be had, instances are made on demand; where Winch does not know the processor,
    /// Cranelift compiles.
    pub fn start(strategy: CompileStrategy, limits: &Limits) -> Result<Self, StartError> {
        use Compiler::{Cranelift, CraneliftQuick, Winch};
        let (first, better): (&[_], &[_]) = match strategy {
            CompileStrategy::WinchThenCranelift => (&[Winch, CraneliftQuick], &[Cranelift]),
            CompileStrategy::WinchOnly => (&[Winch, CraneliftQuick], &[]),
            CompileStrategy::CraneliftOnly => (&[Cranelift], &[]),
        };
        let first = start(first, limits)?;
        let better = if better.is_empty() { None } else { Some(start(better, limits)?) };
        Ok(Self { first, better })
    }
}

/// An engine with the first of the compilers that it can be had with.
fn start(compilers: &[Compiler], limits: &Limits) -> Result<Engine, StartError> {
    let mut last = String::new();
    for compiler in compilers {
        for pooled in [true, false] {
            match Engine::new(&config(*compiler, limits, pooled)) {
                Ok(engine) => return Ok(engine),
                Err(error) => last = format!("{compiler:?} (pooled: {pooled}): {error:#}"),
            }
            tracing::warn!("contracts: {last}");
        }
    }
    Err(StartError::Engine(last))
}

fn config(compiler: Compiler, limits: &Limits, pooled: bool) -> Config {
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
        .wasm_multi_value(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .cranelift_nan_canonicalization(true)
        .wasm_backtrace_max_frames(None)
        .max_wasm_stack(CONTRACT_STACK_BYTES_MAX)
        .async_stack_size(CONTRACT_STACK_BYTES_MAX)
        .memory_reservation(1 << 32)
        .memory_guard_size(32 << 20)
        .memory_init_cow(true);
    match compiler {
        Compiler::Winch => config.strategy(Strategy::Winch),
        Compiler::CraneliftQuick => config.strategy(Strategy::Cranelift).cranelift_opt_level(OptLevel::None),
        Compiler::Cranelift => config
            .strategy(Strategy::Cranelift)
            .cranelift_opt_level(OptLevel::Speed)
            // One thread, so that compiling in the background leaves the other processors to the chain.
            .parallel_compilation(false),
    };
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    }
    config
}

/// Room for every instance that the runtime calls that run at once may have, for those that wait to be used again (those that
/// are just being dropped included), and for one of the background compiler: the pool is never what is short.
fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let instances = limits.calls_at_once_max.saturating_mul(SANDBOX_INSTANCES_MAX as u32 + 1);
    let instances = instances.saturating_add(IDLE_INSTANCES_MAX as u32 + 1);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        .total_memories(instances)
        .total_tables(instances)
        .max_memories_per_module(1)
        .max_tables_per_module(1)
        .table_elements(CONTRACT_TABLE_ELEMENTS_MAX)
        .max_core_instance_size(INSTANCE_BYTES_MAX)
        .max_memory_size(CONTRACT_MEMORY_BYTES_MAX)
        .linear_memory_keep_resident(CONTRACT_RESIDENT_BYTES_MAX)
        .table_keep_resident(CONTRACT_TABLE_ELEMENTS_MAX * size_of::<usize>())
        .max_unused_warm_slots(16)
        .pagemap_scan(Enabled::Auto);
    pool
}
