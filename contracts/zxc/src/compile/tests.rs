//! Which contract is compiled, and what stands in the way.

use std::collections::BTreeMap;

use super::{Compilation, Options, check, compile};

fn compiled(source: &str, contract: Option<&str>) -> Result<String, Vec<String>> {
    let options = Options { contract: contract.map(str::to_owned) };
    let Compilation { bundle, diagnostics, .. } = compile("a.zx", source, &BTreeMap::new(), &options);
    let messages = diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect();
    bundle.map(|bundle| bundle.name).ok_or(messages)
}

#[test]
fn the_only_contract_is_compiled() {
    assert_eq!(compiled("contract A {}", None), Ok("A".into()));
}

#[test]
fn of_several_the_exported_or_named_one_is_compiled() {
    assert_eq!(compiled("contract A {} export contract B {}", None), Ok("B".into()));
    assert_eq!(compiled("contract A {} export contract B {}", Some("A")), Ok("A".into()));
    let several = Err(vec!["the file has several contracts".into()]);
    assert_eq!(compiled("contract A {} contract B {}", None), several);
    assert_eq!(compiled("contract A {}", Some("C")), Err(vec!["the file has no contract `C`".into()]));
}

#[test]
fn a_file_without_a_contract_is_checked_but_not_compiled() {
    assert_eq!(compiled("record A { x: u8 }", None), Err(vec!["the file has no contract".into()]));
    let Compilation { diagnostics, .. } = check("a.zx", "record A { x: u8 }", &BTreeMap::new());
    assert_eq!(diagnostics, []);
}

#[test]
fn with_errors_anywhere_nothing_is_compiled() {
    assert_eq!(compiled("contract A {} action f() { g() }", None).map_err(|messages| messages.len()), Err(1));
    assert_eq!(compiled("contract A {", None).map_err(|messages| messages.len()), Err(1));
    assert_eq!(compiled("contract A {} record B { x: u8, x: u8 }", None).map_err(|messages| messages.len()), Err(1));
}

#[test]
fn contracts_that_create_each_other_are_refused() {
    let source = "
        contract A { action make() -> Address { return new B() } }
        contract B { action make() -> Address { return new A() } }
    ";
    assert_eq!(compiled(source, Some("A")), Err(vec!["`A` is created by what it creates".into()]));
}

#[test]
fn a_chain_of_created_contracts_is_compiled_from_its_end() {
    let source = "
        export contract A { action make() -> Address { return new B() } }
        contract B { action make() -> Address { return new C() } action other() -> Address { return new C{salt: 1}() } }
        contract C { action get() -> u8 { return 7 } }
    ";
    assert_eq!(compiled(source, None), Ok("A".into()));
    // The hash of the last reaches the code of the first.
    let bundle = |source: &str| compile("a.zx", source, &BTreeMap::new(), &Options::default()).bundle.unwrap();
    assert_ne!(bundle(source).code_hash(), bundle(&source.replace("return 7", "return 8")).code_hash());
}

#[test]
fn the_same_source_gives_the_same_bundle() {
    let source = "contract A { data x = 1; action view get() -> integer { return x } }";
    let bundle = || compile("a.zx", source, &BTreeMap::new(), &Options::default()).bundle.unwrap();
    assert_eq!(bundle().contract(), bundle().contract());
}
