//! The configuration as a file that could be read again, and the table of options for the operator's guide.

use clap::{Arg, Command};

use super::{Origin, Setting, environment, layers, run_options};
use crate::settings::Effective;

/// All settings, one a line, each with where it comes from. What is not set is a comment: so are the values that follow from
/// other options, lest they hold on when those change.
pub fn print(settings: &[Setting], effective: &[Effective]) -> String {
    let lines: Vec<(String, String)> = settings
        .iter()
        .map(|setting| {
            let from = format!("# {}", setting.origin);
            let found = effective.iter().find(|(name, _)| setting.origin == Origin::Default && *name == setting.name);
            match found {
                Some((name, Ok(value))) => {
                    let value = if setting.is_flag { value.clone() } else { toml_value(value) };
                    return (format!("# {name} = {value}"), from);
                }
                Some((name, Err(reason))) => return (format!("# {name} ="), format!("# not set: {reason}")),
                None => {}
            }
            match (setting.is_flag, &setting.values[..]) {
                (true, values) => (format!("{} = {}", setting.name, !values.is_empty()), from),
                (false, []) => (format!("# {} =", setting.name), "# not set".to_owned()),
                (false, [value]) => (format!("{} = {}", setting.name, toml_value(&value.to_string_lossy())), from),
                (false, values) => {
                    let list: Vec<_> = values.iter().map(|value| toml_value(&value.to_string_lossy())).collect();
                    (format!("{} = [{}]", setting.name, list.join(", ")), from)
                }
            }
        })
        .collect();
    let width = lines.iter().map(|(text, _)| text.chars().count()).max().unwrap_or_default();
    lines.iter().map(|(text, from)| format!("{text:width$}  {from}\n")).collect()
}

/// A whole number as it is, everything else as a string of TOML.
fn toml_value(text: &str) -> String {
    let is_number = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
    match is_number {
        true => text.to_owned(),
        // The strings of JSON are strings of TOML.
        false => serde_json::Value::from(text).to_string(),
    }
}

/// The options of `run` as a table in Markdown: key, variable, default, meaning.
pub fn table() -> String {
    let mut text = "| flag and key | environment | default | meaning |\n|---|---|---|---|\n".to_owned();
    // What clap adds to options is known once the command is built.
    let mut command = Command::new("run").args(run_options());
    command.build();
    let ids: Vec<String> = run_options().iter().map(|option| option.get_id().to_string()).collect();
    for option in command.get_arguments().filter(|option| ids.contains(&option.get_id().to_string())) {
        text.push_str(&row(option));
    }
    text
}

fn row(option: &Arg) -> String {
    let help = option.get_long_help().or(option.get_help()).map(ToString::to_string).unwrap_or_default();
    let (help, told) = match help.split_once(" [default: ") {
        Some((help, default)) => (help.to_owned(), Some(default.trim_end_matches(['.', ']']).to_owned())),
        None => (help, None),
    };
    let default = match (layers::is_flag(option), option.get_default_values()) {
        (true, _) => told.unwrap_or_else(|| "off".to_owned()),
        (false, []) => told.unwrap_or_default(),
        (false, values) => {
            values.iter().map(|value| format!("`{}`", value.to_string_lossy())).collect::<Vec<_>>().join(", ")
        }
    };
    let name = layers::long(option);
    let value = match layers::is_flag(option) {
        true => String::new(),
        false => option.get_value_names().map(|names| format!(" {}", names[0])).unwrap_or_default(),
    };
    let cells = [format!("`--{name}{value}`"), format!("`{}`", environment::variable(option)), default, help];
    let cells = cells.map(|cell| cell.replace('\n', " ").replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}
