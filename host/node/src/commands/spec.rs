//! `build-spec` and `purge-chain`: before the first block, and after the last.

use std::io::{self, IsTerminal, Write};

use anyhow::{Result, bail};

use crate::{
    cli::{BuildSpecArgs, PurgeArgs},
    output::print_line,
    store,
};

/// Prints a chain spec.
pub fn build_spec(args: &BuildSpecArgs) -> Result<()> {
    let source = store::read_spec(&args.chain)?;
    let text = match args.raw {
        false => source.spec.to_json(),
        true => source.to_raw(&*store::start_executor(None)?)?.to_json(),
    };
    print_line(&text)
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
    print_line(&format!("removed {}", folder.display()))
}
