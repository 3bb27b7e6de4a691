//! Runs modules in an interpreter: original ones, naively metered ones and prepared ones, with the same imports.

use crate::code::imports::{EXHAUSTED, Import, MODULE};
use std::fmt;
use wasmi::{
    Config, Engine, Error, Extern, ExternType, Instance, Linker, Memory, MemoryType, Module, Store, Val,
    errors::HostError,
};

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Returned,
    Trapped(String),
    /// By `exhausted`, with its argument.
    Exhausted(i32),
    /// By an import that never returns.
    Stopped,
}

/// What can be seen of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub end: End,
    /// Calls of imports: ids and arguments.
    pub calls: Vec<(u16, Vec<i64>)>,
    pub memory: Vec<u8>,
}

/// An instance in the interpreter.
pub struct Machine {
    store: Store<Vec<(u16, Vec<i64>)>>,
    instance: Instance,
    memory: Memory,
}

#[derive(Debug)]
struct Stop(End);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl HostError for Stop {}

/// An import that never returns.
pub const SEAL_RETURN: u16 = 22;

impl Machine {
    /// Instantiates a module: a contract's, or one that was prepared.
    pub fn new(code: &[u8]) -> Self {
        let mut config = Config::default();
        config.set_max_recursion_depth(1 << 20).set_max_stack_height(1 << 28);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, code).expect("the interpreter takes the module");
        let mut store = Store::new(&engine, Vec::new());
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        let mut memory = None;
        for import in module.imports() {
            match import.ty() {
                ExternType::Func(ty) => {
                    let id = match import.module() {
                        MODULE => import.name().parse().expect("the name is an id"),
                        module => Import::by_name(module, import.name()).expect("the import is known").id,
                    };
                    let function = move |mut caller: wasmi::Caller<'_, Vec<(u16, Vec<i64>)>>,
                                         args: &[Val],
                                         results: &mut [Val]| {
                        let args = args.iter().map(number).collect::<Vec<_>>();
                        if id == EXHAUSTED {
                            return Err(Error::host(Stop(End::Exhausted(args[0] as i32))));
                        }
                        let answer = args.iter().fold(i64::from(id), |sum, arg| sum.rotate_left(7) ^ arg);
                        caller.data_mut().push((id, args));
                        if id == SEAL_RETURN {
                            return Err(Error::host(Stop(End::Stopped)));
                        }
                        for result in results {
                            *result = match result {
                                Val::I32(_) => Val::I32(answer as i32),
                                _ => Val::I64(answer),
                            };
                        }
                        Ok(())
                    };
                    linker.func_new(import.module(), import.name(), ty.clone(), function).expect("a new name");
                }
                ExternType::Memory(ty) => {
                    let ty = MemoryType::new(ty.minimum() as u32, Some(ty.maximum().map_or(16, |max| max as u32)));
                    let own = Memory::new(&mut store, ty).expect("a memory");
                    memory = Some(own);
                    linker.define(import.module(), import.name(), own).expect("a new name");
                }
                other => panic!("no contract imports {other:?}"),
            }
        }
        let instance = linker.instantiate_and_start(&mut store, &module).expect("the module instantiates");
        let own = instance.exports(&store).find_map(|export| export.into_memory());
        let memory = own.or(memory).expect("the module exports its memory");
        Self { store, instance, memory }
    }

    pub fn call(&mut self, entry: &str) -> Seen {
        let function = self.instance.get_typed_func::<(), ()>(&self.store, entry).expect("the entry exists");
        let end = match function.call(&mut self.store, ()) {
            Ok(()) => End::Returned,
            Err(error) => match error.downcast_ref::<Stop>() {
                Some(stop) => stop.0.clone(),
                None => {
                    End::Trapped(error.as_trap_code().map_or_else(|| error.to_string(), |code| format!("{code:?}")))
                }
            },
        };
        let calls = std::mem::take(self.store.data_mut());
        Seen { end, calls, memory: self.memory.data(&self.store).to_vec() }
    }

    pub fn set_gas(&mut self, gas: i64) {
        let global = self.global("gas_left");
        global.set(&mut self.store, Val::I64(gas)).expect("gas_left is a mutable i64");
    }

    pub fn set_stack(&mut self, units: i64) {
        let global = self.global("stack_left");
        global.set(&mut self.store, Val::I32(units as i32)).expect("stack_left is a mutable i32");
    }

    pub fn read(&self, global: &str) -> i64 {
        number(&self.global(global).get(&self.store))
    }

    /// Names of the exports, in order.
    pub fn exports(&self) -> Vec<String> {
        self.instance.exports(&self.store).map(|export| export.name().to_string()).collect()
    }

    fn global(&self, name: &str) -> wasmi::Global {
        self.instance.get_export(&self.store, name).and_then(Extern::into_global).expect("the global is exported")
    }
}

fn number(value: &Val) -> i64 {
    match value {
        Val::I32(value) => i64::from(*value),
        Val::I64(value) => *value,
        other => panic!("contracts have no {other:?}"),
    }
}
