//! Whether a signed extrinsic may be included, and how it relates to others: the checks of the signed extensions.
//!
//! Everything is read from state, nothing is written: the pool asks with the state after a block, the executive asks
//! in the block itself; [`View`] is the difference between them.

use alloc::{vec, vec::Vec};
use codec::Encode;
use ziver_primitives::{
    AccountId20, Block, BlockNumber, Hash, Header, Nonce, OpaqueExtrinsic,
    validity::{InvalidTransaction, TransactionValidityError, UnknownTransaction, ValidTransaction},
};
use ziver_support::{Ctx, DispatchClass, DispatchInfo, Dispatchable};
use ziver_system::{account, block};

use crate::extrinsic::{Extrinsic, Implicit, RecoveryInput, Signed};

/// The block in which an extrinsic shall be.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its number.
    pub number: BlockNumber,
    /// Its parent.
    pub parent_hash: Hash,
}

impl View {
    /// The block that is being executed.
    pub fn current(ctx: &Ctx) -> Self {
        Self { number: block::NUMBER.get_or_default(ctx), parent_hash: block::PARENT_HASH.get_or_default(ctx) }
    }

    /// The child of the block with `hash`, whose state this is.
    pub fn child(ctx: &Ctx, hash: Hash) -> Self {
        Self { number: block::NUMBER.get_or_default(ctx).saturating_add(1), parent_hash: hash }
    }

    /// The block that begins with `header`.
    pub fn of(header: &Header) -> Self {
        Self { number: header.number, parent_hash: header.parent_hash }
    }

    fn ancestor_hash(&self, ctx: &Ctx, number: BlockNumber) -> Option<Hash> {
        block::ancestor_hash(ctx, number, self.number, &self.parent_hash)
    }
}

/// A signed extrinsic that passed the checks which do not depend on its turn.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// Who signed it.
    pub who: AccountId20,
    /// The signer's nonce in state.
    pub account_nonce: Nonce,
    /// What it may take.
    pub info: DispatchInfo,
    /// The first block in which it is no longer valid.
    pub death: u64,
}

/// Checks era, signature, sender, class, size and nonce; a nonce that is ahead is left to the caller.
pub fn check(
    ctx: &Ctx,
    extrinsic: &Extrinsic,
    signed: &Signed,
    len: u32,
    view: &View,
) -> Result<Checked, TransactionValidityError> {
    let Signed { address: who, extra, .. } = signed;
    let (implicit, death) = implicit(ctx, signed, view)?;
    if !signed.is_authentic(&implicit) {
        return Err(InvalidTransaction::BadProof.into());
    }
    if *who == AccountId20::ZERO {
        return Err(InvalidTransaction::BadSigner.into());
    }
    if extra.metadata_hash_mode != 0 {
        return Err(UnknownTransaction::CannotLookup.into());
    }
    let info = extrinsic.call.dispatch_info();
    if info.class == DispatchClass::Mandatory {
        return Err(InvalidTransaction::MandatoryValidation.into());
    }
    if !block::fits_alone(&info, len) {
        return Err(InvalidTransaction::ExhaustsResources.into());
    }
    let account = account::get(ctx, who);
    if extra.nonce < account.nonce {
        return Err(InvalidTransaction::Stale.into());
    }
    // The account's nonce after it would not be a number.
    if extra.nonce == Nonce::MAX {
        return Err(InvalidTransaction::BadSigner.into());
    }
    // Nobody can pay for it: neither the account nor, later, a sponsor.
    if !account.exists() {
        return Err(InvalidTransaction::Payment.into());
    }
    Ok(Checked { who: *who, account_nonce: account.nonce, info, death })
}

/// What the signatures of a block's extrinsics are recovered from, in the order of its execution, as far as the state tells:
/// it may be that of an earlier block, which does not know the hashes of those between.
pub fn recovery_inputs(ctx: &Ctx, block: &Block) -> Vec<RecoveryInput> {
    let view = View::of(&block.header);
    let input = |extrinsic: &OpaqueExtrinsic| {
        let signed = Signed::of_bytes(&extrinsic.0)?;
        let (implicit, _) = implicit(ctx, &signed, &view).ok()?;
        signed.recovery_input(&implicit)
    };
    block.extrinsics.iter().filter_map(input).collect()
}

/// What must have been signed, and when the era ends.
fn implicit(ctx: &Ctx, signed: &Signed, view: &View) -> Result<(Implicit, u64), TransactionValidityError> {
    let genesis = view.ancestor_hash(ctx, 0).ok_or(UnknownTransaction::CannotLookup)?;
    let current = u64::from(view.number);
    let birth = signed.extra.era.birth(current);
    let birth = u32::try_from(birth).ok().and_then(|birth| view.ancestor_hash(ctx, birth));
    let birth = birth.ok_or(InvalidTransaction::AncientBirthBlock)?;
    Ok((Implicit::new(genesis, birth), signed.extra.era.death(current)))
}

/// The pool's question: may this be included in a child of the block with `parent_hash`, now or later?
pub fn validate(
    ctx: &Ctx,
    extrinsic: &Extrinsic,
    len: u32,
    parent_hash: Hash,
) -> Result<ValidTransaction, TransactionValidityError> {
    let Some(signed) = &extrinsic.signature else {
        let is_inherent = extrinsic.call.dispatch_info().class == DispatchClass::Mandatory;
        return Err(match is_inherent {
            true => InvalidTransaction::MandatoryValidation.into(),
            false => UnknownTransaction::NoUnsignedValidator.into(),
        });
    };
    let view = View::child(ctx, parent_hash);
    let checked = check(ctx, extrinsic, signed, len, &view)?;
    let tip = signed.extra.tip;
    let fee = ziver_fees::check(ctx, &checked.who, len, &checked.info, tip)?;
    let nonce = signed.extra.nonce;
    let requires = match nonce.checked_sub(1) {
        Some(before) if nonce > checked.account_nonce => vec![tag(&checked.who, before)],
        _ => vec![],
    };
    Ok(ValidTransaction {
        priority: ziver_fees::priority(&checked.info, len, tip, fee),
        requires,
        provides: vec![tag(&checked.who, nonce)],
        longevity: checked.death.saturating_sub(u64::from(view.number)),
        propagate: true,
    })
}

fn tag(who: &AccountId20, nonce: Nonce) -> Vec<u8> {
    (who, nonce).encode()
}
