//! The types of parameters and results, as JSON schemas.
//!
//! A type is written `Name`, `[T]` for a list, or `A|B` for either; [`schema`] makes a schema of that, which refers to
//! the named ones.

use serde_json::{Map, Value, json};

/// A JSON schema for a type.
pub fn schema(kind: &str) -> Value {
    let mut parts: Vec<Value> = alternatives(kind).into_iter().map(one).collect();
    if parts.len() == 1 { parts.remove(0) } else { json!({ "anyOf": parts }) }
}

fn one(kind: &str) -> Value {
    match kind.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => json!({ "type": "array", "items": schema(inner) }),
        None if kind == "null" => json!({ "type": "null" }),
        None => json!({ "$ref": format!("#/components/schemas/{kind}") }),
    }
}

/// Splits at the bars that stand outside of brackets.
fn alternatives(kind: &str) -> Vec<&str> {
    let mut depth = 0;
    kind.split(|c| {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        c == '|' && depth == 0
    })
    .collect()
}

/// The named types.
pub fn named() -> Map<String, Value> {
    let read = |(name, text): &(&str, &str)| ((*name).to_owned(), serde_json::from_str(text).unwrap_or(Value::Null));
    NAMED.iter().map(read).collect()
}

const NAMED: &[(&str, &str)] = &[
    ("Any", "true"),
    ("Text", r#"{"type":"string"}"#),
    ("Boolean", r#"{"type":"boolean"}"#),
    ("Number", r#"{"type":"integer","minimum":0}"#),
    ("Object", r#"{"type":"object"}"#),
    ("Bytes", r#"{"type":"string","pattern":"^0x([0-9a-fA-F]{2})*$","description":"bytes in hexadecimal"}"#),
    ("Hash", r#"{"type":"string","pattern":"^0x[0-9a-fA-F]{64}$","description":"32 bytes in hexadecimal"}"#),
    ("Account", r#"{"type":"string","pattern":"^0x[0-9a-fA-F]{40}$","description":"20 bytes in hexadecimal"}"#),
    (
        "Quantity",
        r#"{"type":"string","pattern":"^0x(0|[1-9a-f][0-9a-f]*)$","description":"a number in hexadecimal without leading zeros"}"#,
    ),
    ("Decimal", r#"{"type":"string","pattern":"^[0-9]+$","description":"a decimal number"}"#),
    (
        "Amount",
        r##"{"anyOf":[{"$ref":"#/components/schemas/Quantity"},{"$ref":"#/components/schemas/Decimal"},{"$ref":"#/components/schemas/Number"}]}"##,
    ),
    (
        "BlockNumber",
        r#"{"anyOf":[{"type":"integer","minimum":0,"maximum":4294967295},{"type":"string","pattern":"^0x[0-9a-fA-F]+$"}]}"#,
    ),
    (
        "BlockTag",
        r##"{"anyOf":[{"enum":["latest","pending","finalized","safe","earliest"]},{"$ref":"#/components/schemas/BlockNumber"},{"$ref":"#/components/schemas/Hash"}]}"##,
    ),
    ("SubscriptionId", r#"{"type":"string"}"#),
    (
        "Header",
        r##"{"type":"object","required":["parentHash","number","stateRoot","extrinsicsRoot","digest"],"properties":{"parentHash":{"$ref":"#/components/schemas/Hash"},"number":{"$ref":"#/components/schemas/Quantity"},"stateRoot":{"$ref":"#/components/schemas/Hash"},"extrinsicsRoot":{"$ref":"#/components/schemas/Hash"},"digest":{"type":"object","required":["logs"],"properties":{"logs":{"type":"array","items":{"$ref":"#/components/schemas/Bytes"}}}}},"additionalProperties":false}"##,
    ),
    (
        "SignedBlock",
        r##"{"type":"object","required":["block","justifications"],"properties":{"block":{"type":"object","required":["header","extrinsics"],"properties":{"header":{"$ref":"#/components/schemas/Header"},"extrinsics":{"type":"array","items":{"$ref":"#/components/schemas/Bytes"}}}},"justifications":{"type":"null"}},"additionalProperties":false}"##,
    ),
    (
        "RuntimeVersion",
        r#"{"type":"object","required":["specName","implName","authoringVersion","specVersion","implVersion","apis","transactionVersion","stateVersion"],"properties":{"specName":{"type":"string"},"implName":{"type":"string"},"authoringVersion":{"type":"integer"},"specVersion":{"type":"integer"},"implVersion":{"type":"integer"},"apis":{"type":"array","items":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"minItems":2,"maxItems":2}},"transactionVersion":{"type":"integer"},"stateVersion":{"type":"integer"},"systemVersion":{"type":"integer"}},"additionalProperties":false}"#,
    ),
    (
        "StorageChangeSet",
        r##"{"type":"object","required":["block","changes"],"properties":{"block":{"$ref":"#/components/schemas/Hash"},"changes":{"type":"array","items":{"type":"array","prefixItems":[{"$ref":"#/components/schemas/Bytes"},{"anyOf":[{"$ref":"#/components/schemas/Bytes"},{"type":"null"}]}],"minItems":2,"maxItems":2}}},"additionalProperties":false}"##,
    ),
    (
        "ReadProof",
        r##"{"type":"object","required":["at","proof"],"properties":{"at":{"$ref":"#/components/schemas/Hash"},"proof":{"type":"array","items":{"$ref":"#/components/schemas/Bytes"}}},"additionalProperties":false}"##,
    ),
    (
        "Health",
        r#"{"type":"object","required":["peers","isSyncing","shouldHavePeers"],"properties":{"peers":{"type":"integer"},"isSyncing":{"type":"boolean"},"shouldHavePeers":{"type":"boolean"}},"additionalProperties":false}"#,
    ),
    (
        "SyncState",
        r#"{"type":"object","required":["startingBlock","currentBlock","highestBlock"],"properties":{"startingBlock":{"type":"integer"},"currentBlock":{"type":"integer"},"highestBlock":{"type":"integer"}},"additionalProperties":false}"#,
    ),
    (
        "ChainType",
        r#"{"anyOf":[{"enum":["Development","Local","Live"]},{"type":"object","required":["Custom"],"properties":{"Custom":{"type":"string"}}}]}"#,
    ),
    (
        "TransactionStatus",
        r##"{"anyOf":[{"enum":["future","ready","dropped","invalid"]},{"type":"object","minProperties":1,"maxProperties":1,"properties":{"broadcast":{"type":"array","items":{"type":"string"}},"inBlock":{"$ref":"#/components/schemas/Hash"},"retracted":{"$ref":"#/components/schemas/Hash"},"finalityTimeout":{"$ref":"#/components/schemas/Hash"},"finalized":{"$ref":"#/components/schemas/Hash"},"usurped":{"$ref":"#/components/schemas/Hash"}},"additionalProperties":false}]}"##,
    ),
    (
        "DispatchInfo",
        r#"{"type":"object","required":["weight","class","partialFee"],"properties":{"weight":{"type":"object","required":["ref_time","proof_size"]},"class":{"enum":["normal","operational","mandatory"]},"partialFee":{"type":"string","pattern":"^[0-9]+$"}},"additionalProperties":false}"#,
    ),
    (
        "FeeDetails",
        r#"{"type":"object","required":["inclusionFee"],"properties":{"inclusionFee":{"type":["object","null"],"required":["baseFee","lenFee","adjustedWeightFee"]},"tip":{"type":"string"}}}"#,
    ),
    (
        "CreatedBlock",
        r##"{"type":"object","required":["hash","aux","proof_size"],"properties":{"hash":{"$ref":"#/components/schemas/Hash"},"aux":{"type":"object"},"proof_size":{"type":"integer"}},"additionalProperties":false}"##,
    ),
    (
        "MethodList",
        r#"{"type":"object","required":["methods"],"properties":{"methods":{"type":"array","items":{"type":"string"}}},"additionalProperties":false}"#,
    ),
    (
        "MethodOutline",
        r#"{"type":"object","required":["name","group","isUnsafe","isSubscription"],"properties":{"name":{"type":"string"},"group":{"type":"string"},"isUnsafe":{"type":"boolean"},"isSubscription":{"type":"boolean"}},"additionalProperties":false}"#,
    ),
    (
        "OpenRpc",
        r#"{"type":"object","required":["openrpc","info","methods","components"],"properties":{"openrpc":{"type":"string"},"info":{"type":"object"},"methods":{"type":"array"},"components":{"type":"object"}}}"#,
    ),
    (
        "PoolStatus",
        r##"{"type":"object","required":["pending","queued","pendingBytes","queuedBytes","transactionsMax","bytesMax"],"additionalProperties":{"$ref":"#/components/schemas/Quantity"}}"##,
    ),
    (
        "PoolTransaction",
        r##"{"type":"object","required":["hash","from","nonce","raw","priority","validTill","isLocal"],"properties":{"from":{"anyOf":[{"$ref":"#/components/schemas/Account"},{"type":"null"}]},"nonce":{"anyOf":[{"$ref":"#/components/schemas/Quantity"},{"type":"null"}]},"pallet":{"type":"string"},"call":{"type":"string"},"args":{"type":"object"},"hash":{"$ref":"#/components/schemas/Hash"},"raw":{"$ref":"#/components/schemas/Bytes"},"priority":{"$ref":"#/components/schemas/Decimal"},"validTill":{"anyOf":[{"$ref":"#/components/schemas/Quantity"},{"type":"null"}]},"isLocal":{"type":"boolean"}}}"##,
    ),
    (
        "PoolContent",
        r##"{"type":"object","required":["pending","queued"],"properties":{"pending":{"type":"array","items":{"$ref":"#/components/schemas/PoolTransaction"}},"queued":{"type":"array","items":{"$ref":"#/components/schemas/PoolTransaction"}}},"additionalProperties":false}"##,
    ),
    (
        "AccountPoolContent",
        r##"{"type":"object","required":["pending","queued"],"additionalProperties":{"type":"object","additionalProperties":{"$ref":"#/components/schemas/PoolTransaction"}}}"##,
    ),
    (
        "PoolLines",
        r##"{"type":"object","required":["pending","queued"],"additionalProperties":{"type":"object","additionalProperties":{"type":"object","additionalProperties":{"type":"string"}}}}"##,
    ),
    (
        "BlockStats",
        r#"{"type":"object","required":["witnessLen","witnessCompactLen","blockLen","numExtrinsics"],"properties":{"witnessLen":{"type":"integer"},"witnessCompactLen":{"type":"integer"},"blockLen":{"type":"integer"},"numExtrinsics":{"type":"integer"}},"additionalProperties":false}"#,
    ),
    (
        "MiningStatus",
        r##"{"type":"object","required":["mining","author","sealing"],"properties":{"mining":{"type":"boolean"},"author":{"$ref":"#/components/schemas/Account"},"sealing":{"type":"string"}},"additionalProperties":false}"##,
    ),
    (
        "BlockRef",
        r##"{"type":"object","required":["hash","number"],"properties":{"hash":{"$ref":"#/components/schemas/Hash"},"number":{"$ref":"#/components/schemas/Quantity"}},"additionalProperties":false}"##,
    ),
    (
        "StaticCall",
        r##"{"type":"object","required":["success","gasUsed","gasRequired","storageDeposit","returnValue","revertReason","debugMessage","error"],"properties":{"success":{"type":"boolean"},"gasUsed":{"$ref":"#/components/schemas/Quantity"},"gasRequired":{"$ref":"#/components/schemas/Quantity"},"storageDeposit":{"type":"object","properties":{"charge":{"$ref":"#/components/schemas/Quantity"},"refund":{"$ref":"#/components/schemas/Quantity"}},"minProperties":1,"maxProperties":1,"additionalProperties":false},"returnValue":{"$ref":"#/components/schemas/Bytes"},"revertReason":{"type":["string","null"]},"debugMessage":{"type":"string"},"error":{"type":["string","null"]},"decoded":{}},"additionalProperties":false}"##,
    ),
    (
        "SentCall",
        r##"{"type":"object","required":["transactionHash"],"properties":{"transactionHash":{"$ref":"#/components/schemas/Hash"}},"additionalProperties":false}"##,
    ),
    (
        "Deployment",
        r##"{"type":"object","required":["transactionHash","contractAddress","codeHash"],"properties":{"transactionHash":{"$ref":"#/components/schemas/Hash"},"contractAddress":{"$ref":"#/components/schemas/Account"},"codeHash":{"$ref":"#/components/schemas/Hash"},"bundle":{"type":"object"},"warnings":{"type":"array","items":{"type":"object"}}},"additionalProperties":false}"##,
    ),
    (
        "NodeInfo",
        r##"{"type":"object","required":["name","version","chain","chainType","chainId","genesis","best","finalized","properties","peers"],"properties":{"chainType":{"$ref":"#/components/schemas/ChainType"},"chainId":{"$ref":"#/components/schemas/Quantity"},"genesis":{"$ref":"#/components/schemas/Hash"},"best":{"$ref":"#/components/schemas/BlockRef"},"finalized":{"$ref":"#/components/schemas/BlockRef"},"peers":{"type":"integer"}}}"##,
    ),
    (
        "BlockPage",
        r##"{"type":"object","required":["from","blocks","next"],"properties":{"from":{"$ref":"#/components/schemas/Quantity"},"blocks":{"type":"array","items":{"$ref":"#/components/schemas/Bytes"}},"next":{"anyOf":[{"$ref":"#/components/schemas/Quantity"},{"type":"null"}]}},"additionalProperties":false}"##,
    ),
    (
        "StorageQuery",
        r##"{"type":"object","required":["key","type"],"properties":{"key":{"$ref":"#/components/schemas/Bytes"},"type":{"enum":["value","hash","closestDescendantMerkleValue","descendantsValues","descendantsHashes"]},"paginationStartKey":{"$ref":"#/components/schemas/Bytes"}}}"##,
    ),
    (
        "OperationStarted",
        r#"{"anyOf":[{"type":"object","required":["result","operationId"],"properties":{"result":{"const":"started"},"operationId":{"type":"string"},"discardedItems":{"type":"integer"}},"additionalProperties":false},{"type":"object","required":["result"],"properties":{"result":{"const":"limitReached"}},"additionalProperties":false}]}"#,
    ),
    (
        "FollowEvent",
        r#"{"type":"object","required":["event"],"properties":{"event":{"enum":["initialized","newBlock","bestBlockChanged","finalized","operationBodyDone","operationCallDone","operationStorageItems","operationWaitingForContinue","operationStorageDone","operationInaccessible","operationError","stop"]}}}"#,
    ),
    (
        "WatchEvent",
        r#"{"type":"object","required":["event"],"properties":{"event":{"enum":["validated","bestChainBlockIncluded","finalized","error","invalid","dropped"]},"block":{"type":["object","null"],"required":["hash","index"]},"error":{"type":"string"}},"additionalProperties":false}"#,
    ),
    (
        "ArchiveCall",
        r##"{"type":"object","required":["success"],"properties":{"success":{"type":"boolean"},"value":{"$ref":"#/components/schemas/Bytes"},"error":{"type":"string"}},"additionalProperties":false}"##,
    ),
    (
        "StorageDiffItem",
        r##"{"type":"object","required":["returnType"],"properties":{"key":{"$ref":"#/components/schemas/Bytes"},"returnType":{"enum":["value","hash"]},"childTrieKey":{"$ref":"#/components/schemas/Bytes"}}}"##,
    ),
    (
        "ArchiveStorageDiffEvent",
        r##"{"type":"object","required":["event"],"properties":{"event":{"enum":["storageDiff","storageDiffDone","storageDiffError"]},"key":{"$ref":"#/components/schemas/Bytes"},"value":{"$ref":"#/components/schemas/Bytes"},"hash":{"$ref":"#/components/schemas/Hash"},"type":{"enum":["added","modified","deleted"]},"childTrieKey":{"$ref":"#/components/schemas/Bytes"},"error":{"type":"string"}},"additionalProperties":false}"##,
    ),
    (
        "ArchiveStorageEvent",
        r##"{"type":"object","required":["event"],"properties":{"event":{"enum":["storage","storageDone","storageError"]},"key":{"$ref":"#/components/schemas/Bytes"},"value":{"$ref":"#/components/schemas/Bytes"},"hash":{"$ref":"#/components/schemas/Hash"},"closestDescendantMerkleValue":{"$ref":"#/components/schemas/Bytes"},"childTrieKey":{"$ref":"#/components/schemas/Bytes"},"error":{"type":"string"}},"additionalProperties":false}"##,
    ),
];
