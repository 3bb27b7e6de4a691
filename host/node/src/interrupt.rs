//! SIGINT, SIGTERM and SIGHUP in commands that would leave half-done files behind: the command asks between two blocks
//! whether it is to end, and cleans up by returning. A second signal ends the process at once.
//!
//! Out of scope: the node itself, which ends in its own order (`crate::run`), and commands that leave nothing behind, which a
//! signal ends as usual.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use anyhow::{Context, Result};
use nix::sys::signal::Signal;
use tokio::signal::unix::{SignalKind, signal};

/// What shells add to a signal's number for the exit code of what it ended.
const EXIT_SIGNAL: u8 = 128;

/// A signal ended the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ended by {}", name(*.0))]
pub struct Interrupted(u8);

impl Interrupted {
    /// 130 after SIGINT, 143 after SIGTERM, 129 after SIGHUP.
    pub fn exit_code(self) -> u8 {
        EXIT_SIGNAL + self.0
    }
}

fn name(number: u8) -> &'static str {
    Signal::try_from(i32::from(number)).map_or("a signal", Signal::as_str)
}

/// Whether a signal came. As long as the process lives, the first one is only noted.
pub struct Interrupt(Arc<AtomicU8>);

impl Interrupt {
    /// From now on signals are noted.
    pub fn listen() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot listen for signals")?;
        let listen = |kind: SignalKind| signal(kind).context("cannot listen for signals");
        let (mut interrupt, mut terminate, mut hangup) = {
            let _context = runtime.enter();
            (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?, listen(SignalKind::hangup())?)
        };
        let noted = Arc::new(AtomicU8::new(0));
        let this = Self(noted.clone());
        let wait = async move {
            loop {
                let kind = tokio::select! {
                    _ = interrupt.recv() => SignalKind::interrupt(),
                    _ = terminate.recv() => SignalKind::terminate(),
                    _ = hangup.recv() => SignalKind::hangup(),
                };
                let number = u8::try_from(kind.as_raw_value()).unwrap_or_default();
                if noted.swap(number, Ordering::Relaxed) != 0 {
                    std::process::exit(i32::from(Interrupted(number).exit_code()));
                }
            }
        };
        let thread = std::thread::Builder::new().name("signals".to_owned());
        thread.spawn(move || runtime.block_on(wait)).context("cannot start the thread for signals")?;
        Ok(this)
    }

    /// The signal that came, if one did.
    pub fn check(&self) -> Result<(), Interrupted> {
        match self.0.load(Ordering::Relaxed) {
            0 => Ok(()),
            number => Err(Interrupted(number)),
        }
    }
}
