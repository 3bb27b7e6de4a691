//! Chain specifications.

use ziver_chain::ChainSpec;

use ziver_fuzz::damage::fuzz;

#[test]
fn chain_specification() {
    let plain = include_bytes!("../../../../chain-specs/dev.json").to_vec();
    let raw = br#"{"name":"Raw","id":"raw","chainType":"Live","bootNodes":[],"properties":{"tokenDecimals":18},
        "genesis":{"raw":{"top":{"0x3a636f6465":"0x00","0x01":"0x"},"childrenDefault":{}}}}"#;
    fuzz(&[plain, raw.to_vec()], |bytes| {
        if let Err(error) = ChainSpec::parse(bytes) {
            assert!(!error.to_string().is_empty());
        }
    });
}
