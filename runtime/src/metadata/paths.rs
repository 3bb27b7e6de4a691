//! The paths by which clients recognise types of Substrate.

use alloc::vec::Vec;
use scale_info::PortableRegistry;

/// Our path, and the one that clients look for.
#[rustfmt::skip]
const RENAMED: &[(&[&str], &[&str])] = &[
    (&["ziver_support", "error", "DispatchError"], &["sp_runtime", "DispatchError"]),
    (&["ziver_support", "error", "ModuleError"], &["sp_runtime", "ModuleError"]),
    (&["ziver_support", "error", "TokenError"], &["sp_runtime", "TokenError"]),
    (&["ziver_support", "error", "TransactionalError"], &["sp_runtime", "TransactionalError"]),
    (&["ziver_support", "error", "ArithmeticError"], &["sp_arithmetic", "ArithmeticError"]),
    (&["ziver_support", "weight", "Weight"], &["sp_weights", "weight_v2", "Weight"]),
    (&["ziver_support", "weight", "RuntimeDbWeight"], &["sp_weights", "RuntimeDbWeight"]),
    (&["ziver_support", "dispatch", "DispatchInfo"], &["frame_support", "dispatch", "DispatchInfo"]),
    (&["ziver_support", "dispatch", "DispatchClass"], &["frame_support", "dispatch", "DispatchClass"]),
    (&["ziver_support", "dispatch", "Pays"], &["frame_support", "dispatch", "Pays"]),
    (&["ziver_system", "limits", "PerDispatchClass"], &["frame_support", "dispatch", "PerDispatchClass"]),
    (&["ziver_system", "limits", "BlockWeights"], &["frame_system", "limits", "BlockWeights"]),
    (&["ziver_system", "limits", "WeightsPerClass"], &["frame_system", "limits", "WeightsPerClass"]),
    (&["ziver_system", "limits", "BlockLength"], &["frame_system", "limits", "BlockLength"]),
    (&["ziver_system", "account", "AccountInfo"], &["frame_system", "AccountInfo"]),
    (&["ziver_system", "account", "AccountData"], &["pallet_balances", "types", "AccountData"]),
    (&["ziver_system", "event", "EventRecord"], &["frame_system", "EventRecord"]),
    (&["ziver_system", "event", "Phase"], &["frame_system", "Phase"]),
    (&["ziver_system", "code", "LastRuntimeUpgradeInfo"], &["frame_system", "LastRuntimeUpgradeInfo"]),
    (&["ziver_system", "code", "CodeUpgradeAuthorization"], &["frame_system", "CodeUpgradeAuthorization"]),
    (&["sp_version", "version", "RuntimeVersion"], &["sp_version", "RuntimeVersion"]),
    (&["sp_runtime", "generic", "Digest"], &["sp_runtime", "generic", "digest", "Digest"]),
    (&["sp_runtime", "generic", "DigestItem"], &["sp_runtime", "generic", "digest", "DigestItem"]),
    (&["sp_runtime", "generic", "Header"], &["sp_runtime", "generic", "header", "Header"]),
    (&["ziver_primitives", "inherents", "InherentData"], &["sp_inherents", "InherentData"]),
    (&["ziver_primitives", "inherents", "CheckInherentsResult"], &["sp_inherents", "CheckInherentsResult"]),
    (&["ziver_runtime", "metadata", "types", "ExtrinsicInclusionMode"], &["sp_runtime", "ExtrinsicInclusionMode"]),
    (&["ziver_runtime", "metadata", "types", "Runtime"], &["ziver_runtime", "Runtime"]),
    // Python's clients take a type at `*::Call` for the call of the whole runtime.
    (&["pallet_timestamp", "Call"], &["pallet_timestamp", "pallet", "Call"]),
    (&["pallet_timestamp", "Error"], &["pallet_timestamp", "pallet", "Error"]),
    (&["ziver_runtime", "call", "RuntimeCall"], &["ziver_runtime", "RuntimeCall"]),
    (&["ziver_runtime", "event", "RuntimeEvent"], &["ziver_runtime", "RuntimeEvent"]),
    (&["ziver_runtime", "event", "RuntimeError"], &["ziver_runtime", "RuntimeError"]),
];

/// Modules whose types all keep their names.
const MODULES: &[(&[&str], &[&str])] = &[
    (&["ziver_primitives", "validity"], &["sp_runtime", "transaction_validity"]),
    (&["ziver_runtime", "metadata", "extensions"], &["frame_system", "extensions"]),
    (&["ziver_system"], &["frame_system"]),
    (&["ziver_timestamp"], &["pallet_timestamp"]),
    (&["ziver_balances"], &["pallet_balances"]),
    (&["ziver_fees"], &["pallet_transaction_payment"]),
    (&["ziver_sudo"], &["pallet_sudo"]),
    (&["ziver_utility"], &["pallet_utility"]),
    (&["ziver_contracts"], &["pallet_contracts"]),
];

/// Renames the paths in `types`.
pub fn rename(types: &mut PortableRegistry) {
    for entry in &mut types.types {
        let segments = &mut entry.ty.path.segments;
        let path: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let whole = RENAMED.iter().find_map(|(ours, theirs)| (**ours == *path).then_some((*theirs, &[][..])));
        let renamed =
            whole.or_else(|| MODULES.iter().find_map(|(ours, theirs)| Some((*theirs, path.strip_prefix(*ours)?))));
        if let Some((theirs, rest)) = renamed {
            *segments = theirs.iter().chain(rest).map(|segment| (*segment).into()).collect();
        }
    }
}
