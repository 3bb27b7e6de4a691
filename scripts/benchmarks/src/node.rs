//! A node that is measured by itself: started in a folder, asked over HTTP, ended or killed, started again.
//!
//! [`Node::start`] returns when the node has said where it listens. What is asked goes over one connection that stays open; an
//! error that the system has for it is one of input and output, since a node may be killed while it is asked.
//!
//! Out of scope: comparing it with others, see [`crate::end_to_end`].

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};

/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(60);
/// How long [`Node::wait_for_own_block`] waits.
const BLOCK_MAX: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(1);

/// A node that runs. Dropping it kills it.
pub struct Node {
    child: Child,
    /// Where it listens for JSON-RPC.
    pub address: SocketAddr,
    /// Where it listens for Prometheus, if it does.
    pub metrics: Option<SocketAddr>,
    /// When it was started.
    pub began: Instant,
    began_ms: u64,
    /// From the start until it said where it listens.
    pub listening: Duration,
    /// Kept open: what a node says later must not fail.
    _stdout: BufReader<ChildStdout>,
}

impl Node {
    /// Starts `program` in `folder`, on free ports unless `arguments` say others. Its log is appended to `folder/log`.
    pub fn start(program: &Path, folder: &Path, arguments: &[String]) -> io::Result<Self> {
        let log = fs::File::options().create(true).append(true).open(folder.join("log"))?;
        let mut command = Command::new(program);
        command.arg("run").arg("--base-path").arg(folder).args(arguments);
        if !arguments.iter().any(|argument| argument == "--rpc-port") {
            command.args(["--rpc-port", "0"]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let (began, began_ms) = (Instant::now(), now_ms());
        let mut child = command.spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let (mut metrics, mut line) = (None, String::new());
        let address = loop {
            line.clear();
            if stdout.read_line(&mut line)? == 0 {
                child.wait()?;
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                let tail = log.lines().last().unwrap_or_default();
                return Err(io::Error::other(format!("{} does not start: {tail}", program.display())));
            }
            if let Some(address) = line.trim().strip_prefix("listening on ") {
                break address.parse().map_err(io::Error::other)?;
            }
            let of_metrics =
                line.trim().strip_prefix("metrics on http://").and_then(|url| url.strip_suffix("/metrics"));
            metrics = metrics.or(of_metrics.and_then(|address| address.parse().ok()));
        };
        Ok(Self { child, address, metrics, began, began_ms, listening: began.elapsed(), _stdout: stdout })
    }

    /// A connection for questions.
    pub fn connect(&self) -> io::Result<Client> {
        Client::connect(self.address)
    }

    /// Waits for a block that it made itself: one with a time after its start; how long after the start that was there.
    pub fn wait_for_own_block(&self, client: &mut Client) -> io::Result<Duration> {
        loop {
            let block = client.ask("zx_getBlockByNumber", &json!(["latest", false]))?;
            let since = self.began.elapsed();
            if block["timestampMs"].as_u64() >= Some(self.began_ms) {
                return Ok(since);
            }
            if since > BLOCK_MAX {
                return Err(io::Error::other("no block comes"));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// What `/proc/PID/smaps_rollup` has under `name` (`Rss`, `Pss`, ...), in MiB.
    pub fn memory_mib(&self, name: &str) -> io::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0).ok_or_else(|| io::Error::other(format!("no {name} in smaps_rollup")))
    }

    /// Bytes that it asked the system to read so far, from the disk or what the system keeps of it.
    pub fn read_bytes(&self) -> io::Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/io", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("rchar: "));
        line.and_then(|line| line.parse().ok()).ok_or_else(|| io::Error::other("no rchar in /proc/PID/io"))
    }

    /// Sends a signal and waits for the end; how long that took. SIGTERM must end it with success.
    pub fn end(mut self, signal: Signal) -> io::Result<Duration> {
        let begin = Instant::now();
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).map_err(io::Error::from)?;
        let status = self.child.wait()?;
        match signal == Signal::SIGKILL || status.success() {
            true => Ok(begin.elapsed()),
            false => Err(io::Error::other(format!("the node ended with {status}"))),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A connection that stays open, for one question after the other.
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    /// Opens it.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        Ok(Self { stream: BufReader::new(stream), host: address.to_string() })
    }

    /// The result of one call.
    pub fn ask(&mut self, method: &str, parameters: &Value) -> io::Result<Value> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        result(self.post(&request)?)
    }

    /// The results of several calls of one method, in their order; one that failed has its error.
    pub fn ask_each(
        &mut self,
        method: &str,
        parameters: impl Iterator<Item = Value>,
    ) -> io::Result<Vec<Result<Value, Value>>> {
        let call =
            |(id, params): (u64, Value)| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let requests: Vec<Value> = (0..).zip(parameters).map(call).collect();
        let Value::Array(mut answers) = self.post(&Value::from(requests))? else {
            return Err(io::Error::other("a batch has no list of answers"));
        };
        answers.sort_by_key(|answer| answer["id"].as_u64());
        let result = |mut answer: Value| match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(answer["error"].take()),
        };
        Ok(answers.into_iter().map(result).collect())
    }

    /// Number of the best block.
    pub fn best(&mut self) -> io::Result<u64> {
        let header = self.ask("chain_getHeader", &json!([]))?;
        number(&header["number"])
    }

    /// What an address answers to GET.
    pub fn get(&mut self, path: &str) -> io::Result<String> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        self.stream.get_mut().write_all(request.as_bytes())?;
        String::from_utf8(self.body()?).map_err(io::Error::other)
    }

    fn post(&mut self, request: &Value) -> io::Result<Value> {
        let body = request.to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        self.stream.get_mut().write_all((head + &body).as_bytes())?;
        serde_json::from_slice(&self.body()?).map_err(io::Error::other)
    }

    /// The body of an answer: as long as its head says, or in chunks.
    fn body(&mut self) -> io::Result<Vec<u8>> {
        let (mut length, mut is_chunked) = (None, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(bytes) = line.strip_prefix("content-length:") {
                length = bytes.trim().parse().ok();
            }
            is_chunked |= line.strip_prefix("transfer-encoding:").is_some_and(|coding| coding.trim() == "chunked");
        }
        let mut body = Vec::new();
        if !is_chunked {
            body.resize(length.ok_or_else(|| io::Error::other("an answer without a length"))?, 0);
            self.stream.read_exact(&mut body)?;
            return Ok(body);
        }
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).map_err(io::Error::other)?;
            let from = body.len();
            body.resize(from + length, 0);
            self.stream.read_exact(&mut body[from..])?;
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

/// A quantity in hexadecimal digits.
pub fn number(value: &Value) -> io::Result<u64> {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
    let parsed = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    parsed.ok_or_else(|| io::Error::other(format!("{value} is no number")))
}

fn result(mut answer: Value) -> io::Result<Value> {
    match answer.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => Err(io::Error::other(format!("{}", answer["error"]))),
    }
}
