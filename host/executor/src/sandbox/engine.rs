//! The engine of contracts: which features they may use and where their instances live.
//!
//! Winch compiles them, where it knows the processor: in one pass, so that no hostile module compiles for long. The
//! features are those that a runtime's validator may allow; it decides, not this list.

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy, WasmFeatures,
};

use crate::error::StartError;
use crate::limits::{
    CONTRACT_MEMORY_BYTES_MAX, CONTRACT_RESIDENT_BYTES_MAX, CONTRACT_STACK_BYTES_MAX, CONTRACT_TABLE_ELEMENTS_MAX,
    INSTANCE_BYTES_MAX, Limits, SANDBOX_INSTANCES_MAX,
};

/// Starts the engine. Where no pool can be had, instances are made on demand; where Winch does not know the processor,
/// Cranelift compiles.
pub(super) fn start(limits: &Limits) -> Result<Engine, StartError> {
    let attempts = [(Strategy::Winch, true), (Strategy::Winch, false), (Strategy::Cranelift, true)];
    for (strategy, pooled) in attempts {
        match Engine::new(&config(strategy, limits, pooled)) {
            Ok(engine) => return Ok(engine),
            Err(error) => tracing::warn!("contracts: {strategy:?} (pooled: {pooled}) does not start: {error}"),
        }
    }
    Engine::new(&config(Strategy::Cranelift, limits, false)).map_err(|error| StartError::Engine(format!("{error:#}")))
}

fn config(strategy: Strategy, limits: &Limits, pooled: bool) -> Config {
    let mut config = Config::new();
    config
        .strategy(strategy)
        .cranelift_opt_level(OptLevel::None)
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
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    }
    config
}

/// Room for every instance that the runtime calls that run at once may have: the pool is never what is short.
fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let instances = limits.calls_at_once_max.saturating_mul(SANDBOX_INSTANCES_MAX as u32);
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
