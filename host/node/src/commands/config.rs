//! Checking and printing the configuration.

use anyhow::Result;

use crate::{
    cli::ConfigCommand,
    config::{self, Configured},
    output::{escaped, print, print_line},
    settings::{self, Settings},
};

/// Does what the command line says.
pub fn perform(command: &ConfigCommand, configured: &Configured) -> Result<()> {
    for warning in &configured.warnings {
        eprintln!("warning: {}", escaped(warning));
    }
    match command {
        ConfigCommand::Check { run, .. } => {
            Settings::new(run, configured)?;
            match &configured.file {
                Some(file) => print_line(&format!("{} is right", file.display())),
                None => print_line("there is no configuration file; the options are right"),
            }
        }
        ConfigCommand::Options => print_line(config::table().trim_end()),
        ConfigCommand::Print(run) => {
            let file = configured.file.as_ref().map(|file| format!("# with {}\n", file.display()));
            print(&file.unwrap_or_default())?;
            print_line(config::print(&configured.settings, &settings::effective(run)).trim_end())
        }
    }
}
