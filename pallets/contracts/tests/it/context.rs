//! Imports that tell a contract where it is.

use codec::Encode;
use ziver_balances::EXISTENTIAL_DEPOSIT;
use ziver_contracts::{Error, create, prices::PICOSECONDS_PER_GAS, upload::code_hash};
use ziver_primitives::{AccountId20, UNIT};
use ziver_support::{Origin, Weight};

use crate::{
    puppet::{self, Callee, OUT, ROOM, Script, log, step},
    world::{ALITH, BALTATHAR, GAS, NOBODY, NOW, World, call, parent_hash},
};

const ALLOW_REENTRY: u32 = 8;

struct Two {
    world: World,
    one: AccountId20,
    other: AccountId20,
}

fn two() -> Two {
    let mut world = World::new();
    let one = world.deploy(&puppet::code());
    let other = world.deploy_with(&puppet::other_code(), 0, &[], b"other");
    Two { world, one, other }
}

impl Two {
    /// What an import of the kind "out" tells a contract that Baltathar calls through another, with 3 and 2 ZIV.
    fn told(&mut self, module: &str, name: &str, len: u32) -> Vec<u8> {
        let inner = Script::new().tell(module, name, len).build();
        let how = Callee { value: 2 * UNIT, output: true, ..Callee::default() };
        let outer = Script::new().call_with(&self.other, &inner, how).expect(0).give(0, OUT, len);
        let call = call(&self.one, 3 * UNIT, outer);
        self.world.dispatch(Origin::Signed(BALTATHAR), call).ok().executed().output
    }
}

#[test]
fn contract_knows_who_called_and_with_what() {
    let mut two = two();
    assert_eq!(two.told("seal0", "caller", 20), two.one.0);
    assert_eq!(two.told("zx", "origin", 20), BALTATHAR.0);
    assert_eq!(two.told("seal0", "address", 20), two.other.0);
    assert_eq!(two.told("seal0", "value_transferred", 16), (2 * UNIT).encode());
    assert_eq!(two.told("seal0", "own_code_hash", 32), code_hash(&puppet::other_code()).0);
    // Five calls with 2 ZIV each; what keeps the account alive can't be spent.
    assert_eq!(two.told("seal0", "balance", 16), (12 * UNIT).encode());
    assert_eq!(two.world.free(&two.other), 12 * UNIT + EXISTENTIAL_DEPOSIT);
}

#[test]
fn contract_knows_block_and_time() {
    let mut two = two();
    assert_eq!(two.told("seal0", "block_number", 4), 1u32.encode());
    assert_eq!(two.told("seal0", "now", 8), NOW.encode());
    two.world.next_block();
    assert_eq!(two.told("seal0", "block_number", 4), 2u32.encode());
    assert_eq!(two.told("seal0", "now", 8), (NOW + 2_000).encode());
    assert_eq!(two.told("seal0", "minimum_balance", 16), EXISTENTIAL_DEPOSIT.encode());
}

#[test]
fn contract_knows_what_weight_costs() {
    let Two { mut world, one, .. } = two();
    let script = Script::new()
        .poke(ROOM, 16)
        .import("seal0", "weight_to_fee", &[5_000_000_000u64.into(), OUT.into(), ROOM.into()])
        .give(0, OUT, 16);
    let fee = ziver_fees::price::weight_to_fee(Weight::from_parts(5_000_000_000, 0));
    assert_eq!(world.answer(&one, script), fee.encode());
}

#[test]
fn only_the_signers_direct_callee_is_called_by_the_origin() {
    let Two { mut world, one, other } = two();
    let asks = || Script::new().import("seal0", "caller_is_origin", &[]).import("seal0", "caller_is_root", &[]);
    assert_eq!(log(&world.answer(&one, asks())), [1, 0]);
    let how = Callee { output: true, ..Callee::default() };
    let nested = Script::new().call_with(&other, &asks().build(), how).give(0, OUT, 16);
    assert_eq!(log(&world.answer(&one, nested)), [0, 0]);
}

#[test]
fn contracts_and_their_code_are_known() {
    let Two { mut world, one, other } = two();
    let mut script = Script::new();
    let accounts = [one, other, ALITH, NOBODY].map(|who| script.data(&who.0));
    let script = accounts.iter().fold(script, |script, who| script.import("seal0", "is_contract", &[*who]));
    let script = accounts.iter().fold(script, |script, who| {
        script.poke(ROOM, 32).import("seal0", "code_hash", &[*who, OUT.into(), ROOM.into()])
    });
    assert_eq!(log(&world.answer(&one, script)), [1, 1, 0, 0, 0, 0, 3, 3]);
    let mut script = Script::new();
    let who = script.data(&other.0);
    let script = script.poke(ROOM, 32).import("seal0", "code_hash", &[who, OUT.into(), ROOM.into()]).give(0, OUT, 32);
    assert_eq!(world.answer(&one, script), code_hash(&puppet::other_code()).0);
}

#[test]
fn contracts_on_the_stack_are_counted() {
    let Two { mut world, one, other } = two();
    let count = |mut script: Script| {
        let accounts = [one, other, NOBODY].map(|who| script.data(&who.0));
        let script = script.import("seal0", "reentrance_count", &[]);
        accounts.iter().fold(script, |script, who| script.import("seal0", "account_reentrance_count", &[*who]))
    };
    assert_eq!(log(&world.answer(&one, count(Script::new()))), [0, 1, 0, 0]);
    let how = Callee { flags: ALLOW_REENTRY, output: true, ..Callee::default() };
    // one -> other -> one -> its own code once more, which counts as nothing.
    let innermost = count(Script::new()).build();
    let delegate = Script::new().delegate(0, &code_hash(&puppet::code()), &innermost).give(0, OUT, 32).build();
    let inner = Script::new().call_with(&one, &delegate, how).give(0, OUT, 32).build();
    let outer = Script::new().call_with(&other, &inner, how).give(0, OUT, 32);
    assert_eq!(log(&world.answer(&one, outer)), [1, 2, 1, 0]);
}

#[test]
fn number_of_contracts_made_so_far_is_known() {
    let Two { mut world, one, .. } = two();
    let ask = || Script::new().import("seal0", "instantiation_nonce", &[]);
    assert_eq!(log(&world.answer(&one, ask())), [2]);
    let _ = world.deploy_with(&puppet::code(), 0, &[], b"third");
    assert_eq!(log(&world.answer(&one, ask())), [3]);
}

#[test]
fn gas_left_and_limit_are_told() {
    let Two { mut world, one, .. } = two();
    let ask = Script::new().import("zx", "gas_limit", &[]).import("zx", "gas_left", &[]).import("zx", "gas_left", &[]);
    let outcome = world.call(&one, 0, ask).ok();
    let [limit, before, after] = log(&outcome.executed().output)[..] else { panic!("three answers") };
    assert_eq!(limit, GAS);
    assert!(before < limit && after < before, "{before} {after}");
    assert!(limit - after <= outcome.gas_used());
    // The older import tells a weight: less what it costs, copies and instructions included.
    let told = world.answer(&one, Script::new().tell("seal0", "gas_left", 7));
    let left = <Weight as codec::Decode>::decode(&mut &told[..]).unwrap();
    assert!(left.ref_time % PICOSECONDS_PER_GAS == 0 && left.proof_size == 0);
    assert!((GAS - 20_000..GAS).contains(&(left.ref_time / PICOSECONDS_PER_GAS)), "{left:?}");
}

#[test]
fn hashes_of_the_last_256_blocks_are_known() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    while ziver_system::block::NUMBER.get_or_default(&world.ctx()) < 300 {
        world.next_block();
    }
    let ask = |number: u32| Script::new().import("zx", "block_hash", &[number.into(), OUT.into()]);
    for (number, code) in [(300, 3), (301, 3), (u32::MAX, 3), (299, 0), (44, 0), (43, 3), (0, 3)] {
        assert_eq!(log(&world.answer(&puppet, ask(number))), [code], "{number}");
        if code == 0 {
            let hash = parent_hash(number + 1);
            assert_eq!(world.answer(&puppet, ask(number).give(0, OUT, 32)), hash.0, "{number}");
        }
    }
}

#[test]
fn hash_of_the_genesis_block_is_known_in_the_beginning() {
    let Two { mut world, one, .. } = two();
    let ask = Script::new().import("zx", "block_hash", &[0u32.into(), OUT.into()]).give(0, OUT, 32);
    assert_eq!(world.answer(&one, ask), parent_hash(1).0);
}

#[test]
fn debug_messages_are_collected_by_dry_runs() {
    let Two { mut world, one, other } = two();
    let say = |mut script: Script, what: &[u8]| {
        let text = script.data(what);
        script.import("seal0", "debug_message", &[text, (what.len() as u32).into()])
    };
    let inner = say(Script::new(), b"inner").revert().build();
    let script = say(say(Script::new(), b"outer ").call(&other, &inner), b" end");
    let result = world.dry_call(&one, 0, script.clone());
    assert_eq!(result.debug_message, b"outer inner end");
    assert_eq!(log(&result.result.unwrap().data), [0, 2, 0]);
    // A transaction pays the same for them.
    assert_eq!(world.call(&one, 0, script).ok().gas_used() * PICOSECONDS_PER_GAS, result.gas_consumed.ref_time);
}

#[test]
fn debug_messages_are_bounded() {
    let Two { mut world, one, .. } = two();
    let say = |script: Script, len: u32| script.import("seal0", "debug_message", &[0u32.into(), len.into()]);
    let full = say(say(say(Script::new(), 40_000), 30_000), 20_000);
    let result = world.dry_call(&one, 0, full);
    // The second one does not fit, the third one does.
    assert_eq!(result.debug_message.len(), 60_000);
    assert_eq!(log(&result.result.unwrap().data), [0, 0, 0]);
    world.fails(&one, say(Script::new(), 65_537), Error::ValueTooLarge);
}

#[test]
fn what_this_chain_does_not_have_is_refused() {
    let Two { mut world, one, .. } = two();
    let zero = 0u32.into();
    let extension = Script::new().import("seal0", "call_chain_extension", &[zero; 5]);
    world.fails(&one, extension, Error::NoChainExtension);
    assert_eq!(log(&world.answer(&one, Script::new().import("seal0", "call_runtime", &[zero; 2]))), [10]);
    assert_eq!(log(&world.answer(&one, Script::new().import("seal0", "sr25519_verify", &[zero; 4]))), [12]);
    for name in ["lock_delegate_dependency", "unlock_delegate_dependency"] {
        world.fails(&one, Script::new().import("seal0", name, &[zero]), Error::UnknownFunction);
    }
}

#[test]
fn puppets_own_steps_work() {
    let Two { mut world, one, .. } = two();
    let script = Script::new().step(step::GROW, &[1u32.into()]).step(step::GROW, &[14u32.into()]);
    let script = script.poke(OUT, 40).step(step::ADD, &[OUT.into(), 2u64.into()]).step(step::PEEK, &[OUT.into()]);
    assert_eq!(log(&world.answer(&one, script)), [2, u64::from(u32::MAX), 42]);
    let begin = Script::new().poke(OUT, 3);
    let at = begin.here();
    let script = begin.import("zx", "gas_limit", &[]).step(step::REPEAT, &[OUT.into(), at.into()]);
    assert_eq!(log(&world.answer(&one, script)).len(), 3);
    assert_eq!(create::by_nonce(&ALITH, 0), one);
}
