//! Events by filter.
//!
//! `{fromBlock, toBlock}` or `{blockHash}` say where; without them the best block is meant. `pallet`, `name`, `address`
//! (an account anywhere among the fields) and `topics` (by position, as on Ethereum) say which; each may be one value or
//! a list of which one must fit. `skip` and `limit` make pages.

use jsonrpsee::{RpcModule, core::RegisterMethodError, types::ErrorObjectOwned};
use serde::Deserialize;
use serde_json::Value;
use ziver_metadata::Event;
use ziver_primitives::{BlockNumber, Hash};

use super::{decoded::Decoded, failed, resolve};
use crate::{
    Context,
    chain_read::ChainRead,
    error::{self, RpcResult},
    json,
    limits::{LOG_FILTER_VALUES_MAX, LOGS_BLOCKS_MAX, LOGS_COUNT_MAX},
    params::{AccountArg, Arguments, AtMost, BlockTag, HashArg},
};

/// One value, or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Any<T> {
    One(T),
    Many(AtMost<T, LOG_FILTER_VALUES_MAX>),
}

impl<T> Any<T> {
    fn has(&self, fits: impl Fn(&T) -> bool) -> bool {
        match self {
            Self::One(one) => fits(one),
            Self::Many(AtMost(many)) => many.iter().any(fits),
        }
    }
}

/// Which events.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Filter {
    from_block: Option<BlockTag>,
    to_block: Option<BlockTag>,
    block_hash: Option<HashArg>,
    pallet: Option<Any<String>>,
    name: Option<Any<String>>,
    address: Option<Any<AccountArg>>,
    topics: Option<AtMost<Option<Any<HashArg>>, LOG_FILTER_VALUES_MAX>>,
    skip: usize,
    limit: Option<usize>,
}

impl Filter {
    /// Whether an event is wanted.
    pub fn fits(&self, event: &Event) -> bool {
        let named = |wanted: &Option<Any<String>>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.has(|wanted| wanted == name))
        };
        let concerns = |AccountArg(account): &AccountArg| mentions(&event.fields, &json::bytes(account.0));
        let topic = |position: usize, wanted: &Option<Any<HashArg>>| {
            let is =
                |HashArg(hash): &HashArg| event.topics.get(position).is_some_and(|topic| *topic == json::hash(*hash));
            wanted.as_ref().is_none_or(|wanted| wanted.has(is))
        };
        named(&self.pallet, &event.pallet)
            && named(&self.name, &event.name)
            && self.address.as_ref().is_none_or(|address| address.has(concerns))
            && self.topics.as_ref().is_none_or(|AtMost(topics)| {
                topics.iter().enumerate().all(|(position, wanted)| topic(position, wanted))
            })
    }
}

/// Whether a text stands somewhere in a value. Its depth is bounded by what decodes events.
fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(items) => items.iter().any(|item| mentions(item, text)),
        Value::Object(object) => object.values().any(|item| mentions(item, text)),
        _ => false,
    }
}

/// Adds the method.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("zx_getLogs", |params, context, _| async move {
        let filter: Filter = Arguments::new(&params)?.optional()?.unwrap_or_default();
        context.decode(move |chain| logs(chain, &filter)).await?
    })?;
    Ok(())
}

fn logs(chain: &dyn ChainRead, filter: &Filter) -> RpcResult<Vec<Value>> {
    let limit = filter.limit.unwrap_or(LOGS_COUNT_MAX);
    if limit > LOGS_COUNT_MAX {
        return Err(error::invalid_params(format_args!("limit {limit} is more than {LOGS_COUNT_MAX}")));
    }
    let (mut skipped, mut found) = (0, Vec::new());
    for hash in blocks(chain, filter)? {
        let unknown = || error::not_found(format_args!("block {hash:?}"));
        let decoded = Decoded::read(chain, hash).map_err(failed)?.ok_or_else(unknown)?;
        for (position, event) in decoded.events(chain).map_err(failed)?.iter().enumerate() {
            if !filter.fits(event) {
                continue;
            }
            if skipped < filter.skip {
                skipped += 1;
            } else if found.len() < limit {
                found.push(decoded.log(position, event));
            } else if filter.limit.is_some() {
                return Ok(found);
            } else {
                let advice = "ask for fewer blocks, or for pages with `skip` and `limit`";
                return Err(error::invalid_params(format_args!("more than {LOGS_COUNT_MAX} events; {advice}")));
            }
        }
    }
    Ok(found)
}

/// The blocks that a filter is about, lowest first.
fn blocks(chain: &dyn ChainRead, filter: &Filter) -> RpcResult<Vec<Hash>> {
    if let Some(HashArg(hash)) = filter.block_hash {
        return match (filter.from_block, filter.to_block) {
            (None, None) => Ok(vec![hash]),
            _ => Err(error::invalid_params("blockHash goes with neither fromBlock nor toBlock")),
        };
    }
    let number = |tag: Option<BlockTag>| -> RpcResult<BlockNumber> {
        // A range that ends beyond the best block ends there.
        if let Some(BlockTag::Number(number)) = tag {
            return Ok(number.min(chain.best().number));
        }
        let unknown = || error::not_found("the block of the range");
        let hash = resolve(chain, tag.unwrap_or_default()).map_err(failed)?.ok_or_else(unknown)?;
        chain.header(hash).map_err(failed)?.map(|header| header.number).ok_or_else(unknown)
    };
    let (from, to) = (number(filter.from_block)?, number(filter.to_block)?);
    let count = to.checked_sub(from).and_then(|more| more.checked_add(1)).unwrap_or(0);
    if count > LOGS_BLOCKS_MAX {
        return Err(error::invalid_params(format_args!("a range of {count} blocks; at most {LOGS_BLOCKS_MAX}")));
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    (from..=to)
        .map(|number| {
            let hash = chain.hash_at(number).map_err(failed)?;
            hash.ok_or_else(|| -> ErrorObjectOwned { error::not_found(format_args!("block {number}")) })
        })
        .collect()
}
