//! Closed pipes.

use super::*;

#[test]
fn closed_pipe_is_told_apart_from_failure() {
    let error = |kind: io::ErrorKind| told(Err(kind.into())).unwrap_err();
    assert!(error(io::ErrorKind::BrokenPipe).is::<Closed>());
    assert!(!error(io::ErrorKind::StorageFull).is::<Closed>());
}
