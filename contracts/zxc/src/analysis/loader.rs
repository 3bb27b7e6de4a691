//! Which files a program consists of: the first one, and what it uses.
//!
//! The caller has the files: a [`Loader`] gives the text of a path. A path is relative to the file that names it, with `/`
//! between its parts; the loader gets it relative to the first file's folder, without `.` and, but at its beginning, `..`. The
//! standard library (`use "zrc20" from std`) is part of the compiler: [`library`](super::library).
//!
//! Files that use each other in a circle are refused: what one of them means could not be said without the others.

use std::collections::BTreeMap;

use super::{codes, library};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    source::{FileId, SourceError, Sources, Span},
    syntax::{ast, parse},
};

#[cfg(test)]
mod tests;

/// Gives the text of used files.
pub trait Loader {
    /// The text of the file at `path`.
    ///
    /// # Errors
    /// [`LoadError`].
    fn load(&self, path: &str) -> Result<String, LoadError>;
}

/// Why there is no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// It can't be read, for this reason.
    #[error("{0}")]
    Unreadable(String),
}

/// Files in memory, by their paths. An empty one is for programs of one file.
impl Loader for BTreeMap<String, String> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.get(path).cloned().ok_or(LoadError::NotFound)
    }
}

/// A file of a program.
#[derive(Debug)]
pub struct Unit {
    /// Which of the sources.
    pub source: FileId,
    /// What is in it.
    pub file: ast::File,
    /// The files that it uses: the path in its text, and the index of the unit.
    pub uses: Vec<(Span, usize)>,
    /// Whether something may be missing that was told of already: a part that could not be read, a file that is not there.
    pub incomplete: bool,
}

/// Parses the file `root` and all that it uses. The units come after those that they use, the root is the last.
pub fn load(sources: &mut Sources, root: FileId, loader: &dyn Loader, diagnostics: &mut Diagnostics) -> Vec<Unit> {
    let mut loading =
        Loading { sources, loader, diagnostics, units: Vec::new(), known: BTreeMap::new(), way: Vec::new() };
    let name = loading.sources[root].name().to_owned();
    loading.known.insert(name.clone(), None);
    loading.unit(root, name);
    loading.units
}

struct Loading<'a> {
    sources: &'a mut Sources,
    loader: &'a dyn Loader,
    diagnostics: &'a mut Diagnostics,
    units: Vec<Unit>,
    /// Every file that was met, by its name: its unit, unless it is being read.
    known: BTreeMap<String, Option<usize>>,
    /// The files that are being read, each used by the one before.
    way: Vec<String>,
}

impl Loading<'_> {
    /// There are at most `SOURCE_FILES_MAX` files, and so this recursion is no deeper.
    fn unit(&mut self, source: FileId, name: String) -> usize {
        let (file, problems) = parse(&self.sources[source]);
        self.diagnostics.extend(problems);
        self.way.push(name.clone());
        let mut uses = Vec::new();
        let mut incomplete = file.broken;
        for item in &file.items {
            let ast::ItemKind::Use(usage) = &item.kind else { continue };
            match self.usage(usage, &name) {
                Some(unit) => uses.push((usage.path.span, unit)),
                None => incomplete = true,
            }
        }
        self.way.pop();
        self.units.push(Unit { source, file, uses, incomplete });
        let unit = self.units.len() - 1;
        self.known.insert(name, Some(unit));
        unit
    }

    fn usage(&mut self, usage: &ast::Use, user: &str) -> Option<usize> {
        let path = &usage.path;
        if path.value.is_empty() && path.text.is_empty() {
            // The parser has complained.
            return None;
        }
        let name = match &usage.library {
            Some(name) if name.name.is_empty() => return None,
            Some(library) if library.name != "std" => {
                let diagnostic =
                    Diagnostic::error(codes::UNKNOWN_LIBRARY, format!("there is no library `{}`", library.name));
                self.diagnostics.push(diagnostic.label(library.span, "").help("`std` is the only one"));
                return None;
            }
            // No path has a colon.
            Some(_) => format!("std:{}.zx", path.value),
            None => match resolve(user, &path.value) {
                Ok(name) => name,
                Err(problem) => {
                    let diagnostic = Diagnostic::error(codes::BAD_PATH, "this is no path of a file");
                    self.diagnostics.push(diagnostic.label(path.span, problem).help(
                        "write it relative to this file, with `/` between its parts: `use \"interfaces/token.zx\"`",
                    ));
                    return None;
                }
            },
        };
        match self.known.get(&name) {
            Some(Some(unit)) => return Some(*unit),
            Some(None) => {
                self.cycle(&name, path.span);
                return None;
            }
            None => {}
        }
        let text = if usage.library.is_some() { self.standard(path)? } else { self.text(&name, path)? };
        match self.sources.add(name.clone(), text) {
            Ok(source) => {
                self.known.insert(name.clone(), None);
                Some(self.unit(source, name))
            }
            Err(problem) => {
                let code = match problem {
                    SourceError::NotUtf8 { .. } => codes::MISSING_FILE,
                    _ => codes::LIMIT,
                };
                self.diagnostics.push(Diagnostic::error(code, problem.to_string()).label(path.span, "used here"));
                None
            }
        }
    }

    fn standard(&mut self, path: &ast::StringLiteral) -> Option<String> {
        if let Some(text) = library::text(&path.value) {
            return Some(text.to_owned());
        }
        let message = format!("the standard library has no `{}`", path.value);
        let names = library::names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_LIBRARY, message).label(path.span, "");
        self.diagnostics.push(diagnostic.help(format!("it has {names}")));
        None
    }

    fn text(&mut self, name: &str, path: &ast::StringLiteral) -> Option<String> {
        match self.loader.load(name) {
            Ok(text) => Some(text),
            Err(problem) => {
                let message = format!("`{name}` can't be used: {problem}");
                let mut diagnostic = Diagnostic::error(codes::MISSING_FILE, message).label(path.span, "");
                let bare = path.value.trim_end_matches(".zx");
                diagnostic = if library::text(bare).is_some() {
                    diagnostic.help(format!("the standard library has it: `use \"{bare}\" from std`"))
                } else if !path.value.ends_with(".zx") {
                    diagnostic.help(format!("files of ZX end with `.zx`: `use \"{}.zx\"`", path.value))
                } else {
                    diagnostic.help("paths are relative to the file that uses them")
                };
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn cycle(&mut self, name: &str, span: Span) {
        let start = self.way.iter().position(|file| file == name).unwrap_or_default();
        let circle = self.way[start..].iter().map(String::as_str).chain([name]).collect::<Vec<_>>();
        let diagnostic = if circle.len() == 2 {
            Diagnostic::error(codes::CYCLE, "a file uses itself").label(span, "")
        } else {
            let shown =
                if circle.len() > 8 { [&circle[..4], &["..."], &circle[circle.len() - 3..]].concat() } else { circle };
            Diagnostic::error(codes::CYCLE, "files use each other in a circle")
                .label(span, "")
                .note(shown.join(" uses "))
        };
        self.diagnostics.push(diagnostic.help("move what both need into a file of its own, which uses neither"));
    }
}

/// The path that `user` names as `path`, or why it is none.
fn resolve(user: &str, path: &str) -> Result<String, &'static str> {
    if path.is_empty() {
        return Err("it is empty");
    }
    if path.starts_with('/') {
        return Err("it is not relative");
    }
    if path.contains(['\\', '\0', ':']) {
        return Err("it has a character that paths do not have");
    }
    if path.len() > 512 {
        return Err("it is too long");
    }
    if matches!(path.rsplit('/').next(), Some("." | "..")) {
        return Err("it names a folder");
    }
    let folder = user.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" => return Err("it has an empty part"),
            "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    // Only the first file can have a path from the root, which the others then share.
    let root = if user.starts_with('/') { "/" } else { "" };
    Ok(format!("{root}{}", parts.join("/")))
}
