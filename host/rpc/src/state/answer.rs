//! Storage values and keys read for a client: counted while they are read, a few answers at a time.
//!
//! A short request can ask for much: keys are small, values are not. So the reading itself stops as soon as an answer
//! gets larger than [`STORAGE_ANSWER_BYTES_MAX`], only [`STORAGE_ANSWERS_AT_ONCE_MAX`] answers are in work at a time,
//! from the first read until they are serialised, and what the subscriptions are told of has a budget ([`watched`]).
//!
//! Out of scope: answers that are serialised and wait for their client to read them.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use jsonrpsee::types::ErrorObjectOwned;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use ziver_primitives::{Hash, hashing::blake2_256, storage_keys::item_prefix};

use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::{self, RpcResult},
    json::{self, StorageChangeSet},
    limits::{BLOCKING_WAITERS_MAX, KEYS_PER_READ, STORAGE_ANSWER_BYTES_MAX, STORAGE_ANSWERS_AT_ONCE_MAX},
};

pub mod watched;

use watched::Watched;

/// The turns for large answers, and the budget of subscriptions: one of them for all methods, in [`Context`].
#[derive(Debug)]
pub struct Answers {
    free: Arc<Semaphore>,
    waiters: Semaphore,
    /// What subscriptions may be told of.
    pub watched: Watched,
}

/// A value that keeps its turn until it is dropped, which is after it was serialised.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Held<T> {
    value: T,
    #[serde(skip)]
    _turn: Arc<OwnedSemaphorePermit>,
}

impl Answers {
    /// Nothing is in work yet.
    pub fn new() -> Self {
        Self {
            free: Arc::new(Semaphore::new(STORAGE_ANSWERS_AT_ONCE_MAX)),
            waiters: Semaphore::new(BLOCKING_WAITERS_MAX),
            watched: Watched::default(),
        }
    }

    /// Runs `work` on a blocking thread when it is its turn. The turn is over when the answer is dropped.
    pub async fn read<T: Send + 'static, E: Send + 'static>(
        &self,
        context: &Context,
        work: impl FnOnce(&dyn ChainRead) -> Result<T, E> + Send + 'static,
    ) -> RpcResult<Result<Held<T>, E>> {
        let waiter = self.waiters.try_acquire().map_err(|_| error::busy())?;
        let turn = self.free.clone().acquire_owned().await.map_err(error::internal)?;
        drop(waiter);
        // The turn goes with the work: a client that hangs up does not make room before its work has ended.
        context.read(move |chain| work(chain).map(|value| Held { value, _turn: Arc::new(turn) })).await
    }
}

impl<T> Held<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// Ends the turn, for a value that is small.
    pub fn release(self) -> T {
        self.value
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerError {
    /// The chain could not be read.
    Read(ReadError),
    /// The answer has this many bytes or more, hence more than [`STORAGE_ANSWER_BYTES_MAX`].
    TooLarge(usize),
}

impl From<ReadError> for AnswerError {
    fn from(why: ReadError) -> Self {
        Self::Read(why)
    }
}

/// The error that a client gets.
pub fn refusal(why: AnswerError) -> ErrorObjectOwned {
    match why {
        AnswerError::Read(why) => error::state(why),
        AnswerError::TooLarge(bytes) => error::too_much("size of the answer in bytes", bytes, STORAGE_ANSWER_BYTES_MAX),
    }
}

/// Bytes of one answer.
#[derive(Debug, Default)]
pub struct Size(usize);

impl Size {
    /// Counts more of them.
    pub fn add(&mut self, bytes: usize) -> Result<(), AnswerError> {
        self.0 = self.0.saturating_add(bytes);
        if self.0 > STORAGE_ANSWER_BYTES_MAX { Err(AnswerError::TooLarge(self.0)) } else { Ok(()) }
    }

    /// All of them.
    pub fn bytes(&self) -> usize {
        self.0
    }
}

/// `keys` without repetitions, each where it stood first.
pub fn distinct(mut keys: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut seen = HashSet::new();
    keys.retain(|key| seen.insert(blake2_256(key)));
    keys
}

/// Stands for a value in what a subscription remembers.
pub type Fingerprint = Option<[u8; 32]>;

/// Values at one block.
#[derive(Debug, Clone)]
pub struct Values {
    /// Those that differ from what was known before, and the events, which every block makes anew.
    pub changed: StorageChangeSet,
    /// One per key.
    pub fingerprints: Vec<Fingerprint>,
    /// Bytes of the keys and of all values.
    pub bytes: usize,
}

/// The list of events. Each block writes it; two blocks with equal events have still had them twice, and whoever counts
/// payments by them must be told of both.
static EVENTS: LazyLock<Vec<u8>> = LazyLock::new(|| item_prefix("System", "Events"));

/// Reads the values of `keys`, and tells apart those that changed since `known` (all, when nothing is known).
pub fn values(
    chain: &dyn ChainRead,
    at: Hash,
    keys: &[Vec<u8>],
    known: Option<&[Fingerprint]>,
) -> Result<Values, AnswerError> {
    let (mut size, mut changes, mut fingerprints) = (Size::default(), Vec::new(), Vec::with_capacity(keys.len()));
    for (index, key) in keys.iter().enumerate() {
        let value = chain.storage(at, None, key)?;
        size.add(key.len() + value.as_ref().map_or(0, Vec::len))?;
        let fingerprint = value.as_ref().map(|value| blake2_256(value));
        let is_known = known.and_then(|known| known.get(index)) == Some(&fingerprint);
        if !is_known || *key == *EVENTS {
            changes.push((json::bytes(key), value.map(json::bytes)));
        }
        fingerprints.push(fingerprint);
    }
    Ok(Values { changed: StorageChangeSet { block: json::hash(at), changes }, fingerprints, bytes: size.bytes() })
}

/// The values of `keys` at one block.
pub fn change_set(chain: &dyn ChainRead, at: Hash, keys: &[Vec<u8>]) -> Result<StorageChangeSet, AnswerError> {
    let (mut size, mut changes) = (Size::default(), Vec::with_capacity(keys.len()));
    for key in keys {
        let value = chain.storage(at, None, key)?;
        size.add(key.len() + value.as_ref().map_or(0, Vec::len))?;
        changes.push((json::bytes(key), value.map(json::bytes)));
    }
    Ok(StorageChangeSet { block: json::hash(at), changes })
}

/// At most `count` keys after `after` that begin with `prefix`, in hexadecimal.
pub fn page(
    chain: &dyn ChainRead,
    at: Hash,
    child: Option<&[u8]>,
    prefix: &[u8],
    mut after: Option<Vec<u8>>,
    count: usize,
) -> Result<Vec<String>, AnswerError> {
    let (mut size, mut keys) = (Size::default(), Vec::new());
    loop {
        let wanted = (count - keys.len()).min(KEYS_PER_READ);
        let mut read = chain.keys(at, child, prefix, after.as_deref(), wanted)?;
        for key in &read {
            size.add(key.len())?;
            keys.push(json::bytes(key));
        }
        if read.len() < wanted || keys.len() >= count {
            return Ok(keys);
        }
        after = read.pop();
    }
}
