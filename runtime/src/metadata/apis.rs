//! The runtime APIs, as clients know them: every entry point of `api` with the types of its arguments and answer.

use alloc::{string::String, vec, vec::Vec};
use scale_info::{MetaType, TypeInfo, meta_type};
use ziver_contracts::{
    api::{Code, CodeUploadReturnValue, GetStorageResult, InstantiateReturnValue, ReturnValue},
    call::Determinism,
};
use ziver_fees::{FeeDetails, RuntimeDispatchInfo};
use ziver_primitives::{
    AccountId20, Balance, EthereumSignature, Hash, Header, Nonce, RuntimeVersion,
    inherents::{CheckInherentsResult, InherentData},
    validity::{TransactionSource, TransactionValidity, TransactionValidityError},
};
use ziver_support::{DispatchError, Weight};

use super::types::{Block, ExtrinsicInclusionMode, UncheckedExtrinsic};
use crate::{api::contracts::DryRun, version};

/// A runtime API.
pub struct Api {
    /// Its name, the first part of the entry points' names.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// Its methods.
    pub methods: Vec<Method>,
    /// What it is for.
    pub docs: &'static [&'static str],
}

/// A method of a runtime API.
pub struct Method {
    /// Its name, the second part of the entry point's name.
    pub name: &'static str,
    /// Names and types of its arguments.
    pub inputs: Vec<(&'static str, MetaType)>,
    /// The type of its answer.
    pub output: MetaType,
    /// What it does.
    pub docs: &'static [&'static str],
}

fn input<T: TypeInfo + 'static>(name: &'static str) -> (&'static str, MetaType) {
    (name, meta_type::<T>())
}

fn method<Output: TypeInfo + 'static>(
    name: &'static str,
    inputs: Vec<(&'static str, MetaType)>,
    docs: &'static [&'static str],
) -> Method {
    Method { name, inputs, output: meta_type::<Output>(), docs }
}

/// All, in the order of `version::APIS`.
pub fn all() -> Vec<Api> {
    vec![
        core(),
        metadata(),
        block_builder(),
        transaction_queue(),
        account_nonce(),
        transaction_payment(),
        genesis_builder(),
        signatures(),
        batches(),
        contracts(),
    ]
}

fn core() -> Api {
    Api {
        name: "Core",
        version: version::CORE.1,
        methods: vec![
            method::<RuntimeVersion>("version", vec![], &["The version of the runtime."]),
            method::<()>(
                "execute_block",
                vec![input::<Block>("block")],
                &["Executes a block and compares its header."],
            ),
            method::<ExtrinsicInclusionMode>(
                "initialize_block",
                vec![input::<Header>("header")],
                &["Begins a block with the number, parent and digest of this header."],
            ),
        ],
        docs: &["What every runtime has."],
    }
}

/// Metadata travels as bytes with a length prefix.
type OpaqueMetadata = Vec<u8>;

fn metadata() -> Api {
    Api {
        name: "Metadata",
        version: version::METADATA.1,
        methods: vec![
            method::<OpaqueMetadata>("metadata", vec![], &["The metadata in version 14 of the format."]),
            method::<Option<OpaqueMetadata>>(
                "metadata_at_version",
                vec![input::<u32>("version")],
                &["The metadata in this version of the format."],
            ),
            method::<Vec<u32>>("metadata_versions", vec![], &["The versions of the format."]),
        ],
        docs: &["What clients need to know to talk to the runtime."],
    }
}

/// Whether an extrinsic was included, and how its call ended.
type ApplyExtrinsicResult = Result<Result<(), DispatchError>, TransactionValidityError>;

fn block_builder() -> Api {
    Api {
        name: "BlockBuilder",
        version: version::BLOCK_BUILDER.1,
        methods: vec![
            method::<ApplyExtrinsicResult>(
                "apply_extrinsic",
                vec![input::<UncheckedExtrinsic>("extrinsic")],
                &["Applies an extrinsic to the block that is being built."],
            ),
            method::<Header>("finalize_block", vec![], &["Ends the block that is being built."]),
            method::<Vec<UncheckedExtrinsic>>(
                "inherent_extrinsics",
                vec![input::<InherentData>("inherent")],
                &["The extrinsics that the author adds himself."],
            ),
            method::<CheckInherentsResult>(
                "check_inherents",
                vec![input::<Block>("block"), input::<InherentData>("data")],
                &["Whether the author's own extrinsics are right."],
            ),
        ],
        docs: &["What an author needs to build a block."],
    }
}

fn transaction_queue() -> Api {
    Api {
        name: "TaggedTransactionQueue",
        version: version::TRANSACTION_QUEUE.1,
        methods: vec![method::<TransactionValidity>(
            "validate_transaction",
            vec![input::<TransactionSource>("source"), input::<UncheckedExtrinsic>("tx"), input::<Hash>("block_hash")],
            &["Whether a transaction may be included in a child of this block, now or later."],
        )],
        docs: &["What a transaction pool needs."],
    }
}

fn account_nonce() -> Api {
    Api {
        name: "AccountNonceApi",
        version: version::ACCOUNT_NONCE.1,
        methods: vec![method::<Nonce>(
            "account_nonce",
            vec![input::<AccountId20>("account")],
            &["How many transactions the account has sent."],
        )],
        docs: &["What a signer needs."],
    }
}

fn transaction_payment() -> Api {
    let extrinsic = || vec![input::<UncheckedExtrinsic>("uxt"), input::<u32>("len")];
    Api {
        name: "TransactionPaymentApi",
        version: version::TRANSACTION_PAYMENT.1,
        methods: vec![
            method::<RuntimeDispatchInfo>("query_info", extrinsic(), &["Weight, class and fee, without tip."]),
            method::<FeeDetails>("query_fee_details", extrinsic(), &["The parts of the fee, with tip."]),
            method::<Balance>(
                "query_weight_to_fee",
                vec![input::<Weight>("weight")],
                &["What weight costs before the multiplier."],
            ),
            method::<Balance>("query_length_to_fee", vec![input::<u32>("length")], &["What bytes cost."]),
        ],
        docs: &["What a sender needs to know of fees."],
    }
}

fn genesis_builder() -> Api {
    Api {
        name: "GenesisBuilder",
        version: version::GENESIS_BUILDER.1,
        methods: vec![
            method::<Result<(), String>>(
                "build_state",
                vec![input::<Vec<u8>>("json")],
                &["Writes the genesis state that this JSON describes."],
            ),
            method::<Option<Vec<u8>>>(
                "get_preset",
                vec![input::<Option<String>>("id")],
                &["The JSON of a preset, of the default configuration where none is named."],
            ),
            method::<Vec<String>>("preset_names", vec![], &["The names of the presets."]),
        ],
        docs: &["What makes a genesis state."],
    }
}

fn signatures() -> Api {
    Api {
        name: "SignatureApi",
        version: version::SIGNATURES.1,
        methods: vec![method::<Vec<(EthereumSignature, Hash)>>(
            "recovery_inputs",
            vec![input::<Block>("block")],
            &["The signatures of a block's extrinsics with the hashes that were signed, as far as the state tells."],
        )],
        docs: &["What a host may recover before it executes a block. It may do without."],
    }
}

fn batches() -> Api {
    Api {
        name: "BatchApi",
        version: version::BATCHES.1,
        methods: vec![
            method::<(u32, Option<TransactionValidityError>)>(
                "apply_extrinsics",
                vec![input::<Vec<UncheckedExtrinsic>>("extrinsics")],
                &[
                    "Applies extrinsics one after another, up to the first one that may not be included.",
                    "How many were included, and why the next one is not.",
                ],
            ),
            method::<Vec<TransactionValidity>>(
                "validate_transactions",
                vec![
                    input::<Hash>("block_hash"),
                    input::<Vec<(TransactionSource, UncheckedExtrinsic)>>("transactions"),
                ],
                &["What TaggedTransactionQueue_validate_transaction says of each."],
            ),
        ],
        docs: &["Many transactions in one call, which costs less than a call for each. A host may do without."],
    }
}

fn contracts() -> Api {
    Api {
        name: "ContractsApi",
        version: version::CONTRACTS.1,
        methods: vec![
            method::<DryRun<ReturnValue>>(
                "call",
                vec![
                    input::<AccountId20>("origin"),
                    input::<AccountId20>("dest"),
                    input::<Balance>("value"),
                    input::<Option<Weight>>("gas_limit"),
                    input::<Option<Balance>>("storage_deposit_limit"),
                    input::<Vec<u8>>("input_data"),
                ],
                &["Calls a contract and throws away what it does."],
            ),
            method::<DryRun<InstantiateReturnValue>>(
                "instantiate",
                vec![
                    input::<AccountId20>("origin"),
                    input::<Balance>("value"),
                    input::<Option<Weight>>("gas_limit"),
                    input::<Option<Balance>>("storage_deposit_limit"),
                    input::<Code>("code"),
                    input::<Vec<u8>>("data"),
                    input::<Vec<u8>>("salt"),
                ],
                &["Makes a contract and throws it away."],
            ),
            method::<Result<CodeUploadReturnValue, DispatchError>>(
                "upload_code",
                vec![
                    input::<AccountId20>("origin"),
                    input::<Vec<u8>>("code"),
                    input::<Option<Balance>>("storage_deposit_limit"),
                    input::<Determinism>("determinism"),
                ],
                &["Uploads code and throws it away."],
            ),
            method::<GetStorageResult>(
                "get_storage",
                vec![input::<AccountId20>("address"), input::<Vec<u8>>("key")],
                &["A cell of a contract."],
            ),
        ],
        docs: &["What callers of contracts need."],
    }
}
