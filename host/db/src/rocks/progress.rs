//! How far the log had got: a number beside the database, by which the loss of a log is noticed.
//!
//! RocksDB takes the logs that it finds for all there were. That the last one was deleted, or cut off between two records, it
//! can't tell from a crash before they were written. So after each synced write its sequence number goes into a small file
//! of our own. That is never ahead of the log, since it is written later; so at the start the database must get at least as far.
//!
//! Record: sequence number (`u64` little-endian), then its complement. A file that is missing, torn or old says less or
//! nothing, and refuses nothing: databases from before have none, and after a crash of the machine it may be behind
//! (`docs/decisions/0011-the-end-of-the-log-is-noted.md`).

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::Path,
};

/// Its name in the database's folder.
pub(super) const PROGRESS_FILE: &str = "ziver.progress";

pub(super) struct Progress(File);

impl Progress {
    /// Opens the file, makes it when it is missing.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(PROGRESS_FILE);
        Ok(Self(OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?))
    }

    /// The number that was noted last, if it can be read.
    pub fn noted(&self) -> Option<u64> {
        let (mut number, mut complement) = ([0; 8], [0; 8]);
        self.0.read_exact_at(&mut number, 0).ok()?;
        self.0.read_exact_at(&mut complement, 8).ok()?;
        let number = u64::from_le_bytes(number);
        (number == !u64::from_le_bytes(complement)).then_some(number)
    }

    /// Notes how far the log on the disk has got. Failing does no harm: the older number refuses less.
    pub fn note(&self, number: u64) {
        let record = [number.to_le_bytes(), (!number).to_le_bytes()].concat();
        let _ = self.0.write_all_at(&record, 0);
    }
}
