//! The paths by which clients recognise types of Substrate.

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
];

/// Crates whose names alone differ; the rest of the path stays.
const CRATES: &[(&str, &str)] = &[
    ("ziver_system", "frame_system"),
    ("ziver_timestamp", "pallet_timestamp"),
    ("ziver_balances", "pallet_balances"),
    ("ziver_fees", "pallet_transaction_payment"),
    ("ziver_sudo", "pallet_sudo"),
    ("ziver_utility", "pallet_utility"),
];

/// Renames the paths in `types`.
pub fn rename(types: &mut PortableRegistry) {
    for entry in &mut types.types {
        let segments = &mut entry.ty.path.segments;
        if let Some((_, renamed)) = RENAMED.iter().find(|(ours, _)| ours.iter().eq(segments.iter())) {
            *segments = renamed.iter().map(|segment| (*segment).into()).collect();
        } else if let Some(first) = segments.first_mut()
            && let Some((_, renamed)) = CRATES.iter().find(|(ours, _)| *ours == first.as_str())
        {
            *first = (*renamed).into();
        }
    }
}
