//! The executor: what the rest of the host sees of all this.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use lru::LruCache;
use parking_lot::{Condvar, Mutex};
use wasmtime::Module;
use ziver_primitives::RuntimeVersion;
use ziver_primitives::hashing::blake2_256;
use ziver_state::{Overlay, RuntimeCode};

use crate::cache::{DiskCache, ModuleCache, ModuleFigures, Prepared, start_compiler};
use crate::code::{Shape, check_runnable, check_runtime, decode_version, embedded_version, unpack};
use crate::engine::{Lane, LaneKind, Ticker};
use crate::error::{CallError, InvalidCode, StartError};
use crate::hints::Hints;
use crate::host::stubs;
use crate::instance::{Budget, Call, Compiled};
use crate::limits::{
    CONTRACT_DISK_CACHE_FILES_MAX, DISK_CACHE_FILES_MAX, Limits, PROBE_CODE_BYTES_MAX, PROBE_FUEL_MAX,
    PROBE_MEMORY_PAGES_MAX, RUNTIME_MEMORY_PAGES_MAX, VALIDATED_CODES_MAX,
};
use crate::recover::{Ahead, RecoverCache, RecoverInput, Recoverers};
use crate::sandbox::Sandbox;

/// Which compilers are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompileStrategy {
    /// Winch for the first call, Cranelift in the background: no call waits long, soon all are fast. Of contracts only those
    /// that run much are compiled again.
    #[default]
    WinchThenCranelift,
    /// Cranelift for the first call.
    CraneliftOnly,
    /// Winch, where it knows the processor, and nothing else.
    WinchOnly,
}

/// How an executor is set up.
#[derive(Clone, Debug, Default)]
pub struct ExecutorConfig {
    /// Where compiled runtimes are kept between starts; the folder must be the node's own. `None`: nowhere.
    pub cache_dir: Option<PathBuf>,
    /// Which compilers are used.
    pub strategy: CompileStrategy,
    /// Which compilers are used for contracts; `None`: the same.
    pub contracts: Option<CompileStrategy>,
    /// The limits of each call.
    pub limits: Limits,
}

/// Runs runtimes. One serves the whole node, from any number of threads.
pub struct Executor {
    shared: Arc<Shared>,
    recoverers: Recoverers,
}

impl Executor {
    /// Starts the engines, the clock and the background compiler.
    pub fn new(config: ExecutorConfig) -> Result<Self, StartError> {
        let limits = config.limits;
        check_limits(&limits)?;
        let lanes = Lanes::start(config.strategy, &limits)?;
        let clock = Ticker::start(lanes.fast.iter().chain(&lanes.good).map(|lane| lane.engine.weak()).collect())?;
        let disk = config.cache_dir.as_deref().and_then(|folder| DiskCache::open(folder, DISK_CACHE_FILES_MAX));
        let contracts = config.cache_dir.map(|folder| folder.join("contracts"));
        let contracts = contracts.and_then(|folder| DiskCache::open(&folder, CONTRACT_DISK_CACHE_FILES_MAX));
        let sandbox = Sandbox::start(config.contracts.unwrap_or(config.strategy), &limits, contracts)?;
        let (modules, jobs) = ModuleCache::new(disk, &limits);
        let remembered = NonZeroUsize::new(VALIDATED_CODES_MAX).unwrap_or(NonZeroUsize::MIN);
        let shared = Arc::new(Shared {
            gate: Gate::new(limits.calls_at_once_max),
            limits,
            strategy: config.strategy,
            recovered: Arc::default(),
            lanes,
            modules,
            sandbox,
            versions: Mutex::new(LruCache::new(remembered)),
            validated: Mutex::new(LruCache::new(remembered)),
            _clock: clock,
        });
        start_compiler(&shared, jobs)?;
        let recoverers = Recoverers::new(shared.recovered.clone());
        Ok(Self { shared, recoverers })
    }

    /// Calls `method` of the runtime `code` with `input` on `overlay` and gives its output, both SCALE-encoded.
    ///
    /// The overlay holds the changes afterwards. After an error it still holds those that the runtime made before, without
    /// any transaction that it left open: whoever called drops it, or rolls back a transaction of its own.
    pub fn call(
        &self,
        code: &RuntimeCode,
        method: &str,
        input: &[u8],
        overlay: &mut Overlay,
    ) -> Result<Vec<u8>, CallError> {
        self.call_within(self.shared.limits.call_time_ms_max, code, method, input, overlay)
    }

    /// [`Self::call`], with a limit of its own on the time, in milliseconds.
    pub fn call_within(
        &self,
        time_ms: u64,
        code: &RuntimeCode,
        method: &str,
        input: &[u8],
        overlay: &mut Overlay,
    ) -> Result<Vec<u8>, CallError> {
        self.call_by(time_ms, Hints::default(), code, method, input, overlay)
    }

    fn call_by(
        &self,
        time_ms: u64,
        hints: Hints,
        code: &RuntimeCode,
        method: &str,
        input: &[u8],
        overlay: &mut Overlay,
    ) -> Result<Vec<u8>, CallError> {
        let compiled = self.shared.modules.load(&self.shared, code)?;
        let _turn = self.shared.gate.enter();
        let budget = Budget::Time { ms: time_ms };
        let memory_pages_max = self.shared.limits.memory_pages_max;
        let call = Call { method, input, budget, memory_pages_max };
        call.run(Some(&self.shared), hints, &self.shared.limits, &compiled, overlay)
    }

    /// The version of the runtime `code`: from its custom sections, else by asking it.
    pub fn runtime_version(&self, code: &RuntimeCode) -> Result<RuntimeVersion, InvalidCode> {
        self.shared.version(code)
    }

    /// Whether `code` can become the runtime of a running chain; its version where it can.
    ///
    /// It must be valid WebAssembly within the limits, import nothing unknown, export
    /// [`crate::REQUIRED_ENTRY_POINTS`], and tell its version. The answer depends on the bytes alone.
    pub fn validate(&self, code: &[u8]) -> Result<RuntimeVersion, InvalidCode> {
        self.shared.validate(blake2_256(code), code)
    }

    /// Compiles `code` in the background, so that its first call need not wait.
    pub fn prepare(&self, code: &RuntimeCode) {
        self.shared.modules.prepare(code);
    }

    /// Begins to recover, on other threads, the keys behind the signatures over hashes that `find` answers. The call that
    /// will ask for them, in this order, gets them by [`Self::call_with`]. `None` where there is no thread to spare.
    pub fn recover_ahead(&self, find: impl FnOnce() -> Vec<RecoverInput> + Send + 'static) -> Option<Ahead> {
        self.recoverers.start(Box::new(find))
    }

    /// [`Self::call`] by a caller who knows already some of what it will ask for.
    pub fn call_with(
        &self,
        hints: Hints,
        code: &RuntimeCode,
        method: &str,
        input: &[u8],
        overlay: &mut Overlay,
    ) -> Result<Vec<u8>, CallError> {
        hints.ahead.iter().for_each(Ahead::wait);
        self.call_by(self.shared.limits.call_time_ms_max, hints, code, method, input, overlay)
    }

    /// Compiles `code` with the better compiler now, where that is still to be done. Benchmarks begin with it.
    pub fn optimise(&self, code: &RuntimeCode) -> Result<(), InvalidCode> {
        self.shared.modules.improve(&self.shared, code)
    }

    /// Figures for metrics: how calls found their runtime.
    pub fn figures(&self) -> ModuleFigures {
        let sandbox = &self.shared.sandbox;
        let (contracts_improved, contract_instances_reused) = (sandbox.improved(), sandbox.reused());
        ModuleFigures { contracts_improved, contract_instances_reused, ..self.shared.modules.figures() }
    }

    /// Whether calls of `code` already run the better compiler's code.
    pub fn is_optimised(&self, code: &RuntimeCode) -> bool {
        self.shared.modules.lane(code) == Some(LaneKind::Good)
    }
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").field("limits", &self.shared.limits).finish_non_exhaustive()
    }
}

fn check_limits(limits: &Limits) -> Result<(), StartError> {
    let rules = [
        ("memory_pages_max", (1..=65_536).contains(&limits.memory_pages_max)),
        ("native_stack_bytes_max", (64 << 10..=256 << 20).contains(&limits.native_stack_bytes_max)),
        ("call_time_ms_max", limits.call_time_ms_max > 0),
        ("calls_at_once_max", (1..=1_024).contains(&limits.calls_at_once_max)),
        ("modules_max", limits.modules_max > 0),
    ];
    match rules.iter().find(|(_, holds)| !holds) {
        Some((name, _)) => Err(StartError::Limit(name)),
        None => Ok(()),
    }
}

/// The engines. At least one of `fast` and `good` is there.
pub(crate) struct Lanes {
    pub fast: Option<Lane>,
    pub good: Option<Lane>,
    probe: OnceLock<Option<Lane>>,
}

impl Lanes {
    fn start(strategy: CompileStrategy, limits: &Limits) -> Result<Self, StartError> {
        let fast = match strategy {
            CompileStrategy::CraneliftOnly => None,
            _ => Lane::start(LaneKind::Fast, limits)
                .inspect_err(|error| tracing::warn!("the fast compiler is not available: {error}"))
                .ok(),
        };
        let good = match strategy {
            CompileStrategy::WinchOnly if fast.is_some() => None,
            _ => Some(Lane::start(LaneKind::Good, limits)?),
        };
        Ok(Self { fast, good, probe: OnceLock::new() })
    }

    /// The lane with the fastest code.
    pub fn best(&self) -> &Lane {
        match (&self.good, &self.fast) {
            (Some(lane), _) | (None, Some(lane)) => lane,
            (None, None) => unreachable!("one of the lanes was started"),
        }
    }

    fn probe(&self, limits: &Limits) -> Option<&Lane> {
        self.probe.get_or_init(|| Lane::start(LaneKind::Probe, limits).ok()).as_ref()
    }
}

/// What all calls of an executor have in common.
pub(crate) struct Shared {
    pub limits: Limits,
    pub strategy: CompileStrategy,
    pub recovered: Arc<RecoverCache>,
    pub lanes: Lanes,
    pub modules: ModuleCache,
    pub sandbox: Arc<Sandbox>,
    gate: Gate,
    versions: Versions,
    validated: Versions,
    _clock: Ticker,
}

impl Shared {
    /// What `ext_misc_runtime_version` answers; an acceptable blob will likely be called soon, so it is prepared.
    pub fn version_for_upgrade(&self, raw: &[u8]) -> Option<RuntimeVersion> {
        let hash = blake2_256(raw);
        let version = self.validate(hash, raw).ok()?;
        self.modules.prepare(&RuntimeCode { hash, bytes: raw.into() });
        Some(version)
    }

    /// [`Executor::validate`], remembered.
    fn validate(&self, hash: [u8; 32], raw: &[u8]) -> Result<RuntimeVersion, InvalidCode> {
        remember(&self.validated, hash, || {
            self.examine(raw, |shape| {
                check_runnable(shape, RUNTIME_MEMORY_PAGES_MAX)?;
                check_runtime(shape, |module, name, signature| match self.lanes.best().signature(name) {
                    Some(ours) => module == "env" && ours == signature,
                    None => module == "env" && stubs::is_published(name),
                })
            })
        })
    }

    /// [`Executor::runtime_version`], remembered.
    fn version(&self, code: &RuntimeCode) -> Result<RuntimeVersion, InvalidCode> {
        remember(&self.versions, code.hash, || self.examine(&code.bytes, |_| Ok(())))
    }

    fn examine(
        &self,
        raw: &[u8],
        check: impl Fn(&Shape<'_>) -> Result<(), InvalidCode>,
    ) -> Result<RuntimeVersion, InvalidCode> {
        let wasm = unpack(raw)?;
        let engine = &self.lanes.best().engine;
        Module::validate(engine, &wasm).map_err(|error| InvalidCode::NotWasm(format!("{error:#}")))?;
        let shape = Shape::read(&wasm)?;
        check(&shape)?;
        embedded_version(&shape).unwrap_or_else(|| self.ask_version(raw, wasm.len()))
    }

    /// Runs `Core_version` on an empty state, counting instructions: no clock may decide what is part of consensus.
    fn ask_version(&self, raw: &[u8], wasm_bytes: usize) -> Result<RuntimeVersion, InvalidCode> {
        let wrong = |error: &dyn std::fmt::Display| InvalidCode::Version(error.to_string());
        if wasm_bytes > PROBE_CODE_BYTES_MAX {
            return Err(wrong(&"it is not in a custom section, and the code is too large to be asked"));
        }
        let lane = self.lanes.probe(&self.limits).ok_or_else(|| wrong(&"no engine to ask it with"))?;
        let module = Prepared::new(raw, self)?.compile(lane)?;
        let compiled = Compiled::link(lane, &module)?;
        let call = Call {
            method: "Core_version",
            input: &[],
            budget: Budget::Fuel { units: PROBE_FUEL_MAX },
            memory_pages_max: PROBE_MEMORY_PAGES_MAX,
        };
        let answer = call.run(None, Hints::default(), &self.limits, &compiled, &mut Overlay::default());
        decode_version(&answer.map_err(|error| wrong(&error))?)
    }
}

type Versions = Mutex<LruCache<[u8; 32], Result<RuntimeVersion, InvalidCode>>>;

fn remember(
    versions: &Versions,
    hash: [u8; 32],
    find: impl FnOnce() -> Result<RuntimeVersion, InvalidCode>,
) -> Result<RuntimeVersion, InvalidCode> {
    if let Some(known) = versions.lock().get(&hash) {
        return known.clone();
    }
    let found = find();
    versions.lock().put(hash, found.clone());
    found
}

/// Lets a bounded number of calls run at once; the pools have that many instances.
struct Gate {
    free: Mutex<u32>,
    freed: Condvar,
}

/// Leave to run a call, until it is dropped.
struct Turn<'a>(&'a Gate);

impl Gate {
    fn new(calls_at_once_max: u32) -> Self {
        Self { free: Mutex::new(calls_at_once_max), freed: Condvar::new() }
    }

    /// Waits for a turn.
    fn enter(&self) -> Turn<'_> {
        let mut free = self.free.lock();
        while *free == 0 {
            self.freed.wait(&mut free);
        }
        *free -= 1;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock() += 1;
        self.0.freed.notify_one();
    }
}
