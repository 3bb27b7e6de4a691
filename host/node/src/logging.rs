//! The log: lines on stderr, for people or for programs.
//!
//! Out of scope: what is logged; every part says that with `tracing`.

use std::io::IsTerminal;

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::cli::{LogFormat, StoreArgs};

/// What the option says that is logged.
pub fn filter(args: &StoreArgs) -> Result<EnvFilter> {
    let allowed = "error, warn, info, debug, trace, or target=level separated by commas expected";
    EnvFilter::try_new(&args.log).map_err(|error| anyhow!("cannot use --log {}: {error}; {allowed}", args.log))
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
