//! [`Externalities`] by the Polkadot Host API.

use alloc::vec::Vec;
use codec::{Compact, Decode, Encode};
use ziver_primitives::host::{ffi, pointer_size, take, take_array};

use super::{Externalities, LogLevel, RemovedPrefix, host_sandbox::HostSandbox};
use crate::sandbox::Sandbox;

/// The host that this Wasm instance runs in.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostExternalities;

/// The content of a SCALE `Option<Vec<u8>>`, in the buffer that it came in.
fn optional_bytes(mut answer: Vec<u8>) -> Option<Vec<u8>> {
    let mut input = answer.as_slice();
    if u8::decode(&mut input).ok()? == 0 {
        return None;
    }
    Compact::<u32>::decode(&mut input).ok()?;
    let header = answer.len().saturating_sub(input.len());
    answer.drain(..header);
    Some(answer)
}

impl Externalities for HostExternalities {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        // SAFETY: `key` outlives the call; the answer is ours.
        optional_bytes(unsafe { take(ffi::ext_storage_get_version_1(pointer_size(key))) })
    }

    fn exists(&self, key: &[u8]) -> bool {
        // SAFETY: `key` outlives the call.
        unsafe { ffi::ext_storage_exists_version_1(pointer_size(key)) != 0 }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        // SAFETY: both outlive the call.
        unsafe { ffi::ext_storage_set_version_1(pointer_size(key), pointer_size(value)) }
    }

    fn clear(&mut self, key: &[u8]) {
        // SAFETY: `key` outlives the call.
        unsafe { ffi::ext_storage_clear_version_1(pointer_size(key)) }
    }

    fn append(&mut self, key: &[u8], item: &[u8]) {
        // SAFETY: both outlive the call.
        unsafe { ffi::ext_storage_append_version_1(pointer_size(key), pointer_size(item)) }
    }

    fn next_key(&self, key: &[u8]) -> Option<Vec<u8>> {
        // SAFETY: `key` outlives the call; the answer is ours.
        optional_bytes(unsafe { take(ffi::ext_storage_next_key_version_1(pointer_size(key))) })
    }

    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> RemovedPrefix {
        let limit = limit.encode();
        // SAFETY: both outlive the call; the answer is ours.
        let answer =
            unsafe { take(ffi::ext_storage_clear_prefix_version_2(pointer_size(prefix), pointer_size(&limit))) };
        match answer.split_first() {
            Some((kind, mut count)) => {
                RemovedPrefix { all: *kind == 0, removed: u32::decode(&mut count).unwrap_or_default() }
            }
            None => RemovedPrefix { all: false, removed: 0 },
        }
    }

    fn start_transaction(&mut self) {
        // SAFETY: no arguments.
        unsafe { ffi::ext_storage_start_transaction_version_1() }
    }

    fn commit_transaction(&mut self) {
        // SAFETY: no arguments.
        unsafe { ffi::ext_storage_commit_transaction_version_1() }
    }

    fn rollback_transaction(&mut self) {
        // SAFETY: no arguments.
        unsafe { ffi::ext_storage_rollback_transaction_version_1() }
    }

    fn storage_root(&mut self) -> [u8; 32] {
        // SAFETY: the answer is ours.
        let root = unsafe { take(ffi::ext_storage_root_version_2(1)) };
        root.as_slice().try_into().unwrap_or_default()
    }

    fn ordered_root(&self, values: &[Vec<u8>]) -> [u8; 32] {
        let values = values.encode();
        // SAFETY: `values` outlives the call; the answer is ours and has 32 bytes.
        unsafe { take_array(ffi::ext_trie_keccak_256_ordered_root_version_2(pointer_size(&values), 0)) }
    }

    fn runtime_version(&self, code: &[u8]) -> Option<Vec<u8>> {
        // SAFETY: `code` outlives the call; the answer is ours.
        optional_bytes(unsafe { take(ffi::ext_misc_runtime_version_version_1(pointer_size(code))) })
    }

    fn sandbox(&self) -> &'static dyn Sandbox {
        &HostSandbox
    }

    fn log(&self, level: LogLevel, target: &str, message: &str) {
        let level = match level {
            LogLevel::Error => 1,
            LogLevel::Warn => 2,
            LogLevel::Info => 3,
            LogLevel::Debug => 4,
            LogLevel::Trace => 5,
        };
        // SAFETY: both texts outlive the call.
        unsafe {
            ffi::ext_logging_log_version_1(level, pointer_size(target.as_bytes()), pointer_size(message.as_bytes()))
        }
    }
}
