//! The command line as users write it.

use std::path::PathBuf;

use ziver_engine::Sealing;

use super::*;

fn run(args: &[&str]) -> RunArgs {
    Cli::try_parse_from([&["ziver-host"], args].concat()).unwrap().run
}

#[test]
fn command_line_is_consistent() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}

#[test]
fn sealing_takes_its_interval_from_itself_then_from_the_block_time() {
    for (args, expected) in [
        (&[][..], Sealing::Interval { interval_ms: 2_000 }),
        (&["--sealing", "interval"], Sealing::Interval { interval_ms: 2_000 }),
        (&["--sealing", "interval=500"], Sealing::Interval { interval_ms: 500 }),
        (&["--block-time-ms", "300"], Sealing::Interval { interval_ms: 300 }),
        (&["--sealing", "interval=500", "--block-time-ms", "300"], Sealing::Interval { interval_ms: 500 }),
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
        &["--tmp", "--base-path", "x"],
        &["--db-cache-mb", "0"],
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
