//! Calls that compute.
//!
//! | subject | what it is |
//! |---|---|
//! | `native` | `compute/src/work.rs` for this processor |
//! | `ziver` | the same source as a contract, called in the contracts pallet |
//! | `wasmi` | the same contract in an interpreter in the runtime |
//! | `revm` | the same loops in Solidity, `contracts/compute.sol` |
//!
//! `keccak` is computed by the contract itself, but by `revm`, which has an instruction for it; `keccak_of_chain` asks the chain.

use std::{cell::RefCell, hint::black_box};

use codec::Encode;
use revm::context::TxEnv;
use ziver_benchmarks::{blocks::Author, contracts, cpu::Cost, record::Record};
use ziver_benchmarks_compute::{CONTRACT, work};

use super::{Options, evm, evm::Evm, stage, stage::Stage};

/// How much of each function, in their order, and of the chain's keccak.
const ARGUMENTS: [u32; 5] = [200_000, 200_000, 1_000, 5_000, 5_000];
/// Gas that a call may use.
const GAS: u64 = 1_000_000_000;

pub fn run(options: &Options) {
    let mut author = Author::new(10);
    author.append(&[(0, contracts::deploy(CONTRACT.to_vec(), Vec::new()))]);
    let (signer, contract) = (author.account(0), contracts::address(author.account(0), 0));
    let stage = Stage::of(&author, CONTRACT);
    let mut evm = Evm::new();
    let code = evm.deploy(signer, contracts::solidity_compute());
    let evm = RefCell::new(evm);
    let header = author.block_of(&[]).header;

    let functions = work::ALL.into_iter().chain([("keccak_of_chain", work::keccak as fn(u32) -> u64)]);
    for (number, ((name, function), argument)) in (0u8..).zip(functions.zip(ARGUMENTS)) {
        let data = (number, argument).encode();
        let solidity = contracts::solidity_input(name.trim_end_matches("_of_chain"), argument);
        let expected = function(argument);
        assert_eq!(stage.ask(signer, contract, &data), expected.to_le_bytes(), "{name}");
        assert_eq!(evm.borrow_mut().ask(code, solidity.clone())[24..], expected.to_be_bytes(), "{name}");

        let call = stage::calls(&header, &[(signer, contracts::call_with(contract, data, GAS))]);
        let transaction: [TxEnv; 1] = [evm::call(signer, code, solidity, evm::GAS)];
        let subjects: [(&str, &dyn Fn()); 4] = [
            ("native", &|| {
                black_box(function(black_box(argument)));
            }),
            ("ziver", &|| drop(stage.guest("bench_calls", &call))),
            ("wasmi", &|| drop(stage.interpreted("bench_calls_interpreted", &call))),
            ("revm", &|| evm.borrow_mut().block(&transaction)),
        ];
        // What is compiled once is compiled.
        subjects.iter().for_each(|(_, execute)| execute());
        for run in 1..=options.runs() {
            for (subject, execute) in subjects {
                if !options.wants(subject) {
                    continue;
                }
                let calls = if subject == "wasmi" || options.is_quick() { 2 } else { 10 };
                let (cost, ()) = Cost::of(|| (0..calls).for_each(|_| execute()));
                Record::new("contract_compute", subject, run)
                    .parameter("function", name)
                    .parameter("argument", argument)
                    .figure("us", cost.cpu.as_secs_f64() * 1e6 / f64::from(calls))
                    .tell();
            }
        }
    }
}
