use subxt::config::{Config, DefaultTransactionExtensions, SubstrateConfig};
use subxt::dynamic::{self, At, Value};
use subxt::utils::eth::{AccountId20, Signature};
use subxt::{ArcMetadata, OnlineClient};
use subxt_signer::eth::dev;

/// Substrate's configuration, but for accounts and signatures.
#[derive(Clone, Debug, Default)]
struct ZiverConfig(SubstrateConfig);

impl Config for ZiverConfig {
    type AccountId = AccountId20;
    type Address = AccountId20;
    type Signature = Signature;
    type Header = <SubstrateConfig as Config>::Header;
    type TransactionExtensions = DefaultTransactionExtensions<Self>;
    type AssetId = <SubstrateConfig as Config>::AssetId;
    type Hasher = <SubstrateConfig as Config>::Hasher;

    fn metadata_for_spec_version(&self, spec_version: u32) -> Option<ArcMetadata> {
        self.0.metadata_for_spec_version(spec_version)
    }

    fn set_metadata_for_spec_version(&self, spec_version: u32, metadata: ArcMetadata) {
        self.0.set_metadata_for_spec_version(spec_version, metadata);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).unwrap_or("ws://127.0.0.1:8545".into());
    let client = OnlineClient::<ZiverConfig>::from_insecure_url(url).await?;
    let at = client.at_current_block().await?;

    let account = dynamic::storage::<(AccountId20,), Value>("System", "Account");
    let baltathar = dev::baltathar().public_key().to_account_id();
    let info = at.storage().fetch(account, (baltathar,)).await?.decode()?;
    println!("free: {}", info.at("data").at("free").unwrap());

    let charleth = dev::charleth().public_key().to_account_id();
    let transfer = dynamic::transaction("Balances", "transfer_keep_alive", (charleth, 10_u128.pow(18)));
    let progress = at.transactions().sign_and_submit_then_watch_default(&transfer, &dev::baltathar()).await?;
    let events = progress.wait_for_finalized_success().await?;
    for event in events.iter() {
        let event = event?;
        println!("{}.{}", event.pallet_name(), event.event_name());
    }
    Ok(())
}
