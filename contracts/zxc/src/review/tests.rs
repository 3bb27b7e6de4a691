//! Each rule: what it finds, and what it leaves alone.

use super::review;
use crate::{source::Source, syntax::parse};

/// The codes of the findings on a contract with these members, each with the text that it points at.
fn found(members: &str) -> Vec<(&'static str, String)> {
    let text =
        format!("contract C {{\n{members}\n}}\nprotocol Token {{ action send(n: u128) -> boolean; action tell() }}\n");
    let source = Source::new("c.zx", text.clone()).unwrap();
    let (file, diagnostics) = parse(&source);
    assert!(!file.broken, "{diagnostics:?}");
    let findings = review(&file).into_iter();
    findings.map(|finding| (finding.code, source.slice(finding.span().unwrap()).to_owned())).collect()
}

fn one(code: &'static str, text: &str) -> Vec<(&'static str, String)> {
    vec![(code, text.to_owned())]
}

#[test]
fn write_after_a_call_that_may_come_back_is_found() {
    let bank = |body: &str| {
        found(&format!("persistent storage sums: Map<Address, u128>\naction pay(to: Address) {{ {body} }}"))
    };
    let call = "Token(to).tell{reentry: true}()";
    assert_eq!(bank(&format!("{call}; sums[to] = 0")), one("W0601", "sums[to]"));
    assert_eq!(bank(&format!("sums[to] = 0; {call}")), []);
    assert_eq!(bank("Token(to).tell(); sums[to] = 0"), []);
    assert_eq!(bank("Token(to).tell{reentry: false}(); sums[to] = 0"), []);
    assert_eq!(bank(&format!("if true {{ {call} }} else {{ sums[to] = 1 }}")), []);
    assert_eq!(bank(&format!("if true {{ {call} }}\n sums[to] = 1")), one("W0601", "sums[to]"));
    assert_eq!(bank(&format!("while true {{ sums[to] = 1; {call} }}")), one("W0601", "sums[to]"));
    assert_eq!(bank(&format!("let sums2 = 1; {call}; sums2 = 2")), []);
}

#[test]
fn write_after_a_call_in_another_action_is_found() {
    let members = "state n = 0\naction a(t: Address) { this.b(t); this.c() }\n\
        action private b(t: Address) { Token(t).tell{reentry: true}() }\naction private c() { n = 1 }";
    assert_eq!(found(members), one("W0601", "this.c()"));
    assert_eq!(found(&members.replace("action a", "action secure a")), []);
    assert_eq!(found(&format!("{members}\naction secure d() {{ n = 2 }}")), one("W0601", "this.c()"));
}

#[test]
fn action_that_never_asks_who_calls_is_found_where_there_is_an_owner() {
    let owned = |action: &str| {
        found(&format!(
            "data owner = TX.caller\nstate n = 0\nmodifier mine {{ require(TX.caller == owner) }}\n{action}"
        ))
    };
    assert_eq!(owned("action set(m: integer) { n = m }"), one("W0602", "set"));
    assert_eq!(owned("action set(m: integer) mine { n = m }"), []);
    assert_eq!(owned("action set(m: integer) { require(TX.caller == owner); n = m }"), []);
    assert_eq!(
        owned("action set(m: integer) { this.check(); n = m } action private check() { require(TX.caller == owner) }"),
        []
    );
    assert_eq!(owned("action set(n: integer) -> integer { n = 2; return n }"), []);
    assert_eq!(owned("action private set(m: integer) { n = m }"), []);
    assert_eq!(owned("action constructor(m: integer) { n = m }"), []);
    assert_eq!(found("state n = 0\naction set(m: integer) { n = m }"), []);
}

#[test]
fn ignored_answer_of_another_contract_is_found() {
    let sent = |body: &str| found(&format!("action f(t: Address) {{ {body} }}"));
    assert_eq!(sent("let _ = Token(t).send(1)"), one("W0603", "Token(t).send(1)"));
    assert_eq!(sent("let _ = Other(t).transfer(t, 1)"), one("W0603", "Other(t).transfer(t, 1)"));
    assert_eq!(
        sent("let _ = contract_call<boolean>(t, \"send\", 1)"),
        one("W0603", "contract_call<boolean>(t, \"send\", 1)")
    );
    assert_eq!(sent("require(Token(t).send(1)); Token(t).tell(); let _ = contract_call<u8>(t, \"f\")"), []);
}

#[test]
fn loop_over_what_grows_in_storage_is_found() {
    let looped = |body: &str| {
        found(&format!("state list: List<u8> = []\npersistent storage map: EnumerableMap<u8, u8>\n{body}"))
    };
    assert_eq!(looped("action f() { for each x in list { print(x) } }"), one("W0604", "list"));
    assert_eq!(looped("action f() { for each x in this.list { print(x) } }"), one("W0604", "this.list"));
    assert_eq!(looped("action f() { for each k in keys(map) { print(k) } }"), one("W0604", "keys(map)"));
    assert_eq!(looped("action f() { let i = 0; while i < len(list) { i += 1 } }"), one("W0604", "len(list)"));
    assert_eq!(looped("action f() { for each x in list[0:5] { print(x) } }"), []);
    assert_eq!(looped("action f(list: List<u8>) { for each x in list { print(x) } }"), []);
    assert_eq!(looped("action view f() { for each x in list { print(x) } }"), []);
}

#[test]
fn check_of_the_origin_is_found() {
    assert_eq!(found("action f() { require(TX.origin == address(0)) }"), one("W0605", "TX.origin == address(0)"));
    assert_eq!(found("modifier m { require(address(0) != TX.origin) }"), one("W0605", "address(0) != TX.origin"));
    assert_eq!(found("action f() { require(TX.caller == TX.origin) }"), []);
}

#[test]
fn broken_file_has_no_findings() {
    let source = Source::new("c.zx", "contract C { action f() { require(TX.origin == address(0)) } action }").unwrap();
    assert_eq!(review(&parse(&source).0), []);
}
