//! Connecting to what is no node.

use std::net::TcpListener;

use super::*;

#[test]
fn server_that_accepts_and_says_nothing_is_told_of() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = NodeUrl(format!("ws://{}", silent.local_addr().unwrap()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let refused = runtime.block_on(Remote::connect_within(&url, Duration::from_millis(50)));
    let error = refused.err().unwrap().to_string();
    assert!(error.starts_with(&format!("cannot connect to {url}: nobody answered there in ")), "{error}");
}
