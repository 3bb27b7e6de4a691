//! From each version of the metadata's format to one description.

use frame_metadata::{RuntimeMetadata, v14, v15, v16};
use scale_info::{PortableRegistry, form::PortableForm};

use crate::describe::{
    Argument, Call, Constant, Event, Extension, Failure, Pallet, RuntimeApi, RuntimeApiMethod, StorageHasher,
    StorageItem,
};
use crate::error::MetadataError;
use crate::metadata::{Described, ExtrinsicTypes};
use crate::types;

pub(crate) fn normalise(metadata: RuntimeMetadata) -> Result<Described, MetadataError> {
    match metadata {
        RuntimeMetadata::V14(metadata) => from_v14(metadata),
        RuntimeMetadata::V15(metadata) => Ok(from_v15(metadata)),
        RuntimeMetadata::V16(metadata) => Ok(from_v16(metadata)),
        other => Err(MetadataError::Version(other.version())),
    }
}

fn described(
    version: u32,
    types: PortableRegistry,
    pallets: Vec<Pallet>,
    extrinsic: ExtrinsicTypes,
    apis: Vec<RuntimeApi>,
) -> Described {
    let is_dispatch_error = |path: &[String]| path == ["sp_runtime", "DispatchError"];
    let dispatch_error = types.types.iter().find(|entry| is_dispatch_error(&entry.ty.path.segments));
    let dispatch_error = dispatch_error.map(|entry| entry.id);
    Described { version, types, pallets, extrinsic, apis, dispatch_error }
}

/// The parts of a pallet that every version has.
struct Parts<'a> {
    name: String,
    index: u8,
    docs: Vec<String>,
    calls: Option<u32>,
    events: Option<u32>,
    errors: Option<u32>,
    types: &'a PortableRegistry,
}

impl Parts<'_> {
    fn pallet(self, storage_prefix: Option<String>, storage: Vec<StorageItem>, constants: Vec<Constant>) -> Pallet {
        let types = self.types;
        let variants = |id: Option<u32>| id.map(|id| types::variants(types, id)).unwrap_or_default().iter();
        let calls = variants(self.calls).map(|variant| Call {
            name: variant.name.clone(),
            index: variant.index,
            args: types::arguments(types, &variant.fields),
            docs: variant.docs.clone(),
        });
        let events = variants(self.events).map(|variant| Event {
            name: variant.name.clone(),
            index: variant.index,
            fields: types::arguments(types, &variant.fields),
            docs: variant.docs.clone(),
        });
        let errors = variants(self.errors).map(|variant| Failure {
            name: variant.name.clone(),
            index: variant.index,
            docs: variant.docs.clone(),
        });
        Pallet {
            calls: calls.collect(),
            events: events.collect(),
            errors: errors.collect(),
            storage_prefix: storage_prefix.unwrap_or_else(|| self.name.clone()),
            storage,
            constants,
            name: self.name,
            index: self.index,
            docs: self.docs,
        }
    }
}

fn constant(types: &PortableRegistry, name: String, type_id: u32, value: Vec<u8>, docs: Vec<String>) -> Constant {
    Constant { name, type_name: types::name(types, type_id), type_id, value, docs }
}

fn hasher(hasher: &v14::StorageHasher) -> StorageHasher {
    match hasher {
        v14::StorageHasher::Blake2_128 => StorageHasher::Blake2_128,
        v14::StorageHasher::Blake2_256 => StorageHasher::Blake2_256,
        v14::StorageHasher::Blake2_128Concat => StorageHasher::Blake2_128Concat,
        v14::StorageHasher::Twox128 => StorageHasher::Twox128,
        v14::StorageHasher::Twox256 => StorageHasher::Twox256,
        v14::StorageHasher::Twox64Concat => StorageHasher::Twox64Concat,
        v14::StorageHasher::Identity => StorageHasher::Identity,
    }
}

/// Which part of a map's key each hasher takes: all of it, or the tuple's elements in turn.
fn keys(types: &PortableRegistry, hashers: &[v14::StorageHasher], key: u32) -> Vec<(StorageHasher, Argument)> {
    let elements: Vec<u32> = match (hashers, types.resolve(key).map(|ty| &ty.type_def)) {
        ([_], _) => vec![key],
        (_, Some(scale_info::TypeDef::Tuple(tuple))) => tuple.fields.iter().map(|field| field.id).collect(),
        _ => vec![key],
    };
    let argument = |(position, id): (usize, u32)| Argument {
        name: position.to_string(),
        type_name: types::name(types, id),
        type_id: id,
    };
    hashers.iter().map(hasher).zip(elements.into_iter().enumerate().map(argument)).collect()
}

fn storage_item(
    types: &PortableRegistry,
    name: String,
    modifier: &v14::StorageEntryModifier,
    ty: &v14::StorageEntryType<PortableForm>,
    (default, docs): (Vec<u8>, Vec<String>),
) -> StorageItem {
    let (keys, value_id) = match ty {
        v14::StorageEntryType::Plain(value) => (Vec::new(), value.id),
        v14::StorageEntryType::Map { hashers, key, value } => (keys(types, hashers, key.id), value.id),
    };
    StorageItem {
        name,
        keys,
        value_name: types::name(types, value_id),
        value_id,
        has_default: *modifier == v14::StorageEntryModifier::Default,
        default,
        docs,
    }
}

fn storage(
    types: &PortableRegistry,
    storage: Option<v14::PalletStorageMetadata<PortableForm>>,
) -> (Option<String>, Vec<StorageItem>) {
    let Some(storage) = storage else { return (None, Vec::new()) };
    let items = storage.entries.into_iter();
    let items = items.map(|item| storage_item(types, item.name, &item.modifier, &item.ty, (item.default, item.docs)));
    (Some(storage.prefix), items.collect())
}

fn constants(types: &PortableRegistry, list: Vec<v14::PalletConstantMetadata<PortableForm>>) -> Vec<Constant> {
    list.into_iter().map(|one| constant(types, one.name, one.ty.id, one.value, one.docs)).collect()
}

fn from_v14(metadata: v14::RuntimeMetadataV14) -> Result<Described, MetadataError> {
    let types = metadata.types;
    let pallets = metadata.pallets.into_iter().map(|pallet| {
        let parts = Parts {
            name: pallet.name,
            index: pallet.index,
            docs: Vec::new(),
            calls: pallet.calls.map(|calls| calls.ty.id),
            events: pallet.event.map(|event| event.ty.id),
            errors: pallet.error.map(|error| error.ty.id),
            types: &types,
        };
        let (prefix, items) = storage(&types, pallet.storage);
        parts.pallet(prefix, items, constants(&types, pallet.constants))
    });
    let pallets = pallets.collect();
    // The extrinsic's parts are the parameters of its type.
    let extrinsic = types.resolve(metadata.extrinsic.ty.id).ok_or(MetadataError::Missing("extrinsics"))?;
    let parameter =
        |name: &str| extrinsic.type_params.iter().find(|one| one.name == name).and_then(|one| one.ty).map(|ty| ty.id);
    let extensions = metadata.extrinsic.signed_extensions.into_iter();
    let extrinsic = ExtrinsicTypes {
        versions: vec![metadata.extrinsic.version],
        address: parameter("Address").ok_or(MetadataError::Missing("the sender of extrinsics"))?,
        signature: parameter("Signature").ok_or(MetadataError::Missing("the signature of extrinsics"))?,
        extensions: extensions.map(|one| extension(one.identifier, one.ty.id, one.additional_signed.id)).collect(),
    };
    Ok(described(14, types, pallets, extrinsic, Vec::new()))
}

fn extension(name: String, type_id: u32, implicit_id: u32) -> Extension {
    Extension { name, type_id, implicit_id }
}

fn from_v15(metadata: v15::RuntimeMetadataV15) -> Described {
    let types = metadata.types;
    let pallets = metadata.pallets.into_iter().map(|pallet| {
        let parts = Parts {
            name: pallet.name,
            index: pallet.index,
            docs: pallet.docs,
            calls: pallet.calls.map(|calls| calls.ty.id),
            events: pallet.event.map(|event| event.ty.id),
            errors: pallet.error.map(|error| error.ty.id),
            types: &types,
        };
        let (prefix, items) = storage(&types, pallet.storage);
        parts.pallet(prefix, items, constants(&types, pallet.constants))
    });
    let pallets = pallets.collect();
    let extensions = metadata.extrinsic.signed_extensions.into_iter();
    let extrinsic = ExtrinsicTypes {
        versions: vec![metadata.extrinsic.version],
        address: metadata.extrinsic.address_ty.id,
        signature: metadata.extrinsic.signature_ty.id,
        extensions: extensions.map(|one| extension(one.identifier, one.ty.id, one.additional_signed.id)).collect(),
    };
    let apis = metadata.apis.into_iter().map(|api| {
        let methods = api.methods.into_iter();
        let methods = methods.map(|one| api_method(&types, one.name, one.inputs, one.output.id, one.docs));
        RuntimeApi { name: api.name, methods: methods.collect(), docs: api.docs }
    });
    let apis = apis.collect();
    described(15, types, pallets, extrinsic, apis)
}

fn api_method(
    types: &PortableRegistry,
    name: String,
    inputs: Vec<v15::RuntimeApiMethodParamMetadata<PortableForm>>,
    output_id: u32,
    docs: Vec<String>,
) -> RuntimeApiMethod {
    let inputs = inputs.into_iter();
    let inputs = inputs.map(|input| Argument {
        type_name: types::name(types, input.ty.id),
        name: input.name,
        type_id: input.ty.id,
    });
    RuntimeApiMethod { name, inputs: inputs.collect(), output_name: types::name(types, output_id), output_id, docs }
}

fn from_v16(metadata: v16::RuntimeMetadataV16) -> Described {
    let types = metadata.types;
    let pallets = metadata.pallets.into_iter().map(|pallet| {
        let parts = Parts {
            name: pallet.name,
            index: pallet.index,
            docs: pallet.docs,
            calls: pallet.calls.map(|calls| calls.ty.id),
            events: pallet.event.map(|event| event.ty.id),
            errors: pallet.error.map(|error| error.ty.id),
            types: &types,
        };
        let (prefix, items) = pallet.storage.map_or((None, Vec::new()), |storage| {
            let item = |item: v16::StorageEntryMetadata<PortableForm>| {
                storage_item(&types, item.name, &item.modifier, &item.ty, (item.default, item.docs))
            };
            (Some(storage.prefix), storage.entries.into_iter().map(item).collect())
        });
        let constants = pallet.constants.into_iter();
        let constants = constants.map(|one| constant(&types, one.name, one.ty.id, one.value, one.docs));
        parts.pallet(prefix, items, constants.collect())
    });
    let pallets = pallets.collect();
    let extrinsic = extrinsic_v16(metadata.extrinsic);
    let apis = metadata.apis.into_iter().map(|api| {
        let methods = api.methods.into_iter();
        let methods = methods.map(|one| api_method(&types, one.name, one.inputs, one.output.id, one.docs));
        RuntimeApi { name: api.name, methods: methods.collect(), docs: api.docs }
    });
    let apis = apis.collect();
    described(16, types, pallets, extrinsic, apis)
}

/// Signed extrinsics carry the extensions of version 0 of the set, in the order that it lists.
fn extrinsic_v16(metadata: v16::ExtrinsicMetadata<PortableForm>) -> ExtrinsicTypes {
    let all = metadata.transaction_extensions;
    let extensions: Vec<Extension> = match metadata.transaction_extensions_by_version.get(&0) {
        None => all.into_iter().map(|one| extension(one.identifier, one.ty.id, one.implicit.id)).collect(),
        Some(order) => order
            .iter()
            .filter_map(|index| usize::try_from(index.0).ok().and_then(|index| all.get(index)))
            .map(|one| extension(one.identifier.clone(), one.ty.id, one.implicit.id))
            .collect(),
    };
    ExtrinsicTypes {
        versions: metadata.versions,
        address: metadata.address_ty.id,
        signature: metadata.signature_ty.id,
        extensions,
    }
}
