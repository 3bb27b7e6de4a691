//! Sound programs are read without a word.

use std::{fs, path::PathBuf};

use zxc::{
    diagnostics::{Style, render},
    source::{Source, Sources},
    syntax::{format, parse},
};

#[test]
fn sound_programs_give_no_diagnostics() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut sources = Sources::default();
        let id = sources.add_bytes(path.to_str().unwrap(), &fs::read(&path).unwrap()).unwrap();
        let (file, diagnostics) = parse(&sources[id]);
        assert_eq!(render(&diagnostics, &sources, Style::Plain), "");
        assert!(!file.broken);
        count += 1;
    }
    assert!(count >= 2);
}

/// `ZIVER_REWRITE=1` writes the files of `tests/formatted`.
#[test]
fn each_program_is_formatted_as_the_file_of_its_name() {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in fs::read_dir(tests.join("programs")).unwrap() {
        let path = entry.unwrap().path();
        let expected = tests.join("formatted").join(path.file_name().unwrap());
        let source = Source::new("a.zx", fs::read_to_string(&path).unwrap()).unwrap();
        let found = format(&parse(&source).0, &source);
        if std::env::var_os("ZIVER_REWRITE").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        assert_eq!(found, fs::read_to_string(&expected).unwrap_or_default(), "{}", path.display());
        let again = Source::new("a.zx", found.clone()).unwrap();
        assert_eq!(format(&parse(&again).0, &again), found);
    }
}
