use std::{
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::Command,
};

use super::*;
use crate::bind;

fn open(path: &Path) -> Result<RocksDb, OpenError> {
    RocksDb::open(path, &RocksOptions::default())
}

fn one(key: &[u8], value: &[u8]) -> Batch {
    let mut batch = Batch::new();
    batch.put(Column::State, key, value);
    batch
}

#[test]
fn batches_survive_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b");
    let db = open(&path).unwrap();
    bind(&db, [1; 32]).unwrap();
    let mut batch = one(b"k", b"v");
    batch.put(Column::Trie, *b"k", *b"t");
    batch.put(Column::State, *b"gone", *b"v");
    batch.delete(Column::State, *b"gone");
    db.write(batch).unwrap();
    drop(db);
    let db = open(&path).unwrap();
    bind(&db, [1; 32]).unwrap();
    assert_eq!(db.get(Column::State, b"k"), Ok(Some(b"v".to_vec())));
    assert_eq!(db.get(Column::Trie, b"k"), Ok(Some(b"t".to_vec())));
    assert_eq!(db.get(Column::State, b"gone"), Ok(None));
    assert_eq!(bind(&db, [2; 32]), Err(OpenError::OtherChain { expected: [2; 32], found: [1; 32] }));
}

#[test]
fn order_and_bounds_equal_those_of_the_memory_database() {
    let folder = tempfile::tempdir().unwrap();
    let (rocks, memory) = (open(folder.path()).unwrap(), crate::MemoryDb::new());
    let keys: [&[u8]; 6] = [b"", b"a", b"a\0", b"ab", b"b", b"\xff\xff"];
    for key in keys {
        rocks.write(one(key, key)).unwrap();
        memory.write(one(key, key)).unwrap();
    }
    let column = Column::State;
    for key in keys.into_iter().chain([&b"aa"[..], b"\xff", b"\xff\xff\xff"]) {
        for bound in [Bound::Included(key), Bound::Excluded(key), Bound::Unbounded] {
            assert_eq!(rocks.next(column, bound), memory.next(column, bound));
        }
        assert_eq!(rocks.last_until(column, key), memory.last_until(column, key));
        assert_eq!(rocks.iter(column, key).collect::<Vec<_>>(), memory.iter(column, key).collect::<Vec<_>>());
        assert_eq!(rocks.next(Column::Trie, Bound::Included(key)), Ok(None));
    }
}

#[test]
fn second_opening_is_refused_as_locked() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    assert_eq!(open(folder.path()).err(), Some(OpenError::Locked(folder.path().into())));
    drop(first);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn newer_schema_with_unknown_columns_is_refused_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    bind(&db, [1; 32]).unwrap();
    let newer = crate::SCHEMA_VERSION + 1;
    let mut batch = Batch::new();
    batch.put(Column::Meta, *b"schema", newer.to_be_bytes());
    db.write(batch).unwrap();
    drop(db);
    let names = Column::ALL.iter().map(|column| column.name()).chain(["default", "of_the_future"]);
    let mut settings = Options::default();
    settings.create_missing_column_families(true);
    drop(DB::open_cf(&settings, folder.path(), names).unwrap());
    let refusal = OpenError::NewerSchema { found: newer, supported: crate::SCHEMA_VERSION };
    assert_eq!(open(folder.path()).err(), Some(refusal));
}

#[test]
fn file_in_place_of_the_folder_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(open(file.path()).err(), Some(OpenError::Foreign { .. })));
}

#[test]
fn damaged_files_give_an_error() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    fs::write(folder.path().join("CURRENT"), b"nonsense").unwrap();
    assert!(open(folder.path()).is_err());
}

/// Names what the test process that is started anew is to do.
const ROLE: &str = "ZIVER_TEST_ROLE";
const FOLDER: &str = "ZIVER_TEST_FOLDER";

/// Tell a test binary to run [`second_process_plays_its_role`] only.
const ROLE_ARGUMENTS: [&str; 3] = ["--exact", "rocks::tests::second_process_plays_its_role", "--nocapture"];

#[test]
fn second_process_plays_its_role() {
    let (Ok(role), Some(folder)) = (std::env::var(ROLE), std::env::var_os(FOLDER)) else { return };
    let folder = PathBuf::from(folder);
    match role.as_str() {
        "read-only" => {
            let error = open(&folder).err();
            assert!(matches!(error, Some(OpenError::ReadOnly { .. })), "{error:?}");
        }
        "full" => fill(&folder),
        _ => panic!("unknown role {role}"),
    }
}

#[test]
fn folder_of_another_user_is_refused_as_read_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let copy = copy_of_this_binary();
    let mut child = Command::new(copy.path().join("tests"));
    child.args(ROLE_ARGUMENTS).env(ROLE, "read-only").env(FOLDER, folder.path()).current_dir("/");
    if fs::write(folder.path().join("probe"), b"").is_ok() {
        // The superuser may write anywhere; nobody may not.
        child.uid(65_534).gid(65_534);
    }
    assert!(child.status().unwrap().success());
}

/// A folder with a copy of the running binary that every user may execute.
fn copy_of_this_binary() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = folder.path().join("tests");
    // By another process: what this one holds open for writing, another test's child may hold for a moment too, and can't be run then.
    let copied = Command::new("cp").arg(std::env::current_exe().unwrap()).arg(&copy).status().unwrap();
    assert!(copied.success());
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

const FULL_VALUE: [u8; 10_000] = [7; 10_000];

/// Writes until the disk is full (the shell that started us limits the size of files) and tells what happened.
fn fill(folder: &Path) {
    let db = open(folder).unwrap();
    for number in 0u32..10_000 {
        let mut batch = one(&number.to_be_bytes(), &FULL_VALUE);
        batch.put(Column::Trie, number.to_be_bytes(), FULL_VALUE);
        match db.write(batch) {
            Ok(()) => println!("stored {number}"),
            Err(error) => {
                assert!(matches!(error, DbError::Full(_)), "{error:?}");
                assert_eq!(db.write(one(b"later", b"")), Err(DbError::Stopped));
                println!("full");
                // What a node does: end the process at once.
                std::process::exit(0);
            }
        }
    }
    panic!("the disk never became full");
}

#[test]
fn full_disk_is_reported_and_every_acknowledged_batch_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    // Blocks of 512 or 1,024 bytes; the signal has to be ignored for the write to fail instead.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
    shell.args(ROLE_ARGUMENTS).env(ROLE, "full").env(FOLDER, folder.path());
    let output = shell.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("full"), "{told}");
    let stored = told.lines().filter_map(|line| line.strip_prefix("stored ")).count();
    let db = open(folder.path()).unwrap();
    let found = db.iter(Column::State, &[]).map(Result::unwrap).collect::<Vec<_>>();
    assert!(stored > 10 && found.len() >= stored, "stored {stored}, found {}", found.len());
    for (key, value) in &found {
        assert_eq!(value, &FULL_VALUE);
        assert_eq!(db.get(Column::Trie, key), Ok(Some(FULL_VALUE.to_vec())), "half of a batch");
    }
}

/// A database with a hundred batches that are still in the log alone, closed as by a crash. The path of the log.
fn logged(path: &Path) -> std::path::PathBuf {
    let options = RocksOptions { sync_writes: true, ..RocksOptions::default() };
    let db = RocksDb::open(path, &options).unwrap();
    for number in 0..100u32 {
        db.write(one(&number.to_be_bytes(), &[7; 500])).unwrap();
    }
    drop(db);
    let logs = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    logs.filter(|log| log.extension().is_some_and(|extension| extension == "log")).max().unwrap()
}

#[test]
fn database_whose_making_was_cut_short_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("IDENTITY", "x"), ("MANIFEST-000001", "half"), ("000001.dbtmp", "MANIFEST"), ("LOG", "")] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let db = open(folder.path()).unwrap();
    db.write(one(b"key", b"value")).unwrap();
    drop(db);
    assert_eq!(open(folder.path()).unwrap().get(Column::State, b"key").unwrap().as_deref(), Some(&b"value"[..]));
}

#[test]
fn database_that_lost_a_file_is_refused_each_time_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    logged(folder.path());
    fs::remove_file(folder.path().join("CURRENT")).unwrap();
    let names = || {
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.retain(|name| !name.to_string_lossy().starts_with("LOG"));
        names.sort();
        names
    };
    let before = names();
    for _ in 0..3 {
        assert!(open(folder.path()).is_err());
        assert_eq!(names(), before);
    }
}

#[test]
fn damage_in_the_middle_of_the_log_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let log = logged(folder.path());
    let mut bytes = fs::read(&log).unwrap();
    assert!(bytes.len() > 50_000, "the batches are in the log");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&log, bytes).unwrap();
    assert!(open(folder.path()).is_err());
}

#[test]
fn lost_or_shortened_log_is_refused() {
    type Loss = fn(&Path);
    let losses: [Loss; 3] = [
        |log| fs::remove_file(log).unwrap(),
        |log| fs::write(log, b"").unwrap(),
        |log| {
            let bytes = fs::read(log).unwrap();
            fs::write(log, &bytes[..bytes.len() - 20]).unwrap();
        },
    ];
    for (number, lose) in losses.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        lose(&logged(folder.path()));
        for _ in 0..2 {
            let error = open(folder.path()).err().unwrap_or_else(|| panic!("{number}: it opened")).to_string();
            assert!(error.starts_with("the database is damaged: "), "{number}: {error}");
            assert!(error.contains(".log file was removed or cut off"), "{number}: {error}");
        }
    }
}

#[test]
fn settled_database_opens_without_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let mut batch = one(b"k", b"v");
    batch.put(Column::Header, *b"k", *b"h");
    db.write(batch).unwrap();
    db.settle().unwrap();
    drop(db);
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let logs = names.filter(|name| name.extension().is_some_and(|end| end == "log"));
    logs.for_each(|log| fs::remove_file(log).unwrap());
    let db = open(folder.path()).unwrap();
    assert_eq!(db.get(Column::State, b"k"), Ok(Some(b"v".to_vec())));
    assert_eq!(db.get(Column::Header, b"k"), Ok(Some(b"h".to_vec())));
}

#[test]
fn older_log_that_is_lost_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = RocksOptions { write_buffer_bytes: 64 << 10, ..RocksOptions::default() };
    let db = RocksDb::open(folder.path(), &options).unwrap();
    // Stays in the first log, while the other column's tables come and go.
    let mut batch = Batch::new();
    batch.put(Column::Header, *b"k", *b"v");
    db.write(batch).unwrap();
    let logs = || {
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut logs: Vec<_> = names.filter(|name| name.extension().is_some_and(|end| end == "log")).collect();
        logs.sort();
        logs
    };
    let mut number = 0u32;
    while logs().len() < 3 {
        db.write(one(&number.to_be_bytes(), &[7; 5_000])).unwrap();
        number += 1;
    }
    drop(db);
    fs::remove_file(&logs()[0]).unwrap();
    let error = open(folder.path()).err();
    assert!(matches!(error, Some(OpenError::Db(DbError::Corrupt(_)))), "{error:?}");
}

#[test]
fn log_is_taken_as_it_is_where_nothing_says_how_long_it_was() {
    for spoil in [|file: &Path| fs::remove_file(file).unwrap(), |file: &Path| fs::write(file, [7; 16]).unwrap()] {
        let folder = tempfile::tempdir().unwrap();
        logged(folder.path());
        spoil(&folder.path().join(progress::PROGRESS_FILE));
        let db = open(folder.path()).unwrap();
        assert_eq!(db.get(Column::State, &99u32.to_be_bytes()), Ok(Some(vec![7; 500])));
    }
}

#[test]
fn torn_end_of_the_log_costs_the_last_batch_alone() {
    let folder = tempfile::tempdir().unwrap();
    let log = logged(folder.path());
    // A write that the crash interrupted was never noted.
    fs::remove_file(folder.path().join(progress::PROGRESS_FILE)).unwrap();
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 20]).unwrap();
    let db = open(folder.path()).unwrap();
    assert_eq!(db.get(Column::State, &98u32.to_be_bytes()), Ok(Some(vec![7; 500])));
    assert_eq!(db.get(Column::State, &99u32.to_be_bytes()), Ok(None));
}
