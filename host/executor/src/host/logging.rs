//! `ext_logging_*` and `ext_panic_handler_*`: what the runtime says.
//!
//! Lines go to `tracing` under the target `runtime`, with the runtime's own target as a field. They are bounded in length
//! and number, since a runtime may be handed any input: see [`crate::limits`].

use tracing::level_filters::LevelFilter;
use wasmtime::{Caller, Linker, Result};

use super::{Guest, HostState};
use crate::error::HostError;
use crate::limits::{LOG_LINE_BYTES_MAX, LOG_LINES_MAX, LOG_TARGET_BYTES_MAX};

/// What was logged in one call.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    lines: u32,
    /// The last line of level error: where a runtime has no other way, its panic message.
    pub last_error: Option<String>,
}

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap(
        "env",
        "ext_logging_log_version_1",
        |caller: Caller<'_, HostState>, level: u32, target: u64, message: u64| {
            let mut guest = Guest(caller);
            let (bytes, state) = guest.split()?;
            let (target, message) = (bytes.slice(target)?, bytes.slice(message)?);
            state.log.line(level, &text(target, LOG_TARGET_BYTES_MAX), message);
            Ok(())
        },
    )?;
    linker.func_wrap("env", "ext_logging_max_level_version_1", |_: Caller<'_, HostState>| max_level())?;
    linker.func_wrap(
        "env",
        "ext_panic_handler_abort_on_panic_version_1",
        |caller: Caller<'_, HostState>, message: u64| -> Result<()> {
            let mut guest = Guest(caller);
            let (bytes, _) = guest.split()?;
            Err(HostError::Panic(text(bytes.slice(message)?, LOG_LINE_BYTES_MAX)).into())
        },
    )?;
    Ok(())
}

/// The most detailed level that is shown: 0 off, 1 error, 2 warn, 3 info, 4 debug, 5 trace.
fn max_level() -> u32 {
    match LevelFilter::current() {
        LevelFilter::OFF => 0,
        LevelFilter::ERROR => 1,
        LevelFilter::WARN => 2,
        LevelFilter::INFO => 3,
        LevelFilter::DEBUG => 4,
        _ => 5,
    }
}

/// The first `bytes_max` bytes as text, whatever they are.
pub(crate) fn text(bytes: &[u8], bytes_max: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(bytes_max)]).into_owned()
}

impl CallLog {
    /// Logs a line, unless there were too many.
    pub fn line(&mut self, level: u32, target: &str, message: &[u8]) {
        self.lines = self.lines.saturating_add(1);
        if self.lines > LOG_LINES_MAX {
            if self.lines == LOG_LINES_MAX + 1 {
                tracing::warn!(target: "runtime", "more than {LOG_LINES_MAX} lines in a call, the rest is dropped");
            }
            return;
        }
        match level {
            0 | 1 => {
                let message = text(message, LOG_LINE_BYTES_MAX);
                tracing::error!(target: "runtime", from = target, "{message}");
                self.last_error = Some(message);
            }
            2 => tracing::warn!(target: "runtime", from = target, "{}", text(message, LOG_LINE_BYTES_MAX)),
            3 => tracing::info!(target: "runtime", from = target, "{}", text(message, LOG_LINE_BYTES_MAX)),
            4 => tracing::debug!(target: "runtime", from = target, "{}", text(message, LOG_LINE_BYTES_MAX)),
            _ => tracing::trace!(target: "runtime", from = target, "{}", text(message, LOG_LINE_BYTES_MAX)),
        }
    }
}
