//! Many transactions in one call of the runtime: a call has costs of its own, about as much as a transfer has.
//!
//! `BatchApi` is this project's own; without it each transaction has a call. Where a batch fails as a whole (a transaction makes the
//! runtime panic, say), each is asked for alone, so that a batch never changes what becomes of a transaction.

use codec::{Compact, DecodeAll, Encode};
use ziver_primitives::{
    Hash,
    validity::{TransactionSource, TransactionValidity},
};

use crate::Chain;
use crate::limits::{BATCH_BYTES_MAX, BATCH_COUNT_MAX};
use crate::reader::ReadError;

pub(crate) const API: &str = "BatchApi";
pub(crate) const APPLY: &str = "BatchApi_apply_extrinsics";
const VALIDATE: &str = "BatchApi_validate_transactions";
const VALIDATE_ONE: &str = "TaggedTransactionQueue_validate_transaction";

/// A transaction to be validated: where it comes from, and its SCALE encoding with its length prefix, which must be right.
pub type Validated<'a> = (TransactionSource, &'a [u8]);

/// SCALE of a list of items that are encoded already.
pub(crate) fn list(items: &[&[u8]]) -> Vec<u8> {
    let bytes: usize = items.iter().map(|item| item.len()).sum();
    let mut list = Vec::with_capacity(bytes.saturating_add(5));
    Compact(items.len() as u32).encode_to(&mut list);
    items.iter().for_each(|item| list.extend_from_slice(item));
    list
}

impl Chain {
    /// What the runtime of a block says of transactions that want into one of its children, each for itself. `None` where the
    /// block is not known; an error of one where the runtime fails on it or answers nonsense.
    pub fn validate(
        &self,
        block: &Hash,
        transactions: &[Validated<'_>],
    ) -> Result<Option<Vec<Result<TransactionValidity, ReadError>>>, ReadError> {
        let Some((code, _)) = self.reader.call_site(block)? else { return Ok(None) };
        let takes_batches = self.reader.shared.executor.runtime_version(&code)?.api_version(API).is_some();
        let mut answers = Vec::with_capacity(transactions.len());
        for group in groups(transactions) {
            let together = if takes_batches && group.len() > 1 { self.validate_together(block, group)? } else { None };
            match together {
                Some(validities) => answers.extend(validities.into_iter().map(Ok)),
                None => {
                    for transaction in group {
                        answers.push(self.validate_one(block, transaction)?);
                    }
                }
            }
        }
        Ok(Some(answers))
    }

    /// `None` where the runtime fails on them as a whole.
    fn validate_together(
        &self,
        block: &Hash,
        transactions: &[Validated<'_>],
    ) -> Result<Option<Vec<TransactionValidity>>, ReadError> {
        let mut input = block.encode();
        Compact(transactions.len() as u32).encode_to(&mut input);
        for (source, bytes) in transactions {
            source.encode_to(&mut input);
            input.extend_from_slice(bytes);
        }
        let answer = match self.call_at(block, VALIDATE, &input) {
            Ok(Some(answer)) => answer,
            Err(error) if error.is_fatal() => return Err(error),
            Ok(None) | Err(_) => return Ok(None),
        };
        let validities = Vec::<TransactionValidity>::decode_all(&mut &answer[..]).ok();
        Ok(validities.filter(|validities| validities.len() == transactions.len()))
    }

    fn validate_one(
        &self,
        block: &Hash,
        (source, bytes): &Validated<'_>,
    ) -> Result<Result<TransactionValidity, ReadError>, ReadError> {
        let mut input = Vec::with_capacity(bytes.len().saturating_add(33));
        source.encode_to(&mut input);
        input.extend_from_slice(bytes);
        block.encode_to(&mut input);
        Ok(match self.call_at(block, VALIDATE_ONE, &input) {
            Ok(Some(answer)) => TransactionValidity::decode_all(&mut &answer[..])
                .map_err(|_| ReadError::Answer { method: VALIDATE_ONE }),
            Ok(None) => Err(ReadError::StatePruned(*block)),
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => Err(error),
        })
    }
}

/// Parts of a list that go in one call each.
fn groups<'a, 'b>(mut left: &'a [Validated<'b>]) -> impl Iterator<Item = &'a [Validated<'b>]> {
    std::iter::from_fn(move || {
        let sums = left.iter().take(BATCH_COUNT_MAX).scan(0usize, |sum, (_, bytes)| {
            *sum = sum.saturating_add(bytes.len());
            Some(*sum)
        });
        let count = sums.take_while(|sum| *sum <= BATCH_BYTES_MAX).count().max(1);
        let (group, rest) = left.split_at_checked(count)?;
        left = rest;
        Some(group)
    })
}

#[cfg(test)]
mod tests;
