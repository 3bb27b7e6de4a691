//! SCALE read and written by a runtime's own description of itself: calls, events, storage, errors as JSON.
//!
//! The host knows no pallet, yet RPC, command line and explorer speak of calls and events by name. What they need is in
//! the runtime's metadata (versions 14, 15 and 16 of the format), which [`Metadata`] holds; it is cheap to clone.
//! Nothing here reads a disk or a socket.
//!
//! # Usage
//! ```no_run
//! # fn bytes() -> Vec<u8> { unimplemented!() }
//! use ziver_metadata::{Metadata, parse_arguments};
//! let metadata = Metadata::decode(&bytes())?; // what `Metadata_metadata` or `state_getMetadata` answers
//! let arguments = parse_arguments(r#"{"dest": "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0", "value": "1000"}"#)?;
//! let call: Vec<u8> = metadata.encode_call("Balances", "transfer_keep_alive", &arguments)?;
//! let described = metadata.decode_call(&call)?;
//! assert_eq!(described.args["value"], "1000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The JSON form
//! The same in both directions, so that what was read can be written again:
//!
//! | SCALE | JSON |
//! |---|---|
//! | integers up to 64 bits | number; beyond 2^53 a decimal string. Written: also a decimal or `0x` string |
//! | integers of 128 and 256 bits | decimal string |
//! | compact | as what it holds |
//! | `[u8; N]`, `Vec<u8>` | `0x` and hexadecimal digits |
//! | other lists, arrays, tuples, fields without names | array |
//! | fields with names | object |
//! | one field without a name (`AccountId20`, `H256`), tuple of one | as what it holds |
//! | no field | `null` |
//! | variant without fields | `"Name"` |
//! | variant with fields | `{"Name": one field}`, `{"Name": [fields]}` or `{"Name": {fields}}` |
//! | `Option` | `null` or the value; `{"Some": value}` where the value could be taken for one of these |
//! | text, character, boolean | string, string, boolean |
//! | sequence of bits | `"0b0110"` |
//!
//! [`Contract`] does the same by a contract's description of itself.
//!
//! Out of scope: signing ([`ziver_primitives::transaction`]), versions of the format before 14, extrinsics' extensions
//! beyond reading them.
//!
//! Invariant: bytes from outside lead to a value or an error, never to a panic: depth and number of the values that one
//! answer is made of are bounded in [`limits`].
//! Invariant: this crate names no pallet but in what all Substrate clients rely on (`System.Events`).
#![forbid(unsafe_code)]

mod call;
mod contract;
mod describe;
mod dispatch_error;
mod error;
mod event;
mod extrinsic;
pub mod limits;
mod metadata;
mod normalise;
mod read;
mod storage;
mod text;
mod types;
mod wide;
mod write;

pub use call::DecodedCall;
pub use contract::{Contract, ContractEvent, Message};
pub use describe::{
    Argument, Call, Constant, Event as EventDescription, Extension, Failure, Pallet, RuntimeApi, RuntimeApiMethod,
    StorageHasher, StorageItem,
};
pub use error::{ContractError, DecodeError, EncodeError, MetadataError};
pub use event::{Event, Events, Phase};
pub use extrinsic::Extrinsic;
pub use metadata::Metadata;
pub use storage::StorageEntry;
pub use text::parse_arguments;
