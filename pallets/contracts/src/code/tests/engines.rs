//! Prepared code in the compilers that nodes use: the stack that it counts is enough for their frames, and they all do
//! and count the same.

use super::{
    accepted, contract, machine,
    programs::program,
    random::{Random, contract as random_contract},
};
use crate::code::{imports::EXHAUSTED, prepare, stack};
use wasmtime::{Caller, Config, Engine, Error, ExternType, Linker, Module, OptLevel, Store, Strategy, Trap, Val};

/// Most native stack that an instance takes: the counted units, and a frame on top that no longer fits.
const NATIVE_STACK_BYTES: usize = (stack::LIMIT_UNITS * stack::UNIT_BYTES) as usize + (128 << 10);

#[derive(Clone, Copy, Debug)]
enum Compiler {
    Winch,
    Plain,
    Optimising,
}

const COMPILERS: [Compiler; 3] = [Compiler::Winch, Compiler::Plain, Compiler::Optimising];

fn engine(compiler: Compiler) -> Engine {
    let mut config = Config::new();
    match compiler {
        Compiler::Winch => config.strategy(Strategy::Winch),
        Compiler::Plain => config.cranelift_opt_level(OptLevel::None),
        Compiler::Optimising => config.cranelift_opt_level(OptLevel::Speed),
    };
    config.max_wasm_stack(NATIVE_STACK_BYTES);
    Engine::new(&config).expect("the configuration is valid")
}

/// What a call did: how it ended, and what can be seen afterwards.
fn run(engine: &Engine, code: &[u8], entry: &str, gas: i64) -> String {
    let module = Module::new(engine, code).expect("the compiler takes the module");
    let mut store = Store::new(engine, Vec::new());
    let mut linker = Linker::new(engine);
    linker.allow_shadowing(true);
    for import in module.imports() {
        let ExternType::Func(ty) = import.ty() else { panic!("prepared code imports functions") };
        let id = import.name().parse::<u16>().expect("the name is an id");
        let function = move |mut caller: Caller<'_, Vec<(u16, Vec<i64>)>>, args: &[Val], results: &mut [Val]| {
            let args = args.iter().map(|arg| arg.i64().unwrap_or_else(|| i64::from(arg.unwrap_i32())));
            let args = args.collect::<Vec<_>>();
            if id == EXHAUSTED || id == machine::SEAL_RETURN {
                return Err(Error::msg(format!("stopped by {id} {args:?}")));
            }
            let answer = args.iter().fold(i64::from(id), |sum, arg| sum.rotate_left(7) ^ arg);
            caller.data_mut().push((id, args));
            for result in results {
                *result = if matches!(result, Val::I64(_)) { Val::I64(answer) } else { Val::I32(answer as i32) };
            }
            Ok(())
        };
        let results = ty.results().map(|ty| if ty.is_i64() { Val::I64(0) } else { Val::I32(0) }).collect::<Vec<_>>();
        let typed = move |caller: Caller<'_, _>, args: &[Val], out: &mut [Val]| {
            out.clone_from_slice(&results);
            function(caller, args, out)
        };
        linker.func_new("ziver", import.name(), ty, typed).expect("the import is defined");
    }
    let instance = linker.instantiate(&mut store, &module).expect("prepared code instantiates");
    let [gas_left, stack_left] =
        ["gas_left", "stack_left"].map(|name| instance.get_global(&mut store, name).expect(name));
    gas_left.set(&mut store, Val::I64(gas)).expect("gas_left is a mutable i64");
    let function = instance.get_typed_func::<(), ()>(&mut store, entry).expect("the entry exists");
    let end = match function.call(&mut store, ()) {
        Ok(()) => "returned".to_string(),
        Err(error) => {
            error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), |trap| format!("{trap:?}"))
        }
    };
    let memory = instance.get_memory(&mut store, "memory").expect("memory");
    let sum = memory.data(&store).iter().fold(0u64, |sum, byte| sum.rotate_left(9) ^ u64::from(*byte) ^ sum >> 3);
    let (gas_left, stack_left) = (gas_left.get(&mut store), stack_left.get(&mut store));
    let pages = memory.size(&store);
    format!("{end}, gas {gas_left:?}, stack {stack_left:?}, memory {pages} {sum}, calls {:?}", store.data())
}

/// Calls engines on a thread with room for them.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(16 << 20).spawn(test).expect("the thread starts");
    thread.join().expect("the test ends");
}

/// Functions `$f` that call themselves without end, and of which a compiler has to keep much meanwhile.
fn recursions() -> Vec<(&'static str, String)> {
    let times = |count: usize, text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
    let stored = |count: usize, operation: &str| {
        times(count, &|i| format!("i32.const {} local.get 1 {operation} local.tee 1 i32.store ", i * 4))
    };
    let kept = |count: usize, operation: &str| {
        let chain = format!("local.get 0 local.set 1 {}", stored(count, operation));
        format!("(func $f (param i32) (local i32) {chain} local.get 0 call $f {chain})")
    };
    let invariant = |count: usize, operation: &str| {
        let chain =
            times(count, &|_| format!("local.get 1 {operation} local.tee 1 i32.load local.get 2 i32.add local.set 2 "));
        let start = "i32.const 0 local.get 2 i32.add call $f local.get 0 local.set 1";
        format!("(func $f (param i32) (local i32 i32) loop {start} {chain} local.get 2 br_if 0 end)")
    };
    let loads = |count: usize| times(count, &|i| format!("i32.const {} i32.load ", i * 4));
    let params = times(16, &|i| format!("local.get {i} "));
    vec![
        ("nothing", "(func $f (param i32) local.get 0 call $f)".into()),
        ("locals", format!("(func $f (param i32) (local {}) local.get 0 call $f)", "i64 ".repeat(1_024))),
        ("operands", format!("(func $f (param i32) {} local.get 0 call $f {})", loads(1_000), "drop ".repeat(1_000))),
        (
            "used operands",
            format!("(func $f (param i32) {} local.get 0 call $f {} drop)", loads(900), "i32.xor ".repeat(899)),
        ),
        (
            "parameters",
            format!(
                "(func $g (param {}) {params} call $g) (func $f (param i32) {} call $g)",
                "i64 ".repeat(16),
                "i64.const 1 ".repeat(16)
            ),
        ),
        ("common products", kept(2_000, "local.get 0 i32.mul")),
        ("common quotients", kept(1_200, "local.get 0 i32.const 1 i32.or i32.div_u")),
        ("common comparisons", kept(2_000, "local.get 0 i32.lt_s")),
        ("invariant counts", invariant(4_000, "i32.clz")),
        ("invariant comparisons", invariant(3_500, "local.get 0 i32.lt_u")),
    ]
}

#[test]
fn no_compiler_needs_more_stack_than_is_counted() {
    with_stack(|| {
        for (name, function) in recursions() {
            let code = accepted(&contract(&function, "i32.const 0 call $f")).code;
            for compiler in COMPILERS {
                let seen = run(&engine(compiler), &code, "call", 1 << 50);
                assert!(seen.starts_with("stopped by 0 [2]"), "{name}, {compiler:?}: {seen}");
            }
        }
    });
}

/// Runs the entries of modules in all compilers.
fn agree(seeds: std::ops::Range<u64>, make: fn(&mut Random) -> Vec<u8>) {
    with_stack(move || {
        let engines = COMPILERS.map(engine);
        for seed in seeds {
            println!("module {seed}");
            let Ok(prepared) = prepare(&make(&mut Random::new(seed))) else { continue };
            for (entry, gas) in [("call", 10_000_000), ("deploy", 10_000_000), ("call", 2_000)] {
                let [first, others @ ..] = engines.each_ref().map(|engine| run(engine, &prepared.code, entry, gas));
                for other in others {
                    assert_eq!(other, first);
                }
            }
        }
    });
}

#[test]
fn compilers_agree_on_random_programs() {
    agree(500..520, program);
    agree(500..520, random_contract);
}

#[test]
fn compilers_agree_on_more_random_programs_slow() {
    agree(1_000_000..1_000_500, program);
    agree(1_000_000..1_000_500, random_contract);
}
