//! Storage transactions within a call: what happens inside of one is kept as a whole or not at all.

use super::{Answer, Host};
use crate::{Error, prices};

impl Host<'_, '_, '_, '_> {
    /// `start_transaction`, `commit_transaction`, `rollback_transaction`.
    pub(super) fn transaction(&mut self, function: u32) -> Answer<u64> {
        self.charge(prices::TRANSACTION)?;
        if function == 60 {
            if !self.stack.may_open_transaction() {
                return self.fail(Error::InvalidTransaction);
            }
            let deposits = self.stack.deposits.len();
            self.frame()?.transactions.push(deposits);
            self.ctx.ext_mut().start_transaction();
            return Ok(0);
        }
        let Some(deposits) = self.frame()?.transactions.pop() else { return self.fail(Error::InvalidTransaction) };
        if function == 61 {
            self.ctx.ext_mut().commit_transaction();
        } else {
            self.ctx.ext_mut().rollback_transaction();
            self.stack.deposits.truncate(deposits);
        }
        Ok(0)
    }
}
