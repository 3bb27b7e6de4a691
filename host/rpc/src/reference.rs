//! `docs/rpc.md`: the reference for readers, made from [`crate::catalog`] and the examples.

use std::{collections::BTreeMap, fmt::Write};

use crate::{
    catalog::{self, COMMON_ERRORS, Condition, GROUPS, Method, error_text, types},
    openrpc::Example,
};

const HEAD: &str = "\
# JSON-RPC reference

Made from the table in `host/rpc/src/catalog.rs`, with answers of a real node; `rpc.discover` serves the same as an OpenRPC document.
To make it anew: `ZIVER_REWRITE=1 cargo test -p ziver-node --test it reference`.

HTTP POST and WebSocket on port 8545, the same on 8546. Parameters go by position, or by name in an object; those with `?` may be left out or be `null`.
Batches are arrays of at most 1000 requests. Subscriptions need a WebSocket. Methods marked **unsafe** are served to callers on the same machine only, unless `--rpc-methods unsafe`.
What of Substrate's methods is left out, `state_traceBlock` among it, and why, is in
[decision 0007](decisions/0007-what-of-substrates-rpc-is-left-out.md).

    curl -s -H 'content-type: application/json' 127.0.0.1:8545 -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"zx_blockNumber\",\"params\":[]}'

";

/// The whole page.
pub fn page(examples: &BTreeMap<String, Example>) -> String {
    let mut page = HEAD.to_owned();
    errors(&mut page, "Any method may answer these errors:", COMMON_ERRORS);
    for (group, about, codes) in GROUPS {
        let methods: Vec<&Method> = catalog::all().iter().filter(|method| is_entry(method, group)).collect();
        if methods.is_empty() {
            continue;
        }
        let _ = write!(page, "\n## {group}\n\n{about}\n");
        if !codes.is_empty() {
            page.push('\n');
            errors(&mut page, "Errors of their own:", codes);
        }
        for method in methods {
            entry(&mut page, method, examples.get(method.name));
        }
    }
    page.push_str("\n## Types\n\n");
    for (name, schema) in types::named() {
        let _ = writeln!(page, "- `{name}`: `{}`", schema.to_string().replace("#/components/schemas/", ""));
    }
    page
}

fn errors(page: &mut String, head: &str, codes: &[i32]) {
    let _ = writeln!(page, "{head}\n\n| code | meaning |\n|---|---|");
    for code in codes {
        let _ = writeln!(page, "| {code} | {} |", error_text(*code));
    }
}

/// Whether a method has a section of its own; aliases and unsubscribing stand with what they belong to.
fn is_entry(method: &Method, group: &str) -> bool {
    method.group() == group && !method.aliases.contains(&method.name) && !method.example.is_empty()
}

fn entry(page: &mut String, method: &Method, example: Option<&Example>) {
    let params: Vec<String> = method
        .parameters()
        .map(|parameter| format!("{}{}", parameter.name, if parameter.is_required { "" } else { "?" }))
        .collect();
    let _ = write!(page, "\n### {}({})\n\n{}", method.name, params.join(", "), method.summary);
    if method.is_unsafe {
        page.push_str(" **unsafe**");
    }
    if method.condition == Condition::ManualSealing {
        page.push_str(" With manual sealing only.");
    }
    page.push_str("\n\n");
    for parameter in method.parameters() {
        let _ = writeln!(page, "- `{}`: {}, {}", parameter.name, code(parameter.kind), parameter.about);
    }
    let _ = writeln!(page, "- answers {}", code(method.result));
    if let Some(feed) = method.feed {
        let (item, by) = (code(feed.item), feed.unsubscribe);
        let _ = writeln!(page, "- then sends `{}` with {item}, until `{by}`", feed.notification);
    }
    let others: Vec<String> = method.aliases.iter().map(|name| format!("`{name}`")).collect();
    if !others.is_empty() {
        let _ = writeln!(page, "- also called {}", others.join(", "));
    }
    if let Some(Example { params, result }) = example {
        let request = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method.name, "params": params });
        let answer = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "result": result });
        let _ = write!(page, "\n```json\n{request}\n{answer}\n```\n");
    }
}

/// A type in a table-safe form.
fn code(kind: &str) -> String {
    let either: Vec<String> = kind.split('|').map(|kind| format!("`{kind}`")).collect();
    if kind.contains('[') { format!("`{kind}`") } else { either.join(" or ") }
}
