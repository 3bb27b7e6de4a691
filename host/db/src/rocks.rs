//! The database on disk: RocksDB, one column family a column.
//!
//! A batch goes to the write-ahead log in one record and is synced before [`Db::write`] returns; after a crash RocksDB
//! replays whole records and drops a torn last one, so a block is there wholly or not at all. A log that is missing, or that
//! ends before what a write acknowledged, is damage: the manifest names the logs that are closed, `progress` knows the end of
//! the last one.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    ops::Bound,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, Cache, ColumnFamily, ColumnFamilyDescriptor, DB, DBCompressionType,
    DBRawIterator, DBRecoveryMode, Direction, FlushOptions, IteratorMode, Options, WaitForCompactOptions, WriteBatch,
    WriteOptions,
};

use crate::{Batch, Column, Db, DbError, Entries, KeyValue, Op, OpenError, meta};

mod progress;
#[cfg(test)]
mod tests;

use progress::{PROGRESS_FILE, Progress};

/// Our own lock, tried before RocksDB touches a file.
const LOCK_FILE: &str = "ziver.lock";
/// Bits of bloom filter a key: 1 in 100 lookups of missing keys reads a block for nothing.
const BLOOM_BITS: f64 = 10.0;
const BLOCK_BYTES: usize = 16 * 1024;
/// What RocksDB's form of a batch takes at its beginning.
const HEADER_BYTES: usize = 12;
/// What it takes for a write beside key and value: kind, column family, two lengths.
const RECORD_BYTES_MAX: usize = 1 + 5 + 5 + 5;
/// Old info logs that RocksDB keeps.
const INFO_LOGS_MAX: usize = 3;

/// How much memory and care the store takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RocksOptions {
    /// Cache of uncompressed blocks, in bytes, shared by all columns.
    pub block_cache_bytes: usize,
    /// Size at which a column's memory table is written out, in bytes.
    pub write_buffer_bytes: usize,
    /// Total of write-ahead logs at which the oldest memory tables are written out, in bytes. After a crash opening reads them
    /// again, which takes some seconds for 100 MiB of small records.
    pub wal_bytes_max: u64,
    /// Open files at most; -1 for no limit.
    pub open_files_max: i32,
    /// Background threads for flushes and compactions.
    pub background_jobs: i32,
    /// Whether a write returns only when it is on the disk. Without it a crash of the machine may lose the last blocks.
    pub sync_writes: bool,
}

impl Default for RocksOptions {
    fn default() -> Self {
        Self {
            block_cache_bytes: 256 * 1024 * 1024,
            write_buffer_bytes: 64 * 1024 * 1024,
            wal_bytes_max: 128 * 1024 * 1024,
            open_files_max: 1024,
            background_jobs: 2,
            sync_writes: true,
        }
    }
}

/// A RocksDB database, locked for this process as long as the value lives.
pub struct RocksDb {
    db: DB,
    path: PathBuf,
    write_options: WriteOptions,
    /// `None` without synced writes: then a crash of the machine loses the end of the log, as was wished.
    progress: Option<Progress>,
    stopped: AtomicBool,
    /// Released after the database is closed: fields are dropped in order.
    _lock: File,
}

impl RocksDb {
    /// Opens the database in the folder `path`, makes both when they are missing.
    pub fn open(path: impl AsRef<Path>, options: &RocksOptions) -> Result<Self, OpenError> {
        let path = path.as_ref().to_path_buf();
        let lock = lock(&path)?;
        let mut settings = settings(options);
        // What lost its CURRENT file is damaged, not new: making a database there would delete the rest.
        settings.create_if_missing(is_vacant(&path)?);
        let mut names: Vec<String> = Column::ALL.iter().map(|column| column.name().into()).collect();
        if path.join("CURRENT").exists() {
            // Column families of a newer schema have to be opened too, to get as far as its schema record.
            let found = DB::list_cf(&settings, &path).map_err(|error| open_error(&path, &error))?;
            names.extend(found.into_iter().filter(|name| Column::ALL.iter().all(|column| column.name() != name)));
        }
        let cache = Cache::new_lru_cache(options.block_cache_bytes);
        let families: Vec<_> =
            names.iter().map(|name| ColumnFamilyDescriptor::new(name, family_settings(options, &cache))).collect();
        let db = DB::open_cf_descriptors(&settings, &path, families).map_err(|error| open_error(&path, &error))?;
        let progress = Progress::open(&path);
        let progress =
            progress.map_err(|error| DbError::Io(format!("{}: {error}", path.join(PROGRESS_FILE).display())))?;
        check_progress(&progress, db.latest_sequence_number())?;
        let progress = options.sync_writes.then_some(progress);
        let mut write_options = WriteOptions::default();
        write_options.set_sync(options.sync_writes);
        let this = Self { db, path, write_options, progress, stopped: AtomicBool::new(false), _lock: lock };
        meta::check_schema(&this)?;
        Ok(this)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// RocksDB's own figures, as text for a log.
    pub fn statistics(&self) -> Option<String> {
        self.db.property_value("rocksdb.stats").ok().flatten()
    }

    fn family(&self, column: Column) -> Result<&ColumnFamily, DbError> {
        let missing = || DbError::Corrupt(format!("column {} is missing", column.name()));
        self.db.cf_handle(column.name()).ok_or_else(missing)
    }

    fn raw(&self, column: Column) -> Result<DBRawIterator<'_>, DbError> {
        Ok(self.db.raw_iterator_cf(self.family(column)?))
    }
}

/// Whether everything is there that was ever acknowledged.
fn check_progress(progress: &Progress, reached: u64) -> Result<(), DbError> {
    match progress.noted() {
        Some(noted) if reached < noted => Err(DbError::Corrupt(format!(
            "its last {} changes are missing: a .log file was removed or cut off. Restore a copy, or purge the chain and begin \
             again",
            noted - reached
        ))),
        _ => Ok(()),
    }
}

fn settings(options: &RocksOptions) -> Options {
    let mut settings = Options::default();
    settings.create_missing_column_families(true);
    settings.set_max_open_files(options.open_files_max);
    settings.set_max_background_jobs(options.background_jobs);
    settings.set_max_total_wal_size(options.wal_bytes_max);
    settings.set_keep_log_file_num(INFO_LOGS_MAX);
    settings.set_bytes_per_sync(1024 * 1024);
    // A crash may tear the last record of the log; damage anywhere else must not pass for a shorter chain.
    settings.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    // Which logs there must be, but for the one that is being written.
    settings.set_track_and_verify_wals_in_manifest(true);
    settings
}

fn family_settings(options: &RocksOptions, cache: &Cache) -> Options {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    blocks.set_block_size(BLOCK_BYTES);
    blocks.set_bloom_filter(BLOOM_BITS, false);
    blocks.set_cache_index_and_filter_blocks(true);
    // In parts: the whole filter of a file of ten million keys is larger than a shard of the cache, would never stay there, and
    // be read and checked anew for each key.
    blocks.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
    blocks.set_partition_filters(true);
    blocks.set_pin_top_level_index_and_filter(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    let mut settings = Options::default();
    settings.set_block_based_table_factory(&blocks);
    settings.set_compression_type(DBCompressionType::Lz4);
    settings.set_write_buffer_size(options.write_buffer_bytes);
    settings.set_level_compaction_dynamic_level_bytes(true);
    settings
}

/// Whether nothing but our own lock, and what RocksDB writes before it says in `CURRENT` that there is a database, is in the
/// folder: a process that is killed while it makes one leaves that.
fn is_vacant(path: &Path) -> Result<bool, OpenError> {
    let failed = |error: io::Error| OpenError::Db(DbError::Io(format!("{}: {error}", path.display())));
    for entry in fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        let harmless = [LOCK_FILE, "LOCK", "IDENTITY", "MANIFEST-000001"].contains(&&*name)
            || name.starts_with("LOG")
            || name.ends_with(".dbtmp");
        if !harmless {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes the folder and takes the lock that keeps others out.
fn lock(path: &Path) -> Result<File, OpenError> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            OpenError::ReadOnly { path: path.into(), reason: error.to_string() }
        }
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            OpenError::Foreign { path: path.into(), reason: error.to_string() }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::Db(DbError::Full(error.to_string())),
        _ => OpenError::Db(DbError::Io(format!("{}: {error}", path.display()))),
    };
    fs::create_dir_all(path).map_err(refused)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK_FILE));
    let file = file.map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(path.into())),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

/// RocksDB tells the operating system's errors apart only in words.
fn db_error(error: &rocksdb::Error) -> DbError {
    let words = error.to_string();
    let full = ["No space left", "File too large", "quota exceeded", "space limit reached"];
    if full.iter().any(|sign| words.contains(sign)) {
        return DbError::Full(words);
    }
    match error.kind() {
        rocksdb::ErrorKind::Corruption => DbError::Corrupt(words),
        _ => DbError::Io(words),
    }
}

fn open_error(path: &Path, error: &rocksdb::Error) -> OpenError {
    let words = error.to_string();
    if words.contains("Permission denied") || words.contains("Read-only file system") {
        return OpenError::ReadOnly { path: path.into(), reason: words };
    }
    if words.contains("LOCK") && words.contains("While lock file") {
        return OpenError::Locked(path.into());
    }
    match error.kind() {
        rocksdb::ErrorKind::InvalidArgument => OpenError::Foreign { path: path.into(), reason: words },
        _ => OpenError::Db(db_error(error)),
    }
}

fn current(iterator: &DBRawIterator<'_>) -> Result<Option<KeyValue>, DbError> {
    match (iterator.key(), iterator.value()) {
        (Some(key), Some(value)) => Ok(Some((key.to_vec(), value.to_vec()))),
        _ => iterator.status().map(|()| None).map_err(|error| db_error(&error)),
    }
}

impl RocksDb {
    /// Waits until everything is flushed and nothing is left to compact. For benchmarks, whose clock should not meet what was written
    /// before.
    pub fn rest(&self) -> Result<(), DbError> {
        let mut options = WaitForCompactOptions::default();
        options.set_flush(true);
        self.db.wait_for_compact(&options).map_err(|error| db_error(&error))
    }
}

impl Db for RocksDb {
    fn bytes(&self, column: Column) -> u64 {
        let Ok(family) = self.family(column) else { return 0 };
        let value = |name: &str| self.db.property_int_value_cf(family, name).ok().flatten().unwrap_or(0);
        value("rocksdb.total-sst-files-size").saturating_add(value("rocksdb.size-all-mem-tables"))
    }

    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
        self.db.get_cf(self.family(column)?, key).map_err(|error| db_error(&error))
    }

    fn next(&self, column: Column, from: Bound<&[u8]>) -> Result<Option<KeyValue>, DbError> {
        let mut iterator = self.raw(column)?;
        match from {
            Bound::Unbounded => iterator.seek_to_first(),
            Bound::Included(key) => iterator.seek(key),
            Bound::Excluded(key) => {
                iterator.seek(key);
                if iterator.key() == Some(key) {
                    iterator.next();
                }
            }
        }
        current(&iterator)
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<KeyValue>, DbError> {
        let mut iterator = self.raw(column)?;
        iterator.seek_for_prev(key);
        current(&iterator)
    }

    fn iter(&self, column: Column, from: &[u8]) -> Entries<'_> {
        match self.family(column) {
            Err(error) => Box::new(std::iter::once(Err(error))),
            Ok(family) => {
                let entries = self.db.iterator_cf(family, IteratorMode::From(from, Direction::Forward));
                Box::new(entries.map(|entry| match entry {
                    Ok((key, value)) => Ok((key.into_vec(), value.into_vec())),
                    Err(error) => Err(db_error(&error)),
                }))
            }
        }
    }

    fn write(&self, batch: Batch) -> Result<(), DbError> {
        if self.stopped.load(Ordering::SeqCst) {
            return Err(DbError::Stopped);
        }
        let families = Column::ALL.iter().map(|column| self.family(*column)).collect::<Result<Vec<_>, _>>()?;
        let mut writes = WriteBatch::with_capacity_bytes(batch.bytes() + batch.len() * RECORD_BYTES_MAX + HEADER_BYTES);
        for op in batch.ops() {
            match op {
                Op::Put(column, key, value) => writes.put_cf(families[column.index()], key, value),
                Op::Delete(column, key) => writes.delete_cf(families[column.index()], key),
            }
        }
        self.db.write_opt(writes, &self.write_options).map_err(|error| {
            self.stopped.store(true, Ordering::SeqCst);
            db_error(&error)
        })?;
        if let Some(progress) = &self.progress {
            // Another thread's write may be counted too: RocksDB counts what is on the disk.
            progress.note(self.db.latest_sequence_number());
        }
        Ok(())
    }

    fn settle(&self) -> Result<(), DbError> {
        let families = Column::ALL.iter().map(|column| self.family(*column)).collect::<Result<Vec<_>, _>>()?;
        let families: Vec<_> = families.iter().collect();
        self.db.flush_cfs_opt(&families, &FlushOptions::default()).map_err(|error| db_error(&error))
    }
}
