//! Which contract is compiled, and what stands in the way.

use std::collections::BTreeMap;

use super::{Compilation, Options, check, compile, tests};

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

#[test]
fn tests_are_lowered_with_all_that_they_create() {
    let source = "
        contract A { action make() -> Address { return new B() } test \"one\" { A(new A()).make() } }
        contract B {}
        contract C {}
        test \"two\" { assert(true) }
    ";
    let (tests, Compilation { diagnostics, .. }) = tests("a.zx", source, &BTreeMap::new());
    assert_eq!(diagnostics, []);
    let tests = tests.unwrap();
    let names: Vec<&str> = tests.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    let mut made: Vec<&str> = tests.modules.values().map(|module| module.name.as_str()).collect();
    made.sort_unstable();
    assert_eq!(made, ["A", "B"]);
    // It is the code that would be deployed.
    let options = Options { contract: Some("A".to_owned()) };
    let bundle = compile("a.zx", source, &BTreeMap::new(), &options).bundle.unwrap();
    assert_eq!(tests.modules[&bundle.code_hash()].wasm, bundle.wasm);
    assert_eq!(tests.modules[&bundle.code_hash()].messages.values().collect::<Vec<_>>(), ["make"]);
}

#[test]
fn a_test_with_errors_is_told_by_check_and_keeps_no_contract_from_being_built() {
    let source = "contract A {} test \"one\" { f() }";
    assert_eq!(compiled(source, None), Ok("A".into()));
    assert_eq!(check("a.zx", source, &BTreeMap::new()).diagnostics.len(), 1);
    let (tests, Compilation { diagnostics, .. }) = tests("a.zx", source, &BTreeMap::new());
    assert!(tests.is_none() && diagnostics.len() == 1);
}

#[test]
fn words_of_tests_reach_no_contract() {
    let source = "contract A { action f() { helper() } } action helper() { advance(1) } test \"one\" { helper() }";
    let refused = Err(vec!["`advance` means something in tests only".into()]);
    assert_eq!(compiled(source, None), refused);
    let own = "contract A { action f() -> u8 { return account(1) } } action account(x: u8) -> u8 { return x }";
    assert_eq!(compiled(own, None), Ok("A".into()));
}
