//! Ziver's types for subxt: Substrate's, but for accounts of 20 bytes and their signatures.

use subxt::{
    ArcMetadata,
    config::{Config, DefaultTransactionExtensions, SubstrateConfig},
    utils::eth::{AccountId20, Signature},
};

/// The configuration of a Ziver chain.
#[derive(Clone, Debug, Default)]
pub struct ZiverConfig(SubstrateConfig);

impl Config for ZiverConfig {
    type AccountId = AccountId20;
    type Address = AccountId20;
    type Signature = Signature;
    type Header = <SubstrateConfig as Config>::Header;
    type TransactionExtensions = DefaultTransactionExtensions<Self>;
    type AssetId = <SubstrateConfig as Config>::AssetId;
    type Hasher = <SubstrateConfig as Config>::Hasher;

    // Without these the metadata would be fetched for every block.
    fn metadata_for_spec_version(&self, spec_version: u32) -> Option<ArcMetadata> {
        self.0.metadata_for_spec_version(spec_version)
    }

    fn set_metadata_for_spec_version(&self, spec_version: u32, metadata: ArcMetadata) {
        self.0.set_metadata_for_spec_version(spec_version, metadata);
    }
}
