//! The socket's life, without a server.

use std::{
    future::poll_fn,
    io::ErrorKind,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
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

/// A WebSocket, as far as the socket can tell, whose reader waits; and its client, which does not block.
async fn with_a_reader_that_waits() -> (std::net::TcpStream, Connection, Throttled) {
    let (mut client, connection, mut throttled) = accepted().await;
    client.write_all(b"\r\n\r\n").await.unwrap();
    throttled.read_exact(&mut [0; 4]).await.unwrap();
    connection.upgrade();
    assert!(read_once(&mut throttled).await.is_pending());
    (client.into_std().unwrap(), connection, throttled)
}

async fn read_once(throttled: &mut Throttled) -> Poll<io::Result<()>> {
    let mut byte = [0];
    poll_fn(|cx| {
        let mut buffer = tokio::io::ReadBuf::new(&mut byte);
        Poll::Ready(std::pin::Pin::new(&mut *throttled).poll_read(cx, &mut buffer))
    })
    .await
}

async fn send(throttled: &mut Throttled, message: &[u8]) {
    throttled.write_all(message).await.unwrap();
    throttled.flush().await.unwrap();
}

/// All that has come to the client.
fn received(client: &mut std::net::TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    match std::io::Read::read_to_end(client, &mut all) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
    }
    all
}

#[test]
fn messages_are_sent_together_when_others_had_their_turn() {
    run(async {
        let (mut client, connection, mut throttled) = with_a_reader_that_waits().await;
        let _work = connection.begin(1, 0);
        send(&mut throttled, b"one").await;
        send(&mut throttled, b"two").await;
        assert!(read_once(&mut throttled).await.is_pending());
        send(&mut throttled, b"three").await;
        assert_eq!(received(&mut client), b"");
        assert!(read_once(&mut throttled).await.is_pending());
        assert_eq!(received(&mut client), b"onetwothree");
        send(&mut throttled, b"four").await;
        assert_eq!(received(&mut client), b"");
    });
}

#[test]
fn a_message_waits_for_no_other_when_nothing_is_in_work_or_it_has_waited_long() {
    run(async {
        let (mut client, connection, mut throttled) = with_a_reader_that_waits().await;
        let work = connection.begin(1, 0);
        send(&mut throttled, b"one").await;
        assert_eq!(received(&mut client), b"");
        drop(work);
        send(&mut throttled, b"two").await;
        assert_eq!(received(&mut client), b"onetwo");
        let _work = connection.begin(1, 0);
        send(&mut throttled, b"three").await;
        assert_eq!(received(&mut client), b"");
        let begin = std::time::Instant::now();
        while begin.elapsed() <= Duration::from_micros(crate::limits::COALESCED_US_MAX) {}
        send(&mut throttled, b"four").await;
        assert_eq!(received(&mut client), b"threefour");
    });
}

#[test]
fn a_flush_sends_where_no_reader_will_come() {
    run(async {
        let (mut client, connection, mut throttled) = with_a_reader_that_waits().await;
        let _work = connection.begin(1, 0);
        send(&mut throttled, b"one").await;
        client.shutdown(std::net::Shutdown::Write).unwrap();
        throttled.socket.readable().await.unwrap();
        // The end of what the client sends: nobody reads after that.
        while read_once(&mut throttled).await.is_pending() {}
        send(&mut throttled, b"two").await;
        assert_eq!(received(&mut client), b"onetwo");
    });
}

#[test]
fn what_waits_is_sent_before_the_socket_goes() {
    run(async {
        for end in 0..3 {
            let (mut client, connection, mut throttled) = with_a_reader_that_waits().await;
            let _work = connection.begin(1, 0);
            send(&mut throttled, b"last words").await;
            match end {
                0 => throttled.shutdown().await.unwrap(),
                1 => {
                    connection.close();
                    assert!(read_once(&mut throttled).await.is_ready());
                }
                _ => drop(throttled),
            }
            assert_eq!(received(&mut client), b"last words", "{end}");
        }
    });
}

#[test]
fn a_message_after_a_write_that_was_given_up_is_sent() {
    run(async {
        let (mut client, connection, mut throttled) = with_a_reader_that_waits().await;
        let _work = connection.begin(1, 0);
        let large = vec![0; 1 << 20];
        let write = async |throttled: &mut Throttled| {
            poll_fn(|cx| Poll::Ready(std::pin::Pin::new(&mut *throttled).poll_write(cx, &large))).await
        };
        while write(&mut throttled).await.is_ready() {}
        while !received(&mut client).is_empty() {}
        throttled.socket.writable().await.unwrap();
        send(&mut throttled, b"message").await;
        for _ in 0..2 {
            assert!(read_once(&mut throttled).await.is_pending());
        }
        assert_eq!(received(&mut client), b"message");
    });
}

#[test]
fn messages_of_all_sizes_come_whole_and_in_order_while_the_client_writes_and_reads_slowly() {
    const MESSAGES: u32 = 6_000;
    // From some bytes to twice what may wait.
    let message = |at: u32| {
        vec![at as u8; 1 + (at.wrapping_mul(2_654_435_761) >> if at.is_multiple_of(7) { 17 } else { 26 }) as usize]
    };
    run(async {
        let (client, connection, throttled) = with_a_reader_that_waits().await;
        let _work = connection.begin(1, 0);
        let client = tokio::net::TcpStream::from_std(client).unwrap();
        let (mut from_server, mut to_server) = client.into_split();
        let (mut reader, mut writer) = tokio::io::split(throttled);
        let reading =
            tokio::spawn(async move { while reader.read(&mut [0; 100]).await.is_ok_and(|bytes| bytes > 0) {} });
        let chattering = tokio::spawn(async move {
            // An empty ping, masked with zeros.
            while to_server.write_all(&[0x89, 0x80, 0, 0, 0, 0]).await.is_ok() {
                tokio::task::yield_now().await;
            }
        });
        let sent = Arc::new(AtomicU32::new(0));
        let count = sent.clone();
        let writing = tokio::spawn(async move {
            for at in 0..MESSAGES {
                writer.write_all(&message(at)).await.unwrap();
                writer.flush().await.unwrap();
                count.store(at, Relaxed);
            }
            writer
        });
        // Until the writer is stuck, most likely.
        let mut before = (0, 0);
        while before.1 < 1_000 {
            let now = sent.load(Relaxed);
            before = (now, if now == before.0 { before.1 + 1 } else { 0 });
            tokio::task::yield_now().await;
        }
        let wanted: Vec<u8> = (0..MESSAGES).flat_map(message).collect();
        let mut got = vec![0; wanted.len()];
        for part in got.chunks_mut(1_000) {
            from_server.read_exact(part).await.unwrap();
        }
        assert!(got == wanted);
        drop(writing.await.unwrap());
        connection.close();
        reading.await.unwrap();
        chattering.await.unwrap();
    });
}
