//! The socket's life, without a server.

use std::{io::ErrorKind, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    runtime::Runtime,
    sync::Semaphore,
};

use super::*;

const BOUNDS: Bounds = Bounds { bytes_max: 1 << 20, patience: Duration::from_secs(600), batch_requests_max: 10 };

async fn accepted() -> (tokio::net::TcpStream, Connection, Throttled) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let place = Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap();
    let (connection, throttled) =
        Connection::accept(listener.accept().await.unwrap().0, place, Budget::new(), BOUNDS).unwrap();
    (client, connection, throttled)
}

fn run(test: impl Future<Output = ()>) {
    Runtime::new().unwrap().block_on(test);
}

#[test]
fn socket_closes_with_its_service_while_handles_are_left() {
    run(async {
        let (mut client, connection, throttled) = accepted().await;
        drop(throttled);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        connection.ended().await;
        connection.close();
    });
}

#[test]
fn bytes_go_both_ways() {
    run(async {
        let (mut client, _connection, mut throttled) = accepted().await;
        let data: Vec<u8> = (0..3_000_000u32).map(|at| at as u8).collect();
        let sent = data.clone();
        let echo = tokio::spawn(async move {
            let mut got = vec![0; 3_000_000];
            throttled.read_exact(&mut got).await.unwrap();
            throttled.write_all(&got).await.unwrap();
            throttled.shutdown().await.unwrap();
        });
        client.write_all(&sent).await.unwrap();
        let mut back = Vec::new();
        client.read_to_end(&mut back).await.unwrap();
        echo.await.unwrap();
        assert!(back == data);
    });
}

#[test]
fn close_ends_a_write_that_is_stuck_and_the_client_sees_it() {
    run(async {
        let (mut client, connection, mut throttled) = accepted().await;
        let (writing, began) = tokio::sync::oneshot::channel();
        let service = tokio::spawn(async move {
            throttled.write_all(b"first").await.unwrap();
            writing.send(()).unwrap();
            // More than the buffers between the two hold.
            let written = throttled.write_all(&vec![0; 64 << 20]).await;
            let read = throttled.read(&mut [0]).await;
            (throttled, [written.unwrap_err().kind(), read.unwrap_err().kind()])
        });
        began.await.unwrap();
        connection.close();
        let (_still_there, ends) = service.await.unwrap();
        assert_eq!(ends, [ErrorKind::ConnectionAborted; 2]);
        let mut before = Vec::new();
        client.read_to_end(&mut before).await.unwrap();
        assert!(before.starts_with(b"first"));
    });
}

#[test]
fn close_wakes_a_read_that_waits() {
    run(async {
        let (_client, connection, mut throttled) = accepted().await;
        let mut byte = [0];
        let mut read = std::pin::pin!(throttled.read(&mut byte));
        assert!(std::future::poll_fn(|cx| Poll::Ready(read.as_mut().poll(cx).is_pending())).await);
        connection.close();
        assert_eq!(read.await.unwrap_err().kind(), ErrorKind::ConnectionAborted);
    });
}

#[test]
fn nothing_is_read_while_too_much_is_in_work() {
    run(async {
        let (mut client, connection, mut throttled) = accepted().await;
        let work = connection.begin(REQUESTS_IN_WORK_PER_CONNECTION_MAX, 0);
        client.write_all(b"x").await.unwrap();
        throttled.socket.readable().await.unwrap();
        let mut byte = [0];
        let mut read = std::pin::pin!(throttled.read(&mut byte));
        assert!(std::future::poll_fn(|cx| Poll::Ready(read.as_mut().poll(cx).is_pending())).await);
        drop(work);
        assert_eq!(read.await.unwrap(), 1);
    });
}
