//! Every file of `tests/diagnostics` gives the text that stands beside it.
//!
//! `ZIVER_REWRITE=1` writes that text instead: read the difference before it is committed.

use std::{fs, path::PathBuf};

use zxc::{
    diagnostics::{Style, render},
    source::Sources,
    syntax::parse,
};

#[test]
fn each_file_gives_the_diagnostics_beside_it() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "zx"));
    files.sort();
    assert!(!files.is_empty());
    let rewrite = std::env::var_os("ZIVER_REWRITE").is_some();
    let mut wrong = Vec::new();
    for path in files {
        let mut sources = Sources::default();
        let name = path.file_name().unwrap().to_str().unwrap();
        let id = sources.add_bytes(name, &fs::read(&path).unwrap()).unwrap();
        let (_, diagnostics) = parse(&sources[id]);
        let found = render(&diagnostics, &sources, Style::Plain);
        let expected = path.with_extension("txt");
        if rewrite {
            fs::write(&expected, &found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{name} gives\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "ZIVER_REWRITE=1 accepts this:\n{}", wrong.join("\n"));
}
