//! The metadata, read as clients do.

use std::{collections::BTreeMap, fs, path::PathBuf};

use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};
use serde_json::Value;
use ziver_primitives::hashing::{blake2_256, keccak_256};

use super::Bundle;
use crate::compile::{Options, compile};

const SOURCE: &str = "
    record Point { x: integer, y: List<u8> }
    enum Status { Open, Closed }

    // Holds shapes.
    contract Shapes {
        persistent storage total: integer
        persistent storage points: Map<Address, Map<u8, Point>>
        ledger status = Status.Open

        // A point has moved.
        event Moved(indexed by: Address, point: Point)

        // Begins
        // with a total.
        action payable constructor(total: integer) { this.total = total }

        /* What there is. */
        action view find(who: Address, index: u8) -> Point? { return points[who][index] }

        action move(to: (Point, Hash), note: string?) -> boolean {
            emit Moved(TX.caller, to.0)
            points[TX.caller][0] = to.0
            return note == null
        }
    }
";

fn bundle() -> Bundle {
    let compilation = compile("shapes.zx", SOURCE, &BTreeMap::new(), &Options::default());
    compilation.bundle.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics))
}

fn json() -> Value {
    serde_json::from_str(&bundle().metadata()).unwrap()
}

fn registry(json: &Value) -> PortableRegistry {
    serde_json::from_value(serde_json::json!({ "types": json["types"] })).unwrap()
}

#[test]
fn the_types_are_a_portable_registry() {
    let json = json();
    let registry = registry(&json);
    let resolve = |spec: &Value| {
        let id = u32::try_from(spec["type"].as_u64().unwrap()).unwrap();
        registry.resolve(id).unwrap().clone()
    };
    let constructor = &json["spec"]["constructors"][0];
    assert_eq!(resolve(&constructor["args"][0]["type"]).type_def, TypeDef::Primitive(TypeDefPrimitive::I256));
    let find = &json["spec"]["messages"][0];
    assert_eq!(resolve(&find["args"][0]["type"]).path.segments, ["account", "AccountId20"]);
    let result = resolve(&find["returnType"]);
    assert_eq!(result.path.segments, ["Result"]);
    let TypeDef::Variant(variants) = &result.type_def else { panic!("{result:?}") };
    assert_eq!(variants.variants.iter().map(|variant| variant.index).collect::<Vec<_>>(), [0, 1]);
    let option = registry.resolve(variants.variants[0].fields[0].ty.id).unwrap();
    assert_eq!(option.path.segments, ["Option"]);
    let point = registry.resolve(option.type_params[0].ty.unwrap().id).unwrap();
    assert_eq!(point.path.segments, ["Shapes", "Point"]);
}

#[test]
fn every_type_that_is_named_is_there() {
    let json = json();
    let registry = registry(&json);
    let mut count = 0;
    let mut pending = vec![&json["spec"], &json["storage"]];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if let (true, Some(id)) = (name == "type" || name == "ty", value.as_u64()) {
                        assert!(registry.resolve(u32::try_from(id).unwrap()).is_some(), "{id}");
                        count += 1;
                    }
                    pending.push(value);
                }
            }
            Value::Array(values) => pending.extend(values),
            _ => {}
        }
    }
    assert!(count > 10);
}

#[test]
fn selectors_topics_keys_and_the_code_are_hashes_that_anybody_can_compute() {
    let bundle = bundle();
    let json: Value = serde_json::from_str(&bundle.contract()).unwrap();
    let hex = |bytes: &[u8]| Value::from(super::hex(bytes));
    assert_eq!(json["spec"]["constructors"][0]["label"], "new");
    assert_eq!(json["spec"]["constructors"][0]["selector"], hex(&blake2_256(b"new")[..4]));
    assert_eq!(json["spec"]["messages"][0]["selector"], hex(&blake2_256(b"find")[..4]));
    assert_eq!(json["spec"]["events"][0]["signature_topic"], hex(&keccak_256(b"Moved(Address,Point)")));
    assert_eq!(json["user"]["zx"]["storage"][1]["key"], hex(&blake2_256(b"points")));
    assert_eq!(json["source"]["wasm"], hex(&bundle.wasm));
    assert_eq!(json["source"]["hash"], hex(&bundle.code_hash()));
}

/// `ZIVER_REWRITE=1` writes the file: clients have to read what changed.
#[test]
fn the_metadata_is_the_one_that_is_kept() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/metadata/shapes.json");
    let mut json = json();
    // They change with the code generator and with each release.
    for (part, field) in [("source", "hash"), ("source", "language"), ("source", "compiler"), ("contract", "version")] {
        json[part][field] = Value::from("");
    }
    let found = serde_json::to_string_pretty(&json).unwrap() + "\n";
    if std::env::var_os("ZIVER_REWRITE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &found).unwrap();
    }
    assert_eq!(found, fs::read_to_string(&path).unwrap_or_default());
}
