//! Nested transactions.
use super::*;
use crate::{DispatchError, MemoryExternalities, TransactionalError};

#[test]
fn failed_layer_leaves_state_as_it_was() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    ctx.ext_mut().set(b"a", b"1");
    let result: Result<(), DispatchError> = ctx.transactional(|ctx| {
        ctx.ext_mut().set(b"a", b"2");
        ctx.ext_mut().set(b"b", b"2");
        Err(DispatchError::Other)
    });
    assert_eq!(result, Err(DispatchError::Other));
    assert_eq!((ctx.ext().get(b"a"), ctx.ext().get(b"b")), (Some(b"1".to_vec()), None));
}

#[test]
fn inner_success_is_undone_by_outer_failure() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    let result: Result<(), DispatchError> = ctx.transactional(|ctx| {
        ctx.transactional(|ctx| {
            ctx.ext_mut().set(b"a", b"2");
            Ok::<_, DispatchError>(())
        })?;
        assert!(ctx.ext().exists(b"a"));
        Err(DispatchError::Other)
    });
    assert_eq!(result, Err(DispatchError::Other));
    assert!(ext.pairs().is_empty());
}

#[test]
fn nesting_beyond_the_limit_is_refused() {
    fn nest(ctx: &mut Ctx) -> Result<u32, DispatchError> {
        match ctx.transactional(nest) {
            Err(DispatchError::Transactional(TransactionalError::LimitReached)) => Ok(1),
            deeper => deeper.map(|depth| depth + 1),
        }
    }
    let mut ext = MemoryExternalities::default();
    assert_eq!(nest(&mut Ctx::new(&mut ext)), Ok(TRANSACTION_DEPTH_MAX + 1));
}
