//! The one table of all methods: what each takes and answers, who may call it, and an example.
//!
//! `rpc.discover`, `admin_rpcMethods`, the rights of callers and `docs/rpc.md` come from it. A test holds it against
//! what is registered, both ways, and another has a real node answer every example and compares the answers with the
//! types.
//!
//! A parameter is a line `name: Type, what it is`, with `name?` where it may be left out. Types are those of [`types`]:
//! names, `[T]` for lists, `A|B` for either. In examples `$name` stands for a value of the chain that answers: see
//! `host/node/tests/it/reference.rs`.

use std::{collections::HashMap, sync::OnceLock};

pub mod types;

mod contract;
mod legacy;
mod modern;
mod own;

/// One method.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub summary: &'static str,
    /// Its parameters, in their order.
    pub params: &'static [&'static str],
    /// The type of its result.
    pub result: &'static str,
    /// Parameters of an example, as JSON.
    pub example: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// Whether strangers may not call it.
    pub is_unsafe: bool,
    /// What it subscribes to.
    pub feed: Option<Feed>,
    /// Which nodes have it.
    pub condition: Condition,
}

/// What a subscription sends.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    /// The method in its notifications.
    pub notification: &'static str,
    /// The method that ends it.
    pub unsubscribe: &'static str,
    /// Other names for that.
    pub unsubscribe_aliases: &'static [&'static str],
    /// The type of what is sent.
    pub item: &'static str,
}

/// Which nodes have a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// All.
    Always,
    /// Those that make blocks on request only.
    ManualSealing,
}

const fn method(
    name: &'static str,
    summary: &'static str,
    params: &'static [&'static str],
    result: &'static str,
    example: &'static str,
) -> Method {
    Method {
        name,
        summary,
        params,
        result,
        example,
        aliases: &[],
        is_unsafe: false,
        feed: None,
        condition: Condition::Always,
    }
}

impl Method {
    const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn for_the_trusted(mut self) -> Self {
        self.is_unsafe = true;
        self
    }

    const fn with_manual_sealing(mut self) -> Self {
        self.condition = Condition::ManualSealing;
        self
    }

    const fn feeds(mut self, notification: &'static str, unsubscribe: &'static str, item: &'static str) -> Self {
        self.feed = Some(Feed { notification, unsubscribe, unsubscribe_aliases: &[], item });
        self
    }

    const fn unsubscribed_as(mut self, aliases: &'static [&'static str]) -> Self {
        if let Some(feed) = &mut self.feed {
            feed.unsubscribe_aliases = aliases;
        }
        self
    }

    /// The namespace, with its version if it has one: `chain`, `chainHead_v1`.
    pub fn group(&self) -> &'static str {
        group(self.name)
    }

    /// Its parameters, taken apart.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter> + '_ {
        self.params.iter().map(|line| Parameter::read(line))
    }
}

fn group(name: &'static str) -> &'static str {
    let mut parts = name.match_indices('_').map(|(at, _)| at);
    let Some(first) = parts.next() else { return name.split('.').next().unwrap_or(name) };
    let is_version = |rest: &str| rest.starts_with('v') && rest[1..].bytes().all(|byte| byte.is_ascii_digit());
    match parts.next() {
        Some(second) if is_version(&name[first + 1..second]) => &name[..second],
        _ => &name[..first],
    }
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub is_required: bool,
    /// Its type.
    pub kind: &'static str,
    /// What it is.
    pub about: &'static str,
}

impl Parameter {
    fn read(line: &'static str) -> Self {
        let (name, rest) = line.split_once(": ").unwrap_or((line, "Any"));
        let (kind, about) = rest.split_once(", ").unwrap_or((rest, ""));
        Self { name: name.trim_end_matches('?'), is_required: !name.ends_with('?'), kind, about }
    }
}

/// All methods, each with its aliases and with the method that ends its subscription as methods of their own.
pub fn all() -> &'static [Method] {
    static ALL: OnceLock<Vec<Method>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<Method> = [contract::METHODS, legacy::METHODS, modern::METHODS, own::METHODS].concat();
        for one in all.clone() {
            all.extend(one.aliases.iter().map(|alias| Method { name: alias, ..one }));
            let Some(feed) = one.feed else { continue };
            for name in feed.unsubscribe_aliases.iter().chain([&feed.unsubscribe]) {
                let params = &["subscription: SubscriptionId, what the subscribing call answered"];
                all.push(method(name, "Ends a subscription.", params, "Boolean|null", ""));
            }
        }
        all.sort_by_key(|one| one.name);
        // Several subscriptions may end by one method.
        all.dedup_by_key(|one| one.name);
        all
    })
}

/// A method by its name.
pub fn by_name(name: &str) -> Option<&'static Method> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Method>> = OnceLock::new();
    BY_NAME.get_or_init(|| all().iter().map(|one| (one.name, one)).collect()).get(name).copied()
}

/// What the namespaces are for, and the error codes that their methods have besides [`COMMON_ERRORS`].
pub const GROUPS: &[(&str, &str, &[i32])] = &[
    ("account", "The nonce of an account, by the name that Python's clients look for.", &[4003]),
    ("admin", "The node, for who runs it.", &[-32001, -32010, -32011, -32012, -32013, 4003]),
    ("archive_v1", "Blocks and states by hash and height, of the JSON-RPC interface specification.", &[3003]),
    (
        "author",
        "Submitting transactions, with Substrate's error codes.",
        &[1001, 1002, 1010, 1011, 1012, 1013, 1014, 1016],
    ),
    ("chain", "Blocks and headers, and subscriptions to new ones.", &[3003, 4003]),
    (
        "chainHead_v1",
        "Following the head of the chain, of the JSON-RPC interface specification.",
        &[-32800, -32801, -32802, -32803, -32804],
    ),
    ("chainSpec_v1", "The chain's name and properties, of the JSON-RPC interface specification.", &[]),
    ("childstate", "Child storage.", &[4002, 4003]),
    (
        "contract",
        "Contracts: deployed, called, asked. Gas is weight in picoseconds.",
        &[-32001, -32010, -32011, -32012, -32013, -32020, -32021],
    ),
    ("dev", "For developers of runtimes.", &[4003]),
    ("engine", "Blocks made and made final by hand; with manual sealing only.", &[11000, 12000, 13000]),
    ("miner", "Whether the node makes blocks, and for whom.", &[-32030, 4003]),
    ("net", "The network, as Ethereum's tools ask for it.", &[]),
    ("payment", "What a transaction costs.", &[1001, 4003]),
    ("rpc", "The server's description of itself.", &[]),
    ("state", "Storage, runtime and runtime calls at a block.", &[4002, 4003]),
    ("system", "The node and its chain.", &[1001, 4003]),
    ("transactionWatch_v1", "Submitting and watching, of the JSON-RPC interface specification.", &[]),
    ("transaction_v1", "Broadcasting transactions, of the JSON-RPC interface specification.", &[]),
    ("txpool", "What waits for the next blocks.", &[-32010, -32011, -32012, -32013]),
    ("zx", "The chain as Ethereum-minded scripts see it.", &[-32001, -32010, -32011, -32012, -32013, -32020, 4003]),
];

/// Codes that any method may answer.
pub const COMMON_ERRORS: &[i32] =
    &[-32700, -32600, -32601, -32602, -32603, -32006, -32007, -32008, -32009, -32050, 10000];

/// What the codes mean.
pub const ERRORS: &[(i32, &str)] = &[
    (-32700, "Not JSON"),
    (-32600, "JSON, but no request: a wrong id, too deep, too long a batch, a call that can't be in one, or too slow"),
    (-32601, "No such method, or not for this caller, or a subscription over HTTP"),
    (-32602, "Parameters that do not fit"),
    (-32603, "A fault of the node"),
    (-32006, "Too many subscriptions on the connection"),
    (-32007, "The request is too large"),
    (-32008, "The answer is too large"),
    (-32009, "The server is busy, or too many answers wait to be read"),
    (-32050, "Rate limited; data says when to come back"),
    (-32001, "What was asked for does not exist"),
    (-32010, "The transaction is rejected"),
    (-32011, "The sender can't pay"),
    (-32012, "The nonce is used already"),
    (-32013, "The transaction needs more than a block has"),
    (-32020, "A contract failed; data says how"),
    (-32021, "A contract's source does not compile; data has the problems"),
    (-32030, "No block could be made"),
    (-32800, "Too many subscriptions of this kind"),
    (-32801, "The block is not pinned"),
    (-32802, "The subscription was begun without runtimes"),
    (-32803, "The operation does not wait"),
    (-32804, "A hash stands twice in the list"),
    (1001, "The bytes are no extrinsic"),
    (1002, "Validation itself failed"),
    (1010, "Invalid transaction"),
    (1011, "The runtime can't tell whether it is valid"),
    (1012, "Refused a short while ago"),
    (1013, "In the pool already"),
    (1014, "Pays too little to replace another"),
    (1016, "The pool is full"),
    (3003, "A read of blocks failed"),
    (4002, "More was asked for than the limits allow"),
    (4003, "A read of state or a runtime call failed"),
    (10000, "The node is being stopped"),
    (11000, "Making or finalising a block failed"),
    (12000, "No transaction to make a block of"),
    (13000, "No such block"),
];

/// What a code means.
pub fn error_text(code: i32) -> &'static str {
    ERRORS.iter().find(|(known, _)| *known == code).map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests;
