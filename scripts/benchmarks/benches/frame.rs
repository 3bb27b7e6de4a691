//! Import of the same transfers by FRAME, beside `cargo bench --workspace --bench import`: `cargo bench --bench frame -- --help`.
//!
//! The peer is Substrate's runtime framework at its fastest: a runtime of System, Balances and TransactionPayment (`frame/runtime.rs`),
//! compiled for this processor and called in this process. `frame_executive::Executive::execute_block` decodes a block's
//! transactions, checks signatures and the usual extensions, executes, and computes the root of the state, which must be the
//! header's. The trie is Substrate's, with the cache that its nodes have, over a hash map that takes each block's nodes.
//!
//! What is left out flatters FRAME: there is no Wasm, no database, no history of states, no check of a header, no consensus, no
//! timestamp, no author who is paid. Ziver's import beside it does all of that, in Wasm, synced to disk.
//!
//! As in Ziver's: 20-byte accounts, secp256k1 over keccak-256, `transfer_keep_alive` between accounts drawn at random, all signed
//! before the clock starts, the same allocator. Other than Ziver's: FRAME hashes state and blocks with BLAKE2b, which is faster than
//! keccak-256.
//!
//! Before each import the same process recovers as many keys from signatures, as `import` does: what both come to in relation to it
//! holds when the machine is slower during one of them.

#[path = "frame/chain.rs"]
mod chain;
#[path = "frame/runtime.rs"]
mod runtime;

use chain::{Author, Chain};
use clap::{Parser, ValueEnum};
use codec::Encode;
use runtime::{Block, LazyBlock};
use secp256k1::{
    Message,
    ecdsa::{RecoverableSignature, RecoveryId},
};
use ziver_benchmarks::{blocks::key, cpu::Cost, record::Record};
use ziver_primitives::hashing::keccak_256;

/// The node's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Import of blocks of signed transfers by FRAME, native and in memory")]
struct Options {
    /// How much is measured.
    size: Option<Size>,
    /// Accounts to draw senders and receivers from.
    #[arg(long, default_value_t = 100_000)]
    accounts: u32,
    /// Blocks in a run.
    #[arg(long)]
    blocks: Option<u32>,
    /// Transfers in each block: by default as many as fill one of Ziver's.
    #[arg(long, default_value_t = 6_600)]
    transfers: usize,
    /// Runs, each on the genesis state.
    #[arg(long)]
    runs: Option<u32>,
    /// `cargo bench` passes it.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    /// 6 blocks, 2 runs.
    Quick,
    /// 20 blocks, 3 runs.
    Full,
}

fn main() {
    let options = Options::parse();
    let quick = options.size == Some(Size::Quick);
    let blocks = options.blocks.unwrap_or(if quick { 6 } else { 20 });
    let runs = options.runs.unwrap_or(if quick { 2 } else { 3 });
    let (mut author, genesis) = Author::new(options.accounts);
    let made: Vec<Block> = (0..blocks).map(|_| author.block(options.transfers)).collect();
    let root = author.root();
    drop(author);
    let transfers: usize = made.iter().map(|block| block.extrinsics.len()).sum();
    let signed: Vec<_> = (0..transfers as u64).map(signed).collect();
    println!("{} accounts, {blocks} blocks, {transfers} transfers", options.accounts);
    for run in 1..=runs {
        let mut chain = Chain::new(&genesis);
        // A block comes as bytes of transactions.
        let received: Vec<LazyBlock> = made.iter().cloned().map(LazyBlock::from).collect();
        let (recovery, ()) = Cost::of(|| recover(&signed));
        let (import, ()) = Cost::of(|| received.into_iter().for_each(|block| chain.execute(block)));
        assert_eq!(chain.root(), root, "both states end the same");
        tell("recover", "libsecp256k1, beside frame-native", &options, run, recovery, transfers);
        tell("import", "frame-native", &options, run, import, transfers);
        let ratio = recovery.cpu.as_secs_f64() / import.cpu.as_secs_f64();
        println!("importing reaches {:.1} % of bare signature recovery, per CPU-second", ratio * 100.0);
    }
}

/// With the parameters that Ziver's import names, so that both stand in one group.
fn tell(benchmark: &str, subject: &str, options: &Options, run: u32, cost: Cost, count: usize) {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    Record::new(benchmark, subject, run)
        .parameter("accounts", options.accounts)
        .parameter("processors", processors)
        .figure("per_cpu_second", cost.per_cpu_second(count))
        .figure("per_second", cost.per_second(count))
        .tell();
}

/// A hash and a signature of it.
fn signed(index: u64) -> ([u8; 32], [u8; 65]) {
    (keccak_256(&index.encode()), key(0).sign(&index.encode()).0)
}

/// As many recoveries as there are transfers, with the library that Ziver's host uses.
fn recover(signed: &[([u8; 32], [u8; 65])]) {
    for (hash, signature) in signed {
        let id = RecoveryId::try_from(i32::from(signature[64])).expect("0 or 1");
        let signature = RecoverableSignature::from_compact(&signature[..64], id).expect("just made");
        std::hint::black_box(signature.recover_ecdsa(Message::from_digest(*hash)).expect("just made"));
    }
}
