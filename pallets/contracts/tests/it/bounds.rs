//! Every import with every pointer outside of memory, and with too little room for what it answers.

use std::collections::BTreeSet;

use ziver_contracts::{
    Error,
    code::imports::{IMPORTS, Import},
    upload::code_hash,
};
use ziver_primitives::AccountId20;

use crate::{
    puppet::{self, Arg, MEMORY_BYTES, NONE, OUT, ROOM, Script},
    world::{ALITH, World, wat},
};

/// A call of an import that goes well, and what its arguments are.
struct Case {
    import: &'static Import,
    args: Vec<Arg>,
    /// Pointers, with the least that is read or written there, and where they stand among the arguments.
    pointers: Vec<(usize, u32)>,
    /// Where the arguments "out" stand, if there are: the room is the argument after it.
    outs: Vec<usize>,
}

/// Room is at [`ROOM`] for all answers; where there are two, the second is at [`OTHER_ROOM`].
const OTHER_ROOM: u32 = ROOM + 8;
const OTHER_OUT: u32 = OUT + 0x100;

/// What a letter means: p a pointer to `n` bytes (which follow it), l a length, o and r out and room, w a word.
fn case(module: &str, name: &str, args: &[(char, Arg)]) -> Case {
    let import = Import::by_name(module, name).expect("the import exists");
    let mut case = Case { import, args: vec![], pointers: vec![], outs: vec![] };
    let mut args = args.iter().copied();
    while let Some((kind, arg)) = args.next() {
        let at = case.args.len();
        match kind {
            'p' => {
                let Some(('n', Arg::Word(len))) = args.next() else { panic!("a pointer has a size") };
                case.pointers.push((at, len as u32));
            }
            'o' => case.outs.push(at),
            'r' => case.pointers.push((at, 4)),
            _ => {}
        }
        case.args.push(arg);
    }
    assert_eq!(case.args.len(), import.params.len(), "{module} {name}");
    case
}

/// Pointers into the script's data.
struct Data {
    script: Script,
    key: Arg,
    value: Arg,
    account: Arg,
    code: Arg,
    topics: Arg,
    balance: Arg,
    salt: Arg,
    signature: Arg,
    compressed: Arg,
}

fn data(callee: &AccountId20) -> Data {
    let mut script = Script::new().set(&[1; 32], b"old");
    let (key, value, account) = (script.data(&[1; 32]), script.data(b"value"), script.data(&callee.0));
    let (code, topics) = (script.data(&code_hash(&wat(ANSWERS)).0), script.data(&[4; 33]));
    let (balance, salt) = (script.data(&[0; 16]), script.data(b"salt"));
    let (signature, compressed) = (script.data(&[1; 65]), script.data(&[2; 33]));
    Data { script, key, value, account, code, topics, balance, salt, signature, compressed }
}

fn cases(data: &Data) -> Vec<Case> {
    let Data { key, value, account, code, topics, balance, salt, signature, compressed, .. } = data;
    let word = |word: u32| ('w', Arg::from(word));
    let at = |arg: &Arg| ('p', *arg);
    let bytes = |len: u32| ('n', Arg::from(len));
    let (out, room) = (('o', Arg::from(OUT)), ('r', Arg::from(ROOM)));
    let (other, other_room) = (('o', Arg::from(OTHER_OUT)), ('r', Arg::from(OTHER_ROOM)));
    let to = |len: u32| [('p', Arg::from(OUT)), bytes(len)];
    let mut cases = vec![
        case("seal0", "set_storage", &[at(key), bytes(32), at(value), bytes(5), word(5)]),
        case("seal1", "set_storage", &[at(key), bytes(32), at(value), bytes(5), word(5)]),
        case("seal2", "set_storage", &[at(key), bytes(32), word(32), at(value), bytes(5), word(5)]),
        case("seal0", "clear_storage", &[at(key), bytes(32)]),
        case("seal1", "clear_storage", &[at(key), bytes(32), word(32)]),
        case("seal0", "get_storage", &[at(key), bytes(32), out, room]),
        case("seal1", "get_storage", &[at(key), bytes(32), word(32), out, room]),
        case("seal0", "contains_storage", &[at(key), bytes(32)]),
        case("seal1", "contains_storage", &[at(key), bytes(32), word(32)]),
        case("seal0", "take_storage", &[at(key), bytes(32), word(32), out, room]),
        case("seal0", "transfer", &[at(account), bytes(20), word(20), at(balance), bytes(16), word(16)]),
        case("seal0", "is_contract", &[at(account), bytes(20)]),
        case("seal0", "code_hash", &[at(account), bytes(20), out, room]),
        case("seal0", "account_reentrance_count", &[at(account), bytes(20)]),
        case("seal0", "weight_to_fee", &[word(1), out, room]),
        case("seal0", "deposit_event", &[at(topics), bytes(33), word(33), at(value), bytes(5), word(5)]),
        case("seal0", "debug_message", &[at(value), bytes(5), word(5)]),
        case("seal0", "ecdsa_recover", &[at(signature), bytes(65), at(key), bytes(32), to(33)[0], to(33)[1]]),
        case("seal0", "ecdsa_to_eth_address", &[at(compressed), bytes(33), to(20)[0], to(20)[1]]),
        case("seal0", "set_code_hash", &[at(code), bytes(32)]),
        case("zx", "block_hash", &[word(0), to(32)[0], to(32)[1]]),
        case("seal0", "terminate", &[at(account), bytes(20), word(20)]),
        case("seal1", "terminate", &[at(account), bytes(20)]),
        case("seal0", "seal_return", &[word(0), at(value), bytes(5), word(5)]),
    ];
    for (module, name) in [
        ("seal0", "caller"),
        ("seal0", "own_code_hash"),
        ("seal0", "address"),
        ("seal0", "gas_left"),
        ("seal0", "balance"),
        ("seal0", "value_transferred"),
        ("seal0", "now"),
        ("seal0", "minimum_balance"),
        ("seal0", "block_number"),
        ("seal0", "input"),
        ("zx", "origin"),
    ] {
        cases.push(case(module, name, &[out, room]));
    }
    for (module, name, len) in [
        ("seal0", "hash_sha2_256", 32),
        ("seal0", "hash_keccak_256", 32),
        ("seal0", "hash_blake2_256", 32),
        ("seal0", "hash_blake2_128", 16),
        ("zx", "hash_sha3_256", 32),
    ] {
        cases.push(case(module, name, &[at(value), bytes(5), word(5), to(len)[0], to(len)[1]]));
    }
    let input = [at(value), bytes(5), word(5)];
    let (callee, money, code) = ([at(account), bytes(20)], [at(balance), bytes(16)], [at(code), bytes(32)]);
    let salt = [at(salt), bytes(4), word(4)];
    let called = [out, room];
    let made = [out, room, other, other_room];
    let join = |parts: &[&[(char, Arg)]]| parts.concat();
    let (gas, len20, len16, len32, none) = ([word(0)], [word(20)], [word(16)], [word(32)], [word(NONE)]);
    let flags = [word(0)];
    cases.extend([
        case("seal0", "call", &join(&[&callee, &len20, &gas, &money, &len16, &input, &called])),
        case("seal1", "call", &join(&[&flags, &callee, &gas, &money, &input, &called])),
        case("seal2", "call", &join(&[&flags, &callee, &gas, &gas, &none, &money, &input, &called])),
        case("seal0", "delegate_call", &join(&[&flags, &code, &input, &called])),
        case("seal0", "instantiate", &join(&[&code, &len32, &gas, &money, &len16, &input, &made, &salt])),
        case("seal1", "instantiate", &join(&[&code, &gas, &money, &input, &made, &salt])),
        case("seal2", "instantiate", &join(&[&code, &gas, &gas, &none, &money, &input, &made, &salt])),
    ]);
    cases
}

/// A contract whose answers are two bytes long.
const ANSWERS: &str = r#"(module
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (memory 1)
    (func (export "call") (call $return (i32.const 0) (i32.const 0) (i32.const 2)))
    (func (export "deploy") (call $return (i32.const 0) (i32.const 0) (i32.const 2))))"#;

struct Bench {
    world: World,
    puppet: AccountId20,
    callee: AccountId20,
}

impl Bench {
    fn new() -> Self {
        let mut world = World::new();
        let puppet = world.deploy(&puppet::code());
        let callee = world.deploy(&wat(ANSWERS));
        Self { world, puppet, callee }
    }

    fn run(&mut self, script: &Script, case: &Case, args: &[Arg]) -> Result<(), ziver_support::DispatchError> {
        let script = script.clone().poke(ROOM, 0x100).poke(OTHER_ROOM, 0x100);
        self.try_out(script, case, args)
    }

    fn try_out(&mut self, script: Script, case: &Case, args: &[Arg]) -> Result<(), ziver_support::DispatchError> {
        let script = script.step(case.import.id.into(), args);
        let result = self.world.dry_call(&self.puppet.clone(), 0, script).result;
        result.map(|answer| assert!(!answer.did_revert()))
    }
}

/// The input of the puppet is longer than the room that tests leave.
fn is_long(case: &Case) -> bool {
    case.import.name == "input"
}

#[test]
fn every_import_that_takes_pointers_is_tried() {
    let data = data(&ALITH);
    let tried: BTreeSet<u16> = cases(&data).iter().map(|case| case.import.id).collect();
    let left: Vec<_> = IMPORTS.iter().filter(|import| !tried.contains(&import.id)).map(|import| import.name).collect();
    let expected = [
        "caller_is_origin",
        "caller_is_root",
        "call_chain_extension",
        "call_runtime",
        "sr25519_verify",
        "reentrance_count",
        "instantiation_nonce",
        "lock_delegate_dependency",
        "unlock_delegate_dependency",
        "gas_left",
        "gas_limit",
        "limit_gas",
        "start_transaction",
        "commit_transaction",
        "rollback_transaction",
    ];
    assert_eq!(left, expected);
}

#[test]
fn pointers_outside_of_memory_end_the_contract() {
    let mut bench = Bench::new();
    let data = data(&bench.callee);
    for case in cases(&data) {
        let name = format!("{} {}", case.import.module, case.import.name);
        if !is_long(&case) {
            assert_eq!(bench.run(&data.script, &case, &case.args), Ok(()), "{name}");
        }
        for (at, len) in &case.pointers {
            for pointer in [MEMORY_BYTES - len + 1, MEMORY_BYTES, i32::MAX as u32, u32::MAX - len, u32::MAX] {
                let mut args = case.args.clone();
                args[*at] = pointer.into();
                let result = bench.run(&data.script, &case, &args);
                assert_eq!(result, Err(Error::OutOfBounds.into()), "{name}, argument {at} = {pointer}");
            }
        }
    }
}

#[test]
fn answers_outside_of_memory_end_the_contract() {
    let mut bench = Bench::new();
    let data = data(&bench.callee);
    for case in cases(&data) {
        for out in &case.outs {
            let mut args = case.args.clone();
            args[*out] = (MEMORY_BYTES - 1).into();
            let script = data.script.clone().poke(ROOM, 0x8000).poke(OTHER_ROOM, 0x100);
            let result = bench.try_out(script, &case, &args);
            assert_eq!(result, Err(Error::OutOfBounds.into()), "{}, argument {out}", case.import.name);
        }
    }
}

#[test]
fn too_little_room_for_an_answer_ends_the_contract() {
    let mut bench = Bench::new();
    let data = data(&bench.callee);
    for case in cases(&data) {
        for (index, out) in case.outs.iter().enumerate() {
            let rooms = if index == 0 { [1, 0x100] } else { [0x100, 1] };
            let script = data.script.clone().poke(ROOM, rooms[0]).poke(OTHER_ROOM, rooms[1]);
            let result = bench.try_out(script, &case, &case.args);
            assert_eq!(result, Err(Error::OutputBufferTooSmall.into()), "{}, argument {out}", case.import.name);
        }
    }
}

#[test]
fn answers_that_nobody_wants_need_no_room() {
    let mut bench = Bench::new();
    let data = data(&bench.callee);
    let optional = ["call", "delegate_call", "instantiate"];
    for case in cases(&data) {
        for out in &case.outs {
            let mut args = case.args.clone();
            args[*out] = NONE.into();
            args[out + 1] = NONE.into();
            let result = bench.run(&data.script, &case, &args);
            let expected = if optional.contains(&case.import.name) { Ok(()) } else { Err(Error::OutOfBounds.into()) };
            assert_eq!(result, expected, "{}, argument {out}", case.import.name);
        }
    }
}

#[test]
fn old_imports_want_the_lengths_of_their_types() {
    let mut bench = Bench::new();
    let data = data(&bench.callee);
    let case = cases(&data).into_iter().find(|case| case.import.name == "transfer").expect("there is one");
    for (account, balance) in [(0, 16), (19, 16), (21, 16), (20, 0), (20, 15), (20, 17), (64, 16)] {
        let mut args = case.args.clone();
        (args[1], args[3]) = (Arg::Word(account), Arg::Word(balance));
        assert_eq!(bench.run(&data.script, &case, &args), Err(Error::DecodingFailed.into()), "{account} {balance}");
    }
}
