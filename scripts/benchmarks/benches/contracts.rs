//! Contracts, beside what else runs contracts: `cargo bench --bench contracts -- --help`.
//!
//! [`token`] moves tokens: one contract, in ZX and in Solidity, with the same holders and the same transfers. [`compute`] computes: loops
//! without a chain. [`upload`] brings a large module to the chain.
//!
//! Every subject runs on one thread, on state in memory: the chain's overlay on a hash map, `revm`'s own hash map. Nobody checks
//! a signature (the chain recovered them before the clock ran) and nobody computes a root.

#[path = "contracts/compute.rs"]
mod compute;
#[path = "contracts/evm.rs"]
mod evm;
#[path = "wasm/flat.rs"]
mod flat;
#[path = "contracts/stage.rs"]
mod stage;
#[path = "contracts/token.rs"]
mod token;
#[path = "contracts/upload.rs"]
mod upload;

use clap::Parser;

/// The node's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the executor is given to run on, in bytes; on a smaller stack each call gets another one first.
const STACK_BYTES: usize = 64 * 1024 * 1024;

#[derive(Parser)]
#[command(about = "Contracts in the chain, beside an interpreter in the runtime, revm and native code")]
struct Options {
    /// Small: `quick`.
    size: Option<Size>,
    /// Accounts that hold tokens.
    #[arg(long)]
    accounts: Option<u32>,
    /// Different blocks of transfers.
    #[arg(long)]
    blocks: Option<u32>,
    /// Transfers in each block.
    #[arg(long, default_value_t = 1_000)]
    transfers: usize,
    /// Paired runs.
    #[arg(long)]
    runs: Option<u32>,
    /// Only this part. For profilers.
    #[arg(long)]
    part: Option<String>,
    /// Only this subject. For profilers.
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

impl Options {
    fn is_quick(&self) -> bool {
        self.size == Some(Size::Quick)
    }

    fn runs(&self) -> u32 {
        self.runs.unwrap_or(if self.is_quick() { 3 } else { 7 })
    }

    /// Whether the subject is to be measured.
    fn wants(&self, subject: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == subject)
    }

    fn wants_part(&self, part: &str) -> bool {
        self.part.as_ref().is_none_or(|only| only == part)
    }
}

fn main() {
    let options = Options::parse();
    let large = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run(&options));
    large.expect("the thread starts").join().expect("the benchmark ends");
}

fn run(options: &Options) {
    if options.wants_part("token") {
        token::run(options);
    }
    if options.wants_part("compute") {
        compute::run(options);
    }
    if options.wants_part("upload") {
        upload::run(options);
    }
}
