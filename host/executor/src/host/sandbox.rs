//! Contracts, run natively: one function, which the host puts into the runtime's own table. See [`crate::sandbox`].
//!
//! The Polkadot Specification has no such functions, and a host refuses a runtime that imports what the host does not have. So
//! this one is not imported: a runtime that wants it exports its table of functions as `__indirect_function_table`, and as
//! `sandbox_slot` the address of a word that holds a place in this table. There [`install`] puts the function. On other hosts the
//! runtime's own function stays there, which says that there is no sandbox.
//!
//! It is called `(operation: i32, a: i64, b: i64, c: i64, d: i64) -> i64`:
//!
//! | operation | arguments | answer |
//! |---|---|---|
//! | 0: compile a module | code (pointer-size) | 0; 1 where it is refused |
//! | 1: make an instance of a module | pointer to the keccak-256 of its bytes | its number; 2^32 - 1 where the module is not known, or wanted again (hand it over, and ask again); 2^32 - 2 where its own data does not fit its memory or table |
//! | 2: call an export | instance, name (pointer-size), pointer to the slots, state | 0 returned, 1 trapped, 2 ended by the runtime, 3 no such export |
//! | 3: read memory | instance, offset, where to (pointer-size) | 0; 1 where that is not all inside of it |
//! | 4: write memory | instance, offset, what (pointer-size) | the same |
//! | 5: drop an instance | instance | 0 |
//!
//! The *slots* are 18 words of 8 bytes: gas left and stack left, which go in and come out, then the arguments of an import, or
//! its result. Each import calls the runtime's export `sandbox_dispatch(state, function)`, which answers 0 to go on or 1 to end
//! the contract.

use std::sync::Arc;

use wasmtime::{Caller, Linker, Ref, Result, Store};

use super::guest::unpack;
use super::{Guest, HostState};
use crate::error::{HostError, InvalidCode};
use crate::sandbox::{self, CompileError, Sandbox};

/// In place of an instance's number: no such module.
const UNKNOWN: u32 = u32::MAX;
/// In place of an instance's number: the module does not initialise.
const UNFIT: u32 = u32::MAX - 1;
/// Where the linker has the function, which no module can import.
const NAME: (&str, &str) = ("ziver", "sandbox");

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    let (module, name) = NAME;
    linker.func_wrap(
        module,
        name,
        |caller: Caller<'_, HostState>, operation: u32, a: u64, b: u64, c: u64, d: u64| {
            operate(caller, operation, a, b, c, d)
        },
    )?;
    Ok(())
}

/// Puts the function where the runtime wants it, which is the element `slot` of its table.
pub(crate) fn install(
    store: &mut Store<HostState>,
    linker: &Linker<HostState>,
    table: wasmtime::Table,
    slot: u32,
) -> std::result::Result<(), InvalidCode> {
    let refused = |what: &str| InvalidCode::NotWasm(format!("sandbox_slot: {what}"));
    let (module, name) = NAME;
    let function = linker.get(&mut *store, module, name).ok().and_then(|found| found.into_func());
    let function = function.ok_or_else(|| refused("there is no sandbox"))?;
    table.set(store, u64::from(slot), Ref::Func(Some(function))).map_err(|error| refused(&format!("{error:#}")))
}

fn operate(caller: Caller<'_, HostState>, operation: u32, a: u64, b: u64, c: u64, d: u64) -> Result<u64> {
    let word = |value: u64, name| u32::try_from(value).map_err(|_| HostError::Argument(name));
    let answer = match operation {
        0 => compile(caller, a)?,
        1 => instance(caller, word(a, "hash")?)?,
        2 => {
            let (instance, slots, state) = (word(a, "instance")?, word(c, "slots")?, word(d, "state")?);
            sandbox::invoke(caller, instance, b, slots, state)? as u32
        }
        3 => read(caller, word(a, "instance")?, word(b, "offset")?, c)?,
        4 => write(caller, word(a, "instance")?, word(b, "offset")?, c)?,
        5 => {
            let mut caller = caller;
            let state = caller.data_mut();
            let sandbox = sandbox_of(state)?;
            state.instances.remove(&sandbox, word(a, "instance")?)?;
            0
        }
        _ => return Err(HostError::Argument("operation").into()),
    };
    Ok(u64::from(answer))
}

fn compile(caller: Caller<'_, HostState>, code: u64) -> std::result::Result<u32, HostError> {
    let mut guest = Guest(caller);
    let sandbox = sandbox_of(guest.state())?;
    let (bytes, _) = guest.split()?;
    match sandbox.compile(bytes.slice(code)?) {
        Ok(_) => Ok(0),
        Err(CompileError::Module(error)) => {
            tracing::debug!("a contract's module is refused: {error}");
            Ok(1)
        }
        Err(CompileError::Host(error)) => Err(error),
    }
}

fn instance(caller: Caller<'_, HostState>, hash: u32) -> std::result::Result<u32, HostError> {
    let mut guest = Guest(caller);
    let sandbox = sandbox_of(guest.state())?;
    let (bytes, state) = guest.split()?;
    let found = sandbox.find(bytes.array::<32>(hash)?, &mut state.instances.has_asked);
    let Some(module) = found else { return Ok(UNKNOWN) };
    Ok(state.instances.add(&sandbox, &module)?.unwrap_or(UNFIT))
}

fn read(caller: Caller<'_, HostState>, instance: u32, offset: u32, out: u64) -> std::result::Result<u32, HostError> {
    let mut guest = Guest(caller);
    let (pointer, len) = unpack(out);
    let (target, state) = guest.split_mut()?;
    let target = range(target, pointer, len).ok_or(HostError::OutOfBounds { pointer, len })?;
    let source = range(state.instances.memory(instance)?, offset, len);
    Ok(copy(source.as_deref(), Some(target)))
}

fn write(caller: Caller<'_, HostState>, instance: u32, offset: u32, data: u64) -> std::result::Result<u32, HostError> {
    let mut guest = Guest(caller);
    let (bytes, state) = guest.split()?;
    let source = bytes.slice(data)?;
    let len = source.len() as u32;
    Ok(copy(Some(source), range(state.instances.memory(instance)?, offset, len)))
}

fn range(memory: &mut [u8], offset: u32, len: u32) -> Option<&mut [u8]> {
    let end = (offset as usize).checked_add(len as usize)?;
    memory.get_mut(offset as usize..end)
}

/// Copies, where both are there: 0. Otherwise 1.
fn copy(source: Option<&[u8]>, target: Option<&mut [u8]>) -> u32 {
    match (source, target) {
        (Some(source), Some(target)) => {
            target.copy_from_slice(source);
            0
        }
        _ => 1,
    }
}

fn sandbox_of(state: &HostState) -> Result<Arc<Sandbox>, HostError> {
    let shared = state.shared.as_ref().ok_or(HostError::Sandbox("there is none for this call"))?;
    Ok(Arc::clone(&shared.sandbox))
}
