//! The process that is measured.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use super::{
    subject::{Sealing, Subject},
    transfers::Account,
};
use crate::cpu;

/// How long a server may take until it listens: one that makes a genesis of a million accounts needs a while.
const START_MAX: Duration = Duration::from_secs(120);
/// How long it may take to end when it is asked to.
const STOP_MAX: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);
/// A server is idle that takes less than a tenth of one processor for so long.
const IDLE: Duration = Duration::from_millis(500);
/// One that is not idle after this long is measured nevertheless.
const IDLE_MAX: Duration = Duration::from_secs(20);

/// A server that listens. Dropping it ends it.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    _folder: TempDir,
}

impl Server {
    /// Starts `subject` on a new folder and waits until it listens.
    pub fn start(subject: &dyn Subject, accounts: &[Account], sealing: Sealing) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("ziver-bench-").tempdir()?;
        subject.prepare(folder.path(), accounts);
        let address = free_address()?;
        let mut command = subject.command(folder.path(), address.port(), sealing);
        // A log of its own: a pipe that nobody reads would hold it up.
        let log = fs::File::create(folder.path().join("log"))?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut server = Self { child, address, _folder: folder };
        let begin = Instant::now();
        while TcpStream::connect(address).is_err() {
            if server.child.try_wait()?.is_some() || begin.elapsed() > START_MAX {
                let log = fs::read_to_string(server._folder.path().join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("{} does not start: {log}", subject.name())));
            }
            thread::sleep(PAUSE);
        }
        Ok(server)
    }

    /// Its processor time so far, of all threads.
    pub fn cpu(&self) -> Duration {
        cpu::of_process(self.child.id()).expect("the server runs")
    }

    /// Waits until it has nothing more to do than to make empty blocks: until it has compiled what it compiles beside its work.
    pub fn wait_until_idle(&self) {
        let begin = Instant::now();
        while begin.elapsed() < IDLE_MAX {
            let before = self.cpu();
            thread::sleep(IDLE);
            if self.cpu() - before < IDLE / 10 {
                return;
            }
        }
    }

    /// The most memory that it had so far, in MiB.
    pub fn resident_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        kib.unwrap_or(f64::NAN) / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Ok(id) = i32::try_from(self.child.id()) else { return };
        // Fails when it has ended already.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        let begin = Instant::now();
        while begin.elapsed() < STOP_MAX {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(PAUSE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody has now. Another process may take it before the server does; then the server does not start.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
