//! One instance of a contract, and one invocation of an export.

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::AtomicPtr;

use wasmtime::{AsContext, AsContextMut, Caller, Global, Memory, Store, Trap, TypedFunc, Val};

use super::link::{Bridge, Dispatch, Fatal, Stopped};
use super::modules::{ContractModule, Sandbox};
use crate::error::HostError;
use crate::host::{HostState, guest};
use crate::limits::SANDBOX_INSTANCES_MAX;

/// How an invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Status {
    /// The export returned.
    Returned = 0,
    /// The contract did what WebAssembly forbids.
    Trapped = 1,
    /// The runtime ended it while it answered an import.
    Stopped = 2,
    /// There is no such export without parameters and results.
    NoExport = 3,
}

/// What a contract's store knows.
#[derive(Default)]
pub(super) struct ContractState {
    counters: Option<Counters>,
    bridge: Option<Bridge>,
}

impl ContractState {
    pub fn counters(&self) -> Result<Counters, HostError> {
        // A start function runs before: runtimes allow none.
        self.counters.ok_or(HostError::Sandbox("an import was called before the instance was ready"))
    }

    pub fn take_bridge(&mut self) -> Result<Bridge, HostError> {
        self.bridge.take().ok_or(HostError::Sandbox("an import was called outside of an invocation"))
    }

    pub fn set_bridge(&mut self, bridge: Option<Bridge>) {
        self.bridge = bridge;
    }
}

/// What the host uses of an instance's exports.
#[derive(Clone, Copy)]
pub(super) struct Counters {
    pub memory: Memory,
    gas_left: Global,
    stack_left: Global,
}

impl Counters {
    pub fn gas_left(&self, store: impl AsContextMut) -> Result<i64, HostError> {
        self.gas_left.get(store).i64().ok_or(HostError::Sandbox("the counter of gas has changed its type"))
    }

    pub fn stack_left(&self, store: impl AsContextMut) -> Result<i32, HostError> {
        self.stack_left.get(store).i32().ok_or(HostError::Sandbox("the counter of stack has changed its type"))
    }

    pub fn set_gas_left(&self, store: impl AsContextMut, gas: i64) -> wasmtime::Result<()> {
        self.gas_left.set(store, Val::I64(gas))
    }
}

/// An instance that is not running.
pub(super) struct Instance {
    pub store: Store<ContractState>,
    pub instance: wasmtime::Instance,
    pub counters: Counters,
    pub module: Arc<ContractModule>,
    /// Whether it must not be used again.
    pub is_spent: bool,
    /// What [`Initial::restore`](super::reuse::Initial::restore) restores; empty until it is first given back.
    pub globals: Vec<Global>,
    /// The export that was called last.
    entry: Option<(Box<str>, TypedFunc<(), ()>)>,
}

impl Instance {
    /// `None` where the module's own data does not fit its memory or table: that is the same on every machine.
    pub fn new(module: &Arc<ContractModule>) -> Result<Option<Self>, HostError> {
        let broken = |what| move || HostError::Sandbox(what);
        let mut store = Store::new(module.pre.module().engine(), ContractState::default());
        let instance = match module.pre.instantiate(&mut store) {
            Ok(instance) => instance,
            Err(error) => match error.downcast_ref::<Trap>() {
                Some(Trap::MemoryOutOfBounds | Trap::TableOutOfBounds) => return Ok(None),
                _ => return Err(HostError::SandboxInstance(format!("{error:#}"))),
            },
        };
        let memory = instance.get_module_export(&mut store, &module.memory).and_then(|found| found.into_memory());
        let gas_left = instance.get_module_export(&mut store, &module.gas_left).and_then(|found| found.into_global());
        let stack = instance.get_module_export(&mut store, &module.stack_left).and_then(|found| found.into_global());
        let counters = Counters {
            memory: memory.ok_or_else(broken("an instance has no memory"))?,
            gas_left: gas_left.ok_or_else(broken("an instance has no counter of gas"))?,
            stack_left: stack.ok_or_else(broken("an instance has no counter of stack"))?,
        };
        store.data_mut().counters = Some(counters);
        let (module, is_spent) = (Arc::clone(module), false);
        Ok(Some(Self { store, instance, counters, module, is_spent, globals: Vec::new(), entry: None }))
    }

    /// The export `name`, without parameters and results, to be put back into `entry`: most instances are invoked by one name,
    /// and to clone a function takes almost as long as to look it up.
    fn take_entry(&mut self, name: &str) -> Option<(Box<str>, TypedFunc<(), ()>)> {
        match self.entry.take() {
            Some(entry) if *entry.0 == *name => Some(entry),
            _ => Some((name.into(), self.instance.get_typed_func(&mut self.store, name).ok()?)),
        }
    }
}

/// The memory of a contract that waits for an import: it neither moves nor grows until the import is answered.
#[derive(Clone, Copy)]
pub(crate) struct MemoryView {
    start: NonNull<u8>,
    len: usize,
}

impl MemoryView {
    pub fn of(memory: &Memory, store: impl AsContext) -> Self {
        let start = NonNull::new(memory.data_ptr(&store)).unwrap_or(NonNull::dangling());
        Self { start, len: memory.data_size(&store) }
    }

    #[allow(unsafe_code, reason = "see the head of `link`")]
    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: made from a memory of the contract whose import is being answered; its store is borrowed by the import's
        // function, which waits on this stack and neither reads nor moves the memory until `Instances::resume` has dropped
        // this view. An empty memory has a dangling pointer and no length.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

enum Place {
    Free,
    Ready(Box<Instance>),
    Running,
    Suspended(MemoryView),
}

/// The instances that one call of the runtime has, by number. The numbers of dropped ones are used again.
#[derive(Default)]
pub(crate) struct Instances {
    places: Vec<Place>,
    dispatch: Option<Arc<Dispatch>>,
    /// Whether the runtime was asked in this call to hand over a module that is known.
    pub has_asked: bool,
}

impl Instances {
    /// An instance of `module`, new or as good as new; its number. `None` where its own data does not fit its memory or table.
    pub fn add(&mut self, sandbox: &Sandbox, module: &Arc<ContractModule>) -> Result<Option<u32>, HostError> {
        let place = self.places.iter().position(|place| matches!(place, Place::Free));
        let place = place.unwrap_or(self.places.len());
        if place >= SANDBOX_INSTANCES_MAX {
            return Err(HostError::Sandbox("too many instances"));
        }
        let instance = match sandbox.idle.take(module) {
            Some(instance) => instance,
            None => match Instance::new(module)? {
                Some(instance) => Box::new(instance),
                None => return Ok(None),
            },
        };
        let instance = Place::Ready(instance);
        match self.places.get_mut(place) {
            Some(free) => *free = instance,
            None => self.places.push(instance),
        }
        Ok(Some(place as u32))
    }

    /// Drops an instance that is not running, or keeps it for later.
    pub fn remove(&mut self, sandbox: &Sandbox, number: u32) -> Result<(), HostError> {
        let instance = self.take(number)?;
        if let Some(place) = self.places.get_mut(number as usize) {
            *place = Place::Free;
        }
        sandbox.idle.give_back(instance);
        Ok(())
    }

    /// The memory of an instance that is not running, or that waits for an import.
    pub fn memory(&mut self, number: u32) -> Result<&mut [u8], HostError> {
        match self.places.get_mut(number as usize) {
            Some(Place::Ready(instance)) => Ok(instance.counters.memory.data_mut(&mut instance.store)),
            Some(Place::Suspended(view)) => Ok(view.bytes()),
            _ => Err(no_instance()),
        }
    }

    /// Notes that the instance waits for an import.
    pub(super) fn suspend(&mut self, number: u32, view: MemoryView) {
        if let Some(place) = self.places.get_mut(number as usize) {
            *place = Place::Suspended(view);
        }
    }

    /// Notes that the instance runs on.
    pub(super) fn resume(&mut self, number: u32) {
        if let Some(place) = self.places.get_mut(number as usize) {
            *place = Place::Running;
        }
    }

    fn take(&mut self, number: u32) -> Result<Box<Instance>, HostError> {
        let place = self.places.get_mut(number as usize).ok_or_else(no_instance)?;
        match std::mem::replace(place, Place::Running) {
            Place::Ready(instance) => Ok(instance),
            other => {
                *place = other;
                Err(no_instance())
            }
        }
    }

    fn put(&mut self, number: u32, instance: Box<Instance>) {
        if let Some(place) = self.places.get_mut(number as usize) {
            *place = Place::Ready(instance);
        }
    }
}

fn no_instance() -> HostError {
    HostError::Argument("instance")
}

/// Invokes the export `name` of the instance `number`, with gas and stack from the slots at `slots`, where what is left of
/// both is put afterwards. Imports are answered by the runtime's `sandbox_dispatch(state, function)`.
pub(crate) fn invoke(
    mut caller: Caller<'_, HostState>,
    number: u32,
    name: u64,
    slots: u32,
    state: u32,
) -> wasmtime::Result<Status> {
    let dispatch = dispatch(&mut caller)?;
    let (bytes, host) = guest::split(&mut caller)?;
    let [gas_before, stack_left] = bytes.words::<2>(slots)?;
    let name = std::str::from_utf8(bytes.slice(name)?).map_err(|_| HostError::Argument("name"))?;
    let mut taken = host.instances.take(number)?;
    let contract = &mut *taken;
    let Some(entry) = contract.take_entry(name) else {
        host.instances.put(number, taken);
        return Ok(Status::NoExport);
    };
    let counters = contract.counters;
    counters.set_gas_left(&mut contract.store, gas_before.cast_signed())?;
    counters.stack_left.set(&mut contract.store, Val::I32((stack_left as u32).cast_signed()))?;
    let runtime = AtomicPtr::new((&raw mut caller).cast());
    contract.store.data_mut().set_bridge(Some(Bridge { runtime, dispatch, instance: number, slots, state }));

    let result = entry.1.call(&mut contract.store, ());

    contract.entry = Some(entry);
    contract.store.data_mut().set_bridge(None);
    let status = match result {
        Ok(()) => Status::Returned,
        Err(error) => ended(error)?,
    };
    contract.is_spent |= matches!(status, Status::Trapped);
    let gas_left = counters.gas_left(&mut contract.store)?.cast_unsigned();
    let stack_left = u64::from(counters.stack_left(&mut contract.store)?.cast_unsigned());
    contract.module.heat.add(gas_before.saturating_sub(gas_left));
    guest::write(&mut caller, slots, &[&gas_left.to_le_bytes(), &stack_left.to_le_bytes()])?;
    caller.data_mut().instances.put(number, taken);
    Ok(status)
}

/// The runtime's function that answers imports; looked up once in a call.
fn dispatch(caller: &mut Caller<'_, HostState>) -> Result<Arc<Dispatch>, HostError> {
    if let Some(known) = &caller.data().instances.dispatch {
        return Ok(Arc::clone(known));
    }
    let missing = HostError::Sandbox("the runtime does not export sandbox_dispatch");
    let Some(function) = caller.get_export("sandbox_dispatch").and_then(|found| found.into_func()) else {
        return Err(missing);
    };
    let function = Arc::new(function.typed(&*caller).map_err(|_| missing)?);
    caller.data_mut().instances.dispatch = Some(Arc::clone(&function));
    Ok(function)
}

/// What the end of a contract by `error` means: an answer to the runtime, or a failure.
fn ended(error: wasmtime::Error) -> wasmtime::Result<Status> {
    let error = match error.downcast::<Stopped>() {
        Ok(Stopped) => return Ok(Status::Stopped),
        Err(error) => error,
    };
    let error = match error.downcast::<Fatal>() {
        Ok(Fatal(error)) => return Err(error),
        Err(error) => error,
    };
    match error.downcast_ref::<Trap>() {
        Some(
            Trap::MemoryOutOfBounds
            | Trap::TableOutOfBounds
            | Trap::IndirectCallToNull
            | Trap::BadSignature
            | Trap::IntegerOverflow
            | Trap::IntegerDivisionByZero
            | Trap::UnreachableCodeReached,
        ) => Ok(Status::Trapped),
        // The module counts its stack, so the native one suffices: where it does not, another host's might have.
        _ => Err(HostError::SandboxInstance(format!("{error:#}")).into()),
    }
}
