//! What commands print: to stdout, whose reader may go at any time (`| head`), and that is no failure.

use std::io::{self, Write};

use anyhow::Result;

/// Whoever read stdout has gone: nothing more is to be said, and nothing is wrong.
#[derive(Debug, thiserror::Error)]
#[error("stdout is closed")]
pub struct Closed;

/// Prints text as it is.
pub fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    told(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Prints a line.
pub fn print_line(line: &str) -> Result<()> {
    print(&format!("{line}\n"))
}

/// A result of writing to stdout.
pub fn told(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Closed.into()),
        Err(error) => Err(anyhow::Error::new(error).context("cannot write to stdout")),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
