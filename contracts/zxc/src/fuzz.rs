//! Fuzz targets: sources damaged at random, and what has to hold whatever comes. `docs/testing.md` says how to run one for hours.
//!
//! - [`bytes`]: anything at all, for the lexer, the parser and the formatter;
//! - [`words`]: words exchanged for others of their kind, for the checker, the code generator, and the meaning of what compiles.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

mod bytes;
mod words;

/// Enough for one source on a machine that is busy with other things.
const LONGEST: Duration = Duration::from_secs(30);

/// More than the process of these tests ever has, whatever else runs in it.
#[cfg(target_os = "linux")]
const MEMORY_KIB_MAX: u64 = 2 << 20;

/// The sources that are damaged: programs that run, programs that have every word, programs with errors.
fn sources() -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = ["run", "programs", "contracts", "diagnostics", "diagnostics/analysis"];
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(tests.join(folder)).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "zx"))
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Does something with a source, in bounded time.
fn in_time(text: &str, act: impl FnOnce()) {
    let start = Instant::now();
    act();
    assert!(start.elapsed() < LONGEST, "{:?} for\n{text}", start.elapsed());
}

/// Asserts that the process never had more memory than it may.
fn assert_memory_is_bounded() {
    #[cfg(target_os = "linux")]
    {
        let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        assert!(peak < MEMORY_KIB_MAX, "{peak} KiB");
    }
}
