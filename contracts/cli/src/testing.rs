//! `zxc test`: runs the tests of contracts on the chain's own runtime.
//!
//! ```text
//! account  the accounts of tests: names, keys, money
//! runtime  the chain: the Wasm blob on a state in memory
//! session  one test at work, over the reference interpreter
//! failure  what goes wrong in it
//! gas      what actions used
//! ```
//!
//! Each test begins with the same state: a development chain in its first block, on which the code of the contracts that the
//! tests create is stored. Tests run one after the other, in the order in which they stand in their file.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zxc::{
    compile::{Compilation, tests},
    diagnostics::{Diagnostic, Report, report},
    ir::{
        EntryKind,
        interpret::{Interpreter, Limits, Outcome, Stop},
    },
    source::Sources,
    testing::{TestCase, Tests},
};

use crate::{
    commands::{Output, Result, print},
    files::{Folder, name, read_file, sources_below},
};

mod account;
mod failure;
mod gas;
mod runtime;
mod session;

pub use runtime::RunError;

use failure::Failure;
use gas::Gas;
use runtime::Runtime;
use session::Session;

/// Steps of the interpreter that a test may take, besides what its contracts do.
const STEPS_MAX: u64 = 20_000_000;
/// The code of what a failed test says.
const FAILED: &str = "test";

/// What may be chosen.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only tests whose names contain this.
    pub filter: Option<String>,
    /// Whether the gas is shown.
    pub gas: bool,
}

/// How a test ended, for programs.
#[derive(Serialize)]
struct TestReport<'a> {
    file: &'a str,
    test: &'a str,
    passed: bool,
    gas: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    printed: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Report<'a>>,
}

/// The last line for programs.
#[derive(Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
    gas: Vec<gas::Line>,
}

/// What all files have given so far.
#[derive(Default)]
struct Totals {
    passed: usize,
    failed: usize,
    /// Whether there is a file that can't be compiled.
    broken: bool,
    gas: Gas,
}

/// Runs the tests in files and folders; whether all passed.
pub fn run(paths: &[PathBuf], options: &Options, output: &Output) -> Result {
    let mut totals = Totals::default();
    for file in files_of(paths)? {
        run_file(&file, options, output, &mut totals)?;
    }
    let Totals { passed, failed, broken, gas } = &totals;
    if output.json {
        let summary = Summary { passed: *passed, failed: *failed, gas: gas.lines() };
        print(&serde_json::to_string(&summary).unwrap_or_default());
    } else {
        if options.gas {
            output.say(&format!("\n{}", gas.table().trim_end()));
        }
        output.say(&format!("\n{passed} passed, {failed} failed"));
    }
    Ok(*failed == 0 && !broken)
}

/// A source file, and the one for whose sake it is looked at.
struct TestFile {
    path: PathBuf,
    /// It has to use this one.
    of: Option<PathBuf>,
}

/// The files that may have tests: those named, those in the folder `tests` beside them that use them, those in named folders.
fn files_of(paths: &[PathBuf]) -> Result<Vec<TestFile>> {
    let mut files: Vec<TestFile> = Vec::new();
    let mut add = |path: PathBuf, of: Option<PathBuf>| {
        if !files.iter().any(|file| file.path == path) {
            files.push(TestFile { path, of });
        }
    };
    for path in paths {
        if path.is_dir() {
            sources_below(path)?.into_iter().for_each(|file| add(file, None));
            continue;
        }
        add(path.clone(), None);
        let beside = path.parent().map_or_else(|| PathBuf::from("tests"), |folder| folder.join("tests"));
        if beside.is_dir() {
            sources_below(&beside)?.into_iter().for_each(|file| add(file, Some(path.clone())));
        }
    }
    Ok(files)
}

fn run_file(file: &TestFile, options: &Options, output: &Output, totals: &mut Totals) -> Result<()> {
    let source = read_file(&file.path)?;
    let file_name = name(&file.path);
    let (compiled, Compilation { diagnostics, sources, .. }) = tests(&file_name, &source, &Folder);
    if let Some(of) = &file.of
        && !sources.iter().any(|source| same_file(source.name(), of))
    {
        return Ok(());
    }
    let Some(tests) = compiled else {
        output.show(&diagnostics, &sources);
        totals.broken = true;
        return Ok(());
    };
    let chosen = |case: &&TestCase| options.filter.as_ref().is_none_or(|filter| case.name.contains(filter));
    let cases: Vec<&TestCase> = tests.cases.iter().filter(chosen).collect();
    if cases.is_empty() {
        return Ok(());
    }
    output.show(&diagnostics, &sources);
    output.say(&file_name);
    let mut runtime = started(&tests)?;
    for case in cases {
        run_case(&mut runtime, &tests, case, &sources, output, totals)?;
    }
    Ok(())
}

/// Whether a file that was loaded by this name is the one at `path`.
fn same_file(loaded: &str, path: &Path) -> bool {
    match (Path::new(loaded).canonicalize(), path.canonicalize()) {
        (Ok(loaded), Ok(path)) => loaded == path,
        _ => false,
    }
}

/// A chain on which the code that tests create contracts of is stored.
fn started(tests: &Tests) -> Result<Runtime> {
    let mut runtime = Runtime::start()?;
    let uploader = *b"uploads test modules";
    let mut record = account::Record::new();
    record.free = account::FUNDS;
    runtime.set_account(&uploader, &record);
    for module in tests.modules.values() {
        if let Err(problem) = runtime.upload(uploader, &module.wasm)? {
            return Err(RunError::Upload { contract: module.name.clone(), problem }.into());
        }
    }
    Ok(runtime)
}

fn run_case(
    runtime: &mut Runtime,
    tests: &Tests,
    case: &TestCase,
    sources: &Sources,
    output: &Output,
    totals: &mut Totals,
) -> Result<()> {
    runtime.begin();
    let mut session = Session::new(runtime, tests, &mut totals.gas);
    let limits = Limits { steps: STEPS_MAX, ..Limits::default() };
    let outcome = Interpreter::new(&tests.program, &mut session, limits).run(EntryKind::Message, &case.selector);
    let failure = session.failure.take().or_else(|| failure_of(outcome, &session));
    let (gas, printed, broken) = (session.gas_used, std::mem::take(&mut session.printed), session.broken.take());
    // A test that failed may have left some open.
    runtime.rollback_all();
    if let Some(problem) = broken {
        return Err(problem.into());
    }
    let passed = failure.is_none();
    *(if passed { &mut totals.passed } else { &mut totals.failed }) += 1;
    let problem = failure.map(|failure| diagnostic(case, &failure));
    if output.json {
        let problem = problem.as_ref().map(|problem| report(problem, sources));
        let file = sources.file(case.span.file).map_or("", |source| source.name());
        let line = TestReport { file, test: &case.name, passed, gas, printed: &printed, problem };
        // A struct with names for keys can be written.
        print(&serde_json::to_string(&line).unwrap_or_default());
        return Ok(());
    }
    let word = if passed { "ok    " } else { "FAILED" };
    output.say(&format!("  {word} {} (gas {gas})", case.name));
    for line in printed.lines() {
        output.say(&format!("         {line}"));
    }
    if let Some(problem) = problem {
        output.show(&[problem], sources);
    }
    Ok(())
}

/// What went wrong where no assertion failed.
fn failure_of(outcome: Outcome, session: &Session<'_>) -> Option<Failure> {
    let message = match outcome {
        Outcome::Returned(_) => return None,
        Outcome::Reverted(message) if message.is_empty() => "it reverted".to_owned(),
        Outcome::Reverted(message) => format!("it reverted: {message}"),
        Outcome::Terminated => "`terminate` ends a contract: a test is none".to_owned(),
        Outcome::Stopped(Stop::Steps) => format!("the test took more than {STEPS_MAX} steps"),
        Outcome::Stopped(Stop::Depth) => "actions call each other too deeply".to_owned(),
        Outcome::Stopped(Stop::Malformed) => "the compiler has made a mistake, not you".to_owned(),
    };
    Some(Failure { span: session.at(), within: None, message })
}

fn diagnostic(case: &TestCase, failure: &Failure) -> Diagnostic {
    let problem = Diagnostic::error(FAILED, format!("test \"{}\" failed", case.name));
    let problem = problem.label(failure.span.unwrap_or(case.span), failure.message.clone());
    match failure.within {
        Some(within) => problem.context(within, "called here"),
        None => problem,
    }
}
