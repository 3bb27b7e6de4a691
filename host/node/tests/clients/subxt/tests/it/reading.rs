//! Blocks, storage, constants, runtime calls.

use subxt::dynamic::{self, Value};
use subxt_signer::eth::dev;
use ziver_subxt_tests::ZIV;

use crate::{Client, account, accounts, amount, final_block};

in_mode! { legacy, Legacy: storage_constants_and_runtime_calls_are_read final_blocks_follow_each_other old_blocks_are_read }
// It knows no block by its number.
in_mode! { chain_head, ChainHead: storage_constants_and_runtime_calls_are_read final_blocks_follow_each_other }
// It streams no blocks.
in_mode! { archive, Archive: storage_constants_and_runtime_calls_are_read old_blocks_are_read }
in_mode! { default, Default: storage_constants_and_runtime_calls_are_read final_blocks_follow_each_other old_blocks_are_read }

async fn storage_constants_and_runtime_calls_are_read(client: &Client) {
    let at = client.at_current_block().await.unwrap();
    let item = dynamic::storage::<(_,), Value>("System", "Account");
    for id in accounts() {
        let info = at.storage().fetch(item.clone(), (id,)).await.unwrap().decode().unwrap();
        assert!(amount(&info, "free") > 1_000 * ZIV);
    }
    let stranger = subxt::utils::eth::AccountId20([7; 20]);
    let default = at.storage().fetch(item, (stranger,)).await.unwrap().decode().unwrap();
    assert_eq!(amount(&default, "free"), 0);

    let all = dynamic::storage::<(Value,), Value>("System", "Account");
    let mut entries = at.storage().iter(all, ()).await.unwrap();
    let (mut number, mut sum) = (0, 0);
    while let Some(entry) = entries.next().await {
        let info = entry.unwrap().value().decode().unwrap();
        number += 1;
        sum += amount(&info, "free") + amount(&info, "reserved");
    }
    assert!(number >= 6);
    let total = dynamic::storage::<(), u128>("Balances", "TotalIssuance");
    assert_eq!(at.storage().fetch(total, ()).await.unwrap().decode().unwrap(), sum);

    assert_eq!(at.constants().entry(dynamic::constant::<u16>("System", "SS58Prefix")).unwrap(), 42);
    assert!(at.storage().runtime_wasm_code().await.unwrap().len() > 10_000);
    let call = dynamic::runtime_api_call::<_, u32>("AccountNonceApi", "account_nonce", (account(&dev::faith()),));
    assert_eq!(at.runtime_apis().call(call).await.unwrap(), 0);
    assert_eq!(at.transactions().account_nonce(&account(&dev::faith())).await.unwrap(), 0);
}

async fn final_blocks_follow_each_other(client: &Client) {
    let mut blocks = client.stream_blocks().await.unwrap();
    let mut before = None;
    for _ in 0..4 {
        let block = blocks.next().await.unwrap().unwrap();
        if let Some((hash, number)) = before {
            assert_eq!((block.header().parent_hash, block.number()), (hash, number + 1));
        }
        before = Some((block.hash(), block.number()));
        if block.number() == 0 {
            continue;
        }
        let at = block.at().await.unwrap();
        let extrinsics = at.extrinsics().fetch().await.unwrap();
        let first = extrinsics.iter().next().unwrap().unwrap();
        assert_eq!((first.pallet_name(), first.call_name()), ("Timestamp", "set"));
        let events = at.events().fetch().await.unwrap();
        let last = events.iter().last().unwrap().unwrap();
        assert_eq!((last.pallet_name(), last.event_name()), ("System", "ExtrinsicSuccess"));
    }
}

async fn old_blocks_are_read(client: &Client) {
    final_block(client, |at| at.block_number() >= 3).await;
    let at = client.at_block(1_u64).await.unwrap();
    let number = dynamic::storage::<(), u32>("System", "Number");
    assert_eq!(at.storage().fetch(number, ()).await.unwrap().decode().unwrap(), 1);
    assert_eq!(client.genesis_hash(), client.at_block(0_u64).await.unwrap().block_hash());
}
