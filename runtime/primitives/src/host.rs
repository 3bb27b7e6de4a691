//! The host's functions that the Wasm runtime imports: names and conventions of the Polkadot Host API.
//!
//! A pointer-size is an `i64`: pointer in the low, length in the high 32 bits. Buffers that the host returns lie in
//! memory that it allocated by the rules of `ext_allocator_malloc_version_1`: [`take`] and [`take_array`] copy and free
//! them. Besides this module, only `pallets/support` (state by these functions) and the
//! runtime's entry points have `unsafe` code.
//!
//! Out of scope: what the functions mean, see the Polkadot specification, chapter "Host API".
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_lossless,
    reason = "pointers become integers at this border, and wasm32 has 32-bit pointers and lengths"
)]

use alloc::vec::Vec;

/// The raw imports.
#[allow(missing_docs, reason = "each is defined by the Polkadot specification under its own name")]
pub mod ffi {
    unsafe extern "C" {
        pub fn ext_storage_set_version_1(key: u64, value: u64);
        pub fn ext_storage_get_version_1(key: u64) -> u64;
        pub fn ext_storage_read_version_1(key: u64, value_out: u64, offset: u32) -> u64;
        pub fn ext_storage_clear_version_1(key: u64);
        pub fn ext_storage_exists_version_1(key: u64) -> u32;
        pub fn ext_storage_append_version_1(key: u64, value: u64);
        pub fn ext_storage_root_version_2(version: u32) -> u64;
        pub fn ext_storage_next_key_version_1(key: u64) -> u64;
        pub fn ext_storage_clear_prefix_version_2(prefix: u64, limit: u64) -> u64;
        pub fn ext_storage_start_transaction_version_1();
        pub fn ext_storage_rollback_transaction_version_1();
        pub fn ext_storage_commit_transaction_version_1();
        pub fn ext_hashing_keccak_256_version_1(data: u64) -> u32;
        pub fn ext_hashing_blake2_128_version_1(data: u64) -> u32;
        pub fn ext_hashing_blake2_256_version_1(data: u64) -> u32;
        pub fn ext_hashing_twox_64_version_1(data: u64) -> u32;
        pub fn ext_hashing_twox_128_version_1(data: u64) -> u32;
        pub fn ext_hashing_twox_256_version_1(data: u64) -> u32;
        pub fn ext_crypto_secp256k1_ecdsa_recover_version_2(signature: u32, message: u32) -> u64;
        pub fn ext_crypto_sr25519_verify_version_2(signature: u32, message: u64, key: u32) -> u32;
        pub fn ext_trie_keccak_256_ordered_root_version_2(values: u64, version: u32) -> u32;
        pub fn ext_allocator_malloc_version_1(size: u32) -> u32;
        pub fn ext_allocator_free_version_1(pointer: u32);
        pub fn ext_logging_log_version_1(level: u32, target: u64, message: u64);
        pub fn ext_logging_max_level_version_1() -> u32;
        pub fn ext_misc_runtime_version_version_1(wasm: u64) -> u64;
        pub fn ext_panic_handler_abort_on_panic_version_1(message: u64);
    }
}

/// The pointer-size of `data`.
pub fn pointer_size(data: &[u8]) -> u64 {
    (data.len() as u64).wrapping_shl(32) | u64::from(data.as_ptr() as u32)
}

/// The bytes that the host left at `pointer_size` for us, copied; frees the host's buffer.
///
/// # Safety
/// `pointer_size` must be an answer of the host that the caller owns and does not use again.
pub unsafe fn take(pointer_size: u64) -> Vec<u8> {
    let (pointer, len) = (pointer_size as u32, pointer_size.wrapping_shr(32) as u32);
    if len == 0 {
        return Vec::new();
    }
    // SAFETY: the host promises `len` initialised bytes at `pointer`. They lie in a block of the host's allocator, which need
    // not be ours, so they are copied and the block goes back there.
    unsafe {
        let out = core::slice::from_raw_parts(pointer as *const u8, len as usize).to_vec();
        ffi::ext_allocator_free_version_1(pointer);
        out
    }
}

/// The `N` bytes that the host left at `pointer`, copied; frees the host's buffer.
///
/// # Safety
/// `pointer` must be an answer of the host that the caller owns and does not use again, with `N` bytes behind it.
pub unsafe fn take_array<const N: usize>(pointer: u32) -> [u8; N] {
    // SAFETY: as promised by the caller.
    unsafe {
        let out = *(pointer as *const [u8; N]);
        ffi::ext_allocator_free_version_1(pointer);
        out
    }
}

/// Hashing by the host; the same names and results as the native functions.
pub mod hashing {
    use super::{ffi, pointer_size, take_array};

    macro_rules! hashes {
        ($($(#[$doc:meta])* $name:ident = $import:ident -> $len:literal;)*) => {$(
            $(#[$doc])*
            pub fn $name(data: &[u8]) -> [u8; $len] {
                // SAFETY: `data` outlives the call; the host answers a fresh buffer of this length.
                unsafe { take_array(ffi::$import(pointer_size(data))) }
            }
        )*};
    }

    hashes! {
        /// Keccak-256 as Ethereum uses it.
        keccak_256 = ext_hashing_keccak_256_version_1 -> 32;
        /// Blake2b with an output of 32 bytes.
        blake2_256 = ext_hashing_blake2_256_version_1 -> 32;
        /// Blake2b with an output of 16 bytes.
        blake2_128 = ext_hashing_blake2_128_version_1 -> 16;
        /// XxHash64 with seed 0.
        twox_64 = ext_hashing_twox_64_version_1 -> 8;
        /// XxHash64 with seeds 0 and 1.
        twox_128 = ext_hashing_twox_128_version_1 -> 16;
        /// XxHash64 with seeds 0 to 3.
        twox_256 = ext_hashing_twox_256_version_1 -> 32;
    }
}

/// Cryptography by the host.
pub mod crypto {
    use super::{ffi, pointer_size, take};

    /// Whether `signature` is that of `key` over `message`.
    pub fn sr25519_verify(signature: &[u8; 64], message: &[u8], key: &[u8; 32]) -> bool {
        let (signature, key) = (pointer_size(signature) as u32, pointer_size(key) as u32);
        // SAFETY: all buffers outlive the call and have the lengths that the specification wants.
        unsafe { ffi::ext_crypto_sr25519_verify_version_2(signature, pointer_size(message), key) != 0 }
    }

    /// The uncompressed public key behind `signature` (r, s, v in 0..=3) over `hash`.
    pub fn secp256k1_ecdsa_recover(signature: &[u8; 65], hash: &[u8; 32]) -> Option<[u8; 64]> {
        let (signature, hash) = (pointer_size(signature) as u32, pointer_size(hash) as u32);
        // SAFETY: both buffers outlive the call and have the lengths that the specification wants.
        let answer = unsafe { take(ffi::ext_crypto_secp256k1_ecdsa_recover_version_2(signature, hash)) };
        match answer.split_first() {
            Some((0, key)) => key.try_into().ok(),
            _ => None,
        }
    }
}
