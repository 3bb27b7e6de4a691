//! Events by filter.
//!
//! `{fromBlock, toBlock}` or `{blockHash}` say where; without them the best block is meant. `pallet`, `name`, `address`
//! (an account anywhere among the fields) and `topics` (by position, as on Ethereum) say which; each may be one value
//! or a list of which one must fit. `skip` and `limit` make pages.
//!
//! `contract` asks for what contracts emitted, and no other events. Blocks whose Bloom filter knows neither contract nor topics
//! are then passed over unread, so such a search may be about many more blocks.

use codec::Encode;
use jsonrpsee::{RpcModule, core::RegisterMethodError, types::ErrorObjectOwned};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use ziver_metadata::Event;
use ziver_primitives::{BlockNumber, Hash, bloom::Bloom};

use super::{decoded::Decoded, failed, known, number_of};
use crate::{
    Context,
    chain_read::ChainRead,
    error::{self, RpcResult},
    json,
    limits::{
        LOG_FILTER_VALUES_MAX, LOGS_ANSWER_BYTES_MAX, LOGS_BLOCKS_MAX, LOGS_BLOOMS_MAX, LOGS_COUNT_MAX,
        LOGS_READ_BYTES_MAX,
    },
    params::{AccountArg, Arguments, AtMost, BlockTag, HashArg, Object, SomeOrOne},
};

/// What to do about too many events.
const ADVICE: &str = "ask for fewer blocks, or for pages with `skip` and `limit`";

/// One value, or a list of them of which one must fit.
type Any<T> = SomeOrOne<T, LOG_FILTER_VALUES_MAX>;

fn any<T>(SomeOrOne(wanted): &Any<T>, fits: impl Fn(&T) -> bool) -> bool {
    wanted.iter().any(fits)
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
    contract: Option<Any<AccountArg>>,
    topics: Option<AtMost<Option<Any<HashArg>>, LOG_FILTER_VALUES_MAX>>,
    skip: Option<usize>,
    limit: Option<usize>,
}

impl Filter {
    /// Whether it says of which blocks, or which part of the events: what a subscription can't be asked for.
    pub fn is_about_a_part(&self) -> bool {
        let is_of_blocks = self.from_block.is_some() || self.to_block.is_some() || self.block_hash.is_some();
        is_of_blocks || self.skip.is_some() || self.limit.is_some()
    }

    /// Whether no other events are wanted than those of contracts.
    fn is_of_contracts(&self) -> bool {
        let only = |wanted: &Option<Any<String>>, name: &str| {
            wanted.as_ref().is_some_and(|SomeOrOne(wanted)| wanted.iter().all(|wanted| wanted == name))
        };
        let (pallet, name) = known::CONTRACT_LOG;
        self.contract.is_some() || (only(&self.pallet, pallet) && only(&self.name, name))
    }

    /// Whether a block with this Bloom filter may have what is wanted of contracts.
    fn may_be_in(&self, bloom: &Bloom) -> bool {
        let topics = self.topics.as_ref().map_or(&[][..], |AtMost(topics)| topics);
        self.contract.as_ref().is_none_or(|wanted| any(wanted, |AccountArg(account)| bloom.may_contain(&account.0)))
            && topics.iter().flatten().all(|wanted| any(wanted, |HashArg(topic)| bloom.may_contain(topic.as_bytes())))
    }

    /// Whether an event is wanted.
    pub fn fits(&self, event: &Event) -> bool {
        let named = |wanted: &Option<Any<String>>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| any(wanted, |wanted| wanted == name))
        };
        let concerns = |AccountArg(account): &AccountArg| mentions(&event.fields, &json::bytes(account.0));
        let topic = |position: usize, wanted: &Option<Any<HashArg>>| {
            let is =
                |HashArg(hash): &HashArg| event.topics.get(position).is_some_and(|topic| *topic == json::hash(*hash));
            wanted.as_ref().is_none_or(|wanted| any(wanted, is))
        };
        named(&self.pallet, &event.pallet)
            && named(&self.name, &event.name)
            && self.contract.as_ref().is_none_or(|wanted| {
                let log = known::contract_log(event);
                log.is_some_and(|(from, _)| any(wanted, |AccountArg(account)| *from == json::bytes(account.0)))
            })
            && self.address.as_ref().is_none_or(|address| any(address, concerns))
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
        let Object(filter): Object<Filter> = Arguments::new(&params)?.optional()?.unwrap_or_default();
        context.decode(move |chain| logs(chain, &filter)).await?
    })?;
    Ok(())
}

/// Events that were found, as JSON, so that they take no more memory than the answer.
struct Found {
    skip: usize,
    limit: usize,
    /// Whether the client chose the limit: then a full page is an answer.
    is_paged: bool,
    events: Vec<Box<RawValue>>,
    bytes: usize,
}

impl Found {
    fn new(filter: &Filter) -> RpcResult<Self> {
        let limit = filter.limit.unwrap_or(LOGS_COUNT_MAX);
        if limit > LOGS_COUNT_MAX {
            return Err(error::invalid_params(format_args!("limit {limit} is more than {LOGS_COUNT_MAX}")));
        }
        let is_paged = filter.limit.is_some();
        Ok(Self { skip: filter.skip.unwrap_or(0), limit, is_paged, events: Vec::new(), bytes: 0 })
    }

    /// Takes an event; whether more are wanted.
    fn take(&mut self, log: impl FnOnce() -> Value) -> RpcResult<bool> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(true);
        }
        if self.events.len() >= self.limit {
            return match self.is_paged {
                true => Ok(false),
                false => Err(error::invalid_params(format_args!("more than {LOGS_COUNT_MAX} events; {ADVICE}"))),
            };
        }
        let log = serde_json::value::to_raw_value(&log()).map_err(error::internal)?;
        self.bytes += log.get().len();
        if self.bytes > LOGS_ANSWER_BYTES_MAX {
            let many = format_args!("the events take more than {LOGS_ANSWER_BYTES_MAX} bytes");
            return Err(error::invalid_params(format_args!("{many}; {ADVICE}")));
        }
        self.events.push(log);
        Ok(true)
    }
}

fn logs(chain: &dyn ChainRead, filter: &Filter) -> RpcResult<Vec<Box<RawValue>>> {
    let mut found = Found::new(filter)?;
    let (mut bytes_read, mut count) = (0, 0);
    for hash in blocks(chain, filter)? {
        if filter.is_of_contracts()
            && !chain.logs_bloom(hash).map_err(failed)?.is_some_and(|bloom| filter.may_be_in(&bloom))
        {
            continue;
        }
        let unknown = || error::not_found(format_args!("block {hash:?}"));
        let decoded = Decoded::read(chain, hash).map_err(failed)?.ok_or_else(unknown)?;
        let events = decoded.event_bytes(chain).map_err(failed)?;
        bytes_read += decoded.block.encoded_size() + events.len();
        count += 1;
        if bytes_read > LOGS_READ_BYTES_MAX && count > 1 {
            let many = format_args!("the blocks of the range take more than {LOGS_READ_BYTES_MAX} bytes");
            let until = decoded.at.number.saturating_sub(1);
            return Err(error::invalid_params(format_args!("{many}; narrow it: toBlock {until:#x} would do")));
        }
        for placed in decoded.events(&events).map_err(failed)? {
            let (position, event) = placed.map_err(failed)?;
            if filter.fits(&event) && !found.take(|| decoded.log(position, &event))? {
                return Ok(found.events);
            }
        }
    }
    Ok(found.events)
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
        match tag.unwrap_or_default() {
            BlockTag::Number(number) => Ok(number),
            tag => number_of(chain, tag),
        }
    };
    // A range that ends beyond the best block ends there; one that begins there has nothing.
    let (from, to) = (number(filter.from_block)?, number(filter.to_block)?.min(chain.best().number));
    let count = to.checked_sub(from).and_then(|more| more.checked_add(1)).unwrap_or(0);
    let max = if filter.is_of_contracts() { LOGS_BLOOMS_MAX } else { LOGS_BLOCKS_MAX };
    if count > max {
        return Err(error::invalid_params(format_args!("a range of {count} blocks; at most {max}")));
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
