//! The thread that compiles contracts again, to faster code.
//!
//! There is one, of low priority, with a short queue: what an attacker makes hot takes at most what nobody else wants of one
//! processor. It ends when the sandbox is gone, after the module at hand.
//!
//! Out of scope: when a module is hot (`modules`).

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};

use super::modules::Sandbox;
use crate::error::StartError;
use crate::limits::CONTRACT_QUEUE_MAX;

/// A module and the keccak-256 of its bytes.
pub(super) struct Job {
    hash: [u8; 32],
    code: Vec<u8>,
}

/// Where jobs are put.
pub(super) struct Improver(SyncSender<Job>);

impl Improver {
    /// Whether there was room for the job.
    pub fn take(&self, hash: [u8; 32], code: &[u8]) -> bool {
        self.0.try_send(Job { hash, code: code.to_vec() }).is_ok()
    }
}

/// Both ends of the queue.
pub(super) fn queue() -> (Improver, Receiver<Job>) {
    let (sender, jobs) = sync_channel(CONTRACT_QUEUE_MAX);
    (Improver(sender), jobs)
}

/// Starts the thread.
pub(super) fn start(sandbox: &Arc<Sandbox>, jobs: Receiver<Job>) -> Result<(), StartError> {
    let sandbox: Weak<Sandbox> = Arc::downgrade(sandbox);
    std::thread::Builder::new().name("ziver-contract-compiler".into()).spawn(move || {
        step_back();
        for Job { hash, code } in jobs {
            let Some(sandbox) = sandbox.upgrade() else { return };
            let name = hex::encode(hash);
            match sandbox.improve(&hash, &code) {
                Ok(()) => tracing::debug!("compiled the contract {name} again"),
                Err(error) => tracing::warn!("the contract {name} does not compile again: {error}"),
            }
        }
    })?;
    Ok(())
}

/// Gives this thread a low priority. Only on Linux does that concern the thread and not the whole process.
fn step_back() {
    #[cfg(target_os = "linux")]
    #[allow(unsafe_code, reason = "no safe library that is here already does it for a thread")]
    // SAFETY: takes three numbers and changes nothing but the priority of this thread. That it may fail does no harm.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 10);
    }
}
