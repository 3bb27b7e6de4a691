//! `zxc`: contracts in ZX at the command line: compiled, checked, formatted, tested. See `zxc --help`.
//!
//! The compiler itself is the library `zxc`; what is here reads and writes files, and runs tests on the chain's own runtime.
//!
//! Exit codes: 0 all is well; 1 the program has errors, is not formatted (`fmt --check`), or a test fails; 2 the command itself could not be
//! done: wrong options, a file that can't be read or written.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;

mod commands;
mod files;
mod testing;

fn main() -> ExitCode {
    match commands::run(&commands::Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("zxc: {problem}");
            ExitCode::from(2)
        }
    }
}
