//! Starts the real `ziver-host` on a free port with a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A running node; it ends when this is dropped.
pub struct Node {
    process: Child,
    url: String,
    _folder: TempDir,
}

fn binary() -> PathBuf {
    std::env::var_os("ZIVER_HOST").expect("ZIVER_HOST must name the ziver-host to test").into()
}

impl Node {
    /// Starts a development chain.
    pub fn start() -> Self {
        let folder = TempDir::with_prefix("ziver-clients-").unwrap();
        let mut command = Command::new(binary());
        command.args(["--chain", "dev", "--rpc-port", "0", "--sealing", "interval=200", "--state-pruning", "archive"]);
        command.arg("--base-path").arg(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("ziver-host starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned()));
        let url = format!("ws://{}", address.expect("ziver-host tells its port"));
        Self { process, url, _folder: folder }
    }

    /// The node's address, as clients want it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next version of the runtime: what `$ZIVER_UPGRADED` names, else the newest that was built beside the `ziver-host` under test.
pub fn upgraded_runtime() -> Vec<u8> {
    if let Some(named) = std::env::var_os("ZIVER_UPGRADED") {
        return fs::read(Path::new(&named)).unwrap();
    }
    let builds = fs::read_dir(binary().with_file_name("build")).unwrap();
    let blobs = builds.map(|entry| entry.unwrap().path().join("out/runtime-upgraded.wasm"));
    let newest = blobs.filter(|blob| blob.exists()).max_by_key(|blob| fs::metadata(blob).unwrap().modified().unwrap());
    fs::read(newest.expect("a runtime-upgraded.wasm was built; or name one with ZIVER_UPGRADED")).unwrap()
}
