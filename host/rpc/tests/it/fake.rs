//! A made-up chain and engine behind a real server.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use codec::{Compact, Encode};
use serde_json::{Map, json};
use tokio::runtime::Runtime;
use ziver_metadata::Metadata;
use ziver_primitives::{
    AccountId20, Block, Digest, Hash, Header, OpaqueExtrinsic, RuntimeVersion, hashing::blake2_256,
    storage_keys::item_prefix, validity::InvalidTransaction,
};
use ziver_rpc::{
    BlockRef, BlockStats, ChainInfo, ChainRead, Context, DryRun, ReadError, Server, ServerConfig, Snapshot, StateHold,
    TransactionPlace,
    link::{
        self, Command, Head, Inclusion, LinkPeer, MiningChange, MiningStatus, NewBlock, NewlyFinal, Notice, Notices,
        PoolContent, PoolStatus, PoolTransaction, SealError, SubmitError, TransactionStatus,
    },
};

use crate::description::metadata;

pub const ALITH: &str = "0xf24ff3a9cf04c71dbc94d0b566f7a27b94566cac";

type State = BTreeMap<Vec<u8>, Vec<u8>>;

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

/// A door that is closed until somebody opens it.
#[derive(Default)]
pub struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    is_open: bool,
    waiting: usize,
    /// How many have waited at the same time.
    most: usize,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn open(&self) {
        self.state().is_open = true;
        self.changed.notify_all();
    }

    /// Returns when so many wait before the door.
    pub fn await_waiting(&self, count: usize) {
        drop(
            self.changed
                .wait_while(self.state(), |state| state.waiting < count)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    pub fn most_waiting(&self) -> usize {
        self.state().most
    }

    fn pass(&self) {
        let mut state = self.state();
        state.waiting += 1;
        state.most = state.most.max(state.waiting);
        self.changed.notify_all();
        let mut state = self.changed.wait_while(state, |state| !state.is_open).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
    }
}

impl FakeChain {
    fn blocks(&self) -> MutexGuard<'_, Vec<(Block, State, u32)>> {
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

    fn heads(&self) -> MutexGuard<'_, (Option<Hash>, Option<Hash>)> {
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

/// The ready transactions of the made-up pool.
type Kept = Arc<Mutex<Vec<Arc<[u8]>>>>;

/// A server on a made-up chain of three blocks.
pub struct Node {
    pub address: SocketAddr,
    pub second_address: Option<SocketAddr>,
    pub chain: Arc<FakeChain>,
    notices: Notices,
    submitted: Arc<AtomicUsize>,
    kept: Kept,
    server: Option<Server>,
    runtime: Runtime,
}

impl Node {
    pub fn start() -> Self {
        Self::start_with(true, |_| ())
    }

    /// With changes of the server's usual configuration.
    pub fn start_with(manual_seal: bool, change: impl FnOnce(&mut ServerConfig)) -> Self {
        Self::start_as("Development", manual_seal, change)
    }

    /// With another type of chain, too.
    pub fn start_as(chain_type: &str, manual_seal: bool, change: impl FnOnce(&mut ServerConfig)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let chain = Arc::new(FakeChain::default());
        chain.push(&[(b"a", Some(b"1")), (b"ab", Some(b"22")), (b"ac", Some(b"333")), (b"b", Some(b""))], 1);
        chain.push(&[(b"a", Some(b"changed"))], 1);
        chain.push(&[], 1);
        let (link, peer) = link::link();
        let notices = peer.notices.clone();
        let submitted = Arc::new(AtomicUsize::new(0));
        let kept: Kept = Arc::new(Mutex::new(vec![Arc::from([8, 7, 0]), Arc::from([8, 8, 0])]));
        runtime.spawn(engine(peer, submitted.clone(), kept.clone()));
        let info = ChainInfo {
            chain_name: "Fake Chain".into(),
            chain_type: json!(chain_type),
            properties: Map::from_iter([("tokenDecimals".into(), json!(18))]),
            node_name: "fake".into(),
            node_version: "0.0.1".into(),
            manual_seal,
        };
        let methods = ziver_rpc::methods(Context::new(chain.clone(), link, info)).unwrap();
        let mut config = ServerConfig::new("127.0.0.1:0".parse().unwrap());
        change(&mut config);
        let server = runtime.block_on(Server::start_with(config, methods)).unwrap();
        let (address, second_address) = (server.address, server.second_address);
        Self { address, second_address, chain, notices, submitted, kept, server: Some(server), runtime }
    }

    /// Appends a block and tells the subscriptions.
    pub fn push(&self, changes: &[(&[u8], Option<&[u8]>)], spec_version: u32) -> Header {
        let header = self.chain.push(changes, spec_version);
        self.tell(&header);
        header
    }

    /// Appends a block whose state can't be read, and tells the subscriptions.
    pub fn push_faulty(&self, fault: impl FnOnce(Hash) -> ReadError) {
        let header = self.chain.push(&[(b"a", Some(b"unreadable"))], 9);
        let mut faults = self.chain.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.insert(header.hash(), fault(header.hash()));
        drop(faults);
        self.tell(&header);
    }

    /// Tells the subscriptions of a block that the chain shows already.
    pub fn tell(&self, header: &Header) {
        self.tell_import(header);
        self.notices.send(Notice::Best(head(header)));
        let finalized = self.chain.header(self.chain.finalized().hash).unwrap().unwrap();
        self.notices.send(Notice::Finalized(Arc::new(NewlyFinal { blocks: vec![head(&finalized)], pruned: vec![] })));
    }

    fn tell_import(&self, header: &Header) {
        let version = |hash| self.chain.runtime_version(hash).ok();
        let new = version(header.hash()).filter(|new| version(header.parent_hash).as_ref() != Some(new));
        self.notices.send(Notice::Imported(NewBlock { head: head(header), new_runtime: new.map(Arc::new) }));
    }

    /// Adds a block on any other and tells of it; it is neither best nor final.
    pub fn import(&self, parent: Hash, changes: &[(&[u8], Option<&[u8]>)], spec_version: u32, salt: u8) -> Hash {
        {
            let (best, finalized) = (self.chain.best().hash, self.chain.finalized().hash);
            *self.chain.heads() = (Some(best), Some(finalized));
        }
        let header = self.chain.push_on(Some(parent), changes, spec_version, salt);
        self.tell_import(&header);
        header.hash()
    }

    /// Makes a block best.
    pub fn best(&self, hash: Hash) {
        self.chain.heads().0 = Some(hash);
        self.notices.send(Notice::Best(head(&self.chain.header(hash).unwrap().unwrap())));
    }

    /// Makes blocks final, lowest first; the `pruned` ones are forgotten.
    pub fn finalize(&self, blocks: &[Hash], pruned: &[Hash]) {
        self.chain.heads().1 = blocks.last().copied();
        self.chain.blocks().retain(|(block, _, _)| !pruned.contains(&block.header.hash()));
        let blocks = blocks.iter().map(|hash| head(&self.chain.header(*hash).unwrap().unwrap())).collect();
        self.notices.send(Notice::Finalized(Arc::new(NewlyFinal { blocks, pruned: pruned.to_vec() })));
    }

    /// Puts a transaction into the pool.
    pub fn keep(&self, bytes: &[u8]) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.into());
    }

    /// How many transactions were handed to the engine.
    pub fn submitted(&self) -> usize {
        self.submitted.load(Ordering::SeqCst)
    }

    /// How many tasks of the server listen for notices.
    pub fn listeners(&self) -> usize {
        self.notices.listeners()
    }

    /// Stops the server, as the node does at its end.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // The runtime's end waits for the calls that are held back.
        self.chain.gate.open();
    }
}

fn head(header: &Header) -> Head {
    Head { hash: header.hash(), header: Arc::new(header.clone()) }
}

/// In the pool; of short ones Alith is the sender, and the second byte the nonce.
fn pool_transaction(bytes: &Arc<[u8]>) -> PoolTransaction {
    PoolTransaction {
        hash: blake2_256(bytes).into(),
        bytes: bytes.clone(),
        priority: 7,
        valid_till: Some(64),
        local: true,
        sender: (bytes.len() < 4).then(|| (ALITH.parse().unwrap(), bytes[1].into())),
    }
}

/// Judges transactions by their first byte after the prefix.
async fn engine(mut peer: LinkPeer, submitted: Arc<AtomicUsize>, kept: Kept) {
    let mut mining = MiningStatus { mining: true, author: ALITH.parse().unwrap(), sealing: "interval=2000".into() };
    while let Some(command) = peer.commands.recv().await {
        let ready = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match command {
            Command::Submit { bytes, watch, join, replace, reply } => {
                submitted.fetch_add(1, Ordering::SeqCst);
                let hash = Hash::from(blake2_256(&bytes));
                let verdict = match bytes.get(1) {
                    _ if replace && bytes.get(1) == Some(&10) => Err(SubmitError::NothingToReplace),
                    Some(9) => Err(SubmitError::ReplacementUnderpriced { old: 100, new: 109, needed: 110 }),
                    Some(11) => Err(SubmitError::Invalid(InvalidTransaction::Payment)),
                    Some(12) => Err(SubmitError::Invalid(InvalidTransaction::ExhaustsResources)),
                    Some(1) => Err(SubmitError::Invalid(InvalidTransaction::Stale)),
                    Some(2) => Err(SubmitError::Banned),
                    Some(3) if !join => Err(SubmitError::AlreadyImported(hash)),
                    Some(4) => Err(SubmitError::TooLowPriority { old: 9, new: 8 }),
                    Some(5) => Err(SubmitError::ImmediatelyDropped),
                    Some(6) => Err(SubmitError::Verification("Runtime panicked".into())),
                    Some(7) => Err(SubmitError::Invalid(InvalidTransaction::Custom(42))),
                    None => Err(SubmitError::BadFormat("Not enough data".into())),
                    _ => Ok(hash),
                };
                if verdict.is_ok() && bytes.len() > 1 << 20 {
                    // A large one is accepted by being listed ever after.
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.as_slice().into());
                }
                if verdict.is_ok() {
                    peer.notices.send_ready(&bytes.as_slice().into());
                }
                if let (Ok(_), Some(watch)) = (&verdict, watch) {
                    // Before the reply, to tempt the server into notifying first.
                    let block = Hash::from([9; 32]);
                    if bytes.get(1) == Some(&8) {
                        // As if the watcher had been too slow: the channel ends without a last status.
                        watch.send(TransactionStatus::Ready).await.unwrap();
                        let _ = reply.send(verdict);
                        continue;
                    }
                    for status in [
                        TransactionStatus::Ready,
                        TransactionStatus::InBlock(Inclusion { block, index: 1 }),
                        TransactionStatus::Finalized(Inclusion { block, index: 1 }),
                    ] {
                        watch.send(status).await.unwrap();
                    }
                }
                let _ = reply.send(verdict);
            }
            Command::Pending { reply } => {
                let _ = reply.send(ready);
            }
            Command::NextIndex { account, reply } => {
                let alith: AccountId20 = ALITH.parse().unwrap();
                let _ = reply.send(if account == alith { Ok(9) } else { Err("no nonce".into()) });
            }
            Command::CreateBlock { create_empty: false, reply, .. } => {
                let _ = reply.send(Err(SealError::EmptyPool));
            }
            Command::CreateBlock { parent, reply, .. } => {
                let _ = reply.send(parent.map_or(Ok([8; 32].into()), |parent| Err(SealError::BlockNotFound(parent))));
            }
            Command::FinalizeBlock { reply, .. } => {
                let _ = reply.send(Ok(()));
            }
            Command::PoolStatus { reply } => {
                let ready_bytes = ready.iter().map(|bytes| bytes.len()).sum();
                let _ = reply.send(PoolStatus {
                    ready_count: ready.len(),
                    ready_bytes,
                    future_count: 1,
                    future_bytes: 3,
                    count_max: 8_192,
                    bytes_max: 20 << 20,
                });
            }
            Command::PoolContent { limit, account, reply } => {
                let is_asked_for =
                    |one: &PoolTransaction| account.is_none() || one.sender.map(|(account, _)| account) == account;
                let listed: Vec<_> = ready.iter().map(pool_transaction).filter(is_asked_for).take(limit).collect();
                let room = limit - listed.len();
                let future = [PoolTransaction { valid_till: None, ..pool_transaction(&Arc::from([8, 9, 0])) }];
                let future = future.into_iter().filter(is_asked_for).take(room).collect();
                let _ = reply.send(PoolContent { ready: listed, future });
            }
            Command::PoolTransaction { hash, reply } => {
                let _ = reply.send(ready.iter().map(pool_transaction).find(|one| one.hash == hash));
            }
            Command::Mining { change, reply } => {
                match change {
                    MiningChange::Nothing => {}
                    MiningChange::Start => mining.mining = true,
                    MiningChange::Stop => mining.mining = false,
                    MiningChange::SetAuthor(author) => mining.author = author,
                }
                let _ = reply.send(mining.clone());
            }
        }
    }
}
