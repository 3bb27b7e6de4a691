//! Replacing the runtime: what new code must be, who may bring it, and the trace that an upgrade leaves.
//!
//! `:code` changes within a block, the next block runs it. The digest item tells clients; [`LAST_RUNTIME_UPGRADE`] lets
//! the new runtime notice that it is new, and run its migrations once.

use alloc::{borrow::Cow, string::String};
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{DigestItem, Hash, RuntimeVersion, hashing::blake2_256, storage_keys::CODE};
use ziver_support::{Ctx, DispatchError, pallets, storage::StorageValue};

use crate::{Error, Event, block, event::deposit};

/// The highest version that ran.
pub static LAST_RUNTIME_UPGRADE: StorageValue<LastRuntimeUpgradeInfo> =
    StorageValue::new(pallets::SYSTEM.name, "LastRuntimeUpgrade");
/// The upgrade that anybody may apply.
pub static AUTHORIZED_UPGRADE: StorageValue<CodeUpgradeAuthorization> =
    StorageValue::new(pallets::SYSTEM.name, "AuthorizedUpgrade");

/// What is remembered of the highest version that ran.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LastRuntimeUpgradeInfo {
    /// Its `spec_version`.
    #[codec(compact)]
    pub spec_version: u32,
    /// Its `spec_name`.
    pub spec_name: Cow<'static, str>,
}

/// An upgrade that was authorised.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CodeUpgradeAuthorization {
    /// Blake2-256 of the code.
    pub code_hash: Hash,
    /// Whether its version must be this runtime's successor.
    pub check_version: bool,
}

/// Whether this runtime is new on this state, so that its migrations must run; notes it. New is a higher version or
/// another name. A return to an older version (by `set_code_without_checks`) migrates nothing and is not noted: state
/// keeps the layout of the highest version that ran on it.
pub fn note_version(ctx: &mut Ctx, version: &RuntimeVersion) -> bool {
    let now = LastRuntimeUpgradeInfo { spec_version: version.spec_version, spec_name: version.spec_name.clone() };
    let is_new = LAST_RUNTIME_UPGRADE
        .get(ctx)
        .is_none_or(|last| now.spec_version > last.spec_version || now.spec_name != last.spec_name);
    if is_new {
        LAST_RUNTIME_UPGRADE.set(ctx, &now);
    }
    is_new
}

/// Whether `code` is a successor of the highest version that ran on this state.
pub(crate) fn check_version(ctx: &Ctx, code: &[u8]) -> Result<(), Error> {
    let encoded = ctx.ext().runtime_version(code).ok_or(Error::FailedToExtractRuntimeVersion)?;
    let new = RuntimeVersion::decode(&mut encoded.as_slice()).map_err(|_| Error::FailedToExtractRuntimeVersion)?;
    let (name, version) = match LAST_RUNTIME_UPGRADE.get(ctx) {
        Some(now) => (now.spec_name, now.spec_version),
        None => (Cow::Owned(String::new()), 0),
    };
    if new.spec_name != name {
        return Err(Error::InvalidSpecName);
    }
    if new.spec_version <= version {
        return Err(Error::SpecVersionNeedsToIncrease);
    }
    Ok(())
}

/// Replaces the runtime.
pub(crate) fn replace(ctx: &mut Ctx, code: &[u8]) {
    ctx.ext_mut().set(CODE, code);
    block::deposit_log(ctx, DigestItem::RuntimeEnvironmentUpdated);
    deposit(ctx, &Event::CodeUpdated);
}

/// Authorises the code with this hash.
pub(crate) fn authorize(ctx: &mut Ctx, code_hash: Hash, check_version: bool) {
    AUTHORIZED_UPGRADE.set(ctx, &CodeUpgradeAuthorization { code_hash, check_version });
    deposit(ctx, &Event::UpgradeAuthorized { code_hash, check_version });
}

/// Applies the authorised upgrade. Code that turns out to be no successor ends the authorisation, with an event.
pub(crate) fn apply_authorized(ctx: &mut Ctx, code: &[u8]) -> Result<(), DispatchError> {
    let authorized = AUTHORIZED_UPGRADE.get(ctx).ok_or(Error::NothingAuthorized)?;
    if Hash::from(blake2_256(code)) != authorized.code_hash {
        return Err(Error::Unauthorized.into());
    }
    AUTHORIZED_UPGRADE.clear(ctx);
    let checked = if authorized.check_version { check_version(ctx, code) } else { Ok(()) };
    match checked {
        Ok(()) => replace(ctx, code),
        Err(error) => {
            let code_hash = authorized.code_hash;
            deposit(ctx, &Event::RejectedInvalidAuthorizedUpgrade { code_hash, error: error.into() });
        }
    }
    Ok(())
}
