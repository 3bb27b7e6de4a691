//! `zxc`: the ZX compiler at the command line. See `zxc --help`.
//!
//! Exit codes: 0 all is well; 1 the program has errors, or is not formatted (`fmt --check`); 2 the command itself could not be
//! done: wrong options, a file that can't be read or written.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;

mod cli;

fn main() -> ExitCode {
    match cli::run(&cli::Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("zxc: {problem}");
            ExitCode::from(2)
        }
    }
}
