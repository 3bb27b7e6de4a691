//! The calls of this pallet; names, indices and fields are Substrate's.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::boxed::Box;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_primitives::AccountId20;
use ziver_support::{
    Ctx, DispatchClass, DispatchError, DispatchErrorWithPostInfo, DispatchInfo, DispatchResultWithPostInfo,
    Dispatchable, Origin, Pays, PostDispatchInfo, Weight, pallets,
};
use ziver_system::deposit_event;

use crate::{Error, Event, KEY, weights};

/// What can be asked of this pallet, in a runtime whose calls are `C`.
#[allow(non_camel_case_types, reason = "clients know calls by these names")]
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(
    skip_type_params(C),
    bounds(C: TypeInfo + 'static),
    replace_segment("ziver_sudo", "pallet_sudo"),
    replace_segment("call", "pallet"),
    capture_docs = "always"
)]
pub enum Call<C> {
    /// Run a call as root.
    ///
    /// Origin: the key, or root. Events: `Sudid`.
    #[codec(index = 0)]
    sudo { call: Box<C> },
    /// Run a call as root, whatever it weighs.
    ///
    /// Origin: the key, or root. Events: `Sudid`.
    #[codec(index = 1)]
    sudo_unchecked_weight { call: Box<C>, weight: Weight },
    /// Give the key to another account.
    ///
    /// Origin: the key, or root. Events: `KeyChanged`.
    #[codec(index = 2)]
    set_key { new: AccountId20 },
    /// Run a call as if `who` had signed it.
    ///
    /// Origin: the key, or root. Events: `SudoAsDone`.
    #[codec(index = 3)]
    sudo_as { who: AccountId20, call: Box<C> },
    /// Remove the key for good.
    ///
    /// Origin: the key, or root. Events: `KeyRemoved`.
    #[codec(index = 4)]
    remove_key,
}

impl<C: Dispatchable> Dispatchable for Call<C> {
    fn dispatch_info(&self) -> DispatchInfo {
        let around = |call: &C, own: Weight| {
            let inner = call.dispatch_info();
            DispatchInfo { weight: inner.weight.saturating_add(own), ..info(inner.class) }
        };
        match self {
            Self::sudo { call } => around(call, weights::SUDO),
            Self::sudo_unchecked_weight { call, weight } => {
                DispatchInfo { weight: *weight, ..info(call.dispatch_info().class) }
            }
            Self::set_key { .. } => DispatchInfo::normal(weights::SET_KEY),
            Self::sudo_as { call, .. } => around(call, weights::SUDO_AS),
            Self::remove_key => DispatchInfo::normal(weights::REMOVE_KEY),
        }
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        // What is announced is the sender's choice; a refusal takes no more than the look at the key.
        ensure_sudo(ctx, origin).map_err(|error| DispatchErrorWithPostInfo::took(weights::SUDO, error))?;
        match self {
            Self::sudo { call } => Ok(run(ctx, *call, Origin::Root, Some(weights::SUDO))),
            Self::sudo_unchecked_weight { call, .. } => Ok(run(ctx, *call, Origin::Root, None)),
            Self::set_key { new } => {
                let old = KEY.get(ctx);
                KEY.set(ctx, &new);
                deposit_event(ctx, pallets::SUDO, &Event::KeyChanged { old, new });
                Ok(free(None))
            }
            Self::sudo_as { who, call } => Ok(run(ctx, *call, Origin::Signed(who), Some(weights::SUDO_AS))),
            Self::remove_key => {
                KEY.clear(ctx);
                deposit_event(ctx, pallets::SUDO, &Event::KeyRemoved);
                Ok(free(None))
            }
        }
    }
}

/// `RequireSudo` for an account that is not the key's, `BadOrigin` for nobody.
fn ensure_sudo(ctx: &Ctx, origin: Origin) -> Result<(), DispatchError> {
    if origin == Origin::Root {
        return Ok(());
    }
    let who = origin.ensure_signed()?;
    if KEY.get(ctx) == Some(who) { Ok(()) } else { Err(Error::RequireSudo.into()) }
}

/// Runs the contained call and announces how it ended. With `own` weight, what it took is known afterwards.
fn run<C: Dispatchable>(ctx: &mut Ctx, call: C, origin: Origin, own: Option<Weight>) -> PostDispatchInfo {
    let inner = call.dispatch_info();
    let result = ctx.dispatch_nested(call, origin);
    let (post, sudo_result) = match result {
        Ok(post) => (post, Ok(())),
        Err(failure) => (failure.post_info, Err(failure.error)),
    };
    let event = match origin {
        Origin::Root => Event::Sudid { sudo_result },
        _ => Event::SudoAsDone { sudo_result },
    };
    deposit_event(ctx, pallets::SUDO, &event);
    free(own.map(|own| own.saturating_add(post.actual_weight(&inner))))
}

/// Nobody pays.
fn free(actual_weight: Option<Weight>) -> PostDispatchInfo {
    PostDispatchInfo { actual_weight, pays_fee: Pays::No }
}

/// An outer call is never an inherent, so that signed transactions can't take the room of inherents.
fn info(class: DispatchClass) -> DispatchInfo {
    let class = if class == DispatchClass::Operational { class } else { DispatchClass::Normal };
    DispatchInfo { class, pays_fee: Pays::Yes, ..DispatchInfo::default() }
}
