//! `txpool_*`: what waits in the pool, in the shape that Ethereum-minded tools look for.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::{Value, json};

use crate::{
    Context,
    error::{self, RpcResult},
    json,
    limits::{PENDING_BYTES_MAX, POOL_TRANSACTIONS_LISTED_MAX, TRANSACTION_BYTES_MAX},
    link::{Command, PoolTransaction},
    params::{Arguments, Bytes},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("txpool_status", |_, context, _| async move {
        let status = context.ask(|reply| Command::PoolStatus { reply }).await?;
        let quantity = |number: usize| format!("{number:#x}");
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
        content(&context, limit.min(POOL_TRANSACTIONS_LISTED_MAX)).await
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

/// As many transactions as the limits allow, those for the next blocks first.
async fn content(context: &Context, limit: usize) -> RpcResult<Value> {
    // The turn is taken before the engine is asked, so that few lists are in memory.
    let turn = context.pending_turn().await?;
    let content = context.ask(|reply| Command::PoolContent { limit, reply }).await?;
    turn.run(move || {
        let mut bytes = 0;
        let mut listed = |transactions: Vec<PoolTransaction>| {
            let fits = |one: &PoolTransaction| {
                bytes += one.bytes.len();
                bytes <= PENDING_BYTES_MAX
            };
            transactions.into_iter().take_while(fits).map(|one| outline(&one)).collect::<Vec<_>>()
        };
        json!({ "pending": listed(content.ready), "queued": listed(content.future) })
    })
    .await
}

fn outline(transaction: &PoolTransaction) -> Value {
    json!({
        "hash": json::hash(transaction.hash),
        "raw": json::bytes(&transaction.bytes),
        "priority": transaction.priority.to_string(),
        "validTill": transaction.valid_till.map(|number| format!("{number:#x}")),
        "isLocal": transaction.local,
    })
}
