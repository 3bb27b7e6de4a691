//! The context that each call gets first: the only way to state and host.

use alloc::{boxed::Box, vec::Vec};

use crate::{
    DispatchErrorWithPostInfo, DispatchResultWithPostInfo, Dispatchable, Externalities, LogLevel, Origin, Weight,
};

/// How deep calls may run calls that they contain (batches of batches, ...), in levels; more fails with `Exhausted`. It
/// bounds the stack that a hostile transaction can use.
pub const CALL_DEPTH_MAX: u32 = 16;
/// How deep storage transactions may nest, in layers; more fails with `Transactional(LimitReached)`.
pub const TRANSACTION_DEPTH_MAX: u32 = 255;

/// What runs at the end of an extrinsic.
type Record = Box<dyn FnOnce(&mut Ctx)>;

/// Access to state and host for the length of one call from the host.
pub struct Ctx<'a> {
    ext: &'a mut dyn Externalities,
    depth: u32,
    calls: u32,
    finally: Vec<Record>,
}

impl<'a> Ctx<'a> {
    /// A context over the state and functions of `ext`.
    pub fn new(ext: &'a mut dyn Externalities) -> Self {
        Self { ext, depth: 0, calls: 0, finally: Vec::new() }
    }

    /// The host's functions, for reading.
    pub fn ext(&self) -> &dyn Externalities {
        self.ext
    }

    /// The host's functions.
    pub fn ext_mut(&mut self) -> &mut dyn Externalities {
        self.ext
    }

    /// Runs `call` in a nested storage transaction: what it wrote stays if it returns `Ok` and is gone otherwise.
    ///
    /// Errors: those of `call`; `Transactional(LimitReached)` beyond [`TRANSACTION_DEPTH_MAX`] layers.
    pub fn transactional<T, E: From<crate::DispatchError>>(
        &mut self,
        call: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.depth >= TRANSACTION_DEPTH_MAX {
            return Err(crate::DispatchError::Transactional(crate::TransactionalError::LimitReached).into());
        }
        self.depth = self.depth.saturating_add(1);
        self.ext.start_transaction();
        let result = call(self);
        match &result {
            Ok(_) => self.ext.commit_transaction(),
            Err(_) => self.ext.rollback_transaction(),
        }
        self.depth = self.depth.saturating_sub(1);
        result
    }

    /// Runs a call that another call contains, in its own storage transaction.
    ///
    /// Errors: those of the call, which has then changed nothing; `Exhausted` beyond [`CALL_DEPTH_MAX`] levels.
    pub fn dispatch_nested<C: Dispatchable>(&mut self, call: C, origin: Origin) -> DispatchResultWithPostInfo {
        if self.calls >= CALL_DEPTH_MAX {
            return Err(DispatchErrorWithPostInfo::took(Weight::ZERO, crate::DispatchError::Exhausted));
        }
        self.calls = self.calls.saturating_add(1);
        let result = self.transactional(|ctx| call.dispatch(ctx, origin));
        self.calls = self.calls.saturating_sub(1);
        result
    }

    /// Has `record` run once the extrinsic at hand has ended, whether it succeeds or fails: for what is to be known of a
    /// failed call too. It must not fail, and must not do what the extrinsic's weight does not pay for.
    pub fn finally(&mut self, record: impl FnOnce(&mut Ctx) + 'static) {
        self.finally.push(Box::new(record));
    }

    /// Runs what [`Ctx::finally`] was given, in that order. Called at the end of each extrinsic.
    pub fn run_finally(&mut self) {
        for record in core::mem::take(&mut self.finally) {
            record(self);
        }
    }

    /// Says something to the operator. It must not depend on anything that differs between nodes.
    pub fn log(&self, level: LogLevel, target: &str, message: &str) {
        self.ext.log(level, target, message);
    }
}

#[cfg(test)]
mod tests;
