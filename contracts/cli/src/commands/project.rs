//! `zxc new`: a folder with a contract that compiles, and tests of it that pass.

use std::path::Path;

use super::{CommandError, Result};
use crate::files::write_file;

const CONTRACT: &str = include_str!("project/contract.zx");
const TESTS: &str = include_str!("project/tests.zx");
/// What the contract of the template is called.
const TEMPLATE_NAME: &str = "Template";

/// Makes the folder.
pub fn create(name: &str) -> Result<()> {
    let mut letters = name.chars();
    let well_formed = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.len() <= zxc::limits::NAME_BYTES_MAX;
    if !well_formed {
        return Err(CommandError::Name(name.to_owned()));
    }
    let folder = Path::new(name);
    if folder.exists() {
        return Err(CommandError::Exists(name.to_owned()));
    }
    let contract = contract_name(name);
    let (code, tests) = (CONTRACT.replace(TEMPLATE_NAME, &contract), TESTS.replace(TEMPLATE_NAME, &contract));
    write_file(&folder.join(format!("{name}.zx")), code.as_bytes())?;
    write_file(
        &folder.join(format!("tests/{name}.zx")),
        tests.replace("template.zx", &format!("{name}.zx")).as_bytes(),
    )?;
    write_file(&folder.join(".gitignore"), b"build/\n")
}

/// `my_token` is a file's name, `MyToken` a contract's.
fn contract_name(name: &str) -> String {
    let mut result = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        result.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        result.push_str(letters.as_str());
    }
    // `integer` as a file is fine, and so is `Integer` as a contract: types of the language begin so only where they have two.
    if matches!(result.as_str(), "Address" | "Hash" | "List" | "Map" | "EnumerableMap" | "TX") {
        result.push_str("Contract");
    }
    result
}
