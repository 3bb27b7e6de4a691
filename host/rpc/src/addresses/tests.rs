use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Whether a connection is served, told or closed, with its place.
fn admit(addresses: &Addresses, from: &str) -> (char, Option<Place>) {
    match addresses.admit(ip(from)) {
        Admission::Served(place) => ('s', place),
        Admission::Told(place) => ('t', Some(place)),
        Admission::Closed => ('c', None),
    }
}

#[test]
fn client_beyond_its_limit_is_told_so_a_few_times_until_a_connection_ends() {
    let addresses = Addresses::new(2, vec![]);
    let mut places: Vec<_> = (0..2 + CONNECTIONS_TOLD_WHY_PER_ADDRESS_MAX)
        .map(|number| {
            // An address of version 4 in the form of version 6 is the same one.
            let (answer, place) = admit(&addresses, if number == 1 { "::ffff:203.0.113.7" } else { "203.0.113.7" });
            assert_eq!(answer, if number < 2 { 's' } else { 't' }, "{number}");
            place
        })
        .collect();
    assert_eq!(admit(&addresses, "203.0.113.7").0, 'c');
    assert_eq!(admit(&addresses, "203.0.113.8").0, 's');
    drop(places.remove(0));
    let (answer, _place) = admit(&addresses, "203.0.113.7");
    assert_eq!(answer, 's');
    drop(places);
    drop(_place);
    assert!(addresses.counts.lock().unwrap().is_empty());
}

#[test]
fn network_of_version_6_is_one_client() {
    let addresses = Addresses::new(1, vec![]);
    let (_, _place) = admit(&addresses, "2001:db8::1");
    assert_eq!(admit(&addresses, "2001:db8::2").0, 't');
    assert_eq!(admit(&addresses, "2001:db8:0:1::1").0, 's');
}

#[test]
fn loopback_and_exempt_networks_have_no_limit() {
    let addresses = Addresses::new(1, vec!["198.51.100.0/24".parse().unwrap()]);
    let unlimited = Addresses::new(0, vec![]);
    for from in ["127.0.0.1", "127.9.9.9", "::1", "198.51.100.9"] {
        for _ in 0..3 {
            assert!(matches!(addresses.admit(ip(from)), Admission::Served(None)), "{from}");
        }
    }
    assert!(matches!(unlimited.admit(ip("203.0.113.7")), Admission::Served(None)));
}
