//! Nested transactions.
use super::*;
use crate::{DispatchError, DispatchInfo, MemoryExternalities, PostDispatchInfo, TransactionalError};

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

/// Writes its level, then runs one level less; fails at level zero if it says so.
struct Nest {
    levels: u8,
    fails: bool,
}

impl Dispatchable for Nest {
    fn dispatch_info(&self) -> DispatchInfo {
        DispatchInfo::default()
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        ctx.ext_mut().set(&[self.levels], b"ran");
        match self.levels.checked_sub(1) {
            Some(levels) => ctx.dispatch_nested(Self { levels, ..self }, origin),
            None if self.fails => Err(DispatchError::Other.into()),
            None => Ok(PostDispatchInfo::default()),
        }
    }
}

#[test]
fn nested_calls_run_down_to_the_limit_and_no_further() {
    let levels = u8::try_from(CALL_DEPTH_MAX).unwrap();
    let mut ext = MemoryExternalities::default();
    let run = |ext: &mut MemoryExternalities, levels| {
        let call = Nest { levels, fails: false };
        call.dispatch(&mut Ctx::new(ext), Origin::Root).map_err(|failure| failure.error)
    };
    assert_eq!(run(&mut ext, levels), Ok(PostDispatchInfo::default()));
    assert_eq!(ext.pairs().len(), usize::from(levels) + 1);
    assert_eq!(run(&mut ext, levels + 1), Err(DispatchError::Exhausted));
}

#[test]
fn failed_nested_call_changes_nothing_and_gives_its_level_back() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    for _ in 0..=CALL_DEPTH_MAX {
        let result = ctx.dispatch_nested(Nest { levels: 1, fails: true }, Origin::Root);
        assert_eq!(result.map_err(|failure| failure.error), Err(DispatchError::Other));
    }
    assert!(ext.pairs().is_empty());
}
