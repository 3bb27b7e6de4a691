//! A chain for the tests: state in memory, a block that has begun, accounts with money, and calls as the executive makes them.

use codec::{Compact, Decode, Encode};
use scale_info::TypeInfo;
use ziver_balances::EXISTENTIAL_DEPOSIT;
use ziver_contracts::{
    Call, Event,
    api::{self, Code, ContractResult, InstantiateReturnValue, ReturnValue},
    call::{Deployment, Determinism, weight_of},
    storage::{CODE_INFO_OF, CONTRACT_INFO_OF, CodeInfo, ContractInfo},
    upload::code_hash,
};
use ziver_primitives::{AccountId20, Balance, Digest, Hash, UNIT};
use ziver_support::{
    Ctx, DispatchError, DispatchErrorWithPostInfo, Dispatchable, Externalities, MemoryExternalities, Origin, Weight,
    storage::StorageValue,
};
use ziver_system::{EventRecord, account, block};

use crate::sandbox::{Interpreter, SANDBOX};

pub const ALITH: AccountId20 = AccountId20([0xa1; 20]);
pub const BALTATHAR: AccountId20 = AccountId20([0xb2; 20]);
pub const CHARLETH: AccountId20 = AccountId20([0xc3; 20]);
/// Lives, and has nothing more.
pub const POOR: AccountId20 = AccountId20([0xd4; 20]);
/// Somebody whom the chain does not know.
pub const NOBODY: AccountId20 = AccountId20([0xee; 20]);
/// The time of the first block, in milliseconds.
pub const NOW: u64 = 1_700_000_000_000;
/// Gas that calls get where the test does not care.
pub const GAS: u64 = 50_000_000;

/// The events that these tests see.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Seen {
    #[codec(index = 0)]
    System(ziver_system::Event),
    #[codec(index = 5)]
    Balances(ziver_balances::Event),
    #[codec(index = 8)]
    Contracts(Event),
}

static EVENTS: StorageValue<Vec<EventRecord<Seen, Hash>>> = StorageValue::new("System", "Events");
static EVENT_CURSOR: StorageValue<()> = StorageValue::new("System", "EventCursor");

/// The event that ends a transaction's call of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    pub contract: AccountId20,
    pub status: u8,
    pub gas_used: u64,
    pub output: Vec<u8>,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub result: Result<(), DispatchError>,
    /// What it took, of the weight that it announced.
    pub weight: Weight,
    pub announced: Weight,
    /// With their topics.
    pub events: Vec<(Seen, Vec<Hash>)>,
}

impl Outcome {
    /// The transaction must have failed so.
    #[track_caller]
    pub fn failed(&self, error: impl Into<DispatchError>) {
        assert_eq!(self.result, Err(error.into()));
    }

    /// The transaction must have succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.result, Ok(()));
        self
    }

    /// The one event `Executed`.
    #[track_caller]
    pub fn executed(&self) -> Executed {
        let found: Vec<_> = self
            .contracts()
            .into_iter()
            .filter_map(|event| match event {
                Event::Executed { contract, status, gas_used, output } => {
                    Some(Executed { contract, status, gas_used, output })
                }
                _ => None,
            })
            .collect();
        assert_eq!(found.len(), 1, "one event for each execution: {found:?}");
        found.into_iter().next().unwrap()
    }

    /// Events of the pallet.
    pub fn contracts(&self) -> Vec<Event> {
        let own = |(event, _): &(Seen, _)| if let Seen::Contracts(event) = event { Some(event.clone()) } else { None };
        self.events.iter().filter_map(own).collect()
    }

    /// What contracts emitted.
    pub fn emitted(&self) -> Vec<(AccountId20, Vec<u8>)> {
        let emitted = |event| match event {
            Event::ContractEmitted { contract, data } => Some((contract, data)),
            _ => None,
        };
        self.contracts().into_iter().filter_map(emitted).collect()
    }

    pub fn gas_used(&self) -> u64 {
        self.executed().gas_used
    }
}

/// A state in block 1.
pub struct World {
    pub ext: MemoryExternalities,
}

impl World {
    /// Three accounts have a million ZIV each, one next to nothing.
    pub fn new() -> Self {
        Self::with_sandbox(&SANDBOX)
    }

    pub fn with_sandbox(sandbox: &'static Interpreter) -> Self {
        let mut ext = MemoryExternalities::default().with_sandbox(sandbox);
        let mut ctx = Ctx::new(&mut ext);
        let rich = 1_000_000 * UNIT;
        let balances = [(ALITH, rich), (BALTATHAR, rich), (CHARLETH, rich), (POOR, EXISTENTIAL_DEPOSIT)];
        ziver_balances::genesis(&mut ctx, &balances).unwrap();
        let mut world = Self { ext };
        world.begin_block(1);
        world
    }

    fn begin_block(&mut self, number: u32) {
        let ctx = &mut self.ctx();
        block::initialize(ctx, number, &parent_hash(number), &Digest::default());
        ziver_contracts::on_initialize(ctx);
        block::begin_extrinsics(ctx);
        ziver_timestamp::NOW.set(ctx, &(NOW + u64::from(number - 1) * 2_000));
    }

    /// Ends the block and begins the next one.
    pub fn next_block(&mut self) {
        let ctx = &mut self.ctx();
        let number = block::NUMBER.get_or_default(ctx);
        block::begin_finalization(ctx);
        ziver_contracts::on_finalize(ctx);
        block::finalize(ctx, Some(Hash::zero()));
        self.begin_block(number + 1);
    }

    pub fn ctx(&mut self) -> Ctx<'_> {
        Ctx::new(&mut self.ext)
    }

    fn records(&mut self) -> Vec<EventRecord<Seen, Hash>> {
        EVENTS.get_or_default(&self.ctx())
    }

    /// What the executive does with a call, fees left out.
    pub fn dispatch(&mut self, origin: Origin, call: Call) -> Outcome {
        let before = self.records().len();
        let info = call.dispatch_info();
        let ctx = &mut self.ctx();
        if let Origin::Signed(who) = origin {
            let counted = account::mutate(ctx, &who, |account| {
                account.nonce += 1;
                Ok::<_, DispatchError>(())
            });
            counted.unwrap();
        }
        let result = ctx.transactional(|ctx| call.dispatch(ctx, origin));
        ctx.run_finally();
        let (post, result) = match result {
            Ok(post) => (post, Ok(())),
            Err(DispatchErrorWithPostInfo { post_info, error }) => (post_info, Err(error)),
        };
        let weight = post.actual_weight(&info);
        let announced = post.actual_weight.unwrap_or(info.weight);
        assert!(!announced.any_gt(info.weight), "a call takes at most what it announces");
        let events = self.records().split_off(before).into_iter().map(|record| (record.event, record.topics)).collect();
        Outcome { result, weight, announced: info.weight, events }
    }

    /// The same, and the transaction must fail, leave no trace in state but the nonce, and at most the event `Executed`.
    #[track_caller]
    pub fn refused(&mut self, origin: Origin, call: Call, error: impl Into<DispatchError>) -> Outcome {
        let before = self.state();
        let outcome = self.dispatch(origin, call);
        outcome.failed(error);
        self.assert_state(&before);
        let events = &outcome.events;
        let only_executed = matches!(events.as_slice(), [] | [(Seen::Contracts(Event::Executed { .. }), _)]);
        assert!(only_executed, "a failed call leaves no events: {events:?}");
        outcome
    }

    /// All pairs but those of events, and of accounts their nonce.
    pub fn state(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let accounts = account::ACCOUNT.prefix();
        let mut pairs = self.ext.pairs().clone();
        pairs.retain(|key, _| key != EVENTS.key() && key != EVENT_CURSOR.key());
        for (_, value) in pairs.iter_mut().filter(|(key, _)| key.starts_with(accounts)) {
            value[..4].fill(0);
        }
        pairs.into_iter().collect()
    }

    #[track_caller]
    pub fn assert_state(&mut self, expected: &[(Vec<u8>, Vec<u8>)]) {
        let found = self.state();
        let show = |pairs: &[(Vec<u8>, Vec<u8>)], others: &[(Vec<u8>, Vec<u8>)]| {
            let new = pairs.iter().filter(|pair| !others.contains(pair));
            new.map(|(key, value)| format!("{} = {}", hex(key), hex(value))).collect::<Vec<_>>()
        };
        if found != expected {
            panic!("state differs: was {:#?}, is {:#?}", show(expected, &found), show(&found, expected));
        }
    }

    pub fn free(&mut self, who: &AccountId20) -> Balance {
        ziver_balances::free_balance(&self.ctx(), who)
    }

    pub fn held(&mut self, who: &AccountId20) -> Balance {
        ziver_balances::held_by(&self.ctx(), ziver_contracts::deposit::STORAGE, who)
    }

    pub fn issuance(&mut self) -> Balance {
        let ctx = self.ctx();
        let sum: Balance = account::ACCOUNT.iter(&ctx).map(|(_, info)| info.data.free + info.data.reserved).sum();
        assert_eq!(ziver_balances::total_issuance(&ctx), sum);
        sum
    }

    pub fn info(&mut self, contract: &AccountId20) -> Option<ContractInfo> {
        CONTRACT_INFO_OF.get(&self.ctx(), contract)
    }

    pub fn code_info(&mut self, hash: &Hash) -> Option<CodeInfo> {
        CODE_INFO_OF.get(&self.ctx(), hash)
    }

    pub fn cell(&mut self, contract: &AccountId20, key: &[u8]) -> Option<Vec<u8>> {
        api::get_storage(&self.ctx(), contract, key).unwrap()
    }

    /// Uploads code for Alith, who need not be the first.
    pub fn upload(&mut self, code: &[u8]) -> Hash {
        let call =
            Call::upload_code { code: code.to_vec(), storage_deposit_limit: None, determinism: Determinism::Enforced };
        let _ = self.dispatch(Origin::Signed(ALITH), call).ok();
        code_hash(code)
    }

    /// Makes a contract for Alith.
    pub fn deploy(&mut self, code: &[u8]) -> AccountId20 {
        self.deploy_with(code, 0, &[], &[])
    }

    pub fn deploy_with(&mut self, code: &[u8], value: Balance, data: &[u8], salt: &[u8]) -> AccountId20 {
        let call = Call::instantiate_with_code {
            value,
            gas_limit: weight_of(GAS),
            storage_deposit_limit: None,
            code: code.to_vec(),
            data: data.to_vec(),
            salt: salt.to_vec(),
        };
        self.dispatch(Origin::Signed(ALITH), call).ok().executed().contract
    }

    /// Alith calls a contract.
    pub fn call(&mut self, dest: &AccountId20, value: Balance, data: impl Into<Vec<u8>>) -> Outcome {
        self.dispatch(Origin::Signed(ALITH), call(dest, value, data))
    }

    /// Alith calls a contract, which must succeed; its output.
    #[track_caller]
    pub fn answer(&mut self, dest: &AccountId20, data: impl Into<Vec<u8>>) -> Vec<u8> {
        self.call(dest, 0, data).ok().executed().output
    }

    /// Alith calls a contract, which must fail without a trace.
    #[track_caller]
    pub fn fails(&mut self, dest: &AccountId20, data: impl Into<Vec<u8>>, error: impl Into<DispatchError>) -> Outcome {
        self.refused(Origin::Signed(ALITH), call(dest, 0, data), error)
    }

    /// Runs without a trace in state.
    pub fn undone<T>(&mut self, run: impl FnOnce(&mut Ctx) -> T) -> T {
        self.ext.start_transaction();
        let result = run(&mut self.ctx());
        self.ext.rollback_transaction();
        result
    }

    /// What a call by Alith would do.
    pub fn dry_call(
        &mut self,
        dest: &AccountId20,
        value: Balance,
        data: impl Into<Vec<u8>>,
    ) -> ContractResult<ReturnValue, ()> {
        let data = data.into();
        self.undone(|ctx| api::call(ctx, ALITH, *dest, value, None, None, data))
    }

    /// What a deployment by Alith would do.
    pub fn dry_deploy(
        &mut self,
        code: Code,
        value: Balance,
        data: impl Into<Vec<u8>>,
        salt: &[u8],
    ) -> ContractResult<InstantiateReturnValue, ()> {
        let deployment = Deployment { origin: ALITH, value, input: data.into(), salt: salt.to_vec() };
        self.undone(|ctx| api::instantiate(ctx, deployment, code, None, None))
    }
}

/// A call with plenty of gas.
pub fn call(dest: &AccountId20, value: Balance, data: impl Into<Vec<u8>>) -> Call {
    call_with(dest, value, data, GAS, None)
}

pub fn call_with(
    dest: &AccountId20,
    value: Balance,
    data: impl Into<Vec<u8>>,
    gas: u64,
    deposit_limit: Option<Balance>,
) -> Call {
    Call::call {
        dest: *dest,
        value,
        gas_limit: weight_of(gas),
        storage_deposit_limit: deposit_limit.map(Compact),
        data: data.into(),
    }
}

pub fn upload(code: &[u8], deposit_limit: Option<Balance>) -> Call {
    let storage_deposit_limit = deposit_limit.map(Compact);
    Call::upload_code { code: code.to_vec(), storage_deposit_limit, determinism: Determinism::Enforced }
}

/// A deployment of code that is there, with plenty of gas.
pub fn instantiate(code_hash: &Hash, value: Balance, data: impl Into<Vec<u8>>, salt: &[u8]) -> Call {
    Call::instantiate {
        value,
        gas_limit: weight_of(GAS),
        storage_deposit_limit: None,
        code_hash: *code_hash,
        data: data.into(),
        salt: salt.to_vec(),
    }
}

/// The hash of the block before `number`, as these tests name blocks.
pub fn parent_hash(number: u32) -> Hash {
    Hash::from([u8::try_from((number - 1) % 251).unwrap(); 32])
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A contract that does nothing.
pub const IDLE: &str = r#"(module (memory 1) (func (export "call")) (func (export "deploy")))"#;

/// A module of the text.
pub fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is a module")
}
