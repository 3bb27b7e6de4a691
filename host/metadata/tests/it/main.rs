//! The crate against the metadata of the chain's own runtime, in every version of the format, and against hostile
//! bytes.

mod calls;
mod events;
mod extrinsics;
mod hostile;
mod runtime;
mod storage;
