//! The command line as users write it.

use std::path::PathBuf;

use ziver_engine::Sealing;

use super::*;

fn run(args: &[&str]) -> RunArgs {
    Cli::try_parse_from([&["ziver-host"], args].concat()).unwrap().run
}

#[test]
fn command_line_is_consistent() {
    command().debug_assert();
}

#[test]
fn sealing_takes_its_interval_from_itself_then_from_the_block_time() {
    for (args, expected) in [
        (&[][..], Sealing::Interval { interval_ms: 2_000 }),
        (&["--sealing", "interval"], Sealing::Interval { interval_ms: 2_000 }),
        (&["--sealing", "interval=500"], Sealing::Interval { interval_ms: 500 }),
        (&["--block-time-ms", "300"], Sealing::Interval { interval_ms: 300 }),
        (&["--sealing", "instant"], Sealing::Instant),
        (&["--sealing", "manual"], Sealing::Manual),
    ] {
        let args = run(args);
        assert_eq!(args.sealing.with_block_time(args.block_time_ms), expected);
    }
}

#[test]
fn nonsense_is_refused() {
    for args in [
        &["--sealing", "interval=0"][..],
        &["--sealing", "interval=x"],
        &["--sealing", "never"],
        &["--block-time-ms", "0"],
        &["--state-pruning", "some"],
        &["--rpc-port", "70000"],
        &["--rpc-listen", "localhost:1"],
        &["--author", "0x12"],
        // The checksum is of another address.
        &["--author", "0xf24ff3A9CF04c71Dbc94D0b566f7A27B94566cac"],
        &["--tmp", "--base-path", "x"],
        &["--db-cache-mb", "0"],
        &["--ws-port", "all"],
        &["--rpc-methods", "most"],
        &["--rpc-rate-limit", "0"],
        &["--rpc-rate-limit-whitelisted-ips", "10.0.0.0/40"],
        &["--rpc-max-request-size", "0"],
        &["--rpc-max-batch-request-len", "1001"],
        &["--rpc-request-timeout", "0"],
        &["surplus"],
    ] {
        let all = [&["ziver-host"], args].concat();
        assert!(Cli::try_parse_from(all).is_err(), "{args:?}");
    }
}

#[test]
fn subcommands_take_the_chain_and_its_folder() {
    let cli = Cli::try_parse_from(["ziver-host", "check-chain", "--chain", "a.json", "--base-path", "b"]).unwrap();
    let Some(Command::CheckChain(args)) = cli.command else { panic!("another command") };
    assert_eq!((args.chain.as_str(), args.base_path), ("a.json", Some(PathBuf::from("b"))));
}

#[test]
fn run_is_also_a_word() {
    let cli = Cli::try_parse_from(["ziver-host", "run", "--rpc-port", "9000"]).unwrap();
    let Some(Command::Run(args)) = cli.command else { panic!("another command") };
    assert_eq!(args.rpc_port, 9000);
    assert!(Cli::try_parse_from(["ziver-host", "--rpc-port", "9000", "run"]).is_err());
}

#[test]
fn second_port_is_the_usual_one_if_the_first_is() {
    let second = |args: &[&str]| {
        let args = run(args);
        let config = args.rpc.server_config(args.rpc_address(), args.rpc_cors.clone(), 100);
        config.second_address.map(|address| address.port())
    };
    assert_eq!(second(&[]), Some(8546));
    assert_eq!(second(&["--rpc-port", "9000"]), None);
    assert_eq!(second(&["--ws-port", "none"]), None);
    assert_eq!(second(&["--rpc-port", "9000", "--ws-port", "9001"]), Some(9001));
}

#[test]
fn rpc_limits_are_passed_on() {
    let args = run(&[
        "--rpc-methods=safe",
        "--rpc-rate-limit=60",
        "--rpc-rate-limit-whitelisted-ips=127.0.0.1,10.0.0.0/8",
        "--rpc-max-request-size=2",
        "--rpc-max-connections=7",
        "--rpc-cors=https://a.example, https://b.example",
    ]);
    let config = args.rpc.server_config(args.rpc_address(), args.rpc_cors.clone(), 100);
    assert_eq!(config.rpc_methods, ziver_rpc::RpcMethods::Safe);
    assert_eq!(config.rate_limit_per_minute.map(u32::from), Some(60));
    assert_eq!(config.rate_limit_exempt, ["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()]);
    assert_eq!((config.request_bytes_max, config.connections_max), (2 << 20, 7));
    assert_eq!(config.cors, ziver_rpc::Cors::Origins(vec!["https://a.example".into(), "https://b.example".into()]));
    let few = args.rpc.server_config(args.rpc_address(), ziver_rpc::Cors::Any, 3);
    assert_eq!((few.connections_max, few.cors), (3, ziver_rpc::Cors::Any));
}

#[test]
fn pool_has_the_limits_that_are_asked_for_and_usual_ones_otherwise() {
    assert_eq!(run(&[]).pool.limits(), ziver_pool::Limits::default());
    let limits =
        run(&["--pool-limit", "80", "--pool-mb", "16", "--pool-account-limit", "3", "--pool-replace-percent", "25"]);
    let limits = limits.pool.limits();
    assert_eq!((limits.ready_count_max, limits.future_count_max, limits.account_count_max), (80, 10, 3));
    assert_eq!((limits.ready_bytes_max, limits.future_bytes_max, limits.replace_percent), (16 << 20, 4 << 20, 25));
}
