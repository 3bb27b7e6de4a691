//! Compiled runtimes on disk, and the change from one compiler to the other.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, Limits, Overlay, RuntimeCode};

use crate::guest::{INPUT, code, entry};

fn executor(folder: &Path, strategy: CompileStrategy) -> Executor {
    let limits = Limits { memory_pages_max: 16, modules_max: 2, ..Limits::default() };
    Executor::new(ExecutorConfig { cache_dir: Some(folder.to_owned()), strategy, limits, contracts: None }).unwrap()
}

fn echo() -> RuntimeCode {
    code("", &entry("echo", INPUT))
}

fn works(executor: &Executor, code: &RuntimeCode) {
    assert_eq!(executor.call(code, "echo", b"abc", &mut Overlay::default()).unwrap(), b"abc");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // The folder of compiled contracts is another cache.
    let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn background_compiler_takes_over_and_both_results_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let executor = executor(folder.path(), CompileStrategy::WinchThenCranelift);
    let echo = echo();
    works(&executor, &echo);
    let start = Instant::now();
    while !executor.is_optimised(&echo) {
        assert!(start.elapsed() < Duration::from_secs(60), "the background compiler does not come to an end");
        works(&executor, &echo);
        std::thread::yield_now();
    }
    works(&executor, &echo);
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn prepared_code_is_compiled_before_its_first_call() {
    let folder = tempfile::tempdir().unwrap();
    let executor = executor(folder.path(), CompileStrategy::WinchThenCranelift);
    let echo = echo();
    executor.prepare(&echo);
    let start = Instant::now();
    while !executor.is_optimised(&echo) {
        assert!(start.elapsed() < Duration::from_secs(60), "the background compiler does not come to an end");
        std::thread::yield_now();
    }
}

#[test]
fn next_start_finds_the_better_code_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    executor(folder.path(), CompileStrategy::CraneliftOnly).optimise(&echo()).unwrap();
    let executor = executor(folder.path(), CompileStrategy::WinchThenCranelift);
    works(&executor, &echo());
    assert!(executor.is_optimised(&echo()));
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn damaged_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    works(&executor(folder.path(), CompileStrategy::WinchOnly), &echo());
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for damaged in [&flipped[..], &whole[..whole.len() / 2], &whole[..7], b""] {
        fs::write(&file, damaged).unwrap();
        works(&executor(folder.path(), CompileStrategy::WinchOnly), &echo());
        assert_eq!(fs::read(&file).unwrap().len(), whole.len());
    }
}

#[test]
fn file_of_other_code_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let other = code("", &entry("echo", "(i64.const 0)"));
    let first = executor(folder.path(), CompileStrategy::WinchOnly);
    works(&first, &echo());
    let mine = files(folder.path()).remove(0);
    first.call(&other, "echo", b"abc", &mut Overlay::default()).unwrap();
    let theirs = files(folder.path()).into_iter().find(|file| *file != mine).unwrap();
    fs::copy(theirs, &mine).unwrap();
    works(&executor(folder.path(), CompileStrategy::WinchOnly), &echo());
}

#[test]
fn folder_that_can_not_be_used_costs_only_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    works(&executor(&file, CompileStrategy::WinchOnly), &echo());
}

#[cfg(unix)]
#[test]
fn folder_that_others_may_write_to_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    works(&executor(folder.path(), CompileStrategy::WinchOnly), &echo());
    assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[cfg(unix)]
#[test]
fn files_of_a_folder_that_others_could_write_to_are_removed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let planted = folder.path().join("planted.cwasm");
    fs::write(&planted, "not ours").unwrap();
    drop(executor(folder.path(), CompileStrategy::WinchOnly));
    assert!(planted.exists(), "a private folder keeps its files");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o770)).unwrap();
    drop(executor(folder.path(), CompileStrategy::WinchOnly));
    assert!(!planted.exists());
}

#[test]
fn drafts_of_a_killed_process_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let draft = folder.path().join("half-written.cwasm.1.0.tmp");
    fs::write(&draft, "half").unwrap();
    drop(executor(folder.path(), CompileStrategy::WinchOnly));
    assert!(!draft.exists());
}

#[test]
fn folder_and_memory_stay_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let executor = executor(folder.path(), CompileStrategy::WinchOnly);
    for number in 0..40 {
        works(&executor, &code("", &(entry("echo", INPUT) + &format!("(func (drop (i32.const {number})))"))));
    }
    assert_eq!(files(folder.path()).len(), 24);
}
