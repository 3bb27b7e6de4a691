//! The first parameters.

use core::fmt;
use ziver_support::Ctx;

use crate::storage::{BURN_SHARE, BURN_SHARE_WHOLE};

/// What is wrong with the first parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenesisError {
    /// More than everything is to be burnt.
    BurnShare(u32),
}

impl fmt::Display for GenesisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::BurnShare(share) = self;
        write!(f, "fees: a burn share of {share} millionths is more than {BURN_SHARE_WHOLE}")
    }
}

impl core::error::Error for GenesisError {}

/// Sets the share of fees that is burnt, in millionths.
pub fn genesis(ctx: &mut Ctx, burn_share: u32) -> Result<(), GenesisError> {
    if burn_share > BURN_SHARE_WHOLE {
        return Err(GenesisError::BurnShare(burn_share));
    }
    if burn_share > 0 {
        BURN_SHARE.set(ctx, &burn_share);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
