//! A node in a process of its own, in a folder of its own, on a port of its own.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client;

/// What a run of the program that ended by itself left behind.
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the program to its end.
pub fn run(args: &[&str]) -> Output {
    run_with(args, &[])
}

/// The same with variables in its environment.
pub fn run_with(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let output = command(args).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Output { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The program with arguments, without input.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ziver-host"));
    command.args(args).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ZIVER_")) {
        command.env_remove(name);
    }
    // No file of the user's.
    command.env("XDG_DATA_HOME", "/dev/null/data");
    command
}

/// A running node. Dropping it kills it.
pub struct Node {
    pub address: SocketAddr,
    /// The second one, with `--ws-port`.
    pub second_address: Option<SocketAddr>,
    /// Where Prometheus may ask, if anywhere.
    pub metrics: Option<SocketAddr>,
    child: Child,
    /// Reads stderr all the time: a full pipe would stop the node.
    log: Option<JoinHandle<String>>,
}

impl Node {
    /// Starts on `folder`, blocks every 100 ms; `args` are added.
    pub fn start(folder: &Path, args: &[&str]) -> Self {
        Self::start_with(folder, args, &[])
    }

    /// The same with variables in its environment.
    pub fn start_with(folder: &Path, args: &[&str], variables: &[(&str, &Path)]) -> Self {
        let mut command = command(&["--rpc-port", "0"]);
        if !args.contains(&"--log") {
            command.args(["--log", "warn"]);
        }
        if !args.iter().any(|arg| ["--block-time-ms", "--sealing"].contains(arg)) {
            command.args(["--block-time-ms", "100"]);
        }
        if !args.iter().any(|arg| ["--tmp", "--dev"].contains(arg)) {
            command.arg("--base-path").arg(folder);
        }
        command.args(args).envs(variables.iter().copied());
        Self::listen(command)
    }

    /// Starts on `folder`, with files that can't grow beyond `blocks` of 512 bytes.
    pub fn start_with_small_files(folder: &Path, blocks: u32) -> Self {
        // Without the trap the signal of that limit would end the process before the write can fail.
        Self::start_limited(folder, &format!("trap '' XFSZ; ulimit -f {blocks}"))
    }

    /// Starts on `folder`, after shell commands that set limits.
    pub fn start_limited(folder: &Path, limits: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{limits}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_ziver-host")]);
        command.args(["--rpc-port", "0", "--block-time-ms", "100", "--log", "warn"]);
        command.arg("--base-path").arg(folder).stdin(Stdio::null());
        Self::listen(command)
    }

    fn listen(mut command: Command) -> Self {
        let has_second = command.get_args().any(|arg| arg == "--ws-port");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut log = Vec::new();
            stderr.read_to_end(&mut log).unwrap();
            String::from_utf8(log).unwrap()
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut metrics = None;
        let address = loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("the node ended before it listened: {}", log.join().unwrap());
            };
            if let Some(address) = line.strip_prefix("metrics on http://") {
                metrics = Some(address.trim_end_matches("/metrics").parse().unwrap());
            }
            if let Some(address) = line.strip_prefix("listening on ") {
                break address.parse().unwrap();
            }
        };
        let second_address = has_second.then(|| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix("also listening on ").unwrap_or_else(|| panic!("{line}")).parse().unwrap()
        });
        Self { address, second_address, metrics, child, log: Some(log) }
    }

    /// Bytes of memory that the process holds.
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
    }

    /// Calls a method that must succeed.
    pub fn call(&self, method: &str, params: Value) -> Value {
        client::result(self.address, method, params)
    }

    /// Number of the best block.
    pub fn best(&self) -> u64 {
        number(&self.call("zx_blockNumber", json!([])))
    }

    /// Waits until the best block has this number.
    pub fn wait_for_block(&self, wanted: u64) {
        let mut ws = client::Ws::connect(self.address);
        let id = ws.subscribe("chain_subscribeNewHeads", json!([]));
        while number(&ws.notification("chain_newHead", &id)["number"]) < wanted {}
    }

    /// As the operating system does with a process at any moment.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal, and waits for the end.
    pub fn signal(self, signal: Signal) -> (ExitStatus, String) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
        self.wait()
    }

    /// Waits until it ends by itself.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let log = self.log.take().unwrap().join().unwrap();
        (self.child.wait().unwrap(), log)
    }

    /// Ends it as an operator would; nothing may go wrong.
    pub fn stop(self) {
        let (status, log) = self.signal(Signal::SIGTERM);
        assert!(status.success(), "{status}: {log}");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Fails when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A hexadecimal number of JSON-RPC.
pub fn number(value: &Value) -> u64 {
    let text = value.as_str().unwrap_or_else(|| panic!("a hexadecimal number: {value}"));
    u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap()
}

/// A folder that goes at the test's end.
pub fn folder() -> TempDir {
    tempfile::Builder::new().prefix("ziver-node-test-").tempdir().unwrap()
}
