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

use std::{collections::BTreeMap, io, process::Stdio, slice, time::Duration};

use anyhow::{Context, Result};
use nix::sys::resource::{Resource, setrlimit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::mpsc,
    task::JoinSet,
};
use ziver_rpc::link::{Compile, CompileError, Compiled};
use zxc::{
    analysis::Loader,
    compile::{Options, compile},
    diagnostics::{Diagnostic, Style, render, report},
    source::Sources,
};

use crate::{
    files,
    limits::{COMPILE_ANSWER_BYTES_MAX, COMPILE_COMPLAINT_BYTES_MAX},
    output::{escaped, print_line},
};

/// The word that makes this program a compiler.
pub const WORKER: &str = "compile-worker";
/// Compilers that run at the same time.
const WORKERS_MAX: usize = 2;
/// Time that one may take, of the processor and in all.
const SECONDS_MAX: u64 = 10;
/// Memory that one may write to.
const MEMORY_BYTES_MAX: u64 = 512 << 20;

/// Problems of one source that are told.
const DIAGNOSTICS_MAX: usize = 64;

/// What a worker is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Wish {
    source: String,
    contract: Option<String>,
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    /// The text of the `.contract` file, and what to mind.
    Contract { text: String, warnings: Vec<Value> },
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
        let Some(Compile { source, contract, mut reply }) = wishes.recv().await else { return };
        if reply.is_closed() {
            continue;
        }
        running.spawn(async move {
            let work = tokio::time::timeout(Duration::from_secs(SECONDS_MAX), ask(Wish { source, contract }));
            let done = tokio::select! {
                done = work => done,
                // The client has hung up.
                () = reply.closed() => return,
            };
            // Fails when it hangs up now.
            let _ = reply.send(match done {
                Ok(Ok(Answer::Contract { text, warnings })) => Ok(Compiled { text, warnings }),
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
        // The allocator would take a gigabyte at its start, which counts as much as what is used of it.
        .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start the compiler")?;
    let mut stdin = child.stdin.take().context("the compiler has no stdin")?;
    let wish = serde_json::to_vec(&wish)?;
    // It reads everything before it answers. If it ends before, its answer is missing.
    let _ = stdin.write_all(&wish).await;
    drop(stdin);
    let stdout = child.stdout.take().context("the compiler has no stdout")?;
    let stderr = child.stderr.take().context("the compiler has no stderr")?;
    let (answer, said) =
        tokio::try_join!(all(stdout, COMPILE_ANSWER_BYTES_MAX + 1), all(stderr, COMPILE_COMPLAINT_BYTES_MAX))?;
    let status = child.wait().await?;
    if !status.success() {
        tracing::warn!("the compiler ended with {status}: {}", escaped(String::from_utf8_lossy(&said).trim()));
        anyhow::bail!("the compiler needed more memory or time than it may have, or has a bug ({status})");
    }
    serde_json::from_slice(&answer).context("the compiler's answer can't be read")
}

/// What a pipe gives, up to a limit; then it is closed.
async fn all(pipe: impl AsyncRead + Unpin, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    pipe.take(bytes_max).read_to_end(&mut found).await?;
    Ok(found)
}

/// Is the worker: compiles what is on stdin.
pub fn work() -> Result<()> {
    limit().context("cannot limit the compiler")?;
    let wish = files::read_from(io::stdin(), COMPILE_ANSWER_BYTES_MAX).context("cannot read the source")?;
    let Wish { source, contract } = serde_json::from_slice(&wish).context("the wish is none")?;
    let answer = match contract_text("contract.zx", &source, contract, &BTreeMap::new()) {
        Ok(Compiled { text, warnings }) => Answer::Contract { text, warnings },
        Err(Problems { first, diagnostics, .. }) => Answer::Problems { first, diagnostics },
    };
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
#[error("{first}")]
pub struct Problems {
    /// The first of them, in a line.
    pub first: String,
    /// For people: lines.
    pub rendered: String,
    diagnostics: Vec<Value>,
}

/// Compiles here.
///
/// # Errors
/// [`Problems`].
pub fn contract_text(
    name: &str,
    source: &str,
    contract: Option<String>,
    loader: &dyn Loader,
) -> Result<Compiled, Problems> {
    let compilation = compile(name, source, loader, &Options { contract });
    let (found, sources) = (&compilation.diagnostics, &compilation.sources);
    let diagnostics = found.iter().take(DIAGNOSTICS_MAX).map(|one| told(one, sources)).collect();
    if let Some(bundle) = &compilation.bundle {
        return Ok(Compiled { text: bundle.contract(), warnings: diagnostics });
    }
    let errors = found.iter().filter(|one| one.is_error()).count();
    let first = match found.iter().find(|one| one.is_error()) {
        Some(one) if errors > 1 => format!("{}: {} (and {} more)", one.code, one.message, errors - 1),
        Some(one) => format!("{}: {}", one.code, one.message),
        None => "the source has no contract".to_owned(),
    };
    Err(Problems { first, rendered: render(found, sources, Style::Plain), diagnostics })
}

/// A diagnostic as data: the compiler's report; and, for those who need no more of it, where it is and the text for people.
fn told(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let report = report(diagnostic, sources);
    let place = report.labels.iter().find(|label| label.primary).map(|label| label.start);
    let mut told = json!(report);
    told["line"] = json!(place.map(|place| place.line));
    told["column"] = json!(place.map(|place| place.column));
    told["rendered"] = json!(render(slice::from_ref(diagnostic), sources, Style::Plain));
    told
}
