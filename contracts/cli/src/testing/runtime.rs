//! The chain that tests run on: the runtime's own Wasm blob on a state in memory, without blocks of others, fees or signatures.
//!
//! A transaction is what `ContractsApi` does for one, on a state that stays: the same code of the same pallet, but nobody signs
//! it and nobody pays for it. Deposits for storage are taken as ever.

use codec::{Compact, Decode, Encode};
use thiserror::Error;
use ziver_executor::{CallError, CompileStrategy, Executor, ExecutorConfig, Overlay, RuntimeCode};
use ziver_metadata::Metadata;
use ziver_primitives::{Digest, Hash, Header, inherents::InherentData, storage_keys::item_prefix};

use super::account::{self, Record};

/// What the chain's clock shows at first: 1 January 2026, in milliseconds since 1970.
const START_MS: u64 = 1_767_225_600_000;
/// The time between two blocks, in milliseconds.
pub const BLOCK_MS: u64 = 2_000;
/// So many blocks are made one by one; of more, those before are skipped, and have no hash.
pub const BLOCKS_MADE_MAX: u32 = 16;
/// Of the weight that gas is counted in.
const PICOSECONDS_PER_GAS: u64 = 1_000;

/// Why the chain can't go on: never because of what a contract does.
#[derive(Debug, Error)]
pub enum RunError {
    /// The runtime can't be compiled.
    #[error("the runtime can't be started: {0}")]
    Start(String),
    /// The runtime refuses to work.
    #[error("{method} of the runtime failed: {problem}")]
    Call {
        /// What was called.
        method: &'static str,
        /// Why it failed.
        problem: CallError,
    },
    /// The chain refuses the code of a contract.
    #[error("the chain refuses the code of {contract}: {problem}")]
    Upload {
        /// The contract.
        contract: String,
        /// Why.
        problem: String,
    },
    /// The runtime answers in another form than expected.
    #[error("{0} of the runtime answers in a form that is not known here")]
    Answer(&'static str),
}

type Result<T = ()> = std::result::Result<T, RunError>;

/// The block in which transactions happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: u32,
    /// Its time, in milliseconds since 1970.
    pub time_ms: u64,
    parent: Hash,
}

/// A transaction.
#[derive(Clone, Copy, Debug)]
pub struct Transaction<'a> {
    /// Who sends it.
    pub origin: [u8; 20],
    /// What is sent along.
    pub value: u128,
    /// The gas that it may use; none: as much as any may.
    pub gas: Option<u64>,
    /// The input.
    pub input: &'a [u8],
}

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it used.
    pub gas: u64,
    /// What the contract answered, and whether it reverted; or why it came to that.
    pub result: std::result::Result<(bool, Vec<u8>), String>,
    /// The contract that was made.
    pub created: Option<[u8; 20]>,
    /// What contracts emitted.
    pub events: Vec<Emitted>,
    /// What contracts printed.
    pub printed: String,
}

/// An event of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// Who emitted it.
    pub contract: [u8; 20],
    /// What it can be found by.
    pub topics: Vec<[u8; 32]>,
    /// What it carries.
    pub data: Vec<u8>,
}

/// The chain.
pub struct Runtime {
    executor: Executor,
    code: RuntimeCode,
    metadata: Metadata,
    overlay: Overlay,
    block: Block,
    /// The blocks in which open transactions began.
    before: Vec<Block>,
}

impl Runtime {
    /// A development chain in its first block.
    pub fn start() -> Result<Self> {
        let config = ExecutorConfig { strategy: CompileStrategy::WinchOnly, ..ExecutorConfig::default() };
        let executor = Executor::new(config).map_err(|problem| RunError::Start(problem.to_string()))?;
        let code = RuntimeCode::new(ziver_wasm::RUNTIME);
        let mut overlay = Overlay::default();
        let mut ask = |method, input: &[u8]| {
            executor.call(&code, method, input, &mut overlay).map_err(|problem| RunError::Call { method, problem })
        };
        let preset = ask("GenesisBuilder_get_preset", &Some("development").encode())?;
        let preset = Option::<Vec<u8>>::decode(&mut &preset[..]).ok().flatten();
        let preset = preset.ok_or(RunError::Answer("GenesisBuilder_get_preset"))?;
        if ask("GenesisBuilder_build_state", &preset.encode())? != [0] {
            return Err(RunError::Answer("GenesisBuilder_build_state"));
        }
        let metadata = ask("Metadata_metadata", &[])?;
        let metadata = Vec::<u8>::decode(&mut &metadata[..]).ok().and_then(|bytes| Metadata::decode(&bytes).ok());
        let metadata = metadata.ok_or(RunError::Answer("Metadata_metadata"))?;
        let block = Block { number: 0, time_ms: START_MS - BLOCK_MS, parent: Hash::default() };
        let mut chain = Self { executor, code, metadata, overlay, block, before: Vec::new() };
        chain.begin_block(1, START_MS, Hash::default())?;
        Ok(chain)
    }

    fn ask(&mut self, method: &'static str, input: &[u8]) -> Result<Vec<u8>> {
        let answer = self.executor.call(&self.code, method, input, &mut self.overlay);
        answer.map_err(|problem| RunError::Call { method, problem })
    }

    /// The block in which transactions happen.
    pub fn block(&self) -> Block {
        self.block
    }

    /// From here on what happens can be undone.
    pub fn begin(&mut self) {
        self.overlay.start_transaction();
        self.before.push(self.block);
    }

    /// What happened since the last beginning stays.
    pub fn commit(&mut self) {
        if self.before.pop().is_some() {
            let _ = self.overlay.commit_transaction();
        }
    }

    /// What happened since the last beginning is undone.
    pub fn rollback(&mut self) {
        if let Some(before) = self.before.pop() {
            self.block = before;
            let _ = self.overlay.rollback_transaction();
        }
    }

    /// All that happened since the first beginning is undone.
    pub fn rollback_all(&mut self) {
        while !self.before.is_empty() {
            self.rollback();
        }
    }

    /// So many blocks pass, the last of them after so many milliseconds.
    pub fn pass(&mut self, blocks: u32, milliseconds: u64) -> Result {
        let (number, time) =
            (self.block.number.saturating_add(blocks), self.block.time_ms.saturating_add(milliseconds));
        let made = blocks.min(BLOCKS_MADE_MAX);
        for left in (0..made).rev() {
            let parent = self.end_block()?;
            let earlier = BLOCK_MS.saturating_mul(left.into());
            // Each block is later than the one before.
            let time = time.saturating_sub(earlier).max(self.block.time_ms.saturating_add(1));
            self.begin_block(number.saturating_sub(left), time, parent)?;
        }
        Ok(())
    }

    fn begin_block(&mut self, number: u32, time_ms: u64, parent: Hash) -> Result {
        let header = Header {
            parent_hash: parent,
            number,
            state_root: Hash::default(),
            extrinsics_root: Hash::default(),
            digest: Digest::default(),
        };
        self.ask("Core_initialize_block", &header.encode())?;
        let inherents =
            self.ask("BlockBuilder_inherent_extrinsics", &InherentData::with_timestamp(time_ms).encode())?;
        let inherents = Vec::<Vec<u8>>::decode(&mut &inherents[..]);
        for inherent in inherents.map_err(|_| RunError::Answer("BlockBuilder_inherent_extrinsics"))? {
            self.ask("BlockBuilder_apply_extrinsic", &inherent.encode())?;
        }
        self.block = Block { number, time_ms, parent };
        Ok(())
    }

    fn end_block(&mut self) -> Result<Hash> {
        let header = self.ask("BlockBuilder_finalize_block", &[])?;
        let header = Header::decode(&mut &header[..]).map_err(|_| RunError::Answer("BlockBuilder_finalize_block"))?;
        Ok(header.hash())
    }

    /// Stores code, so that contracts can make others of it.
    pub fn upload(&mut self, origin: [u8; 20], wasm: &[u8]) -> Result<std::result::Result<(), String>> {
        const METHOD: &str = "ContractsApi_upload_code";
        let answer = self.ask(METHOD, &(origin, wasm, None::<u128>, 0u8).encode())?;
        match answer.split_first() {
            Some((0, _)) => Ok(Ok(())),
            Some((1, error)) => Ok(Err(self.describe(error))),
            _ => Err(RunError::Answer(METHOD)),
        }
    }

    /// Calls a contract. What a transaction that fails did is undone.
    pub fn call(&mut self, contract: [u8; 20], transaction: Transaction<'_>) -> Result<Receipt> {
        let Transaction { origin, value, input, .. } = transaction;
        let gas = weight(transaction.gas);
        let input = (origin, contract, value, gas, None::<u128>, input).encode();
        self.transact("ContractsApi_call", origin, &input)
    }

    /// Makes a contract of code that is stored. What a transaction that fails did is undone.
    pub fn create(&mut self, code_hash: [u8; 32], salt: &[u8], transaction: Transaction<'_>) -> Result<Receipt> {
        let Transaction { origin, value, input, .. } = transaction;
        let gas = weight(transaction.gas);
        let input = (origin, value, gas, None::<u128>, (1u8, code_hash), input, salt).encode();
        self.transact("ContractsApi_instantiate", origin, &input)
    }

    fn transact(&mut self, method: &'static str, origin: [u8; 20], input: &[u8]) -> Result<Receipt> {
        self.begin();
        self.overlay.clear(None, &item_prefix("System", "Events"));
        let answer = match self.ask(method, input) {
            Ok(answer) => answer,
            Err(problem) => {
                self.rollback();
                return Err(problem);
            }
        };
        let receipt = self.receipt(&answer, method == "ContractsApi_instantiate");
        match &receipt {
            Some(Receipt { result: Ok((false, _)), .. }) => self.commit(),
            _ => self.rollback(),
        }
        let mut record = self.account(&origin);
        record.nonce = record.nonce.saturating_add(1);
        self.set_account(&origin, &record);
        receipt.ok_or(RunError::Answer(method))
    }

    fn receipt(&self, answer: &[u8], creates: bool) -> Option<Receipt> {
        type Weight = (Compact<u64>, Compact<u64>);
        type Head = (Weight, Weight, (u8, u128), Vec<u8>, u8);
        let mut rest = answer;
        let (consumed, _, _, printed, failed) = Head::decode(&mut rest).ok()?;
        let mut receipt = Receipt {
            gas: consumed.0.0 / PICOSECONDS_PER_GAS,
            result: Err(String::new()),
            created: None,
            events: Vec::new(),
            printed: String::from_utf8_lossy(&printed).into_owned(),
        };
        if failed != 0 {
            // Behind the error comes the list of events that is not there: one byte.
            let (_, error) = rest.split_last()?;
            receipt.result = Err(self.describe(error));
            return Some(receipt);
        }
        let (flags, data) = <(u32, Vec<u8>)>::decode(&mut rest).ok()?;
        if creates {
            receipt.created = Some(<[u8; 20]>::decode(&mut rest).ok()?);
        }
        let reverted = flags & 1 != 0;
        receipt.result = Ok((reverted, data));
        if !reverted {
            receipt.events = self.events()?;
        }
        Some(receipt)
    }

    fn describe(&self, error: &[u8]) -> String {
        self.metadata.describe_dispatch_error_bytes(error).unwrap_or_else(|_| format!("error 0x{}", hex::encode(error)))
    }

    fn value(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.overlay.get(None, key).ok().flatten().map(std::borrow::Cow::into_owned)
    }

    /// What contracts emitted in the last transaction.
    fn events(&self) -> Option<Vec<Emitted>> {
        let Some(bytes) = self.value(&item_prefix("System", "Events")) else { return Some(Vec::new()) };
        let mut emitted = Vec::new();
        for event in self.metadata.events(&bytes).ok()? {
            let event = event.ok()?;
            if (event.pallet.as_str(), event.name.as_str()) != ("Contracts", "ContractEmitted") {
                continue;
            }
            let bytes = |value: &serde_json::Value| hex::decode(value.as_str()?.strip_prefix("0x")?).ok();
            let topics = event.topics.iter().map(|topic| bytes(topic)?.try_into().ok());
            emitted.push(Emitted {
                contract: bytes(event.fields.get("contract")?)?.try_into().ok()?,
                topics: topics.collect::<Option<_>>()?,
                data: bytes(event.fields.get("data")?)?,
            });
        }
        Some(emitted)
    }

    /// The record of an account.
    pub fn account(&self, address: &[u8; 20]) -> Record {
        let record = self.value(&account::storage_key(address));
        record.and_then(|bytes| Record::decode(&mut &bytes[..]).ok()).unwrap_or_else(Record::new)
    }

    /// Writes the record of an account.
    pub fn set_account(&mut self, address: &[u8; 20], record: &Record) {
        self.overlay.set(None, &account::storage_key(address), record.encode());
    }

    /// The hash of a contract's code; none: there is no contract.
    pub fn code_hash(&self, address: &[u8; 20]) -> Option<[u8; 32]> {
        let argument = serde_json::Value::String(format!("0x{}", hex::encode(address)));
        let key = self.metadata.storage_key("Contracts", "ContractInfoOf", &[argument]).ok()?;
        let info = self.metadata.decode_storage_value("Contracts", "ContractInfoOf", &self.value(&key)?).ok()?;
        hex::decode(info.get("code_hash")?.as_str()?.strip_prefix("0x")?).ok()?.try_into().ok()
    }

    /// The hash of one of the last blocks.
    pub fn block_hash(&self, number: u32) -> Option<[u8; 32]> {
        if number.checked_add(1) == Some(self.block.number) {
            return Some(self.block.parent.0);
        }
        let key = self.metadata.storage_key("System", "BlockHash", &[number.into()]).ok()?;
        self.value(&key)?.try_into().ok()
    }
}

fn weight(gas: Option<u64>) -> Option<(Compact<u64>, Compact<u64>)> {
    gas.map(|gas| (Compact(gas.saturating_mul(PICOSECONDS_PER_GAS)), Compact(0)))
}
