//! A transaction comes in: the runtime validates it on the best block's state, the pool places it.

use std::sync::Arc;

use codec::{Compact, Decode, DecodeAll, Encode};
use ziver_pool::Candidate;
use ziver_primitives::{
    AccountId20, BlockNumber, Hash, Nonce,
    hashing::blake2_256,
    validity::{TransactionSource, TransactionValidity, TransactionValidityError, ValidTransaction},
};

use crate::engine::Engine;
use crate::event::SubmitError;

impl Engine {
    pub(crate) fn submit(
        &mut self,
        now_ms: u64,
        bytes: Vec<u8>,
        source: TransactionSource,
        watch: bool,
    ) -> Result<Hash, SubmitError> {
        check_prefix(&bytes)?;
        let hash = Hash::from(blake2_256(&bytes));
        self.pool.check(&hash, bytes.len(), now_ms)?;
        let (valid, validated_at) = self.validate(&bytes, source)?;
        let candidate = Candidate { hash, bytes: Arc::from(bytes), valid, validated_at, watch };
        self.pool.submit(candidate, now_ms)?;
        Ok(hash)
    }

    /// Asks the runtime of the best block. The number is that of the best block.
    pub(crate) fn validate(
        &self,
        bytes: &[u8],
        source: TransactionSource,
    ) -> Result<(ValidTransaction, BlockNumber), SubmitError> {
        let best = self.chain.best();
        let mut input = Vec::with_capacity(bytes.len() + 33);
        source.encode_to(&mut input);
        input.extend_from_slice(bytes);
        best.hash.encode_to(&mut input);
        let answer = self.chain.call_at(&best.hash, "TaggedTransactionQueue_validate_transaction", &input);
        let answer = match answer {
            Ok(Some(answer)) => answer,
            Ok(None) => return Err(SubmitError::Runtime("the best block is not known".to_owned())),
            Err(error) => return Err(SubmitError::Runtime(error.to_string())),
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
        while self.pool.is_provided(&(account, nonce).encode()) {
            nonce = nonce.saturating_add(1);
        }
        Ok(nonce)
    }
}

/// An extrinsic is its length as SCALE compact number, then so many bytes.
fn check_prefix(bytes: &[u8]) -> Result<(), SubmitError> {
    let mut rest = bytes;
    match Compact::<u32>::decode(&mut rest) {
        Ok(Compact(length)) if usize::try_from(length) == Ok(rest.len()) => Ok(()),
        _ => Err(SubmitError::Malformed),
    }
}
