//! The commands.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use clap::{Parser, Subcommand};
use thiserror::Error;
use zxc::{
    compile::{Compilation, Options, check, compile},
    diagnostics::{Diagnostic, Style, render, report},
    source::{Source, Sources},
    syntax::{format, parse},
};

use crate::{
    files::{Folder, name, read_error, read_file, write_file},
    testing::{self, RunError},
};

mod project;
mod verify;

use verify::Expected;

/// Compiles, checks, formats, tests and verifies contracts in ZX.
#[derive(Debug, Parser)]
#[command(name = "zxc", version, about)]
pub struct Arguments {
    /// Write each problem as a line of JSON to the standard output
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile a contract: NAME.contract (all of it), NAME.wasm and NAME.json (its parts)
    Build {
        /// The source file
        file: PathBuf,
        /// The contract, if the file has several
        #[arg(long)]
        contract: Option<String>,
        /// The folder for the results
        #[arg(long, short, default_value = "build")]
        output: PathBuf,
    },
    /// Look for errors in files and all that they use
    Check {
        /// The source files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Format files in place
    Fmt {
        /// Only say which files are not formatted
        #[arg(long)]
        check: bool,
        /// The source files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a contract's metadata to the standard output
    Abi {
        /// The source file
        file: PathBuf,
        /// The contract, if the file has several
        #[arg(long)]
        contract: Option<String>,
    },
    /// Run the tests of contracts on the chain's own runtime
    Test {
        /// Source files, each with the tests beside it (`tests/*.zx`), or folders with all that is in them
        #[arg(default_value = ".")]
        paths: Vec<PathBuf>,
        /// Only tests whose names contain this
        #[arg(long)]
        filter: Option<String>,
        /// Also show how much gas each action used
        #[arg(long)]
        gas: bool,
    },
    /// Look for what is unsafe in a contract, and whether code is what its source gives
    Verify {
        /// The source file
        file: PathBuf,
        /// The contract, if the file has several
        #[arg(long)]
        contract: Option<String>,
        /// A bundle (`.contract`) or module (`.wasm`) that should be what the source gives
        #[arg(long)]
        against: Option<PathBuf>,
        /// The hash that the code should have, as the chain tells it
        #[arg(long)]
        code_hash: Option<String>,
        /// Findings are errors: the exit code is 1 if there are some
        #[arg(long)]
        strict: bool,
    },
    /// Begin a contract in a new folder
    New {
        /// What it is called
        name: String,
    },
}

/// Why a command could not be done.
#[derive(Debug, Error)]
pub enum CommandError {
    /// A file can't be read.
    #[error("can't read {path}: {problem}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        problem: String,
    },
    /// A file can't be written.
    #[error("can't write {path}: {problem}")]
    Write {
        /// The file.
        path: String,
        /// Why.
        problem: io::Error,
    },
    /// The folder of a new contract is there already.
    #[error("{0} is there already")]
    Exists(String),
    /// Something to compare with is no code of a contract.
    #[error("{path}: {problem}")]
    NoCode {
        /// The file, or the option.
        path: String,
        /// Why.
        problem: String,
    },
    /// The chain that tests run on can't do what it is asked.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A contract can't be called this.
    #[error("`{0}` is no name for a contract: use letters, digits and `_`, and begin with a letter")]
    Name(String),
}

pub(crate) type Result<T = bool> = std::result::Result<T, CommandError>;

/// Does what the arguments say; whether there was nothing to complain about.
pub fn run(arguments: &Arguments) -> Result {
    let output = Output { json: arguments.json };
    match &arguments.command {
        Command::Build { file, contract, output: folder } => {
            let Some(bundle) = output.compiled(file, contract.as_ref())? else { return Ok(false) };
            write_file(&folder.join(format!("{}.contract", bundle.name)), bundle.contract().as_bytes())?;
            write_file(&folder.join(format!("{}.json", bundle.name)), bundle.metadata().as_bytes())?;
            write_file(&folder.join(format!("{}.wasm", bundle.name)), &bundle.wasm)?;
            output.say(&format!("{}: {} bytes of code", bundle.name, bundle.wasm.len()));
            Ok(true)
        }
        Command::Check { files } => {
            let mut well = true;
            for file in files {
                let source = read_file(file)?;
                let Compilation { diagnostics, sources, .. } = check(&name(file), &source, &Folder);
                well &= output.show(&diagnostics, &sources);
            }
            Ok(well)
        }
        Command::Fmt { check, files } => {
            let mut well = true;
            for file in files {
                well &= output.format(file, *check)?;
            }
            Ok(well)
        }
        Command::Abi { file, contract } => {
            let Some(bundle) = output.compiled(file, contract.as_ref())? else { return Ok(false) };
            print(&bundle.metadata());
            Ok(true)
        }
        Command::Test { paths, filter, gas } => {
            let options = testing::Options { filter: filter.clone(), gas: *gas };
            testing::run(paths, &options, &output)
        }
        Command::Verify { file, contract, against, code_hash, strict } => {
            let expected = Expected::read(against.as_deref(), code_hash.as_deref())?;
            verify::run(file, contract.as_ref(), &expected, *strict, &output)
        }
        Command::New { name } => {
            project::create(name)?;
            output.say(&format!(
                "{name}/{name}.zx is a contract to begin with: zxc build {name}/{name}.zx, zxc test {name}"
            ));
            Ok(true)
        }
    }
}

/// How problems are shown.
pub(crate) struct Output {
    /// As lines of JSON.
    pub json: bool,
}

impl Output {
    fn compiled(&self, file: &Path, contract: Option<&String>) -> Result<Option<zxc::metadata::Bundle>> {
        let source = read_file(file)?;
        let options = Options { contract: contract.cloned() };
        let Compilation { bundle, diagnostics, sources } = compile(&name(file), &source, &Folder, &options);
        self.show(&diagnostics, &sources);
        Ok(bundle)
    }

    /// Formats a file, or says that it is not.
    fn format(&self, file: &Path, check: bool) -> Result {
        let text = read_file(file)?;
        let source = Source::new(name(file), text.clone()).map_err(|problem| read_error(file, problem))?;
        let (tree, diagnostics) = parse(&source);
        if tree.broken {
            self.show(&diagnostics, &source.into());
            return Ok(false);
        }
        let formatted = format(&tree, &source);
        if formatted == text {
            return Ok(true);
        }
        if check {
            self.say(&format!("{} is not formatted", file.display()));
            return Ok(false);
        }
        write_file(file, formatted.as_bytes())?;
        Ok(true)
    }

    /// Shows problems; whether there is no error among them.
    pub fn show(&self, diagnostics: &[Diagnostic], sources: &Sources) -> bool {
        if self.json {
            for diagnostic in diagnostics {
                // A struct with names for keys can be written.
                print(&serde_json::to_string(&report(diagnostic, sources)).unwrap_or_default());
            }
        } else {
            let style = if io::stderr().is_terminal() { Style::Coloured } else { Style::Plain };
            eprint!("{}", render(diagnostics, sources, style));
        }
        !diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Says something to people.
    pub fn say(&self, message: &str) {
        if !self.json {
            eprintln!("{message}");
        }
    }
}

/// To the standard output; nobody reads on if that is closed.
pub(crate) fn print(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
