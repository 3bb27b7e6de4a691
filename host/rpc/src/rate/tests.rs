//! Who is limited, and when.

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn calls_beyond_those_of_a_minute_wait() {
    let rate = Rate::new(NonZeroU32::new(3), vec![]);
    for _ in 0..3 {
        assert_eq!(rate.check(ip("192.0.2.1")), Ok(()));
    }
    let wait_ms = rate.check(ip("192.0.2.1")).unwrap_err();
    assert!((1..=20_001).contains(&wait_ms), "{wait_ms}");
    assert_eq!(rate.check(ip("192.0.2.2")), Ok(()), "another client");
}

#[test]
fn addresses_of_one_network_of_version_6_are_one_client() {
    let rate = Rate::new(NonZeroU32::new(1), vec![]);
    assert_eq!(rate.check(ip("2001:db8:1:2::1")), Ok(()));
    assert!(rate.check(ip("2001:db8:1:2:ffff::9")).is_err());
    assert_eq!(rate.check(ip("2001:db8:1:3::1")), Ok(()));
}

#[test]
fn exempt_networks_and_servers_without_limit_never_wait() {
    let rate = Rate::new(NonZeroU32::new(1), vec!["127.0.0.0/8".parse().unwrap()]);
    let unlimited = Rate::new(None, vec![]);
    for _ in 0..100 {
        assert_eq!((rate.check(ip("127.0.0.1")), unlimited.check(ip("192.0.2.1"))), (Ok(()), Ok(())));
    }
}

#[test]
fn clients_are_forgotten_once_they_have_all_their_calls_again() {
    let rate = Rate::new(NonZeroU32::new(u32::MAX), vec![]);
    for number in 0..RATE_CHECKS_PER_SWEEP * 4 {
        assert_eq!(rate.check(IpAddr::V4(number.into())), Ok(()));
    }
    let known = rate.limiter.as_ref().unwrap().len();
    assert!(known <= 2 * RATE_CHECKS_PER_SWEEP as usize, "{known}");
}
