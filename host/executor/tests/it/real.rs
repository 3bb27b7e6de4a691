//! The chain's own runtime under both compilers.

use codec::Decode;
use ziver_executor::{CompileStrategy, Overlay, RuntimeCode, RuntimeVersion};

use crate::guest::{STRATEGIES, executor};

#[test]
fn own_runtime_is_valid_and_tells_the_same_version_by_section_and_by_call() {
    let code = RuntimeCode::new(ziver_wasm::RUNTIME);
    let executor = executor(CompileStrategy::WinchOnly);
    let version = executor.validate(&code.bytes).unwrap();
    let answer = executor.call(&code, "Core_version", &[], &mut Overlay::default()).unwrap();
    assert_eq!(RuntimeVersion::decode(&mut &answer[..]).unwrap(), version);
}

#[test]
fn both_compilers_answer_the_same_with_the_same_changes() {
    let code = RuntimeCode::new(ziver_wasm::RUNTIME);
    let genesis = STRATEGIES.map(|strategy| {
        let executor = executor(strategy);
        let mut overlay = Overlay::default();
        let calls: [(&str, &[u8]); 5] = [
            ("GenesisBuilder_preset_names", &[]),
            ("GenesisBuilder_get_preset", &[0]),
            ("Metadata_metadata", &[]),
            ("Core_initialize_block", &[1, 2, 3]),
            ("GenesisBuilder_build_state", &[8, b'{', b'}']),
        ];
        let outputs: Vec<_> = calls
            .iter()
            .map(|(method, input)| executor.call(&code, method, input, &mut overlay).map_err(|error| error.to_string()))
            .collect();
        (outputs, overlay.into_changes())
    });
    assert!(genesis[0].0[2].as_ref().is_ok_and(|metadata| metadata.len() > 1_000));
    assert_eq!(genesis[0], genesis[1]);
}
