//! Files with contracts: sources, which are compiled here, descriptions, and modules.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use ziver_metadata::Contract;
use zxc::analysis::{LoadError, Loader};

use crate::{
    compiler, files,
    limits::{CONTRACT_FILE_BYTES_MAX, SOURCE_FILE_BYTES_MAX},
};

/// What a file has.
pub struct File {
    /// The module.
    pub code: Option<Vec<u8>>,
    /// The description.
    pub contract: Option<Contract>,
}

/// Reads a file; its name says what it is. `contract`: which of a source's several.
pub fn read(path: &Path, contract: Option<String>) -> Result<File> {
    let bytes = |max| files::read(path, max).with_context(|| format!("cannot read {}", path.display()));
    let text = |max| String::from_utf8(bytes(max)?).map_err(|_| anyhow!("{} is no text", path.display()));
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("zx") => {
            let folder = Folder(path.parent().unwrap_or(Path::new("")).to_owned());
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let compiled = compiler::contract_text(&name, &text(SOURCE_FILE_BYTES_MAX)?, contract, &folder);
            let compiled = compiled.map_err(|why| {
                // Of more than a line; the error itself is one.
                eprint!("{}", why.rendered);
                anyhow!("{} does not compile: {}", path.display(), why.first)
            })?;
            for warning in compiled.warnings.iter().filter_map(|one| one["rendered"].as_str()) {
                eprint!("{warning}");
            }
            describe(path, &compiled.text)
        }
        Some("contract" | "json") => describe(path, &text(CONTRACT_FILE_BYTES_MAX)?),
        Some("wasm") => {
            let code = bytes(SOURCE_FILE_BYTES_MAX)?;
            if !code.starts_with(b"\0asm") {
                bail!("{} is no Wasm module", path.display());
            }
            Ok(File { code: Some(code), contract: None })
        }
        _ => bail!("{}: a file .zx, .contract, .json or .wasm expected", path.display()),
    }
}

fn describe(path: &Path, text: &str) -> Result<File> {
    let mut contract = Contract::read(text).with_context(|| path.display().to_string())?;
    Ok(File { code: contract.wasm.take(), contract: Some(contract) })
}

/// What a source uses, from its folder.
struct Folder(PathBuf);

impl Loader for Folder {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let bytes = files::read(&self.0.join(path), SOURCE_FILE_BYTES_MAX).map_err(|why| match why.kind() {
            io::ErrorKind::NotFound => LoadError::NotFound,
            _ => LoadError::Unreadable(why.to_string()),
        })?;
        String::from_utf8(bytes).map_err(|_| LoadError::Unreadable("it is no text".to_owned()))
    }
}
