//! Transfers of tokens.
//!
//! | subject | what it is |
//! |---|---|
//! | `extrinsic` | whole extrinsics, as `Core_execute_block` of the chain's runtime executes them: nonces, fees, events; signatures aside |
//! | `call` | the contracts pallet's calls alone, many in one entry into the runtime |
//! | `extrinsic-wasmi`, `call-wasmi` | the same with an interpreter in the runtime, see `guest/src/interpreter.rs` |
//! | `revm` | Solidity's token; a block's transactions, what they changed is kept once for each block |
//! | `revm, each kept` | the same, what a transaction changed is kept before the next one |

use std::{cell::RefCell, time::Duration};

use codec::Encode;
use revm::context::TxEnv;
use ziver_benchmarks::{
    blocks::Author,
    contracts::{self, erc20, zrc20},
    cpu::Cost,
    record::Record,
};
use ziver_primitives::AccountId20;

use super::{Options, evm, evm::Evm, stage, stage::Stage};

/// What each holder begins with.
const HELD: u64 = 1_000_000;
/// Holders are given their tokens in blocks of so many transfers.
const HOLDERS_AT_ONCE: usize = 1_000;

pub fn run(options: &Options) {
    let quick = options.is_quick();
    let accounts = options.accounts.unwrap_or(if quick { 2_000 } else { 10_000 });
    let blocks = options.blocks.unwrap_or(if quick { 5 } else { 20 });
    let scene = Scene::new(accounts, blocks, options.transfers);
    let subjects: [(&str, usize, &dyn Fn(usize)); 6] = [
        ("extrinsic", 1, &|block| drop(scene.stage.call("Core_execute_block", &scene.blocks[block]))),
        ("extrinsic-wasmi", 10, &|block| {
            drop(scene.stage.interpreted("bench_execute_block_interpreted", &scene.blocks[block]));
        }),
        ("call", 1, &|block| drop(scene.stage.guest("bench_calls", &scene.calls[block]))),
        ("call-wasmi", 10, &|block| drop(scene.stage.interpreted("bench_calls_interpreted", &scene.calls[block]))),
        ("revm", 1, &|block| scene.evm.borrow_mut().block(&scene.transactions[block])),
        ("revm, each kept", 1, &|block| scene.evm.borrow_mut().one_by_one(&scene.transactions[block])),
    ];
    for run in 1..=options.runs() {
        for (name, share, execute) in &subjects {
            if !options.wants(name) {
                continue;
            }
            let blocks = (blocks as usize / share).max(1);
            let count = blocks * options.transfers;
            let (cost, ()) = Cost::of(|| (0..blocks).for_each(|block| execute(block)));
            Record::new("contract_token", name, run)
                .parameter("accounts", accounts)
                .figure("us", us(cost.cpu, count))
                .figure("per_cpu_second", cost.per_cpu_second(count))
                .tell();
        }
    }
}

fn us(cpu: Duration, count: usize) -> f64 {
    cpu.as_secs_f64() * 1e6 / count as f64
}

/// A transfer: the numbers of two accounts, and tokens.
type Transfer = (usize, usize, u64);

/// The same holders and transfers for all subjects.
struct Scene {
    stage: Stage,
    /// Encoded, all of them the next one on the stage's state.
    blocks: Vec<Vec<u8>>,
    /// Their calls, as the benchmarks' runtime takes them.
    calls: Vec<Vec<u8>>,
    evm: RefCell<Evm>,
    transactions: Vec<Vec<TxEnv>>,
}

impl Scene {
    fn new(accounts: u32, blocks: u32, transfers: usize) -> Self {
        let mut author = Author::new(accounts);
        let holders: Vec<_> = (0..accounts as usize).map(|index| author.account(index)).collect();
        let supply = HELD * u64::from(accounts);
        let gifts: Vec<Transfer> = (1..holders.len()).map(|to| (0, to, HELD)).collect();
        let drawn: Vec<Vec<Transfer>> =
            (0..blocks).map(|_| (0..transfers).map(|_| draw(&mut author)).collect()).collect();

        let contract = contracts::address(holders[0], 0);
        let code = contracts::token();
        let calls = |transfers: &[Transfer]| -> Vec<_> {
            let call = |&(from, to, amount): &Transfer| {
                (from, contracts::call(contract, zrc20::transfer(holders[to], amount)))
            };
            transfers.iter().map(call).collect()
        };
        author.append(&[(0, contracts::deploy(code.clone(), zrc20::new(supply)))]);
        gifts.chunks(HOLDERS_AT_ONCE).for_each(|gifts| author.append(&calls(gifts)));
        let stage = Stage::of(&author, &code);
        let made: Vec<_> = drawn
            .iter()
            .map(|transfers| {
                let calls = calls(transfers);
                let block = stage.fitted(author.block_of(&calls));
                let calls: Vec<_> = calls.into_iter().map(|(from, call)| (holders[from], call)).collect();
                (block.encode(), stage::calls(&block.header, &calls))
            })
            .collect();
        let (blocks, calls) = made.into_iter().unzip();

        let mut evm = Evm::new();
        let token = evm.deploy(holders[0], erc20::new(supply));
        let transactions = |transfers: &[Transfer]| -> Vec<_> {
            let call = |&(from, to, amount): &Transfer| {
                evm::call(holders[from], token, erc20::transfer(holders[to], amount), 1_000_000)
            };
            transfers.iter().map(call).collect()
        };
        gifts.chunks(HOLDERS_AT_ONCE).for_each(|gifts| evm.block(&transactions(gifts)));
        let transactions = drawn.iter().map(|block| transactions(block)).collect();

        let scene = Self { stage, blocks, calls, evm: evm.into(), transactions };
        scene.check(contract, &holders);
        scene
    }

    /// Executes the blocks once by every subject of the chain, which must all change the same cells.
    fn check(&self, _contract: AccountId20, _holders: &[AccountId20]) {
        let cells = ziver_contracts::storage::STORAGE.prefix();
        let cells = |overlay| {
            let mut changed = stage::changes(overlay).main;
            changed.retain(|key, _| key.starts_with(cells));
            changed
        };
        for (block, calls) in self.blocks.iter().zip(&self.calls) {
            let expected = cells(self.stage.call("Core_execute_block", block));
            assert!(expected.len() > 10, "transfers change cells: {}", expected.len());
            assert_eq!(cells(self.stage.guest("bench_calls", calls)), expected);
            assert_eq!(cells(self.stage.interpreted("bench_calls_interpreted", calls)), expected);
        }
    }
}

/// A transfer between two different holders.
fn draw(author: &mut Author) -> Transfer {
    loop {
        let (from, to) = (author.draw(), author.draw());
        if from != to {
            return (from, to, 1 + (from + to) as u64 % 1_000);
        }
    }
}
