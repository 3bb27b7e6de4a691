//! The life of a block, in reading order: [`initialize_block`], [`apply_extrinsic`] for each extrinsic,
//! [`finalize_block`]; and [`execute_block`], which does all of it for a block that somebody else built, and compares.
//!
//! An extrinsic that may not be included is an error and leaves no trace. One that is included pays its fee and uses its
//! nonce; what its call wrote stays only if the call succeeded. Its last event is `ExtrinsicSuccess` or
//! `ExtrinsicFailed`.
//!
//! Out of scope: what the host checks of a block (its parent, its seal), and where state comes from.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::fmt;
use ziver_primitives::{
    AccountId20, Block, Digest, DigestItem, Hash, Header, OpaqueExtrinsic, ZIVER_ENGINE_ID,
    validity::{InvalidTransaction, TransactionValidityError},
};
use ziver_support::{
    Ctx, DispatchError, DispatchErrorWithPostInfo, DispatchInfo, Dispatchable, Origin, PostDispatchInfo, pallets,
};
use ziver_system::{account, block, code, deposit_event, extrinsic_index, limits::BLOCK_WEIGHTS};

use crate::{
    RuntimeCall,
    extrinsic::{Extrinsic, Signed, prefixed_len},
    upgrade,
    validity::{self, View},
    version::VERSION,
};

/// How the call of an included extrinsic ended.
pub type DispatchOutcome = Result<(), DispatchError>;
/// Whether an extrinsic was included, and how its call ended.
pub type ApplyExtrinsicResult = Result<DispatchOutcome, TransactionValidityError>;

/// Why a block is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockError {
    /// Its number is not its parent's plus one.
    Number,
    /// Its extrinsics don't have the root that its header says.
    ExtrinsicsRoot,
    /// The extrinsic with this index may not be included.
    Extrinsic(usize, TransactionValidityError),
    /// It does not set the time.
    NoTimestamp,
    /// Execution led to another digest.
    Digest,
    /// Execution led to another state.
    StateRoot {
        /// What the header says.
        claimed: Hash,
        /// What execution led to.
        computed: Hash,
    },
}

impl fmt::Display for BlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number => f.write_str("the block's number does not follow its parent's"),
            Self::ExtrinsicsRoot => f.write_str("the block's extrinsics do not have the root that its header claims"),
            Self::Extrinsic(index, error) => write!(f, "extrinsic {index} may not be included: {error}"),
            Self::NoTimestamp => f.write_str("the block does not set the time"),
            Self::Digest => f.write_str("execution led to another digest than the header's"),
            Self::StateRoot { claimed, computed } => {
                write!(f, "execution led to state root {computed:?}, the header claims {claimed:?}")
            }
        }
    }
}

/// Begins a block. Of the header only number, parent and the digest's pre-runtime items are read: the other items come
/// from execution. In the first block of a new runtime, state is migrated once the block's own items are set and before
/// any extrinsic.
pub fn initialize_block(ctx: &mut Ctx, header: &Header) {
    let before = header.digest.logs.iter().filter(|item| matches!(item, DigestItem::PreRuntime(..)));
    let digest = Digest { logs: before.cloned().collect() };
    block::initialize(ctx, header.number, &header.parent_hash, &digest);
    if code::note_version(ctx, &VERSION) {
        upgrade::migrate(ctx, header.number);
    }
    ziver_contracts::on_initialize(ctx);
    block::begin_extrinsics(ctx);
}

/// Applies an extrinsic, given without its length prefix. An `Err` leaves state as it was.
pub fn apply_extrinsic(ctx: &mut Ctx, bytes: &[u8]) -> ApplyExtrinsicResult {
    let extrinsic = Extrinsic::decode_bytes(bytes).map_err(|_| InvalidTransaction::Call)?;
    let len = prefixed_len(bytes);
    let is_first = extrinsic_index(ctx) == Some(0);
    match &extrinsic.signature {
        None if is_first => apply_inherent(ctx, extrinsic.call, len),
        Some(_) if !is_first => apply_signed(ctx, extrinsic, len),
        // The inherent comes first, and no other one.
        _ => Err(InvalidTransaction::Call.into()),
    }
}

/// The same while a block is being built: an extrinsic that is included is kept for the extrinsics root.
pub fn apply_and_keep_extrinsic(ctx: &mut Ctx, extrinsic: &OpaqueExtrinsic) -> ApplyExtrinsicResult {
    let outcome = apply_extrinsic(ctx, &extrinsic.0)?;
    block::keep_extrinsic(ctx, &extrinsic.encode());
    Ok(outcome)
}

fn apply_inherent(ctx: &mut Ctx, call: RuntimeCall, len: u32) -> ApplyExtrinsicResult {
    if !matches!(call, RuntimeCall::Timestamp(_)) {
        return Err(InvalidTransaction::Call.into());
    }
    let info = call.dispatch_info();
    let reservation = block::reserve(ctx, &info, len).ok_or(InvalidTransaction::ExhaustsResources)?;
    let result = ctx.transactional(|ctx| call.dispatch(ctx, Origin::None));
    let post = result.map_err(|_| InvalidTransaction::BadMandatory)?;
    block::note_extrinsic(ctx, &reservation);
    finish_extrinsic(ctx, reservation, &info, &post, Ok(()));
    Ok(Ok(()))
}

fn apply_signed(ctx: &mut Ctx, extrinsic: Extrinsic, len: u32) -> ApplyExtrinsicResult {
    let Some(signed) = &extrinsic.signature else { return Err(InvalidTransaction::BadProof.into()) };
    let Signed { address: who, extra, .. } = *signed;
    let checked = validity::check(ctx, &extrinsic, signed, len, &View::current(ctx))?;
    if extra.nonce > checked.account_nonce {
        return Err(InvalidTransaction::Future.into());
    }
    let next_nonce = checked.account_nonce.checked_add(1).ok_or(InvalidTransaction::BadSigner)?;
    let reservation = block::reserve(ctx, &checked.info, len).ok_or(InvalidTransaction::ExhaustsResources)?;
    // The last step that may fail, and the first one that writes: it does nothing where it fails.
    let charge = ziver_fees::withdraw(ctx, &who, len, &checked.info, extra.tip)?;
    account::mutate(ctx, &who, |account| {
        account.nonce = next_nonce;
        Ok::<(), DispatchError>(())
    })
    .map_err(|_| InvalidTransaction::BadSigner)?;
    block::note_extrinsic(ctx, &reservation);

    let call = extrinsic.call;
    let result = ctx.transactional(|ctx| call.dispatch(ctx, Origin::Signed(who)));
    let (post, outcome) = match result {
        Ok(post) => (post, Ok(())),
        Err(DispatchErrorWithPostInfo { post_info, error }) => (post_info, Err(error)),
    };
    ctx.run_finally();
    ziver_fees::settle(ctx, charge, &checked.info, &post, author(ctx).as_ref());
    finish_extrinsic(ctx, reservation, &checked.info, &post, outcome);
    Ok(outcome)
}

/// The block's author, who gets the fees: a pre-runtime item of the digest says so.
pub fn author(ctx: &Ctx) -> Option<AccountId20> {
    let digest = block::DIGEST.get(ctx)?;
    digest.pre_runtime(ZIVER_ENGINE_ID).and_then(|mut payload| AccountId20::decode(&mut payload).ok())
}

/// Corrects the block's weight and leaves the extrinsic's last event.
fn finish_extrinsic(
    ctx: &mut Ctx,
    reservation: block::Reservation,
    info: &DispatchInfo,
    post: &PostDispatchInfo,
    outcome: DispatchOutcome,
) {
    let actual = post.actual_weight(info);
    let base = BLOCK_WEIGHTS.per_class.get(info.class).base_extrinsic;
    let dispatch_info =
        DispatchInfo { weight: actual.saturating_add(base), class: info.class, pays_fee: post.pays_fee(info) };
    let event = match outcome {
        Ok(()) => ziver_system::Event::ExtrinsicSuccess { dispatch_info },
        Err(dispatch_error) => ziver_system::Event::ExtrinsicFailed { dispatch_error, dispatch_info },
    };
    deposit_event(ctx, pallets::SYSTEM, &event);
    block::note_applied(ctx, reservation, info, actual);
}

/// Ends a block that was built by [`apply_and_keep_extrinsic`].
pub fn finalize_block(ctx: &mut Ctx) -> Result<Header, BlockError> {
    finalize(ctx, None)
}

fn finalize(ctx: &mut Ctx, extrinsics_root: Option<Hash>) -> Result<Header, BlockError> {
    block::begin_finalization(ctx);
    if !ziver_timestamp::finalize(ctx) {
        return Err(BlockError::NoTimestamp);
    }
    ziver_contracts::on_finalize(ctx);
    ziver_fees::on_finalize(ctx);
    Ok(block::finalize(ctx, extrinsics_root))
}

/// Executes a block that was built elsewhere, without its seal, and compares what its header claims. Where it returns an
/// error, the host drops all writes.
pub fn execute_block(ctx: &mut Ctx, block: &Block) -> Result<(), BlockError> {
    let claimed = &block.header;
    if Some(claimed.number) != block::NUMBER.get_or_default(ctx).checked_add(1) {
        return Err(BlockError::Number);
    }
    let encoded: Vec<Vec<u8>> = block.extrinsics.iter().map(Encode::encode).collect();
    if Hash::from(ctx.ext().ordered_root(&encoded)) != claimed.extrinsics_root {
        return Err(BlockError::ExtrinsicsRoot);
    }
    drop(encoded);
    initialize_block(ctx, claimed);
    for (index, extrinsic) in block.extrinsics.iter().enumerate() {
        // How the call ended is in the state; whether it was included is the block's fault.
        let _ = apply_extrinsic(ctx, &extrinsic.0).map_err(|error| BlockError::Extrinsic(index, error))?;
    }
    let computed = finalize(ctx, Some(claimed.extrinsics_root))?;
    if computed.digest != claimed.digest {
        return Err(BlockError::Digest);
    }
    if computed.state_root != claimed.state_root {
        return Err(BlockError::StateRoot { claimed: claimed.state_root, computed: computed.state_root });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
