//! What a runtime says that it has, in one form for all versions of the metadata.
//!
//! The `_id`s are positions in the metadata's list of types; [`Metadata::type_name`](crate::Metadata::type_name) makes
//! them readable.

use serde::Serialize;

/// A pallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pallet {
    /// Its name.
    pub name: String,
    /// Its index among calls, events and errors.
    pub index: u8,
    /// What it is for; metadata 14 does not say.
    pub docs: Vec<String>,
    /// Its calls.
    pub calls: Vec<Call>,
    /// What it keeps in state.
    pub storage: Vec<StorageItem>,
    /// The name under which it keeps that.
    pub storage_prefix: String,
    /// Its constants.
    pub constants: Vec<Constant>,
    /// What it tells.
    pub events: Vec<Event>,
    /// How its calls fail.
    pub errors: Vec<Failure>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its index in the pallet.
    pub index: u8,
    /// What it takes.
    pub args: Vec<Argument>,
    /// What it does.
    pub docs: Vec<String>,
}

/// An argument of a call or a runtime API, a field of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Argument {
    /// Its name; its position where it has none.
    pub name: String,
    /// Its type in words.
    pub type_name: String,
    /// Its type.
    pub type_id: u32,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its index in the pallet.
    pub index: u8,
    /// What it carries.
    pub fields: Vec<Argument>,
    /// What has happened.
    pub docs: Vec<String>,
}

/// An error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its name.
    pub name: String,
    /// Its index in the pallet.
    pub index: u8,
    /// What is wrong.
    pub docs: Vec<String>,
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its type in words.
    pub type_name: String,
    /// Its type.
    pub type_id: u32,
    /// Its SCALE-encoded value.
    #[serde(skip)]
    pub value: Vec<u8>,
    /// What it is.
    pub docs: Vec<String>,
}

/// How the key of a map becomes a part of the storage key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "they are the names of hash functions")]
pub enum StorageHasher {
    Blake2_128,
    Blake2_256,
    Blake2_128Concat,
    Twox128,
    Twox256,
    Twox64Concat,
    Identity,
}

/// An item of state: one value, or a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StorageItem {
    /// Its name.
    pub name: String,
    /// Parts of a map's key, in order; none for a single value.
    pub keys: Vec<(StorageHasher, Argument)>,
    /// The value's type in words.
    pub value_name: String,
    /// The value's type.
    pub value_id: u32,
    /// Whether an absent value means the default one, not none.
    pub has_default: bool,
    /// The SCALE-encoded default value.
    #[serde(skip)]
    pub default: Vec<u8>,
    /// What it is.
    pub docs: Vec<String>,
}

/// An extension of extrinsics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// What it carries in an extrinsic.
    pub type_id: u32,
    /// What it only signs.
    pub implicit_id: u32,
}

/// A group of runtime entry points. Metadata 14 lists none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuntimeApi {
    /// Its name, the first part of the entry points' names.
    pub name: String,
    /// Its methods.
    pub methods: Vec<RuntimeApiMethod>,
    /// What it is for.
    pub docs: Vec<String>,
}

/// An entry point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuntimeApiMethod {
    /// Its name without the API's.
    pub name: String,
    /// What it takes.
    pub inputs: Vec<Argument>,
    /// What it answers, in words.
    pub output_name: String,
    /// What it answers.
    pub output_id: u32,
    /// What it does.
    pub docs: Vec<String>,
}
