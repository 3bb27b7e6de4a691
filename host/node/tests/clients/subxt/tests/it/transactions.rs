//! Transfers: statuses, events, fees, failures, refusals.

use subxt::{
    dynamic::{self, Value},
    tx::{DynamicPayload, TransactionStatus},
    utils::eth::AccountId20,
};
use subxt_signer::eth::{Keypair, dev};
use ziver_subxt_tests::ZIV;

use crate::{Client, account, amount};

in_mode! { legacy, Legacy: transfer_gets_final_with_its_events failing_transfer_is_an_error refused_transfer_says_why }
in_mode! { chain_head, ChainHead: transfer_gets_final_with_its_events failing_transfer_is_an_error refused_transfer_says_why }
in_mode! { archive, Archive: transfer_gets_final_with_its_events failing_transfer_is_an_error refused_transfer_says_why }
in_mode! { default, Default: transfer_gets_final_with_its_events failing_transfer_is_an_error refused_transfer_says_why }

const RECEIVER: AccountId20 = AccountId20([0x42; 20]);

fn transfer(to: AccountId20, value: u128) -> DynamicPayload<(AccountId20, u128)> {
    dynamic::transaction("Balances", "transfer_keep_alive", (to, value))
}

async fn transfer_gets_final_with_its_events(client: &Client) {
    let mut tx = client.tx().await.unwrap();
    let call = transfer(RECEIVER, 3 * ZIV);
    let signed = tx.create_signed(&call, &dev::baltathar(), Default::default()).await.unwrap();
    assert!(signed.validate().await.unwrap().is_valid());
    assert!(signed.partial_fee_estimate().await.unwrap() > 0);

    let mut progress = signed.submit_and_watch().await.unwrap();
    let mut seen_in_best = false;
    let block = loop {
        match progress.next().await.expect("a status").unwrap() {
            TransactionStatus::InBestBlock(_) => seen_in_best = true,
            TransactionStatus::InFinalizedBlock(block) => break block,
            TransactionStatus::Error { message }
            | TransactionStatus::Invalid { message }
            | TransactionStatus::Dropped { message } => panic!("{message}"),
            _ => {}
        }
    };
    assert!(seen_in_best);
    let events = block.wait_for_success().await.unwrap();
    let names: Vec<_> = events
        .iter()
        .map(|event| event.map(|event| format!("{}.{}", event.pallet_name(), event.event_name())).unwrap())
        .collect();
    assert!(names.iter().any(|name| name == "Balances.Transfer"), "{names:?}");
    assert_eq!(names.last().unwrap(), "System.ExtrinsicSuccess");

    let item = dynamic::storage::<(_,), Value>("System", "Account");
    let at = block.at().await.unwrap();
    let info = at.storage().fetch(item, (RECEIVER,)).await.unwrap().decode().unwrap();
    assert_eq!(amount(&info, "free"), 3 * ZIV);

    // Again, with the next nonce, and a call so long that its hash is signed.
    let remark = dynamic::transaction("System", "remark", (vec![0xab_u8; 1_000],));
    let mut tx = client.tx().await.unwrap();
    tx.sign_and_submit_then_watch_default(&remark, &dev::baltathar())
        .await
        .unwrap()
        .wait_for_finalized_success()
        .await
        .unwrap();
}

async fn failing_transfer_is_an_error(client: &Client) {
    for (call, wanted) in [(transfer(RECEIVER, 10_u128.pow(30)), "FundsUnavailable")] {
        let mut tx = client.tx().await.unwrap();
        let progress = tx.sign_and_submit_then_watch_default(&call, &dev::charleth()).await.unwrap();
        let error = progress.wait_for_finalized_success().await.unwrap_err();
        assert!(format!("{error:?}").contains(wanted), "{error:?}");
    }
    let call = dynamic::transaction("Sudo", "set_key", (account(&dev::charleth()),));
    let mut tx = client.tx().await.unwrap();
    let progress = tx.sign_and_submit_then_watch_default(&call, &dev::charleth()).await.unwrap();
    let error = progress.wait_for_finalized_success().await.unwrap_err();
    assert!(error.to_string().contains("Sudo::RequireSudo"), "{error}");
}

async fn refused_transfer_says_why(client: &Client) {
    let poor = Keypair::from_secret_key([0x17; 32]).unwrap();
    let mut tx = client.tx().await.unwrap();
    let signed = tx.create_signed(&transfer(RECEIVER, ZIV), &poor, Default::default()).await.unwrap();
    let validity = signed.validate().await.unwrap();
    assert!(format!("{validity:?}").contains("Payment"), "{validity:?}");
    let refused = match signed.submit_and_watch().await {
        Err(error) => format!("{error:?}"),
        Ok(mut progress) => format!("{:?}", progress.next().await.expect("a status")),
    };
    assert!(refused.contains("Invalid"), "{refused}");
}
