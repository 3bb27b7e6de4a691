//! Metadata, and what is decoded by it.

use codec::{Decode, Encode};
use serde_json::Value;
use ziver_executor::{Overlay, RuntimeCode};
use ziver_metadata::{Contract, Metadata};

use crate::development_chain::{Alith, Baltathar, EXECUTOR, World, state};
use ziver_fuzz::damage::fuzz;

fn metadata() -> Vec<u8> {
    let code = RuntimeCode::new(ziver_wasm::RUNTIME);
    let answer =
        EXECUTOR.call(&code, "Metadata_metadata", &[], &mut Overlay::default()).expect("our runtime has metadata");
    Vec::<u8>::decode(&mut &answer[..]).expect("it is bytes")
}

#[test]
fn metadata_itself() {
    fuzz(&[metadata()], |bytes| {
        if let Ok(metadata) = Metadata::decode(bytes) {
            // Damage may leave metadata whose types make no sense together: reading by it must be an error at most.
            let _ = metadata.decode_extrinsic(&[0x10, 4, 3, 0, 0]);
            let _ = metadata.decode_call(&[0, 0, 0]);
            let _ = metadata.constant("System", "Version");
            for id in 0..16 {
                let _ = metadata.decode_value(id, &[0xff; 16]);
            }
        }
    });
}

#[test]
fn values_by_metadata() {
    let metadata = Metadata::decode(&metadata()).expect("our metadata");
    let mut world = World::new();
    let transfer = world.transfer(Alith, 0, Baltathar.account(), 5);
    let hash = world.grow(world.genesis(), vec![transfer]).block.hash;
    let mut seeds: Vec<_> = world.block(&hash).extrinsics.iter().map(Encode::encode).collect();
    seeds.extend(
        state(&world.chain, &hash).into_iter().filter(|(_, value)| value.len() < 2_000).map(|(_, value)| value),
    );
    fuzz(&seeds, |bytes| {
        let _ = metadata.decode_extrinsic(bytes);
        let _ = metadata.decode_call(bytes);
        let _ = metadata.events(bytes).map(Iterator::count);
        let _ = metadata.describe_dispatch_error_bytes(bytes);
        let _ = metadata.decode_storage_value("System", "Account", bytes);
        let _ = metadata.storage_of_key(bytes);
        let _ = metadata.decode_storage_key("System", "Account", bytes);
        if let Ok(text) = std::str::from_utf8(bytes) {
            let _ = ziver_metadata::parse_arguments(text);
        }
    });
}

/// A contract's description is sent by whoever calls it.
#[test]
fn descriptions_of_contracts() {
    let described = include_bytes!("../../../../contracts/zxc/tests/metadata/shapes.json");
    assert!(Contract::read(str::from_utf8(described).expect("it is text")).is_ok());
    fuzz(&[described.to_vec()], |bytes| {
        let Ok(contract) = str::from_utf8(bytes).map_err(drop).and_then(|text| Contract::read(text).map_err(drop))
        else {
            return;
        };
        for message in contract.constructors.iter().chain(&contract.messages) {
            let _ = contract.encode(message, &Value::Null);
            let _ = contract.encode(message, &message.args.iter().map(|_| Value::from("0x00")).collect());
            for answer in [&[0; 64], &[1; 64]] {
                let _ = contract.decode_answer(message, answer);
            }
        }
        for event in &contract.events {
            let _ = contract.decode_event(event.topic.as_ref().map(<[u8; 32]>::as_slice), &[4; 64]);
        }
    });
}
