//! Whom the server trusts.

use super::*;

const AUTO: Policy = Policy { methods: RpcMethods::Auto, proxy_header: ProxyHeader::None, listens_locally: true };

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

fn caller(policy: Policy, peer: &str, pairs: &[(&'static str, &str)]) -> Caller {
    policy.caller(peer.parse().unwrap(), &headers(pairs), false)
}

#[test]
fn auto_trusts_local_callers_of_a_local_server() {
    for peer in ["127.0.0.1:5", "[::1]:5", "[::ffff:127.0.0.1]:5"] {
        assert!(caller(AUTO, peer, &[]).is_trusted, "{peer}");
        assert!(!caller(Policy { listens_locally: false, ..AUTO }, peer, &[]).is_trusted, "{peer}");
    }
    assert!(!caller(AUTO, "192.0.2.1:5", &[]).is_trusted);
}

#[test]
fn auto_trusts_pages_of_this_machine_and_no_others() {
    for origin in
        ["http://localhost", "http://localhost:3000", "http://127.0.0.1:8545", "https://[::1]:1", "http://[::1]"]
    {
        assert!(caller(AUTO, "127.0.0.1:5", &[("origin", origin)]).is_trusted, "{origin}");
    }
    for origin in ["https://example.org", "http://localhost.example.org", "http://127.0.0.1.example.org", "null", "x"] {
        assert!(!caller(AUTO, "127.0.0.1:5", &[("origin", origin)]).is_trusted, "{origin}");
    }
}

#[test]
fn auto_does_not_trust_what_a_proxy_forwards() {
    for name in FORWARDED {
        assert!(!caller(AUTO, "127.0.0.1:5", &[(name, "127.0.0.1")]).is_trusted, "{name}");
    }
}

#[test]
fn safe_and_unsafe_hold_for_everybody() {
    let page = [("origin", "https://example.org"), ("x-forwarded-for", "1.2.3.4")];
    assert!(caller(Policy { methods: RpcMethods::Unsafe, ..AUTO }, "192.0.2.1:5", &page).is_trusted);
    assert!(!caller(Policy { methods: RpcMethods::Safe, ..AUTO }, "127.0.0.1:5", &[]).is_trusted);
}

#[test]
fn trusted_proxy_names_the_client_by_its_last_entry() {
    for (name, value, expected) in [
        ("x-forwarded-for", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("x-forwarded-for", "192.0.2.7:80", "192.0.2.7"),
        ("x-real-ip", "2001:db8::1", "2001:db8::1"),
        ("forwarded", "for=6.6.6.6, For=\"[2001:db8::2]:4711\";proto=https", "2001:db8::2"),
        ("forwarded", "proto=http;for=192.0.2.60", "192.0.2.60"),
        ("x-forwarded-for", "nonsense", "127.0.0.1"),
    ] {
        let behind = Policy { proxy_header: name.parse().unwrap(), ..AUTO };
        let ip: IpAddr = expected.parse().unwrap();
        assert_eq!(caller(behind, "127.0.0.1:5", &[(name, value)]).ip, ip, "{name}: {value}");
        assert_eq!(caller(AUTO, "127.0.0.1:5", &[(name, value)]).ip.to_string(), "127.0.0.1", "not trusted");
    }
}

#[test]
fn headers_that_the_proxy_does_not_set_name_nobody() {
    for own in FORWARDED {
        let behind = Policy { proxy_header: own.parse().unwrap(), ..AUTO };
        let foreign: Vec<_> = FORWARDED.iter().filter(|name| **name != own).map(|name| (*name, "6.6.6.6")).collect();
        assert_eq!(caller(behind, "127.0.0.1:5", &foreign).ip.to_string(), "127.0.0.1", "{own}");
        let both = [&foreign[..], &[(own, "192.0.2.7")]].concat();
        assert_eq!(caller(behind, "127.0.0.1:5", &both).ip.to_string(), "192.0.2.7", "{own}");
    }
}
