//! The compiler of contracts for clients of a node: a child process of this program, for each source.
//!
//! ```text
//! rpc -> Compile -> serve: spawns `ziver-host compile-worker`, source on its stdin, an answer in JSON on its stdout
//! ```
//!
//! A source comes from anybody. In a process of its own it can have limits of memory and time that the system holds it to, and
//! neither a bug of the compiler nor an overflown stack ends the node. [`WORKERS_MAX`] run at a time; the queue is bounded by the
//! channel.
//!
//! Out of scope: files that a source uses. It has none but the compiler's library.

use std::{collections::BTreeMap, io, process::Stdio, time::Duration};

use anyhow::{Context, Result};
use nix::sys::resource::{Resource, setrlimit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::mpsc,
    task::JoinSet,
};
use ziver_primitives::hashing::blake2_256;
use ziver_rpc::link::{Compile, CompileError};
use zxc::{
    analysis::Loader,
    compile::{Options, compile},
    diagnostics::{Style, render, report},
};

use crate::{files, limits::COMPILE_ANSWER_BYTES_MAX, output::print_line};

/// The word that makes this program a compiler.
pub const WORKER: &str = "compile-worker";
/// Compilers that run at the same time.
const WORKERS_MAX: usize = 2;
/// Time that one may take, of the processor and in all.
const SECONDS_MAX: u64 = 10;
/// Memory that one may write to.
const MEMORY_BYTES_MAX: u64 = 512 << 20;

/// What a worker is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Wish {
    source: String,
    contract: Option<String>,
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    /// The text of the `.contract` file.
    Bundle(String),
    /// What is wrong.
    Problems { first: String, diagnostics: Vec<Value> },
}

/// Compiles what clients send, until there are no clients any more.
pub async fn serve(mut wishes: mpsc::Receiver<Compile>) {
    let mut running = JoinSet::new();
    loop {
        while running.len() >= WORKERS_MAX {
            running.join_next().await;
        }
        let Some(Compile { source, contract, reply }) = wishes.recv().await else { return };
        if reply.is_closed() {
            continue;
        }
        running.spawn(async move {
            let done = tokio::time::timeout(Duration::from_secs(SECONDS_MAX), ask(Wish { source, contract })).await;
            // Fails when the client has hung up.
            let _ = reply.send(match done {
                Ok(Ok(Answer::Bundle(text))) => Ok(text),
                Ok(Ok(Answer::Problems { first, diagnostics })) => Err(CompileError::Problems { first, diagnostics }),
                Ok(Err(why)) => Err(CompileError::Failed(format!("{why:#}"))),
                Err(_) => Err(CompileError::Slow(SECONDS_MAX)),
            });
        });
    }
}

/// Runs a worker. Dropped before its end, it kills it.
async fn ask(wish: Wish) -> Result<Answer> {
    // The running program, also when its file was replaced.
    let mut child = Command::new("/proc/self/exe")
        .arg(WORKER)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start the compiler")?;
    let mut stdin = child.stdin.take().context("the compiler has no stdin")?;
    let wish = serde_json::to_vec(&wish)?;
    // It reads everything before it answers. If it ends before, its answer is missing.
    let _ = stdin.write_all(&wish).await;
    drop(stdin);
    let mut answer = Vec::new();
    let stdout = child.stdout.take().context("the compiler has no stdout")?;
    stdout.take(COMPILE_ANSWER_BYTES_MAX + 1).read_to_end(&mut answer).await?;
    let status = child.wait().await?;
    if !status.success() {
        anyhow::bail!("the compiler needed more memory or time than it may have, or has a bug ({status})");
    }
    serde_json::from_slice(&answer).context("the compiler's answer can't be read")
}

/// Is the worker: compiles what is on stdin.
pub fn work() -> Result<()> {
    limit().context("cannot limit the compiler")?;
    let wish = files::read_from(io::stdin(), COMPILE_ANSWER_BYTES_MAX).context("cannot read the source")?;
    let Wish { source, contract } = serde_json::from_slice(&wish).context("the wish is none")?;
    let answer = build("contract.zx", &source, contract, &BTreeMap::new()).unwrap_or_else(|why| why.answer());
    print_line(&serde_json::to_string(&answer)?)
}

/// Has the system hold this process to its limits.
fn limit() -> nix::Result<()> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_CPU, SECONDS_MAX, SECONDS_MAX)?;
    setrlimit(Resource::RLIMIT_DATA, MEMORY_BYTES_MAX, MEMORY_BYTES_MAX)
}

/// Why there is no contract.
#[derive(Debug, thiserror::Error)]
#[error("{rendered}")]
pub struct Problems {
    first: String,
    /// For people: lines.
    pub rendered: String,
    diagnostics: Vec<Value>,
}

impl Problems {
    fn answer(self) -> Answer {
        Answer::Problems { first: self.first, diagnostics: self.diagnostics }
    }
}

fn build(name: &str, source: &str, contract: Option<String>, loader: &dyn Loader) -> Result<Answer, Problems> {
    contract_text(name, source, contract, loader).map(Answer::Bundle)
}

/// Compiles here: the text of the `.contract` file.
///
/// # Errors
/// [`Problems`].
pub fn contract_text(
    name: &str,
    source: &str,
    contract: Option<String>,
    loader: &dyn Loader,
) -> Result<String, Problems> {
    let compilation = compile(name, source, loader, &Options { contract });
    let (found, sources) = (&compilation.diagnostics, &compilation.sources);
    let Some(bundle) = &compilation.bundle else {
        let reports = found.iter().map(|one| json!(report(one, sources))).collect();
        let errors = found.iter().filter(|one| one.is_error()).count();
        let first = match found.iter().find(|one| one.is_error()) {
            Some(one) if errors > 1 => format!("{}: {} (and {} more)", one.code, one.message, errors - 1),
            Some(one) => format!("{}: {}", one.code, one.message),
            None => "the source has no contract".to_owned(),
        };
        return Err(Problems { first, rendered: render(found, sources, Style::Plain), diagnostics: reports });
    };
    Ok(text_of(bundle))
}

/// The text of a `.contract` file.
fn text_of(bundle: &zxc::metadata::Bundle) -> String {
    let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "source": {
            "hash": hex(&blake2_256(&bundle.wasm)),
            "language": format!("ZX {version}"),
            "compiler": format!("zxc {version}"),
            "wasm": hex(&bundle.wasm),
        },
        "contract": { "name": "", "version": version, "authors": [] },
        "version": 5,
        "types": [],
        "spec": { "constructors": [], "messages": [], "events": [] },
    })
    .to_string()
}
