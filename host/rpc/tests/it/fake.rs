//! A made-up chain and engine behind a real server.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Map, json};
use tokio::runtime::Runtime;
use ziver_primitives::{Hash, Header};
use ziver_rpc::{
    ChainInfo, ChainRead, Context, ReadError, Server, ServerConfig,
    link::{self, Head, NewBlock, NewlyFinal, Notice, Notices},
};

mod chain;
mod engine;
mod gate;

use chain::FakeChain;
use engine::{Kept, engine};

pub const ALITH: &str = "0xf24ff3a9cf04c71dbc94d0b566f7a27b94566cac";

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
