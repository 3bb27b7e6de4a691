//! The made-up chain: blocks and a state for each, all in memory.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use codec::{Compact, Encode};
use ziver_metadata::Metadata;
use ziver_primitives::{
    Block, Digest, Hash, Header, OpaqueExtrinsic, RuntimeVersion, hashing::blake2_256, storage_keys::item_prefix,
};
use ziver_rpc::{BlockRef, BlockStats, ChainRead, DryRun, ReadError, Snapshot, StateHold, TransactionPlace};

use super::gate::Gate;
use crate::description::metadata;

/// Values by key.
pub type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// Blocks and the state of each: in one line, until a test says otherwise.
#[derive(Default)]
pub struct FakeChain {
    blocks: Mutex<Vec<(Block, State, u32)>>,
    /// Best and final block where a test has chosen them: otherwise the last block and the one two below.
    heads: Mutex<(Option<Hash>, Option<Hash>)>,
    /// From which heights on states are held.
    pub holds: Arc<Mutex<Vec<u32>>>,
    /// Blocks whose state can't be read, and why.
    pub faults: Mutex<BTreeMap<Hash, ReadError>>,
    /// Bytes of the values and keys that were read.
    pub bytes_read: AtomicUsize,
    /// From which height on headers name other roots of extrinsics than there are; none from 0.
    pub wrong_roots: AtomicU32,
    /// Holds back the calls of `Slow_slow`, and the reads of the key `slow`, until it is opened.
    pub gate: Gate,
}

impl FakeChain {
    pub fn blocks(&self) -> MutexGuard<'_, Vec<(Block, State, u32)>> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at<T>(&self, hash: Hash, read: impl FnOnce(&Block, &State, u32) -> T) -> Result<T, ReadError> {
        let blocks = self.blocks();
        let found = blocks.iter().rev().find(|(block, _, _)| block.header.hash() == hash);
        let (block, state, version) = found.ok_or(ReadError::UnknownBlock(hash))?;
        Ok(read(block, state, *version))
    }

    fn check(&self, block: Hash) -> Result<(), ReadError> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.get(&block).cloned().map_or(Ok(()), Err)
    }

    pub fn heads(&self) -> MutexGuard<'_, (Option<Hash>, Option<Hash>)> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn block_ref(&self, hash: Hash) -> BlockRef {
        self.at(hash, |block, _, _| BlockRef { hash, number: block.header.number }).unwrap()
    }

    /// Appends a block with these changes of state.
    pub fn push(&self, changes: &[(&[u8], Option<&[u8]>)], spec_version: u32) -> Header {
        let last = self.blocks().last().map(|(block, _, _)| block.header.hash());
        self.push_on(last, changes, spec_version, 0)
    }

    /// Adds a block on any other; `salt` tells blocks on the same parent apart.
    pub fn push_on(
        &self,
        parent: Option<Hash>,
        changes: &[(&[u8], Option<&[u8]>)],
        spec_version: u32,
        salt: u8,
    ) -> Header {
        let (number, mut state) = parent.map_or((0, State::new()), |parent| {
            self.at(parent, |block, state, _| (block.header.number + 1, state.clone())).unwrap()
        });
        let parent_hash = parent.unwrap_or_default();
        let mut blocks = self.blocks();
        for (key, value) in changes {
            match value {
                Some(value) => state.insert(key.to_vec(), value.to_vec()),
                None => state.remove(*key),
            };
        }
        let header = Header {
            parent_hash,
            number,
            state_root: [2 + salt; 32].into(),
            extrinsics_root: [3; 32].into(),
            digest: Digest::default(),
        };
        let block = Block { header: header.clone(), extrinsics: vec![OpaqueExtrinsic(vec![4, 1, 2])] };
        blocks.push((block, state, spec_version));
        header
    }
}

impl ChainRead for FakeChain {
    fn genesis(&self) -> Hash {
        self.blocks()[0].0.header.hash()
    }

    fn best(&self) -> BlockRef {
        let chosen = self.heads().0;
        self.block_ref(chosen.unwrap_or_else(|| self.blocks().last().unwrap().0.header.hash()))
    }

    fn finalized(&self) -> BlockRef {
        let chosen = self.heads().1;
        let two_below = || {
            let blocks = self.blocks();
            blocks[blocks.len().saturating_sub(3)].0.header.hash()
        };
        self.block_ref(chosen.unwrap_or_else(two_below))
    }

    fn snapshot(&self) -> Snapshot {
        let (best, finalized) = (self.best(), self.finalized());
        let blocks = self.blocks();
        let above = blocks.iter().map(|(block, _, _)| &block.header).filter(|header| header.number > finalized.number);
        Snapshot {
            best,
            finalized,
            non_final: above.map(|header| BlockRef { hash: header.hash(), number: header.number }).collect(),
        }
    }

    fn hold_states(&self, from: u32) -> StateHold {
        struct Hold(Arc<Mutex<Vec<u32>>>, u32);
        impl Drop for Hold {
            fn drop(&mut self) {
                let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let at = holds.iter().position(|held| *held == self.1).unwrap();
                holds.remove(at);
            }
        }
        self.holds.lock().unwrap_or_else(PoisonError::into_inner).push(from);
        Box::new(Hold(self.holds.clone(), from))
    }

    fn hash_at(&self, number: u32) -> Result<Option<Hash>, ReadError> {
        if *self.heads() == (None, None) {
            return Ok(self.blocks().get(number as usize).map(|(block, _, _)| block.header.hash()));
        }
        let mut next = self.best().hash;
        while let Some(header) = self.header(next)?.filter(|header| header.number >= number) {
            if header.number == number {
                return Ok(Some(next));
            }
            next = header.parent_hash;
        }
        Ok(None)
    }

    fn header(&self, block: Hash) -> Result<Option<Header>, ReadError> {
        Ok(self.at(block, |block, _, _| block.header.clone()).ok())
    }

    fn block(&self, block: Hash) -> Result<Option<Block>, ReadError> {
        Ok(self.at(block, |block, _, _| block.clone()).ok())
    }

    fn storage(&self, block: Hash, _: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.check(block)?;
        if key == b"slow" {
            self.gate.pass();
        }
        let value = self.at(block, |_, state, _| state.get(key).cloned())?;
        self.bytes_read.fetch_add(value.as_ref().map_or(0, Vec::len), Ordering::Relaxed);
        Ok(value)
    }

    fn keys(
        &self,
        block: Hash,
        _: Option<&[u8]>,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, ReadError> {
        let keys: Vec<Vec<u8>> = self.at(block, |_, state, _| {
            let wanted = |key: &&Vec<u8>| key.starts_with(prefix) && after.is_none_or(|after| key.as_slice() > after);
            state.keys().filter(wanted).take(limit).cloned().collect()
        })?;
        self.bytes_read.fetch_add(keys.iter().map(Vec::len).sum(), Ordering::Relaxed);
        Ok(keys)
    }

    fn prove(&self, block: Hash, _: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, ReadError> {
        self.at(block, |_, _, _| keys.to_vec())
    }

    fn merkle_value(&self, block: Hash, _: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.check(block)?;
        let below: Vec<_> = self.at(block, |_, state, _| {
            state
                .iter()
                .filter(|(below, _)| below.starts_with(key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        })?;
        Ok((!below.is_empty()).then(|| blake2_256(&below.encode()).to_vec()))
    }

    fn call(&self, block: Hash, method: &str, input: &[u8]) -> Result<Vec<u8>, ReadError> {
        self.at(block, |_, _, _| ())?;
        match method {
            "Echo_echo" => Ok(input.to_vec()),
            "Slow_slow" => {
                self.gate.pass();
                Ok(vec![])
            }
            "Metadata_metadata" => Ok(b"meta\x0e".to_vec().encode()),
            "TransactionPaymentApi_query_info" => {
                let length = u32::from_le_bytes(input[input.len() - 4..].try_into().unwrap());
                Ok((Compact(1u64), Compact(0u64), 0u8, u128::from(length)).encode())
            }
            "Trap_trap" => Err(ReadError::Execution("Runtime panicked: boom".into())),
            method => Err(ReadError::MethodNotFound(method.into())),
        }
    }

    fn runtime_version(&self, block: Hash) -> Result<RuntimeVersion, ReadError> {
        self.check(block)?;
        self.at(block, |_, _, spec_version| RuntimeVersion {
            spec_name: "ziver".into(),
            impl_name: "ziver".into(),
            authoring_version: 1,
            spec_version,
            impl_version: 1,
            apis: vec![].into(),
            transaction_version: 1,
            system_version: 1,
        })
    }

    fn transaction(&self, extrinsic: Hash) -> Result<Option<TransactionPlace>, ReadError> {
        let blocks = self.blocks();
        let found = blocks.iter().rev().find_map(|(block, _, _)| {
            let index = block.extrinsics.iter().position(|one| one.hash() == extrinsic)?;
            let block = BlockRef { hash: block.header.hash(), number: block.header.number };
            Some(TransactionPlace { block, index: index as u32 })
        });
        Ok(found)
    }

    fn events(&self, block: Hash) -> Result<Option<Vec<u8>>, ReadError> {
        let key = item_prefix("System", "Events");
        Ok(self.at(block, |_, state, _| state.get(&key).cloned()).ok().map(|events| events.unwrap_or_else(|| vec![0])))
    }

    fn logs_bloom(&self, _: Hash) -> Result<Option<ziver_primitives::bloom::Bloom>, ReadError> {
        Ok(None)
    }

    fn metadata(&self, _: Hash) -> Result<Metadata, ReadError> {
        Ok(metadata())
    }

    fn dry_run(&self, block: Hash, extrinsic: &[u8]) -> Result<DryRun, ReadError> {
        self.at(block, |_, _, _| ())?;
        Ok(DryRun { answer: extrinsic.to_vec(), index: 0, events: vec![0] })
    }

    fn block_stats(&self, block: Hash) -> Result<Option<BlockStats>, ReadError> {
        self.check(block)?;
        let stats = |block: &Block, state: &State, _| BlockStats {
            witness_bytes: state.encoded_size(),
            witness_compact_bytes: state.len(),
            block_bytes: block.encoded_size(),
            extrinsics_count: block.extrinsics.len(),
        };
        Ok(self.at(block, stats).ok())
    }

    fn extrinsics_root(&self, block: &Block) -> Result<Hash, ReadError> {
        let wrong_from = self.wrong_roots.load(Ordering::Relaxed);
        let is_wrong = wrong_from > 0 && block.header.number >= wrong_from;
        Ok(if is_wrong { Hash::zero() } else { block.header.extrinsics_root })
    }
}
