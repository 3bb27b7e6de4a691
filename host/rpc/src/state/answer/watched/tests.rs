use super::*;

const HALF: usize = WATCHED_BYTES_PER_CONNECTION_MAX / 2;

#[test]
fn connection_gets_no_more_than_its_part_until_it_gives_some_back() {
    let watched = Watched::default();
    let id = ConnectionId(1);
    let first = watched.take(id, 0, HALF).unwrap();
    let mut second = watched.take(id, 0, HALF).unwrap();
    assert_eq!(watched.take(id, 1, 0).unwrap_err().code(), error::STATE_TOO_MUCH);
    assert_eq!(second.resize(0, HALF + 1).unwrap_err().code(), error::STATE_TOO_MUCH);
    watched.take(ConnectionId(2), 1, 0).unwrap();
    drop(first);
    second.resize(0, HALF + 1).unwrap();
    drop(second);
    let sums = watched.sums();
    assert_eq!((sums.all, sums.by_connection.len()), (0, 0));
}

#[test]
fn connections_together_get_no_more_than_there_is() {
    let watched = Watched::default();
    let each = WATCHED_BYTES_PER_CONNECTION_MAX;
    let shares: Vec<_> =
        (0..WATCHED_BYTES_MAX / each).map(|id| watched.take(ConnectionId(id), 0, each).unwrap()).collect();
    assert_eq!(watched.take(ConnectionId(99), 1, 0).unwrap_err(), error::busy());
    drop(shares);
    watched.take(ConnectionId(99), 1, 0).unwrap();
}
