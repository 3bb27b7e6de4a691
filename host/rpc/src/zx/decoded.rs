//! A block taken apart with the metadata of the runtime that executed it: its parent's.
//!
//! Events are read one at a time ([`Decoded::events`]), because a cheap block may have very many: who shows them keeps
//! what is shown alone, and no more than [`EVENTS_PER_ANSWER_MAX`] of them.

use codec::Encode;
use serde_json::{Map, Value, json};
use ziver_metadata::{Event, Extrinsic, Metadata};
use ziver_primitives::{Block, Hash};

use super::{
    failed,
    known::{self, Ended},
};
use crate::{
    chain_read::{BlockRef, ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    limits::EVENTS_PER_ANSWER_MAX,
};

/// An event with its place among the block's.
pub type Placed = (usize, Event);

/// A block with what is needed to read it.
pub struct Decoded {
    /// Its hash and number.
    pub at: BlockRef,
    /// The block.
    pub block: Block,
    /// The hashes of its extrinsics.
    pub hashes: Vec<Hash>,
    /// What its bytes mean.
    pub metadata: Metadata,
}

/// The events of a block, sorted by where they happened.
pub struct ByExtrinsic {
    /// Those of each extrinsic.
    pub of: Vec<Vec<Placed>>,
    /// All others.
    pub others: Vec<Placed>,
}

impl Decoded {
    /// Reads a block; `None` where there is none.
    pub fn read(chain: &dyn ChainRead, hash: Hash) -> Result<Option<Self>, ReadError> {
        let Some(block) = chain.block(hash)? else { return Ok(None) };
        let number = block.header.number;
        let metadata = chain.metadata(if number == 0 { hash } else { block.header.parent_hash })?;
        let hashes = block.extrinsics.iter().map(|extrinsic| extrinsic.hash()).collect();
        Ok(Some(Self { at: BlockRef { hash, number }, block, hashes, metadata }))
    }

    /// SCALE of the list of its events.
    pub fn event_bytes(&self, chain: &dyn ChainRead) -> Result<Vec<u8>, ReadError> {
        chain.events(self.at.hash)?.ok_or(ReadError::Pruned(self.at.hash))
    }

    /// Takes these apart, in order.
    pub fn events<'a>(
        &'a self,
        bytes: &'a [u8],
    ) -> Result<impl Iterator<Item = Result<Placed, ReadError>> + 'a, ReadError> {
        let strange = |why| ReadError::Backend(format!("events of the block: {why}"));
        let events = self.metadata.events(bytes).map_err(strange)?.enumerate();
        Ok(events.map(move |(position, event)| event.map(|event| (position, event)).map_err(strange)))
    }

    /// Its events in one pass, if an answer can hold them.
    pub fn events_by_extrinsic(&self, chain: &dyn ChainRead) -> RpcResult<ByExtrinsic> {
        let bytes = self.event_bytes(chain).map_err(failed)?;
        let mut sorted = ByExtrinsic { of: self.hashes.iter().map(|_| Vec::new()).collect(), others: Vec::new() };
        for placed in self.events(&bytes).map_err(failed)? {
            let (position, event) = placed.map_err(failed)?;
            check_count(position)?;
            let index = event.phase.extrinsic_index();
            let list = index.and_then(|index| sorted.of.get_mut(index as usize)).unwrap_or(&mut sorted.others);
            list.push((position, event));
        }
        Ok(sorted)
    }

    /// The events of one extrinsic, if an answer can hold them.
    pub fn events_of(&self, chain: &dyn ChainRead, index: usize) -> RpcResult<Vec<Placed>> {
        let bytes = self.event_bytes(chain).map_err(failed)?;
        let mut mine = Vec::new();
        for placed in self.events(&bytes).map_err(failed)? {
            let (position, event) = placed.map_err(failed)?;
            if event.phase.extrinsic_index().is_some_and(|of| of as usize == index) {
                check_count(mine.len())?;
                mine.push((position, event));
            }
        }
        Ok(mine)
    }

    /// The extrinsic at a position, as Ethereum's clients see a transaction.
    pub fn transaction(&self, index: usize) -> Option<Value> {
        let bytes = self.block.extrinsics.get(index)?.encode();
        let mut object = transaction(&self.metadata, &bytes);
        place(&mut object, self.at, index);
        Some(Value::Object(object))
    }

    /// How the extrinsic at a position ended, with its events.
    pub fn receipt(&self, index: usize, events: &[Placed]) -> Option<Value> {
        let extrinsic = self.block.extrinsics.get(index)?;
        let mut object = Map::new();
        place(&mut object, self.at, index);
        object.insert("transactionHash".into(), json::hash(*self.hashes.get(index)?).into());
        if let Ok(decoded) = self.metadata.decode_extrinsic(&extrinsic.encode()) {
            object.extend(parties(&decoded));
        }
        object.extend(self.outcome(events));
        Some(Value::Object(object))
    }

    /// The extrinsic at a position with how it ended.
    pub fn full_transaction(&self, index: usize, events: &[Placed]) -> Option<Value> {
        let Some(Value::Object(mut object)) = self.transaction(index) else { return None };
        // The bytes are those of the decoded parts.
        object.remove("raw");
        object.extend(self.outcome(events));
        Some(Value::Object(object))
    }

    fn outcome(&self, events: &[Placed]) -> Map<String, Value> {
        let mut object = outcome(&known::ended(&self.metadata, events.iter().map(|(_, event)| event)));
        if object.contains_key("contract") {
            let logs = events.iter().filter(|(_, event)| known::contract_log(event).is_some());
            let logs: Vec<_> = logs.map(|(position, event)| self.log(*position, event)).collect();
            object.insert("logs".into(), logs.into());
        }
        object.insert("events".into(), self.logs(events).into());
        object
    }

    /// Events as Ethereum's clients see logs.
    pub fn logs(&self, events: &[Placed]) -> Vec<Value> {
        events.iter().map(|(position, event)| self.log(*position, event)).collect()
    }

    /// An event as Ethereum's clients see a log; `position` is its place among the block's.
    pub fn log(&self, position: usize, event: &Event) -> Value {
        let index = event.phase.extrinsic_index();
        let hash = index.and_then(|index| self.hashes.get(index as usize));
        let mut log = json!({
            "blockHash": json::hash(self.at.hash),
            "blockNumber": json::quantity(self.at.number),
            "logIndex": json::quantity(position as u64),
            "transactionIndex": index.map(json::quantity),
            "transactionHash": hash.copied().map(json::hash),
            "phase": event.phase,
            "pallet": event.pallet,
            "name": event.name,
            "fields": event.fields,
            "topics": event.topics,
        });
        if let (Some((contract, data)), Value::Object(log)) = (known::contract_log(event), &mut log) {
            log.insert("address".into(), contract.clone());
            log.insert("data".into(), data.clone());
        }
        log
    }

    /// The block as Ethereum's clients see it, without its transactions.
    pub fn outline(&self, chain: &dyn ChainRead) -> Map<String, Value> {
        let header = &self.block.header;
        let decode = |bytes: &ziver_primitives::OpaqueExtrinsic| self.metadata.decode_extrinsic(&bytes.encode()).ok();
        // Inherents come first, and the time is one of them.
        let time = self.block.extrinsics.iter().take(8).filter_map(decode);
        let time = time.filter_map(|extrinsic| known::timestamp_ms(&extrinsic.call)).next();
        let is_final = header.number <= chain.finalized().number
            && chain.hash_at(header.number).is_ok_and(|hash| hash == Some(self.at.hash));
        let json = json!({
            "number": json::quantity(header.number),
            "hash": json::hash(self.at.hash),
            "parentHash": json::hash(header.parent_hash),
            "stateRoot": json::hash(header.state_root),
            "extrinsicsRoot": json::hash(header.extrinsics_root),
            "miner": known::author(&self.block).map(|author| json::bytes(author.0)),
            "timestamp": time.map(|ms| json::quantity(ms / 1_000)),
            "timestampMs": time,
            "size": json::quantity(self.block.encoded_size() as u64),
            "transactionCount": json::quantity(self.block.extrinsics.len() as u64),
            "digest": { "logs": header.digest.logs.iter().map(|item| json::bytes(item.encode())).collect::<Vec<_>>() },
            "finalized": is_final,
        });
        if let Value::Object(object) = json { object } else { Map::new() }
    }
}

fn check_count(events: usize) -> RpcResult<()> {
    if events < EVENTS_PER_ANSWER_MAX {
        return Ok(());
    }
    let many =
        format!("More than {EVENTS_PER_ANSWER_MAX} events; zx_getLogs tells them in pages, with `skip` and `limit`");
    Err(error::oversized_response(many))
}

fn place(object: &mut Map<String, Value>, at: BlockRef, index: usize) {
    object.insert("blockHash".into(), json::hash(at.hash).into());
    object.insert("blockNumber".into(), json::quantity(at.number).into());
    object.insert("transactionIndex".into(), json::quantity(index as u64).into());
}

/// Sender, and receiver and amount of a transfer.
fn parties(extrinsic: &Extrinsic) -> Map<String, Value> {
    let transfer = known::transfer(&extrinsic.call);
    Map::from_iter([
        ("from".into(), extrinsic.signer.clone().unwrap_or_default()),
        ("to".into(), transfer.map(|(to, _)| to.clone()).unwrap_or_default()),
        ("value".into(), json::quantity(transfer.map_or(0, |(_, value)| value)).into()),
    ])
}

fn outcome(ended: &Ended) -> Map<String, Value> {
    let weight =
        ended.weight.map(|(time, proof)| json!({"refTime": json::quantity(time), "proofSize": json::quantity(proof)}));
    let mut object = Map::from_iter([
        ("status".into(), ended.success.map(|success| if success { "0x1" } else { "0x0" }).into()),
        ("error".into(), ended.error.clone().into()),
        ("gasUsed".into(), ended.weight.map(|(time, _)| json::quantity(time)).into()),
        ("weight".into(), weight.unwrap_or_default()),
        ("fee".into(), ended.fee.map(json::quantity).into()),
    ]);
    if let Some(executed) = &ended.executed {
        object.extend([
            ("contractAddress".into(), ended.made.clone().unwrap_or_default()),
            ("contract".into(), executed.contract.clone()),
            ("contractGasUsed".into(), executed.gas_used.map(json::quantity).into()),
            ("returnValue".into(), executed.output.clone()),
            ("revertReason".into(), executed.revert_reason.clone().into()),
        ]);
    }
    object
}

/// An extrinsic by its bytes (with the length before them), in no block yet.
pub fn transaction(metadata: &Metadata, bytes: &[u8]) -> Map<String, Value> {
    let hash = ziver_primitives::hashing::blake2_256(bytes);
    let mut object = Map::from_iter([
        ("hash".into(), json::bytes(hash).into()),
        ("blockHash".into(), Value::Null),
        ("blockNumber".into(), Value::Null),
        ("transactionIndex".into(), Value::Null),
        ("raw".into(), json::bytes(bytes).into()),
    ]);
    match metadata.decode_extrinsic(bytes) {
        Ok(extrinsic) => {
            object.extend(parties(&extrinsic));
            let tip = extrinsic.tip.as_ref().and_then(|tip| tip.parse::<u128>().ok());
            object.extend([
                ("nonce".into(), extrinsic.nonce.map(json::quantity).into()),
                ("tip".into(), tip.map(json::quantity).into()),
                ("era".into(), extrinsic.era.unwrap_or_default()),
                ("version".into(), json::quantity(extrinsic.version).into()),
                ("signature".into(), extrinsic.signature.unwrap_or_default()),
                ("pallet".into(), extrinsic.call.pallet.into()),
                ("call".into(), extrinsic.call.call.into()),
                ("args".into(), extrinsic.call.args.into()),
            ]);
        }
        // Such as calls nested deeper than anyone reads: the chain took it, so it must be shown.
        Err(why) => {
            object.insert("undecodable".into(), why.to_string().into());
        }
    }
    object
}
