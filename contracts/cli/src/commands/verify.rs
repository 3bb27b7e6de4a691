//! `zxc verify`: what looks unsafe in a source, and whether code comes from it.
//!
//! The compiler gives the same module for the same source, byte by byte, so that a hash is enough to tell. Only its own version
//! counts besides: the bundle says by which version it was made.

use std::{fs, io::Read, path::Path};

use serde::Serialize;
use serde_json::Value;
use ziver_primitives::hashing::blake2_256;
use zxc::compile::{Compilation, Options, verify};

use super::{CommandError, Output, Result, print};
use crate::files::{Folder, name, read_error, read_file};

/// Bytes of a bundle or module that are read: contracts are far smaller.
const CODE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The code that should come of the source.
#[derive(Debug, Default)]
pub struct Expected {
    /// What to compare with: where it is from, its hash, and by what it was compiled, if that is known.
    codes: Vec<Code>,
}

#[derive(Debug)]
struct Code {
    origin: String,
    hash: [u8; 32],
    compiler: Option<String>,
}

/// The answer, for programs.
#[derive(Serialize)]
struct Verdict<'a> {
    contract: &'a str,
    code_hash: String,
    /// Whether all code that it was compared with is this; none: there was nothing to compare with.
    matches: Option<bool>,
    findings: usize,
}

impl Expected {
    /// Reads what is to be compared with.
    pub fn read(file: Option<&Path>, hash: Option<&str>) -> Result<Self> {
        let mut codes = Vec::new();
        if let Some(path) = file {
            codes.push(code_of(path)?);
        }
        if let Some(text) = hash {
            let hash = digits(text).and_then(|bytes| bytes.try_into().ok());
            let problem = || no_code("--code-hash", "it is not `0x` and 64 hexadecimal digits");
            codes.push(Code { origin: "--code-hash".to_owned(), hash: hash.ok_or_else(problem)?, compiler: None });
        }
        Ok(Self { codes })
    }
}

/// Verifies a source; whether there is nothing to complain about.
pub fn run(file: &Path, contract: Option<&String>, expected: &Expected, strict: bool, output: &Output) -> Result {
    let source = read_file(file)?;
    let options = Options { contract: contract.cloned() };
    let Compilation { bundle, diagnostics, sources } = verify(&name(file), &source, &Folder, &options);
    output.show(&diagnostics, &sources);
    let Some(bundle) = bundle else { return Ok(false) };
    let hash = bundle.code_hash();
    let mut matches = true;
    for Code { origin, hash: wanted, compiler } in &expected.codes {
        if *wanted == hash {
            output.say(&format!("{origin}: this is the code of {}", bundle.name));
            continue;
        }
        matches = false;
        output.say(&format!("{origin}: this is other code, 0x{}", hex::encode(wanted)));
        if let Some(compiler) = compiler.as_ref().filter(|compiler| **compiler != bundle.compiler()) {
            output.say(&format!("  it was compiled by {compiler}, and this is {}", bundle.compiler()));
        }
    }
    output.say(&format!("{}: 0x{}", bundle.name, hex::encode(hash)));
    if output.json {
        let verdict = Verdict {
            contract: &bundle.name,
            code_hash: format!("0x{}", hex::encode(hash)),
            matches: (!expected.codes.is_empty()).then_some(matches),
            findings: diagnostics.len(),
        };
        print(&serde_json::to_string(&verdict).unwrap_or_default());
    }
    Ok(matches && (!strict || diagnostics.is_empty()))
}

/// The code in a bundle or module.
fn code_of(path: &Path) -> Result<Code> {
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(CODE_BYTES_MAX + 1).read_to_end(&mut bytes));
    read.map_err(|problem| read_error(path, problem))?;
    let origin = path.display().to_string();
    if bytes.len() as u64 > CODE_BYTES_MAX {
        return Err(no_code(&origin, "it is larger than any contract"));
    }
    if bytes.starts_with(b"\0asm") {
        return Ok(Code { origin, hash: blake2_256(&bytes), compiler: None });
    }
    let bundle: Value = serde_json::from_slice(&bytes)
        .map_err(|problem| no_code(&origin, &format!("it is neither a module nor a bundle: {problem}")))?;
    let source = |name: &str| bundle.get("source").and_then(|source| source.get(name)).and_then(Value::as_str);
    let wasm = source("wasm").and_then(digits).ok_or_else(|| no_code(&origin, "the bundle has no `source.wasm`"))?;
    let hash = blake2_256(&wasm);
    // What a bundle says of itself is not believed.
    if source("hash").and_then(digits).is_some_and(|stated| stated != hash) {
        return Err(no_code(&origin, "the hash in the bundle is not that of the code in it"));
    }
    Ok(Code { origin, hash, compiler: source("compiler").map(str::to_owned) })
}

fn digits(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

fn no_code(path: &str, problem: &str) -> CommandError {
    CommandError::NoCode { path: path.to_owned(), problem: problem.to_owned() }
}
