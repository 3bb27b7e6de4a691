//! Version 14 of the format: no runtime APIs.

use alloc::{vec, vec::Vec};
use frame_metadata::v14::{
    ExtrinsicMetadata, PalletCallMetadata, PalletConstantMetadata, PalletErrorMetadata, PalletEventMetadata,
    PalletMetadata, PalletStorageMetadata, RuntimeMetadataV14, SignedExtensionMetadata, StorageEntryMetadata,
    StorageEntryModifier, StorageEntryType, StorageHasher,
};
use scale_info::meta_type;
use ziver_support::metadata as described;

use super::{extensions, pallets, paths, runtime_type, types::UncheckedExtrinsic};

/// The metadata.
pub fn metadata() -> RuntimeMetadataV14 {
    let signed_extensions = extensions::all().map(|extension| SignedExtensionMetadata {
        identifier: extension.identifier,
        ty: extension.ty,
        additional_signed: extension.implicit,
    });
    let extrinsic = ExtrinsicMetadata {
        ty: meta_type::<UncheckedExtrinsic>(),
        version: 4,
        signed_extensions: Vec::from(signed_extensions),
    };
    let pallets = pallets().into_iter().map(pallet).collect();
    let mut metadata = RuntimeMetadataV14::new(pallets, extrinsic, runtime_type());
    paths::rename(&mut metadata.types);
    metadata
}

fn pallet(pallet: described::PalletMetadata) -> PalletMetadata {
    PalletMetadata {
        name: pallet.pallet.name,
        storage: storage(&pallet),
        calls: pallet.calls.map(|ty| PalletCallMetadata { ty }),
        event: pallet.event.map(|ty| PalletEventMetadata { ty }),
        constants: constants(&pallet),
        error: pallet.error.map(|ty| PalletErrorMetadata { ty }),
        index: pallet.pallet.index,
    }
}

/// Its storage, where it has some. The same in version 15.
pub fn storage(pallet: &described::PalletMetadata) -> Option<PalletStorageMetadata> {
    let entries: Vec<_> = pallet.storage.iter().map(entry).collect();
    (!entries.is_empty()).then_some(PalletStorageMetadata { prefix: pallet.pallet.name, entries })
}

fn entry(entry: &described::StorageEntryMetadata) -> StorageEntryMetadata {
    let (modifier, default) = modifier(entry);
    StorageEntryMetadata { name: entry.name, modifier, ty: entry_type(&entry.ty), default, docs: entry.docs.to_vec() }
}

/// How a missing value reads: as the default, or as none. The same in version 16.
pub fn modifier(entry: &described::StorageEntryMetadata) -> (StorageEntryModifier, Vec<u8>) {
    match &entry.default {
        Some(default) => (StorageEntryModifier::Default, default.clone()),
        None => (StorageEntryModifier::Optional, vec![0]),
    }
}

/// The shape of an item. The same in version 16.
pub fn entry_type(ty: &described::StorageEntryType) -> StorageEntryType {
    match ty {
        described::StorageEntryType::Plain(ty) => StorageEntryType::Plain(*ty),
        described::StorageEntryType::Map { hashers, key, value } => {
            let hashers = hashers.iter().map(|hasher| match hasher {
                described::StorageHasher::Blake2_128Concat => StorageHasher::Blake2_128Concat,
                described::StorageHasher::Twox64Concat => StorageHasher::Twox64Concat,
                described::StorageHasher::Identity => StorageHasher::Identity,
            });
            StorageEntryType::Map { hashers: hashers.collect(), key: *key, value: *value }
        }
    }
}

/// Its constants. The same in version 15.
pub fn constants(pallet: &described::PalletMetadata) -> Vec<PalletConstantMetadata> {
    let constant = |constant: &described::ConstantMetadata| PalletConstantMetadata {
        name: constant.name,
        ty: constant.ty,
        value: constant.value.clone(),
        docs: constant.docs.to_vec(),
    };
    pallet.constants.iter().map(constant).collect()
}
