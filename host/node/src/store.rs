//! Which chain, and where it is kept: chain spec, folders, database, executor.
//!
//! ```text
//! BASE/<chain id>/db        the database
//! BASE/<chain id>/modules   compiled runtimes; may be removed at any time
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, bail};
use ziver_chain::{Chain, ChainConfig, ChainSpec, GenesisSource, OpenError, limits::SPEC_BYTES_MAX, spec::SpecError};
use ziver_db::{Db, OpenError as DbOpenError, RocksDb, RocksOptions};
use ziver_executor::{Executor, ExecutorConfig};
use ziver_state::{Pruning, StateError};

use crate::{cli::StoreArgs, descriptors::Descriptors, files};

const DEV_SPEC: &str = include_str!("../../../chain-specs/dev.json");
/// The lock file that `ziver_db` puts into every database.
const LOCK_FILE: &str = "ziver.lock";
const MIB: usize = 1024 * 1024;

/// Why a chain can't be taken: the configuration is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The option has an empty value.
    #[error("a chain spec's file, or dev, expected")]
    Nothing,
    /// There is no such file, or it can't be read.
    #[error("cannot read the chain spec {file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// It is no chain spec.
    #[error("cannot use {chain}: {source}")]
    Spec {
        /// Its name.
        chain: String,
        /// What is wrong.
        source: SpecError,
    },
}

/// Reads a chain spec from a file; `dev` is built in.
pub fn read_spec(chain: &str) -> Result<GenesisSource, ChainError> {
    let text = match chain {
        "" => return Err(ChainError::Nothing),
        "dev" => DEV_SPEC.as_bytes().to_vec(),
        file => files::read(Path::new(file), SPEC_BYTES_MAX as u64)
            .map_err(|source| ChainError::Read { file: file.to_owned(), source })?,
    };
    let spec = ChainSpec::parse(&text).map_err(|source| ChainError::Spec { chain: chain.to_owned(), source })?;
    Ok(GenesisSource { spec: Arc::new(spec), default_code: Arc::from(ziver_wasm::RUNTIME) })
}

/// The folder of one chain.
pub fn chain_folder(base_path: Option<&Path>, spec: &ChainSpec) -> Result<PathBuf> {
    let base = match base_path {
        Some(path) => path.to_path_buf(),
        None => default_base()?,
    };
    Ok(base.join(&spec.id))
}

/// `ziver` in the user's data folder, as the XDG base directory specification has it.
pub fn default_base() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map(|data| data.join("ziver"))
        .ok_or_else(|| anyhow!("neither HOME nor XDG_DATA_HOME is set: say where to keep the chain with --base-path"))
}

/// The database in a chain's folder, with so many open files at most.
pub fn open_db(folder: &Path, cache_mb: u32, open_files_max: i32) -> Result<Arc<dyn Db>> {
    let block_cache_bytes = cache_mb as usize * MIB;
    let options = RocksOptions { block_cache_bytes, open_files_max, ..RocksOptions::default() };
    Ok(Arc::new(RocksDb::open(folder.join("db"), &options)?))
}

/// An executor that keeps compiled runtimes in the chain's folder.
pub fn start_executor(folder: Option<&Path>) -> Result<Arc<Executor>> {
    let cache_dir = folder.map(|folder| folder.join("modules"));
    let executor = Executor::new(ExecutorConfig { cache_dir, ..ExecutorConfig::default() });
    Ok(Arc::new(executor.context("cannot start the executor")?))
}

/// Opens the chain in `folder`, with so many open files of its database at most; makes genesis in an empty one.
pub fn open_chain(args: &StoreArgs, source: &GenesisSource, folder: &Path, open_files_max: i32) -> Result<Chain> {
    let db = open_db(folder, args.db_cache_mb, open_files_max)?;
    let executor = start_executor(Some(folder))?;
    let state_cache_bytes = args.state_cache_mb as usize * MIB;
    let config = |pruning| ChainConfig { pruning, state_cache_bytes };
    let open = |pruning| Chain::open(db.clone(), executor.clone(), source.clone(), config(pruning));
    let opened = match (args.state_pruning, open(args.state_pruning.unwrap_or_default())) {
        // Nothing was wished: then the database goes on as it was begun.
        (None, Err(OpenError::State(StateError::WasArchive))) => open(Pruning::Archive),
        (_, opened) => opened,
    };
    Ok(opened?)
}

/// A chain that was there.
pub struct Opened {
    /// The chain.
    pub chain: Chain,
    /// What it was begun with.
    pub source: GenesisSource,
    /// Where it is kept.
    pub folder: PathBuf,
    /// Open files that a database may have.
    pub open_files_max: i32,
}

/// Opens a chain for a command; there must be one.
pub fn open_existing(args: &StoreArgs) -> Result<Opened> {
    let source = read_spec(&args.chain)?;
    let folder = chain_folder(args.base_path.as_deref(), &source.spec)?;
    if !folder.join("db").exists() {
        bail!("there is no chain in {}", folder.display());
    }
    let open_files_max = Descriptors::raise()?.database;
    let chain = open_chain(args, &source, &folder, open_files_max)?;
    Ok(Opened { chain, source, folder, open_files_max })
}

/// Removes a chain's folder, unless a node runs on it. The database may be damaged, or a newer program's: that may be why
/// it is to go.
pub fn purge(folder: &Path) -> Result<()> {
    let db = folder.join("db");
    if !db.exists() {
        bail!("there is no chain in {}", folder.display());
    }
    // Opening writes, and nothing is to be written among what is not ours.
    if !is_ours(&db).with_context(|| format!("cannot read {}", db.display()))? {
        bail!("{} holds no database of this program: it stays", db.display());
    }
    let opened = RocksDb::open(&db, &RocksOptions::default());
    // Whoever holds the database's lock goes on using the files.
    if let Err(error @ (DbOpenError::Locked(_) | DbOpenError::ReadOnly { .. })) = opened {
        return Err(error.into());
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// Whether a folder has the lock file of every database of ours, or is empty.
fn is_ours(db: &Path) -> io::Result<bool> {
    Ok(db.join(LOCK_FILE).exists() || fs::read_dir(db)?.next().is_none())
}
