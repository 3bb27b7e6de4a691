//! Each backend of subxt against the real node.

use std::time::Duration;

use subxt::{
    OnlineClient,
    client::{ClientAtBlock, OnlineClientAtBlockImpl},
    config::Config,
    dynamic::{At, Value},
};
use subxt_signer::eth::{Keypair, dev};
use ziver_subxt_tests::ZiverConfig;

/// Makes a module for one mode, with a test of each named function of the module around it.
macro_rules! in_mode {
    ($module:ident, $mode:ident: $($name:ident)*) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn $name() {
                let node = ziver_subxt_tests::Node::start();
                let client = ziver_subxt_tests::connect(node.url(), ziver_subxt_tests::Mode::$mode).await;
                super::$name(&client).await;
            })*
        }
    };
}

mod cookbook;
mod reading;
mod transactions;
mod upgrade;

type Client = OnlineClient<ZiverConfig>;
type AtBlock = ClientAtBlock<ZiverConfig, OnlineClientAtBlockImpl<ZiverConfig>>;
type AccountId = <ZiverConfig as Config>::AccountId;

fn account(pair: &Keypair) -> AccountId {
    pair.public_key().to_account_id()
}

/// The development accounts.
fn accounts() -> Vec<AccountId> {
    [dev::alith(), dev::baltathar(), dev::charleth(), dev::dorothy(), dev::ethan(), dev::faith()]
        .iter()
        .map(account)
        .collect()
}

/// The final block, as soon as one is as wished. Not every backend can stream blocks.
async fn final_block(client: &Client, is_wished: impl Fn(&AtBlock) -> bool) -> AtBlock {
    for _ in 0..600 {
        let at = client.at_current_block().await.unwrap();
        if is_wished(&at) {
            return at;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no such block came");
}

/// A field of an account's data.
fn amount(info: &Value, field: &str) -> u128 {
    info.at("data").at(field).and_then(Value::as_u128).expect("the account has the field")
}
