//! `check-chain`: whether the stored chain is what its runtimes make of it.

use std::{fs, io, ops::ControlFlow, path::Path, time::Instant};

use anyhow::{Context, Result};
use ziver_chain::{CheckError, Checked, check_chain};

use crate::{
    cli::StoreArgs,
    interrupt::Interrupt,
    output::{count, print_line},
    progress::Progress,
    store::{self, Opened},
};

/// Begins the names of folders with a scratch database.
const SCRATCH: &str = "check-";

/// Compares the states from the final block on with their roots, and executes every stored block again with the runtime
/// of its time.
pub fn check(args: &StoreArgs) -> Result<()> {
    // From the start, so that no signal leaves the scratch database behind.
    let interrupt = Interrupt::listen()?;
    // Two databases are open, and there are no connections.
    let Opened { chain, source, folder, open_files_max } = store::open_existing(args)?;
    // The chain is locked, so nobody uses what is left of a check that was killed.
    remove_scratch(&folder).with_context(|| format!("cannot clean up {}", folder.display()))?;
    let scratch = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&folder);
    let scratch = scratch.with_context(|| format!("cannot make a temporary folder in {}", folder.display()))?;
    let scratch_db = store::open_db(scratch.path(), args.db_cache_mb, open_files_max)?;
    let begin = Instant::now();
    let mut progress = Progress::begin("checking", Some(u64::from(chain.best().number)));
    let mut reach = |number, _| {
        progress.reach(u64::from(number));
        if interrupt.check().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let checked = check_chain(chain.reader(), &source, scratch_db, None, &mut reach);
    drop(progress);
    if let Err(CheckError::Stopped(number)) = checked {
        interrupt.check().with_context(|| format!("checked up to block {number} of {}", chain.best().number))?;
    }
    let Checked { blocks, keys } = checked?;
    let blocks = match blocks {
        0 => "the chain has no block but the first, which is right".to_owned(),
        blocks => count(u64::from(blocks), "block is right", "blocks are right"),
    };
    let keys = count(keys, "key", "keys");
    let seconds = begin.elapsed().as_secs_f64();
    print_line(&format!("{blocks}, and {keys} of the final state, checked in {seconds:.1} s"))
}

/// Removes scratch databases.
fn remove_scratch(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.file_name().to_string_lossy().starts_with(SCRATCH) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
