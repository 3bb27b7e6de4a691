//! Compiled modules on disk.
//!
//! A file is named by the code's hash, the compiler and the engine's compatibility hash (its version, settings and the
//! processor's features), and begins with a checksum over its name and content. What does not fit is compiled anew and
//! written over. Writes go to another file first and are renamed, so a reader never meets half a file.
//!
//! The files hold machine code: the folder must be the node's own, and is closed to all other users. The checksum has no
//! key, so what lay in a folder that others could write to is not trusted: it is removed when the folder is opened.

use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use wasmtime::{Engine, Module};
use ziver_primitives::hashing::blake2_256;

use crate::limits::DISK_CACHE_FILE_BYTES_MAX;

const CHECKSUM_BYTES: usize = 32;
const EXTENSION: &str = "cwasm";
/// Of files that are not yet whole.
const DRAFT_EXTENSION: &str = "tmp";

/// A folder of compiled modules.
pub(crate) struct DiskCache {
    folder: PathBuf,
    files_max: usize,
    written: AtomicU64,
}

impl DiskCache {
    /// Uses `folder`, which is made where it is missing, for at most `files_max` modules. Without it the executor works too,
    /// so failure is only told.
    pub fn open(folder: &Path, files_max: usize) -> Option<Self> {
        match make_private(folder) {
            Ok(was_open) => {
                let cache = Self { folder: folder.to_owned(), files_max, written: AtomicU64::new(0) };
                cache.remove_leftovers(was_open);
                Some(cache)
            }
            Err(error) => {
                tracing::warn!("compiled modules are not kept on disk, {} is no use: {error}", folder.display());
                None
            }
        }
    }

    #[allow(unsafe_code, reason = "machine code can't be checked, only its origin can")]
    /// The module that an engine made by `compiler` compiled from the code with this hash, where it is there and whole.
    pub fn load(&self, engine: &Engine, compiler: &str, code_hash: &[u8; 32]) -> Option<Module> {
        let name = file_name(engine, compiler, code_hash);
        let path = self.folder.join(&name);
        if fs::metadata(&path).ok()?.len() > DISK_CACHE_FILE_BYTES_MAX {
            return None;
        }
        let file = fs::read(&path).ok()?;
        let (stored, content) = file.split_first_chunk::<CHECKSUM_BYTES>()?;
        if *stored != checksum(&name, content) {
            tracing::warn!("the compiled module {} is damaged and is made anew", path.display());
            return None;
        }
        // SAFETY: only this user could write to the folder ever since the files in it were made (`make_private` and
        // `remove_leftovers`), and `store` writes only what wasmtime serialised. The checksum shows that the content is
        // whole, and the name says that it was made by an engine compatible with this one.
        match unsafe { Module::deserialize(engine, content) } {
            Ok(module) => Some(module),
            Err(error) => {
                tracing::warn!("the compiled module {} does not load and is made anew: {error:#}", path.display());
                None
            }
        }
    }

    /// Keeps `module`. Failure costs the next start some time, so it is only told.
    pub fn store(&self, engine: &Engine, compiler: &str, code_hash: &[u8; 32], module: &Module) {
        let name = file_name(engine, compiler, code_hash);
        let result = module.serialize().map_err(|error| std::io::Error::other(format!("{error:#}")));
        let result = result.and_then(|content| self.write(&name, &content));
        if let Err(error) = result {
            tracing::warn!("a compiled module can't be kept in {}: {error}", self.folder.display());
        }
        self.remove_oldest();
    }

    fn write(&self, name: &str, content: &[u8]) -> std::io::Result<()> {
        let serial = self.written.fetch_add(1, Ordering::Relaxed);
        let draft = self.folder.join(format!("{name}.{}.{serial}.tmp", std::process::id()));
        let mut file = Vec::with_capacity(CHECKSUM_BYTES + content.len());
        file.extend_from_slice(&checksum(name, content));
        file.extend_from_slice(content);
        let result = fs::write(&draft, &file).and_then(|()| fs::rename(&draft, self.folder.join(name)));
        if result.is_err() {
            // The draft may not even exist; the error that matters is the one above.
            let _ = fs::remove_file(&draft);
        }
        result
    }

    /// Removes drafts of a process that ended while writing, and, from a folder that others could write to, everything.
    fn remove_leftovers(&self, was_open: bool) {
        for path in
            self.files(DRAFT_EXTENSION).into_iter().chain(was_open.then(|| self.files(EXTENSION)).into_iter().flatten())
        {
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!("{} can't be removed: {error}", path.display());
            }
        }
    }

    /// Files of the folder with this extension.
    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    }

    fn remove_oldest(&self) {
        let mut files: Vec<_> = self
            .files(EXTENSION)
            .into_iter()
            .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
            .collect();
        files.sort();
        let surplus = files.len().saturating_sub(self.files_max);
        for (_, path) in &files[..surplus] {
            // Someone else may have removed it.
            let _ = fs::remove_file(path);
        }
    }
}

/// Makes the folder so that only this user may write to it, or finds it so: its files are run. Answers whether others could
/// write to it until now.
#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let found = fs::metadata(folder)?;
    let was_open = found.mode() & 0o022 != 0;
    if was_open {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    let probe = folder.join(format!("owner.{}.tmp", std::process::id()));
    fs::write(&probe, [])?;
    let owner = fs::metadata(&probe).map(|mine| mine.uid());
    fs::remove_file(&probe)?;
    match owner? == found.uid() {
        true => Ok(was_open),
        false => Err(std::io::Error::other("it belongs to another user")),
    }
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<bool> {
    fs::create_dir_all(folder).map(|()| false)
}

fn checksum(name: &str, content: &[u8]) -> [u8; 32] {
    let mut hashed = blake2_256(name.as_bytes()).to_vec();
    hashed.extend_from_slice(&blake2_256(content));
    blake2_256(&hashed)
}

fn file_name(engine: &Engine, compiler: &str, code_hash: &[u8; 32]) -> String {
    let mut hasher = Blake2Bytes::default();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{}-{compiler}-{}.{EXTENSION}", hex::encode(code_hash), hex::encode(&blake2_256(&hasher.0)[..8]))
}

/// Collects what is hashed: the standard library's own hash may change with its version.
#[derive(Default)]
struct Blake2Bytes(Vec<u8>);

impl Hasher for Blake2Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
