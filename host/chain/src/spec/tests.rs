//! Chain specifications that are taken, and those that are refused with a useful error.

use super::*;

const DEV: &str = include_str!("../../../../chain-specs/dev.json");

fn error(json: &str) -> String {
    ChainSpec::parse(json.as_bytes()).unwrap_err().to_string()
}

/// A specification with this genesis, one field a line.
fn with_genesis(genesis: &str) -> String {
    format!("{{\n\"name\": \"A\",\n\"id\": \"a\",\n\"genesis\": {genesis}\n}}")
}

#[test]
fn development_specification_parses_and_survives_a_round_trip() {
    let spec = ChainSpec::parse(DEV.as_bytes()).unwrap();
    assert_eq!((&*spec.id, spec.chain_type.name()), ("ziver_dev", "Development"));
    assert_eq!(spec.properties["tokenDecimals"], 18);
    let again = ChainSpec::parse(spec.to_json().as_bytes()).unwrap();
    assert_eq!(again.to_json(), spec.to_json());
}

#[test]
fn fields_of_substrate_that_mean_nothing_here_are_kept() {
    let json = r#"{"name": "A", "id": "a", "chainType": {"Custom": "X"}, "telemetryEndpoints": null, "protocolId": "p",
        "properties": null, "codeSubstitutes": {}, "genesis": {"raw": {"top": {"0x3a636f6465": "0x00"}}}}"#;
    let spec = ChainSpec::parse(json.as_bytes()).unwrap();
    assert_eq!(spec.chain_type, ChainType::Custom("X".to_owned()));
    assert_eq!(spec.protocol_id.as_deref(), Some("p"));
    assert!(spec.properties.is_empty());
}

#[test]
fn text_that_is_no_json_is_refused_with_its_position() {
    assert_eq!(error("{\n  \"name\": }"), "chain spec: expected value at line 2 column 11");
    assert!(error("").starts_with("chain spec: EOF"));
    assert!(error("\u{0}").contains("line 1 column 1"));
}

#[test]
fn unknown_and_missing_fields_are_named_with_their_position() {
    let text = error("{\n\"name\": \"A\",\n\"identity\": \"a\"\n}");
    assert!(text.contains("unknown field `identity`") && text.contains("line 3"), "{text}");
    assert!(error(r#"{"name": "A", "id": "a"}"#).contains("missing field `genesis`"));
    let text = error(&with_genesis(r#"{"runtimeGenesis": {"patches": {}}}"#));
    assert!(text.contains("unknown field `patches`") && text.contains("line 4"), "{text}");
    let text = error(&with_genesis(r#"{"stateRootHash": "0x00"}"#));
    assert!(text.contains("unknown variant `stateRootHash`"), "{text}");
}

#[test]
fn bad_hexadecimal_is_refused_with_its_position() {
    for (value, reason) in [
        ("3a", "must begin with 0x: \\\"3a\\\""),
        ("0x3", "bad hexadecimal \\\"0x3\\\": Odd number of digits"),
        ("0xzz", "bad hexadecimal \\\"0xzz\\\": Invalid character 'z' at position 0"),
    ] {
        let text = error(&with_genesis(&format!(r#"{{"raw": {{"top": {{"0x00": "{value}"}}}}}}"#)));
        assert!(text.contains(&reason.replace('\\', "")) && text.contains("line 4"), "{text}");
    }
}

#[test]
fn long_bad_hexadecimal_is_shortened_in_the_error() {
    let text = error(&with_genesis(&format!(r#"{{"raw": {{"top": {{"0x00": "{}"}}}}}}"#, "z".repeat(10_000))));
    assert!(text.len() < 200, "{text}");
}

#[test]
fn fields_that_contradict_are_refused() {
    let cases = [
        (with_genesis(r#"{"runtimeGenesis": {"patch": {}, "config": {}}}"#), "has both patch and config"),
        (with_genesis(r#"{"runtimeGenesis": {"patch": []}}"#), "is not an object"),
        (with_genesis(r#"{"raw": {"top": {}}}"#), "has no runtime under 0x3a636f6465"),
        (r#"{"name": " ", "id": "a", "genesis": {"runtimeGenesis": {}}}"#.to_owned(), "field `name`: is empty"),
        (r#"{"name": "A", "id": "../a", "genesis": {"runtimeGenesis": {}}}"#.to_owned(), "field `id`: must consist"),
        (
            r#"{"name": "A", "id": "a", "codeSubstitutes": {"1": "0x00"}, "genesis": {"runtimeGenesis": {}}}"#
                .to_owned(),
            "field `codeSubstitutes`: is not supported",
        ),
    ];
    for (json, reason) in cases {
        let text = error(&json);
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn deep_json_is_refused_without_harm() {
    let deep = "[".repeat(100_000);
    assert!(error(&deep).contains("chain spec: "));
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let properties = format!(
        r#"{{"name": "A", "id": "a", "properties": {{"a": {nested}}}, "genesis": {{"runtimeGenesis": {{}}}}}}"#
    );
    assert!(error(&properties).contains("recursion limit"));
}

#[test]
fn oversize_file_is_refused_unread() {
    let huge = vec![b' '; SPEC_BYTES_MAX + 1];
    assert!(matches!(ChainSpec::parse(&huge), Err(SpecError::TooLong { .. })));
}

#[test]
fn repeated_keys_are_refused_with_their_position() {
    let cases = [
        (with_genesis(r#"{"runtimeGenesis": {"patch": {"balances": {"a": 1, "b": 2, "a": 3}}}}"#), "`a`"),
        (with_genesis(r#"{"runtimeGenesis": {"patch": {"list": [{"\u0062": 1, "b": 2}]}}}"#), "`b`"),
        (with_genesis(r#"{"raw": {"top": {"0x3a636f6465": "0x00", "0x3A636f6465": "0x01"}}}"#), "`0x3A636f6465`"),
        (with_genesis(r#"{"raw": {"top": {"0x3a636f6465": "0x00", "0x3a636f6465": "0x01"}}}"#), "`0x3a636f6465`"),
    ];
    for (json, key) in cases {
        let text = error(&json);
        assert!(text.contains(&format!("the key {key} is there twice at line 4 column ")), "{text}");
    }
    let wide =
        with_genesis(r#"{"runtimeGenesis": {"patch": {"a": [1, -1, 1.5, 1e20, 340282366920938463463, null, true]}}}"#);
    assert!(ChainSpec::parse(wide.as_bytes()).is_ok());
}

#[test]
fn boot_nodes_that_are_no_addresses_are_refused() {
    let spec = |node: &str| {
        let node = serde_json::to_string(node).unwrap();
        format!(r#"{{"name": "A", "id": "a", "bootNodes": [{node}], "genesis": {{"runtimeGenesis": {{}}}}}}"#)
    };
    let peer = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
    for good in [
        format!("/ip4/127.0.0.1/tcp/30333/p2p/{peer}"),
        format!("/dns/node.example.org/tcp/443/wss/p2p/{peer}"),
        format!("/ip6/::1/udp/30333/quic-v1/p2p/{peer}"),
    ] {
        assert!(ChainSpec::parse(spec(&good).as_bytes()).is_ok(), "{good}");
    }
    for bad in [
        "",
        "localhost:30333",
        "/ip4/127.0.0.1/tcp/30333",
        "/ip4/127.0.0.256/tcp/30333/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
        "/ip4/127.0.0.1/tcp/30333/p2p/me",
        &format!("/p2p/{peer}"),
    ] {
        let text = error(&spec(bad));
        assert!(
            text.starts_with(&format!("chain spec: field `bootNodes`: {bad:?} is no address of a peer: ")),
            "{text}"
        );
    }
}
