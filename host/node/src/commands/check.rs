//! `check-chain`: whether the stored chain is what its runtimes make of it.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use ziver_chain::check_chain;

use crate::{cli::StoreArgs, descriptors::Descriptors, run::say, store};

/// Executes every stored block again with the runtime of its time.
pub fn check(args: &StoreArgs) -> Result<()> {
    let source = store::read_spec(&args.chain)?;
    let folder = store::chain_folder(args.base_path.as_deref(), &source.spec)?;
    if !folder.join("db").exists() {
        bail!("there is no chain in {}", folder.display());
    }
    // Two databases are open, and there are no connections.
    let open_files_max = Descriptors::raise()?.database;
    let chain = store::open_chain(args, &source, &folder, open_files_max)?;
    let scratch = tempfile::Builder::new().prefix("check-").tempdir_in(&folder);
    let scratch = scratch.with_context(|| format!("cannot make a temporary folder in {}", folder.display()))?;
    let scratch_db = store::open_db(scratch.path(), args.db_cache_mb, open_files_max)?;
    let begin = Instant::now();
    let mut told = begin;
    let mut progress = |number, last| {
        if told.elapsed().as_secs() >= 5 {
            told = Instant::now();
            tracing::info!("{number} of {last} blocks");
        }
    };
    let blocks = check_chain(chain.reader(), &source, scratch_db, None, &mut progress)?;
    say(&format!("{blocks} blocks are right, checked in {:.1} s", begin.elapsed().as_secs_f64()));
    Ok(())
}
