//! Random programs of contracts against a model that knows cells, money, events and frames, but nothing of how they are kept.
//!
//! The model undoes by keeping a copy of everything when a frame or transaction begins.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ziver_balances::EXISTENTIAL_DEPOSIT;
use ziver_contracts::{
    Error, create, deposit,
    limits::{CALL_DEPTH_MAX, TRANSACTIONS_MAX},
    storage::STORAGE,
    upload::code_hash,
};
use ziver_primitives::{AccountId20, Balance, UNIT};
use ziver_support::{DispatchError, Origin};

use crate::{
    nesting::{ALLOW_REENTRY, READ_ONLY, TAIL_CALL},
    puppet::{self, Callee, Script, log, step},
    world::{ALITH, BALTATHAR, World, call_with},
};

/// Programs take far less.
const GAS: u64 = 100_000_000;
const ABSENT: u64 = u32::MAX as u64;

#[derive(Clone, Debug)]
enum Op {
    Set(u8, u8),
    Clear(u8),
    Get(u8),
    Emit(u8),
    /// To a contract, or to Baltathar; in hundredths of a ZIV.
    Transfer(usize, u8),
    Call(usize, u8, u32, Body),
    Delegate(u32, Body),
    Make(u8, Body),
    Start,
    Commit,
    Rollback,
    Terminate,
}

#[derive(Clone, Debug)]
struct Body(Vec<Op>, End);

#[derive(Clone, Copy, Debug)]
enum End {
    Return,
    Revert,
    Trap,
}

fn body() -> impl Strategy<Value = Body> {
    let end = || prop_oneof![6 => Just(End::Return), 1 => Just(End::Revert), 1 => Just(End::Trap)];
    let simple = prop_oneof![
        6 => (0u8..4, 0u8..40).prop_map(|(key, len)| Op::Set(key, len)),
        3 => (0u8..4).prop_map(Op::Clear),
        2 => (0u8..4).prop_map(Op::Get),
        2 => any::<u8>().prop_map(Op::Emit),
        2 => (0usize..4, 0u8..90).prop_map(|(to, value)| Op::Transfer(to, value)),
        2 => Just(Op::Start),
        1 => Just(Op::Commit),
        1 => Just(Op::Rollback),
        1 => Just(Op::Terminate),
    ];
    let leaf = (prop::collection::vec(simple.clone(), 0..4), end()).prop_map(|(ops, end)| Body(ops, end));
    let flag = |flag: u32, of: u32| (0..of).prop_map(move |random| if random == 0 { flag } else { 0 });
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let flags = (flag(ALLOW_REENTRY, 2), flag(READ_ONLY, 6), flag(TAIL_CALL, 6)).prop_map(|(a, b, c)| a | b | c);
        let value = prop_oneof![Just(0u8), 0u8..60];
        let nested = prop_oneof![
            3 => (0usize..3, value.clone(), flags.clone(), inner.clone())
                .prop_map(|(to, value, flags, body)| Op::Call(to, value, flags, body)),
            1 => (flags, inner.clone()).prop_map(|(flags, body)| Op::Delegate(flags, body)),
            1 => (value, inner).prop_map(|(value, body)| Op::Make(value, body)),
        ];
        let op = prop_oneof![3 => simple.clone(), 2 => nested];
        (prop::collection::vec(op, 0..6), end()).prop_map(|(ops, end)| Body(ops, end))
    })
}

fn money(hundredths: u8) -> Balance {
    UNIT / 100 * Balance::from(hundredths)
}

fn value(key: u8, len: u8) -> Vec<u8> {
    vec![key; len.into()]
}

fn script(body: &Body, known: &[AccountId20; 3]) -> Script {
    let hash = code_hash(&puppet::code());
    let begin = Script::new();
    let script = body.0.iter().fold(begin, |out, op| match op {
        Op::Set(key, len) => out.set(&[*key], &value(*key, *len)),
        Op::Clear(key) => out.clear(&[*key]),
        Op::Get(key) => out.get(&[*key]),
        Op::Emit(what) => out.emit(&[*what]),
        Op::Transfer(to, value) => out.transfer(known.get(*to).unwrap_or(&BALTATHAR), money(*value)),
        Op::Call(to, value, flags, body) => {
            let how = Callee { flags: *flags, value: money(*value), ..Callee::default() };
            out.call_with(&known[*to], &script(body, known).build(), how)
        }
        Op::Delegate(flags, body) => out.delegate(*flags, &hash, &script(body, known).build()),
        Op::Make(value, body) => out.instantiate(&hash, money(*value), &script(body, known).build(), b""),
        Op::Start => out.start(),
        Op::Commit => out.commit(),
        Op::Rollback => out.rollback(),
        Op::Terminate => out.terminate(&BALTATHAR),
    });
    match body.1 {
        End::Return => script,
        End::Revert => script.step(step::END_WITH, &[1u32.into()]),
        End::Trap => script.trap(),
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Contract {
    cells: BTreeMap<u8, u8>,
    nonce: u64,
}

/// What calls change.
#[derive(Clone, Debug, Default)]
struct Model {
    contracts: BTreeMap<AccountId20, Contract>,
    /// Free money of all accounts but the signer's.
    free: BTreeMap<AccountId20, Balance>,
    events: Vec<(AccountId20, Vec<u8>)>,
}

struct Frame {
    account: AccountId20,
    allows: bool,
    read_only: bool,
    deploys: bool,
    open: Vec<Model>,
}

struct Machine {
    model: Model,
    frames: Vec<Frame>,
    known: [AccountId20; 3],
}

/// A contract's answer: whether it reverted, and its log.
type Answer = (bool, Vec<u64>);
/// A frame that failed, and the code that its caller gets.
type Failed = u64;

/// How the code of a frame ends early.
enum Stop {
    Answer(Answer),
    Failed,
}

impl Model {
    fn pay(&mut self, from: &AccountId20, to: &AccountId20, amount: Balance) -> Result<(), ()> {
        let free = self.free.get(from).copied().unwrap_or(0);
        if amount == 0 {
            return Ok(());
        }
        if amount > free.saturating_sub(EXISTENTIAL_DEPOSIT) {
            return Err(());
        }
        self.free.insert(*from, free - amount);
        *self.free.entry(*to).or_default() += amount;
        Ok(())
    }
}

impl Machine {
    /// `before`: what is done to the model once the frame is there.
    fn frame(
        &mut self,
        frame: Frame,
        body: &Body,
        before: impl FnOnce(&mut Model) -> Result<(), Failed>,
    ) -> Result<Answer, Failed> {
        if self.frames.len() > CALL_DEPTH_MAX {
            return Err(1);
        }
        let backup = self.model.clone();
        self.frames.push(frame);
        let result = before(&mut self.model).and_then(|()| self.body(body).map_err(|()| 1));
        self.frames.pop();
        if !matches!(result, Ok((false, _))) {
            self.model = backup;
        }
        result
    }

    fn body(&mut self, body: &Body) -> Result<Answer, ()> {
        let mut log = vec![];
        for op in &body.0 {
            match self.op(op, &mut log) {
                Ok(()) => {}
                Err(Stop::Answer(answer)) => return Ok(answer),
                Err(Stop::Failed) => return Err(()),
            }
        }
        match body.1 {
            End::Return => Ok((false, log)),
            End::Revert => Ok((true, log)),
            End::Trap => Err(()),
        }
    }

    fn op(&mut self, op: &Op, log: &mut Vec<u64>) -> Result<(), Stop> {
        let open: usize = self.frames.iter().map(|frame| frame.open.len()).sum();
        let top = self.frames.last_mut().unwrap();
        let (account, read_only) = (top.account, top.read_only);
        let writes =
            !matches!(op, Op::Get(_) | Op::Start | Op::Commit | Op::Rollback | Op::Call(..) | Op::Delegate(..));
        if writes && read_only {
            return Err(Stop::Failed);
        }
        let contract = self.model.contracts.get_mut(&account).unwrap();
        let length = |len: Option<u8>| len.map_or(ABSENT, u64::from);
        match op {
            Op::Set(key, len) => log.push(length(contract.cells.insert(*key, *len))),
            Op::Clear(key) => log.push(length(contract.cells.remove(key))),
            Op::Get(key) => log.push(if contract.cells.contains_key(key) { 0 } else { 3 }),
            Op::Emit(what) => self.model.events.push((account, vec![*what])),
            Op::Transfer(to, value) => {
                let to = self.known.get(*to).copied().unwrap_or(BALTATHAR);
                log.push(if self.model.pay(&account, &to, money(*value)).is_ok() { 0 } else { 5 });
            }
            Op::Start => {
                if open >= TRANSACTIONS_MAX as usize {
                    return Err(Stop::Failed);
                }
                top.open.push(self.model.clone());
            }
            Op::Commit => drop(top.open.pop().ok_or(Stop::Failed)?),
            Op::Rollback => self.model = top.open.pop().ok_or(Stop::Failed)?,
            Op::Terminate => return Err(self.terminate(account)),
            Op::Call(to, value, flags, body) => {
                let read_only = read_only || flags & READ_ONLY != 0;
                let (to, value) = (self.known[*to], money(*value));
                if read_only && value > 0 {
                    return Err(Stop::Failed);
                }
                self.frames.last_mut().unwrap().allows = flags & ALLOW_REENTRY != 0;
                let result = self.call(account, to, value, read_only, body);
                return self.finish(result, *flags, log);
            }
            Op::Delegate(flags, body) => {
                let read_only = read_only || flags & READ_ONLY != 0;
                top.allows = true;
                let frame = Frame { account, allows: false, read_only, deploys: false, open: vec![] };
                let result = self.frame(frame, body, |_| Ok(()));
                return self.finish(result, *flags, log);
            }
            Op::Make(value, body) => {
                let made = create::by_nonce(&account, contract.nonce + 1);
                let frame = Frame { account: made, allows: false, read_only: false, deploys: true, open: vec![] };
                let result = self.frame(frame, body, |model| {
                    model.contracts.insert(made, Contract::default());
                    model.contracts.get_mut(&account).unwrap().nonce += 1;
                    *model.free.entry(made).or_default() += EXISTENTIAL_DEPOSIT;
                    model.pay(&account, &made, money(*value)).map_err(|()| 5)
                });
                return self.finish(result, 0, log);
            }
        }
        Ok(())
    }

    fn call(
        &mut self,
        from: AccountId20,
        to: AccountId20,
        value: Balance,
        read_only: bool,
        body: &Body,
    ) -> Result<Answer, Failed> {
        if !self.model.contracts.contains_key(&to) {
            return Err(8);
        }
        if self.frames.iter().any(|frame| frame.account == to && !frame.allows) {
            return Err(1);
        }
        let frame = Frame { account: to, allows: false, read_only, deploys: false, open: vec![] };
        self.frame(frame, body, |model| model.pay(&from, &to, value).map_err(|()| 5))
    }

    fn finish(&mut self, result: Result<Answer, Failed>, flags: u32, log: &mut Vec<u64>) -> Result<(), Stop> {
        self.frames.last_mut().unwrap().allows = false;
        match result {
            Ok(answer) if flags & TAIL_CALL != 0 => return Err(Stop::Answer(answer)),
            Ok((reverted, _)) => log.push(if reverted { 2 } else { 0 }),
            Err(code) => log.push(code),
        }
        Ok(())
    }

    fn terminate(&mut self, account: AccountId20) -> Stop {
        let times = self.frames.iter().filter(|frame| frame.account == account).count();
        if times > 1 || self.frames.last().unwrap().deploys {
            return Stop::Failed;
        }
        self.model.contracts.remove(&account);
        let all = self.model.free.remove(&account).unwrap();
        *self.model.free.entry(BALTATHAR).or_default() += all;
        Stop::Answer((false, vec![]))
    }
}

/// What the state says of the model's contracts.
fn check(world: &mut World, model: &Model) {
    for (account, contract) in &model.contracts {
        let info = world.info(account).expect("the contract exists");
        let bytes: u64 = contract.cells.values().map(|len| u64::from(*len)).sum();
        let items = contract.cells.len() as u64;
        assert_eq!((u64::from(info.storage_bytes), u64::from(info.storage_items)), (bytes, items));
        assert_eq!(info.storage_byte_deposit + info.storage_item_deposit, deposit::price(bytes, items));
        let sum = info.storage_base_deposit + info.storage_byte_deposit + info.storage_item_deposit;
        assert_eq!(world.held(account), sum, "what is on hold is the sum of the deposits");
        assert_eq!(info.nonce, contract.nonce);
        for (key, len) in &contract.cells {
            assert_eq!(world.cell(account, &[*key]), Some(value(*key, *len)));
        }
    }
    let infos = &ziver_contracts::storage::CONTRACT_INFO_OF;
    assert_eq!(infos.iter(&world.ctx()).count(), model.contracts.len());
    let refcount = world.code_info(&code_hash(&puppet::code())).unwrap().refcount;
    assert_eq!(refcount, model.contracts.len() as u64);
    for (account, free) in &model.free {
        assert_eq!(world.free(account), *free, "{account:?}");
    }
    let cells: usize = model.contracts.values().map(|contract| contract.cells.len()).sum();
    let found = world.ext.pairs().keys().filter(|key| key.starts_with(STORAGE.prefix())).count();
    assert!(found >= cells);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn contracts_do_what_the_model_does(bodies in prop::collection::vec((body(), 0usize..3), 1..4)) {
        let mut world = World::new();
        let known = [&b"1"[..], b"2", b"3"].map(|salt| world.deploy_with(&puppet::code(), UNIT, &[], salt));
        let mut model = Model::default();
        for account in known {
            model.contracts.insert(account, Contract::default());
            model.free.insert(account, UNIT + EXISTENTIAL_DEPOSIT);
        }
        model.free.insert(BALTATHAR, world.free(&BALTATHAR));
        let issuance = world.issuance();
        for (body, first) in bodies {
            let before = world.state();
            let mut machine = Machine { model: model.clone(), frames: vec![], known };
            machine.model.events.clear();
            let (to, input) = (known[first], script(&body, &known).build());
            let expected = machine.call(ALITH, to, 0, false, &body);
            let outcome = world.dispatch(Origin::Signed(ALITH), call_with(&to, 0, input, GAS, None));
            match expected {
                Ok((false, results)) => {
                    prop_assert_eq!(outcome.result, Ok(()));
                    prop_assert_eq!(log(&outcome.executed().output), results);
                    prop_assert_eq!(outcome.emitted(), machine.model.events.clone());
                    model = machine.model;
                }
                Ok((true, results)) => {
                    prop_assert_eq!(outcome.result, Err(DispatchError::from(Error::ContractReverted)));
                    prop_assert_eq!(log(&outcome.executed().output), results);
                    world.assert_state(&before);
                }
                Err(_) => {
                    prop_assert!(outcome.result.is_err());
                    world.assert_state(&before);
                }
            }
            check(&mut world, &model);
            prop_assert_eq!(world.issuance(), issuance);
        }
        (0..3).for_each(|_| world.next_block());
        check(&mut world, &model);
        let cells: usize = model.contracts.values().map(|contract| contract.cells.len()).sum();
        let found = world.ext.pairs().keys().filter(|key| key.starts_with(STORAGE.prefix())).count();
        prop_assert_eq!(found, cells, "what ended contracts stored is gone");
    }
}
