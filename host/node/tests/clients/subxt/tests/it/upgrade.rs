//! A new runtime under a connected client.

use subxt::config::DefaultExtrinsicParamsBuilder;
use subxt::dynamic::{self, Value};
use subxt_signer::eth::dev;
use ziver_subxt_tests::upgraded_runtime;

use crate::{Client, final_block};

in_mode! { legacy, Legacy: client_follows_a_runtime_upgrade }
in_mode! { chain_head, ChainHead: client_follows_a_runtime_upgrade }
in_mode! { archive, Archive: client_follows_a_runtime_upgrade }
in_mode! { default, Default: client_follows_a_runtime_upgrade }

async fn client_follows_a_runtime_upgrade(client: &Client) {
    let before = final_block(client, |at| at.block_number() > 0).await;
    assert_eq!(before.spec_version(), 1);
    let set_code = Value::unnamed_variant("set_code", [Value::from_bytes(upgraded_runtime())]);
    let call = dynamic::transaction("Sudo", "sudo", (Value::unnamed_variant("System", [set_code]),));
    // Unoptimised, the library takes seconds to encode the blob: longer than its usual 32 blocks last here.
    let params = DefaultExtrinsicParamsBuilder::new().mortal(1_024).build();
    let mut tx = client.tx().await.unwrap();
    let progress = tx.sign_and_submit_then_watch(&call, &dev::alith(), params).await.unwrap();
    let upgraded = progress.wait_for_finalized().await.unwrap();
    let events = upgraded.wait_for_success().await.unwrap();
    assert!(events.iter().any(|event| event.unwrap().event_name() == "CodeUpdated"));

    let after = final_block(client, |at| at.spec_version() == 2).await;
    let call = dynamic::transaction("System", "remark_with_topic", (vec![1_u8], [0x7a_u8; 32]));
    let mut tx = client.tx().await.unwrap();
    let progress = tx.sign_and_submit_then_watch_default(&call, &dev::baltathar()).await.unwrap();
    progress.wait_for_finalized_success().await.unwrap();

    // Blocks of both versions are decoded with the metadata of each.
    for at in [&before, &after] {
        let extrinsics = at.extrinsics().fetch().await.unwrap();
        assert_eq!(extrinsics.iter().next().unwrap().unwrap().pallet_name(), "Timestamp");
        assert!(at.events().fetch().await.unwrap().iter().all(|event| event.is_ok()));
    }
}
