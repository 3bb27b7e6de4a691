//! A transaction comes in: the runtime validates it on the best block's state, the pool places it.

use std::sync::Arc;

use codec::{Compact, Decode, DecodeAll, Encode};
use ziver_pool::{Candidate, Sender, Tag};
use ziver_primitives::{
    AccountId20, BlockNumber, Hash, Nonce,
    hashing::blake2_256,
    validity::{TransactionSource, TransactionValidity, TransactionValidityError, ValidTransaction},
};

use crate::engine::Engine;
use crate::event::{Reply, Submission, SubmitError};

impl Engine {
    /// Takes a transaction, or lets its watcher join those of a transaction that is known.
    pub(crate) fn take_in(&mut self, now_ms: u64, submission: Submission) -> Reply {
        if submission.watch && submission.join {
            let hash = Hash::from(blake2_256(&submission.bytes));
            match self.pool.join(&hash) {
                Ok(None) => {}
                Ok(Some(status)) => {
                    self.followed.insert(hash);
                    return Reply::Joined { hash, status };
                }
                Err(error) => return Reply::Submitted(Err(error.into())),
            }
        }
        Reply::Submitted(self.submit(now_ms, submission))
    }

    pub(crate) fn submit(&mut self, now_ms: u64, submission: Submission) -> Result<Hash, SubmitError> {
        let Submission { bytes, source, local, watch, replace, join: _ } = submission;
        check_prefix(&bytes)?;
        let hash = Hash::from(blake2_256(&bytes));
        self.pool.check(&hash, bytes.len(), now_ms)?;
        let (valid, validated_at) = self.validate(&bytes, source)?;
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

    /// Asks the runtime of the best block. The number is that of the best block.
    pub(crate) fn validate(
        &mut self,
        bytes: &[u8],
        source: TransactionSource,
    ) -> Result<(ValidTransaction, BlockNumber), SubmitError> {
        self.validations += 1;
        let best = self.chain.best();
        let mut input = Vec::with_capacity(bytes.len() + 33);
        source.encode_to(&mut input);
        input.extend_from_slice(bytes);
        best.hash.encode_to(&mut input);
        let answer = self.chain.call_at(&best.hash, "TaggedTransactionQueue_validate_transaction", &input);
        let answer = match answer {
            Ok(Some(answer)) => answer,
            Ok(None) => return Err(SubmitError::Runtime("the best block is not known".to_owned())),
            Err(error) => {
                if error.is_fatal() {
                    self.die(error.to_string());
                }
                return Err(SubmitError::Runtime(error.to_string()));
            }
        };
        match TransactionValidity::decode_all(&mut &answer[..]) {
            Ok(Ok(valid)) => Ok((valid, best.number)),
            Ok(Err(TransactionValidityError::Invalid(error))) => Err(SubmitError::Invalid(error)),
            Ok(Err(TransactionValidityError::Unknown(error))) => Err(SubmitError::Unknown(error)),
            Err(_) => Err(SubmitError::Runtime("the answer is malformed".to_owned())),
        }
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
