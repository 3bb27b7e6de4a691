//! Paths, and what is read how often.

use std::{cell::RefCell, collections::BTreeMap};

use super::{LoadError, Loader, load, resolve};
use crate::{diagnostics::Diagnostics, limits::SOURCE_FILES_MAX, source::Sources};

#[test]
fn paths_are_relative_to_the_file_that_names_them() {
    let cases = [
        ("a.zx", "b.zx", "b.zx"),
        ("x/a.zx", "b.zx", "x/b.zx"),
        ("x/a.zx", "../b.zx", "b.zx"),
        ("x/a.zx", "./y/./b.zx", "x/y/b.zx"),
        ("a.zx", "../b.zx", "../b.zx"),
        ("../x/a.zx", "../../b.zx", "../../b.zx"),
        ("/x/a.zx", "../b.zx", "/b.zx"),
    ];
    for (user, path, expected) in cases {
        assert_eq!(resolve(user, path).as_deref(), Ok(expected), "{user} {path}");
    }
    for path in ["", "/b.zx", "a//b.zx", "a/", "..", "../..", ".", "a\\b.zx", "c:b.zx", "a\0.zx", &"a".repeat(513)] {
        assert!(resolve("x/a.zx", path).is_err(), "{path}");
    }
}

/// Gives `use`s of the two next files, and notes what is asked for.
struct Chain {
    asked: RefCell<Vec<String>>,
}

impl Loader for Chain {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.asked.borrow_mut().push(path.to_owned());
        let number: usize = path.trim_end_matches(".zx").parse().map_err(|_| LoadError::NotFound)?;
        Ok(format!("use \"{}.zx\"\nuse \"{}.zx\"\nexport record R{number} {{ x: u8 }}\n", number + 1, number + 2))
    }
}

#[test]
fn each_file_is_read_once_and_there_are_not_too_many() {
    let mut sources = Sources::default();
    let root = sources.add("root.zx", "use \"0.zx\"").unwrap();
    let (chain, mut diagnostics) = (Chain { asked: RefCell::default() }, Diagnostics::default());
    let units = load(&mut sources, root, &chain, &mut diagnostics);
    assert_eq!(units.len(), SOURCE_FILES_MAX);
    assert!(diagnostics.has_errors());
    let asked = chain.asked.into_inner();
    // Those that there was no room for are asked for by each file that uses them.
    assert_eq!(
        asked[..SOURCE_FILES_MAX - 1],
        (0..SOURCE_FILES_MAX - 1).map(|at| format!("{at}.zx")).collect::<Vec<_>>()
    );
    assert!(asked.len() <= SOURCE_FILES_MAX + 2);
}

#[test]
fn a_used_file_comes_before_its_user() {
    let files = BTreeMap::from([("b.zx".to_owned(), "use \"c.zx\"".to_owned()), ("c.zx".to_owned(), String::new())]);
    let mut sources = Sources::default();
    let root = sources.add("a.zx", "use \"c.zx\"\nuse \"b.zx\"").unwrap();
    let units = load(&mut sources, root, &files, &mut Diagnostics::default());
    let names: Vec<&str> = units.iter().map(|unit| sources[unit.source].name()).collect();
    assert_eq!(names, ["c.zx", "b.zx", "a.zx"]);
    assert_eq!(units[2].uses.iter().map(|(_, unit)| *unit).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_file_that_is_too_long_is_refused() {
    let files = BTreeMap::from([("b.zx".to_owned(), " ".repeat(crate::limits::SOURCE_BYTES_MAX + 1))]);
    let mut sources = Sources::default();
    let root = sources.add("a.zx", "use \"b.zx\"").unwrap();
    let mut diagnostics = Diagnostics::default();
    assert_eq!(load(&mut sources, root, &files, &mut diagnostics).len(), 1);
    assert_eq!(diagnostics.into_sorted()[0].code, "E0601");
}
