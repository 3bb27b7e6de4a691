//! Types that exist only for clients: the runtime reads and writes their bytes without having them.
#![allow(dead_code, reason = "clients alone need the values, the runtime describes the types")]

use alloc::vec::Vec;
use scale_info::{Path, Type, TypeInfo, TypeParameter, build::Fields, meta_type};
use ziver_primitives::{AccountId20, EthereumSignature, Header};

use super::extensions::SignedExtra;
use crate::RuntimeCall;

/// The runtime itself.
#[derive(TypeInfo)]
pub struct Runtime;

/// An extrinsic: bytes, whose parts clients find by the type parameters.
pub struct UncheckedExtrinsic;

impl TypeInfo for UncheckedExtrinsic {
    type Identity = Self;

    fn type_info() -> Type {
        let parameters = [
            TypeParameter::new("Address", Some(meta_type::<AccountId20>())),
            TypeParameter::new("Call", Some(meta_type::<RuntimeCall>())),
            TypeParameter::new("Signature", Some(meta_type::<EthereumSignature>())),
            TypeParameter::new("Extra", Some(meta_type::<SignedExtra>())),
        ];
        Type::builder()
            .path(Path::new("UncheckedExtrinsic", "sp_runtime::generic::unchecked_extrinsic"))
            .type_params(parameters)
            .composite(Fields::unnamed().field(|f| f.ty::<Vec<u8>>()))
    }
}

/// A block.
pub struct Block;

impl TypeInfo for Block {
    type Identity = Self;

    fn type_info() -> Type {
        let fields = Fields::named()
            .field(|f| f.ty::<Header>().name("header").type_name("Header"))
            .field(|f| f.ty::<Vec<UncheckedExtrinsic>>().name("extrinsics").type_name("Vec<Extrinsic>"));
        Type::builder().path(Path::new("Block", "sp_runtime::generic::block")).composite(fields)
    }
}

/// Which extrinsics a block may hold.
#[derive(TypeInfo)]
pub enum ExtrinsicInclusionMode {
    /// All.
    AllExtrinsics,
    /// Inherents alone.
    OnlyInherents,
}
