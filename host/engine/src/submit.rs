//! A transaction comes in: the runtime validates it on the best block's state, the pool places it.

use std::sync::Arc;

use codec::{Compact, Decode, DecodeAll, Encode};
use ziver_chain::{ReadError, Validated};
use ziver_pool::{Candidate, Sender, Tag};
use ziver_primitives::{
    AccountId20, BlockNumber, Hash, Nonce,
    hashing::blake2_256,
    validity::{TransactionSource, TransactionValidity, TransactionValidityError, ValidTransaction},
};

use crate::engine::Engine;
use crate::event::{Reply, RequestId, Submission, SubmitError};

impl Engine {
    /// Takes transactions, or lets their watchers join those of transactions that are known.
    pub(crate) fn take_in_all(&mut self, now_ms: u64, submissions: Vec<(RequestId, Submission)>) {
        // Whatever the pool knows already needs no runtime.
        let mut checked = Vec::with_capacity(submissions.len());
        let mut replies = Vec::with_capacity(submissions.len());
        for (id, submission) in submissions {
            match self.look_up(now_ms, &submission) {
                Ok(hash) => checked.push((id, hash, submission)),
                Err(reply) => replies.push((id, *reply)),
            }
        }
        let asked: Vec<_> = checked.iter().map(|(_, _, submission)| (submission.source, &*submission.bytes)).collect();
        let verdicts = self.validate_all(&asked);
        for ((id, hash, submission), verdict) in checked.into_iter().zip(verdicts) {
            replies.push((id, self.place(now_ms, hash, submission, verdict)));
        }
        for (id, reply) in replies {
            self.reply(id, reply);
        }
    }

    /// Takes one transaction that nobody watches.
    pub(crate) fn submit(&mut self, now_ms: u64, submission: Submission) -> Result<Hash, SubmitError> {
        check_prefix(&submission.bytes)?;
        let hash = Hash::from(blake2_256(&submission.bytes));
        self.pool.check(&hash, submission.bytes.len(), now_ms)?;
        let valid = self.validate(&submission.bytes, submission.source)?;
        self.put(now_ms, hash, submission, valid)
    }

    /// The hash of a transaction that is new; else the answer.
    fn look_up(&mut self, now_ms: u64, submission: &Submission) -> Result<Hash, Box<Reply>> {
        let refused = |error| Box::new(Reply::Submitted(Err(error)));
        let hash = Hash::from(blake2_256(&submission.bytes));
        if let Some(reply) = self.join(submission, hash) {
            return Err(Box::new(reply));
        }
        check_prefix(&submission.bytes).map_err(refused)?;
        self.pool.check(&hash, submission.bytes.len(), now_ms).map_err(|error| refused(error.into()))?;
        Ok(hash)
    }

    /// Lets a watcher join those of a transaction that is known.
    fn join(&mut self, submission: &Submission, hash: Hash) -> Option<Reply> {
        if !submission.watch || !submission.join {
            return None;
        }
        match self.pool.join(&hash) {
            Ok(None) => None,
            Ok(Some(status)) => {
                self.followed.insert(hash);
                Some(Reply::Joined { hash, status })
            }
            Err(error) => Some(Reply::Submitted(Err(error.into()))),
        }
    }

    /// Puts a new transaction in the pool, by what the runtime says of it.
    fn place(&mut self, now_ms: u64, hash: Hash, submission: Submission, verdict: Verdict) -> Reply {
        // One before it may have been the same.
        if let Some(reply) = self.join(&submission, hash) {
            return reply;
        }
        Reply::Submitted(verdict.and_then(|valid| self.put(now_ms, hash, submission, valid)))
    }

    fn put(
        &mut self,
        now_ms: u64,
        hash: Hash,
        submission: Submission,
        (valid, validated_at): (ValidTransaction, BlockNumber),
    ) -> Result<Hash, SubmitError> {
        let Submission { bytes, source: _, local, watch, replace, join: _ } = submission;
        self.pool.check(&hash, bytes.len(), now_ms)?;
        let bytes: Arc<[u8]> = Arc::from(bytes);
        let keep = local && self.can_journal(&hash, bytes.len());
        let sender = sender(&valid);
        let candidate =
            Candidate { hash, bytes: bytes.clone(), valid, validated_at, sender, watch: watch || keep, local, replace };
        self.pool.submit(candidate, now_ms)?;
        if watch {
            self.followed.insert(hash);
        }
        if keep {
            self.write_down(hash, bytes);
        }
        Ok(hash)
    }

    /// Asks the runtime of the best block about one.
    pub(crate) fn validate(&mut self, bytes: &[u8], source: TransactionSource) -> Verdict {
        let unanswered = || Err(SubmitError::Runtime("the runtime was not asked".to_owned()));
        self.validate_all(&[(source, bytes)]).pop().unwrap_or_else(unanswered)
    }

    /// Asks the runtime of the best block about each. The numbers are that of the best block.
    fn validate_all(&mut self, transactions: &[Validated<'_>]) -> Vec<Verdict> {
        self.validations += transactions.len() as u64;
        let best = self.chain.best();
        let answers = match self.chain.validate(&best.hash, transactions) {
            Ok(Some(answers)) => answers,
            Ok(None) => return all_refused(transactions.len(), "the best block is not known"),
            Err(error) => {
                if error.is_fatal() {
                    self.die(error.to_string());
                }
                return all_refused(transactions.len(), &error.to_string());
            }
        };
        let verdict = |answer: Result<TransactionValidity, ReadError>| match answer {
            Ok(Ok(valid)) => Ok((valid, best.number)),
            Ok(Err(TransactionValidityError::Invalid(error))) => Err(SubmitError::Invalid(error)),
            Ok(Err(TransactionValidityError::Unknown(error))) => Err(SubmitError::Unknown(error)),
            Err(error) => Err(SubmitError::Runtime(error.to_string())),
        };
        answers.into_iter().map(verdict).collect()
    }

    /// The nonce on the best block's state, plus the ready transactions of the account that follow it.
    pub(crate) fn next_index(&self, account: AccountId20) -> Result<Nonce, String> {
        let best = self.chain.best();
        let answer = self.chain.call_at(&best.hash, "AccountNonceApi_account_nonce", &account.encode());
        let answer = answer.map_err(|error| error.to_string())?.ok_or("the best block is not known")?;
        let mut nonce = Nonce::decode(&mut &answer[..]).map_err(|_| "the answer is malformed")?;
        while self.pool.is_provided(&nonce_tag(account, nonce)) {
            nonce = nonce.saturating_add(1);
        }
        Ok(nonce)
    }
}

/// What the runtime says of a transaction, and the number of the block that it was asked at.
pub(crate) type Verdict = Result<(ValidTransaction, BlockNumber), SubmitError>;

fn all_refused(count: usize, why: &str) -> Vec<Verdict> {
    (0..count).map(|_| Err(SubmitError::Runtime(why.to_owned()))).collect()
}

/// What a transaction provides that uses this nonce of this account, and the next one requires: the SCALE encoding of both,
/// 20 and 4 bytes, as in Substrate. The runtime makes it; [`nonce_tag`] and [`sender`] are the host's one place that knows how.
fn nonce_tag(account: AccountId20, nonce: Nonce) -> Tag {
    (account, nonce).encode()
}

/// Whose transaction it is: the first tag that it provides says so. `None` if that is no nonce tag.
pub(crate) fn sender(valid: &ValidTransaction) -> Option<Sender> {
    let (account, nonce) = DecodeAll::decode_all(&mut valid.provides.first()?.as_slice()).ok()?;
    Some(Sender { account, nonce })
}

/// An extrinsic is its length as SCALE compact number, then so many bytes.
fn check_prefix(bytes: &[u8]) -> Result<(), SubmitError> {
    let mut rest = bytes;
    match Compact::<u32>::decode(&mut rest) {
        Ok(Compact(length)) if usize::try_from(length) == Ok(rest.len()) => Ok(()),
        _ => Err(SubmitError::Malformed),
    }
}
