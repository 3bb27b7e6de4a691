//! Whether the chain says what the books say.

use std::{collections::HashMap, io};

use serde_json::json;

use super::{
    follow,
    ledger::{Final, digest},
    load::{Load, storage_key},
};
use crate::node::Client;

/// Blocks whose hashes are asked for at once; keys of a page.
const AT_ONCE_MAX: usize = 1_000;
/// Of each block that is read again, so many transactions are looked up.
const LOOKED_UP: usize = 3;

fn wrong<T>(what: String) -> io::Result<T> {
    Err(io::Error::other(what))
}

/// After a restart: every final block has its number still, the best one that was told of is there, and the blocks of `numbers`
/// have their transactions, which can be looked up.
pub fn blocks(client: &mut Client, known: &[Final], best: Option<&(u64, String)>, numbers: &[u64]) -> io::Result<()> {
    for (part, chunk) in known.chunks(AT_ONCE_MAX).enumerate() {
        let first = part * AT_ONCE_MAX + 1;
        let list: Vec<usize> = (first..first + chunk.len()).collect();
        let hashes = client.ask("chain_getBlockHash", &json!([list]))?;
        for (block, number) in chunk.iter().zip(&list) {
            if hashes[number - first] != *block.hash {
                return wrong(format!("final block {number} was {}, now it is {}", block.hash, hashes[number - first]));
            }
        }
    }
    if let Some((number, hash)) = best {
        let found = client.ask("chain_getBlockHash", &json!([number]))?;
        if found != **hash {
            return wrong(format!("block {number}, which was told of, was {hash}, now it is {found}"));
        }
    }
    numbers.iter().try_for_each(|number| block(client, known, *number))
}

fn block(client: &mut Client, known: &[Final], number: u64) -> io::Result<()> {
    let (hash, transactions) = follow::block(client, number)?;
    let expected = &known[number as usize - 1];
    if (&hash, digest(&transactions)) != (&expected.hash, expected.digest) {
        return wrong(format!("final block {number} has other transactions than before"));
    }
    for transaction in transactions.iter().skip(1).step_by(transactions.len() / LOOKED_UP + 1) {
        let receipt = client.ask("zx_getTransactionReceipt", &json!([transaction]))?;
        if receipt["blockHash"] != *hash {
            return wrong(format!("{transaction} of block {number} is not found there: {receipt}"));
        }
    }
    Ok(())
}

/// What the chain's books say at one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Free and reserved balances of all accounts.
    pub held: u128,
    /// What `Balances.TotalIssuance` says.
    pub issuance: u128,
    /// Transactions that all accounts sent.
    pub nonces: u64,
}

/// At the end: each account's nonce is the number of its final transfers; what the accounts hold is what there is.
pub fn accounts(client: &mut Client, load: &Load, at: &str) -> io::Result<Balance> {
    let records = records(client, at)?;
    for (account, sent) in load.accounts.iter().zip(&load.ledger().sent) {
        let nonce = records.get(&storage_key(account)).map(|record| record.nonce);
        if nonce != Some(*sent) {
            return wrong(format!("{} has nonce {nonce:?}, and {sent} final transfers", hex::encode(account.address)));
        }
    }
    let key = ziver_primitives::storage_keys::item_prefix("Balances", "TotalIssuance");
    let value = client.ask("state_getStorage", &json!([format!("0x{}", hex::encode(key)), at]))?;
    let issuance = value.as_str().and_then(|text| number(text, 0)).unwrap_or(0);
    let held = records.values().map(|record| record.held).sum();
    let balance = Balance { held, issuance, nonces: records.values().map(|record| u64::from(record.nonce)).sum() };
    match held == issuance {
        true => Ok(balance),
        false => wrong(format!("the accounts hold {held}, and the issuance is {issuance}")),
    }
}

struct Record {
    nonce: u32,
    held: u128,
}

/// All accounts by their keys.
fn records(client: &mut Client, at: &str) -> io::Result<HashMap<String, Record>> {
    let prefix = format!("0x{}", hex::encode(ziver_primitives::storage_keys::item_prefix("System", "Account")));
    let (mut records, mut after) = (HashMap::new(), serde_json::Value::Null);
    loop {
        let keys = client.ask("state_getKeysPaged", &json!([prefix, AT_ONCE_MAX, after, at]))?;
        let Some(last) = keys.as_array().and_then(|keys| keys.last()) else { return Ok(records) };
        after = last.clone();
        let found = client.ask("state_queryStorageAt", &json!([keys, at]))?;
        for change in found[0]["changes"].as_array().into_iter().flatten() {
            let (key, value) = (change[0].as_str().unwrap_or_default(), change[1].as_str().unwrap_or_default());
            records.insert(key.to_owned(), record(value).ok_or_else(|| io::Error::other(format!("{key}: {value}")))?);
        }
    }
}

/// Nonce and three counts of 4 bytes, then the free and the reserved balance.
fn record(value: &str) -> Option<Record> {
    let nonce = hex::decode(value.get(2..10)?).ok()?;
    Some(Record {
        nonce: u32::from_le_bytes(nonce.try_into().ok()?),
        held: number(value, 16)?.checked_add(number(value, 32)?)?,
    })
}

/// The number of 16 bytes at a place.
fn number(digits: &str, at: usize) -> Option<u128> {
    let bytes = hex::decode(digits.get(2 + 2 * at..2 + 2 * at + 32)?).ok()?;
    Some(u128::from_le_bytes(bytes.try_into().ok()?))
}
