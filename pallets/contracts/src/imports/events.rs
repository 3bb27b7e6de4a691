//! Events of contracts.

use alloc::vec::Vec;
use codec::DecodeAll;
use ziver_primitives::Hash;

use super::{Answer, Host};
use crate::{
    Error, Event,
    event::announce_with,
    limits::{EVENT_BYTES_MAX, TOPICS_MAX},
    prices,
    storage::LOGS_BLOOM,
};

impl Host<'_, '_, '_, '_> {
    /// `(topics, their length, data, its length)`; the topics are a SCALE list of hashes.
    pub(super) fn deposit_event(&mut self) -> Answer {
        self.ensure_writable()?;
        let (topics, topics_len, data, len) = (self.u32(0), self.u32(1), self.u32(2), self.u32(3));
        self.charge(prices::EVENT)?;
        self.charge_bytes(prices::EVENT_BYTE, len)?;
        let encoded = self.bytes(topics, topics_len, 1024)?;
        let topics: Vec<Hash> = if encoded.is_empty() {
            Vec::new()
        } else {
            let decoded = Vec::decode_all(&mut encoded.as_slice()).map_err(|_| Error::DecodingFailed);
            self.expect(decoded)?
        };
        if topics.len() > TOPICS_MAX {
            return self.fail(Error::TooManyTopics);
        }
        // The contract and each topic are hashed, for the block's Bloom filter.
        let items = u64::try_from(topics.len()).unwrap_or(u64::MAX);
        let hashes = prices::hash(0, prices::HASH_BYTE).saturating_mul(items.saturating_add(1));
        self.charge(prices::EVENT.saturating_mul(items).saturating_add(hashes))?;
        let data = self.bytes(data, len, EVENT_BYTES_MAX)?;
        let contract = self.frame()?.account;
        let mut bloom = LOGS_BLOOM.get_or_default(self.ctx);
        let mut is_new = bloom.insert_hash(&self.ctx.ext().keccak_256(&contract.0));
        for topic in &topics {
            is_new |= bloom.insert_hash(&self.ctx.ext().keccak_256(&topic.0));
        }
        if is_new {
            LOGS_BLOOM.set(self.ctx, &bloom);
        }
        announce_with(self.ctx, &Event::ContractEmitted { contract, data }, &topics);
        Ok(())
    }
}
