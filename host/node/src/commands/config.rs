//! Checking and printing the configuration.

use anyhow::Result;

use crate::{
    cli::ConfigCommand,
    config::{self, Configured},
    run::say,
    settings::{self, Settings},
};

/// Does what the command line says.
pub fn perform(command: &ConfigCommand, configured: &Configured) -> Result<()> {
    for warning in &configured.warnings {
        eprintln!("warning: {warning}");
    }
    match command {
        ConfigCommand::Check { run, .. } => {
            Settings::new(run, configured)?;
            match &configured.file {
                Some(file) => say(&format!("{} is right", file.display())),
                None => say("there is no configuration file; the options are right"),
            }
        }
        ConfigCommand::Options => say(config::table().trim_end()),
        ConfigCommand::Print(run) => {
            if let Some(file) = &configured.file {
                say(&format!("# with {}", file.display()));
            }
            say(config::print(&configured.settings, &settings::effective(run)).trim_end());
        }
    }
    Ok(())
}
