//! What pallets are written with: the context of a call, typed storage, dispatch, weights, errors, metadata.
//!
//! This is the part of FRAME that a small runtime needs, as plain Rust. A pallet is a crate with an enum of calls, a
//! `dispatch` with one `match`, statics for its storage items, and a function that describes it to clients:
//!
//! ```
//! use ziver_support::{Ctx, DispatchError, MemoryExternalities, storage::StorageValue};
//!
//! static COUNTER: StorageValue<u32> = StorageValue::new("Counter", "Value");
//!
//! fn count(ctx: &mut Ctx) -> Result<(), DispatchError> {
//!     let next = COUNTER.get_or_default(ctx).checked_add(1).ok_or(DispatchError::Exhausted)?;
//!     COUNTER.set(ctx, &next);
//!     Ok(())
//! }
//!
//! let mut state = MemoryExternalities::default();
//! count(&mut Ctx::new(&mut state)).unwrap();
//! assert_eq!(COUNTER.get(&Ctx::new(&mut state)), Some(1));
//! ```
//!
//! Out of scope: any pallet, the block's life (`runtime/executive`), the host's side of storage (`host/state`).
//!
//! Invariant: state is reached through a [`Ctx`] alone; there are no globals.
//! Invariant: nothing here panics on any state, not even one that was overwritten by root.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::cast_lossless,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]

extern crate alloc;

pub mod ctx;
pub mod dispatch;
pub mod error;
pub mod externalities;
pub mod metadata;
pub mod pallets;
pub mod sandbox;
pub mod storage;
pub mod weight;

pub use ctx::Ctx;
pub use dispatch::{
    DispatchClass, DispatchErrorWithPostInfo, DispatchInfo, DispatchResult, DispatchResultWithPostInfo, Dispatchable,
    Origin, Pays, PostDispatchInfo,
};
pub use error::{ArithmeticError, DispatchError, ModuleError, TokenError, TransactionalError};
pub use externalities::{Externalities, LogLevel, MemoryExternalities, RemovedPrefix};
pub use pallets::Pallet;
pub use weight::{RuntimeDbWeight, Weight};
