//! `zxc test`, on the chain's own runtime.

use serde_json::Value;

use crate::commands::{code, folder, zxc};

const COUNTER: &str = r#"export contract Counter {
    persistent storage count: u64
    data owner = TX.caller
    event Counted(indexed by: Address, count: u64)

    action increment() -> u64 {
        count += 1
        emit Counted(TX.caller, count)
        return count
    }

    action reset() {
        require(TX.caller == owner, "not the owner")
        count = 0
    }

    action payable pay() {}

    action view current() -> u64 { return count }

    action view times() -> (u32, u64) { return (TX.block_number, TX.timestamp) }

    action spin() { while true { count += 1 } }
}
"#;

/// The lines that `zxc test --json` writes for a program: one for each test, and the sums.
fn run(tests: &str) -> Vec<Value> {
    let folder = folder(&[("counter.zx", &format!("{COUNTER}\n{tests}"))]);
    let output = zxc(folder.path(), &["test", "--json", "counter.zx"]);
    let lines = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.last().is_some_and(|last| last["passed"].is_number()), "{lines:?}");
    let failed = lines.last().is_none_or(|last| last["failed"] != 0);
    assert_eq!(code(&output), Some(i32::from(failed)), "{}", String::from_utf8_lossy(&output.stderr));
    lines
}

/// Asserts that each test of a program passes.
fn pass(tests: &str) -> Vec<Value> {
    let lines = run(tests);
    for line in &lines[..lines.len() - 1] {
        assert_eq!(line["passed"], true, "{line}");
    }
    assert!(lines.len() > 1);
    lines
}

/// What the only test of a program, which fails, says, and on which line behind the contract.
fn failure(test: &str) -> (String, u64) {
    let lines = run(test);
    assert_eq!(lines[0]["passed"], false, "{lines:?}");
    let label = &lines[0]["problem"]["labels"][0];
    let line = label["start"]["line"].as_u64().unwrap() - COUNTER.lines().count() as u64 - 1;
    (label["message"].as_str().unwrap().to_owned(), line)
}

#[test]
fn a_contract_keeps_its_state_within_a_test_and_not_beyond() {
    let lines = pass(
        r#"test "counts" {
            let counter = new Counter()
            assert_eq(Counter(counter).increment(), 1)
            assert_eq(Counter(counter).increment(), 2)
            assert_eq(Counter(counter).current(), 2)
        }
        test "has the same address again" {
            let counter = new Counter()
            assert_eq(Counter(counter).current(), 0)
            assert(new Counter() != counter)
        }"#,
    );
    let gas = lines[2]["gas"].as_array().unwrap();
    let increment = gas.iter().find(|line| line["action"] == "increment").unwrap();
    assert_eq!(increment["calls"], 2);
    assert!(increment["least"].as_u64().unwrap() > 100 && increment["most"].as_u64() >= increment["average"].as_u64());
    assert!(
        gas.iter().any(|line| line["contract"] == "Counter" && line["action"] == "constructor" && line["calls"] == 3)
    );
    assert!(lines[0]["gas"].as_u64().unwrap() > 1_000);
}

#[test]
fn accounts_act_for_themselves() {
    pass(
        r#"action deployed() -> Address {
            as(account("carol")) { return new Counter() }
        }
        test "as" {
            assert_eq(TX.caller, account("alice"))
            let counter = deployed()
            assert_eq(TX.caller, account("alice"))
            expect_revert("not the owner") { Counter(counter).reset() }
            as(account("carol")) { Counter(counter).reset() }
            set_caller(account("carol"))
            Counter(counter).reset()
            as(address(0)) { expect_revert() { Counter(counter).reset() } }
            assert_eq(TX.caller, account("carol"))
            try {
                set_caller(account("dave"))
                Counter(counter).reset()
            } catch { assert_eq(TX.caller, account("carol")) }
        }"#,
    );
}

#[test]
fn blocks_and_time_pass() {
    pass(
        r#"test "time" {
            let counter = new Counter()
            let (block, time) = Counter(counter).times()
            assert_eq(block, TX.block_number)
            assert_eq(time, TX.timestamp)
            advance(3)
            assert_eq(Counter(counter).times(), (block + 3, time + 6000))
            warp(86400)
            assert_eq(Counter(counter).times(), (block + 4, time + 86406000))
            advance(100000)
            assert_eq(TX.block_number, block + 100004)
            assert(block_hash(block + 100003) != null)
            try {
                advance(5)
                revert("back")
            } catch { assert_eq(TX.block_number, block + 100004) }
        }"#,
    );
}

#[test]
fn value_is_sent_and_balances_are_seen() {
    pass(
        r#"test "money" {
            let counter = new Counter()
            let before = get_balance(counter)
            Counter(counter).pay{value: 5000}()
            assert_eq(get_balance(counter), before + 5000)
            deal(account("bob"), 7)
            assert_eq(get_balance(account("bob")), 7)
            transfer(account("bob"), 3)
            assert_eq(get_balance(account("bob")), 10)
            let poor = account("poor")
            deal(poor, 10)
            as(poor) { expect_revert() { Counter(counter).pay{value: 5000}() } }
        }"#,
    );
}

#[test]
fn events_of_the_last_transaction_are_seen() {
    pass(
        r#"test "events" {
            let counter = new Counter()
            let alice = account("alice")
            assert(!emitted(Counted))
            let _ = Counter(counter).increment()
            assert(emitted(Counted(alice, 1)))
            assert(emitted(counter, Counter.Counted(alice, 1)))
            assert(!emitted(alice, Counted(alice, 1)))
            assert(!emitted(Counted(alice, 2)))
            assert_eq(Counter(counter).current(), 1)
            assert(emitted(Counted), "a question is no transaction")
            Counter(counter).reset()
            assert(!emitted(Counted))
        }"#,
    );
}

#[test]
fn named_accounts_sign() {
    pass(
        r#"test "signatures" {
            let bob = account("bob")
            let message = bytes("pay 5")
            assert(verify_sig(message, sign(bob, message), bob))
            assert(!verify_sig(message, sign(account("carol"), message), bob))
            assert_eq(recover(keccak256("x"), sign(bob, keccak256("x"))), bob)
            expect_revert() { let _ = sign(address(0), message) }
        }"#,
    );
}

#[test]
fn a_question_changes_nothing_and_gas_is_limited() {
    pass(
        r#"test "gas" {
            let counter = new Counter()
            expect_revert() { Counter(counter).spin{gas: 100000}() }
            assert(TX.gas_used <= 100000 && TX.gas_used > 0)
            assert_eq(Counter(counter).current(), 0)
        }"#,
    );
}

#[test]
fn a_failed_assertion_is_shown_where_it_stands() {
    assert_eq!(failure("test \"f\" {\n    assert(1 > 2)\n}"), ("this is not true".to_owned(), 2));
    assert_eq!(failure("test \"f\" {\n\n    assert(1 > 2, \"no\" + \"!\")\n}"), ("no!".to_owned(), 3));
    assert_eq!(failure("test \"f\" {\n    assert_eq(1 + 1, 3)\n}"), ("2 is not 3".to_owned(), 2));
    assert_eq!(failure("test \"f\" {\n    assert_ne(\"a\", \"a\", \"m\")\n}"), ("m: \"a\" is \"a\"".to_owned(), 2));
    assert_eq!(failure("test \"f\" {\n    try { fail(\"x\") } catch {}\n}"), ("x".to_owned(), 2));
    assert_eq!(failure("test \"f\" {\n    expect_revert() { fail() }\n}"), ("failed".to_owned(), 2));
    let (message, line) = failure("action check() {\n    fail(\"x\")\n}\ntest \"f\" {\n    check()\n}");
    assert_eq!((message.as_str(), line), ("x", 2));
}

#[test]
fn a_revert_is_shown_where_it_came_from() {
    let test = "test \"f\" {\n    let counter = new Counter()\n    as(account(\"bob\")) {\n        Counter(counter).reset()\n    }\n}";
    assert_eq!(failure(test), ("it reverted: not the owner".to_owned(), 4));
    assert_eq!(failure("test \"f\" {\n    let x = 1\n    let _ = x / (x - 1)\n}").1, 3);
    let (message, line) = failure("test \"f\" {\n    Counter(account(\"bob\")).reset()\n}");
    assert!(message.starts_with("it reverted: there is no contract at 0x"), "{message}");
    assert_eq!(line, 2);
    assert_eq!(failure("test \"f\" {\n    expect_revert() { let _ = 1 }\n}").0, "nothing in this block reverted");
    let (message, _) = failure("test \"f\" {\n    expect_revert(\"a\") { revert(\"b\") }\n}");
    assert_eq!(message, "it reverted with \"b\", not with \"a\"");
}

#[test]
fn a_test_without_end_is_ended() {
    let (message, _) = failure("test \"f\" {\n    while true {}\n}");
    assert!(message.starts_with("the test took more than"), "{message}");
}

#[test]
fn a_test_with_too_many_transactions_is_ended() {
    let (message, line) = failure("test \"f\" {\n    while true { try { Counter(address(0)).reset() } catch {} }\n}");
    assert!(message.starts_with("a test may have 20000 transactions"), "{message}");
    assert_eq!(line, 2);
}

#[test]
fn tests_in_files_of_their_own_are_found_and_chosen_by_name() {
    let tests = r#"use "../counter.zx"
test "one" { assert_eq(Counter(new Counter()).current(), 0) }
test "two" { assert(emitted(Counted) == false) }
"#;
    let folder = folder(&[("counter.zx", COUNTER), ("other.zx", "export contract Other { test \"three\" {} }\n")]);
    std::fs::create_dir(folder.path().join("tests")).unwrap();
    std::fs::write(folder.path().join("tests/counter.zx"), tests).unwrap();
    let ran = |arguments: &[&str]| {
        let output = zxc(folder.path(), arguments);
        assert_eq!(code(&output), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(&output.stderr);
        ["one", "two", "three"].into_iter().filter(|name| said.contains(&format!("ok     {name}"))).collect::<Vec<_>>()
    };
    assert_eq!(ran(&["test"]), ["one", "two", "three"]);
    assert_eq!(ran(&["test", "counter.zx"]), ["one", "two"]);
    assert_eq!(ran(&["test", "other.zx"]), ["three"]);
    assert_eq!(ran(&["test", "--filter", "o"]), ["one", "two"]);
    assert_eq!(ran(&["test", "tests", "--filter", "tw"]), ["two"]);
}

#[test]
fn tests_with_errors_are_told_and_do_not_run() {
    let folder =
        folder(&[("a.zx", "test \"f\" { g() }\n"), ("b.zx", "contract B { action f() { account(\"x\") } }\n")]);
    for file in ["a.zx", "b.zx"] {
        let tested = zxc(folder.path(), &["test", file]);
        assert_eq!(code(&tested), Some(1));
        assert!(String::from_utf8_lossy(&tested.stderr).starts_with("error[E0"));
        assert_eq!(code(&zxc(folder.path(), &["check", file])), Some(1));
    }
    assert_eq!(code(&zxc(folder.path(), &["test", "missing.zx"])), Some(2));
}
