//! Every file of `tests/diagnostics/analysis` gives the text that stands beside it, as `zxc check` does; every one of
//! `tests/diagnostics/compile` as `zxc build` does.
//!
//! `ZIVER_REWRITE=1` writes that text instead: read the difference before it is committed.

use std::{fs, path::PathBuf};

use zxc::{
    analysis::{LoadError, Loader},
    compile::{Compilation, Options, check, compile},
    diagnostics::{Style, render},
};

/// The files of a folder.
pub struct Folder(pub PathBuf);

impl Loader for Folder {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        fs::read_to_string(self.0.join(path)).map_err(|_| LoadError::NotFound)
    }
}

/// Compares the diagnostics of a folder's files with the texts beside them.
fn hold(folder: &str, read: impl Fn(&str, &str, &Folder) -> Compilation) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics").join(folder);
    let mut files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "zx"));
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let source = fs::read_to_string(&path).unwrap();
        let Compilation { diagnostics, sources, .. } = read(name, &source, &Folder(folder.clone()));
        let found = render(&diagnostics, &sources, Style::Plain);
        let expected = path.with_extension("txt");
        if std::env::var_os("ZIVER_REWRITE").is_some() {
            fs::write(&expected, &found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{name} gives\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "ZIVER_REWRITE=1 accepts this:\n{}", wrong.join("\n"));
}

#[test]
fn each_file_that_is_checked_gives_the_diagnostics_beside_it() {
    hold("analysis", |name, source, folder| check(name, source, folder));
}

#[test]
fn each_file_that_is_compiled_gives_the_diagnostics_beside_it() {
    hold("compile", |name, source, folder| compile(name, source, folder, &Options::default()));
}

#[test]
fn whole_contracts_are_sound() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contracts");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(source) = fs::read_to_string(&path) else { continue };
        let name = path.file_name().unwrap().to_str().unwrap();
        let Compilation { diagnostics, sources, .. } = check(name, &source, &Folder(folder.clone()));
        assert_eq!(render(&diagnostics, &sources, Style::Plain), "");
        count += 1;
    }
    assert!(count >= 4);
}

const REFERENCE: &str = include_str!("../../../../docs/zx.md");

#[test]
fn the_programs_of_the_reference_have_no_errors() {
    let programs = REFERENCE.split("```zx\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    for program in programs {
        let Compilation { diagnostics, sources, .. } = check("zx.md", program, &Folder("nowhere".into()));
        assert_eq!(render(&diagnostics, &sources, Style::Plain), "");
    }
}

#[test]
fn each_code_of_the_analysis_is_in_the_reference() {
    let source = include_str!("../../src/analysis/codes.rs");
    let constants = source.lines().filter(|line| line.starts_with("pub const"));
    let codes = constants.filter_map(|line| line.split('"').nth(1)).collect::<Vec<_>>();
    let listed = REFERENCE.lines().filter_map(|line| line.strip_prefix("| ")).filter_map(|line| line.get(..5));
    let listed = listed.filter(|code| codes.contains(code)).collect::<Vec<_>>();
    assert_eq!(listed, codes);
}
