//! The way of an import: from the contract, through the host, into the runtime's `sandbox_dispatch`, and back.
//!
//! The runtime waits in its host function "invoke" while the contract runs. That host function's [`Caller`] is what the
//! runtime is called with again; it is lent to the contract's store as a raw pointer, because no type can say that a store
//! is borrowed by the stack beneath another store's call. This and the contract's memory, which is lent to the runtime in
//! the same way, are the only unsafe code of the sandbox.

use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::AtomicPtr;

use wasmtime::{Caller, FuncType, Linker, TypedFunc, ValRaw, ValType};

use super::instance::{ContractState, MemoryView};
use crate::error::HostError;
use crate::host::{HostState, guest};
use crate::limits::CONTRACT_PARAMS_MAX;

/// Words of 64 bits (little-endian) in which numbers travel: gas left, stack left, then arguments, or the result.
pub(super) const SLOTS: usize = 2 + CONTRACT_PARAMS_MAX;
/// Bytes of the slots in the runtime's memory.
pub(super) const SLOTS_BYTES: usize = SLOTS * 8;

/// The function that the runtime exports to answer imports: `(state, function) -> 0` to go on, anything else to end the
/// contract.
pub(crate) type Dispatch = TypedFunc<(u32, u32), u32>;

/// What the contract's side of an import needs to know of it.
#[derive(Clone)]
pub(super) struct Import {
    function: u16,
    params: Vec<Word>,
    result: Option<Word>,
}

#[derive(Clone, Copy)]
enum Word {
    I32,
    I64,
}

impl Word {
    fn of(ty: &ValType) -> Option<Self> {
        match ty {
            ValType::I32 => Some(Self::I32),
            ValType::I64 => Some(Self::I64),
            _ => None,
        }
    }
}

impl Import {
    /// The import `module.name`; nothing where it is not one that a runtime makes.
    pub fn new(module: &str, name: &str, ty: &FuncType) -> Option<Self> {
        let function: u16 = name.parse().ok()?;
        let params: Vec<_> = ty.params().map(|ty| Word::of(&ty)).collect::<Option<_>>()?;
        let results: Vec<_> = ty.results().map(|ty| Word::of(&ty)).collect::<Option<_>>()?;
        let fits = module == "ziver"
            && function.to_string() == name
            && params.len() <= CONTRACT_PARAMS_MAX
            && results.len() <= 1;
        fits.then(|| Self { function, params, result: results.first().copied() })
    }
}

/// An invocation under way, as the contract's store knows it.
pub(super) struct Bridge {
    /// The caller of the host function that invoked the contract; never null. Atomic only so that a store may change threads
    /// while it has no bridge.
    pub runtime: AtomicPtr<Caller<'static, HostState>>,
    pub dispatch: Arc<Dispatch>,
    /// The instance's place in the runtime's list.
    pub instance: u32,
    /// Where the runtime wants the slots.
    pub slots: u32,
    /// What the runtime wants back with each import.
    pub state: u32,
}

/// The runtime ends the contract.
#[derive(Debug, thiserror::Error)]
#[error("stopped by the runtime")]
pub(super) struct Stopped;

/// The runtime itself failed, which the contract's end must not hide.
#[derive(Debug, thiserror::Error)]
#[error("the runtime failed: {0}")]
pub(super) struct Fatal(pub wasmtime::Error);

/// Defines `module.name` as `import`.
#[allow(unsafe_code, reason = "arguments as raw words: typed closures would need one for each signature")]
pub(super) fn link(
    linker: &mut Linker<ContractState>,
    module: &str,
    name: &str,
    ty: FuncType,
    import: Import,
) -> wasmtime::Result<()> {
    // SAFETY: the closure reads as many words as `ty` has parameters, by their types, and writes the result by its type;
    // `import` was made from `ty`.
    unsafe {
        linker.func_new_unchecked(module, name, ty, move |caller, values| answer(caller, &import, values))?;
    }
    Ok(())
}

#[allow(unsafe_code, reason = "see the module's head")]
fn answer(
    mut caller: Caller<'_, ContractState>,
    import: &Import,
    values: &mut [MaybeUninit<ValRaw>],
) -> wasmtime::Result<()> {
    let counters = caller.data().counters()?;
    // Nobody else wants it before it is put back: a contract that waits is not invoked.
    let mut bridge = caller.data_mut().take_bridge()?;
    let mut slots = [0u64; SLOTS];
    slots[0] = counters.gas_left(&mut caller)?.cast_unsigned();
    slots[1] = u64::from(counters.stack_left(&mut caller)?.cast_unsigned());
    for ((slot, value), word) in slots[2..].iter_mut().zip(values.iter()).zip(&import.params) {
        // SAFETY: the engine initialised a word for each parameter, of the parameter's type.
        let value = unsafe { value.assume_init_ref() };
        *slot = match word {
            Word::I32 => u64::from(value.get_u32()),
            Word::I64 => value.get_u64(),
        };
    }
    let used = 2 + import.params.len().max(1);
    let view = MemoryView::of(&counters.memory, &caller);
    // SAFETY: the caller lives in the host function `invoke`, which waits beneath this call on the same stack and does not
    // touch it meanwhile. Imports answered inside of the one at hand borrow from the caller of a later `invoke`, which in
    // turn waits beneath them; so at any time one of these borrows is in use, the innermost.
    let runtime = unsafe { &mut **bridge.runtime.get_mut() };
    guest::write(&mut *runtime, bridge.slots, &[&bytes_of(&slots)[..used * 8]]).map_err(failed)?;
    runtime.data_mut().instances.suspend(bridge.instance, view);
    let control = bridge.dispatch.call(&mut *runtime, (bridge.state, u32::from(import.function)));
    runtime.data_mut().instances.resume(bridge.instance);
    let control = control.map_err(Fatal)?;

    let (bytes, _) = guest::split(runtime).map_err(failed)?;
    let answered = bytes.words::<3>(bridge.slots).map_err(failed)?;
    caller.data_mut().set_bridge(Some(bridge));
    counters.set_gas_left(&mut caller, answered[0].cast_signed())?;
    match import.result {
        // SAFETY of both: there is room for the result, of this type.
        Some(Word::I32) => values[0].write(ValRaw::u32(answered[2] as u32)),
        Some(Word::I64) => values[0].write(ValRaw::u64(answered[2])),
        None => return if control == 0 { Ok(()) } else { Err(Stopped.into()) },
    };
    if control == 0 { Ok(()) } else { Err(Stopped.into()) }
}

fn failed(error: HostError) -> Fatal {
    Fatal(error.into())
}

fn bytes_of(slots: &[u64; SLOTS]) -> [u8; SLOTS_BYTES] {
    let mut bytes = [0; SLOTS_BYTES];
    for (target, slot) in bytes.chunks_exact_mut(8).zip(slots) {
        target.copy_from_slice(&slot.to_le_bytes());
    }
    bytes
}
