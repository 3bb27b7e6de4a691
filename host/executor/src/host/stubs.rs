//! Functions of the published Host API that this host does not have.
//!
//! A module that imports one of them, or anything else that is unknown, is linked with a function that ends the call and
//! says which one was missing. A blob may become the runtime of a running chain only if it imports nothing beyond the
//! functions that exist and those [`PUBLISHED`] here: whether a blob is accepted is part of consensus, so the list is
//! fixed, and sorted.

use wasmtime::{Caller, ExternType, Linker, Module, Val};

use super::HostState;
use crate::code::unresolved;
use crate::error::{HostError, InvalidCode};

/// Published functions without an implementation here, sorted.
pub(crate) const PUBLISHED: [&str; 20] = [
    "ext_crypto_ecdsa_generate_version_1",
    "ext_crypto_ed25519_generate_version_1",
    "ext_crypto_sr25519_generate_version_1",
    "ext_offchain_http_request_add_header_version_1",
    "ext_offchain_http_request_start_version_1",
    "ext_offchain_http_request_write_body_version_1",
    "ext_offchain_http_response_headers_version_1",
    "ext_offchain_http_response_read_body_version_1",
    "ext_offchain_http_response_wait_version_1",
    "ext_offchain_is_validator_version_1",
    "ext_offchain_local_storage_clear_version_1",
    "ext_offchain_local_storage_compare_and_set_version_1",
    "ext_offchain_local_storage_get_version_1",
    "ext_offchain_local_storage_set_version_1",
    "ext_offchain_network_state_version_1",
    "ext_offchain_random_seed_version_1",
    "ext_offchain_set_authorized_nodes_version_1",
    "ext_offchain_sleep_until_version_1",
    "ext_offchain_submit_transaction_version_1",
    "ext_offchain_timestamp_version_1",
];

/// Whether `name` is a published function that this host does not have.
pub(crate) fn is_published(name: &str) -> bool {
    PUBLISHED.binary_search(&name).is_ok()
}

/// Links every import of `module` that `linker` lacks with a function that ends the call.
pub(crate) fn link_missing(linker: &mut Linker<HostState>, module: &Module) -> Result<(), InvalidCode> {
    for import in module.imports() {
        let (from, name) = (import.module().to_owned(), import.name().to_owned());
        let ExternType::Func(ty) = import.ty() else { return Err(unresolved(&from, &name)) };
        let named = (from.clone(), name.clone());
        let stub = move |_: Caller<'_, HostState>, _: &[Val], _: &mut [Val]| {
            Err(HostError::Unimplemented(named.0.clone(), named.1.clone()).into())
        };
        // What is linked already stays: a second definition is refused, which is no error here.
        let _ = linker.func_new(&from, &name, ty, stub);
    }
    Ok(())
}
