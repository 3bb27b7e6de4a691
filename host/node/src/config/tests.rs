//! Sources of options: which holds, and what is refused with which words.

use std::fs;

use super::*;

/// Reads with these flags, variables and file.
fn read_all(flags: &[&str], variables: &[(&str, &str)], text: &str) -> Result<Configured, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    fs::write(&file, text).unwrap();
    let mut args: Vec<OsString> = vec!["ziver-host".into()];
    args.extend(flags.iter().map(Into::into));
    args.extend(["--config".into(), file.clone().into()]);
    let variables = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    read_with(args, variables, None)
}

fn setting(configured: &Configured, name: &str) -> (Vec<String>, String) {
    let setting = configured.settings.iter().find(|setting| setting.name == name).unwrap();
    let values = setting.values.iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let origin = match &setting.origin {
        Origin::Place(Place::Line(_, line)) => format!("line {line}"),
        origin => origin.to_string(),
    };
    (values, origin)
}

fn said(flags: &[&str], variables: &[(&str, &str)], text: &str, name: &str) -> (Vec<String>, String) {
    setting(&read_all(flags, variables, text).unwrap(), name)
}

fn is(value: &str, origin: &str) -> (Vec<String>, String) {
    (vec![value.to_owned()], origin.to_owned())
}

/// The error's text, the file called `FILE`.
fn refused(variables: &[(&str, &str)], text: &str) -> String {
    let error = read_all(&[], variables, text).unwrap_err().to_string();
    let end = error.find(FILE_NAME).map(|at| at + FILE_NAME.len());
    let begin = error.find('/').filter(|begin| end.is_some_and(|end| *begin < end));
    match (begin, end) {
        (Some(begin), Some(end)) => format!("{}FILE{}", &error[..begin], &error[end..]),
        _ => error,
    }
}

/// A value that the option takes.
fn sample(option: &Arg) -> String {
    let candidates = [
        "3",
        "64",
        "archive",
        "text",
        "auto",
        "instant",
        "all",
        "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac",
        "127.0.0.1",
        "forwarded",
    ];
    let possible = option.get_possible_values().first().map(|value| value.get_name().to_owned());
    let takes = |value: &&str| {
        let command = Command::new("run").args(run_options());
        command.try_get_matches_from(["run".to_owned(), format!("--{}={value}", layers::long(option))]).is_ok()
    };
    let candidate = candidates.into_iter().find(takes).map(str::to_owned);
    possible.or(candidate).unwrap_or_else(|| panic!("which value does {} take? Add one here", layers::long(option)))
}

#[test]
fn every_option_can_be_set_by_file_variable_and_flag_in_rising_order() {
    let options = run_options();
    assert!(options.len() > 10);
    for option in &options {
        let (name, variable) = (layers::long(option), environment::variable(option));
        let value = if layers::is_flag(option) { "true".to_owned() } else { sample(option) };
        let line = match (layers::is_flag(option), value.parse::<u64>()) {
            (false, Err(_)) => format!("\n{name} = {value:?}\n"),
            _ => format!("\n{name} = {value}\n"),
        };
        let flag = if layers::is_flag(option) { format!("--{name}") } else { format!("--{name}={value}") };
        assert_eq!(said(&[], &[], &line, name), is(&value, "line 2"), "{name}");
        assert_eq!(said(&[], &[], &line.replace('-', "_"), name).1, "line 2", "{name}");
        assert_eq!(said(&[], &[(&variable, &value)], &line, name), is(&value, &variable), "{name}");
        assert_eq!(said(&[&flag], &[(&variable, &value)], &line, name), is(&value, "flag"), "{name}");
        assert_eq!(said(&[], &[], "", name).1, "default", "{name}");
    }
}

#[test]
fn value_reaches_the_arguments_of_the_command() {
    let text = "rpc-port = 1\nblock_time_ms = 7\ntmp = true\nrpc-cors = [\"https://a.org\", \"https://b.org\"]\n";
    let configured = read_all(&["--finality-lag", "9"], &[("ZIVER_RPC_PORT", "2")], text).unwrap();
    let run = &configured.cli.run;
    assert_eq!((run.rpc_port, run.block_time_ms, run.finality_lag, run.tmp), (2, Some(7), Some(9), true));
    let origins = ["https://a.org", "https://b.org"].map(str::to_owned).to_vec();
    assert_eq!(run.rpc_cors, ziver_rpc::Cors::Origins(origins));
    let configured = read_all(&["run"], &[], text).unwrap();
    let Some(CliCommand::Run(run)) = configured.cli.command else { panic!("another command") };
    assert_eq!((run.rpc_port, run.tmp), (1, true));
}

#[test]
fn other_commands_take_what_they_share_with_run() {
    let text = "base-path = \"/data\"\nrpc-port = 1\nstate-pruning = \"archive\"\n";
    let configured = read_all(&["check-chain"], &[("ZIVER_DB_CACHE_MB", "64")], text).unwrap();
    let Some(CliCommand::CheckChain(args)) = configured.cli.command else { panic!("another command") };
    assert_eq!((args.base_path, args.db_cache_mb), (Some(PathBuf::from("/data")), 64));
    assert_eq!(args.state_pruning, Some(ziver_state::Pruning::Archive));
    assert!(read_all(&["check-chain"], &[], "rpc-port = \"x\"").is_err());
}

#[test]
fn chain_of_the_environment_does_not_keep_metadata_from_asking_a_node() {
    let configured = read_all(&["metadata"], &[("ZIVER_CHAIN", "x.json")], "").unwrap();
    let Some(CliCommand::Metadata(args)) = configured.cli.command else { panic!("another command") };
    assert_eq!(args.chain, None);
}

#[test]
fn unknown_key_is_refused_with_a_suggestion() {
    assert_eq!(refused(&[], "# A\nrpc-prot = 1"), "FILE:2: there is no option rpc-prot; did you mean rpc-port?");
    assert_eq!(refused(&[], "base_pth = 1"), "FILE:1: there is no option base_pth; did you mean base-path?");
    assert_eq!(refused(&[], "zzz = 1"), "FILE:1: there is no option zzz");
    assert!(refused(&[], "[rpc]\nport = 1").starts_with("FILE:1: there is no option rpc; did you mean rpc-"));
    assert_eq!(refused(&[], "config = \"x\""), "FILE:1: there is no option config");
    let typo = refused(&[("ZIVER_RPC_PROT", "1")], "");
    assert_eq!(typo, "ZIVER_RPC_PROT: there is no option ZIVER_RPC_PROT; did you mean ZIVER_RPC_PORT?");
}

#[test]
fn variable_that_only_begins_like_ours_is_a_warning() {
    let foreign = [("ZIVER_SERVICE_HOST", "10.0.0.1"), ("ZIVER_HOSTNAME", "x")];
    let of_scripts = [("ZIVER_CACHE", "/x"), ("ZIVER_HOST", "/x"), ("ZIVER_FUZZ_SECONDS", "1")];
    let variables = [&foreign[..], &of_scripts, &[("HOME", "/"), ("ZIVER_LOG", "")]].concat();
    let configured = read_all(&[], &variables, "").unwrap();
    assert_eq!(configured.warnings.len(), 2, "{:?}", configured.warnings);
    assert!(configured.warnings[0].contains("variable ZIVER_SERVICE_HOST sets nothing"));
    assert!(configured.warnings[1].contains("variable ZIVER_HOSTNAME sets nothing"));
    assert_eq!(setting(&configured, "log"), is("info", "default"));
}

#[test]
fn variables_of_the_project_s_own_scripts_and_tests_are_no_warning() {
    let guide = include_str!("../../../../docs/testing.md");
    let (_, rest) = guide.split_once("\n## Variables\n").unwrap();
    let (table, _) = rest.split_once("\n## ").unwrap();
    let names: Vec<_> = table.split('`').filter_map(|word| word.split('=').next()).collect();
    let names: Vec<_> = names.into_iter().filter(|word| word.starts_with("ZIVER_")).collect();
    assert!(names.len() > 10, "{names:?}");
    let variables: Vec<_> = names.iter().map(|name| (*name, "x")).collect();
    assert_eq!(read_all(&[], &variables, "").unwrap().warnings, Vec::<String>::new());
}

#[test]
fn wrong_value_is_refused_with_place_option_value_and_what_is_allowed() {
    for (text, expected) in [
        ("\nrpc-port = 70000", "FILE:2: rpc-port = \"70000\" is not allowed: a whole number from 0 to 65535 expected"),
        ("rpc-port = 0x10", "FILE:1: rpc-port = 0x10 is not allowed: a decimal number expected"),
        ("rpc-port = 1.5", "FILE:1: rpc-port = 1.5 is not allowed: a string or a whole number expected"),
        ("rpc-port = true", "FILE:1: rpc-port = true is not allowed: a string or a whole number expected"),
        ("tmp = 1", "FILE:1: tmp = 1 is not allowed: true or false expected, without quotation marks"),
        ("tmp = \"true\"", "FILE:1: tmp = \"true\" is not allowed: true or false expected, without quotation marks"),
        ("log-format = \"xml\"", "FILE:1: log-format = \"xml\" is not allowed: text or json expected"),
        ("log = {}", "FILE:1: log = {} is not allowed: a table; options are keys at the top of the file"),
        (
            "rpc-cors = \",,,\"",
            "FILE:1: rpc-cors = \",,,\" is not allowed: \"\" is no origin: `all` or origins such as https://example.org, \
             separated by commas, expected",
        ),
        (
            "state_pruning = -1",
            "FILE:1: state-pruning = \"-1\" is not allowed: expected «archive» or a number of blocks",
        ),
        ("rpc-listen = \"here\"", "FILE:1: rpc-listen = \"here\" is not allowed: an IP address such as 127.0.0.1"),
        ("sealing = \"soon\"", "FILE:1: sealing = \"soon\" is not allowed: interval, interval=MS, instant or manual"),
        ("sealing = \"interval=0\"", "FILE:1: sealing = \"interval=0\" is not allowed: interval=MS with MS from 1 to"),
        (
            "finality-lag = 4001",
            "FILE:1: finality-lag = \"4001\" is not allowed: a whole number from 0 to 4000 expected",
        ),
        ("db-cache-mb = 7", "FILE:1: db-cache-mb = \"7\" is not allowed: a whole number from 8 to 1048576 expected"),
        ("rpc-port = ", "FILE:1: "),
        ("rpc-port = 1\nrpc-port = 2", "FILE:2: duplicate key"),
        ("rpc-port = 1\nrpc_port = 2", "FILE:2: rpc_port is the same as rpc-port, which is set as well"),
    ] {
        let error = refused(&[], text);
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    let error = refused(&[("ZIVER_BLOCK_TIME_MS", "soon")], "");
    let expected =
        "ZIVER_BLOCK_TIME_MS: block-time-ms = \"soon\" is not allowed: a whole number from 1 to 3600000 expected";
    assert_eq!(error, expected);
    let error = refused(&[("ZIVER_TMP", "maybe")], "");
    assert_eq!(error, "ZIVER_TMP: tmp = \"maybe\" is not allowed: true or false expected");
}

#[test]
fn options_that_exclude_each_other_are_refused_in_one_source_and_ordered_across() {
    let both = "base-path = \"/data\"\ntmp = true";
    let error = refused(&[], both);
    assert!(error.starts_with("FILE:2: tmp can not be set together with base-path ("), "{error}");
    assert!(refused(&[("ZIVER_TMP", "1"), ("ZIVER_BASE_PATH", "x")], "").contains("ZIVER_TMP: tmp can not be set"));
    assert_eq!(said(&["--tmp"], &[], "base-path = \"/data\"", "base-path"), (vec![], "default".to_owned()));
    assert_eq!(said(&[], &[("ZIVER_BASE_PATH", "x")], "tmp = true", "tmp"), (vec![], "default".to_owned()));
    assert_eq!(said(&["--dev"], &[], "chain = \"x.json\"", "chain"), is("dev", "default"));
    // What is switched off excludes nothing, and holds against weaker sources.
    assert_eq!(said(&[], &[("ZIVER_TMP", "no")], "tmp = true", "tmp"), (vec![], "ZIVER_TMP".to_owned()));
    assert_eq!(said(&[], &[("ZIVER_TMP", "no")], "base-path = \"/data\"", "base-path"), is("/data", "line 1"));
    assert_eq!(said(&[], &[], "base-path = \"/data\"\ntmp = false", "base-path"), is("/data", "line 1"));
}

#[test]
fn block_time_that_contradicts_the_sealing_is_refused_unless_a_stronger_source_says_the_sealing() {
    for (flags, text) in [
        (&["--sealing", "manual", "--block-time-ms", "5"][..], ""),
        (&["--sealing", "interval=5", "--block-time-ms", "5"], ""),
        (&["--block-time-ms", "5"], "sealing = \"instant\""),
        (&[], "block-time-ms = 5\nsealing = \"manual\""),
    ] {
        let error = read_all(flags, &[], text).unwrap_err().to_string();
        assert!(error.contains("block-time-ms can not be set together with sealing = "), "{error}");
    }
    assert!(read_all(&["--sealing", "manual"], &[], "block-time-ms = 5").is_ok());
    assert!(read_all(&["--sealing", "interval", "--block-time-ms", "5"], &[], "").is_ok());
}

#[test]
fn file_is_looked_for_in_the_base_path_unless_the_chain_is_temporary() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NAME), "rpc-port = 77").unwrap();
    let base = folder.path().to_str().unwrap();
    let port = |args: &[&str], variables: &[(&str, &str)], default: Option<&Path>| {
        let args = ["ziver-host"].iter().chain(args).map(Into::into).collect();
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let configured = read_with(args, variables, default.map(Path::to_path_buf)).unwrap();
        (configured.cli.run.rpc_port, configured.file.is_some())
    };
    assert_eq!(port(&["--base-path", base], &[], None), (77, true));
    assert_eq!(port(&["--dev", "--base-path", base], &[], None), (77, true));
    assert_eq!(port(&[], &[("ZIVER_BASE_PATH", base)], None), (77, true));
    assert_eq!(port(&[], &[], Some(folder.path())), (77, true));
    assert_eq!(port(&["--tmp"], &[], Some(folder.path())), (8545, false));
    assert_eq!(port(&[], &[("ZIVER_DEV", "true")], Some(folder.path())), (8545, false));
    assert_eq!(port(&["--tmp"], &[("ZIVER_BASE_PATH", base)], Some(folder.path())), (8545, false));
    assert_eq!(port(&["--base-path", base], &[("ZIVER_TMP", "true")], None), (77, true));
    assert_eq!(port(&["--dev"], &[("ZIVER_BASE_PATH", base)], None), (77, true));
    assert_eq!(port(&["--base-path", "/nowhere"], &[], Some(folder.path())), (8545, false));
    let file = folder.path().join(FILE_NAME);
    assert_eq!(port(&["--tmp"], &[("ZIVER_CONFIG", file.to_str().unwrap())], None), (77, true));
}

#[test]
fn file_that_is_none_is_refused() {
    for (file, reason) in
        [("/nowhere/z.toml", "No such file"), ("/dev/zero", "it is not a file"), ("/", "it is not a file")]
    {
        let args = ["ziver-host", "--config", file].iter().map(Into::into).collect();
        let error = read_with(args, Vec::new(), None).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot read the configuration file {file}: {reason}")), "{error}");
    }
}

#[test]
fn printed_configuration_says_the_same_when_it_is_read_again() {
    let flags = ["config", "print", "--rpc-port", "9", "--sealing", "instant", "--tmp"];
    let first =
        read_all(&flags, &[("ZIVER_LOG", "debug,[x{y=\"a\\.b\"}]=info")], "finality-lag = 3\nstate-pruning = \"7\"");
    let first = first.unwrap();
    let printed = print(&first.settings, &crate::settings::effective(&first.cli.run));
    for line in [
        "rpc-port = 9 ",
        "tmp = true ",
        "log = \"debug,[x{y=\\\"a\\\\.b\\\"}]=info\" ",
        "finality-lag = 3 ",
        "# author = ",
    ] {
        assert!(printed.lines().any(|printed| printed.starts_with(line)), "{line}: {printed}");
    }
    let again = read_all(&["config", "print"], &[], &printed).unwrap();
    let values = |configured: &Configured| -> Vec<_> {
        configured.settings.iter().map(|setting| (setting.name.clone(), setting.values.clone())).collect()
    };
    assert_eq!(values(&again), values(&first));
}

#[test]
fn table_has_a_row_for_every_option() {
    let table = table();
    for option in run_options() {
        let name = layers::long(&option);
        assert!(table.contains(&format!("| `--{name}")) && table.contains(&environment::variable(&option)), "{name}");
    }
}
