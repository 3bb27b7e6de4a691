//! The entry points.
//!
//! | name | argument | what it does |
//! |---|---|---|
//! | `bench_calls` | header, list of (signer, call) | begins a block and dispatches the calls: no extrinsics, no fees |
//! | `bench_calls_interpreted` | the same | the same, contracts in the interpreter |
//! | `bench_execute_block_interpreted` | block | `Core_execute_block`, contracts in the interpreter |
//!
//! What fails ends the call: benchmarks measure what succeeds.

use alloc::vec::Vec;
use codec::{Decode, DecodeAll};
use ziver_primitives::{AccountId20, Block, Header, host::pointer_size};
use ziver_runtime::{RuntimeCall, executive};
use ziver_support::{
    Ctx, Dispatchable, Externalities, LogLevel, Origin, RemovedPrefix,
    externalities::{Buffered, HostExternalities},
    sandbox::Sandbox,
};

use crate::interpreter::INTERPRETER;

#[unsafe(no_mangle)]
extern "C" fn bench_calls(pointer: u32, len: u32) -> u64 {
    run(HostExternalities, calls, pointer, len)
}

#[unsafe(no_mangle)]
extern "C" fn bench_calls_interpreted(pointer: u32, len: u32) -> u64 {
    run(Interpreted(HostExternalities), calls, pointer, len)
}

#[unsafe(no_mangle)]
extern "C" fn bench_execute_block_interpreted(pointer: u32, len: u32) -> u64 {
    run(Interpreted(HostExternalities), execute_block, pointer, len)
}

/// As the runtime's own entry points run: behind a buffer, which tells the host what changed in the end.
fn run<E: Externalities>(ext: E, function: fn(&mut Ctx, &[u8]), pointer: u32, len: u32) -> u64 {
    // SAFETY: the host wrote `len` bytes at `pointer` for this call, and nobody else knows of them.
    let input = unsafe { core::slice::from_raw_parts(pointer as *const u8, len as usize) };
    let mut host = Buffered::new(ext);
    function(&mut Ctx::new(&mut host), input);
    host.flush();
    core::mem::forget(host);
    pointer_size(&[])
}

fn decoded<T: Decode>(input: &[u8]) -> T {
    T::decode_all(&mut &*input).expect("the argument decodes")
}

fn execute_block(ctx: &mut Ctx, input: &[u8]) {
    executive::execute_block(ctx, &decoded::<Block>(input)).expect("the block is good");
}

fn calls(ctx: &mut Ctx, input: &[u8]) {
    let (header, calls): (Header, Vec<(AccountId20, RuntimeCall)>) = decoded(input);
    executive::initialize_block(ctx, &header);
    for (signer, call) in calls {
        let done = ctx.transactional(|ctx| call.dispatch(ctx, Origin::Signed(signer)));
        ctx.run_finally();
        done.map_err(|failure| failure.error).expect("the call succeeds");
    }
}

/// The host's functions, but for the sandbox.
struct Interpreted(HostExternalities);

impl Externalities for Interpreted {
    fn sandbox(&self) -> &'static dyn Sandbox {
        &INTERPRETER
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn exists(&self, key: &[u8]) -> bool {
        self.0.exists(key)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.0.set(key, value);
    }

    fn clear(&mut self, key: &[u8]) {
        self.0.clear(key);
    }

    fn append(&mut self, key: &[u8], item: &[u8]) {
        self.0.append(key, item);
    }

    fn next_key(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.next_key(key)
    }

    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> RemovedPrefix {
        self.0.clear_prefix(prefix, limit)
    }

    fn start_transaction(&mut self) {
        self.0.start_transaction();
    }

    fn commit_transaction(&mut self) {
        self.0.commit_transaction();
    }

    fn rollback_transaction(&mut self) {
        self.0.rollback_transaction();
    }

    fn storage_root(&mut self) -> [u8; 32] {
        self.0.storage_root()
    }

    fn ordered_root(&self, values: &[Vec<u8>]) -> [u8; 32] {
        self.0.ordered_root(values)
    }

    fn runtime_version(&self, code: &[u8]) -> Option<Vec<u8>> {
        self.0.runtime_version(code)
    }

    fn log(&self, level: LogLevel, target: &str, message: &str) {
        self.0.log(level, target, message);
    }
}
