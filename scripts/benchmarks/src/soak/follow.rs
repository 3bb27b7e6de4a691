//! Following finality: each final block's transactions go into the books.

use std::{io, thread, time::Duration};

use serde_json::{Value, json};

use super::load::Load;
use crate::node::{Client, number};

/// How often to ask.
const PAUSE: Duration = Duration::from_millis(200);

/// Follows whatever node runs until the end. Panics, with what is wrong, if a final block does not fit into the books.
pub fn run(load: &Load) {
    while !load.is_over() {
        if let Some((address, _)) = load.address() {
            // The node has gone: the next one is waited for.
            let _ = Client::connect(address).and_then(|mut client| follow(load, &mut client));
        }
        thread::sleep(PAUSE);
    }
}

fn follow(load: &Load, client: &mut Client) -> io::Result<()> {
    while !load.is_over() {
        catch_up(load, client)?;
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Takes in every final block that is not in the books yet.
pub fn catch_up(load: &Load, client: &mut Client) -> io::Result<()> {
    let best = client.ask("zx_getBlockByNumber", &json!(["latest", false]))?;
    let best = (number(&best["number"])?, text(&best["hash"]));
    load.ledger().best = Some(best);
    let hash = client.ask("chain_getFinalizedHead", &json!([]))?;
    let header = client.ask("chain_getHeader", &json!([hash]))?;
    let last = number(&header["number"])?;
    loop {
        let next = load.ledger().blocks.len() as u64 + 1;
        if next > last {
            return Ok(());
        }
        let (hash, transactions) = block(client, next)?;
        load.ledger().finalize(hash, &transactions).unwrap_or_else(|wrong| panic!("block {next}: {wrong}"));
    }
}

/// Hash and transactions' hashes of a block of the best chain.
pub fn block(client: &mut Client, number: u64) -> io::Result<(String, Vec<String>)> {
    let block = client.ask("zx_getBlockByNumber", &json!([format!("{number:#x}"), false]))?;
    let transactions =
        block["transactions"].as_array().ok_or_else(|| io::Error::other(format!("no block {number}")))?;
    Ok((text(&block["hash"]), transactions.iter().map(text).collect()))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
