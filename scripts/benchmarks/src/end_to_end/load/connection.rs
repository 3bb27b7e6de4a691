//! One connection over which transfers are handed in: by WebSocket, many in flight, or by HTTP in batches.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use futures_util::SinkExt;
use tokio::sync::{Semaphore, mpsc::Receiver};
use tokio_tungstenite::tungstenite::Message;

use super::{Order, Tracker};
use crate::end_to_end::{
    client::{self, Incoming, Poster, Reader, Writer},
    subject::Subject,
};

/// Requests of one connection that wait for answers.
const IN_FLIGHT_MAX: usize = 64;
/// The length of the shortest answer that is a transaction's hash, and no subscription's id.
const HASH_TEXT_BYTES: usize = 60;

/// Opens a WebSocket and serves `orders` until they end.
pub async fn open(address: SocketAddr, orders: Receiver<Order>, subject: &'static dyn Subject, tracker: Arc<Tracker>) {
    let (writer, reader) = client::connect(address).await;
    let room = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    tokio::spawn(write(writer, orders, subject, tracker.clone(), room.clone()));
    tokio::spawn(take_answers(reader, tracker, room));
}

/// Opens a connection for HTTP and serves `orders` until they end, so many together.
pub async fn open_http(
    address: SocketAddr,
    (orders, batch): (Receiver<Order>, usize),
    subject: &'static dyn Subject,
    tracker: Arc<Tracker>,
) {
    let poster = Poster::connect(address).await;
    tokio::spawn(post(poster, (orders, batch), subject, tracker));
}

/// The text of a request, which counts as sent now.
fn text(order: &Order, subject: &dyn Subject, tracker: &Tracker) -> String {
    let place = order.index as usize;
    tracker.sent_us[place].store(order.due_us.unwrap_or_else(|| tracker.now_us()), Relaxed);
    let method = subject.watch().filter(|_| order.watch).unwrap_or(subject.submit());
    client::submission(order.index.into(), method, &tracker.signed[place].text)
}

async fn write(
    mut writer: Writer,
    mut orders: Receiver<Order>,
    subject: &'static dyn Subject,
    tracker: Arc<Tracker>,
    room: Arc<Semaphore>,
) {
    while let Some(order) = orders.recv().await {
        if room.available_permits() == 0 && writer.flush().await.is_err() {
            return;
        }
        room.acquire().await.expect("never closed").forget();
        // A server that has gone shows in the load, which stalls.
        if writer.feed(Message::text(text(&order, subject, &tracker))).await.is_err() {
            return;
        }
        if orders.is_empty() && writer.flush().await.is_err() {
            return;
        }
    }
}

async fn take_answers(mut reader: Reader, tracker: Arc<Tracker>, room: Arc<Semaphore>) {
    let mut watched: HashMap<String, usize> = HashMap::new();
    while let Some(text) = client::next(&mut reader).await {
        let message = client::read(&text);
        if let Some(id) = message.id {
            room.add_permits(1);
            match (message.error, message.result) {
                (Some(error), _) => tracker.refuse(error.get()),
                (None, Some(result)) if result.get().len() < HASH_TEXT_BYTES => {
                    watched.insert(result.get().to_owned(), id as usize);
                }
                _ => {}
            }
        } else if let Some(notification) = message.params
            && notification.result.get().starts_with(r#"{"inBlock""#)
            && let Some(index) = watched.remove(notification.subscription.get())
        {
            tracker.watched_us[index].store(tracker.now_us(), Relaxed);
        }
    }
}

async fn post(
    mut poster: Poster,
    (mut orders, batch): (Receiver<Order>, usize),
    subject: &'static dyn Subject,
    tracker: Arc<Tracker>,
) {
    let mut together = Vec::with_capacity(batch);
    while orders.recv_many(&mut together, batch).await > 0 {
        let texts: Vec<String> =
            together.drain(..).map(|order| text(&Order { watch: false, ..order }, subject, &tracker)).collect();
        let answer = poster.post(format!("[{}]", texts.join(","))).await;
        let answers: Vec<Incoming> = serde_json::from_slice(&answer)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&answer)));
        answers.iter().filter_map(|answer| answer.error).for_each(|error| tracker.refuse(error.get()));
    }
}
