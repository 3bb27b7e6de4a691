use ziver_support::MemoryExternalities;

use super::*;
use crate::event;

const WHO: AccountId20 = AccountId20([1; 20]);

#[test]
fn consumers_need_a_provider_and_keep_it() {
    let mut account = AccountInfo::default();
    assert_eq!(account.add_consumer(), Err(DispatchError::NoProviders));
    account.add_provider();
    for _ in 0..CONSUMERS_MAX {
        account.add_consumer().unwrap();
    }
    assert_eq!(account.add_consumer(), Err(DispatchError::TooManyConsumers));
    assert_eq!(account.remove_provider(), Err(DispatchError::ConsumerRemaining));
    account.add_provider();
    assert_eq!(account.remove_provider(), Ok(()));
    for _ in 0..CONSUMERS_MAX {
        account.remove_consumer();
    }
    assert_eq!(account.remove_provider(), Ok(()));
    assert!(!account.exists());
}

#[test]
fn birth_and_death_are_announced_and_a_dead_record_goes() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    event::reset(&mut ctx);
    let add = |account: &mut AccountInfo| {
        account.add_provider();
        account.nonce = 7;
        Ok::<(), DispatchError>(())
    };
    mutate(&mut ctx, &WHO, add).unwrap();
    assert_eq!(nonce(&ctx, &WHO), 7);
    mutate(&mut ctx, &WHO, AccountInfo::remove_provider).unwrap();
    assert!(!ACCOUNT.contains_key(&ctx, &WHO));
    let events = event::tests::events(&ctx);
    assert_eq!(events, [Event::NewAccount { account: WHO }, Event::KilledAccount { account: WHO }]);
}

#[test]
fn failed_change_writes_nothing() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    let result = mutate(&mut ctx, &WHO, |account| {
        account.nonce = 9;
        Err::<(), _>(DispatchError::Exhausted)
    });
    assert_eq!(result, Err(DispatchError::Exhausted));
    assert!(ext.pairs().is_empty());
}
