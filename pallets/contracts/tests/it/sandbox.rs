//! A sandbox for native tests: the same trait as the host's, with an interpreter behind it.
//!
//! Its meaning is that of `host/executor`'s sandbox: modules are kept by the keccak-256 of their bytes; each instance has its
//! own store; gas and stack go in and out through the module's globals; imports are (`ziver`, decimal number).
//!
//! An import suspends the interpreter (a resumable call), so that it is answered here, outside of it, where the closure of the
//! pallet may be used and the contract's memory be borrowed. What the host would call its own failure (no native stack left, a
//! module without the counters) is a panic.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fmt,
    sync::{LazyLock, Mutex},
};

use wasmi::{
    Caller, Config, Engine, Error, Extern, ExternType, Linker, Module, ResumableCall, Store, TrapCode, Val, ValType,
    errors::HostError,
};
use ziver_primitives::hashing::keccak_256;
use ziver_support::sandbox::{
    Control, Counters, ImportCall, Imports, Instance, InstanceError, Memory, Outcome, PARAMS_MAX, Sandbox,
};

/// The one of all tests; what it keeps must not be observable.
pub static SANDBOX: LazyLock<Interpreter> = LazyLock::new(Interpreter::new);

/// Instances that a call of the runtime may have at once on the real host, where more is a failure of the host.
const INSTANCES_MAX: usize = 16;

thread_local! {
    static INSTANCES: Cell<usize> = const { Cell::new(0) };
}

/// Runs contracts in an interpreter.
pub struct Interpreter {
    engine: Engine,
    modules: Mutex<BTreeMap<[u8; 32], Module>>,
}

impl Interpreter {
    /// With no module yet.
    pub fn new() -> Self {
        let mut config = Config::default();
        // The modules count their stack themselves: the interpreter's must never be what bites.
        config.set_max_recursion_depth(1 << 20).set_max_stack_height(1 << 28);
        Self { engine: Engine::new(&config), modules: Mutex::default() }
    }

    /// Whether it was ever asked for the module.
    pub fn knows(&self, hash: &[u8; 32]) -> bool {
        self.modules.lock().unwrap().contains_key(hash)
    }

    fn module(&self, hash: &[u8; 32], code: &mut dyn FnMut() -> Option<Vec<u8>>) -> Result<Module, InstanceError> {
        if let Some(module) = self.modules.lock().unwrap().get(hash) {
            return Ok(module.clone());
        }
        let code = code().ok_or(InstanceError::NoCode)?;
        assert_eq!(keccak_256(&code), *hash, "the code has the hash that it is asked for by");
        let module = Module::new(&self.engine, &code).map_err(|_| InstanceError::Refused)?;
        self.modules.lock().unwrap().insert(*hash, module.clone());
        Ok(module)
    }
}

impl Sandbox for Interpreter {
    fn instantiate(
        &self,
        hash: &[u8; 32],
        code: &mut dyn FnMut() -> Option<Vec<u8>>,
    ) -> Result<Box<dyn Instance>, InstanceError> {
        let module = self.module(hash, code)?;
        let mut store = Store::new(&self.engine, ());
        let mut linker = Linker::new(&self.engine);
        linker.allow_shadowing(true);
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty() else { return Err(InstanceError::Refused) };
            assert_eq!(import.module(), "ziver");
            let function: u16 = import.name().parse().expect("the name is a number");
            let suspend = move |_: Caller<'_, ()>, arguments: &[Val], _: &mut [Val]| {
                Err(Error::host(Suspended { function, arguments: arguments.to_vec() }))
            };
            linker.func_new(import.module(), import.name(), ty.clone(), suspend).expect("the name is new");
        }
        let instance = linker.instantiate_and_start(&mut store, &module).map_err(|_| InstanceError::Refused)?;
        INSTANCES.set(INSTANCES.get() + 1);
        assert!(INSTANCES.get() <= INSTANCES_MAX, "more instances than the host has");
        Ok(Box::new(Running { store, instance }))
    }
}

/// An import was called.
#[derive(Debug)]
struct Suspended {
    function: u16,
    arguments: Vec<Val>,
}

impl fmt::Display for Suspended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "import {}", self.function)
    }
}

impl HostError for Suspended {}

struct Running {
    store: Store<()>,
    instance: wasmi::Instance,
}

impl Running {
    fn global(&self, name: &str) -> wasmi::Global {
        self.instance.get_export(&self.store, name).and_then(Extern::into_global).expect("a counter")
    }

    fn counters(&self) -> Counters {
        let gas = self.global("gas_left").get(&self.store).i64().expect("a counter of 64 bits");
        let stack = self.global("stack_left").get(&self.store).i32().expect("a counter of 32 bits");
        assert!(gas >= 0 && stack >= 0, "counters are never negative: {gas} {stack}");
        Counters { gas: gas.cast_unsigned(), stack: stack.cast_unsigned() }
    }

    fn set_gas(&mut self, gas: u64) {
        let gas = i64::try_from(gas).expect("gas has 63 bits");
        self.global("gas_left").set(&mut self.store, Val::I64(gas)).expect("a mutable counter");
    }

    fn set_stack(&mut self, units: u32) {
        let global = self.global("stack_left");
        global.set(&mut self.store, Val::I32(units.cast_signed())).expect("a mutable counter");
    }

    /// Answers an import: its result, or the end of the contract.
    fn answer(&mut self, import: &Suspended, results: &[ValType], imports: &mut Imports) -> Option<Vec<Val>> {
        let counters = self.counters();
        // Words beyond the parameters are undefined.
        let mut arguments = [0xdead_beef_dead_beef; PARAMS_MAX];
        for (word, value) in arguments.iter_mut().zip(&import.arguments) {
            *word = match value {
                Val::I32(value) => u64::from(value.cast_unsigned()),
                Val::I64(value) => value.cast_unsigned(),
                other => panic!("contracts have no {other:?}"),
            };
        }
        let memory = self.instance.get_export(&self.store, "memory").and_then(Extern::into_memory).expect("a memory");
        let mut bytes = Bytes(memory.data_mut(&mut self.store));
        let function = u32::from(import.function);
        let mut call = ImportCall { function, arguments, result: 0, counters, memory: &mut bytes };
        let control = imports(&mut call);
        let (gas, result) = (call.counters.gas, call.result);
        self.set_gas(gas);
        let result = results.iter().map(|ty| match ty {
            ValType::I32 => Val::I32((result as u32).cast_signed()),
            _ => Val::I64(result.cast_signed()),
        });
        (control == Control::Continue).then(|| result.collect())
    }
}

impl Instance for Running {
    fn invoke(&mut self, export: &str, counters: &mut Counters, imports: &mut Imports) -> Outcome {
        let Some(function) = self.instance.get_func(&self.store, export) else { return Outcome::NoExport };
        self.set_gas(counters.gas);
        self.set_stack(counters.stack);
        let mut call = function.call_resumable(&mut self.store, &[], &mut []);
        let outcome = loop {
            match call {
                Ok(ResumableCall::Finished) => break Outcome::Returned,
                Ok(ResumableCall::HostTrap(suspended)) => {
                    let import = suspended.host_error().downcast_ref::<Suspended>().expect("an import suspends");
                    let results = suspended.host_func().ty(&self.store).results().to_vec();
                    match self.answer(import, &results, imports) {
                        Some(values) => call = suspended.resume(&mut self.store, &values, &mut []),
                        None => break Outcome::Stopped,
                    }
                }
                Ok(ResumableCall::OutOfFuel(_)) => panic!("the interpreter counts no fuel"),
                Err(error) => match error.as_trap_code() {
                    None | Some(TrapCode::StackOverflow | TrapCode::OutOfFuel) => panic!("the host failed: {error}"),
                    Some(_) => break Outcome::Trapped,
                },
            }
        };
        *counters = self.counters();
        outcome
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        INSTANCES.set(INSTANCES.get() - 1);
    }
}

struct Bytes<'a>(&'a mut [u8]);

impl Bytes<'_> {
    fn range(&self, offset: u32, len: usize) -> Option<std::ops::Range<usize>> {
        let start = offset as usize;
        let end = start.checked_add(len)?;
        (end <= self.0.len()).then_some(start..end)
    }
}

impl Memory for Bytes<'_> {
    fn read(&self, offset: u32, out: &mut [u8]) -> bool {
        let Some(range) = self.range(offset, out.len()) else { return false };
        out.copy_from_slice(&self.0[range]);
        true
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> bool {
        let Some(range) = self.range(offset, bytes.len()) else { return false };
        self.0[range].copy_from_slice(bytes);
        true
    }
}
