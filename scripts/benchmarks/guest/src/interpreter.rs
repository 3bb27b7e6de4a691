//! Contracts in an interpreter inside the runtime, as Substrate's contracts pallet runs them: `wasmi`, the code read from state and
//! parsed for each call, without validation (upload has done that), functions translated when they are first called, gas counted as
//! the interpreter's fuel.
//!
//! What is stored as the code that runs must be the module as it was uploaded: it has its names, and does not count.
//! Only the functions that a module imports are defined, where Substrate's pallet defines all of them: that flatters the
//! interpreter.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use wasmi::{
    AsContextMut, Caller, CompilationMode, Config, Engine, Error, ExternType, Linker, Memory, Module, Store,
    errors::HostError,
};
use ziver_contracts::code::imports::{Import, Val};
use ziver_support::sandbox::{
    Control, Counters, ImportCall, Imports, Instance, InstanceError, Memory as ContractMemory, Outcome, PARAMS_MAX,
    Sandbox,
};

/// The interpreter.
pub static INTERPRETER: Interpreter = Interpreter;

/// See the module's head.
pub struct Interpreter;

impl Sandbox for Interpreter {
    fn instantiate(
        &self,
        _hash: &[u8; 32],
        code: &mut dyn FnMut() -> Option<Vec<u8>>,
    ) -> Result<Box<dyn Instance>, InstanceError> {
        let code = code().ok_or(InstanceError::NoCode)?;
        let mut config = Config::default();
        config.consume_fuel(true).floats(false).ignore_custom_sections(true);
        config.compilation_mode(CompilationMode::LazyTranslation);
        let engine = Engine::new(&config);
        // SAFETY: upload has validated it.
        let module = unsafe { Module::new_unchecked(&engine, &code) }.map_err(|_| InstanceError::Refused)?;
        Ok(Box::new(Parsed { engine, module }))
    }
}

struct Parsed {
    engine: Engine,
    module: Module,
}

/// What imports find.
struct State<'a, 'b> {
    imports: &'a mut Imports<'b>,
    memory: Memory,
    stack: u32,
}

/// The chain ended the contract.
#[derive(Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped")
    }
}

impl HostError for Stopped {}

impl Instance for Parsed {
    fn invoke(&mut self, export: &str, counters: &mut Counters, imports: &mut Imports) -> Outcome {
        let mut bare = None;
        let mut linker = Linker::new(&self.engine);
        for import in self.module.imports() {
            match import.ty() {
                ExternType::Memory(ty) => bare = Some((import.module(), import.name(), *ty)),
                _ => define(&mut linker, Import::by_name(import.module(), import.name()).expect("it is known")),
            }
        }
        // The state wants the memory, and the memory a store.
        let mut store = Store::new(&self.engine, None);
        let imported = bare.map(|(module, name, ty)| {
            let memory = Memory::new(&mut store, ty).expect("there is room for it");
            linker.define(module, name, memory).expect("the name is new");
            memory
        });
        store.set_fuel(counters.gas).expect("it counts fuel");
        let instance = linker.instantiate_and_start(&mut store, &self.module).expect("upload has tried it");
        let memory = imported.or_else(|| instance.get_memory(&store, "memory")).expect("it has a memory");
        *store.data_mut() = Some(State { imports, memory, stack: counters.stack });
        let function = instance.get_typed_func::<(), ()>(&store, export).expect("upload has looked for it");
        let result = function.call(&mut store, ());
        counters.gas = store.get_fuel().expect("it counts fuel");
        match result {
            Ok(()) => Outcome::Returned,
            Err(error) if error.downcast_ref::<Stopped>().is_some() => Outcome::Stopped,
            Err(_) => Outcome::Trapped,
        }
    }
}

/// Defines a function by its type, for the types that matter: a function of another one is not to be called.
fn define(linker: &mut Linker<Option<State<'_, '_>>>, import: &'static Import) {
    let (function, module, name) = (u32::from(import.id), import.module, import.name);
    macro_rules! answering {
        ($($argument:ident),*) => {
            match import.result {
                None => linker.func_wrap(module, name, move |caller: Caller<'_, _>, $($argument: u32),*| {
                    answer(caller, function, &[$($argument.into()),*]).map(|_| ())
                }),
                Some(Val::I32) => linker.func_wrap(module, name, move |caller: Caller<'_, _>, $($argument: u32),*| {
                    answer(caller, function, &[$($argument.into()),*]).map(|result| result as u32)
                }),
                Some(Val::I64) => linker.func_wrap(module, name, move |caller: Caller<'_, _>, $($argument: u32),*| {
                    answer(caller, function, &[$($argument.into()),*])
                }),
            }
        };
    }
    assert!(import.params.iter().all(|param| *param == Val::I32), "{name} has an argument of 64 bits");
    let defined = match import.params.len() {
        0 => answering!(),
        1 => answering!(a),
        2 => answering!(a, b),
        3 => answering!(a, b, c),
        4 => answering!(a, b, c, d),
        5 => answering!(a, b, c, d, e),
        _ => answering!(a, b, c, d, e, f),
    };
    // It may be imported twice.
    let _ = defined;
}

fn answer(mut caller: Caller<'_, Option<State<'_, '_>>>, function: u32, words: &[u64]) -> Result<u64, Error> {
    let gas = caller.get_fuel()?;
    let memory = caller.data().as_ref().expect("it is set before it runs").memory;
    let (bytes, state) = memory.data_and_store_mut(caller.as_context_mut());
    let state = state.as_mut().expect("it is set before it runs");
    let mut arguments = [0; PARAMS_MAX];
    arguments[..words.len()].copy_from_slice(words);
    let counters = Counters { gas, stack: state.stack };
    let mut bytes = Bytes(bytes);
    let mut call = ImportCall { function, arguments, result: 0, counters, memory: &mut bytes };
    let control = (state.imports)(&mut call);
    let (gas, result) = (call.counters.gas, call.result);
    caller.set_fuel(gas)?;
    if control == Control::Continue { Ok(result) } else { Err(Error::host(Stopped)) }
}

struct Bytes<'a>(&'a mut [u8]);

impl ContractMemory for Bytes<'_> {
    fn read(&self, offset: u32, out: &mut [u8]) -> bool {
        let bytes = self.0.get(offset as usize..).and_then(|bytes| bytes.get(..out.len()));
        bytes.map(|bytes| out.copy_from_slice(bytes)).is_some()
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> bool {
        let room = self.0.get_mut(offset as usize..).and_then(|room| room.get_mut(..bytes.len()));
        room.map(|room| room.copy_from_slice(bytes)).is_some()
    }
}
