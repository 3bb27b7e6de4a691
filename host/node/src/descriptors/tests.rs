//! How descriptors are shared out, and that the limit is raised.

use super::*;

#[test]
fn shares_never_exceed_what_is_granted() {
    for granted in [GRANTED_MIN, 256, 1_024, 4_096, 524_288, u64::MAX] {
        let Descriptors { database, connections, .. } = Descriptors::divide(granted);
        let sockets = u64::from(connections) + u64::from(CONNECTIONS_TOLD_WHY_MAX);
        let used = OF_THE_PROCESS + u64::try_from(database).unwrap() + sockets;
        assert!(used <= granted, "{granted}: {used}");
        assert!(connections >= 32 && database >= 32, "{granted}: {connections}, {database}");
    }
    let plenty = Descriptors::divide(1 << 20);
    assert!(plenty.database == 1_024 && plenty.connections > 512, "{plenty:?}");
}

#[test]
fn soft_limit_is_raised_to_the_hard_one() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    assert_eq!(Descriptors::raise().unwrap().granted, hard);
    assert_eq!(getrlimit(Resource::RLIMIT_NOFILE).unwrap(), (hard, hard));
}
