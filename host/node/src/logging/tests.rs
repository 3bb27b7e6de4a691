//! What `--log` takes.

use super::*;

#[test]
fn levels_and_parts_are_taken() {
    for text in [
        "info",
        "WARN",
        "off",
        "3",
        "info,ziver_rpc=debug",
        "info, ziver_rpc=debug",
        "ziver=trace",
        "ziver_host::engine_loop=debug,warn",
        "runtime=trace",
        "jsonrpsee-server=debug",
        "[call]=debug",
        "ziver_rpc[call{method=a}]=trace",
        "info,",
    ] {
        assert_eq!(filter_text(text), Ok(text.trim_end_matches(',').replace(", ", ",")), "{text}");
    }
}

#[test]
fn words_that_would_switch_the_log_off_are_refused() {
    for (text, expected) in [
        ("inof", "\"inof\" is no level; error, warn,"),
        ("abc", "\"abc\" is no level"),
        ("99", "\"99\" is no level"),
        ("", "error, warn, info,"),
        (" ", "error, warn, info,"),
        ("info,inof", "\"inof\" is no level"),
        ("ziver_rpc", "\"ziver_rpc\" has no level: ziver_rpc=debug, for example"),
        ("ziver_rpcc=debug", "nothing here is called \"ziver_rpcc\"; parts are ziver_host, "),
        ("info,rpc=debug", "nothing here is called \"rpc\""),
        ("ziver_rpc=loud", "error parsing level"),
        ("=x=y", ""),
    ] {
        let error = filter_text(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn every_crate_of_the_host_that_runs_is_a_part() {
    let host = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in std::fs::read_dir(host).unwrap().map(|entry| entry.unwrap()) {
        let name = folder.file_name().into_string().unwrap();
        let is_of_tests = ["conformance", "fuzz", "node"].contains(&name.as_str());
        if folder.path().join("Cargo.toml").exists() && !is_of_tests {
            assert!(PARTS.contains(&format!("ziver_{name}").as_str()), "{name}");
        }
    }
}
