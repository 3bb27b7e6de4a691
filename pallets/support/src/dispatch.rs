//! Dispatch: who calls, what a call may cost, how it ended.
//!
//! Source: `frame_support::dispatch`; encodings are the same.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_primitives::AccountId20;

use crate::{Ctx, DispatchError, Weight};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The chain itself: sudo or governance.
    Root,
    /// An account whose signature was checked.
    Signed(AccountId20),
    /// Nobody: inherents.
    None,
}

impl Origin {
    /// The account that signed; `BadOrigin` otherwise.
    pub fn ensure_signed(self) -> Result<AccountId20, DispatchError> {
        match self {
            Self::Signed(who) => Ok(who),
            _ => Err(DispatchError::BadOrigin),
        }
    }

    /// `BadOrigin` unless it is root.
    pub fn ensure_root(self) -> Result<(), DispatchError> {
        if self == Self::Root { Ok(()) } else { Err(DispatchError::BadOrigin) }
    }

    /// `BadOrigin` unless it is nobody.
    pub fn ensure_none(self) -> Result<(), DispatchError> {
        if self == Self::None { Ok(()) } else { Err(DispatchError::BadOrigin) }
    }
}

/// Which share of a block a call may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum DispatchClass {
    /// What users do.
    #[default]
    Normal,
    /// What keeps the chain running; has a reserve in each block.
    Operational,
    /// What a block must hold: inherents. If it fails the block is wrong.
    Mandatory,
}

/// Whether a fee is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Pays {
    /// The sender pays.
    #[default]
    Yes,
    /// Nobody pays.
    No,
}

/// What is known of a call before it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct DispatchInfo {
    /// The most that it may take.
    pub weight: Weight,
    /// Its class.
    pub class: DispatchClass,
    /// Whether a fee is due.
    pub pays_fee: Pays,
}

impl DispatchInfo {
    /// A normal call that pays.
    pub const fn normal(weight: Weight) -> Self {
        Self { weight, class: DispatchClass::Normal, pays_fee: Pays::Yes }
    }

    /// An operational call that pays.
    pub const fn operational(weight: Weight) -> Self {
        Self { weight, class: DispatchClass::Operational, pays_fee: Pays::Yes }
    }

    /// An inherent; nobody pays.
    pub const fn mandatory(weight: Weight) -> Self {
        Self { weight, class: DispatchClass::Mandatory, pays_fee: Pays::No }
    }
}

/// What is known of a call after it ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct PostDispatchInfo {
    /// What it took, where that is less than announced.
    pub actual_weight: Option<Weight>,
    /// Whether a fee is still due.
    pub pays_fee: Pays,
}

impl PostDispatchInfo {
    /// What it took: never more than announced.
    pub fn actual_weight(&self, info: &DispatchInfo) -> Weight {
        self.actual_weight.map_or(info.weight, |actual| actual.min(info.weight))
    }

    /// Whether a fee is due, before and after taken together.
    pub fn pays_fee(&self, info: &DispatchInfo) -> Pays {
        if info.pays_fee == Pays::No { Pays::No } else { self.pays_fee }
    }
}

/// How a call ended that took what it announced.
pub type DispatchResult = Result<(), DispatchError>;

/// A failure, with what the call took until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DispatchErrorWithPostInfo {
    /// What it took.
    pub post_info: PostDispatchInfo,
    /// Why it failed.
    pub error: DispatchError,
}

impl DispatchErrorWithPostInfo {
    /// A failure that took `actual_weight` and not what was announced. A refused origin should say so wherever the
    /// caller chooses what is announced: else anybody fills blocks with calls that nobody ran.
    pub fn took(actual_weight: Weight, error: impl Into<DispatchError>) -> Self {
        let post_info = PostDispatchInfo { actual_weight: Some(actual_weight), ..PostDispatchInfo::default() };
        Self { post_info, error: error.into() }
    }
}

impl<E: Into<DispatchError>> From<E> for DispatchErrorWithPostInfo {
    fn from(error: E) -> Self {
        Self { post_info: PostDispatchInfo::default(), error: error.into() }
    }
}

/// How a call ended.
pub type DispatchResultWithPostInfo = Result<PostDispatchInfo, DispatchErrorWithPostInfo>;

/// Something that can be called: the runtime's enum of calls, or a pallet's.
pub trait Dispatchable: Sized {
    /// What it may take, from the call's arguments alone.
    fn dispatch_info(&self) -> DispatchInfo;

    /// Runs it. What it wrote before failing is undone by the caller ([`Ctx::transactional`]), but calls are written to
    /// check everything first.
    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo;
}
