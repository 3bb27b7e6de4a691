//! `revert`: the last blocks of the best chain go.

use anyhow::Result;

use crate::{
    cli::RevertArgs,
    output::{count, print_line},
    store,
};

/// Takes blocks back, and says what could not be.
pub fn revert(args: &RevertArgs) -> Result<()> {
    let mut chain = store::open_existing(&args.store)?.chain;
    let (before, finalized) = (chain.best(), chain.finalized());
    let reverted = chain.revert(args.count)?;
    let back = before.number - reverted.best.number;
    let best = format!("best is {} {:?}", reverted.best.number, reverted.best.hash);
    let others = match reverted.blocks.len() as u64 - u64::from(back) {
        0 => String::new(),
        count => format!(" and {count} of forks"),
    };
    print_line(&match back {
        0 => format!("nothing was reverted: {best}"),
        back => format!("reverted {}{others}: {best}", count(u64::from(back), "block", "blocks")),
    })?;
    if back < args.count {
        print_line(&format!(
            "block {} is final: what is final can't be reverted. To go further back, export the blocks, purge the chain, \
             and import them up to the one you want.",
            finalized.number
        ))?;
    }
    Ok(())
}
