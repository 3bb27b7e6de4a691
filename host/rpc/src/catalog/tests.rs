//! The table's own consistency.

use std::collections::BTreeSet;

use super::*;

#[test]
fn names_are_told_apart_and_their_groups_are_described() {
    let names: Vec<&str> = all().iter().map(|one| one.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let listed: usize =
        [legacy::METHODS, modern::METHODS, own::METHODS, contract::METHODS].iter().map(|list| list.len()).sum();
    let primary: BTreeSet<&str> = [legacy::METHODS, modern::METHODS, own::METHODS, contract::METHODS]
        .concat()
        .iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(primary.len(), listed, "a name stands twice");
    for one in all() {
        let is_known = GROUPS.iter().any(|(name, _, _)| *name == one.group());
        assert!(is_known, "{} of group {}", one.name, one.group());
    }
}

#[test]
fn groups_keep_their_versions() {
    let of = |name| group(name);
    assert_eq!([of("chain_getBlock"), of("chainHead_v1_follow"), of("rpc.discover")], ["chain", "chainHead_v1", "rpc"]);
    assert_eq!([of("transaction_v1_stop"), of("zx_getBlock_vx")], ["transaction_v1", "zx"]);
}

#[test]
fn parameters_have_types_that_exist_and_required_ones_come_first() {
    let named = types::named();
    let check = |kind: &str, of: &str| {
        for name in kind.split(['|', '[', ']']).filter(|name| !name.is_empty() && *name != "null") {
            assert!(named.contains_key(name), "{of}: no type {name}");
        }
    };
    for one in all() {
        check(one.result, one.name);
        one.feed.iter().for_each(|feed| check(feed.item, one.name));
        let parameters: Vec<Parameter> = one.parameters().collect();
        for parameter in &parameters {
            check(parameter.kind, one.name);
            assert!(!parameter.about.is_empty() || parameter.kind.contains("null"), "{}: {parameter:?}", one.name);
        }
        assert!(parameters.is_sorted_by_key(|parameter| !parameter.is_required), "{}", one.name);
    }
    assert!(named.values().all(|schema| !schema.is_null()), "a schema that is no JSON: {named:?}");
}

#[test]
fn error_codes_have_meanings() {
    for code in COMMON_ERRORS.iter().chain(GROUPS.iter().flat_map(|(_, _, codes)| *codes)) {
        assert!(!error_text(*code).is_empty(), "{code}");
    }
}
