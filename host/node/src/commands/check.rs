//! `check-chain`: whether the stored chain is what its runtimes make of it.

use std::time::Instant;

use anyhow::{Context, Result};
use ziver_chain::{Checked, check_chain};

use crate::{
    cli::StoreArgs,
    output::print_line,
    progress::Progress,
    store::{self, Opened},
};

/// Compares the final state with its root, and executes every stored block again with the runtime of its time.
pub fn check(args: &StoreArgs) -> Result<()> {
    // Two databases are open, and there are no connections.
    let Opened { chain, source, folder, open_files_max } = store::open_existing(args)?;
    let scratch = tempfile::Builder::new().prefix("check-").tempdir_in(&folder);
    let scratch = scratch.with_context(|| format!("cannot make a temporary folder in {}", folder.display()))?;
    let scratch_db = store::open_db(scratch.path(), args.db_cache_mb, open_files_max)?;
    let begin = Instant::now();
    let mut progress = Progress::begin("checking", Some(u64::from(chain.best().number)));
    let mut reach = |number, _| progress.reach(u64::from(number));
    let Checked { blocks, keys } = check_chain(chain.reader(), &source, scratch_db, None, &mut reach)?;
    drop(progress);
    let seconds = begin.elapsed().as_secs_f64();
    print_line(&format!("{blocks} blocks are right, and {keys} keys of the final state, checked in {seconds:.1} s"))
}
