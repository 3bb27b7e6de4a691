//! Fees of an extrinsic, by `pallets/fees`.

use ziver_primitives::validity::TransactionValidityError;
use ziver_support::{Ctx, DispatchInfo, PostDispatchInfo};

use crate::validity::Checked;

/// Whether the sender can pay.
pub fn check(_ctx: &Ctx, _checked: &Checked, _tip: u128) -> Result<(), TransactionValidityError> {
    Ok(())
}

/// Takes the fee for what was announced.
pub fn withdraw(_ctx: &mut Ctx, _checked: &Checked, _tip: u128) -> Result<(), TransactionValidityError> {
    Ok(())
}

/// Gives back what was not used.
pub fn settle(_ctx: &mut Ctx, _checked: &Checked, _info: &DispatchInfo, _post: &PostDispatchInfo) {}

/// At a block's end: the multiplier for the next one.
pub fn finalize(_ctx: &mut Ctx) {}
