//! A new runtime under a connected client.

use subxt::dynamic::{self, Value};
use subxt_signer::eth::dev;
use ziver_subxt_tests::upgraded_runtime;

use crate::Client;

in_mode! { legacy, Legacy: client_follows_a_runtime_upgrade }

async fn client_follows_a_runtime_upgrade(client: &Client) {
    let before = client.at_current_block().await.unwrap();
    assert_eq!(before.spec_version(), 1);
    let set_code = Value::unnamed_variant("set_code", [Value::from_bytes(upgraded_runtime())]);
    let call = dynamic::transaction("Sudo", "sudo", (Value::unnamed_variant("System", [set_code]),));
    let mut tx = client.tx().await.unwrap();
    let progress = tx.sign_and_submit_then_watch_default(&call, &dev::alith()).await.unwrap();
    let upgraded = progress.wait_for_finalized().await.unwrap();
    let events = upgraded.wait_for_success().await.unwrap();
    assert!(events.iter().any(|event| event.unwrap().event_name() == "CodeUpdated"));

    let mut blocks = client.stream_blocks().await.unwrap();
    let after = loop {
        let block = blocks.next().await.unwrap().unwrap();
        let at = block.at().await.unwrap();
        if block.header().parent_hash == upgraded.block_hash() || at.spec_version() == 2 {
            break at;
        }
    };
    assert_eq!(after.spec_version(), 2);
    let call = dynamic::transaction("System", "remark_with_topic", (vec![1_u8], [0x7a_u8; 32]));
    let mut tx = client.tx().await.unwrap();
    let progress = tx.sign_and_submit_then_watch_default(&call, &dev::baltathar()).await.unwrap();
    progress.wait_for_finalized_success().await.unwrap();

    // Blocks of both versions are decoded with the metadata of each.
    for number in [1, after.block_number()] {
        let at = client.at_block(number).await.unwrap();
        let extrinsics = at.extrinsics().fetch().await.unwrap();
        assert_eq!(extrinsics.iter().next().unwrap().unwrap().pallet_name(), "Timestamp");
        assert!(at.events().fetch().await.unwrap().iter().all(|event| event.is_ok()));
    }
}
