//! `txpool_*`: what waits in the pool, in the shape that Ethereum-minded tools look for.
//!
//! Transactions are taken apart by the metadata of the best block's runtime. One that can't be (it is too long, the
//! runtime changes, or the answer has grown too much) is shown by its bytes, with the sender and nonce that the pool
//! knows.

use std::collections::BTreeMap;

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde::Serialize;
use serde_json::{
    json,
    value::{RawValue, to_raw_value},
};
use ziver_metadata::{Extrinsic, Metadata};
use ziver_primitives::AccountId20;

use crate::{
    Context,
    context::Turn,
    error::{self, RpcResult},
    json,
    limits::{
        PENDING_BYTES_MAX, POOL_DECODED_BYTES_MAX, POOL_DECODED_TRANSACTION_BYTES_MAX, POOL_LINE_BYTES_MAX,
        POOL_TRANSACTIONS_LISTED_MAX, TRANSACTION_BYTES_MAX,
    },
    link::{Command, PoolTransaction},
    params::{AccountArg, Arguments, Bytes},
};

/// Under which `txpool_inspect` lists transactions whose sender nobody tells.
const UNSIGNED: &str = "unsigned";

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("txpool_status", |_, context, _| async move {
        let status = context.ask(|reply| Command::PoolStatus { reply }).await?;
        let quantity = |number: usize| json::quantity(number as u64);
        RpcResult::Ok(json!({
            "pending": quantity(status.ready_count),
            "queued": quantity(status.future_count),
            "pendingBytes": quantity(status.ready_bytes),
            "queuedBytes": quantity(status.future_bytes),
            "transactionsMax": quantity(status.count_max),
            "bytesMax": quantity(status.bytes_max),
        }))
    })?;
    module.register_async_method("txpool_content", |params, context, _| async move {
        let limit: usize = Arguments::new(&params)?.optional()?.unwrap_or(POOL_TRANSACTIONS_LISTED_MAX);
        let (content, turn) = content(&context, limit.min(POOL_TRANSACTIONS_LISTED_MAX), None).await?;
        turn.run(move || to_raw_value(&content)).await?.map_err(error::internal)
    })?;
    module.register_async_method("txpool_contentFrom", |params, context, _| async move {
        let AccountArg(account) = Arguments::new(&params)?.required()?;
        let (content, turn) = content(&context, POOL_TRANSACTIONS_LISTED_MAX, Some(account)).await?;
        let by_nonce = |list: Vec<Listed>| list.into_iter().map(|one| (one.key(), one)).collect::<BTreeMap<_, _>>();
        turn.run(move || content.map(by_nonce)).await?
    })?;
    module.register_async_method("txpool_inspect", |_, context, _| async move {
        let (content, turn) = content(&context, POOL_TRANSACTIONS_LISTED_MAX, None).await?;
        turn.run(move || content.map(lines)).await?
    })?;
    module.register_async_method("txpool_replaceByFee", |params, context, _| async move {
        let Bytes(bytes) = Arguments::new(&params)?.required()?;
        if bytes.len() > TRANSACTION_BYTES_MAX {
            return Err(error::transaction_too_large(bytes.len(), TRANSACTION_BYTES_MAX));
        }
        let submitted =
            context.ask(|reply| Command::Submit { bytes, watch: None, join: false, replace: true, reply }).await?;
        submitted.map(json::hash).map_err(error::rejected)
    })?;
    Ok(())
}

/// The pool's transactions, of one account or of all, as many as the limits allow, taken apart where they let it.
async fn content(context: &Context, limit: usize, account: Option<AccountId20>) -> RpcResult<(Content, Turn)> {
    // The turn is taken before the engine is asked, so that few lists are in memory.
    let turn = context.pending_turn().await?;
    let content = context.ask(|reply| Command::PoolContent { limit, account, reply }).await?;
    let listed = context.decode(move |chain| {
        // The bytes can be shown without it.
        let metadata = chain.metadata(chain.best().hash).ok();
        let mut lister = Lister { metadata, bytes: 0, decoded_bytes: 0 };
        Content { pending: lister.list(content.ready), queued: lister.list(content.future) }
    });
    Ok((listed.await?, turn))
}

/// What is in the pool.
#[derive(Debug, Clone, Serialize)]
struct Content {
    pending: Vec<Listed>,
    queued: Vec<Listed>,
}

impl Content {
    /// Both lists made into something else.
    fn map<T: Serialize>(self, made: impl Fn(Vec<Listed>) -> T) -> RpcResult<Box<RawValue>> {
        let content = BTreeMap::from([("pending", made(self.pending)), ("queued", made(self.queued))]);
        to_raw_value(&content).map_err(error::internal)
    }
}

/// A transaction in the pool.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    hash: String,
    from: Option<String>,
    nonce: Option<String>,
    #[serde(flatten)]
    call: Option<Call>,
    raw: String,
    priority: String,
    valid_till: Option<String>,
    is_local: bool,
}

impl Listed {
    /// Its nonce in decimal digits, as those who take maps of the pool expect it; its hash if it has none.
    fn key(&self) -> String {
        let digits = self.nonce.as_deref().and_then(|nonce| nonce.strip_prefix("0x"));
        let nonce = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        nonce.map_or_else(|| self.hash.clone(), |nonce| nonce.to_string())
    }

    /// It in a line.
    fn line(&self) -> String {
        let mut line = match &self.call {
            Some(Call { pallet, call, args }) => format!("{pallet}.{call} {}", args.get()),
            None => format!("{} bytes", (self.raw.len() - 2) / 2),
        };
        if line.len() > POOL_LINE_BYTES_MAX {
            line.truncate(line.floor_char_boundary(POOL_LINE_BYTES_MAX));
            line.push('…');
        }
        line
    }
}

/// What it does.
#[derive(Debug, Clone, Serialize)]
struct Call {
    pallet: String,
    call: String,
    args: Box<RawValue>,
}

/// Takes transactions apart until the limits are reached.
struct Lister {
    metadata: Option<Metadata>,
    bytes: usize,
    decoded_bytes: usize,
}

impl Lister {
    fn list(&mut self, transactions: Vec<PoolTransaction>) -> Vec<Listed> {
        let mut listed = Vec::new();
        for transaction in transactions {
            self.bytes += transaction.bytes.len();
            if self.bytes > PENDING_BYTES_MAX {
                break;
            }
            listed.push(self.one(&transaction));
        }
        listed
    }

    fn one(&mut self, transaction: &PoolTransaction) -> Listed {
        let decoded = self.decode(&transaction.bytes);
        let (mut from, mut nonce) = (None, None);
        if let Some((account, number)) = transaction.sender {
            (from, nonce) = (Some(json::bytes(account.0)), Some(u64::from(number)));
        }
        if let Some((extrinsic, _)) = &decoded {
            let signer = extrinsic.signer.as_ref().and_then(|signer| signer.as_str());
            (from, nonce) = (from.or(signer.map(str::to_owned)), nonce.or(extrinsic.nonce));
        }
        Listed {
            hash: json::hash(transaction.hash),
            from,
            nonce: nonce.map(json::quantity),
            call: decoded.map(|(extrinsic, args)| Call {
                pallet: extrinsic.call.pallet,
                call: extrinsic.call.call,
                args,
            }),
            raw: json::bytes(&transaction.bytes),
            priority: transaction.priority.to_string(),
            valid_till: transaction.valid_till.map(json::quantity),
            is_local: transaction.local,
        }
    }

    /// A transaction with its arguments as text: values would take many times the memory.
    fn decode(&mut self, bytes: &[u8]) -> Option<(Extrinsic, Box<RawValue>)> {
        if bytes.len() > POOL_DECODED_TRANSACTION_BYTES_MAX || self.decoded_bytes > POOL_DECODED_BYTES_MAX {
            return None;
        }
        let mut extrinsic = self.metadata.as_ref()?.decode_extrinsic(bytes).ok()?;
        let args = to_raw_value(&std::mem::take(&mut extrinsic.call.args)).ok()?;
        self.decoded_bytes += args.get().len() + extrinsic.call.pallet.len() + extrinsic.call.call.len();
        (self.decoded_bytes <= POOL_DECODED_BYTES_MAX).then_some((extrinsic, args))
    }
}

/// By the sender, then by the nonce: a line for each.
fn lines(transactions: Vec<Listed>) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut lines: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for one in transactions {
        let (key, line) = (one.key(), one.line());
        lines.entry(one.from.unwrap_or_else(|| UNSIGNED.to_owned())).or_default().insert(key, line);
    }
    lines
}
