//! What a token costs: bytes of code, memory, what it asks of the chain, instructions.

use std::collections::BTreeMap;

use super::machine::{self, Run, UNTOUCHED};
use crate::compile::{Options, compile};
use crate::ir::EntryKind;
use crate::ir::interpret::Outcome;
use crate::ir::program::selector;
use crate::ir::tests::mock::MockChain;

/// What a ZRC-20 that can be paused may have: it has some 4,700 bytes. Far less than the 12 KiB that are promised, to see what
/// makes it grow.
const TOKEN_BYTES_MAX: usize = 5 * 1024;

/// What a transfer may cost, in wasmi's measure: it costs some 330.
const TRANSFER_FUEL_MAX: u64 = 400;

fn token() -> Vec<u8> {
    let interface = include_str!("../../../tests/contracts/interfaces/zrc20.zx").to_owned();
    let files = BTreeMap::from([("interfaces/zrc20.zx".to_owned(), interface)]);
    let source = include_str!("../../../tests/contracts/pausable.zx");
    let compilation = compile("pausable.zx", source, &files, &Options::default());
    assert_eq!(compilation.diagnostics, []);
    compilation.bundle.expect("a bundle").wasm
}

fn amount(value: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&value.to_le_bytes());
    bytes
}

/// A token of which `caller` has some and has allowed others to spend some.
struct Deployed {
    module: Vec<u8>,
    chain: MockChain,
}

impl Deployed {
    fn new() -> Self {
        let mut deployed = Self { module: token(), chain: MockChain::default() };
        let run = deployed.run(EntryKind::Constructor, "new", &[&amount(1_000_000)]);
        assert_eq!(run.outcome, Ok(Outcome::Returned(vec![0])));
        deployed
    }

    fn run(&mut self, kind: EntryKind, name: &str, arguments: &[&[u8]]) -> Run {
        machine::run(&self.module, &mut self.chain, kind, &[&selector(name)[..], &arguments.concat()].concat())
    }

    /// A message that succeeds, the second time: all cells exist.
    fn warm(&mut self, name: &str, arguments: &[&[u8]]) -> Run {
        self.run(EntryKind::Message, name, arguments);
        let run = self.run(EntryKind::Message, name, arguments);
        assert!(matches!(run.outcome, Ok(Outcome::Returned(_))), "{name}: {:?}", run.outcome);
        run
    }
}

#[test]
fn a_token_is_small() {
    let size = token().len();
    assert!(size < TOKEN_BYTES_MAX, "{size}");
}

#[test]
fn what_moves_tokens_takes_no_memory_but_for_the_input() {
    let mut token = Deployed::new();
    let (caller, other) = (token.chain.context.caller, [2; 20]);
    let calls: [(&str, &[&[u8]]); 7] = [
        ("transfer", &[&other, &amount(3)]),
        ("approve", &[&caller, &amount(100)]),
        ("transfer_from", &[&caller, &other, &amount(3)]),
        ("mint", &[&other, &amount(3)]),
        ("burn", &[&amount(3)]),
        ("balance_of", &[&caller]),
        ("pause", &[]),
    ];
    for (name, arguments) in calls {
        let run = token.warm(name, arguments);
        let arena = &run.memory[run.input_end..];
        let written = arena.iter().filter(|byte| **byte != UNTOUCHED).count();
        assert_eq!(written, 0, "{name} takes memory");
        assert_eq!(run.memory.len(), 2 * 65_536);
    }
}

#[test]
fn a_transfer_asks_the_chain_for_what_it_needs_once_and_takes_few_instructions() {
    let run = Deployed::new().warm("transfer", &[&[2; 20], &amount(3)]);
    let needed = [
        "input",
        "value_transferred",
        "get_storage", // paused
        "caller",
        "get_storage", // the sender's balance
        "set_storage",
        "get_storage", // the receiver's balance
        "set_storage",
        "deposit_event",
        "seal_return",
    ];
    assert_eq!(run.calls, needed);
    assert!(run.fuel < TRANSFER_FUEL_MAX, "{} fuel", run.fuel);
}
