//! `export-state`: the state after a block as the first state of a new chain.

use anyhow::{Result, anyhow};
use ziver_chain::limits::SPEC_BYTES_MAX;

use crate::{
    cli::{BlockAt, ExportStateArgs},
    output::print_line,
    store,
};

/// Prints a raw chain spec.
pub fn export(args: &ExportStateArgs) -> Result<()> {
    let opened = store::open_existing(&args.store)?;
    let reader = opened.chain.reader();
    let at = args.block.unwrap_or(BlockAt::Hash(reader.best().hash));
    let unknown = || anyhow!("{at} is unknown; the best block is {}", reader.best().number);
    let hash = match at {
        BlockAt::Hash(hash) => hash,
        BlockAt::Number(number) => reader.hash_by_number(number)?.ok_or_else(unknown)?,
    };
    let text = reader.state_as_spec(&hash)?.ok_or_else(unknown)?.to_json();
    if text.len() > SPEC_BYTES_MAX {
        tracing::warn!("the chain spec has {} bytes; nodes read {SPEC_BYTES_MAX} at most", text.len());
    }
    print_line(&text)
}
