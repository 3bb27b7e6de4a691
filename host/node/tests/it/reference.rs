//! The table of methods against a real node: every example is answered, every answer has the type that the table says, and
//! `docs/rpc.md` is what the table and the recorded answers make.
//! `ZIVER_REWRITE=1 cargo test -p ziver-node --test it reference` records the answers and writes the page.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};
use ziver_primitives::{
    hashing::blake2_128,
    storage_keys::item_prefix,
    transaction::DevelopmentAccount::{self, Alith, Baltathar, Charleth, Dorothy},
};
use ziver_rpc::{
    catalog::{self, Method},
    openrpc::{Example, examples},
    reference,
};

use crate::{
    client::{Ws, call},
    contracts::COUNTER,
    process::{Node, folder},
    schema::Schemas,
    wallet::Wallet,
};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../rpc/examples.json");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rpc.md");

/// Bytes of a text in a recorded answer, and items of a list.
const TEXT_MAX: usize = 66;
const LIST_MAX: usize = 3;
/// Members of an object that is shown whole.
const MEMBERS_MAX: usize = 30;

fn is_rewriting() -> bool {
    std::env::var_os("ZIVER_REWRITE").is_some()
}

/// A contract's module.
fn code() -> String {
    format!("0x{}", hex::encode(wat::parse_str(COUNTER).unwrap()))
}

/// A chain of two blocks: the first with a transfer, the second with a contract.
struct Scene<'a> {
    node: &'a Node,
    ws: Ws,
    /// Another connection, with a `chainHead_v1_follow`, its id, and the last final block that it told of.
    follower: Option<(Ws, String, Value)>,
    schemas: Schemas,
    block: Value,
    transfer: Value,
    contract: Value,
    /// What was not as the table says.
    misfits: Vec<String>,
}

impl<'a> Scene<'a> {
    fn new(node: &'a Node) -> Self {
        let transfer = Wallet::new(node, Alith).transfer(Baltathar.account());
        let transfer = node.call("author_submitExtrinsic", json!([transfer]));
        let block = node.call("engine_createBlock", json!([true]))["hash"].clone();
        let request = json!({"from": Alith.account().to_string(), "code": code()});
        let contract = node.call("contract_deploy", json!([request]))["contractAddress"].clone();
        node.call("engine_createBlock", json!([true]));
        Self {
            node,
            ws: Ws::connect(node.address),
            follower: None,
            schemas: Schemas::default(),
            block,
            transfer,
            contract,
            misfits: Vec::new(),
        }
    }

    fn follower(&mut self) -> &mut (Ws, String, Value) {
        self.follower.get_or_insert_with(|| {
            let mut ws = Ws::connect(self.node.address);
            let id = ws.subscribe("chainHead_v1_follow", json!([true]));
            let event = ws.notification("chainHead_v1_followEvent", &id);
            let hashes = event["finalizedBlockHashes"].as_array().unwrap_or_else(|| panic!("{event}"));
            (ws, id, hashes[hashes.len() - 1].clone())
        })
    }

    /// Calls over the follower's connection.
    fn call_followed(&mut self, method: &str, params: &Value) -> Value {
        let (ws, ..) = self.follower();
        ws.request(json!("followed"), method, params.clone());
        std::iter::from_fn(|| ws.next()).find(|message| message["id"] == "followed").unwrap()
    }

    /// What stands for a `$name`.
    fn value(&mut self, name: &str) -> Value {
        let node = self.node;
        let transfer = |from: DevelopmentAccount| Wallet::new(node, from).transfer(Baltathar.account());
        let account_prefix = item_prefix("System", "Account");
        match name {
            "$alith" => Alith.account().to_string().into(),
            "$baltathar" => Baltathar.account().to_string().into(),
            "$charleth" => Charleth.account().to_string().into(),
            "$block" => self.block.clone(),
            "$contract" => self.contract.clone(),
            "$code" => code().into(),
            "$transfer" => self.transfer.clone(),
            "$child" => format!("0x{}", hex::encode(":child_storage:default:none")).into(),
            "$follow" => self.follower().1.clone().into(),
            "$pinned" => self.follower().2.clone(),
            "$broadcast" => {
                let extrinsic = self.value("$extrinsic");
                self.call_followed("transaction_v1_broadcast", &json!([extrinsic]))["result"].clone()
            }
            "$genesis" => self.node.call("chain_getBlockHash", json!([0])),
            "$extrinsic" => transfer(Charleth).into(),
            "$replacement" => {
                let mut wallet = Wallet::new(self.node, Dorothy);
                self.node.call("author_submitExtrinsic", json!([wallet.transfer(Baltathar.account())]));
                wallet.dearer_transfer(Baltathar.account()).into()
            }
            "$accountPrefix" => format!("0x{}", hex::encode(account_prefix)).into(),
            "$accountKey" => {
                let account = Alith.account().0;
                let key = [account_prefix, blake2_128(&account).to_vec(), account.to_vec()].concat();
                format!("0x{}", hex::encode(key)).into()
            }
            other => panic!("the table's examples use {other}, which is not known here"),
        }
    }

    fn params(&mut self, method: &Method) -> Value {
        let mut params = serde_json::from_str(method.example).unwrap_or_else(|why| panic!("{}: {why}", method.name));
        self.fill(&mut params);
        params
    }

    fn fill(&mut self, value: &mut Value) {
        match value {
            Value::String(name) if name.starts_with('$') => *value = self.value(name),
            Value::Array(items) => items.iter_mut().for_each(|item| self.fill(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.fill(member)),
            _ => {}
        }
    }

    fn check(&mut self, method: &Method, value: &Value, kind: &str) {
        if let Err(why) = self.schemas.check(value, kind) {
            self.misfits.push(format!("{}: {why}", method.name));
        }
    }

    /// Calls a method with its example; subscribes, awaits a notification and unsubscribes if it is a subscription.
    fn play(&mut self, method: &Method) -> Example {
        let params = self.params(method);
        let Some(feed) = method.feed else {
            let is_followed = method.example.contains("$follow") || method.name.starts_with("transaction_v1");
            let answer = match is_followed {
                true => self.call_followed(method.name, &params),
                false => call(self.node.address, method.name, params.clone()),
            };
            if answer.get("result").is_none() {
                self.misfits.push(format!("{}: {answer}", method.name));
            }
            let result = answer["result"].clone();
            self.check(method, &result, method.result);
            return Example { params, result };
        };
        let id = self.ws.subscribe(method.name, params.clone());
        self.check(method, &json!(id), method.result);
        self.node.call("engine_createBlock", json!([true]));
        let item = self.ws.notification(feed.notification, &id);
        self.check(method, &item, feed.item);
        self.ws.request(json!("end"), feed.unsubscribe, json!([id]));
        let end = std::iter::from_fn(|| self.ws.next()).find(|message| message["id"] == "end").unwrap();
        self.check(method, &end["result"], "Boolean|null");
        // Ids are random.
        Example { params, result: json!("Wu5qpBBPsVYHKCrV") }
    }
}

/// The value with long texts and lists cut, so that it still has its type.
fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) => text[..text.floor_char_boundary(TEXT_MAX)].into(),
        Value::Array(items) => items.iter().take(LIST_MAX).map(cut).collect(),
        Value::Object(members) => {
            let shown = if members.len() > MEMBERS_MAX { 2 } else { MEMBERS_MAX };
            Value::Object(members.iter().take(shown).map(|(name, member)| (name.clone(), cut(member))).collect())
        }
        other => other.clone(),
    }
}

fn described() -> impl Iterator<Item = &'static Method> {
    catalog::all().iter().filter(|method| !method.example.is_empty() && !method.aliases.contains(&method.name))
}

#[test]
fn reference_examples_are_answered_with_the_types_of_the_table() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    let mut scene = Scene::new(&node);
    let mut played = BTreeMap::new();
    let served = node.call("rpc_methods", json!([]))["methods"].clone();
    for method in described() {
        assert!(served.as_array().unwrap().contains(&json!(method.name)), "{} is not served", method.name);
        let Example { params, result } = scene.play(method);
        played.insert(method.name.to_owned(), Example { params: cut(&params), result: cut(&result) });
    }
    assert!(scene.misfits.is_empty(), "{:#?}", scene.misfits);
    if is_rewriting() {
        fs::write(EXAMPLES, serde_json::to_string_pretty(&played).unwrap() + "\n").unwrap();
        fs::write(PAGE, reference::page(&played)).unwrap();
    }
    node.stop();
}

#[test]
fn reference_examples_are_recorded_for_every_method_and_have_its_type() {
    if is_rewriting() {
        return;
    }
    let schemas = Schemas::default();
    for method in described() {
        let example = examples().get(method.name).unwrap_or_else(|| panic!("{} has no recorded example", method.name));
        schemas.check(&example.result, method.result).unwrap_or_else(|why| panic!("{}: {why}", method.name));
    }
}

#[test]
fn reference_page_is_current() {
    if is_rewriting() {
        return;
    }
    let page = fs::read_to_string(Path::new(PAGE)).unwrap_or_default();
    assert!(page == reference::page(examples()), "docs/rpc.md is not current: run this with ZIVER_REWRITE=1");
}
