//! One call: an instance is made, called once and thrown away.
//!
//! A fresh instance per call means that nothing a runtime leaves in its memory reaches the next call, and that a trap
//! needs no cleaning. The pool makes an instance cheaper than the smallest call.
//!
//! The guest runs on the caller's stack, which is exchanged for a larger one where it is too small: any thread may call.

use std::sync::Arc;

use wasmtime::{AsContextMut, Instance, InstancePre, Linker, Module, ModuleExport, Store, Trap, TypedFunc};
use ziver_state::Overlay;

use crate::allocator::{AllocatorError, FreeingBump};
use crate::engine::{Lane, LaneKind};
use crate::error::{CallError, HostError, InvalidCode};
use crate::executor::Shared;
use crate::hints::Hints;
use crate::host::stubs::link_missing;
use crate::host::{HostState, guest, sandbox};
use crate::limits::{HOST_STACK_BYTES, Limits};

type EntryPoint = TypedFunc<(u32, u32), u64>;

/// A module, compiled and linked: instances come out of it without further work.
pub(crate) struct Compiled {
    pub lane: LaneKind,
    pre: InstancePre<HostState>,
    memory: ModuleExport,
    heap_base: ModuleExport,
    /// Where the runtime wants the sandbox: its table, and the address of a place in it.
    sandbox: Option<(ModuleExport, ModuleExport)>,
    linker: Linker<HostState>,
}

impl Compiled {
    /// Links `module`, which `lane` compiled.
    pub fn link(lane: &Lane, module: &Module) -> Result<Self, InvalidCode> {
        let memory = module.get_export_index("memory").ok_or(InvalidCode::NoMemory)?;
        let heap_base = module.get_export_index("__heap_base").ok_or(InvalidCode::NoHeapBase)?;
        if let Some(error) = lane.mismatch(module) {
            return Err(error);
        }
        let mut linker = lane.linker.clone();
        link_missing(&mut linker, module)?;
        let pre = linker.instantiate_pre(module).map_err(|error| InvalidCode::Compile(format!("{error:#}")))?;
        let table = module.get_export_index("__indirect_function_table");
        let sandbox = table.zip(module.get_export_index("sandbox_slot")).filter(|_| lane.kind != LaneKind::Probe);
        Ok(Self { lane: lane.kind, pre, memory, heap_base, sandbox, linker: lane.linker.clone() })
    }
}

/// What bounds a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    /// Wall time.
    Time { ms: u64 },
    /// Units of work, about one per instruction.
    Fuel { units: u64 },
}

/// What is called, and with what.
pub(crate) struct Call<'a> {
    pub method: &'a str,
    pub input: &'a [u8],
    pub budget: Budget,
    pub memory_pages_max: u32,
}

impl Call<'_> {
    /// Calls a fresh instance of `compiled`. The overlay is lent to the host functions and comes back changed, after an
    /// error too; transactions that the guest left open are rolled back then.
    pub fn run(
        &self,
        shared: Option<&Arc<Shared>>,
        hints: Hints,
        limits: &Limits,
        compiled: &Compiled,
        overlay: &mut Overlay,
    ) -> Result<Vec<u8>, CallError> {
        let stack = limits.native_stack_bytes_max + HOST_STACK_BYTES;
        let state =
            HostState { hints, ..HostState::new(overlay.take(), shared.map(Arc::clone), self.memory_pages_max) };
        let (returned, result) =
            stacker::maybe_grow(stack, stack + HOST_STACK_BYTES, || self.run_here(state, limits, compiled));
        *overlay = returned;
        result
    }

    fn run_here(
        &self,
        state: HostState,
        limits: &Limits,
        compiled: &Compiled,
    ) -> (Overlay, Result<Vec<u8>, CallError>) {
        let mut store = Store::new(compiled.pre.module().engine(), state);
        store.limiter(|state| &mut state.limiter);
        match self.budget {
            Budget::Time { ms } => store.set_epoch_deadline(Lane::deadline_ticks(ms)),
            Budget::Fuel { units } => {
                if let Err(error) = store.set_fuel(units) {
                    return (store.into_data().overlay, Err(CallError::Instance(error.to_string())));
                }
            }
        }
        let result = self.call_in(&mut store, compiled).map_err(|error| self.explain(error, store.data(), limits));
        let mut state = store.into_data();
        let result = match result {
            Ok(_) if state.transactions > 0 => {
                let message = format!("{} storage transactions are left open", state.transactions);
                Err(CallError::Trap { message, panic: None })
            }
            result => result,
        };
        for _ in 0..state.transactions {
            // The guest opened it, so it is there.
            let _ = state.overlay.rollback_transaction();
        }
        (state.overlay, result)
    }

    fn call_in(&self, store: &mut Store<HostState>, compiled: &Compiled) -> Result<Vec<u8>, Failure> {
        let instance = compiled.pre.instantiate(&mut *store).map_err(Failure::Instance)?;
        self.prepare_heap(store, compiled, &instance)?;
        let entry = self.entry_point(store, &instance)?;
        let length = u32::try_from(self.input.len()).map_err(|_| Failure::Host(HostError::MemoryLimit))?;
        let pointer = guest::allocate(&mut *store, length)?;
        guest::write(&mut *store, pointer, &[self.input])?;
        let output = entry.call(&mut *store, (pointer, length)).map_err(Failure::Guest)?;
        let memory = store.data().memory.ok_or(InvalidCode::NoMemory)?;
        Ok(guest::Bytes(memory.data(&*store)).slice(output)?.to_vec())
    }

    fn entry_point(&self, store: &mut Store<HostState>, instance: &Instance) -> Result<EntryPoint, Failure> {
        let function = instance.get_func(&mut *store, self.method).ok_or(Failure::NoMethod)?;
        let typed = function.typed::<(u32, u32), u64>(&*store);
        typed.map_err(|_| Failure::Code(InvalidCode::EntryPoint(self.method.to_owned())))
    }

    fn prepare_heap(
        &self,
        store: &mut Store<HostState>,
        compiled: &Compiled,
        instance: &Instance,
    ) -> Result<(), Failure> {
        let mut context = store.as_context_mut();
        let memory = instance.get_module_export(&mut context, &compiled.memory).and_then(|found| found.into_memory());
        let memory = memory.ok_or(InvalidCode::NoMemory)?;
        let global =
            instance.get_module_export(&mut context, &compiled.heap_base).and_then(|found| found.into_global());
        let base = global.and_then(|global| global.get(&mut context).i32()).ok_or(InvalidCode::NoHeapBase)?;
        let state = context.data_mut();
        state.memory = Some(memory);
        state.heap = Some(FreeingBump::new(base.cast_unsigned()));
        match &compiled.sandbox {
            Some((table, slot)) => self.prepare_sandbox(store, compiled, instance, table, slot),
            None => Ok(()),
        }
    }

    fn prepare_sandbox(
        &self,
        store: &mut Store<HostState>,
        compiled: &Compiled,
        instance: &Instance,
        table: &ModuleExport,
        slot: &ModuleExport,
    ) -> Result<(), Failure> {
        let wrong = || InvalidCode::NotWasm("sandbox_slot is not the address of a place in the table".to_owned());
        let table = instance.get_module_export(&mut *store, table).and_then(|found| found.into_table());
        let global = instance.get_module_export(&mut *store, slot).and_then(|found| found.into_global());
        let address = global.and_then(|global| global.get(&mut *store).i32()).ok_or_else(wrong)?;
        let memory = store.data().memory.ok_or(InvalidCode::NoMemory)?;
        let place = guest::Bytes(memory.data(&*store)).array::<4>(address.cast_unsigned())?;
        let place = u32::from_le_bytes(*place);
        Ok(sandbox::install(store, &compiled.linker, table.ok_or_else(wrong)?, place)?)
    }

    /// Says what a failure means to the caller.
    fn explain(&self, failure: Failure, state: &HostState, limits: &Limits) -> CallError {
        let memory_limit = CallError::MemoryLimit { pages: self.memory_pages_max };
        let error = match failure {
            Failure::NoMethod => return CallError::MethodNotFound { name: self.method.to_owned() },
            Failure::Code(error) => return CallError::InvalidCode(error),
            Failure::Host(error) => wasmtime::Error::new(error),
            Failure::Instance(error) if !error.is::<Trap>() && !error.is::<HostError>() => {
                return CallError::Instance(format!("{error:#}"));
            }
            Failure::Instance(error) | Failure::Guest(error) => error,
        };
        let trap = |message: String| CallError::Trap { message, panic: state.log.last_error.clone() };
        let error = match error.downcast::<HostError>() {
            Ok(HostError::State(error)) => return CallError::State(error),
            Ok(HostError::SandboxInstance(message)) => return CallError::Instance(message),
            Ok(HostError::MemoryLimit | HostError::Allocator(AllocatorError::Full)) => return memory_limit,
            Ok(HostError::Panic(message)) => {
                return CallError::Trap { message: "panic".to_owned(), panic: Some(message) };
            }
            Ok(other) => return trap(other.to_string()),
            Err(error) => error,
        };
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => match self.budget {
                Budget::Time { ms } => CallError::TimeLimit { limit_ms: ms },
                Budget::Fuel { .. } => trap("interrupted".to_owned()),
            },
            Some(Trap::StackOverflow) => CallError::StackLimit { bytes: limits.native_stack_bytes_max },
            Some(_) if state.limiter.memory_refused => memory_limit,
            Some(code) => trap(code.to_string()),
            None => trap(format!("{error:#}")),
        }
    }
}

/// What ended a call, as the engine knows it.
enum Failure {
    NoMethod,
    Code(InvalidCode),
    Host(HostError),
    Instance(wasmtime::Error),
    Guest(wasmtime::Error),
}

impl From<InvalidCode> for Failure {
    fn from(error: InvalidCode) -> Self {
        Self::Code(error)
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}
