//! The groups of the JSON-RPC interface specification.

use super::{Method, method};

const FOLLOW: &str = "followSubscription: SubscriptionId, what chainHead_v1_follow answered";
const PINNED: &str = "hash: Hash, a pinned block";
const OPERATION: &str = "operationId: Text, what the method that started it answered";
const ITEMS: &str = "items: [StorageQuery], what to read";
const CHILD: &str = "childTrie?: Bytes|null, the key of a child trie; the main one if it is left out";
const BLOCK: &str = "hash: Hash, any block";
const ENTRY_POINT: &str = "function: Text, an entry point of the runtime";
const INPUT: &str = "callParameters: Text, its parameters as bytes in hexadecimal, with or without 0x";
const TRANSACTION: &str = "transaction: Bytes, with its length before it";

pub(super) const METHODS: &[Method] = &[
    method("chainSpec_v1_genesisHash", "The hash of the first block.", &[], "Hash", "[]"),
    method("chainSpec_v1_chainName", "The name of the chain, for people.", &[], "Text", "[]"),
    method("chainSpec_v1_properties", "Properties for wallets, as in the chain spec.", &[], "Object", "[]"),
    method(
        "chainHead_v1_follow",
        "Tells the final block, each block above it, the best one, and every change; pins the blocks it tells of.",
        &["withRuntime: Boolean, whether to tell the versions of runtimes, and to allow calls"],
        "SubscriptionId",
        "[true]",
    )
    .feeds("chainHead_v1_followEvent", "chainHead_v1_unfollow", "FollowEvent"),
    method(
        "chainHead_v1_header",
        "A pinned block's header, SCALE-encoded; null if the subscription is unknown.",
        &[FOLLOW, PINNED],
        "Bytes|null",
        r#"["$follow","$pinned"]"#,
    ),
    method(
        "chainHead_v1_body",
        "Starts reading a pinned block's extrinsics, which come as an event.",
        &[FOLLOW, PINNED],
        "OperationStarted",
        r#"["$follow","$pinned"]"#,
    ),
    method(
        "chainHead_v1_call",
        "Starts a runtime call on a pinned block's state; its output comes as an event.",
        &[FOLLOW, PINNED, ENTRY_POINT, INPUT],
        "OperationStarted",
        r#"["$follow","$pinned","Core_version","0x"]"#,
    ),
    method(
        "chainHead_v1_storage",
        "Starts reading a pinned block's state; what is read comes as events.",
        &[FOLLOW, PINNED, ITEMS, CHILD],
        "OperationStarted",
        r#"["$follow","$pinned",[{"key":"0x3a636f6465","type":"hash"}],null]"#,
    ),
    method(
        "chainHead_v1_continue",
        "Lets an operation go on that has sent operationWaitingForContinue.",
        &[FOLLOW, OPERATION],
        "null",
        r#"["AbCdEfGhIjKlMnOp","0"]"#,
    ),
    method("chainHead_v1_stopOperation", "Stops an operation.", &[FOLLOW, OPERATION], "null", r#"["$follow","0"]"#),
    method(
        "chainHead_v1_unpin",
        "Gives pinned blocks back: all of them, or on an error none.",
        &[FOLLOW, "hashOrHashes: Hash|[Hash], one or several"],
        "null",
        r#"["$follow",["$pinned"]]"#,
    ),
    method(
        "transaction_v1_broadcast",
        "Keeps a transaction in the pool until it is stopped or the connection ends; null if there are too many.",
        &[TRANSACTION],
        "Text|null",
        r#"["$extrinsic"]"#,
    ),
    method(
        "transaction_v1_stop",
        "Stops keeping a transaction in the pool.",
        &["operationId: Text, what transaction_v1_broadcast answered"],
        "null",
        r#"["$broadcast"]"#,
    ),
    method(
        "transactionWatch_v1_submitAndWatch",
        "Puts a transaction into the pool and tells what becomes of it, refusals too.",
        &[TRANSACTION],
        "SubscriptionId",
        r#"["$extrinsic"]"#,
    )
    .feeds("transactionWatch_v1_watchEvent", "transactionWatch_v1_unwatch", "WatchEvent"),
    method("archive_v1_genesisHash", "The hash of the first block.", &[], "Hash", "[]"),
    method("archive_v1_finalizedHeight", "The height of the last final block.", &[], "Number", "[]"),
    method(
        "archive_v1_hashByHeight",
        "The blocks of a height: one up to the last final block, above it as many as are known.",
        &["height: BlockNumber, which"],
        "[Hash]",
        "[1]",
    ),
    method("archive_v1_header", "A block's header, SCALE-encoded.", &[BLOCK], "Bytes|null", r#"["$block"]"#),
    method("archive_v1_body", "A block's extrinsics.", &[BLOCK], "[Bytes]|null", r#"["$block"]"#),
    method(
        "archive_v1_call",
        "A runtime call on the state after a block.",
        &[BLOCK, ENTRY_POINT, INPUT],
        "ArchiveCall|null",
        r#"["$block","Core_version","0x"]"#,
    ),
    method(
        "archive_v1_storage",
        "Reads the state after a block, item by item.",
        &[BLOCK, ITEMS, CHILD],
        "SubscriptionId",
        r#"["$block",[{"key":"0x3a636f6465","type":"hash"}],null]"#,
    )
    .feeds("archive_v1_storageEvent", "archive_v1_stopStorage", "ArchiveStorageEvent"),
    method(
        "archive_v1_storageDiff",
        "Tells what differs between the states after two blocks; of what was deleted the former value.",
        &[
            BLOCK,
            "items?: [StorageDiffItem]|null, where to look; all values of the main trie if it is left out",
            "previousHash?: Hash|null, an ancestor; the parent if it is left out",
        ],
        "SubscriptionId",
        r#"["$block",[{"key":"0x26aa394eea5630e07c48ae0c9558cef7","returnType":"hash"}],"$genesis"]"#,
    )
    .feeds("archive_v1_storageDiffEvent", "archive_v1_stopStorageDiff", "ArchiveStorageDiffEvent"),
];
