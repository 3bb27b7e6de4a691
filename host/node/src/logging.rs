//! The log: lines on stderr, for people or for programs.
//!
//! What is logged is said in the syntax of `tracing`, but for what that takes without a word and that nobody means: a
//! level that is none (`inof` would be the name of a part), and parts that this program does not have. Both would
//! switch the log off.
//!
//! Out of scope: what is logged; every part says that with `tracing`.

use std::io::IsTerminal;

use anyhow::{Result, anyhow};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::cli::{LogFormat, StoreArgs};

/// Our parts that log, as they name themselves.
const PARTS: [&str; 10] = [
    "ziver_host",
    "ziver_chain",
    "ziver_db",
    "ziver_engine",
    "ziver_executor",
    "ziver_metadata",
    "ziver_pool",
    "ziver_rpc",
    "ziver_state",
    "runtime",
];
/// How the names of libraries begin that log.
const LIBRARIES: [&str; 11] =
    ["cranelift", "h2", "hyper", "jsonrpsee", "mio", "regalloc2", "soketto", "tokio", "tower", "tracing", "wasmtime"];
/// What is allowed.
const ALLOWED: &str = "error, warn, info, debug, trace, off, or part=level separated by commas expected";

/// Judges what the option says.
pub fn filter_text(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err(ALLOWED.to_owned());
    }
    for directive in directives(text) {
        judge(directive)?;
    }
    // Blanks after the commas, which the parser does not take.
    let text = directives(text).collect::<Vec<_>>().join(",");
    EnvFilter::try_new(&text).map_err(|error| format!("{error}; {ALLOWED}"))?;
    Ok(text)
}

/// The parts between commas; commas in brackets belong to a span's fields.
fn directives(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = text.split(move |letter| {
        match letter {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

fn judge(directive: &str) -> Result<(), String> {
    let Some(end) = directive.find(['=', '[']) else {
        return match directive.parse::<LevelFilter>() {
            Ok(_) => Ok(()),
            Err(_) if is_known(directive) => Err(format!("{directive:?} has no level: {directive}=debug, for example")),
            Err(_) => Err(format!("{directive:?} is no level; {ALLOWED}")),
        };
    };
    let target = &directive[..end];
    match target.is_empty() || is_known(target) {
        true => Ok(()),
        false => Err(format!("nothing here is called {target:?}; parts are {}", PARTS.join(", "))),
    }
}

/// Whether a part or a library, or a module in one, is called so.
fn is_known(target: &str) -> bool {
    let root = target.split("::").next().unwrap_or_default();
    // The filter compares beginnings, so `ziver` means all of ours.
    let is_beginning = root == target && root == "ziver";
    is_beginning || PARTS.contains(&root) || LIBRARIES.iter().any(|name| root.starts_with(name))
}

/// What the option says that is logged.
fn filter(args: &StoreArgs) -> Result<EnvFilter> {
    EnvFilter::try_new(&args.log).map_err(|error| anyhow!("cannot use --log {}: {error}; {ALLOWED}", args.log))
}

/// From now on the process logs.
pub fn start(args: &StoreArgs) -> Result<()> {
    let log = tracing_subscriber::fmt().with_env_filter(filter(args)?).with_writer(std::io::stderr);
    match args.log_format {
        LogFormat::Text => log.with_target(false).with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
