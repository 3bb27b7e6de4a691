//! Version 15 of the format: with runtime APIs and the types of the outer enums.

use alloc::vec::Vec;
use frame_metadata::v15::{
    CustomMetadata, ExtrinsicMetadata, OuterEnums, PalletCallMetadata, PalletErrorMetadata, PalletEventMetadata,
    PalletMetadata, RuntimeApiMetadata, RuntimeApiMethodMetadata, RuntimeApiMethodParamMetadata, RuntimeMetadataV15,
    SignedExtensionMetadata,
};
use scale_info::meta_type;
use ziver_primitives::{AccountId20, EthereumSignature};
use ziver_support::metadata as described;

use super::{apis, extensions, extensions::SignedExtra, pallets, paths, runtime_type, v14};
use crate::{RuntimeCall, RuntimeError, RuntimeEvent};

/// The metadata.
pub fn metadata() -> RuntimeMetadataV15 {
    let pallets = pallets().into_iter().map(pallet).collect();
    let apis = apis::all().into_iter().map(api).collect();
    let mut metadata = RuntimeMetadataV15::new(pallets, extrinsic(), runtime_type(), apis, outer_enums(), custom());
    paths::rename(&mut metadata.types);
    metadata
}

/// The enums over all pallets. The same in version 16.
pub fn outer_enums() -> OuterEnums {
    OuterEnums {
        call_enum_ty: meta_type::<RuntimeCall>(),
        event_enum_ty: meta_type::<RuntimeEvent>(),
        error_enum_ty: meta_type::<RuntimeError>(),
    }
}

/// Nothing. The same in version 16.
pub fn custom() -> CustomMetadata {
    CustomMetadata { map: Default::default() }
}

fn extrinsic() -> ExtrinsicMetadata {
    let signed_extensions = extensions::all().map(|extension| SignedExtensionMetadata {
        identifier: extension.identifier,
        ty: extension.ty,
        additional_signed: extension.implicit,
    });
    ExtrinsicMetadata {
        version: 4,
        address_ty: meta_type::<AccountId20>(),
        call_ty: meta_type::<RuntimeCall>(),
        signature_ty: meta_type::<EthereumSignature>(),
        extra_ty: meta_type::<SignedExtra>(),
        signed_extensions: Vec::from(signed_extensions),
    }
}

fn pallet(pallet: described::PalletMetadata) -> PalletMetadata {
    PalletMetadata {
        name: pallet.pallet.name,
        storage: v14::storage(&pallet),
        calls: pallet.calls.map(|ty| PalletCallMetadata { ty }),
        event: pallet.event.map(|ty| PalletEventMetadata { ty }),
        constants: v14::constants(&pallet),
        error: pallet.error.map(|ty| PalletErrorMetadata { ty }),
        index: pallet.pallet.index,
        docs: pallet.docs.to_vec(),
    }
}

fn api(api: apis::Api) -> RuntimeApiMetadata {
    let methods = api.methods.into_iter().map(|method| RuntimeApiMethodMetadata {
        name: method.name,
        inputs: parameters(method.inputs),
        output: method.output,
        docs: method.docs.to_vec(),
    });
    RuntimeApiMetadata { name: api.name, methods: methods.collect(), docs: api.docs.to_vec() }
}

/// The arguments of a method. The same in version 16.
pub fn parameters(inputs: Vec<(&'static str, scale_info::MetaType)>) -> Vec<RuntimeApiMethodParamMetadata> {
    inputs.into_iter().map(|(name, ty)| RuntimeApiMethodParamMetadata { name, ty }).collect()
}
