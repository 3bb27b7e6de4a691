//! Files as the commands read and write them: bounded, and named with `/` in messages.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use zxc::{
    analysis::{LoadError, Loader},
    limits::SOURCE_BYTES_MAX,
};

use crate::commands::{CommandError, Result};

/// The files below the current folder, and wherever a path of theirs leads.
pub struct Folder;

impl Loader for Folder {
    fn load(&self, path: &str) -> std::result::Result<String, LoadError> {
        match read_bytes(Path::new(path)) {
            Ok(bytes) => {
                String::from_utf8(bytes).map_err(|problem| LoadError::Unreadable(format!("it is not UTF-8: {problem}")))
            }
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => Err(LoadError::NotFound),
            Err(problem) => Err(LoadError::Unreadable(problem.to_string())),
        }
    }
}

/// A file, but of one that is too long only what tells so.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    use io::Read;
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(SOURCE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A source file.
pub fn read_file(path: &Path) -> Result<String> {
    let bytes = read_bytes(path).map_err(|problem| read_error(path, problem))?;
    String::from_utf8(bytes).map_err(|problem| read_error(path, problem))
}

/// That a file can't be read.
pub fn read_error(path: &Path, problem: impl ToString) -> CommandError {
    CommandError::Read { path: path.display().to_string(), problem: problem.to_string() }
}

/// Writes a file, and the folders that it is in.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)
    };
    write().map_err(|problem| CommandError::Write { path: path.display().to_string(), problem })
}

/// What a file is called in messages, with `/` between its parts.
pub fn name(path: &Path) -> String {
    let text = path.display().to_string();
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

/// Folders in folders that are looked through.
const DEPTH_MAX: usize = 16;
/// Files that are looked at in all.
const FILES_MAX: usize = 4_096;

/// The source files in a folder and those below it, in the order of their names. Folders whose names begin with a dot, and
/// `build`, are left out.
pub fn sources_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(folder, DEPTH_MAX, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|problem| read_error(folder, problem))?;
    for entry in entries {
        let entry = entry.map_err(|problem| read_error(folder, problem))?;
        let kind = entry.file_type().map_err(|problem| read_error(folder, problem))?;
        let (path, file_name) = (entry.path(), entry.file_name());
        let hidden = file_name.to_str().is_none_or(|name| name.starts_with('.') || name == "build");
        if kind.is_dir() && !hidden && depth > 0 {
            collect(&path, depth - 1, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "zx") {
            if found.len() == FILES_MAX {
                return Err(read_error(folder, format!("there are more than {FILES_MAX} source files")));
            }
            found.push(path);
        }
    }
    Ok(())
}
