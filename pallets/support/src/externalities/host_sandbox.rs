//! The host's sandbox, by one function that the host puts where [`sandbox_slot`] says.
//!
//! It is no import: other hosts, which do not have it, would refuse to load the runtime. `host/executor/src/host/sandbox.rs` says
//! what it does, `docs/decisions/0018-the-sandbox-calls-back.md` why it is so.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_lossless,
    reason = "pointers become integers at this border, and wasm32 has 32-bit pointers and lengths"
)]

use alloc::{boxed::Box, vec::Vec};
use core::cell::UnsafeCell;
use ziver_primitives::host::pointer_size;

use crate::sandbox::{
    Control, Counters, ImportCall, Imports, Instance, InstanceError, Memory, Outcome, PARAMS_MAX, Sandbox,
};

/// In place of an instance's number: no such module.
const UNKNOWN: u32 = u32::MAX;
/// In place of an instance's number: the module does not initialise.
const UNFIT: u32 = u32::MAX.wrapping_sub(1);

/// What the function does: its first argument. The numbers are the host's.
#[derive(Clone, Copy)]
#[repr(u32)]
enum Operation {
    ModuleNew = 0,
    InstanceNew = 1,
    Invoke = 2,
    Read = 3,
    Write = 4,
    Drop = 5,
}

type Function = extern "C" fn(u32, u64, u64, u64, u64) -> u64;

/// What stands in the place of the host's function where the host has none: nothing is known, nothing can be compiled.
extern "C" fn absent(_operation: u32, _a: u64, _b: u64, _c: u64, _d: u64) -> u64 {
    ABSENT
}

/// What [`absent`] answers.
const ABSENT: u64 = u64::MAX;

/// The place of [`absent`] in the table of functions. A host with a sandbox puts its own function there.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the host looks for it by this name")]
pub static sandbox_slot: Function = absent;

fn host(operation: Operation, a: u64, b: u64, c: u64, d: u64) -> u64 {
    // SAFETY: a static that is never written. It is read as if it were: the compiler must not conclude from its value which
    // function is called, since the host exchanges that one.
    let function = unsafe { core::ptr::read_volatile(&raw const sandbox_slot) };
    function(operation as u32, a, b, c, d)
}

/// The address of something, as the host wants it.
fn address<T>(of: *const T) -> u64 {
    u64::from(of as u32)
}

/// The host's sandbox.
pub struct HostSandbox;

impl Sandbox for HostSandbox {
    fn instantiate(
        &self,
        hash: &[u8; 32],
        code: &mut dyn FnMut() -> Option<Vec<u8>>,
    ) -> Result<Box<dyn Instance>, InstanceError> {
        let make = || host(Operation::InstanceNew, address(hash.as_ptr()), 0, 0, 0) as u32;
        let mut number = make();
        if number == UNKNOWN {
            let code = code().ok_or(InstanceError::NoCode)?;
            let refused = host(Operation::ModuleNew, pointer_size(&code), 0, 0, 0);
            number = if refused == 0 { make() } else { UNKNOWN };
        }
        match number {
            UNKNOWN | UNFIT => Err(InstanceError::Refused),
            number => Ok(Box::new(HostInstance { number })),
        }
    }
}

struct HostInstance {
    number: u32,
}

impl Drop for HostInstance {
    fn drop(&mut self) {
        host(Operation::Drop, u64::from(self.number), 0, 0, 0);
    }
}

/// Gas left, stack left, then arguments or the result: written by the host before an import and read by it afterwards.
struct Slots(UnsafeCell<[u64; PARAMS_MAX + 2]>);

/// What an import finds its way back by; it lies on the stack beneath the invocation.
struct Answering<'a, 'b> {
    slots: &'a Slots,
    memory: HostMemory,
    imports: &'a mut Imports<'b>,
}

impl Instance for HostInstance {
    fn invoke(&mut self, export: &str, counters: &mut Counters, imports: &mut Imports) -> Outcome {
        let slots = Slots(UnsafeCell::new([0; PARAMS_MAX + 2]));
        // SAFETY: nobody else holds the slots while no import is being answered.
        unsafe { *slots.0.get() = first_two(counters) };
        let mut answering = Answering { slots: &slots, memory: HostMemory { instance: self.number }, imports };
        // Name and slots outlive the call. `answering` does too; its address comes back in `answer` alone, while this function
        // waits for the host and does not touch it.
        let (name, state) = (pointer_size(export.as_bytes()), address(&raw mut answering));
        let status = host(Operation::Invoke, u64::from(self.number), name, address(slots.0.get()), state);
        // SAFETY: as above.
        let [gas, stack, ..] = unsafe { *slots.0.get() };
        *counters = Counters { gas, stack: stack as u32 };
        match status {
            0 => Outcome::Returned,
            2 => Outcome::Stopped,
            3 => Outcome::NoExport,
            _ => Outcome::Trapped,
        }
    }
}

fn first_two(counters: &Counters) -> [u64; PARAMS_MAX + 2] {
    let mut words = [0; PARAMS_MAX + 2];
    let [gas, stack, ..] = &mut words;
    (*gas, *stack) = (counters.gas, u64::from(counters.stack));
    words
}

/// What the runtime's export `sandbox_dispatch` does: answers the import `function` of the invocation `state`.
///
/// # Safety
/// To be called by the host alone, while it runs the invocation whose `state` it gives back.
pub unsafe fn answer(state: u32, function: u32) -> u32 {
    // SAFETY: `state` is the address of an `Answering` that lies on the stack beneath, whose owner waits for the host. An
    // invocation inside of this one has another.
    let answering = unsafe { &mut *(state as *mut Answering) };
    // SAFETY: the host has written the slots and waits for this function.
    let words = unsafe { *answering.slots.0.get() };
    let [gas, stack, arguments @ ..] = words;
    let counters = Counters { gas, stack: stack as u32 };
    let mut call = ImportCall { function, arguments, result: 0, counters, memory: &mut answering.memory };
    let control = (answering.imports)(&mut call);
    let (gas, result) = (call.counters.gas, call.result);
    // SAFETY: as above.
    let [gas_slot, _, result_slot, ..] = unsafe { &mut *answering.slots.0.get() };
    (*gas_slot, *result_slot) = (gas, result);
    u32::from(control == Control::Stop)
}

struct HostMemory {
    instance: u32,
}

impl Memory for HostMemory {
    fn read(&self, offset: u32, out: &mut [u8]) -> bool {
        host(Operation::Read, u64::from(self.instance), u64::from(offset), pointer_size(out), 0) == 0
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> bool {
        host(Operation::Write, u64::from(self.instance), u64::from(offset), pointer_size(bytes), 0) == 0
    }
}
