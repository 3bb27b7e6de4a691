//! The depth of JSON, and what refusals count.

use std::future::ready;

use super::*;
use crate::{arrival::Bounds, connection::Throttled, limits::ANSWER_BYTES_PER_CONNECTION_MAX};

#[test]
fn depth_counts_brackets_outside_of_strings() {
    for (json, depth) in [
        ("1", 0),
        ("[]", 1),
        (r#"{"a":[1,{"b":2}],"c":[[]]}"#, 3),
        (r#"["[[[[","\"[[[","\\",[]]"#, 2),
        (r#"["a\\\"[[",{}]"#, 2),
    ] {
        assert!(!is_deeper_than(json, depth), "{json}");
        assert!(depth == 0 || is_deeper_than(json, depth - 1), "{json}");
    }
}

/// A service that has a fault, and so is known to have been asked.
#[derive(Clone)]
struct Unasked;

impl RpcServiceT for Unasked {
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        ready(MethodResponse::error(request.id, error::internal("asked")))
    }

    fn batch<'a>(&self, _: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        ready(MethodResponse::error(Id::Null, error::internal("asked")))
    }

    fn notification<'a>(&self, _: Notification<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        ready(MethodResponse::error(Id::Null, error::internal("asked")))
    }
}

/// A guard that lets batches of no more than one request through, and the socket that its connection is about.
async fn guard() -> (Guard<Unasked>, tokio::net::TcpStream, Throttled) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let place = Arc::new(tokio::sync::Semaphore::new(1)).acquire_owned().await.unwrap();
    let bounds = Bounds { bytes_max: 1 << 20, patience: Duration::from_secs(600), batch_requests_max: 1 };
    let budget = Budget::new();
    let socket = listener.accept().await.unwrap().0;
    let (connection, throttled) = Connection::accept(socket, place, budget.clone(), bounds).unwrap();
    let rules = Rules {
        budget,
        rate: Rate::new(None, vec![]),
        methods: Methods::new(),
        batch_requests_max: 1,
        observer: Arc::new(observe::Unobserved),
    };
    let caller = Caller { ip: [127, 0, 0, 1].into(), is_trusted: true, is_websocket: true };
    (Guard { service: Unasked, connection, caller, rules: Arc::new(rules) }, client, throttled)
}

#[test]
fn refusals_count_among_the_answers_that_are_unread() {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let deep = serde_json::value::RawValue::from_string(format!("{}{}", "[".repeat(99), "]".repeat(99))).unwrap();
        let request = || Request::borrowed("x", Some(&deep), Id::Number(7));
        let pair = || Batch::from(vec![Ok(BatchEntry::Call(request())), Ok(BatchEntry::Call(request()))]);
        let (guard, _client, _throttled) = guard().await;
        assert_eq!(guard.call(request()).await.as_error_code(), Some(-32600));
        assert_eq!(guard.batch(pair()).await.as_error_code(), Some(-32600));
        // Without those two this would be just what may wait.
        assert!(!guard.connection.promise(ANSWER_BYTES_PER_CONNECTION_MAX));
        assert!(guard.connection.promise(ANSWER_BYTES_PER_CONNECTION_MAX - 1_000));
        let mut last = 0;
        for _ in 0..10 {
            last = guard.call(request()).await.as_error_code().unwrap();
        }
        assert_eq!(last, -32009, "there is no room for it");
        assert_eq!(guard.batch(pair()).await.as_error_code(), Some(-32009));
    });
}
