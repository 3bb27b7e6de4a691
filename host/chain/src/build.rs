//! Making a block on a parent: initialise, inherents, transactions, finalise.
//!
//! Nothing here is stored. The result goes to [`Chain::insert`](crate::Chain::insert), which takes over the state that building
//! made, so an author never executes its own block a second time. The chain has no clock: time for inherents is in the request,
//! and the source of transactions decides when there are no more.

use std::{collections::VecDeque, sync::Arc};

use codec::{Compact, Decode, DecodeAll, Encode};
use ziver_executor::{CallError, Executor};
use ziver_primitives::{
    AccountId20, Block, BlockNumber, Digest, DigestItem, Hash, Header, OpaqueExtrinsic, RuntimeVersion,
    ZIVER_ENGINE_ID, inherents::InherentData, validity::TransactionValidityError,
};
use ziver_state::{Finished, NoTransaction, Overlay, RuntimeCode, StateError};

use crate::batch;
use crate::import::state_version;
use crate::index::EVENTS_KEY;
use crate::limits::{BATCH_BYTES_MAX, BATCH_COUNT_MAX, BODY_BYTES_MAX, EXHAUSTED_SKIPS_MAX, EXTRINSICS_COUNT_MAX};
use crate::reader::{ChainReader, ReadError, is_database_fault};

/// What a block is made on and from.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    /// The block to build on.
    pub parent: Hash,
    /// Who gets the fees.
    pub author: AccountId20,
    /// The time, and whatever else inherents are made from.
    pub inherents: InherentData,
    /// Bytes of all extrinsics, at most [`BODY_BYTES_MAX`].
    pub body_bytes_max: usize,
}

/// A transaction offered for a block.
#[derive(Clone, Debug)]
pub struct Offer {
    /// blake2-256 of `bytes`.
    pub hash: Hash,
    /// SCALE encoding with its length prefix.
    pub bytes: Arc<[u8]>,
}

/// What became of an offered transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the block (its dispatch may have failed, which is the sender's affair).
    Included,
    /// It fits no more in this block; it may fit in the next.
    Exhausted,
    /// It is not valid on this state.
    Invalid(TransactionValidityError),
    /// The runtime failed on it; it must not be offered again.
    Failed(String),
}

/// Where transactions come from. The builder asks for one or several, applies them, and tells what became of each, in their order.
pub trait ExtrinsicSource {
    /// The next transaction; `None` when there is no more, or no more time.
    fn next(&mut self) -> Option<Offer>;
    /// What became of the oldest one that was given and not told of.
    fn report(&mut self, hash: &Hash, outcome: Outcome);
    /// How many it gives before it is told what became of the first of them.
    fn ahead(&self) -> usize {
        1
    }
    /// Whether one that was given, and not told of, is to be left out after all: it needs what was not included. It is not told of
    /// any more.
    fn is_withdrawn(&self, _hash: &Hash) -> bool {
        false
    }
}

/// A source without transactions.
pub struct NoExtrinsics;

impl ExtrinsicSource for NoExtrinsics {
    fn next(&mut self) -> Option<Offer> {
        None
    }

    fn report(&mut self, _: &Hash, _: Outcome) {}
}

/// A built block with the state after it.
pub struct Built {
    pub(crate) hash: Hash,
    pub(crate) header: Header,
    pub(crate) extrinsics: Vec<Arc<[u8]>>,
    pub(crate) hashes: Vec<Hash>,
    pub(crate) finished: Finished,
}

impl Built {
    /// Hash of the block.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Its header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Hashes of its extrinsics in order, inherents first.
    pub fn extrinsic_hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The block as peers get it.
    pub fn block(&self) -> Block {
        let decode = |bytes: &Arc<[u8]>| OpaqueExtrinsic::decode(&mut &bytes[..]).expect("applied, so it decodes");
        Block { header: self.header.clone(), extrinsics: self.extrinsics.iter().map(decode).collect() }
    }

    /// SCALE of all extrinsics, as the database keeps it.
    pub(crate) fn body(&self) -> Vec<u8> {
        let bytes: usize = self.extrinsics.iter().map(|bytes| bytes.len()).sum();
        let mut body = Vec::with_capacity(bytes + 4);
        Compact(u32::try_from(self.extrinsics.len()).unwrap_or(u32::MAX)).encode_to(&mut body);
        self.extrinsics.iter().for_each(|bytes| body.extend_from_slice(bytes));
        body
    }
}

/// What an extrinsic would do in the next block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// `BlockBuilder_apply_extrinsic`'s answer: an `ApplyExtrinsicResult`.
    pub answer: Vec<u8>,
    /// The index that it has in the block.
    pub index: u32,
    /// The list of events up to here, SCALE-encoded.
    pub events: Vec<u8>,
}

/// Why no block was made. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The parent is not known.
    #[error("parent {0:?} is unknown")]
    UnknownParent(Hash),
    /// No block can follow the last number.
    #[error("block numbers are exhausted")]
    NumbersExhausted,
    /// The parent can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The runtime failed outside of any transaction.
    #[error("{method}: {error}")]
    Call {
        /// The entry point.
        method: &'static str,
        /// What went wrong.
        error: CallError,
    },
    /// The runtime's answer is not what its entry point promises.
    #[error("{method} answers malformed bytes")]
    Answer {
        /// The entry point.
        method: &'static str,
    },
    /// The runtime ends another block than it began.
    #[error("the runtime changed the {0} of the block while it was built")]
    Header(&'static str),
    /// The runtime made a header that does not tell the state after its block: nobody could import it.
    #[error("the runtime wrote the state root {found:?} into its block, the state has {computed:?}")]
    StateRoot {
        /// In the header.
        found: Hash,
        /// Of the state.
        computed: Hash,
    },
    /// The runtime does not take its own inherent.
    #[error("the runtime refuses its own inherent: {0}")]
    Inherent(String),
    /// State could not be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// The runtime left fewer storage transactions open than it found.
    #[error(transparent)]
    Transaction(#[from] NoTransaction),
}

impl BuildError {
    /// Whether the runtime failed on what it was given, which may be the work of a transaction.
    pub fn is_runtime_fault(&self) -> bool {
        match self {
            BuildError::Call { error, .. } => error.is_runtime_fault() || matches!(error, CallError::TimeLimit { .. }),
            BuildError::Answer { .. }
            | BuildError::Header(_)
            | BuildError::StateRoot { .. }
            | BuildError::Inherent(_)
            | BuildError::Transaction(_) => true,
            BuildError::UnknownParent(_)
            | BuildError::NumbersExhausted
            | BuildError::Read(_)
            | BuildError::State(_) => false,
        }
    }

    /// Whether the database failed or is damaged: the process must end.
    pub fn is_fatal(&self) -> bool {
        match self {
            BuildError::Read(error) => error.is_fatal(),
            BuildError::State(error) | BuildError::Call { error: CallError::State(error), .. } => {
                is_database_fault(error)
            }
            _ => false,
        }
    }
}

/// The pre-runtime digest item that names the author of a block.
pub fn author_digest(author: &AccountId20) -> DigestItem {
    DigestItem::PreRuntime(ZIVER_ENGINE_ID, author.encode())
}

struct Builder<'a> {
    executor: &'a Executor,
    /// Whether the runtime takes several transactions in one call.
    takes_batches: bool,
    code: Arc<RuntimeCode>,
    overlay: Overlay,
    extrinsics: Vec<Arc<[u8]>>,
    hashes: Vec<Hash>,
    bytes: usize,
}

/// A block that was begun, and what the end of it needs.
struct Begun<'a> {
    builder: Builder<'a>,
    number: BlockNumber,
    version: RuntimeVersion,
    takes_transactions: bool,
}

/// Initialises a block and applies its inherents.
fn begin<'a>(reader: &'a ChainReader, request: &BuildRequest) -> Result<Begun<'a>, BuildError> {
    let parent = reader.header(&request.parent)?.ok_or(BuildError::UnknownParent(request.parent))?;
    let number = parent.number.checked_add(1).ok_or(BuildError::NumbersExhausted)?;
    let view = reader.view_at(&request.parent)?.ok_or(BuildError::UnknownParent(request.parent))?;
    let code = view.runtime_code()?.ok_or(ReadError::NoCode(request.parent))?;
    let executor = &*reader.shared.executor;
    let version = executor.runtime_version(&code).map_err(ReadError::from)?;
    let overlay = Overlay::new(view);
    let takes_batches = version.api_version(batch::API).is_some();
    let mut builder =
        Builder { executor, takes_batches, code, overlay, extrinsics: Vec::new(), hashes: Vec::new(), bytes: 0 };

    let takes_transactions = builder.initialize(request, number)?;
    builder.apply_inherents(&request.inherents)?;
    Ok(Begun { builder, number, version, takes_transactions })
}

pub(crate) fn build(
    reader: &ChainReader,
    request: &BuildRequest,
    source: &mut dyn ExtrinsicSource,
) -> Result<Built, BuildError> {
    let Begun { mut builder, number, version, takes_transactions } = begin(reader, request)?;
    if takes_transactions {
        builder.apply_transactions(source, request.body_bytes_max.min(BODY_BYTES_MAX))?;
    }
    let answer = builder.call("BlockBuilder_finalize_block", &[])?;
    let header: Header = decode("BlockBuilder_finalize_block", &answer)?;
    check_header(&header, request, number)?;
    let Builder { overlay, extrinsics, hashes, .. } = builder;
    let finished = overlay.finish(state_version(&version))?;
    if finished.root != header.state_root {
        return Err(BuildError::StateRoot { found: header.state_root, computed: finished.root });
    }
    Ok(Built { hash: header.hash(), header, extrinsics, hashes, finished })
}

/// What an extrinsic would do as the first transaction of a block. Nothing is stored.
pub(crate) fn dry_run(reader: &ChainReader, request: &BuildRequest, extrinsic: &[u8]) -> Result<DryRun, BuildError> {
    let mut builder = begin(reader, request)?.builder;
    let answer = builder.call("BlockBuilder_apply_extrinsic", extrinsic)?;
    let index = u32::try_from(builder.extrinsics.len()).unwrap_or(u32::MAX);
    let events = builder.overlay.get(None, &EVENTS_KEY)?.map(|events| events.to_vec());
    Ok(DryRun { answer, index, events: events.unwrap_or_else(|| vec![0]) })
}

/// Whether the header continues what was begun. A call with root's power can overwrite the runtime's own record of the block;
/// importers would refuse what comes of that, so it must not become part of this chain either.
fn check_header(header: &Header, request: &BuildRequest, number: BlockNumber) -> Result<(), BuildError> {
    let rules = [
        ("parent", header.parent_hash == request.parent),
        ("number", header.number == number),
        ("author", header.digest.logs.first() == Some(&author_digest(&request.author))),
    ];
    match rules.iter().find(|(_, holds)| !holds) {
        Some((field, _)) => Err(BuildError::Header(field)),
        None => Ok(()),
    }
}

impl Builder<'_> {
    fn call(&mut self, method: &'static str, input: &[u8]) -> Result<Vec<u8>, BuildError> {
        let result = self.executor.call(&self.code, method, input, &mut self.overlay);
        result.map_err(|error| BuildError::Call { method, error })
    }

    /// Whether the block may carry more than inherents.
    fn initialize(&mut self, request: &BuildRequest, number: BlockNumber) -> Result<bool, BuildError> {
        let header = Header {
            parent_hash: request.parent,
            number,
            state_root: Hash::zero(),
            extrinsics_root: Hash::zero(),
            digest: Digest { logs: vec![author_digest(&request.author)] },
        };
        let answer = self.call("Core_initialize_block", &header.encode())?;
        match answer.as_slice() {
            [] | [0] => Ok(true),
            [1] => Ok(false),
            _ => Err(BuildError::Answer { method: "Core_initialize_block" }),
        }
    }

    fn apply_inherents(&mut self, data: &InherentData) -> Result<(), BuildError> {
        let method = "BlockBuilder_inherent_extrinsics";
        let answer = self.call(method, &data.encode())?;
        let inherents: Vec<OpaqueExtrinsic> = decode(method, &answer)?;
        for inherent in inherents {
            let bytes: Arc<[u8]> = inherent.encode().into();
            match self.apply(&bytes)? {
                Outcome::Included => self.include(inherent.hash(), bytes),
                outcome => return Err(BuildError::Inherent(format!("{outcome:?}"))),
            }
        }
        Ok(())
    }

    fn apply_transactions(&mut self, source: &mut dyn ExtrinsicSource, bytes_max: usize) -> Result<(), BuildError> {
        let inherents = self.extrinsics.len();
        let mut exhausted = 0;
        // Something did not fit, and nothing has fitted since: the next ones will hardly, either.
        let mut is_full = false;
        let mut taken: VecDeque<Offer> = VecDeque::new();
        // Those of a batch that the runtime failed on: each is tried alone, which shows whose fault it was.
        let mut alone = 0usize;
        while exhausted < EXHAUSTED_SKIPS_MAX && self.extrinsics.len() < EXTRINSICS_COUNT_MAX {
            let is_single = !self.takes_batches || alone > 0 || is_full;
            let count_max = if is_single { 1 } else { source.ahead().clamp(1, BATCH_COUNT_MAX) };
            while taken.len() < count_max
                && let Some(offer) = source.next()
            {
                taken.push_back(offer);
            }
            let Some(first) = taken.front() else { break };
            let fitting = self.fitting(taken.iter().take(count_max), bytes_max);
            let outcomes = match fitting {
                0 => vec![Outcome::Exhausted],
                1 => vec![self.apply(&first.bytes)?],
                _ => match self.apply_batch(taken.iter().take(fitting))? {
                    Some(outcomes) => outcomes,
                    None => {
                        alone = fitting;
                        continue;
                    }
                },
            };
            for outcome in outcomes {
                let Some(Offer { hash, bytes }) = taken.pop_front() else { break };
                alone = alone.saturating_sub(1);
                is_full = match outcome {
                    Outcome::Included => false,
                    Outcome::Exhausted => true,
                    Outcome::Invalid(_) | Outcome::Failed(_) => is_full,
                };
                // What fits in no block says nothing of how full this one is.
                exhausted += usize::from(outcome == Outcome::Exhausted && self.extrinsics.len() > inherents);
                let is_included = outcome == Outcome::Included;
                if is_included {
                    self.include(hash, bytes);
                }
                source.report(&hash, outcome);
                if !is_included {
                    taken.retain(|offer| !source.is_withdrawn(&offer.hash));
                }
            }
        }
        Ok(())
    }

    /// How many of the next offers fit in the block by their bytes, and in one call. Any that fits in the block fits in a call
    /// alone.
    fn fitting<'a>(&self, offers: impl Iterator<Item = &'a Offer>, bytes_max: usize) -> usize {
        let left = bytes_max.saturating_sub(self.bytes);
        let count_max = EXTRINSICS_COUNT_MAX.saturating_sub(self.extrinsics.len());
        let sums = offers.take(count_max).scan(0usize, |sum, offer| {
            *sum = sum.saturating_add(offer.bytes.len());
            Some(*sum)
        });
        sums.enumerate().take_while(|(index, sum)| *sum <= left && (*index == 0 || *sum <= BATCH_BYTES_MAX)).count()
    }

    /// Applies several: what became of the first ones, up to one that is not included. `None` where the runtime failed on
    /// them; the state is then as before.
    fn apply_batch<'a>(&mut self, offers: impl Iterator<Item = &'a Offer>) -> Result<Option<Vec<Outcome>>, BuildError> {
        let offers: Vec<&[u8]> = offers.map(|offer| &*offer.bytes).collect();
        let depth = self.overlay.transaction_depth();
        self.overlay.start_transaction();
        let input = batch::list(&offers);
        let outcomes = match self.executor.call(&self.code, batch::APPLY, &input, &mut self.overlay) {
            Ok(answer) => batch_outcomes(&answer, offers.len()),
            Err(error) if error.is_runtime_fault() || matches!(error, CallError::TimeLimit { .. }) => None,
            Err(error) => return Err(BuildError::Call { method: batch::APPLY, error }),
        };
        while self.overlay.transaction_depth() > depth {
            match outcomes {
                Some(_) => self.overlay.commit_transaction()?,
                None => self.overlay.rollback_transaction()?,
            }
        }
        Ok(outcomes)
    }

    fn include(&mut self, hash: Hash, bytes: Arc<[u8]>) {
        self.bytes += bytes.len();
        self.extrinsics.push(bytes);
        self.hashes.push(hash);
    }

    /// Applies one extrinsic; unless it is included, the state is as before.
    fn apply(&mut self, bytes: &[u8]) -> Result<Outcome, BuildError> {
        let method = "BlockBuilder_apply_extrinsic";
        let depth = self.overlay.transaction_depth();
        self.overlay.start_transaction();
        let result = self.executor.call(&self.code, method, bytes, &mut self.overlay);
        let outcome = match result {
            Ok(answer) => outcome(&answer).ok_or(BuildError::Answer { method })?,
            // A transaction that keeps the runtime busy for ever must not be offered again, so it counts as failed.
            Err(error @ CallError::TimeLimit { .. }) => Outcome::Failed(error.to_string()),
            Err(error) if error.is_runtime_fault() => Outcome::Failed(error.to_string()),
            Err(error) => return Err(BuildError::Call { method, error }),
        };
        // A call that failed may have left transactions of its own open.
        while self.overlay.transaction_depth() > depth {
            match outcome {
                Outcome::Included => self.overlay.commit_transaction()?,
                _ => self.overlay.rollback_transaction()?,
            }
        }
        Ok(outcome)
    }
}

/// Reads what the runtime says of `count` extrinsics: how many are included, and why the next one is not. `None` where it makes
/// no sense.
fn batch_outcomes(answer: &[u8], count: usize) -> Option<Vec<Outcome>> {
    let (included, refused) = <(u32, Option<TransactionValidityError>)>::decode_all(&mut &answer[..]).ok()?;
    let included = usize::try_from(included).ok()?;
    let is_whole = if refused.is_some() { included < count } else { included == count };
    let mut outcomes = vec![Outcome::Included; if is_whole { included } else { return None }];
    outcomes.extend(refused.map(refusal));
    Some(outcomes)
}

fn refusal(error: TransactionValidityError) -> Outcome {
    if error.exhausted_resources() { Outcome::Exhausted } else { Outcome::Invalid(error) }
}

/// Reads an `ApplyExtrinsicResult`: `Result<DispatchOutcome, TransactionValidityError>`.
fn outcome(answer: &[u8]) -> Option<Outcome> {
    match answer.split_first()? {
        (0, _) => Some(Outcome::Included),
        (1, mut error) => TransactionValidityError::decode(&mut error).ok().map(refusal),
        _ => None,
    }
}

fn decode<T: Decode>(method: &'static str, answer: &[u8]) -> Result<T, BuildError> {
    T::decode_all(&mut &answer[..]).map_err(|_| BuildError::Answer { method })
}

#[cfg(test)]
mod tests;
