//! Version 16 of the format: extrinsic versions side by side, versions of runtime APIs, deprecations (none).

use alloc::{collections::BTreeMap, vec, vec::Vec};
use codec::Compact;
use frame_metadata::v16::{
    EnumDeprecationInfo, ExtrinsicMetadata, ItemDeprecationInfo, PalletCallMetadata, PalletConstantMetadata,
    PalletErrorMetadata, PalletEventMetadata, PalletMetadata, PalletStorageMetadata, RuntimeApiMetadata,
    RuntimeApiMethodMetadata, RuntimeMetadataV16, StorageEntryMetadata, TransactionExtensionMetadata,
};
use scale_info::meta_type;
use ziver_primitives::{AccountId20, EthereumSignature};
use ziver_support::metadata as described;

use super::{apis, extensions, pallets, paths, v14, v15};
use crate::RuntimeCall;

/// The metadata.
pub fn metadata() -> RuntimeMetadataV16 {
    let pallets = pallets().into_iter().map(pallet).collect();
    let apis = apis::all().into_iter().map(api).collect();
    let mut metadata = RuntimeMetadataV16::new(pallets, extrinsic(), apis, v15::outer_enums(), v15::custom());
    paths::rename(&mut metadata.types);
    metadata
}

fn extrinsic() -> ExtrinsicMetadata {
    let extensions = extensions::all();
    let indices = (0u32..).zip(&extensions).map(|(index, _)| Compact(index)).collect();
    ExtrinsicMetadata {
        versions: vec![4],
        address_ty: meta_type::<AccountId20>(),
        call_ty: meta_type::<RuntimeCall>(),
        signature_ty: meta_type::<EthereumSignature>(),
        // Clients look for version 0 of the set, whatever the extrinsic's version.
        transaction_extensions_by_version: BTreeMap::from([(0, indices)]),
        transaction_extensions: Vec::from(extensions.map(|extension| TransactionExtensionMetadata {
            identifier: extension.identifier,
            ty: extension.ty,
            implicit: extension.implicit,
        })),
    }
}

fn pallet(pallet: described::PalletMetadata) -> PalletMetadata {
    PalletMetadata {
        name: pallet.pallet.name,
        storage: storage(&pallet),
        calls: pallet.calls.map(|ty| PalletCallMetadata { ty, deprecation_info: nothing() }),
        event: pallet.event.map(|ty| PalletEventMetadata { ty, deprecation_info: nothing() }),
        constants: constants(&pallet),
        error: pallet.error.map(|ty| PalletErrorMetadata { ty, deprecation_info: nothing() }),
        associated_types: Vec::new(),
        view_functions: Vec::new(),
        index: pallet.pallet.index,
        docs: pallet.docs.to_vec(),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    }
}

/// No variant is deprecated.
fn nothing() -> EnumDeprecationInfo {
    EnumDeprecationInfo(BTreeMap::new())
}

fn storage(pallet: &described::PalletMetadata) -> Option<PalletStorageMetadata> {
    let entries: Vec<_> = pallet.storage.iter().map(entry).collect();
    (!entries.is_empty()).then_some(PalletStorageMetadata { prefix: pallet.pallet.name, entries })
}

fn entry(entry: &described::StorageEntryMetadata) -> StorageEntryMetadata {
    let (modifier, default) = v14::modifier(entry);
    StorageEntryMetadata {
        name: entry.name,
        modifier,
        ty: v14::entry_type(&entry.ty),
        default,
        docs: entry.docs.to_vec(),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    }
}

fn constants(pallet: &described::PalletMetadata) -> Vec<PalletConstantMetadata> {
    let constant = |constant: &described::ConstantMetadata| PalletConstantMetadata {
        name: constant.name,
        ty: constant.ty,
        value: constant.value.clone(),
        docs: constant.docs.to_vec(),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    };
    pallet.constants.iter().map(constant).collect()
}

fn api(api: apis::Api) -> RuntimeApiMetadata {
    let methods = api.methods.into_iter().map(|method| RuntimeApiMethodMetadata {
        name: method.name,
        inputs: v15::parameters(method.inputs),
        output: method.output,
        docs: method.docs.to_vec(),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    });
    RuntimeApiMetadata {
        name: api.name,
        methods: methods.collect(),
        docs: api.docs.to_vec(),
        version: Compact(api.version),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    }
}
