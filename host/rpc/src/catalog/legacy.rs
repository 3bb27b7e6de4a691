//! The legacy methods of Substrate's nodes.

use super::{Method, method};

const AT: &str = "at?: Hash, the block; the best one if it is left out";

pub(super) const METHODS: &[Method] = &[
    method(
        "account_nextIndex",
        "The nonce that an account's next transaction needs.",
        &["account: Account, whose"],
        "Number",
        r#"["$alith"]"#,
    ),
    method(
        "system_accountNextIndex",
        "The nonce that an account's next transaction needs.",
        &["account: Account, whose"],
        "Number",
        r#"["$alith"]"#,
    ),
    method(
        "author_submitExtrinsic",
        "Puts a signed extrinsic into the pool.",
        &["extrinsic: Bytes, with its length before it"],
        "Hash",
        r#"["$extrinsic"]"#,
    ),
    method(
        "author_pendingExtrinsics",
        "The extrinsics for the next blocks, in the order of their execution.",
        &[],
        "[Bytes]",
        "[]",
    ),
    method(
        "author_submitAndWatchExtrinsic",
        "Puts a signed extrinsic into the pool and tells what becomes of it.",
        &["extrinsic: Bytes, with its length before it"],
        "SubscriptionId",
        r#"["$extrinsic"]"#,
    )
    .feeds("author_extrinsicUpdate", "author_unwatchExtrinsic", "TransactionStatus"),
    method(
        "chain_getBlockHash",
        "The hash of the block at a height, or of each at a list of heights.",
        &["height?: BlockNumber|[BlockNumber|null]|null, the best block's if it is left out"],
        "Hash|[Hash|null]|null",
        "[1]",
    )
    .aliases(&["chain_getHead"]),
    method("chain_getFinalizedHead", "The hash of the last final block.", &[], "Hash", "[]")
        .aliases(&["chain_getFinalisedHead"]),
    method("chain_getHeader", "A block's header.", &[AT], "Header|null", r#"["$block"]"#),
    method("chain_getBlock", "A block with its extrinsics.", &[AT], "SignedBlock|null", r#"["$block"]"#),
    method(
        "chain_subscribeNewHeads",
        "Tells the head of the best chain, now and at each change.",
        &[],
        "SubscriptionId",
        "[]",
    )
    .aliases(&["chain_subscribeNewHead"])
    .feeds("chain_newHead", "chain_unsubscribeNewHeads", "Header")
    .unsubscribed_as(&["chain_unsubscribeNewHead"]),
    method("chain_subscribeAllHeads", "Tells each new block of any branch.", &[], "SubscriptionId", "[]").feeds(
        "chain_allHead",
        "chain_unsubscribeAllHeads",
        "Header",
    ),
    method(
        "chain_subscribeFinalizedHeads",
        "Tells the last final block, now and at each change.",
        &[],
        "SubscriptionId",
        "[]",
    )
    .aliases(&["chain_subscribeFinalisedHeads"])
    .feeds("chain_finalizedHead", "chain_unsubscribeFinalizedHeads", "Header")
    .unsubscribed_as(&["chain_unsubscribeFinalisedHeads"]),
    method(
        "engine_createBlock",
        "Makes a block.",
        &[
            "createEmpty: Boolean, even if there is no transaction",
            "finalize?: Boolean, and makes it final",
            "parent?: Hash|null, on this block instead of the best one",
        ],
        "CreatedBlock",
        "[true, false]",
    )
    .for_the_trusted()
    .with_manual_sealing(),
    method(
        "engine_finalizeBlock",
        "Makes a block and its ancestors final.",
        &["hash: Hash, which block"],
        "Boolean",
        r#"["$block"]"#,
    )
    .for_the_trusted()
    .with_manual_sealing(),
    method(
        "payment_queryInfo",
        "Weight and fee of an extrinsic.",
        &["extrinsic: Bytes, with its length before it", AT],
        "DispatchInfo",
        r#"["$extrinsic"]"#,
    ),
    method(
        "payment_queryFeeDetails",
        "The parts of an extrinsic's fee.",
        &["extrinsic: Bytes, with its length before it", AT],
        "FeeDetails",
        r#"["$extrinsic"]"#,
    ),
    method("rpc_methods", "The names of the methods that the caller may call.", &[], "MethodList", "[]"),
    method(
        "state_getStorage",
        "The value of a storage key.",
        &["key: Bytes, the whole key", AT],
        "Bytes|null",
        r#"["$accountKey"]"#,
    )
    .aliases(&["state_getStorageAt"]),
    method(
        "state_getStorageHash",
        "The hash of a storage key's value.",
        &["key: Bytes, the whole key", AT],
        "Hash|null",
        r#"["$accountKey"]"#,
    )
    .aliases(&["state_getStorageHashAt"]),
    method(
        "state_getStorageSize",
        "The number of bytes of a storage key's value, or of all below a prefix.",
        &["key: Bytes, a key or a prefix of keys", AT],
        "Number|null",
        r#"["$accountKey"]"#,
    )
    .aliases(&["state_getStorageSizeAt"]),
    method(
        "state_queryStorageAt",
        "The values of several storage keys.",
        &["keys: [Bytes], at most 1024", AT],
        "[StorageChangeSet]",
        r#"[["$accountKey"]]"#,
    ),
    method(
        "state_getKeysPaged",
        "Storage keys with a prefix, in their order.",
        &["prefix: Bytes|null, which keys", "count: Number, at most 1000", "after?: Bytes|null, where to go on", AT],
        "[Bytes]",
        r#"["$accountPrefix", 3]"#,
    )
    .aliases(&["state_getKeysPagedAt"]),
    method(
        "state_getReadProof",
        "The trie nodes that prove the values of storage keys.",
        &["keys: [Bytes], at most 1024", AT],
        "ReadProof",
        r#"[["$accountKey"]]"#,
    ),
    method(
        "state_call",
        "Calls an entry point of the runtime; what it writes is thrown away.",
        &["method: Text, the entry point's name", "input: Bytes, SCALE encoding of its arguments", AT],
        "Bytes",
        r#"["AccountNonceApi_account_nonce", "$alith"]"#,
    )
    .aliases(&["state_callAt"]),
    method("state_getMetadata", "The runtime's metadata, version 14.", &[AT], "Bytes", "[]"),
    method("state_getRuntimeVersion", "The runtime's version.", &[AT], "RuntimeVersion", "[]")
        .aliases(&["chain_getRuntimeVersion"]),
    method(
        "state_subscribeRuntimeVersion",
        "Tells the runtime's version, now and at each change.",
        &[],
        "SubscriptionId",
        "[]",
    )
    .aliases(&["chain_subscribeRuntimeVersion"])
    .feeds("state_runtimeVersion", "state_unsubscribeRuntimeVersion", "RuntimeVersion")
    .unsubscribed_as(&["chain_unsubscribeRuntimeVersion"]),
    method(
        "state_subscribeStorage",
        "Tells the values of storage keys, now and at each change.",
        &["keys: [Bytes], at most 1024"],
        "SubscriptionId",
        r#"[["$accountKey"]]"#,
    )
    .feeds("state_storage", "state_unsubscribeStorage", "StorageChangeSet"),
    method("system_chain", "The chain's name.", &[], "Text", "[]"),
    method("system_chainType", "What the chain is for.", &[], "ChainType", "[]"),
    method("system_properties", "What wallets want to know: the token's symbol, its decimals.", &[], "Object", "[]"),
    method("system_name", "The name of the node's software.", &[], "Text", "[]"),
    method("system_version", "The version of the node's software.", &[], "Text", "[]"),
    method("system_health", "Whether the node is in step with others.", &[], "Health", "[]"),
    method("system_peers", "The node's peers.", &[], "[Object]", "[]"),
    method("system_nodeRoles", "What the node does in the network.", &[], "[Text]", "[]"),
    method("system_localPeerId", "The node's name in the network.", &[], "Text", "[]"),
    method("system_localListenAddresses", "Where peers reach the node.", &[], "[Text]", "[]"),
    method("system_syncState", "How far the node is.", &[], "SyncState", "[]"),
    method(
        "system_dryRun",
        "Applies an extrinsic and throws away what it did.",
        &["extrinsic: Bytes, with its length before it", AT],
        "Bytes",
        r#"["$extrinsic"]"#,
    )
    .for_the_trusted(),
];
