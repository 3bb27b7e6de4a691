//! `contract_*`.

use super::{Method, method};

pub(super) const METHODS: &[Method] = &[
    method(
        "contract_staticCall",
        "Calls a contract and throws away what it does. With `bundle`, the answer is also decoded.",
        &[
            "call: Object, {to, data} or {to, bundle, message, args}, with from, value, gasLimit, storageDepositLimit if wanted",
            "block?: BlockTag|null, the best one if it is left out",
        ],
        "StaticCall",
        r#"[{"from": "$alith", "to": "$contract", "data": "0x"}]"#,
    ),
    method(
        "contract_call",
        "Calls a contract by a transaction, signed with a development account's key; on development chains alone. \
         Without `gasLimit` it is tried first, and not sent if it would fail.",
        &["call: Object, as for contract_staticCall; {from} must be there, and {nonce, tip} may be"],
        "SentCall",
        r#"[{"from": "$alith", "to": "$contract", "data": "0x"}]"#,
    )
    .for_the_trusted(),
    method(
        "contract_deploy",
        "Makes a contract by such a transaction: of source in ZX, of a `.contract` file, of a module, or of the hash of \
         one that was uploaded.",
        &[
            "deployment: Object, {from, source|bundle|code|codeHash}, with data or {constructor, args}, and contract, value, \
             gasLimit, storageDepositLimit, salt, nonce, tip if wanted",
        ],
        "Deployment",
        r#"[{"from": "$baltathar", "code": "$code"}]"#,
    )
    .for_the_trusted(),
];
