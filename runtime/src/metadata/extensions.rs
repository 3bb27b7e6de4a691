//! The signed extensions, as clients know them; what they do is in `extrinsic` and `validity`.
#![allow(dead_code, reason = "clients alone need the values, the runtime describes the types")]

use scale_info::{MetaType, TypeInfo, meta_type};
use ziver_primitives::{Balance, Era, Hash, Nonce};

macro_rules! empty {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(TypeInfo)]
        pub struct $name;
    )*};
}

empty! {
    /// The sender is not the zero address.
    CheckNonZeroSender
    /// Signs the runtime's version.
    CheckSpecVersion
    /// Signs the version of the transaction format.
    CheckTxVersion
    /// Signs the chain.
    CheckGenesis
    /// The block has room.
    CheckWeight
}

/// Signs the era's first block.
#[derive(TypeInfo)]
pub struct CheckMortality(pub Era);

/// Orders a sender's transactions.
#[derive(TypeInfo)]
pub struct CheckNonce(#[codec(compact)] pub Nonce);

/// Pays.
#[derive(TypeInfo)]
pub struct ChargeTransactionPayment(#[codec(compact)] pub Balance);

/// Whether a hash of the metadata is signed.
#[derive(TypeInfo)]
pub enum Mode {
    /// No.
    Disabled,
    /// Yes; not supported.
    Enabled,
}

/// Signs a hash of the metadata, on request.
#[derive(TypeInfo)]
pub struct CheckMetadataHash {
    /// Whether.
    pub mode: Mode,
}

/// What all of them carry, in order.
pub type SignedExtra = (
    CheckNonZeroSender,
    CheckSpecVersion,
    CheckTxVersion,
    CheckGenesis,
    CheckMortality,
    CheckNonce,
    CheckWeight,
    ChargeTransactionPayment,
    CheckMetadataHash,
);

/// An extension: name, what it carries, what it only signs.
pub struct Extension {
    /// The name by which clients know what to do.
    pub identifier: &'static str,
    /// What it carries in an extrinsic.
    pub ty: MetaType,
    /// What it signs beside that.
    pub implicit: MetaType,
}

fn extension<T: TypeInfo + 'static, Implicit: TypeInfo + 'static>(identifier: &'static str) -> Extension {
    Extension { identifier, ty: meta_type::<T>(), implicit: meta_type::<Implicit>() }
}

/// All, in the order of the extrinsic's bytes.
pub fn all() -> [Extension; 9] {
    [
        extension::<CheckNonZeroSender, ()>("CheckNonZeroSender"),
        extension::<CheckSpecVersion, u32>("CheckSpecVersion"),
        extension::<CheckTxVersion, u32>("CheckTxVersion"),
        extension::<CheckGenesis, Hash>("CheckGenesis"),
        extension::<CheckMortality, Hash>("CheckMortality"),
        extension::<CheckNonce, ()>("CheckNonce"),
        extension::<CheckWeight, ()>("CheckWeight"),
        extension::<ChargeTransactionPayment, ()>("ChargeTransactionPayment"),
        extension::<CheckMetadataHash, Option<[u8; 32]>>("CheckMetadataHash"),
    ]
}
