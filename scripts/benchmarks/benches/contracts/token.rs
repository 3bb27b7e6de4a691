//! Transfers of tokens, in blocks. What is measured of the chain is named by a parameter:
//!
//! | measured | what it is |
//! |---|---|
//! | `calls` | the contracts pallet's calls alone, a block's in one entry into the runtime |
//! | `extrinsics` | whole extrinsics, as `Core_execute_block` executes them: nonces, fees, events; with a signature where the figure says so |
//! | `calls of nothing` | as `calls`, of a contract that reads its input and answers: what a call costs before it does something |
//!
//! | subject | what it is |
//! |---|---|
//! | `ziver` | contracts run by the host's sandbox |
//! | `wasmi` | contracts in an interpreter in the runtime, see `guest/src/interpreter.rs` |
//! | `revm` | Solidity's token; what a block's transactions changed is kept once for each block; neither nonces nor signatures are checked |

use std::{cell::RefCell, hint::black_box};

use codec::Encode;
use revm::context::TxEnv;
use secp256k1::{Message, SecretKey, ecdsa::RecoverableSignature};
use ziver_benchmarks::{
    blocks::Author,
    contracts::{self, erc20, zrc20},
    cpu::Cost,
    record::Record,
};
use ziver_benchmarks_compute::CONTRACT;

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
    let subjects: [(&[&str], &str, u32, &dyn Fn(usize)); 6] = [
        (&["calls"], "ziver", 1, &|block| drop(scene.stage.guest("bench_calls", &scene.calls[block]))),
        (&["calls"], "wasmi", 10, &|block| {
            drop(scene.stage.interpreted("bench_calls_interpreted", &scene.calls[block]));
        }),
        (&["calls", "extrinsics"], "revm", 1, &|block| scene.evm.borrow_mut().block(&scene.transactions[block])),
        (&["extrinsics"], "ziver", 1, &|block| drop(scene.stage.call("Core_execute_block", &scene.blocks[block]))),
        (&["extrinsics"], "wasmi", 10, &|block| {
            drop(scene.stage.interpreted("bench_execute_block_interpreted", &scene.blocks[block]));
        }),
        (&["calls of nothing"], "ziver", 1, &|block| drop(scene.stage.guest("bench_calls", &scene.idle[block]))),
    ];
    for run in 1..=options.runs() {
        let signature = recover_us();
        for (measured, subject, share, execute) in &subjects {
            if !options.wants(subject) {
                continue;
            }
            let blocks = (blocks / share).max(1) as usize;
            let count = blocks * options.transfers;
            let (cost, ()) = Cost::of(|| (0..blocks).for_each(|block| execute(block)));
            let us = cost.cpu.as_secs_f64() * 1e6 / count as f64;
            for measured in *measured {
                let record = Record::new("contract_token", subject, run)
                    .parameter("accounts", accounts)
                    .parameter("measured", *measured)
                    .figure("us", us)
                    .figure("per_cpu_second", 1e6 / us);
                let is_signed = *measured == "extrinsics" && *subject != "revm";
                let record = if is_signed { record.figure("us_with_signature", us + signature) } else { record };
                record.tell();
            }
        }
    }
}

/// What recovering a signature takes, as the host does it.
fn recover_us() -> f64 {
    const COUNT: usize = 500;
    let message = Message::from_digest([7; 32]);
    let key = SecretKey::from_secret_bytes([9; 32]).expect("a key");
    let signature = RecoverableSignature::sign_ecdsa_recoverable(message, &key);
    let (cost, ()) = Cost::of(|| {
        for _ in 0..COUNT {
            black_box(black_box(&signature).recover_ecdsa(message).expect("it was signed"));
        }
    });
    cost.cpu.as_secs_f64() * 1e6 / COUNT as f64
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
    /// The same number of calls of a contract that does next to nothing.
    idle: Vec<Vec<u8>>,
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
        let idle = contracts::address(holders[0], 1);
        let deployments = [(code.clone(), zrc20::new(supply)), (CONTRACT.to_vec(), Vec::new())];
        author.append(&deployments.map(|(code, data)| (0, contracts::deploy(code, data))));
        gifts.chunks(HOLDERS_AT_ONCE).for_each(|gifts| author.append(&calls(gifts)));
        let stage = Stage::of(&author, &code);
        let made: Vec<_> = drawn
            .iter()
            .map(|transfers| {
                let calls = calls(transfers);
                let block = stage.fitted(author.block_of(&calls));
                let nothing = contracts::call(idle, (0u8, 0u32).encode());
                let idle: Vec<_> = calls.iter().map(|(from, _)| (holders[*from], nothing.clone())).collect();
                let calls: Vec<_> = calls.into_iter().map(|(from, call)| (holders[from], call)).collect();
                ((block.encode(), stage::calls(&block.header, &calls)), stage::calls(&block.header, &idle))
            })
            .collect();
        let ((blocks, calls), idle) = made.into_iter().unzip();

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

        let scene = Self { stage, blocks, calls, idle, evm: evm.into(), transactions };
        scene.check();
        scene
    }

    /// Executes the blocks once by every subject of the chain, which must all change the same cells.
    fn check(&self) {
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
