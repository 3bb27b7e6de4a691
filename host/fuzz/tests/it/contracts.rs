//! Modules that want to be contracts, and what those that pass do: through the chain's own runtime and the native sandbox, on
//! two hosts that have nothing of their compilers in common. Both must answer the same to the byte: results, gas, debug
//! messages, the block's events, the root of the state.
//!
//! Each case comes from a number. `ZIVER_FUZZ_MODULES` says how many (300), `ZIVER_FUZZ_SEED` which is the first (0); a failing
//! case names its number, with which `ZIVER_FUZZ_SEED` repeats it.

mod modules;
mod scripts;

use std::env;
use std::time::{Duration, Instant};

use codec::Decode;
use ziver_executor::CompileStrategy;
use ziver_primitives::AccountId20;

use crate::development_contracts::{Answer, Chain, Uploaded, call_input, deploy_input, upload_input};
use crate::puppet;
use modules::{Kind, Random};
use scripts::World;

/// Modules, unless `ZIVER_FUZZ_MODULES` says otherwise.
const MODULES: u64 = 300;
/// Gas of most calls: modules of random choices end soon, or never.
const GAS: u64 = 2_000_000;

/// A number from the environment.
fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number")))
}

/// Says which case it was when the test ends in a panic.
struct Case(u64, Kind);

impl Drop for Case {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("case {} ({:?}): ZIVER_FUZZ_SEED={0} ZIVER_FUZZ_MODULES=1 repeats it", self.0, self.1);
        }
    }
}

/// What became of the cases.
#[derive(Debug, Default)]
struct Count {
    cases: u64,
    uploaded: u64,
    deployed: u64,
    returned: u64,
    failed: u64,
    scripts: u64,
    /// The slowest upload, on the host with Winch and on the other.
    slowest: [Duration; 2],
}

/// A host, and what each case finds on it.
struct Host {
    chain: Chain,
    world: World,
}

impl Host {
    fn new(strategy: CompileStrategy) -> Self {
        let mut chain = Chain::new(strategy);
        let code = puppet::code();
        let puppets = [chain.deploy(&code, &[]), chain.deploy(&code, &[])];
        let code_hash = chain.upload(&code).expect("it is there").code_hash;
        Self { chain, world: World { puppets, code_hash } }
    }

    /// Asks, and notes the answer.
    fn ask(&mut self, seen: &mut Vec<Vec<u8>>, method: &str, input: &[u8]) -> Vec<u8> {
        let answer = self.chain.bytes(method, input);
        seen.push(answer.clone());
        answer
    }

    /// Does the case; all that can be seen of it.
    fn run(&mut self, case: &Case, input: &[u8], count: &mut Count, index: usize) -> Vec<Vec<u8>> {
        let mut seen = Vec::new();
        self.chain.begin();
        match case.1 {
            Kind::Script => self.script(case.0, &mut seen, count),
            _ => self.module(case.0, input, &mut seen, count, index),
        }
        seen.push(self.chain.events());
        seen.push(self.chain.root().0.to_vec());
        self.chain.undo();
        seen
    }

    fn module(&mut self, seed: u64, module: &[u8], seen: &mut Vec<Vec<u8>>, count: &mut Count, index: usize) {
        let start = Instant::now();
        let uploaded = self.ask(seen, "ContractsApi_upload_code", &upload_input(module));
        count.slowest[index] = count.slowest[index].max(start.elapsed());
        if Uploaded::decode(&mut &uploaded[..]).expect("an answer").is_err() {
            return;
        }
        let mut random = Random::new(!seed);
        count.uploaded += 1;
        let bytes = random.bytes(100);
        let deployed = self.ask(seen, "ContractsApi_instantiate", &deploy_input(module, &bytes, GAS, 0));
        type Deployed = Answer<ziver_contracts::api::InstantiateReturnValue>;
        let deployed = Deployed::decode(&mut &deployed[..]).expect("an answer");
        let Ok(deployed) = deployed.result else { return };
        count.deployed += 1;
        let contract = deployed.account_id;
        for (len, value, gas) in [(0, 0, GAS), (random.below(2_000), 7, GAS), (10, 0, 10_000 + random.next() % 60_000)]
        {
            let bytes = random.bytes(len);
            self.call(&contract, value, gas, &bytes, seen, count);
        }
        // By another contract, which lets it call back, with gas of its own.
        let nested = self.world.calling(&contract, &mut random);
        let puppet = self.world.puppets[0];
        self.call(&puppet, 0, 2 * GAS, &nested, seen, count);
    }

    fn script(&mut self, seed: u64, seen: &mut Vec<Vec<u8>>, count: &mut Count) {
        let mut random = Random::new(!seed);
        count.scripts += 1;
        for _ in 0..4 {
            let script = self.world.script(&mut random);
            let puppet = self.world.puppets[random.below(2)];
            self.call(&puppet, 1_000, 2 * GAS, &script, seen, count);
        }
    }

    fn call(
        &mut self,
        to: &AccountId20,
        value: u128,
        gas: u64,
        bytes: &[u8],
        seen: &mut Vec<Vec<u8>>,
        count: &mut Count,
    ) {
        let answer = self.ask(seen, "ContractsApi_call", &call_input(to, value, gas, bytes));
        let answer = Answer::<ziver_contracts::api::ReturnValue>::decode(&mut &answer[..]).expect("an answer");
        // A limit is never exceeded.
        assert!(answer.gas_consumed.ref_time <= ziver_contracts::call::weight_of(gas).ref_time);
        match answer.result {
            Ok(_) => count.returned += 1,
            Err(_) => count.failed += 1,
        }
    }
}

fn run(seeds: std::ops::Range<u64>) -> Count {
    let mut hosts = [CompileStrategy::WinchOnly, CompileStrategy::CraneliftOnly].map(Host::new);
    assert_eq!(hosts[0].chain.root(), hosts[1].chain.root());
    let mut count = Count::default();
    for seed in seeds {
        let (kind, module) = modules::make(seed);
        let case = Case(seed, kind);
        count.cases += 1;
        let [winch, cranelift] = &mut hosts;
        let first = winch.run(&case, &module, &mut count, 0);
        let mut again = Count::default();
        let other = cranelift.run(&case, &module, &mut again, 1);
        count.slowest[1] = count.slowest[1].max(again.slowest[1]);
        for (step, (first, other)) in first.iter().zip(&other).enumerate() {
            assert!(first == other, "step {step} differs: {} and {}", hex(first), hex(other));
        }
        assert_eq!(first.len(), other.len());
        if count.cases.is_multiple_of(5_000) {
            println!("{count:?}");
        }
    }
    println!("{count:?}, {}", peak_memory());
    count
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The most memory that this process had, as the system tells it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory unknown").to_owned()
}

#[test]
fn modules_and_what_passes() {
    let first = number("ZIVER_FUZZ_SEED", 0);
    let modules = number("ZIVER_FUZZ_MODULES", MODULES);
    let count = run(first..first + modules);
    if modules >= MODULES {
        // The campaign is about something: enough passes, enough runs to its end, enough does not.
        assert!(count.uploaded * 2 > count.cases && count.uploaded < count.cases, "{count:?}");
        assert!(count.returned * 10 > count.cases && count.failed * 10 > count.cases, "{count:?}");
    }
}
