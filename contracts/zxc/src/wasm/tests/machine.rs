//! Runs a contract's module with wasmi, its imports answered by a [`MockChain`].

use wasmi::{Caller, CompilationMode, Config, Engine, Error, Extern, Linker, Memory, MemoryType, Module, Store};

use crate::ir::chain::{Answer, Chain, Request, ReturnCode, Target};
use crate::ir::interpret::Outcome;
use crate::ir::tests::mock::MockChain;
use crate::ir::{EntryKind, Type, Types, interpret::value};

/// What the imports work on.
struct Host {
    chain: MockChain,
    memory: Option<Memory>,
    outcome: Option<Outcome>,
    /// The imports that were called, in their order.
    calls: Vec<&'static str>,
    /// The end of the input in memory.
    input_end: usize,
}

/// What lies behind the input before the contract writes there.
pub(super) const UNTOUCHED: u8 = 0xa5;

type Result<T> = std::result::Result<T, Error>;

/// How a run ended, and what it did on the way.
pub(super) struct Run {
    pub(super) outcome: std::result::Result<Outcome, String>,
    pub(super) calls: Vec<&'static str>,
    /// The contract's memory in the end.
    pub(super) memory: Vec<u8>,
    /// Where the input ends: the arena goes on from there.
    pub(super) input_end: usize,
    /// What it cost, in wasmi's measure: about one for each instruction.
    pub(super) fuel: u64,
}

/// More than any test needs.
const FUEL: u64 = 200_000_000;

/// Serves one call; an error is a trap.
pub(super) fn run(module: &[u8], chain: &mut MockChain, kind: EntryKind, input: &[u8]) -> Run {
    let mut config = Config::default();
    config.consume_fuel(true);
    // What is translated later would cost fuel.
    config.compilation_mode(CompilationMode::Eager);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, module).expect("a module");
    let host = Host { chain: chain.clone(), memory: None, outcome: None, calls: Vec::new(), input_end: 0 };
    let mut store = Store::new(&engine, host);
    store.set_fuel(FUEL).expect("fuel is on");
    let pages = module.imports().find_map(|import| import.ty().memory().map(|ty| ty.minimum())).expect("a memory");
    let ty = MemoryType::new(u32::try_from(pages).expect("few pages"), Some(16));
    let memory = Memory::new(&mut store, ty).expect("memory");
    store.data_mut().memory = Some(memory);
    let linker = linker(&engine, memory, input.to_vec());
    let instance = linker.instantiate_and_start(&mut store, &module).expect("an instance");
    let name = if kind == EntryKind::Message { "call" } else { "deploy" };
    let function = instance.get_typed_func::<(), ()>(&store, name).expect("an export");
    let result = function.call(&mut store, ());
    let memory = memory.data(&store).to_vec();
    let fuel = FUEL - store.get_fuel().expect("fuel is on");
    let host = store.into_data();
    *chain = host.chain;
    let outcome = match (result, host.outcome) {
        (_, Some(outcome)) => Ok(outcome),
        (Ok(()), None) => Err("it returned without seal_return".to_owned()),
        (Err(error), None) => Err(error.to_string()),
    };
    Run { outcome, calls: host.calls, memory, input_end: host.input_end, fuel }
}

fn memory(caller: &Caller<Host>) -> Memory {
    caller.data().memory.expect("a memory")
}

fn bytes(caller: &Caller<Host>, at: u32, length: u32) -> Result<Vec<u8>> {
    let data = memory(caller).data(caller);
    let slice = data.get(at as usize..at as usize + length as usize);
    slice.map(<[u8]>::to_vec).ok_or_else(|| Error::new("out of bounds"))
}

fn array<const N: usize>(caller: &Caller<Host>, at: u32) -> Result<[u8; N]> {
    let bytes = bytes(caller, at, u32::try_from(N).expect("short"))?;
    Ok(bytes.try_into().expect("as many bytes"))
}

fn put(caller: &mut Caller<Host>, at: u32, bytes: &[u8]) -> Result<()> {
    memory(caller).write(caller, at as usize, bytes).map_err(|_| Error::new("out of bounds"))
}

/// Writes what has its length beside it.
fn out(caller: &mut Caller<Host>, at: u32, length_at: u32, bytes: &[u8]) -> Result<()> {
    let room = u32::from_le_bytes(array(caller, length_at)?);
    if bytes.len() > room as usize {
        return Err(Error::new("too little room"));
    }
    put(caller, at, bytes)?;
    put(caller, length_at, &u32::try_from(bytes.len()).expect("short").to_le_bytes())
}

fn exit<T>(caller: &mut Caller<Host>, outcome: Outcome) -> Result<T> {
    caller.data_mut().outcome = Some(outcome);
    Err(Error::new("the end"))
}

fn called(caller: &mut Caller<Host>, name: &'static str) {
    caller.data_mut().calls.push(name);
}

fn chain<'a>(caller: &'a mut Caller<Host>) -> &'a mut MockChain {
    &mut caller.data_mut().chain
}

/// The length of a value, or the greatest number.
fn length_of(value: Option<Vec<u8>>) -> u32 {
    value.map_or(u32::MAX, |value| u32::try_from(value.len()).expect("short"))
}

fn linker(engine: &Engine, memory: Memory, input: Vec<u8>) -> Linker<Host> {
    let mut linker = Linker::new(engine);
    linker.define("env", "memory", Extern::Memory(memory)).expect("once");
    add_call(&mut linker, input).expect("once each");
    add_storage(&mut linker).expect("once each");
    add_context(&mut linker).expect("once each");
    add_hashes(&mut linker).expect("once each");
    add_others(&mut linker).expect("once each");
    add_effects(&mut linker).expect("once each");
    linker
}

type Added = std::result::Result<(), wasmi::errors::LinkerError>;

fn add_call(linker: &mut Linker<Host>, input: Vec<u8>) -> Added {
    linker.func_wrap("seal0", "input", move |mut it: Caller<Host>, at: u32, length: u32| {
        called(&mut it, "input");
        // The chain gives zeros there, but nobody may count on it: a loop's rounds use it again and again.
        let end = at as usize + input.len();
        it.data_mut().input_end = end;
        if let Some(arena) = memory(&it).data_mut(&mut it).get_mut(end..) {
            arena.fill(UNTOUCHED);
        }
        out(&mut it, at, length, &input)
    })?;
    linker.func_wrap(
        "seal0",
        "seal_return",
        |mut it: Caller<Host>, flags: u32, at: u32, length: u32| -> Result<()> {
            called(&mut it, "seal_return");
            let output = bytes(&it, at, length)?;
            if flags == 0 {
                return exit(&mut it, Outcome::Returned(output));
            }
            // What a revert says is checked here: a 1, and the message.
            let types = Types::new();
            match output.split_first() {
                Some((1, rest)) => match value::decode(rest, Type::String, &types) {
                    Ok(value::Value::String(message)) => exit(&mut it, Outcome::Reverted(message)),
                    _ => Err(Error::new("a revert without a message")),
                },
                _ => Err(Error::new("a revert without a 1")),
            }
        },
    )?;
    linker.func_wrap("seal1", "terminate", |mut it: Caller<Host>, to: u32| -> Result<()> {
        let to = array(&it, to)?;
        chain(&mut it).terminate(&to);
        exit(&mut it, Outcome::Terminated)
    })?;
    Ok(())
}

fn add_storage(linker: &mut Linker<Host>) -> Added {
    linker.func_wrap(
        "seal2",
        "set_storage",
        |mut it: Caller<Host>, key: u32, key_length: u32, at: u32, length: u32| -> Result<u32> {
            called(&mut it, "set_storage");
            let (key, value) = (bytes(&it, key, key_length)?, bytes(&it, at, length)?);
            let old = chain(&mut it).read(&key);
            chain(&mut it).write(&key, &value);
            Ok(length_of(old))
        },
    )?;
    linker.func_wrap(
        "seal1",
        "get_storage",
        |mut it: Caller<Host>, key: u32, key_length: u32, at: u32, length: u32| -> Result<u32> {
            called(&mut it, "get_storage");
            let key = bytes(&it, key, key_length)?;
            match chain(&mut it).read(&key) {
                Some(value) => out(&mut it, at, length, &value).map(|()| 0),
                None => Ok(ReturnCode::KeyNotFound as u32),
            }
        },
    )?;
    linker.func_wrap("seal1", "contains_storage", |mut it: Caller<Host>, key: u32, length: u32| -> Result<u32> {
        let key = bytes(&it, key, length)?;
        Ok(length_of(chain(&mut it).read(&key)))
    })?;
    linker.func_wrap("seal1", "clear_storage", |mut it: Caller<Host>, key: u32, length: u32| -> Result<u32> {
        let key = bytes(&it, key, length)?;
        let old = chain(&mut it).read(&key);
        chain(&mut it).clear(&key);
        Ok(length_of(old))
    })?;
    for (name, what) in [("start_transaction", 0), ("commit_transaction", 1), ("rollback_transaction", 2)] {
        linker.func_wrap("zx", name, move |mut it: Caller<Host>| match what {
            0 => chain(&mut it).begin(),
            1 => chain(&mut it).commit(),
            _ => chain(&mut it).rollback(),
        })?;
    }
    Ok(())
}

fn add_context(linker: &mut Linker<Host>) -> Added {
    type Get = fn(&mut MockChain) -> Vec<u8>;
    let outs: [(&'static str, &'static str, Get); 8] = [
        ("seal0", "caller", |it| it.context.caller.to_vec()),
        ("seal0", "address", |it| it.context.this.to_vec()),
        ("seal0", "value_transferred", |it| it.context.value.to_le_bytes().to_vec()),
        ("seal0", "balance", |it| it.balance().to_le_bytes().to_vec()),
        ("seal0", "block_number", |it| it.context.block_number.to_le_bytes().to_vec()),
        ("seal0", "now", |it| it.context.timestamp.to_le_bytes().to_vec()),
        ("seal0", "own_code_hash", |it| it.context.own_code_hash.to_vec()),
        ("zx", "origin", |it| it.context.origin.to_vec()),
    ];
    for (module, name, get) in outs {
        linker.func_wrap(module, name, move |mut it: Caller<Host>, at: u32, length: u32| {
            called(&mut it, name);
            let value = get(chain(&mut it));
            out(&mut it, at, length, &value)
        })?;
    }
    linker.func_wrap("seal0", "caller_is_origin", |it: Caller<Host>| {
        u32::from(it.data().chain.context.caller_is_origin)
    })?;
    linker.func_wrap("seal0", "reentrance_count", |it: Caller<Host>| it.data().chain.context.reentrance)?;
    linker.func_wrap("zx", "gas_left", |mut it: Caller<Host>| chain(&mut it).gas_left())?;
    linker.func_wrap("zx", "gas_limit", |it: Caller<Host>| it.data().chain.context.gas_limit)?;
    linker.func_wrap("zx", "limit_gas", |mut it: Caller<Host>, gas: u64| chain(&mut it).limit_gas(gas))?;
    linker.func_wrap("zx", "block_hash", |mut it: Caller<Host>, number: u32, at: u32| -> Result<u32> {
        match chain(&mut it).block_hash(number) {
            Some(hash) => put(&mut it, at, &hash).map(|()| 0),
            None => Ok(ReturnCode::KeyNotFound as u32),
        }
    })?;
    linker.func_wrap("seal0", "is_contract", |mut it: Caller<Host>, account: u32| -> Result<u32> {
        let account = array(&it, account)?;
        Ok(chain(&mut it).code_hash(&account).is_some().into())
    })?;
    linker.func_wrap(
        "seal0",
        "code_hash",
        |mut it: Caller<Host>, account: u32, at: u32, length: u32| -> Result<u32> {
            let account = array(&it, account)?;
            match chain(&mut it).code_hash(&account) {
                Some(hash) => out(&mut it, at, length, &hash).map(|()| 0),
                None => Ok(ReturnCode::KeyNotFound as u32),
            }
        },
    )?;
    Ok(())
}

fn add_hashes(linker: &mut Linker<Host>) -> Added {
    type Hash = fn(&[u8]) -> [u8; 32];
    let hashes: [(&str, &str, Hash); 4] = [
        ("seal0", "hash_sha2_256", |bytes| <sha2::Sha256 as sha2::Digest>::digest(bytes).into()),
        ("seal0", "hash_keccak_256", ziver_primitives::hashing::keccak_256),
        ("seal0", "hash_blake2_256", ziver_primitives::hashing::blake2_256),
        ("zx", "hash_sha3_256", |bytes| <sha3::Sha3_256 as sha3::Digest>::digest(bytes).into()),
    ];
    for (module, name, hash) in hashes {
        linker.func_wrap(module, name, move |mut it: Caller<Host>, from: u32, length: u32, at: u32| -> Result<()> {
            let hash = hash(&bytes(&it, from, length)?);
            put(&mut it, at, &hash)
        })?;
    }
    linker.func_wrap(
        "seal0",
        "ecdsa_recover",
        |mut it: Caller<Host>, signature: u32, digest: u32, at: u32| -> Result<u32> {
            let (signature, digest) = (array(&it, signature)?, array(&it, digest)?);
            match chain(&mut it).recover(&signature, &digest) {
                Some(key) => put(&mut it, at, &key).map(|()| 0),
                None => Ok(ReturnCode::EcdsaRecoveryFailed as u32),
            }
        },
    )?;
    linker.func_wrap("seal0", "ecdsa_to_eth_address", |mut it: Caller<Host>, key: u32, at: u32| -> Result<u32> {
        let key = array(&it, key)?;
        let address = chain(&mut it).address_of(&key);
        put(&mut it, at, &address).map(|()| 0)
    })?;
    Ok(())
}

fn add_others(linker: &mut Linker<Host>) -> Added {
    linker.func_wrap("seal1", "call", call)?;
    linker.func_wrap(
        "seal0",
        "delegate_call",
        |mut it: Caller<Host>,
         flags: u32,
         code: u32,
         from: u32,
         from_length: u32,
         at: u32,
         length: u32|
         -> Result<u32> {
            let input = bytes(&it, from, from_length)?;
            let target = Target::Code(array(&it, code)?);
            let request = Request { target, input, value: 0, gas: 0, reentry: flags & 8 != 0 };
            let answer = chain(&mut it).call(&request);
            finish(&mut it, &answer, at, length)
        },
    )?;
    linker.func_wrap("seal1", "instantiate", instantiate)?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "an import has as many")]
fn call(
    mut it: Caller<Host>,
    flags: u32,
    callee: u32,
    gas: u64,
    value: u32,
    from: u32,
    from_length: u32,
    at: u32,
    length: u32,
) -> Result<u32> {
    let (input, callee) = (bytes(&it, from, from_length)?, array(&it, callee)?);
    let target = if flags & 16 == 0 { Target::Contract(callee) } else { Target::Static(callee) };
    let value = u128::from_le_bytes(array(&it, value)?);
    let request = Request { target, input, value, gas, reentry: flags & 8 != 0 };
    let answer = chain(&mut it).call(&request);
    finish(&mut it, &answer, at, length)
}

#[expect(clippy::too_many_arguments, reason = "an import has as many")]
fn instantiate(
    mut it: Caller<Host>,
    code: u32,
    gas: u64,
    value: u32,
    from: u32,
    from_length: u32,
    address_at: u32,
    address_length: u32,
    at: u32,
    length: u32,
    salt: u32,
    salt_length: u32,
) -> Result<u32> {
    let (input, salt) = (bytes(&it, from, from_length)?, bytes(&it, salt, salt_length)?);
    let target = Target::Code(array(&it, code)?);
    let value = u128::from_le_bytes(array(&it, value)?);
    let request = Request { target, input, value, gas, reentry: false };
    let (answer, address) = chain(&mut it).instantiate(&request, &salt);
    if answer.code == ReturnCode::Success {
        out(&mut it, address_at, address_length, &address)?;
    }
    finish(&mut it, &answer, at, length)
}

fn finish(it: &mut Caller<Host>, answer: &Answer, at: u32, length: u32) -> Result<u32> {
    let output = match answer.code {
        ReturnCode::Success | ReturnCode::CalleeReverted => &answer.output[..],
        _ => &[],
    };
    out(it, at, length, output)?;
    Ok(answer.code as u32)
}

fn add_effects(linker: &mut Linker<Host>) -> Added {
    linker.func_wrap(
        "seal0",
        "deposit_event",
        |mut it: Caller<Host>, topics: u32, topics_length: u32, data: u32, length: u32| -> Result<()> {
            called(&mut it, "deposit_event");
            let (topics, data) = (bytes(&it, topics, topics_length)?, bytes(&it, data, length)?);
            let (count, topics) = topics.split_first().expect("a length");
            assert_eq!(usize::from(count >> 2) * 32, topics.len());
            let topics: Vec<[u8; 32]> = topics.chunks(32).map(|it| it.try_into().expect("32 bytes")).collect();
            chain(&mut it).emit(&topics, &data);
            Ok(())
        },
    )?;
    linker.func_wrap("seal0", "debug_message", |mut it: Caller<Host>, at: u32, length: u32| -> Result<u32> {
        let text = String::from_utf8(bytes(&it, at, length)?).map_err(|_| Error::new("no text"))?;
        chain(&mut it).debug(&text);
        Ok(0)
    })?;
    linker.func_wrap(
        "seal0",
        "transfer",
        |mut it: Caller<Host>, to: u32, to_length: u32, value: u32, value_length: u32| -> Result<u32> {
            assert_eq!((to_length, value_length), (20, 16));
            let (to, amount) = (array(&it, to)?, u128::from_le_bytes(array(&it, value)?));
            let sent = chain(&mut it).transfer(&to, amount);
            Ok(if sent { 0 } else { ReturnCode::TransferFailed as u32 })
        },
    )?;
    linker.func_wrap("seal0", "set_code_hash", |mut it: Caller<Host>, hash: u32| -> Result<u32> {
        let hash = array(&it, hash)?;
        let set = chain(&mut it).set_code(&hash);
        Ok(if set { 0 } else { ReturnCode::CodeNotFound as u32 })
    })?;
    Ok(())
}
