//! What the Wasm runtime takes beside the same runtime compiled natively: `cargo bench --bench wasm -- --help`.
//!
//! Both execute the same blocks of signed transfers by `Core_execute_block`, over the same overlay on the same flat state in
//! memory. Left out are signatures (recovered before the clock runs, both have a table of them) and the trie (the flat state
//! answers one fixed root; the root of the list of extrinsics, which is asked of the host, is measured alone and taken off both).
//! What is left is the runtime, the border between it and the host, the overlay and the hashes that make keys.
//!
//! Both must change the state in the same way, which is checked for each block.
//!
//! | subject | what it is |
//! |---|---|
//! | `wasm` | the host's executor, Cranelift, a fresh instance for each block |
//! | `native` | `ziver-runtime` for this processor, its `Ctx` on the same `Overlay` |

#[path = "wasm/flat.rs"]
mod flat;
#[path = "wasm/native.rs"]
mod native;

use std::{sync::Arc, time::Duration};

use clap::Parser;
use codec::Encode;
use flat::FlatView;
use ziver_benchmarks::{blocks::Author, cpu::Cost, record::Record};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, RuntimeCode};
use ziver_primitives::Block;
use ziver_state::{Changes, Hash, KeccakHasher, Overlay, StateVersion, View};

/// The node's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENTRY_POINT: &str = "Core_execute_block";
/// What the executor is given to run on, in bytes; on a smaller stack each call gets another one first.
const STACK_BYTES: usize = 64 * 1024 * 1024;

#[derive(Parser)]
#[command(about = "Execution of transfers in the Wasm runtime, beside the same runtime compiled natively")]
struct Options {
    /// Small: `quick`.
    size: Option<Size>,
    /// Accounts to draw senders and receivers from.
    #[arg(long)]
    accounts: Option<u32>,
    /// Different blocks.
    #[arg(long)]
    blocks: Option<u32>,
    /// Transfers in each block.
    #[arg(long, default_value_t = 1_000)]
    transfers: usize,
    /// Paired runs.
    #[arg(long)]
    runs: Option<u32>,
    /// Only this subject: `wasm` or `native`. For profilers.
    #[arg(long)]
    only: Option<String>,
    /// `cargo bench` passes it.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Size {
    Quick,
    Full,
}

fn main() {
    let options = Options::parse();
    let large = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run(&options));
    large.expect("the thread starts").join().expect("the benchmark ends");
}

fn run(options: &Options) {
    let quick = options.size == Some(Size::Quick);
    let accounts = options.accounts.unwrap_or(if quick { 10_000 } else { 100_000 });
    let blocks = options.blocks.unwrap_or(if quick { 5 } else { 20 });
    let runs = options.runs.unwrap_or(if quick { 3 } else { 5 });
    let stage = Stage::new(accounts, blocks, options.transfers);
    let count = stage.blocks.len() * options.transfers;
    for run in 1..=runs {
        let (roots, ()) = Cost::of(|| stage.extrinsics_roots());
        for (name, execute) in [("wasm", Stage::wasm as Execute), ("native", Stage::native)] {
            if options.only.as_ref().is_some_and(|only| only != name) {
                continue;
            }
            let (whole, ()) = Cost::of(|| stage.blocks.iter().for_each(|block| drop(execute(&stage, block))));
            let us = |cpu: Duration| cpu.as_secs_f64() * 1e6 / count as f64;
            Record::new("execution", name, run)
                .parameter("accounts", accounts)
                .parameter("transfers", options.transfers)
                .figure("us", us(whole.cpu.saturating_sub(roots.cpu)))
                .figure("us_with_extrinsics_root", us(whole.cpu))
                .tell();
        }
    }
}

/// Executes a block on the genesis state.
type Execute = fn(&Stage, &[u8]) -> Overlay;

/// What the subjects share.
struct Stage {
    view: Arc<FlatView>,
    code: Arc<RuntimeCode>,
    executor: Executor,
    /// SCALE-encoded.
    blocks: Vec<Vec<u8>>,
    /// Their extrinsics.
    bodies: Vec<Vec<Vec<u8>>>,
}

impl Stage {
    /// Executes every block once by both subjects, so that both have recovered all signatures, and holds them to each other.
    fn new(accounts: u32, blocks: u32, transfers: usize) -> Self {
        let mut author = Author::new(accounts);
        let view = author.reader().view_at(&author.genesis()).expect("a state").expect("it is kept");
        let view = Arc::new(FlatView::of(view));
        let code = view.runtime_code().expect("a state").expect("a runtime");
        let made: Vec<Block> = (0..blocks).map(|_| with_root(author.block(transfers), view.root())).collect();
        let config = ExecutorConfig { strategy: CompileStrategy::CraneliftOnly, ..ExecutorConfig::default() };
        let executor = Executor::new(config).expect("the executor starts");
        let bodies = made.iter().map(|block| block.extrinsics.iter().map(Encode::encode).collect()).collect();
        let stage = Self { view, code, executor, blocks: made.iter().map(Encode::encode).collect(), bodies };
        for block in &stage.blocks {
            let [wasm, native] = [Self::wasm, Self::native].map(|execute| changes(execute(&stage, block)));
            assert_eq!(wasm, native, "both runtimes change the same");
            assert!(wasm.main.len() > transfers, "transfers change accounts");
        }
        stage
    }

    fn wasm(&self, block: &[u8]) -> Overlay {
        let mut overlay = Overlay::new(self.view.clone());
        self.executor.call(&self.code, ENTRY_POINT, block, &mut overlay).expect("the block is good");
        overlay
    }

    fn native(&self, block: &[u8]) -> Overlay {
        native::call(Overlay::new(self.view.clone()), ENTRY_POINT, block)
    }

    fn extrinsics_roots(&self) {
        for body in &self.bodies {
            std::hint::black_box(ziver_trie::ordered_root::<KeccakHasher>(body, StateVersion::V0));
        }
    }
}

fn with_root(mut block: Block, root: Hash) -> Block {
    block.header.state_root = root;
    block
}

fn changes(overlay: Overlay) -> Changes {
    overlay.into_changes()
}
