//! SIGKILL at random moments under load: every block that a client was told of is there, whole, afterwards.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::SystemTime,
};

use codec::Encode;
use serde_json::{Value, json};
use ziver_primitives::{
    hashing::{blake2_128, twox_128},
    transaction::DevelopmentAccount::{self, Alith, Baltathar, Charleth, Dorothy},
};

use crate::{
    client::{self, Ws},
    process::{Node, folder, number, run},
    wallet::Wallet,
};

/// Rounds unless `ZIVER_KILL_ROUNDS` says otherwise.
const ROUNDS: u64 = 4;
/// Answers to four senders in a bit more than the time of a block.
const ANSWERS_AWAITED_MAX: u64 = 400;

fn option(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// Steps of a well-known generator (splitmix64).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn kill_9_under_load_loses_no_acknowledged_block_slow() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let seed = option("ZIVER_KILL_SEED", u64::try_from(now.as_millis()).unwrap());
    let rounds = option("ZIVER_KILL_ROUNDS", ROUNDS);
    println!("ZIVER_KILL_SEED={seed} ZIVER_KILL_ROUNDS={rounds}");
    let mut state = seed;
    let folder = folder();
    let mut told = BTreeMap::new();
    let mut transfers = 0;
    for round in 0..rounds {
        let node = Node::start(folder.path(), &["--block-time-ms", "60", "--state-pruning", "16"]);
        all_there(&node, &told, round);
        transfers += under_load(&node, &mut told, &mut state);
        node.kill();
    }
    let node = Node::start(folder.path(), &[]);
    all_there(&node, &told, rounds);
    let next = node.best() + 2;
    node.wait_for_block(next);
    node.stop();
    println!("{} blocks were told of in {rounds} rounds, {transfers} transfers seen in them", told.len());
    assert!(transfers > 0, "there was no load");
    let checked = run(&["check-chain", "--base-path", folder.path().to_str().unwrap()]);
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
}

/// Sends transfers while it notes the blocks that it is told of; returns at a random moment.
fn under_load(node: &Node, told: &mut BTreeMap<u64, String>, state: &mut u64) -> usize {
    let is_over = AtomicBool::new(false);
    let mut transfers = 0;
    let (answered, answers) = channel();
    thread::scope(|scope| {
        for account in [Alith, Baltathar, Charleth, Dorothy] {
            let (is_over, answered) = (&is_over, answered.clone());
            scope.spawn(move || send_transfers(node, account, is_over, &answered));
        }
        // Also when something here fails: the scope waits for the senders.
        let _over = Raise(&is_over);
        let mut ws = Ws::connect(node.address);
        let id = ws.subscribe("chain_subscribeNewHeads", json!([]));
        let blocks = 3 + random(state) % 12;
        for _ in 0..blocks {
            let header = ws.notification("chain_newHead", &id);
            let number = number(&header["number"]);
            if number == 0 {
                continue;
            }
            let hash = node.call("chain_getBlockHash", json!([number])).as_str().unwrap().to_owned();
            let block = node.call("chain_getBlock", json!([hash]));
            transfers += block["block"]["extrinsics"].as_array().unwrap().len() - 1;
            told.insert(number, hash);
        }
        // Anywhere within the making of the next blocks: after so many more answers to the senders. If all of them have
        // failed, nothing is awaited.
        drop(answered);
        while answers.try_recv().is_ok() {}
        for _ in 0..random(state) % ANSWERS_AWAITED_MAX {
            answers.recv().unwrap();
        }
    });
    transfers
}

/// Raises a flag when it goes.
struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Tells of each answer.
fn send_transfers(node: &Node, account: DevelopmentAccount, is_over: &AtomicBool, answered: &Sender<()>) {
    let mut wallet = Wallet::new(node, account);
    let mut ws = Ws::connect(node.address);
    while !is_over.load(Ordering::Relaxed) {
        let answer = ws.call("author_submitExtrinsic", json!([wallet.transfer(DevelopmentAccount::Faith.account())]));
        // Nobody counts any more.
        let _ = answered.send(());
        if answer.get("error").is_some() {
            // The pool is full: begin again at the nonce that it wants.
            wallet = Wallet::new(node, account);
        }
    }
}

/// Each told block is on the best chain with its body, and the head's state is its own.
fn all_there(node: &Node, told: &BTreeMap<u64, String>, round: u64) {
    for (number, hash) in told {
        let found = node.call("chain_getBlockHash", json!([number]));
        assert_eq!(found, json!(hash), "block {number} after round {round}");
        let block = node.call("chain_getBlock", json!([hash]));
        assert_eq!(header_hash(&block["block"]["header"]), *hash, "block {number} after round {round}");
        assert!(!block["block"]["extrinsics"].as_array().unwrap().is_empty(), "block {number} has no body");
    }
    let best = node.call("chain_getBlockHash", json!([]));
    let header = node.call("chain_getHeader", json!([best]));
    let key = format!("0x{}", hex::encode([twox_128(b"System"), twox_128(b"Number")].concat()));
    let stored = node.call("state_getStorage", json!([key, best]));
    if number(&header["number"]) > 0 {
        let expected = u32::try_from(number(&header["number"])).unwrap().encode();
        assert_eq!(stored, json!(format!("0x{}", hex::encode(expected))), "state of the head");
    }
    let alith = Alith.account();
    let mut account = [twox_128(b"System"), twox_128(b"Account")].concat();
    account.extend(blake2_128(&alith.0));
    account.extend(alith.0);
    let proof = node.call("state_getReadProof", json!([[format!("0x{}", hex::encode(account))], best]));
    assert!(!proof["proof"].as_array().unwrap().is_empty(), "trie of the head");
    let health = client::result(node.address, "system_health", json!([]));
    assert_eq!(health["isSyncing"], Value::Bool(false));
}

/// Blake2-256 of the header that this JSON shows.
fn header_hash(json: &Value) -> String {
    use codec::Decode;
    use ziver_primitives::{Digest, DigestItem, Hash, Header};
    let hash = |name: &str| json[name].as_str().unwrap().parse::<Hash>().unwrap();
    let log = |item: &Value| {
        let bytes = hex::decode(item.as_str().unwrap().trim_start_matches("0x")).unwrap();
        DigestItem::decode(&mut &*bytes).unwrap()
    };
    let header = Header {
        parent_hash: hash("parentHash"),
        number: u32::try_from(number(&json["number"])).unwrap(),
        state_root: hash("stateRoot"),
        extrinsics_root: hash("extrinsicsRoot"),
        digest: Digest { logs: json["digest"]["logs"].as_array().unwrap().iter().map(log).collect() },
    };
    format!("{:?}", header.hash())
}
