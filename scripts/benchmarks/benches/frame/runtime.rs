//! A FRAME runtime as small as one for transfers gets: System, Balances, TransactionPayment.
//!
//! Accounts are those of Ethereum, as Ziver's are: 20 bytes of keccak-256 of the public key, and signatures are recovered through
//! the host function that FRAME chains of that kind use. The extensions of a transaction are the usual ones; blocks may
//! be as large as they like, fees are burned instead of paid to an author, and there is no timestamp and no consensus.

#![allow(unexpected_cfgs, reason = "the macro asks for a feature `std`, which runtimes in Wasm have")]

use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
    construct_runtime, derive_impl, parameter_types,
    weights::{IdentityFee, Weight, constants::WEIGHT_REF_TIME_PER_SECOND},
};
use frame_system::limits::{BlockLength, BlockWeights};
use pallet_transaction_payment::FungibleAdapter;
use scale_info::TypeInfo;
use sp_core::H160;
use sp_io::{crypto::secp256k1_ecdsa_recover, hashing::keccak_256};
use sp_runtime::{
    Perbill, generic,
    traits::{BlakeTwo256, IdentifyAccount, IdentityLookup, Lazy, Verify},
};

/// As wide as Ziver's.
pub type Balance = u128;
/// Hashes of blocks and tries are BLAKE2b, as on FRAME chains.
pub type Header = generic::Header<u32, BlakeTwo256>;
/// A transaction.
pub type Extrinsic = generic::UncheckedExtrinsic<H160, RuntimeCall, EthereumSignature, Extension>;
/// A block with decoded transactions.
pub type Block = generic::Block<Header, Extrinsic>;
/// What [`Executive::execute_block`] takes: the block as it comes from the network, transactions not decoded.
pub type LazyBlock = generic::LazyBlock<Header, Extrinsic>;
/// Life of a block.
pub type Executive =
    frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;
/// What is checked of a transaction.
pub type Extension = (
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
);

/// The extension of a transaction that never expires and gives no tip.
pub fn extension(nonce: u32) -> Extension {
    (
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(generic::Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
    )
}

construct_runtime! {
    pub enum Runtime {
        System: frame_system,
        Balances: pallet_balances,
        TransactionPayment: pallet_transaction_payment,
    }
}

parameter_types! {
    /// 1,000 seconds and 64 MiB: no block of the benchmark is full.
    pub Weights: BlockWeights = BlockWeights::with_sensible_defaults(
        Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND.saturating_mul(1_000), u64::MAX),
        Perbill::from_percent(75),
    );
    pub Length: BlockLength = BlockLength::builder().max_length(64 * 1024 * 1024).build();
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type AccountData = pallet_balances::AccountData<Balance>;
    type AccountId = H160;
    type Block = Block;
    type BlockLength = Length;
    type BlockWeights = Weights;
    type Lookup = IdentityLookup<H160>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type AccountStore = System;
    type Balance = Balance;
}

#[derive_impl(pallet_transaction_payment::config_preludes::TestDefaultConfig)]
impl pallet_transaction_payment::Config for Runtime {
    type LengthToFee = IdentityFee<Balance>;
    type OnChargeTransaction = FungibleAdapter<Balances, ()>;
    type WeightToFee = IdentityFee<Balance>;
}

/// r, s and v of a signature over keccak-256 of what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EthereumSignature(pub [u8; 65]);

impl Verify for EthereumSignature {
    type Signer = EthereumSigner;

    fn verify<L: Lazy<[u8]>>(&self, mut message: L, signer: &H160) -> bool {
        secp256k1_ecdsa_recover(&self.0, &keccak_256(message.get()))
            .is_ok_and(|public| EthereumSigner(public).into_account() == *signer)
    }
}

/// A public key, both coordinates.
pub struct EthereumSigner([u8; 64]);

impl IdentifyAccount for EthereumSigner {
    type AccountId = H160;

    fn into_account(self) -> H160 {
        H160::from_slice(&keccak_256(&self.0)[12..])
    }
}
