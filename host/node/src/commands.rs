//! What the program does besides running: checking, printing and removing chains.

use std::{
    io::{self, IsTerminal, Write},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use ziver_chain::check_chain;

use crate::{
    cli::{BuildSpecArgs, PurgeArgs, StoreArgs},
    descriptors::Descriptors,
    run::say,
    store,
};

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

/// Prints a chain spec.
pub fn build_spec(args: &BuildSpecArgs) -> Result<()> {
    let source = store::read_spec(&args.chain)?;
    let text = match args.raw {
        false => source.spec.to_json(),
        true => source.to_raw(&*store::start_executor(None)?)?.to_json(),
    };
    writeln!(io::stdout(), "{text}").context("cannot print the chain spec")
}

/// Removes a chain, after asking.
pub fn purge(args: &PurgeArgs) -> Result<()> {
    let source = store::read_spec(&args.chain)?;
    let folder = store::chain_folder(args.base_path.as_deref(), &source.spec)?;
    if !args.yes {
        if !io::stdin().is_terminal() {
            bail!("to remove {} without asking, give --yes", folder.display());
        }
        write!(io::stdout(), "Remove {}? [y/N] ", folder.display())?;
        io::stdout().flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            bail!("nothing was removed");
        }
    }
    store::purge(&folder)?;
    say(&format!("removed {}", folder.display()));
    Ok(())
}
