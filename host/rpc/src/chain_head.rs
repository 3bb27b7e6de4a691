//! `chainHead_v1_*`: following the head of the chain, and reading the blocks near it.
//!
//! A client follows ([`follow`]), is told of each block ([`events`]), and may ask about those blocks until it unpins
//! them ([`tracker`]). Header and pins are answered at once; bodies, calls and storage are operations whose results
//! come as events ([`operations`]). What the methods answer and when is the JSON-RPC interface specification's,
//! <https://paritytech.github.io/json-rpc-interface-spec/api/chainHead.html>.
//!
//! A follow belongs to the connection that opened it: for others it is unknown.

use std::sync::Arc;

use codec::Encode;
use jsonrpsee::{ConnectionId, Extensions, ResponsePayload, RpcModule, core::RegisterMethodError, types::Params};
use serde_json::{Value, json};
use ziver_primitives::Hash;

use crate::{
    Context,
    error::{self, RpcResult},
    json,
    limits::{STORAGE_QUERIES_PER_OPERATION_MAX, UNPINNED_BLOCKS_PER_REQUEST_MAX},
    params::{Arguments, Bytes, HashArg, SomeOrOne},
    storage_query::QueriesArg,
    subscription,
};

mod events;
mod follow;
mod operations;
mod tracker;

use follow::{Follow, Follows};
use operations::Ticket;
use tracker::UnpinError;

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    let follows = Follows::default();
    register_follow(module, &follows)?;
    register_blocks(module, &follows)?;
    register_started(module, &follows)?;
    register_operations(module, &follows)
}

fn register_follow(module: &mut RpcModule<Context>, follows: &Follows) -> Result<(), RegisterMethodError> {
    let all = follows.clone();
    module.register_subscription(
        "chainHead_v1_follow",
        "chainHead_v1_followEvent",
        "chainHead_v1_unfollow",
        move |params, pending, context, extensions| {
            let all = all.clone();
            async move {
                // An ended subscription has nobody to tell.
                let _ = follow::serve(params, pending, &context, &all, &extensions).await;
            }
        },
    )?;
    let all = follows.clone();
    subscription::on_unsubscribe(module, "chainHead_v1_unfollow", move |connection, id, _| {
        all.remove(connection, id);
        Ok(Value::Null)
    })
}

/// The follow that the first parameter names, if it is one of this connection.
fn find(follows: &Follows, arguments: &mut Arguments<'_>, extensions: &Extensions) -> RpcResult<Option<Arc<Follow>>> {
    let id: String = arguments.required()?;
    let connection = extensions.get::<ConnectionId>().copied().unwrap_or_default();
    Ok(follows.find(connection, &id))
}

/// Whether a block is pinned is an error of its own.
fn pinned(follow: &Follow, hash: Hash) -> RpcResult<()> {
    follow.header(&hash).map(drop).ok_or_else(|| error::not_pinned(hash))
}

fn register_blocks(module: &mut RpcModule<Context>, follows: &Follows) -> Result<(), RegisterMethodError> {
    let all = follows.clone();
    module.register_method("chainHead_v1_header", move |params, _, extensions| {
        let mut arguments = Arguments::new(&params)?;
        let follow = find(&all, &mut arguments, extensions)?;
        let HashArg(hash) = arguments.required()?;
        let Some(follow) = follow else { return RpcResult::Ok(Value::Null) };
        let header = follow.header(&hash).ok_or_else(|| error::not_pinned(hash))?;
        Ok(json::bytes(header.encode()).into())
    })?;
    let all = follows.clone();
    module.register_method("chainHead_v1_unpin", move |params, context, extensions| {
        let mut arguments = Arguments::new(&params)?;
        let follow = find(&all, &mut arguments, extensions)?;
        let SomeOrOne(hashes): SomeOrOne<HashArg, UNPINNED_BLOCKS_PER_REQUEST_MAX> = arguments.required()?;
        let hashes: Vec<Hash> = hashes.into_iter().map(|HashArg(hash)| hash).collect();
        let Some(follow) = follow else { return RpcResult::Ok(Value::Null) };
        follow.unpin(&hashes, context.chain()).map_err(|why| match why {
            UnpinError::NotPinned(hash) => error::not_pinned(hash),
            UnpinError::Duplicate(hash) => error::duplicate_hash(hash),
        })?;
        Ok(Value::Null)
    })?;
    Ok(())
}

/// The answer to a request that starts an operation.
type Answer = ResponsePayload<'static, Value>;

fn limit_reached() -> RpcResult<Answer> {
    Ok(ResponsePayload::success(json!({ "result": "limitReached" })))
}

fn or_error(answer: RpcResult<Answer>) -> Answer {
    answer.unwrap_or_else(ResponsePayload::error)
}

fn started(ticket: &Ticket) -> Value {
    json!({ "result": "started", "operationId": ticket.id })
}

fn register_started(module: &mut RpcModule<Context>, follows: &Follows) -> Result<(), RegisterMethodError> {
    let all = follows.clone();
    module.register_async_method("chainHead_v1_body", move |params, context, extensions| {
        let answer = start_body(&params, &context, &all, &extensions);
        async move { or_error(answer) }
    })?;
    let all = follows.clone();
    module.register_async_method("chainHead_v1_call", move |params, context, extensions| {
        let answer = start_call(&params, &context, &all, &extensions);
        async move { or_error(answer) }
    })?;
    let all = follows.clone();
    module.register_async_method("chainHead_v1_storage", move |params, context, extensions| {
        let answer = start_storage(&params, &context, &all, &extensions);
        async move { or_error(answer) }
    })?;
    Ok(())
}

fn start_body(
    params: &Params<'_>,
    context: &Arc<Context>,
    follows: &Follows,
    extensions: &Extensions,
) -> RpcResult<Answer> {
    let mut arguments = Arguments::new(params)?;
    let follow = find(follows, &mut arguments, extensions)?;
    let HashArg(hash) = arguments.required()?;
    let Some(follow) = follow else { return limit_reached() };
    pinned(&follow, hash)?;
    let Some(ticket) = follow.operations.ticket() else { return limit_reached() };
    let (answer, answered) = ResponsePayload::success(started(&ticket)).notify_on_completion();
    let work = |id, _| operations::body(follow.clone(), context.clone(), hash, id);
    follow.operations.start(ticket, answered, work);
    Ok(answer)
}

fn start_call(
    params: &Params<'_>,
    context: &Arc<Context>,
    follows: &Follows,
    extensions: &Extensions,
) -> RpcResult<Answer> {
    let mut arguments = Arguments::new(params)?;
    let follow = find(follows, &mut arguments, extensions)?;
    let HashArg(hash) = arguments.required()?;
    let entry_point: String = arguments.required()?;
    let Bytes(input) = arguments.required()?;
    let Some(follow) = follow else { return limit_reached() };
    if !follow.with_runtime {
        return Err(error::follow_without_runtime());
    }
    pinned(&follow, hash)?;
    let Some(ticket) = follow.operations.ticket() else { return limit_reached() };
    let (answer, answered) = ResponsePayload::success(started(&ticket)).notify_on_completion();
    let work = |id, _| operations::call(follow.clone(), context.clone(), hash, (entry_point, input), id);
    follow.operations.start(ticket, answered, work);
    Ok(answer)
}

fn start_storage(
    params: &Params<'_>,
    context: &Arc<Context>,
    follows: &Follows,
    extensions: &Extensions,
) -> RpcResult<Answer> {
    let mut arguments = Arguments::new(params)?;
    let follow = find(follows, &mut arguments, extensions)?;
    let HashArg(hash) = arguments.required()?;
    let QueriesArg(queries): QueriesArg<STORAGE_QUERIES_PER_OPERATION_MAX> = arguments.required()?;
    let child: Option<Bytes> = arguments.optional()?;
    let Some(follow) = follow else { return limit_reached() };
    pinned(&follow, hash)?;
    if queries.is_done() && queries.discarded > 0 {
        return limit_reached();
    }
    let Some(ticket) = follow.operations.ticket() else { return limit_reached() };
    let mut answer = started(&ticket);
    answer["discardedItems"] = queries.discarded.into();
    let (answer, answered) = ResponsePayload::success(answer).notify_on_completion();
    let place = (hash, child.map(|Bytes(child)| child));
    let work = |id, resume| operations::storage(follow.clone(), context.clone(), place, queries, (id, resume));
    follow.operations.start(ticket, answered, work);
    Ok(answer)
}

fn register_operations(module: &mut RpcModule<Context>, follows: &Follows) -> Result<(), RegisterMethodError> {
    let all = follows.clone();
    module.register_method("chainHead_v1_stopOperation", move |params, _, extensions| {
        let mut arguments = Arguments::new(&params)?;
        let follow = find(&all, &mut arguments, extensions)?;
        let operation: String = arguments.required()?;
        if let Some(follow) = follow {
            follow.operations.stop(&operation);
        }
        RpcResult::Ok(Value::Null)
    })?;
    let all = follows.clone();
    module.register_method("chainHead_v1_continue", move |params, _, extensions| {
        let mut arguments = Arguments::new(&params)?;
        let follow = find(&all, &mut arguments, extensions)?;
        let operation: String = arguments.required()?;
        if let Some(follow) = follow {
            follow.operations.resume(&operation).map_err(|_| error::not_waiting(&operation))?;
        }
        RpcResult::Ok(Value::Null)
    })?;
    Ok(())
}
