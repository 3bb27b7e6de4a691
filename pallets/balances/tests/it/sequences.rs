//! Random sequences, run by the pallet and by the oracle.

use proptest::prelude::*;
use std::collections::BTreeMap;
use ziver_balances::{
    BalanceStatus, Call, Credit, EXISTENTIAL_DEPOSIT as ED, Existence, Freezing, Precision, Reason, storage,
};
use ziver_primitives::{AccountId20, Digest, Hash};
use ziver_support::{Ctx, DispatchError, Dispatchable, MemoryExternalities, Origin, pallets};
use ziver_system::account;

use crate::oracle::{Account, Amount, Model, Op, Who};

const ACCOUNTS: Who = 4;
const REASONS: u8 = 18;
const EXISTENCES: [Existence; 3] = [Existence::Expendable, Existence::Protect, Existence::Preserve];

fn id(who: Who) -> AccountId20 {
    AccountId20([who; 20])
}

fn reason(code: u8) -> Reason {
    Reason::new(pallets::SUDO, code)
}

/// An amount, alone or in relation to what the acting account has.
#[derive(Clone, Copy, Debug)]
enum Measure {
    Exactly(Amount),
    OfFree(i128),
    OfReserved(i128),
    OfSpendable(i128),
}

impl Measure {
    fn of(self, account: &Account) -> Amount {
        match self {
            Self::Exactly(amount) => amount,
            Self::OfFree(delta) => account.free.saturating_add_signed(delta),
            Self::OfReserved(delta) => account.reserved().saturating_add_signed(delta),
            Self::OfSpendable(delta) => account.spendable(Existence::Expendable).saturating_add_signed(delta),
        }
    }
}

fn measure() -> impl Strategy<Value = Measure> {
    let ed = i128::try_from(ED).unwrap();
    prop_oneof![
        4 => (0..8 * ED).prop_map(Measure::Exactly),
        2 => prop::sample::select(vec![0, 1, ED - 1, ED, ED + 1, u128::MAX / 2, u128::MAX - ED, u128::MAX])
            .prop_map(Measure::Exactly),
        2 => prop::sample::select(vec![0, -1, 1, -ed, 1 - ed, -ed - 1]).prop_map(Measure::OfFree),
        1 => prop::sample::select(vec![0, -1, 1]).prop_map(Measure::OfReserved),
        1 => prop::sample::select(vec![0, -1, 1]).prop_map(Measure::OfSpendable),
    ]
}

/// An operation before its amount is known.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    who: Who,
    to: Who,
    code: u8,
    measure: Measure,
    existence: Existence,
    flag: bool,
    status: BalanceStatus,
}

fn step() -> impl Strategy<Value = Step> {
    let code = prop_oneof![3 => 0..3u8, 1 => 0..REASONS];
    let status = prop::sample::select(vec![BalanceStatus::Free, BalanceStatus::Reserved]);
    (0..24u8, 0..ACCOUNTS, 0..ACCOUNTS, code, measure(), prop::sample::select(&EXISTENCES[..]), any::<bool>(), status)
        .prop_map(|(kind, who, to, code, measure, existence, flag, status)| Step {
            kind,
            who,
            to,
            code,
            measure,
            existence,
            flag,
            status,
        })
}

impl Step {
    /// What it is, given what accounts have now. Steps that make no sense now are mints.
    fn op(self, model: &Model) -> Op {
        let Self { who, to, code: reason, existence, status, .. } = self;
        let account = model.account(who);
        let amount = self.measure.of(&account);
        let precision = if self.flag { Precision::Exact } else { Precision::BestEffort };
        match self.kind {
            0..=2 => Op::Transfer { from: who, to, amount, existence },
            3 => Op::TransferAll { from: who, to, keep_alive: self.flag },
            4 => Op::ForceUnreserve { who, amount },
            5 => Op::ForceSetBalance { who, free: amount },
            6 => Op::Burn { who, amount, existence },
            7 => Op::WithdrawThenDeposit { from: who, to, amount, existence },
            8 | 9 => Op::Hold { who, reason, amount },
            10 => Op::Release { who, reason, amount, precision },
            11 => Op::SlashHeld { who, reason, amount },
            12 | 13 => Op::TransferHeld { from: who, to, reason, amount, precision, status },
            14 => Op::Reserve { who, amount },
            15 => Op::SlashReserved { who, amount },
            16 => Op::Repatriate { from: who, to, amount, status },
            17 => Op::SetFreeze { who, reason, amount },
            18 => Op::ExtendFreeze { who, reason, amount },
            19 => Op::AddProvider { who },
            20 if account.other_providers > 0 => Op::RemoveProvider { who },
            21 => Op::AddConsumer { who },
            22 if account.other_consumers > 0 => Op::RemoveConsumer { who },
            _ => Op::Mint { who, amount },
        }
    }
}

/// The pallet does it.
fn run(ctx: &mut Ctx, op: &Op) -> Result<(), DispatchError> {
    let mut call = |call: Call, origin| call.dispatch(ctx, origin).map(|_| ()).map_err(|failure| failure.error);
    match *op {
        Op::Transfer { from, to, amount, existence } => match existence {
            Existence::Expendable if amount % 2 == 0 => {
                call(Call::force_transfer { source: id(from), dest: id(to), value: amount }, Origin::Root)
            }
            Existence::Expendable => {
                call(Call::transfer_allow_death { dest: id(to), value: amount }, Origin::Signed(id(from)))
            }
            Existence::Preserve => {
                call(Call::transfer_keep_alive { dest: id(to), value: amount }, Origin::Signed(id(from)))
            }
            Existence::Protect => ziver_balances::transfer(ctx, &id(from), &id(to), amount, existence),
        },
        Op::TransferAll { from, to, keep_alive } => {
            call(Call::transfer_all { dest: id(to), keep_alive }, Origin::Signed(id(from)))
        }
        Op::ForceUnreserve { who, amount } => call(Call::force_unreserve { who: id(who), amount }, Origin::Root),
        Op::ForceSetBalance { who, free } => {
            call(Call::force_set_balance { who: id(who), new_free: free }, Origin::Root)
        }
        Op::Mint { who, amount } => ziver_balances::mint(ctx, &id(who), amount),
        Op::Burn { who, amount, existence } => ziver_balances::burn(ctx, &id(who), amount, existence),
        _ => run_pledge(ctx, op),
    }
}

fn run_pledge(ctx: &mut Ctx, op: &Op) -> Result<(), DispatchError> {
    use ziver_balances as pallet;
    let reference = |ctx: &mut Ctx, who: Who, change: fn(&mut account::AccountInfo) -> Result<(), DispatchError>| {
        account::mutate(ctx, &id(who), change)
    };
    let burn = |ctx: &mut Ctx, credit: Credit| pallet::destroy(ctx, credit);
    match *op {
        Op::Hold { who, reason: code, amount } => pallet::hold(ctx, reason(code), &id(who), amount),
        Op::Release { who, reason: code, amount, precision } => {
            pallet::release(ctx, reason(code), &id(who), amount, precision).map(|_| ())
        }
        Op::SlashHeld { who, reason: code, amount } => {
            let credit = pallet::slash_held(ctx, reason(code), &id(who), amount)?;
            burn(ctx, credit);
            Ok(())
        }
        Op::TransferHeld { from, to, reason: code, amount, precision, status } => {
            pallet::transfer_held(ctx, reason(code), (&id(from), &id(to)), amount, precision, status).map(|_| ())
        }
        Op::Reserve { who, amount } => pallet::reserve(ctx, &id(who), amount),
        Op::SlashReserved { who, amount } => {
            let credit = pallet::slash_reserved(ctx, &id(who), amount)?;
            burn(ctx, credit);
            Ok(())
        }
        Op::Repatriate { from, to, amount, status } => {
            pallet::repatriate_reserved(ctx, &id(from), &id(to), amount, status).map(|_| ())
        }
        Op::SetFreeze { who, reason: code, amount } => pallet::set_freeze(ctx, reason(code), &id(who), amount),
        Op::ExtendFreeze { who, reason: code, amount } => pallet::extend_freeze(ctx, reason(code), &id(who), amount),
        Op::AddProvider { who } => reference(ctx, who, |info| {
            info.add_provider();
            Ok(())
        }),
        Op::RemoveProvider { who } => reference(ctx, who, account::AccountInfo::remove_provider),
        Op::AddConsumer { who } => reference(ctx, who, account::AccountInfo::add_consumer),
        Op::RemoveConsumer { who } => reference(ctx, who, |info| {
            info.remove_consumer();
            Ok(())
        }),
        _ => unreachable!("{op:?} is run elsewhere"),
    }
}

/// The pallet's state in the oracle's words.
fn observed(ctx: &Ctx) -> Model {
    let list = |list: Vec<storage::IdAmount>| -> BTreeMap<u8, Amount> {
        list.into_iter().map(|entry| (entry.id.code, entry.amount)).collect()
    };
    let mut model = Model { issuance: ziver_balances::total_issuance(ctx), ..Model::default() };
    for (who, info) in account::ACCOUNT.iter(ctx) {
        let holds = list(storage::HOLDS.get_or_default(ctx, &who));
        let freezes = list(storage::FREEZES.get_or_default(ctx, &who));
        let mut account = Account { free: info.data.free, holds, freezes, ..Account::default() };
        account.plain = info.data.reserved - account.reserved();
        account.other_providers = info.providers - u32::from(info.data.free >= ED);
        account.other_consumers = info.consumers - u32::from(info.data.reserved > 0 || info.data.frozen > 0);
        assert_eq!(account.frozen(), info.data.frozen, "frozen is the largest freeze");
        for (existence, freezing) in EXISTENCES.map(|existence| (existence, Freezing::Respected)) {
            let reducible = ziver_balances::reducible_balance(ctx, &who, existence, freezing);
            assert_eq!(reducible, account.spendable(existence), "{existence:?} of {account:?}");
        }
        model.accounts.insert(who.0[0], account);
    }
    model
}

/// One operation by both; both states afterwards are equal, and untouched by failure.
fn check(ext: &mut MemoryExternalities, model: &mut Model, op: &Op) {
    let before = ext.pairs().clone();
    let expected = model.after(op);
    let result = run(&mut Ctx::new(ext), op);
    assert_eq!(result, expected.clone().map(|_| ()), "{op:?} on {model:#?}");
    match expected {
        Ok(next) => *model = next,
        Err(_) => assert_eq!(ext.pairs(), &before, "{op:?} failed and wrote something"),
    }
    let ctx = Ctx::new(ext);
    let seen = observed(&ctx);
    assert_eq!(&seen, model, "after {op:?}");
    let sum: Amount = seen.accounts.values().map(|account| account.free + account.reserved()).sum();
    assert_eq!(sum, seen.issuance, "money was made or lost by {op:?}");
    let lists = storage::HOLDS.iter(&ctx).count() + storage::FREEZES.iter(&ctx).count();
    let wanted = |map: fn(&Account) -> bool| seen.accounts.values().filter(|account| map(account)).count();
    assert_eq!(
        lists,
        wanted(|account| !account.holds.is_empty()) + wanted(|account| !account.freezes.is_empty()),
        "no list is left behind"
    );
}

/// Withdrawal, then deposit; money that can't be deposited is destroyed.
fn check_credit(
    ext: &mut MemoryExternalities,
    model: &mut Model,
    (from, to): (Who, Who),
    amount: Amount,
    existence: Existence,
) {
    let before = ext.pairs().clone();
    let expected = model.after(&Op::Burn { who: from, amount, existence });
    let withdrawn = ziver_balances::withdraw(&mut Ctx::new(ext), &id(from), amount, existence);
    match (withdrawn, expected) {
        (Ok(credit), Ok(next)) => {
            *model = next;
            let mut ctx = Ctx::new(ext);
            let deposited = model.after(&Op::Mint { who: to, amount });
            let refused = ziver_balances::deposit(&mut ctx, &id(to), credit);
            assert_eq!(refused.is_ok(), deposited.is_ok(), "{to} gets {amount} in {model:#?}");
            if let Err(credit) = refused {
                ziver_balances::destroy(&mut ctx, credit);
            }
            *model = deposited.unwrap_or_else(|_| model.clone());
            assert_eq!(&observed(&ctx), model);
        }
        (Err(error), Err(expected)) => {
            assert_eq!((error, ext.pairs()), (expected, &before));
        }
        (result, expected) => panic!("{result:?} but {expected:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_ends_as_the_oracle_says(steps in prop::collection::vec(step(), 1..60)) {
        let mut ext = MemoryExternalities::default();
        let genesis: Vec<_> = (1..ACCOUNTS).map(|who| (id(who), ED * 5 * u128::from(who))).collect();
        let mut ctx = Ctx::new(&mut ext);
        ziver_balances::genesis(&mut ctx, &genesis).unwrap();
        ziver_system::block::initialize(&mut ctx, 1, &Hash::zero(), &Digest::default());
        let mut model = observed(&ctx);
        for step in steps {
            match step.op(&model) {
                Op::WithdrawThenDeposit { from, to, amount, existence } => {
                    check_credit(&mut ext, &mut model, (from, to), amount, existence);
                }
                op => check(&mut ext, &mut model, &op),
            }
        }
    }
}
