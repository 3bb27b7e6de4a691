//! Imports that concern the contract's cells.

use ziver_contracts::{
    Error,
    api::ContractAccessError,
    limits::{KEY_BYTES_MAX, VALUE_BYTES_MAX},
    prices,
    upload::code_hash,
};

use crate::{
    puppet::{self, Arg, OUT, ROOM, Script, log, step},
    world::{NOBODY, World},
};

/// In place of a length: there was no value.
const ABSENT: u64 = u32::MAX as u64;
const SUCCESS: u64 = 0;
const KEY_NOT_FOUND: u64 = 3;

fn world() -> (World, ziver_primitives::AccountId20) {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    (world, puppet)
}

fn contains(mut script: Script, key: &[u8]) -> Script {
    let len = key.len() as u32;
    let key = script.data(key);
    script.import("seal1", "contains_storage", &[key, len.into()])
}

fn take(mut script: Script, key: &[u8]) -> Script {
    let len = key.len() as u32;
    let key = script.data(key);
    script.poke(ROOM, 100).import("seal0", "take_storage", &[key, len.into(), OUT.into(), ROOM.into()])
}

#[test]
fn cells_are_written_read_and_removed() {
    let (mut world, puppet) = world();
    let set = Script::new().set(b"key", b"value").set(b"key", b"").set(b"key", b"longer value");
    assert_eq!(log(&world.answer(&puppet, set)), [ABSENT, 5, 0]);
    let read = contains(Script::new().get(b"key"), b"key").get(b"other");
    assert_eq!(log(&world.answer(&puppet, contains(read, b"other"))), [SUCCESS, 12, KEY_NOT_FOUND, ABSENT]);
    assert_eq!(world.answer(&puppet, Script::new().get(b"key").give(0, OUT, 12)), b"longer value");
    let clear = Script::new().clear(b"key").clear(b"key").get(b"key");
    assert_eq!(log(&world.answer(&puppet, clear)), [12, ABSENT, KEY_NOT_FOUND]);
    assert_eq!(world.cell(&puppet, b"key"), None);
}

#[test]
fn cell_that_is_taken_is_gone() {
    let (mut world, puppet) = world();
    let script = take(take(Script::new().set(b"key", b"value"), b"key"), b"key");
    assert_eq!(log(&world.answer(&puppet, script)), [ABSENT, SUCCESS, KEY_NOT_FOUND]);
    let script = take(Script::new().set(b"key", b"value"), b"key").give(0, OUT, 5);
    assert_eq!(world.answer(&puppet, script), b"value");
    assert_eq!(world.cell(&puppet, b"key"), None);
}

#[test]
fn empty_value_is_a_value() {
    let (mut world, puppet) = world();
    let script = contains(Script::new().set(b"key", b""), b"key").get(b"key").step(step::PEEK, &[ROOM.into()]);
    let found = log(&world.answer(&puppet, script));
    assert_eq!((&found[..3], found[3] as u32), (&[ABSENT, 0, SUCCESS][..], 0));
    assert_eq!(world.info(&puppet).unwrap().storage_items, 1);
}

#[test]
fn old_versions_have_keys_of_32_bytes_and_see_the_same_cells() {
    let (mut world, puppet) = world();
    let key = [7; 32];
    let mut script = Script::new();
    let (at, value) = (script.data(&key), script.data(b"value"));
    let out: [Arg; 2] = [OUT.into(), ROOM.into()];
    let script = script
        .import("seal0", "set_storage", &[at, value, 5u32.into()])
        .import("seal1", "set_storage", &[at, value, 4u32.into()])
        .poke(ROOM, 100)
        .import("seal0", "get_storage", &[at, out[0], out[1]])
        .import("seal0", "contains_storage", &[at])
        .get(&key);
    assert_eq!(log(&world.answer(&puppet, script)), [5, SUCCESS, 4, SUCCESS]);
    let mut script = Script::new();
    let at = script.data(&key);
    let script = script.import("seal0", "clear_storage", &[at]).get(&key);
    assert_eq!(log(&world.answer(&puppet, script)), [KEY_NOT_FOUND]);
}

#[test]
fn keys_and_values_have_their_limits() {
    let (mut world, puppet) = world();
    let (longest, value) = (vec![1; KEY_BYTES_MAX as usize], vec![2; VALUE_BYTES_MAX as usize]);
    let _ = world.answer(&puppet, Script::new().set(&longest, &value));
    assert_eq!(world.cell(&puppet, &longest), Some(value.clone()));
    let longer = [longest.clone(), vec![1]].concat();
    world.fails(&puppet, Script::new().set(&longer, b""), Error::ValueTooLarge);
    world.fails(&puppet, Script::new().set(b"key", &[value, vec![2]].concat()), Error::ValueTooLarge);
    for script in [Script::new().get(&longer), Script::new().clear(&longer), contains(Script::new(), &longer)] {
        world.fails(&puppet, script, Error::ValueTooLarge);
    }
    world.fails(&puppet, take(Script::new(), &longer), Error::ValueTooLarge);
}

#[test]
fn empty_keys_are_refused() {
    let (mut world, puppet) = world();
    let scripts = [Script::new().set(b"", b""), Script::new().get(b""), Script::new().clear(b"")];
    for script in scripts.into_iter().chain([contains(Script::new(), b""), take(Script::new(), b"")]) {
        world.fails(&puppet, script, Error::DecodingFailed);
    }
}

#[test]
fn absurd_lengths_cost_at_most_the_gas() {
    let (mut world, puppet) = world();
    for len in [VALUE_BYTES_MAX + 1, 1 << 20, i32::MAX as u32, u32::MAX] {
        let mut script = Script::new();
        let key = script.data(b"key");
        let script = script.import("seal2", "set_storage", &[key, 3u32.into(), 0u32.into(), len.into()]);
        let outcome = world.call(&puppet, 0, script);
        let error = if len > 1 << 20 { Error::OutOfGas } else { Error::ValueTooLarge };
        outcome.failed(error);
    }
}

#[test]
fn too_little_room_for_a_value_ends_the_contract() {
    let (mut world, puppet) = world();
    let _ = world.answer(&puppet, Script::new().set(b"key", b"value"));
    for (module, name) in [("seal1", "get_storage"), ("seal0", "take_storage")] {
        for room in 0..5 {
            let mut script = Script::new();
            let key = script.data(b"key");
            let args = [key, 3u32.into(), OUT.into(), ROOM.into()];
            let script = script.poke(ROOM, room).import(module, name, &args);
            world.fails(&puppet, script, Error::OutputBufferTooSmall);
        }
    }
}

#[test]
fn contracts_do_not_see_each_others_cells() {
    let (mut world, one) = world();
    let other = world.deploy_with(&puppet::code(), 0, &[], b"other");
    let _ = world.answer(&one, Script::new().set(b"key", b"one"));
    assert_eq!(log(&world.answer(&other, Script::new().get(b"key"))), [KEY_NOT_FOUND]);
    let _ = world.answer(&other, Script::new().set(b"key", b"other"));
    assert_eq!((world.cell(&one, b"key"), world.cell(&other, b"key")), (Some(b"one".into()), Some(b"other".into())));
}

#[test]
fn cells_are_read_from_outside() {
    let (mut world, puppet) = world();
    let _ = world.answer(&puppet, Script::new().set(b"key", b"value"));
    let ctx = &world.ctx();
    let read = |who, key: &[u8]| ziver_contracts::api::get_storage(ctx, who, key);
    assert_eq!(read(&puppet, b"key"), Ok(Some(b"value".to_vec())));
    assert_eq!(read(&puppet, b"other"), Ok(None));
    assert_eq!(read(&puppet, &[0; 129]), Err(ContractAccessError::KeyDecodingFailed));
    assert_eq!(read(&NOBODY, b"key"), Err(ContractAccessError::DoesntExist));
}

/// Gas that a script takes more than another.
fn difference(world: &mut World, puppet: &ziver_primitives::AccountId20, more: Script, less: Script) -> u64 {
    let mut gas = |script: Script| {
        let result = world.dry_call(puppet, 0, script);
        assert!(!result.result.unwrap().did_revert());
        result.gas_consumed.ref_time / prices::PICOSECONDS_PER_GAS
    };
    gas(more) - gas(less)
}

#[test]
fn writing_costs_by_the_byte() {
    let (mut world, puppet) = world();
    let set = |len| Script::new().set(b"key", &vec![0; len]);
    let more = difference(&mut world, &puppet, set(1000), set(0));
    // The longer input is copied too.
    let copied = 2 * 1000 / prices::BYTES_PER_COPY_GAS;
    assert_eq!(more, 1000 * prices::STORAGE_WRITE_BYTE + copied);
    let one = difference(&mut world, &puppet, set(0), Script::new());
    assert!((prices::STORAGE_WRITE..prices::STORAGE_WRITE + 450).contains(&one), "{one}");
}

#[test]
fn reading_costs_by_the_byte_however_it_is_done() {
    let (mut world, puppet) = world();
    let _ = world.answer(&puppet, Script::new().set(b"long", &[0; 10_000]).set(b"tiny", b""));
    let read = 10_000 * prices::STORAGE_READ_BYTE;
    let copied = 10_000 / prices::BYTES_PER_COPY_GAS;
    let get = |key| Script::new().get(key);
    assert_eq!(difference(&mut world, &puppet, get(b"long"), get(b"tiny")), read + copied);
    // The value travels from the database all the same.
    let contains = |key| contains(Script::new(), key);
    assert_eq!(difference(&mut world, &puppet, contains(b"long"), contains(b"tiny")), read);
    let one = difference(&mut world, &puppet, contains(b"tiny"), Script::new());
    let found = prices::STORAGE_READ + prices::COLD;
    assert!((found..found + 450).contains(&one), "{one}");
}

#[test]
fn first_look_at_a_cell_in_a_transaction_costs_more() {
    let (mut world, puppet) = world();
    let get = |times: usize| (0..times).fold(Script::new(), |script, _| script.get(b"key"));
    let mut more = |more, less| difference(&mut world, &puppet, more, less);
    let again = more(get(2), get(1));
    // The script's own length differs by some bytes.
    let near = |gas: u64, expected: u64| assert!(gas.abs_diff(expected) < 20, "{gas} and not {expected}");
    near(more(get(1), get(0)), again + prices::COLD);
    near(more(get(3), get(2)), again);
    // Another key is another cell, and who has written one has seen it. A revert does not make it unknown.
    near(more(get(1).get(b"another"), get(1)), again + prices::COLD);
    let set = || Script::new().set(b"key", b"");
    near(more(set().get(b"key"), set()), again);
    let (start, undo) = (
        |script: Script| script.import("zx", "start_transaction", &[]),
        |script: Script| script.import("zx", "rollback_transaction", &[]),
    );
    let undone = || undo(start(Script::new()).get(b"key"));
    near(more(undone().get(b"key"), undone()), again);
}

#[test]
fn storage_is_found_where_clients_look_for_it() {
    use ziver_contracts::storage::{CONTRACT_INFO_OF, cell_key};
    let (mut world, puppet) = world();
    let _ = world.answer(&puppet, Script::new().set(b"key", b"value"));
    let info = world.info(&puppet).unwrap();
    assert_eq!(info.code_hash, code_hash(&puppet::code()));
    let key = cell_key(&world.ctx(), &info.storage_id, b"key");
    assert_eq!(world.ext.pairs().get(&key[..]), Some(&b"value".to_vec()));
    assert!(CONTRACT_INFO_OF.key(&puppet).ends_with(&puppet.0));
}
