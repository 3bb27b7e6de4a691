//! What a program can't tell by itself: results, events, storage keys, calls.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use ziver_primitives::hashing::{blake2_256, keccak_256};

use super::program;
use crate::{
    compile::{Options, compile},
    ir::{
        EntryKind,
        chain::{Answer, Request, ReturnCode, Target},
        interpret::{
            Outcome, Value,
            value::{decode, encode, integer_bytes},
        },
        program::selector,
        tests::mock::Effect,
    },
    wasm::tests::Both,
};

/// A deployed contract.
struct Contract {
    both: Both,
}

impl Contract {
    fn new(source: &str) -> Self {
        Self { both: Both::new(program("test.zx", source).0) }
    }

    fn deploy(source: &str, arguments: &[Value]) -> Self {
        let mut contract = Self::new(source);
        contract.run(EntryKind::Constructor, "new", arguments).expect("deployed");
        contract.both.chain.state.effects.clear();
        contract
    }

    fn call(&mut self, name: &str, arguments: &[Value]) -> Result<Value, String> {
        self.run(EntryKind::Message, name, arguments)
    }

    fn run(&mut self, kind: EntryKind, name: &str, arguments: &[Value]) -> Result<Value, String> {
        let program = &self.both.program;
        let entry = program.entries.iter().find(|entry| entry.kind == kind && entry.name == name).expect("an entry");
        let function = &program.functions[entry.function.index()];
        let (types, result) = (program.types.clone(), function.result);
        let mut input = selector(name).to_vec();
        for (local, argument) in function.locals.iter().zip(arguments) {
            encode(argument, local.ty, &types, &mut input);
        }
        match self.both.run_input(kind, &input) {
            Outcome::Returned(output) => Ok(decode(&output[1..], result, &types).expect("a result")),
            Outcome::Reverted(message) => Err(message),
            outcome => panic!("{outcome:?}"),
        }
    }

    fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.both.chain.state.effects)
    }

    fn answer(&mut self, code: ReturnCode, output: &[u8]) {
        self.both.chain.answers.push_back(Answer { code, output: output.to_vec() });
    }
}

fn integer(value: i64) -> Value {
    Value::Integer(value.into())
}

fn encoded(value: i64) -> Vec<u8> {
    integer_bytes(&BigInt::from(value), crate::ir::Integer::I256)
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

const CALLER: [u8; 20] = [0xca; 20];

#[test]
fn a_counter_counts() {
    let source = "
        contract Counter {
            persistent storage count: u32
            action constructor(start: u32) { count = start }
            action increment(by: u32) {
                require(by > 0, \"by nothing\")
                count += by
            }
            action view value() -> u32 { return count }
        }
    ";
    let mut counter = Contract::deploy(source, &[integer(40)]);
    assert_eq!(counter.call("increment", &[integer(2)]), Ok(Value::Unit));
    assert_eq!(counter.call("value", &[]), Ok(integer(42)));
    assert_eq!(counter.call("increment", &[integer(0)]), Err("by nothing".into()));
    assert_eq!(counter.call("increment", &[integer(u32::MAX.into())]), Err("arithmetic overflow".into()));
}

#[test]
fn members_are_stored_under_the_hashes_of_their_names() {
    let source = "
        contract Keys {
            persistent storage total: u32
            persistent storage nested: Map<Address, Map<u8, string>>
            action write() {
                total = 5
                nested[TX.caller][7] = \"ab\"
                remove(nested[TX.caller], 8)
            }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    contract.call("write", &[]).expect("written");
    let nested = [&blake2_256(b"nested")[..], &CALLER, &[7]].concat();
    let expected = [(blake2_256(b"total").to_vec(), vec![5, 0, 0, 0]), (nested, vec![8, b'a', b'b'])];
    assert_eq!(contract.both.chain.state.storage, BTreeMap::from(expected));
}

#[test]
fn events_have_the_signature_and_indexed_fields_as_topics_and_all_fields_as_data() {
    let source = "
        record Part { a: u8, b: string }
        event Filed(indexed text: string, part: Part)
        contract Events {
            event Moved(indexed from: Address, indexed note: string, amount: integer)
            action move() {
                emit Moved(TX.caller, \"a note that is longer than a topic can be\", 5)
                emit Filed(\"x\", Part { a: 1, b: \"\" })
            }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    contract.call("move", &[]).expect("moved");
    let note = [&[41 << 2][..], b"a note that is longer than a topic can be"].concat();
    let mut from = [0; 32];
    from[..20].copy_from_slice(&CALLER);
    let mut x = [0; 32];
    x[..2].copy_from_slice(&[4, b'x']);
    let moved = Effect::Event {
        topics: vec![keccak_256(b"Moved(Address,string,integer)"), from, blake2_256(&note)],
        data: [&CALLER[..], &note, &encoded(5)].concat(),
    };
    let filed = Effect::Event { topics: vec![keccak_256(b"Filed(string,Part)"), x], data: vec![4, b'x', 1, 0] };
    assert_eq!(contract.effects(), [moved, filed]);
}

const BANK: &str = "
    protocol Bank {
        action view balance(who: Address) -> integer
        action payable deposit(note: string) -> boolean
        action touch()
    }
    contract Caller {
        persistent storage seen: string
        action view look(bank: Address) -> integer { return Bank(bank).balance(TX.caller) + 1 }
        action pay(bank: Address, most: u64) -> boolean { return Bank(bank).deposit{gas: most, value: 5}(\"hi\") }
        action touch(bank: Address) { Bank(bank).touch{reentry: true}() }
        action try_it(bank: Address) -> string {
            try {
                seen = \"tried\"
                Bank(bank).touch()
            } catch (e) { return seen + e }
            return seen
        }
        action raw(bank: Address, hash: Hash) -> bytes {
            let answer = contract_call(bank, encode(u8(1)))
            let number = static_call<u8>{gas: 9}(bank, \"f\", true, u16(2))
            delegate_call<()>(hash, \"g\")
            return answer + encode(number)
        }
        action make(hash: Hash) -> Address { return create{value: 7, salt: Hash(0)}(hash, true) }
    }
";

const OTHER: [u8; 20] = [0x22; 20];

fn request(target: Target, input: Vec<u8>) -> Request {
    Request { target, input, value: 0, gas: 0, reentry: false }
}

#[test]
fn typed_calls_encode_their_arguments_and_decode_the_answer() {
    let mut contract = Contract::deploy(BANK, &[]);
    contract.answer(ReturnCode::Success, &[&[0][..], &encoded(41)].concat());
    assert_eq!(contract.call("look", &[Value::Address(OTHER)]), Ok(integer(42)));
    let input = [&selector("balance")[..], &CALLER].concat();
    assert_eq!(contract.effects(), [Effect::Call(request(Target::Static(OTHER), input))]);
    contract.answer(ReturnCode::Success, &[0, 1]);
    assert_eq!(contract.call("pay", &[Value::Address(OTHER), integer(100)]), Ok(Value::Boolean(true)));
    let input = [&selector("deposit")[..], &[8, b'h', b'i']].concat();
    let paid = Request { value: 5, gas: 100, ..request(Target::Contract(OTHER), input) };
    assert_eq!(contract.effects(), [Effect::Call(paid)]);
    assert_eq!(contract.call("touch", &[Value::Address(OTHER)]), Ok(Value::Unit));
    let touched = Request { reentry: true, ..request(Target::Contract(OTHER), selector("touch").to_vec()) };
    assert_eq!(contract.effects(), [Effect::Call(touched)]);
}

#[test]
fn the_revert_of_another_contract_can_be_caught_and_undoes_what_was_tried() {
    let mut contract = Contract::deploy(BANK, &[]);
    assert_eq!(contract.call("try_it", &[Value::Address(OTHER)]), Ok(text("tried")));
    contract.answer(ReturnCode::CalleeReverted, &[1, 12, b'b', b'a', b'd']);
    assert_eq!(contract.call("try_it", &[Value::Address(OTHER)]), Ok(text("triedbad")));
    let mut fresh = Contract::deploy(BANK, &[]);
    fresh.answer(ReturnCode::CalleeReverted, &[1, 12, b'b', b'a', b'd']);
    assert_eq!(fresh.call("try_it", &[Value::Address(OTHER)]), Ok(text("bad")));
    fresh.answer(ReturnCode::NotCallable, &[]);
    assert_eq!(fresh.call("touch", &[Value::Address(OTHER)]), Err("no such contract".into()));
}

#[test]
fn untyped_calls_send_what_they_are_told() {
    let mut contract = Contract::deploy(BANK, &[]);
    contract.answer(ReturnCode::Success, &[9, 8]);
    contract.answer(ReturnCode::Success, &[0, 7]);
    let answer = contract.call("raw", &[Value::Address(OTHER), Value::Hash([3; 32])]);
    assert_eq!(answer, Ok(Value::Bytes(vec![9, 8, 7])));
    let typed = Request { gas: 9, ..request(Target::Static(OTHER), [&selector("f")[..], &[1, 2, 0]].concat()) };
    let expected = [
        Effect::Call(request(Target::Contract(OTHER), vec![1])),
        Effect::Call(typed),
        Effect::Call(request(Target::Code([3; 32]), selector("g").to_vec())),
    ];
    assert_eq!(contract.effects(), expected);
    assert_eq!(contract.call("make", &[Value::Hash([3; 32])]), Ok(Value::Address([0x4e; 20])));
    let made = Request { value: 7, ..request(Target::Code([3; 32]), [&selector("new")[..], &[1]].concat()) };
    assert_eq!(contract.effects(), [Effect::Instantiate { request: made, salt: vec![0; 32] }]);
}

#[test]
fn a_created_contract_is_known_by_the_hash_of_its_code() {
    let child = "export contract Child { persistent storage x: u8; action constructor(start: u8) { x = start } }";
    let source = "
        use \"child.zx\"
        contract Parent { action make() -> Address { return new Child(5) } }
    ";
    let files = BTreeMap::from([("child.zx".to_owned(), child.to_owned())]);
    let bundle = compile("child.zx", child, &files, &Options::default()).bundle.expect("a bundle");
    let (lowered, _) = crate::compile::lower("parent.zx", source, &files, &Options::default());
    let program = lowered.expect("lowered").program.expect("a program");
    let mut contract = Contract { both: Both::new(program) };
    assert_eq!(contract.call("make", &[]), Ok(Value::Address([0x4e; 20])));
    let made = request(Target::Code(bundle.code_hash()), [&selector("new")[..], &[5]].concat());
    assert_eq!(contract.effects(), [Effect::Instantiate { request: made, salt: Vec::new() }]);
}

#[test]
fn an_invariant_is_checked_after_each_action_that_may_break_it() {
    let source = "
        contract Invariants {
            persistent storage total: integer
            persistent storage other: integer
            @invariant total >= 0
            @invariant this.sum() < 100, \"too much\"
            @invariant this . balance>70_000
            action payable take() {}
            action private sum() -> integer { return total + other }
            action change(by: integer) -> integer {
                this.down(by)
                total += 2 * by
                return total
            }
            action private down(by: integer) { total -= by }
            action set_other(to: integer) { other = to }
            action neither() -> integer { return 7 }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    // In between it is negative.
    assert_eq!(contract.call("change", &[integer(5)]), Ok(integer(5)));
    assert_eq!(contract.call("change", &[integer(-6)]), Err("invariant violated: total >= 0".into()));
    assert_eq!(contract.call("set_other", &[integer(95)]), Err("too much".into()));
    assert_eq!(contract.call("set_other", &[integer(-200)]), Ok(Value::Unit));
    assert_eq!(contract.call("neither", &[]), Ok(integer(7)));
    assert_eq!(contract.call("take", &[]), Ok(Value::Unit));
    contract.both.chain.balance = 5;
    assert_eq!(contract.call("take", &[]), Err("invariant violated: this.balance > 70_000".into()));
    // Only what can break an invariant has a function around it.
    let names = |name: &str| contract.both.program.functions.iter().filter(|function| function.name == name).count();
    assert_eq!([names("change"), names("set_other"), names("neither"), names("down")], [2, 2, 1, 1]);
}

#[test]
fn every_invariant_holds_from_the_beginning() {
    let contract = |constructor: &str| {
        format!(
            "contract Invariants {{
                persistent storage least: u8
                persistent storage other: u8
                @invariant least > 0
                action change() {{ other = 1 }}
                {constructor}
            }}"
        )
    };
    let broken = Err("invariant violated: least > 0".to_owned());
    for constructor in ["", "action constructor() {}", "action constructor() { other = 1 }"] {
        let mut deployed = Contract::new(&contract(constructor));
        assert_eq!(deployed.run(EntryKind::Constructor, "new", &[]), broken, "{constructor}");
    }
    let mut deployed = Contract::deploy(&contract("action constructor() { least = 1 }"), &[]);
    assert_eq!(deployed.call("change", &[]), Ok(Value::Unit));
    let mut named = Contract::new(&contract("action constructor with() {}"));
    assert_eq!(named.run(EntryKind::Constructor, "with", &[]), broken);
}

#[test]
fn a_fallback_keeps_invariants() {
    let source = "
        contract Fallback {
            persistent storage length: u32
            @invariant length < 3
            action payable fallback(input: bytes) -> bytes {
                length = len(input)
                return input
            }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    assert_eq!(contract.both.run_input(EntryKind::Message, &[1, 2]), Outcome::Returned(vec![1, 2]));
    let broken = Outcome::Reverted("invariant violated: length < 3".to_owned());
    assert_eq!(contract.both.run_input(EntryKind::Message, &[1, 2, 3]), broken);
}

#[test]
fn value_and_reentry_are_accepted_only_where_it_is_said() {
    let source = "
        contract Entries {
            action payable take() -> u128 { return TX.value }
            action leave() {}
            action secure once() {}
            action payable constructor() {}
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    contract.both.chain.context.reentrance = 1;
    assert_eq!(contract.call("once", &[]), Err("re-entry refused".into()));
    assert_eq!(contract.call("leave", &[]), Ok(Value::Unit));
    contract.both.chain.context.value = 5;
    assert_eq!(contract.call("take", &[]), Ok(integer(5)));
    assert_eq!(contract.call("leave", &[]), Err("action accepts no value".into()));
    contract.run(EntryKind::Constructor, "new", &[]).expect("deployed");
}

#[test]
fn a_fallback_gets_what_no_action_takes() {
    let source = "
        contract Fallback {
            action known() -> u8 { return 7 }
            action payable fallback(input: bytes) -> bytes { return input + hex\"ff\" }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    assert_eq!(contract.call("known", &[]), Ok(integer(7)));
    let outcome = contract.both.run_input(EntryKind::Message, &[1, 2, 3, 4, 5]);
    assert_eq!(outcome, Outcome::Returned(vec![1, 2, 3, 4, 5, 0xff]));
}

#[test]
fn a_secure_fallback_refuses_reentry() {
    let source = "contract Fallback { action payable secure fallback(input: bytes) -> bytes { return input } }";
    let mut contract = Contract::deploy(source, &[]);
    assert_eq!(contract.both.run_input(EntryKind::Message, &[1]), Outcome::Returned(vec![1]));
    contract.both.chain.context.reentrance = 1;
    assert_eq!(contract.both.run_input(EntryKind::Message, &[1]), Outcome::Reverted("re-entry refused".into()));
}

#[test]
fn what_the_chain_is_asked_to_do_is_done() {
    let source = "
        contract Chain {
            action pay(amount: u128) { transfer(TX.caller, amount) }
            action upgrade(hash: Hash) { set_code(hash) }
            action end() {
                terminate(TX.caller)
            }
            action limited() { limit(500) }
            action shown(x: integer) { print(\"x is\", x, TX.caller == TX.origin) }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    contract.call("pay", &[integer(9)]).expect("paid");
    assert_eq!(contract.call("pay", &[integer(1_000_000)]), Err("transfer failed".into()));
    contract.call("upgrade", &[Value::Hash([5; 32])]).expect("upgraded");
    contract.call("limited", &[]).expect("limited");
    let expected = [Effect::Transfer { to: CALLER, amount: 9 }, Effect::SetCode([5; 32]), Effect::LimitGas(500)];
    assert_eq!(contract.effects(), expected);
    contract.call("shown", &[integer(-3)]).expect("shown");
    assert_eq!(contract.both.chain.debug, ["x is -3 false"]);
    assert_eq!(contract.both.run_input(EntryKind::Message, &selector("end")), Outcome::Terminated);
    assert_eq!(contract.effects(), [Effect::Terminate(CALLER)]);
}

#[test]
fn signatures_are_checked_against_the_digest() {
    let source = "
        contract Signatures {
            action view signer(digest: Hash, signature: bytes) -> Address? { return recover(digest, signature) }
            action view signed(text: string, signature: bytes, by: Address) -> boolean {
                return verify_sig(text, signature, by) && verify_sig(keccak256(text), signature, by)
            }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    let signature = vec![1; 65];
    let digest = keccak_256(b"hello");
    let signer = contract.call("signer", &[Value::Hash(digest), Value::Bytes(signature.clone())]);
    let Ok(Value::Option(Some(signer))) = signer else { panic!("{signer:?}") };
    let signed = |by: Value| [text("hello"), Value::Bytes(signature.clone()), by];
    assert_eq!(contract.call("signed", &signed(*signer)), Ok(Value::Boolean(true)));
    assert_eq!(contract.call("signed", &signed(Value::Address([1; 20]))), Ok(Value::Boolean(false)));
    let short = contract.call("signer", &[Value::Hash(digest), Value::Bytes(vec![1; 64])]);
    assert_eq!(short, Ok(Value::Option(None)));
}

#[test]
fn constructors_have_names_of_their_own_and_one_is_made_if_there_is_none() {
    let source = "
        contract Named {
            data start = 5
            persistent storage owner: Address
            action constructor with_owner(who: Address) { owner = who }
            action init() { start += 1 }
            action view both() -> (Address, integer) { return (owner, start) }
        }
    ";
    let mut contract = Contract::new(source);
    contract.run(EntryKind::Constructor, "with_owner", &[Value::Address(OTHER)]).expect("deployed");
    assert_eq!(contract.call("both", &[]), Ok(Value::Tuple(vec![Value::Address(OTHER), integer(5)])));
    let mut contract = Contract::deploy(source, &[]);
    assert_eq!(contract.call("both", &[]), Ok(Value::Tuple(vec![Value::Address([0; 20]), integer(6)])));
    let mut contract = Contract::deploy("contract None { data x = 3; action view get() -> integer { return x } }", &[]);
    assert_eq!(contract.call("get", &[]), Ok(integer(3)));
}

#[test]
fn an_item_of_another_file_means_the_same_there() {
    let source = "
        use \"zrc20\" from std
        contract Reader {
            action view total(token: Address) -> integer { return ZRC20(token).total_supply() }
        }
    ";
    let mut contract = Contract::deploy(source, &[]);
    contract.answer(ReturnCode::Success, &[&[0][..], &encoded(7)].concat());
    assert_eq!(contract.call("total", &[Value::Address(OTHER)]), Ok(integer(7)));
}

#[test]
fn parts_of_a_call_of_another_contract_are_evaluated_as_they_are_written() {
    let source = "
        protocol Bank { action payable deposit(a: u8, b: u8) }
        contract Caller {
            persistent storage trace: string
            action private note(name: string, value: u64) -> u64 {
                trace += name
                return value
            }
            action private account(name: string) -> Address {
                trace += name
                return TX.caller
            }
            action typed() -> string {
                Bank(this.account(\"t\")).deposit{gas: this.note(\"g\", 9), value: this.note(\"v\", 5)}(
                    u8(this.note(\"a\", 1)), u8(this.note(\"b\", 2))
                )
                return trace
            }
            action untyped() -> string {
                contract_call<()>{value: this.note(\"v\", 5), gas: this.note(\"g\", 9)}(
                    this.account(\"t\"), \"deposit\", u8(this.note(\"a\", 1)), u8(this.note(\"b\", 2))
                )
                return trace
            }
            action created() -> string {
                let _ = create{salt: this.note(\"s\", 4), value: this.note(\"v\", 5)}(
                    keccak256(bytes(this.account(\"h\"))), this.note(\"a\", 1), this.note(\"b\", 2)
                )
                return trace
            }
        }
    ";
    for (name, order) in [("typed", "tgvab"), ("untyped", "vgtab"), ("created", "svhab")] {
        assert_eq!(Contract::deploy(source, &[]).call(name, &[]), Ok(text(order)), "{name}");
    }
}
