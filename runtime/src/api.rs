//! What the host may ask of the runtime: the entry points, by name, as plain functions from bytes to bytes.
//!
//! [`call`] is the same table that `entry` exports from the Wasm blob, so native tests ask exactly what a host asks.
//! Names, arguments and answers: Polkadot specification, "Runtime API"; `metadata/apis.rs` describes them to clients.
//!
//! Out of scope: memory and pointers (`entry`).

use alloc::{string::String, vec::Vec};
use codec::{Compact, Decode, DecodeAll, Encode};
use core::fmt;
use ziver_primitives::{
    AccountId20, Block, Hash, Header, OpaqueExtrinsic,
    inherents::{CheckInherentsResult, InherentData, TIMESTAMP},
    validity::{InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError},
};
use ziver_support::{Ctx, Dispatchable, Weight};

use crate::{
    RuntimeCall,
    executive::{self, BlockError},
    extrinsic::{Extrinsic, prefixed_len},
    genesis, metadata, validity,
    version::ENCODED,
};

pub mod contracts;

use contracts::{
    call as contracts_call, get_storage as contracts_get_storage, instantiate as contracts_instantiate,
    upload_code as contracts_upload_code,
};

/// Why an entry point gives no answer; the host reports the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The arguments do not decode.
    Input,
    /// The block is wrong.
    Block(BlockError),
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input => f.write_str("the arguments do not decode"),
            Self::Block(error) => error.fmt(f),
        }
    }
}

impl From<BlockError> for ApiError {
    fn from(error: BlockError) -> Self {
        Self::Block(error)
    }
}

type Answer = Result<Vec<u8>, ApiError>;

fn arguments<T: Decode>(input: &[u8]) -> Result<T, ApiError> {
    T::decode_all(&mut &*input).map_err(|_| ApiError::Input)
}

/// Makes the table of entry points: a constant with their names, [`call`], and in Wasm the exports.
macro_rules! entry_points {
    ($($name:ident => $function:ident,)*) => {
        /// The names of all entry points.
        pub const ENTRY_POINTS: &[&str] = &[$(stringify!($name)),*];

        /// Calls the entry point `name`; `None` where there is no such.
        pub fn call(ctx: &mut Ctx, name: &str, input: &[u8]) -> Option<Answer> {
            match name {
                $(stringify!($name) => Some($function(ctx, input)),)*
                _ => None,
            }
        }

        #[cfg(target_family = "wasm")]
        mod exports {
            $(
                #[unsafe(no_mangle)]
                extern "C" fn $name(pointer: u32, len: u32) -> u64 {
                    crate::entry::run(stringify!($name), super::$function, pointer, len)
                }
            )*
        }
    };
}

entry_points! {
    Core_version => core_version,
    Core_execute_block => core_execute_block,
    Core_initialize_block => core_initialize_block,
    Metadata_metadata => metadata_metadata,
    Metadata_metadata_at_version => metadata_at_version,
    Metadata_metadata_versions => metadata_versions,
    BlockBuilder_apply_extrinsic => builder_apply_extrinsic,
    BlockBuilder_finalize_block => builder_finalize_block,
    BlockBuilder_inherent_extrinsics => builder_inherent_extrinsics,
    BlockBuilder_check_inherents => builder_check_inherents,
    TaggedTransactionQueue_validate_transaction => validate_transaction,
    AccountNonceApi_account_nonce => account_nonce,
    TransactionPaymentApi_query_info => query_info,
    TransactionPaymentApi_query_fee_details => query_fee_details,
    TransactionPaymentApi_query_weight_to_fee => query_weight_to_fee,
    TransactionPaymentApi_query_length_to_fee => query_length_to_fee,
    GenesisBuilder_build_state => genesis_build_state,
    GenesisBuilder_get_preset => genesis_get_preset,
    GenesisBuilder_preset_names => genesis_preset_names,
    SignatureApi_recovery_inputs => recovery_inputs,
    BatchApi_apply_extrinsics => apply_extrinsics,
    BatchApi_validate_transactions => validate_transactions,
    ContractsApi_call => contracts_call,
    ContractsApi_instantiate => contracts_instantiate,
    ContractsApi_upload_code => contracts_upload_code,
    ContractsApi_get_storage => contracts_get_storage,
}

fn core_version(_ctx: &mut Ctx, _input: &[u8]) -> Answer {
    Ok(ENCODED.to_vec())
}

fn core_execute_block(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let block: Block = arguments(input)?;
    executive::execute_block(ctx, &block)?;
    Ok(Vec::new())
}

/// The answer is an `ExtrinsicInclusionMode`: 0, all extrinsics are welcome.
fn core_initialize_block(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let header: Header = arguments(input)?;
    executive::initialize_block(ctx, &header);
    Ok(0u8.encode())
}

fn metadata_metadata(_ctx: &mut Ctx, _input: &[u8]) -> Answer {
    Ok(metadata::at_version(14).unwrap_or_default().encode())
}

fn metadata_at_version(_ctx: &mut Ctx, input: &[u8]) -> Answer {
    let version: u32 = arguments(input)?;
    Ok(metadata::at_version(version).encode())
}

fn metadata_versions(_ctx: &mut Ctx, _input: &[u8]) -> Answer {
    Ok(metadata::VERSIONS.as_slice().encode())
}

fn builder_apply_extrinsic(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let extrinsic: OpaqueExtrinsic = arguments(input)?;
    Ok(executive::apply_and_keep_extrinsic(ctx, &extrinsic).encode())
}

fn builder_finalize_block(ctx: &mut Ctx, _input: &[u8]) -> Answer {
    Ok(executive::finalize_block(ctx)?.encode())
}

fn builder_inherent_extrinsics(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let data: InherentData = arguments(input)?;
    let time = ziver_timestamp::create_inherent(ctx, &data).map(RuntimeCall::Timestamp);
    let extrinsics: Vec<_> = time.into_iter().map(|call| OpaqueExtrinsic(Extrinsic::bare(call).to_bytes())).collect();
    Ok(extrinsics.encode())
}

fn builder_check_inherents(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let (block, data): (Block, InherentData) = arguments(input)?;
    let mut result = CheckInherentsResult::default();
    for extrinsic in block.extrinsics.iter().map_while(|extrinsic| Extrinsic::decode_bytes(&extrinsic.0).ok()) {
        let Extrinsic { signature: None, call: RuntimeCall::Timestamp(time) } = extrinsic else { break };
        if let Err(error) = ziver_timestamp::check_inherent(ctx, &time, &data) {
            result.okay = false;
            result.fatal_error = error.is_fatal();
            result.errors.put(TIMESTAMP, &error);
        }
    }
    Ok(result.encode())
}

fn validate_transaction(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let (_source, extrinsic, parent): (TransactionSource, OpaqueExtrinsic, Hash) = arguments(input)?;
    Ok(validity_of(ctx, &extrinsic, parent).encode())
}

fn validity_of(ctx: &Ctx, extrinsic: &OpaqueExtrinsic, parent: Hash) -> TransactionValidity {
    match Extrinsic::decode_bytes(&extrinsic.0) {
        Ok(decoded) => validity::validate(ctx, &decoded, prefixed_len(&extrinsic.0), parent),
        Err(_) => Err(InvalidTransaction::Call.into()),
    }
}

fn account_nonce(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let who: AccountId20 = arguments(input)?;
    Ok(ziver_system::account::nonce(ctx, &who).encode())
}

fn query_info(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let (extrinsic, len) = extrinsic_and_len(input)?;
    let info = extrinsic.call.dispatch_info();
    Ok(ziver_fees::query::info(ctx, &info, len, extrinsic.signature.is_some()).encode())
}

fn query_fee_details(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let (extrinsic, len) = extrinsic_and_len(input)?;
    let tip = extrinsic.signature.as_ref().map_or(0, |signed| signed.extra.tip);
    let info = extrinsic.call.dispatch_info();
    Ok(ziver_fees::query::details(ctx, &info, len, extrinsic.signature.is_some(), tip).encode())
}

/// An extrinsic, and its length as the client says: it may be without its signature yet.
fn extrinsic_and_len(input: &[u8]) -> Result<(Extrinsic, u32), ApiError> {
    let (extrinsic, len): (OpaqueExtrinsic, u32) = arguments(input)?;
    Ok((Extrinsic::decode_bytes(&extrinsic.0).map_err(|_| ApiError::Input)?, len))
}

fn query_weight_to_fee(_ctx: &mut Ctx, input: &[u8]) -> Answer {
    let weight: Weight = arguments(input)?;
    Ok(ziver_fees::query::weight_to_fee(weight).encode())
}

fn query_length_to_fee(_ctx: &mut Ctx, input: &[u8]) -> Answer {
    let bytes: u32 = arguments(input)?;
    Ok(ziver_fees::query::length_to_fee(bytes).encode())
}

fn genesis_build_state(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let json: Vec<u8> = arguments(input)?;
    Ok(genesis::build_state(ctx, &json).encode())
}

fn genesis_get_preset(_ctx: &mut Ctx, input: &[u8]) -> Answer {
    let name: Option<String> = arguments(input)?;
    Ok(genesis::preset(name.as_deref()).encode())
}

fn genesis_preset_names(_ctx: &mut Ctx, _input: &[u8]) -> Answer {
    Ok((Compact(1u32), genesis::DEVELOPMENT).encode())
}

fn recovery_inputs(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let block: Block = arguments(input)?;
    Ok(validity::recovery_inputs(ctx, &block).encode())
}

/// The answer: how many were included, and why the next one may not be, if there is one.
fn apply_extrinsics(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let extrinsics: Vec<OpaqueExtrinsic> = arguments(input)?;
    let mut included = 0u32;
    for extrinsic in &extrinsics {
        // How the call ended is in the state.
        if let Err(error) = executive::apply_and_keep_extrinsic(ctx, extrinsic) {
            return Ok((included, Some(error)).encode());
        }
        included = included.saturating_add(1);
    }
    Ok((included, None::<TransactionValidityError>).encode())
}

fn validate_transactions(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let (parent, transactions): (Hash, Vec<(TransactionSource, OpaqueExtrinsic)>) = arguments(input)?;
    let validities: Vec<_> =
        transactions.iter().map(|(_source, extrinsic)| validity_of(ctx, extrinsic, parent)).collect();
    Ok(validities.encode())
}

#[cfg(test)]
mod tests;
