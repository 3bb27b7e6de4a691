//! Ziver's own namespaces.

use super::{Method, method};

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
        "txpool_replaceByFee",
        "Puts a signed extrinsic in the place of one with the same sender and nonce that pays less.",
        &["extrinsic: Bytes, with its length before it"],
        "Hash",
        r#"["$replacement"]"#,
    ),
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
