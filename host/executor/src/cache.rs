//! Compiled runtimes, kept in memory and on disk, by code hash.
//!
//! The first call of a blob compiles it with Winch, which takes a tenth of a second for a megabyte; the background thread
//! then compiles it again with Cranelift and swaps the result in, between two calls. Both results go to disk, so a node
//! that starts again compiles nothing. [`ModuleCache::prepare`] does all of it in the background, before the first call.
//!
//! Invariant: neither memory nor disk grows beyond its limit, whatever blobs are called.
//! Invariant: which compiler's code runs never shows in a result.

mod disk;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;
use lru::LruCache;
use parking_lot::Mutex;
use wasmtime::Module;
use ziver_state::RuntimeCode;

use crate::code::{Shape, check_runnable, define_imported_memory, unpack};
use crate::engine::{Lane, LaneKind};
use crate::error::{InvalidCode, StartError};
use crate::executor::{CompileStrategy, Shared};
use crate::instance::Compiled;
use crate::limits::{COMPILE_QUEUE_MAX, Limits};

pub(crate) use disk::DiskCache;

/// One blob.
struct Entry {
    current: ArcSwapOption<Compiled>,
    /// Held while compiling; holds why the blob does not.
    failure: Mutex<Option<InvalidCode>>,
    /// Whether the background thread was given the blob.
    queued: AtomicBool,
}

/// Figures for metrics: how calls found their runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModuleFigures {
    /// Compiled, in memory.
    pub hits: u64,
    /// Not in memory: read from disk, or compiled.
    pub misses: u64,
    /// Contracts that have run much and were compiled again, to faster code.
    pub contracts_improved: u64,
    /// Instances of contracts that were used again.
    pub contract_instances_reused: u64,
}

/// The compiled runtimes of an executor.
pub(crate) struct ModuleCache {
    hits: AtomicU64,
    misses: AtomicU64,
    entries: Mutex<LruCache<[u8; 32], Arc<Entry>>>,
    disk: Option<DiskCache>,
    queue: SyncSender<RuntimeCode>,
}

impl ModuleCache {
    /// An empty cache, and the end of the queue that the background thread reads.
    pub fn new(disk: Option<DiskCache>, limits: &Limits) -> (Self, Receiver<RuntimeCode>) {
        let modules_max = NonZeroUsize::new(limits.modules_max).unwrap_or(NonZeroUsize::MIN);
        let (queue, jobs) = sync_channel(COMPILE_QUEUE_MAX);
        let entries = Mutex::new(LruCache::new(modules_max));
        (Self { hits: AtomicU64::new(0), misses: AtomicU64::new(0), entries, disk, queue }, jobs)
    }

    /// The blob, ready to be called; compiled now where it must be.
    pub fn load(&self, shared: &Shared, code: &RuntimeCode) -> Result<Arc<Compiled>, InvalidCode> {
        let entry = self.entry(code);
        let compiled = match entry.current.load_full() {
            Some(compiled) => {
                self.hits.fetch_add(1, Ordering::Relaxed);
                compiled
            }
            None => {
                self.misses.fetch_add(1, Ordering::Relaxed);
                self.first_load(shared, code, &entry)?
            }
        };
        if compiled.lane == LaneKind::Fast && shared.strategy == CompileStrategy::WinchThenCranelift {
            self.enqueue(&entry, code);
        }
        Ok(compiled)
    }

    /// Compiles the blob in the background, where that is still to be done.
    pub fn prepare(&self, code: &RuntimeCode) {
        let entry = self.entry(code);
        if entry.current.load().as_ref().is_none_or(|compiled| compiled.lane == LaneKind::Fast) {
            self.enqueue(&entry, code);
        }
    }

    /// Which compiler's code a call of the blob would run now.
    pub fn lane(&self, code: &RuntimeCode) -> Option<LaneKind> {
        let entry = self.entries.lock().peek(&code.hash).cloned();
        entry.and_then(|entry| entry.current.load().as_ref().map(|compiled| compiled.lane))
    }

    /// Figures for metrics.
    pub fn figures(&self) -> ModuleFigures {
        let (hits, misses) = (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed));
        ModuleFigures { hits, misses, contracts_improved: 0, contract_instances_reused: 0 }
    }

    fn entry(&self, code: &RuntimeCode) -> Arc<Entry> {
        let empty = || {
            Arc::new(Entry {
                current: ArcSwapOption::empty(),
                failure: Mutex::new(None),
                queued: AtomicBool::new(false),
            })
        };
        Arc::clone(self.entries.lock().get_or_insert(code.hash, empty))
    }

    fn enqueue(&self, entry: &Entry, code: &RuntimeCode) {
        // A full queue is no loss: the next call asks again.
        if !entry.queued.load(Ordering::Relaxed)
            && !entry.queued.swap(true, Ordering::Relaxed)
            && self.queue.try_send(code.clone()).is_err()
        {
            entry.queued.store(false, Ordering::Relaxed);
        }
    }

    fn first_load(&self, shared: &Shared, code: &RuntimeCode, entry: &Entry) -> Result<Arc<Compiled>, InvalidCode> {
        let mut failure = entry.failure.lock();
        if let Some(compiled) = entry.current.load_full() {
            return Ok(compiled);
        }
        if let Some(error) = &*failure {
            return Err(error.clone());
        }
        match self.first_compile(shared, code) {
            Ok(compiled) => {
                let compiled = Arc::new(compiled);
                entry.current.store(Some(Arc::clone(&compiled)));
                Ok(compiled)
            }
            Err(error) => {
                *failure = Some(error.clone());
                Err(error)
            }
        }
    }

    fn first_compile(&self, shared: &Shared, code: &RuntimeCode) -> Result<Compiled, InvalidCode> {
        let lanes = &shared.lanes;
        for lane in lanes.good.iter().chain(&lanes.fast) {
            if let Some(module) =
                self.disk.as_ref().and_then(|disk| disk.load(&lane.engine, lane.kind.name(), &code.hash))
            {
                return Compiled::link(lane, &module);
            }
        }
        let wasm = Prepared::new(&code.bytes, shared)?;
        match &lanes.fast {
            Some(lane) => match self.compile(lane, code, &wasm) {
                Err(InvalidCode::Compile(reason)) if lanes.good.is_some() => {
                    tracing::warn!("the fast compiler refuses a runtime, using the slow one: {reason}");
                    self.compile(lanes.best(), code, &wasm)
                }
                result => result,
            },
            None => self.compile(lanes.best(), code, &wasm),
        }
    }

    fn compile(&self, lane: &Lane, code: &RuntimeCode, wasm: &Prepared) -> Result<Compiled, InvalidCode> {
        let module = wasm.compile(lane)?;
        if let Some(disk) = &self.disk {
            disk.store(&lane.engine, lane.kind.name(), &code.hash, &module);
        }
        Compiled::link(lane, &module)
    }

    /// What the background thread does with a blob: has it in memory, then has the best code of it.
    pub fn improve(&self, shared: &Shared, code: &RuntimeCode) -> Result<(), InvalidCode> {
        let compiled = self.load(shared, code)?;
        let (LaneKind::Fast, Some(good)) = (compiled.lane, &shared.lanes.good) else { return Ok(()) };
        let better = match self.disk.as_ref().and_then(|disk| disk.load(&good.engine, good.kind.name(), &code.hash)) {
            Some(module) => Compiled::link(good, &module)?,
            None => self.compile(good, code, &Prepared::new(&code.bytes, shared)?)?,
        };
        self.entry(code).current.store(Some(Arc::new(better)));
        Ok(())
    }
}

/// A blob's WebAssembly, checked and in the form that is compiled.
pub(crate) struct Prepared(Vec<u8>);

impl Prepared {
    /// Unpacks and checks `raw`.
    pub fn new(raw: &[u8], shared: &Shared) -> Result<Self, InvalidCode> {
        let wasm = unpack(raw)?;
        let engine = &shared.lanes.best().engine;
        Module::validate(engine, &wasm).map_err(|error| InvalidCode::NotWasm(format!("{error:#}")))?;
        let shape = Shape::read(&wasm)?;
        check_runnable(&shape, shared.limits.memory_pages_max)?;
        if !shape.imports_memory {
            return Ok(Self(wasm.into_owned()));
        }
        let defined =
            define_imported_memory(&wasm).map_err(|error| InvalidCode::NotWasm(error.message().to_owned()))?;
        Ok(Self(defined))
    }

    /// Compiles it.
    pub fn compile(&self, lane: &Lane) -> Result<Module, InvalidCode> {
        Module::from_binary(&lane.engine, &self.0).map_err(|error| InvalidCode::Compile(format!("{error:#}")))
    }
}

/// Starts the thread that compiles in the background. It ends when the executor is gone, after the blob at hand.
pub(crate) fn start_compiler(shared: &Arc<Shared>, jobs: Receiver<RuntimeCode>) -> Result<(), StartError> {
    let shared: Weak<Shared> = Arc::downgrade(shared);
    std::thread::Builder::new().name("ziver-wasm-compiler".into()).spawn(move || {
        for code in jobs {
            let Some(shared) = shared.upgrade() else { return };
            match shared.modules.improve(&shared, &code) {
                Ok(()) => tracing::debug!("compiled {code:?} in the background"),
                Err(error) => tracing::warn!("{code:?} does not compile in the background: {error}"),
            }
        }
    })?;
    Ok(())
}
