//! Re-entry, with the classic bank.

use ziver_contracts::{Error, upload::code_hash};
use ziver_primitives::{AccountId20, UNIT};
use ziver_support::Origin;

use crate::{
    bank::{BANK, ROBBER},
    nesting::{ALLOW_REENTRY, READ_ONLY, TAIL_CALL},
    puppet::{self, Callee, Script, log},
    world::{ALITH, BALTATHAR, World, call, wat},
};

struct Heist {
    world: World,
    bank: AccountId20,
    robber: AccountId20,
}

impl Heist {
    /// Baltathar has 10 ZIV in the bank, the robber 1.
    fn new() -> Self {
        let mut world = World::new();
        let (bank, robber) = (world.deploy(&wat(BANK)), world.deploy(&wat(ROBBER)));
        let _ = world.dispatch(Origin::Signed(BALTATHAR), call(&bank, 10 * UNIT, *b"d")).ok();
        let mut heist = Self { world, bank, robber };
        assert_eq!(heist.rob(UNIT, b'd', 0, 0), Ok(()));
        assert_eq!(heist.money(), (11 * UNIT, 0));
        heist
    }

    fn rob(&mut self, value: u128, word: u8, flags: u32, times: u8) -> Result<(), ziver_support::DispatchError> {
        let mut plan = [0; 35];
        plan[..20].copy_from_slice(&self.bank.0);
        plan[32..].copy_from_slice(&[word, flags as u8, times]);
        let robber = self.robber;
        self.world.call(&robber, value, plan).result
    }

    /// What bank and robber have, but for what keeps them alive.
    fn money(&mut self) -> (u128, u128) {
        let ed = ziver_balances::EXISTENTIAL_DEPOSIT;
        (self.world.free(&self.bank) - ed, self.world.free(&self.robber) - ed)
    }
}

#[test]
fn bank_that_allows_re_entry_is_robbed() {
    let mut heist = Heist::new();
    assert_eq!(heist.rob(0, b'w', ALLOW_REENTRY, 3), Ok(()));
    // Once honestly, three times while the bank had not noted it.
    assert_eq!(heist.money(), (7 * UNIT, 4 * UNIT));
    heist.world.issuance();
}

#[test]
fn bank_that_does_not_allow_re_entry_is_not_robbed() {
    let mut heist = Heist::new();
    assert_eq!(heist.rob(0, b'w', 0, 3), Ok(()));
    assert_eq!(heist.money(), (10 * UNIT, UNIT));
    // And nothing is left to withdraw.
    assert_eq!(heist.rob(0, b'w', 0, 0), Err(Error::ContractTrapped.into()));
}

#[test]
fn robbery_ends_at_the_limit_of_nested_calls() {
    let mut heist = Heist::new();
    assert_eq!(heist.rob(0, b'w', ALLOW_REENTRY, 200), Ok(()));
    // The robber's first frame and ten more, bank and robber in turn: the bank pays five times, then nobody is called.
    assert_eq!(heist.money(), (6 * UNIT, 5 * UNIT));
}

struct Pair {
    world: World,
    one: AccountId20,
    other: AccountId20,
}

fn pair() -> Pair {
    let mut world = World::new();
    let one = world.deploy(&puppet::code());
    let other = world.deploy_with(&puppet::code(), 0, &[], b"other");
    Pair { world, one, other }
}

fn with(flags: u32) -> Callee {
    Callee { flags, output: true, ..Callee::default() }
}

/// The callee's log is the caller's output.
fn through(callee: &AccountId20, input: Script, flags: u32) -> Script {
    Script::new().call_with(callee, &input.build(), with(flags)).expect(0).give(0, puppet::OUT, 8)
}

#[test]
fn contract_may_call_itself_only_if_it_allows_that() {
    let Pair { mut world, one, .. } = pair();
    for (flags, code) in [(0, 1), (ALLOW_REENTRY, 0), (READ_ONLY, 1), (TAIL_CALL, 1)] {
        let script = Script::new().call_with(&one, b"", with(flags));
        assert_eq!(log(&world.answer(&one, script)), [code]);
    }
}

#[test]
fn every_waiting_call_of_a_contract_must_allow_it() {
    let Pair { mut world, one, other } = pair();
    // one -> other -> one -> other -> one
    for (first, second, code) in [(ALLOW_REENTRY, ALLOW_REENTRY, 0), (ALLOW_REENTRY, 0, 1)] {
        let innermost = Script::new().call(&one, b"");
        let inner = through(&other, innermost, second);
        let middle = through(&one, inner, ALLOW_REENTRY);
        assert_eq!(log(&world.answer(&one, through(&other, middle, first))), [code]);
    }
}

#[test]
fn permission_ends_with_the_call_that_gave_it() {
    let Pair { mut world, one, other } = pair();
    let back = Script::new().call(&one, b"").build();
    let script = Script::new().call_with(&other, &back, with(ALLOW_REENTRY)).expect(0);
    let script = script.call_with(&other, &back, with(0)).give(0, puppet::OUT, 8);
    assert_eq!(log(&world.answer(&one, script)), [1]);
}

#[test]
fn refused_re_entry_costs_the_caller_little() {
    let Pair { mut world, one, other } = pair();
    let back = Script::new().call(&one, b"").build();
    let outcome = world.call(&one, 0, Script::new().call(&other, &back)).ok();
    assert!(outcome.gas_used() < 20_000, "{}", outcome.gas_used());
}

#[test]
fn re_entered_contract_sees_what_was_written_before() {
    let Pair { mut world, one, other } = pair();
    let read = Script::new().get(b"key").give(0, puppet::OUT, 8);
    let back = through(&one, read, 0);
    let script = Script::new().set(b"key", b"8 bytes!").call_with(&other, &back.build(), with(ALLOW_REENTRY));
    assert_eq!(world.answer(&one, script.give(0, puppet::OUT, 8)), b"8 bytes!");
    // And what it writes is seen afterwards.
    let write = Script::new().set(b"key", b"8 others");
    let script = Script::new().call_with(&other, &through(&one, write, 0).build(), with(ALLOW_REENTRY)).get(b"key");
    assert_eq!(world.answer(&one, script.give(0, puppet::OUT, 8)), b"8 others");
}

#[test]
fn contract_may_be_called_by_its_own_constructor_and_by_those_that_it_calls() {
    let Pair { mut world, one, .. } = pair();
    let hash = code_hash(&puppet::code());
    // The constructor calls `one`, which asks who calls, and calls back.
    let made = ziver_contracts::create::by_nonce(&ALITH, world_nonce(&mut world));
    for (flags, code) in [(0, 1), (ALLOW_REENTRY, 0)] {
        let back = Script::new().call(&made, b"").build();
        let constructor = Script::new().call_with(&one, &back, with(flags)).expect(0).give(0, puppet::OUT, 8);
        let result = world.dry_deploy(ziver_contracts::api::Code::Existing(hash), 0, constructor, b"");
        let answer = result.result.unwrap();
        assert_eq!((answer.account_id, log(&answer.result.data)), (made, vec![code]));
    }
}

fn world_nonce(world: &mut World) -> u64 {
    ziver_system::account::nonce(&world.ctx(), &ALITH).into()
}
