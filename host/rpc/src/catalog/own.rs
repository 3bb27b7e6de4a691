//! Ziver's own namespaces.

use super::{Method, method};

const CHILD: &str = "child: Bytes, the key of the child trie with its prefix";
const AT: &str = "at?: Hash|null, the best block if it is left out";
const BLOCK_OR_NULL: &str = "block?: BlockTag|null, the best one if it is left out";
const FULL: &str = "full?: Boolean, whether transactions are whole";
const BLOCK: &str = "block?: BlockTag, the best one if it is left out";

pub(super) const METHODS: &[Method] = &[
    method("admin_nodeInfo", "The node, its chain, and how far it is.", &[], "NodeInfo", "[]"),
    method(
        "admin_rpcMethods",
        "All methods with their groups and whether strangers may call them.",
        &[],
        "[MethodOutline]",
        "[]",
    ),
    method(
        "admin_exportChain",
        "Blocks of the best chain as SCALE, a page at a time.",
        &["from: BlockNumber, the first", "to?: BlockNumber|null, the last; the best one if it is left out"],
        "BlockPage",
        "[1, 1]",
    )
    .for_the_trusted(),
    method(
        "admin_fundAccount",
        "Sends money of the richest development account; on development chains alone.",
        &["account: Account, who gets it", "amount: Amount, how much, in the smallest unit"],
        "Hash",
        r#"["$baltathar", "0xde0b6b3a7640000"]"#,
    )
    .for_the_trusted(),
    method("miner_status", "Whether the node makes blocks by itself, and for whom.", &[], "MiningStatus", "[]"),
    method("miner_start", "Lets the node make blocks as its sealing mode says.", &[], "MiningStatus", "[]")
        .for_the_trusted(),
    method("miner_stop", "Lets the node make blocks on request only.", &[], "MiningStatus", "[]").for_the_trusted(),
    method(
        "miner_setMinerAddress",
        "Says who gets the fees of the blocks to come.",
        &["author: Account, who"],
        "MiningStatus",
        r#"["$baltathar"]"#,
    )
    .for_the_trusted(),
    method(
        "miner_mineBlock",
        "Makes a block now, in any sealing mode.",
        &[
            "createEmpty?: Boolean, even if there is no transaction; yes if it is left out",
            "finalize?: Boolean, and makes it final; no if it is left out",
        ],
        "BlockRef",
        "[]",
    )
    .for_the_trusted(),
    method(
        "dev_getBlockStats",
        "Executes a block again: how large it is, and how large a proof of the state that it reads.",
        &["block: Hash, which"],
        "BlockStats|null",
        r#"["$block"]"#,
    )
    .for_the_trusted(),
    method("net_version", "The chain's number, in decimal digits.", &[], "Decimal", "[]"),
    method("net_peerCount", "The number of peers.", &[], "Quantity", "[]"),
    method("net_listening", "Whether peers can reach the node.", &[], "Boolean", "[]"),
    method("net_peers", "The node's peers.", &[], "[Object]", "[]"),
    method("rpc.discover", "This table as an OpenRPC document.", &[], "OpenRpc", "[]"),
    method("txpool_status", "How full the pool is.", &[], "PoolStatus", "[]"),
    method(
        "txpool_content",
        "The transactions in the pool: those for the next blocks, and those that wait for others.",
        &["limit?: Number, how many at most"],
        "PoolContent",
        "[]",
    ),
    method(
        "txpool_contentFrom",
        "The same of one account, by nonce.",
        &["account: Account, whose"],
        "AccountPoolContent",
        r#"["$charleth"]"#,
    ),
    method("txpool_inspect", "A line for each of them, by sender and nonce.", &[], "PoolLines", "[]"),
    method(
        "txpool_replaceByFee",
        "Puts a signed extrinsic in the place of one with the same sender and nonce that pays less.",
        &["extrinsic: Bytes, with its length before it"],
        "Hash",
        r#"["$replacement"]"#,
    ),
    method(
        "childstate_getKeys",
        "The keys of a child trie that begin with a prefix.",
        &[CHILD, "prefix?: Bytes|null, what they begin with", AT],
        "[Bytes]",
        r#"["0x3a6368696c645f73746f726167653a64656661756c743a01", "0x"]"#,
    ),
    method(
        "childstate_getKeysPaged",
        "The same, a page at a time.",
        &[
            CHILD,
            "prefix: Bytes|null, what they begin with",
            "count: Number, at most",
            "after?: Bytes|null, begins after this key",
            AT,
        ],
        "[Bytes]",
        r#"["0x3a6368696c645f73746f726167653a64656661756c743a01", "0x", 10]"#,
    )
    .aliases(&["childstate_getKeysPagedAt"]),
    method(
        "childstate_getStorage",
        "A value of a child trie.",
        &[CHILD, "key: Bytes, where", AT],
        "Bytes|null",
        r#"["0x3a6368696c645f73746f726167653a64656661756c743a01", "0x01"]"#,
    ),
    method(
        "childstate_getStorageEntries",
        "Values of a child trie.",
        &[CHILD, "keys: [Bytes], at most 1024", AT],
        "[Bytes|null]",
        r#"["0x3a6368696c645f73746f726167653a64656661756c743a01", ["0x01"]]"#,
    ),
    method(
        "childstate_getStorageHash",
        "Blake2-256 of a value of a child trie.",
        &[CHILD, "key: Bytes, where", AT],
        "Hash|null",
        r#"["0x3a6368696c645f73746f726167653a64656661756c743a01", "0x01"]"#,
    ),
    method(
        "childstate_getStorageSize",
        "Bytes of a value of a child trie.",
        &[CHILD, "key: Bytes, where", AT],
        "Number|null",
        r#"["0x3a6368696c645f73746f726167653a64656661756c743a01", "0x01"]"#,
    ),
    method("zx_chainId", "A number that tells the chain from others.", &[], "Quantity", "[]"),
    method("zx_getChainInfo", "The chain, its heads, its runtime and the node.", &[], "Object", "[]"),
    method(
        "zx_getBlockByNumber",
        "A block; with `full` its transactions decoded, with their receipts.",
        &[BLOCK_OR_NULL, FULL],
        "Object|null",
        r#"["latest", true]"#,
    ),
    method(
        "zx_getBlockByHash",
        "The same; both take every form of a block.",
        &[BLOCK_OR_NULL, FULL],
        "Object|null",
        r#"["latest", false]"#,
    ),
    method(
        "zx_getBlockTransactionCount",
        "How many transactions a block has, inherents among them.",
        &[BLOCK_OR_NULL],
        "Quantity|null",
        r#"["latest"]"#,
    ),
    method(
        "zx_getAccount",
        "All that the chain keeps of an account.",
        &["account: Account, whose", BLOCK],
        "Object",
        r#"["$alith"]"#,
    ),
    method(
        "zx_getCode",
        "The code of a contract, as it was uploaded; no bytes for other accounts.",
        &["account: Account, whose", BLOCK],
        "Bytes",
        r#"["$alith"]"#,
    ),
    method(
        "zx_getTransactionByHash",
        "A transaction of the best chain or the pool, decoded.",
        &["hash: Hash, its hash"],
        "Object|null",
        r#"["$transfer"]"#,
    ),
    method(
        "zx_getTransactionReceipt",
        "How a transaction ended: status, fee, weight, events, and in words why it failed.",
        &["hash: Hash, its hash"],
        "Object|null",
        r#"["$transfer"]"#,
    ),
    method(
        "zx_getLogs",
        "Events by block, pallet, name, account and topics.",
        &["filter?: Object|null, {fromBlock, toBlock, blockHash, pallet, name, address, topics, skip, limit}"],
        "[Object]",
        r#"[{"fromBlock": "latest", "pallet": "System", "limit": 1}]"#,
    ),
    method("zx_gasPrice", "What a picosecond of execution costs now.", &[], "Quantity", "[]"),
    method(
        "zx_estimateGas",
        "The weight that a transaction takes in the next block, in picoseconds.",
        &["transaction: Object|Bytes, {from, to, value}, {from, to, data} or {from, call}, or a signed extrinsic"],
        "Quantity",
        r#"[{"from": "$alith", "to": "$baltathar", "value": "0x1"}]"#,
    ),
    method(
        "zx_sendTransaction",
        "Signs with a development account's key and puts into the pool; on development chains alone.",
        &["transaction: Object, {from, to, value}, {from, to, data} for a contract, or {from, call: {pallet, name, args}}, with nonce and tip if wanted"],
        "Hash",
        r#"[{"from": "$alith", "to": "$baltathar", "value": "0x1"}]"#,
    )
    .for_the_trusted(),
    method(
        "zx_validateChain",
        "Checks blocks of the best chain against each other and against their bodies.",
        &["from?: BlockTag|null, 255 before the last", "to?: BlockTag|null, the best one"],
        "Object",
        "[]",
    ),
    method(
        "zx_subscribe",
        "Tells new blocks, new transactions, or new events that fit a filter.",
        &[
            "kind: Text, newBlocks, newTransactions or logs",
            "options?: Object|Boolean|null, for logs {pallet, name, address, topics}, for newTransactions whether whole",
        ],
        "SubscriptionId",
        r#"["newBlocks"]"#,
    )
    .feeds("zx_subscription", "zx_unsubscribe", "Object|Hash"),
    method("zx_blockNumber", "The height of the best block.", &[], "Quantity", "[]"),
    method(
        "zx_getBalance",
        "What an account has, in the smallest unit.",
        &["account: Account, whose", BLOCK],
        "Quantity",
        r#"["$alith", "latest"]"#,
    ),
    method(
        "zx_getTransactionCount",
        "How many transactions an account has sent; with `pending`, those in the pool too.",
        &["account: Account, whose", BLOCK],
        "Quantity",
        r#"["$alith", "pending"]"#,
    ),
    method(
        "zx_sendRawTransaction",
        "Puts a signed extrinsic into the pool.",
        &["extrinsic: Bytes, with its length before it"],
        "Hash",
        r#"["$extrinsic"]"#,
    ),
];
