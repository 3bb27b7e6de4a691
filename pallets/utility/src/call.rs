//! The calls of this pallet; names, indices and fields are Substrate's.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_support::{
    Ctx, DispatchClass, DispatchError, DispatchErrorWithPostInfo, DispatchInfo, DispatchResultWithPostInfo,
    Dispatchable, Origin, Pays, PostDispatchInfo, Weight, pallets,
};
use ziver_system::deposit_event;

use crate::{Error, Event, limits::BATCHED_CALLS_MAX, weights};

/// What can be asked of this pallet, in a runtime whose calls are `C`.
#[allow(non_camel_case_types, reason = "clients know calls by these names")]
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(
    skip_type_params(C),
    bounds(C: TypeInfo + 'static),
    replace_segment("ziver_utility", "pallet_utility"),
    replace_segment("call", "pallet"),
    capture_docs = "always"
)]
pub enum Call<C> {
    /// Run calls in order until one fails; what was done before stays.
    ///
    /// Origin: signed or root, passed on. Events: `ItemCompleted` for each, then `BatchCompleted`, or
    /// `BatchInterrupted`; the batch itself succeeds either way. Errors: `TooManyCalls`.
    #[codec(index = 0)]
    batch { calls: Vec<C> },
    /// Run all calls or none of them.
    ///
    /// Origin: signed or root, passed on. Events: `ItemCompleted` for each, then `BatchCompleted`. Errors: that of the
    /// first call that fails; `TooManyCalls`.
    #[codec(index = 2)]
    batch_all { calls: Vec<C> },
    /// Run calls in order, going on after failures.
    ///
    /// Origin: signed or root, passed on. Events: `ItemCompleted` or `ItemFailed` for each, then `BatchCompleted` or
    /// `BatchCompletedWithErrors`. Errors: `TooManyCalls`.
    #[codec(index = 4)]
    force_batch { calls: Vec<C> },
    /// Run a call as root, counting it with `weight`.
    ///
    /// Origin: root. Errors: those of the call.
    #[codec(index = 5)]
    with_weight { call: Box<C>, weight: Weight },
}

/// What a batch does about a call that fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OnFailure {
    Stop,
    Undo,
    GoOn,
}

impl<C: Dispatchable> Dispatchable for Call<C> {
    fn dispatch_info(&self) -> DispatchInfo {
        match self {
            Self::batch { calls } | Self::batch_all { calls } | Self::force_batch { calls } => batch_info(calls),
            Self::with_weight { call, weight } => {
                let weight = weight.saturating_add(weights::WITH_WEIGHT);
                let operational = call.dispatch_info().class == DispatchClass::Operational;
                if operational { DispatchInfo::operational(weight) } else { DispatchInfo::normal(weight) }
            }
        }
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        if origin == Origin::None {
            return Err(DispatchErrorWithPostInfo::took(weights::BATCH, DispatchError::BadOrigin));
        }
        match self {
            Self::batch { calls } => run(ctx, calls, origin, OnFailure::Stop),
            Self::batch_all { calls } => run(ctx, calls, origin, OnFailure::Undo),
            Self::force_batch { calls } => run(ctx, calls, origin, OnFailure::GoOn),
            Self::with_weight { call, .. } => {
                // The weight is the sender's choice; a refusal takes no more than this.
                let refused = |error| DispatchErrorWithPostInfo::took(weights::WITH_WEIGHT, error);
                origin.ensure_root().map_err(refused)?;
                let result = ctx.dispatch_nested(*call, origin);
                result.map(|_| PostDispatchInfo::default()).map_err(|failure| failure.error.into())
            }
        }
    }
}

/// The sum of the calls; operational where there are calls and all are. A batch is never an inherent.
fn batch_info<C: Dispatchable>(calls: &[C]) -> DispatchInfo {
    let mut weight = weights::BATCH;
    let mut operational = !calls.is_empty();
    for info in calls.iter().map(Dispatchable::dispatch_info) {
        weight = weight.saturating_add(info.weight).saturating_add(weights::BATCH_ITEM);
        operational &= info.class == DispatchClass::Operational;
    }
    if operational { DispatchInfo::operational(weight) } else { DispatchInfo::normal(weight) }
}

/// Runs the calls of a batch. The weight it says is that of the calls that ran.
fn run<C: Dispatchable>(
    ctx: &mut Ctx,
    calls: Vec<C>,
    origin: Origin,
    on_failure: OnFailure,
) -> DispatchResultWithPostInfo {
    if !u32::try_from(calls.len()).is_ok_and(|len| len <= BATCHED_CALLS_MAX) {
        return Err(Error::TooManyCalls.into());
    }
    let mut weight = weights::BATCH;
    let mut failed = false;
    for (index, call) in (0u32..).zip(calls) {
        let info = call.dispatch_info();
        let result = ctx.dispatch_nested(call, origin);
        let post = result.unwrap_or_else(|failure| failure.post_info);
        weight = weight.saturating_add(post.actual_weight(&info)).saturating_add(weights::BATCH_ITEM);
        match (result.map_err(|failure| failure.error), on_failure) {
            (Ok(_), _) => announce(ctx, &Event::ItemCompleted),
            (Err(error), OnFailure::Stop) => {
                announce(ctx, &Event::BatchInterrupted { index, error });
                return Ok(took(weight));
            }
            (Err(error), OnFailure::Undo) => return Err(DispatchErrorWithPostInfo { post_info: took(weight), error }),
            (Err(error), OnFailure::GoOn) => {
                failed = true;
                announce(ctx, &Event::ItemFailed { error });
            }
        }
    }
    announce(ctx, if failed { &Event::BatchCompletedWithErrors } else { &Event::BatchCompleted });
    Ok(took(weight))
}

fn took(weight: Weight) -> PostDispatchInfo {
    PostDispatchInfo { actual_weight: Some(weight), pays_fee: Pays::Yes }
}

fn announce(ctx: &mut Ctx, event: &Event) {
    deposit_event(ctx, pallets::UTILITY, event);
}
