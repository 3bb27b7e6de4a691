//! Calls of this pallet: remarks, code upgrades, root's access to storage. Indices and names are Substrate's.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{Hash, hashing::blake2_256, storage_keys};
use ziver_support::{
    Ctx, DispatchError, DispatchErrorWithPostInfo, DispatchInfo, DispatchResultWithPostInfo, Dispatchable, Origin,
    Pays, PostDispatchInfo,
};

use crate::{
    Error, Event, code,
    event::deposit,
    protected::{covers_protected, is_protected},
    weights,
};

/// A key and its value.
pub type KeyValue = (Vec<u8>, Vec<u8>);

/// What can be called.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(
    replace_segment("ziver_system", "frame_system"),
    replace_segment("call", "pallet"),
    capture_docs = "always"
)]
#[allow(non_camel_case_types, reason = "clients show the variants as names of functions")]
pub enum Call {
    /// Says something on chain, without effect. Origin: anybody.
    #[codec(index = 0)]
    remark {
        /// What to say.
        remark: Vec<u8>,
    },
    /// Sets the number of pages of the Wasm heap. Origin: root.
    #[codec(index = 1)]
    set_heap_pages {
        /// How many.
        pages: u64,
    },
    /// Replaces the runtime by a successor. Origin: root. Event: `CodeUpdated`. Errors: `InvalidSpecName`,
    /// `SpecVersionNeedsToIncrease`, `FailedToExtractRuntimeVersion`.
    #[codec(index = 2)]
    set_code {
        /// The Wasm blob.
        code: Vec<u8>,
    },
    /// Replaces the runtime by anything. Origin: root. Event: `CodeUpdated`.
    #[codec(index = 3)]
    set_code_without_checks {
        /// The Wasm blob.
        code: Vec<u8>,
    },
    /// Writes to storage. Origin: root. Errors: `CallFiltered` for `:code`, what the block needs
    /// itself and what only the host may write.
    #[codec(index = 4)]
    set_storage {
        /// What to write.
        items: Vec<KeyValue>,
    },
    /// Removes keys from storage. Origin: root. Errors: `CallFiltered` for `:code`, what the block
    /// needs itself and what only the host may write.
    #[codec(index = 5)]
    kill_storage {
        /// The keys.
        keys: Vec<Vec<u8>>,
    },
    /// Removes keys with a prefix from storage. Origin: root. Errors: `CallFiltered` for prefixes of keys that
    /// `set_storage` refuses.
    #[codec(index = 6)]
    kill_prefix {
        /// The prefix.
        prefix: Vec<u8>,
        /// At most so many keys.
        subkeys: u32,
    },
    /// Says something on chain and leaves an event. Origin: signed. Event: `Remarked`.
    #[codec(index = 7)]
    remark_with_event {
        /// What to say.
        remark: Vec<u8>,
    },
    /// Lets anybody bring the successor with this hash. Origin: root. Event: `UpgradeAuthorized`.
    #[codec(index = 9)]
    authorize_upgrade {
        /// Blake2-256 of the code.
        code_hash: Hash,
    },
    /// Lets anybody bring the code with this hash, whatever its version. Origin: root. Event: `UpgradeAuthorized`.
    #[codec(index = 10)]
    authorize_upgrade_without_checks {
        /// Blake2-256 of the code.
        code_hash: Hash,
    },
    /// Brings the authorised code. Origin: anybody; free if it is the right one. Events: `CodeUpdated`, or
    /// `RejectedInvalidAuthorizedUpgrade` where its version is no successor. Errors: `NothingAuthorized`,
    /// `Unauthorized`.
    #[codec(index = 11)]
    apply_authorized_upgrade {
        /// The Wasm blob.
        code: Vec<u8>,
    },
    /// Says something on chain and leaves an event that is indexed by a topic. Origin: signed. Event: `Remarked`.
    #[cfg(feature = "upgraded")]
    #[codec(index = 12)]
    remark_with_topic {
        /// What to say.
        remark: Vec<u8>,
        /// What it is about.
        topic: Hash,
    },
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl Dispatchable for Call {
    fn dispatch_info(&self) -> DispatchInfo {
        match self {
            Self::remark { remark } => DispatchInfo::normal(weights::remark(count(remark.len()))),
            Self::set_heap_pages { .. } => DispatchInfo::operational(weights::set_heap_pages()),
            Self::set_code { .. } | Self::set_code_without_checks { .. } => {
                DispatchInfo::operational(weights::set_code())
            }
            Self::set_storage { items } => DispatchInfo::operational(weights::set_storage(count(items.len()))),
            Self::kill_storage { keys } => DispatchInfo::operational(weights::kill_storage(count(keys.len()))),
            Self::kill_prefix { subkeys, .. } => {
                DispatchInfo::operational(weights::kill_prefix(subkeys.saturating_add(1)))
            }
            Self::remark_with_event { remark } => DispatchInfo::normal(weights::remark_with_event(count(remark.len()))),
            Self::authorize_upgrade { .. } | Self::authorize_upgrade_without_checks { .. } => {
                DispatchInfo::operational(weights::authorize_upgrade())
            }
            Self::apply_authorized_upgrade { .. } => DispatchInfo::operational(weights::set_code()),
            #[cfg(feature = "upgraded")]
            Self::remark_with_topic { remark, .. } => {
                DispatchInfo::normal(weights::remark_with_event(count(remark.len())))
            }
        }
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        match self {
            Self::remark { .. } => {}
            Self::remark_with_event { remark } => {
                let sender = origin.ensure_signed()?;
                deposit(ctx, &Event::Remarked { sender, hash: Hash::from(blake2_256(&remark)) });
            }
            Self::apply_authorized_upgrade { code } => {
                code::apply_authorized(ctx, &code)?;
                return Ok(PostDispatchInfo { actual_weight: None, pays_fee: Pays::No });
            }
            #[cfg(feature = "upgraded")]
            Self::remark_with_topic { remark, topic } => {
                let sender = origin.ensure_signed()?;
                let event = Event::Remarked { sender, hash: Hash::from(blake2_256(&remark)) };
                crate::deposit_event_with_topics(ctx, ziver_support::pallets::SYSTEM, &event, &[topic]);
            }
            root_only => {
                // The number of keys is the sender's choice; a refusal takes no more than a remark.
                let refused = |error| DispatchErrorWithPostInfo::took(weights::remark(0), error);
                origin.ensure_root().map_err(refused)?;
                root_only.dispatch_as_root(ctx)?;
            }
        }
        Ok(PostDispatchInfo::default())
    }
}

impl Call {
    fn dispatch_as_root(self, ctx: &mut Ctx) -> Result<(), DispatchError> {
        match self {
            Self::set_heap_pages { pages } => ctx.ext_mut().set(storage_keys::HEAP_PAGES, &pages.encode()),
            Self::set_code { code } => {
                code::check_version(ctx, &code)?;
                code::replace(ctx, &code);
            }
            Self::set_code_without_checks { code } => code::replace(ctx, &code),
            Self::set_storage { items } => {
                ensure_writable(items.iter().map(|(key, _)| key.as_slice()))?;
                for (key, value) in &items {
                    ctx.ext_mut().set(key, value);
                }
            }
            Self::kill_storage { keys } => {
                ensure_writable(keys.iter().map(Vec::as_slice))?;
                for key in &keys {
                    ctx.ext_mut().clear(key);
                }
            }
            Self::kill_prefix { prefix, subkeys } => {
                if covers_protected(&prefix) {
                    return Err(Error::CallFiltered.into());
                }
                ctx.ext_mut().clear_prefix(&prefix, Some(subkeys));
            }
            Self::authorize_upgrade { code_hash } => code::authorize(ctx, code_hash, true),
            Self::authorize_upgrade_without_checks { code_hash } => code::authorize(ctx, code_hash, false),
            Self::remark { .. } | Self::remark_with_event { .. } | Self::apply_authorized_upgrade { .. } => {}
            #[cfg(feature = "upgraded")]
            Self::remark_with_topic { .. } => {}
        }
        Ok(())
    }
}

fn ensure_writable<'a>(mut keys: impl Iterator<Item = &'a [u8]>) -> Result<(), DispatchError> {
    if keys.any(is_protected) { Err(Error::CallFiltered.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
