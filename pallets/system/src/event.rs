//! Events: what happened in a block, for clients; the runtime itself never reads them.
//!
//! They are appended to one list in state, with the phase in which they happened, and indexed by topic. All of it is
//! dropped when the next block begins.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::vec::Vec;
use codec::{Decode, Encode, Output};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, BlockNumber, Hash};
use ziver_support::{
    Ctx, DispatchError, DispatchInfo, Pallet, pallets,
    storage::{Blake2_128Concat, StorageMap, StorageValue},
};

use crate::block::NUMBER;

/// When in a block something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Phase {
    /// In the extrinsic with this index.
    ApplyExtrinsic(u32),
    /// At the end of the block.
    Finalization,
    /// At its beginning.
    Initialization,
}

/// One entry of the list of events, as clients know it. `E` is the runtime's enum of events.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct EventRecord<E, T> {
    /// When it happened.
    pub phase: Phase,
    /// What happened.
    pub event: E,
    /// What it is indexed by.
    pub topics: Vec<T>,
}

/// Events of this pallet.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_system", "frame_system"),
    replace_segment("event", "pallet"),
    capture_docs = "always"
)]
pub enum Event {
    /// An extrinsic succeeded.
    ExtrinsicSuccess {
        /// What it took.
        dispatch_info: DispatchInfo,
    },
    /// An extrinsic failed; it changed nothing but nonce and fee.
    ExtrinsicFailed {
        /// Why.
        dispatch_error: DispatchError,
        /// What it took.
        dispatch_info: DispatchInfo,
    },
    /// The runtime's code was replaced; the next block runs it.
    CodeUpdated,
    /// An account began to exist.
    NewAccount {
        /// The account.
        account: AccountId20,
    },
    /// An account ceased to exist.
    KilledAccount {
        /// The account.
        account: AccountId20,
    },
    /// Somebody remarked something.
    Remarked {
        /// Who.
        sender: AccountId20,
        /// Blake2-256 of the remark.
        hash: Hash,
    },
    /// An upgrade to code with this hash was authorised.
    UpgradeAuthorized {
        /// Blake2-256 of the code.
        code_hash: Hash,
        /// Whether its version will be checked.
        check_version: bool,
    },
    /// Authorised code turned out not to be an upgrade of this runtime.
    RejectedInvalidAuthorizedUpgrade {
        /// Blake2-256 of the code.
        code_hash: Hash,
        /// What is wrong with it.
        error: DispatchError,
    },
}

/// A record that is appended as bytes: this crate does not know the runtime's enum of events.
pub struct Record<'a, E> {
    phase: Phase,
    pallet: u8,
    event: &'a E,
    topics: &'a [Hash],
}

impl<E: Encode> Encode for Record<'_, E> {
    fn size_hint(&self) -> usize {
        self.event.size_hint().saturating_add(16)
    }

    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        self.phase.encode_to(output);
        self.pallet.encode_to(output);
        self.event.encode_to(output);
        self.topics.encode_to(output);
    }
}

/// Where events go next: the phase, and how many there are already. Only within a block.
pub(crate) static EVENT_CURSOR: StorageValue<(Phase, u32)> = StorageValue::new(pallets::SYSTEM.name, "EventCursor");
/// The list; its items are [`EventRecord`]s over the runtime's enum of events.
pub(crate) static EVENTS: StorageValue<Vec<u8>> = StorageValue::new(pallets::SYSTEM.name, "Events");
/// How many events the block has; known at its end.
pub(crate) static EVENT_COUNT: StorageValue<u32> = StorageValue::new(pallets::SYSTEM.name, "EventCount");
/// Block and index in the list, by topic.
pub(crate) static EVENT_TOPICS: StorageMap<Blake2_128Concat, Hash, Vec<(BlockNumber, u32)>> =
    StorageMap::new(pallets::SYSTEM.name, "EventTopics");

/// Appends an event of `pallet`.
pub fn deposit_event<E: Encode>(ctx: &mut Ctx, pallet: Pallet, event: &E) {
    deposit_event_with_topics(ctx, pallet, event, &[]);
}

/// Appends an event of `pallet` that carries `topics`, without the index by topic: each topic costs that a write to state,
/// and a host has indices of its own. Outside a block (genesis) events are dropped. Answers its place in the list.
pub fn record_event<E: Encode>(ctx: &mut Ctx, pallet: Pallet, event: &E, topics: &[Hash]) -> Option<u32> {
    let (phase, count) = EVENT_CURSOR.get(ctx)?;
    let record = Record { phase, pallet: pallet.index, event, topics };
    record.using_encoded(|bytes| ctx.ext_mut().append(EVENTS.key(), bytes));
    EVENT_CURSOR.set(ctx, &(phase, count.saturating_add(1)));
    Some(count)
}

/// Appends an event of `pallet`, indexed by `topics`. Outside a block (genesis) events are dropped.
pub fn deposit_event_with_topics<E: Encode>(ctx: &mut Ctx, pallet: Pallet, event: &E, topics: &[Hash]) {
    let Some(count) = record_event(ctx, pallet, event, topics) else { return };
    if !topics.is_empty() {
        let number = NUMBER.get_or_default(ctx);
        for topic in topics {
            let key = EVENT_TOPICS.key(topic);
            (number, count).using_encoded(|bytes| ctx.ext_mut().append(&key, bytes));
        }
    }
}

/// Appends an event of this pallet.
pub(crate) fn deposit(ctx: &mut Ctx, event: &Event) {
    deposit_event(ctx, pallets::SYSTEM, event);
}

/// The index of the extrinsic that is being applied.
pub fn extrinsic_index(ctx: &Ctx) -> Option<u32> {
    match EVENT_CURSOR.get(ctx) {
        Some((Phase::ApplyExtrinsic(index), _)) => Some(index),
        _ => None,
    }
}

/// Begins the list anew, in phase [`Phase::Initialization`].
pub(crate) fn reset(ctx: &mut Ctx) {
    EVENTS.clear(ctx);
    EVENT_COUNT.clear(ctx);
    EVENT_TOPICS.clear(ctx, None);
    EVENT_CURSOR.set(ctx, &(Phase::Initialization, 0));
}

/// Begins a phase.
pub(crate) fn set_phase(ctx: &mut Ctx, phase: Phase) {
    let count = EVENT_CURSOR.get(ctx).map_or(0, |(_, count)| count);
    EVENT_CURSOR.set(ctx, &(phase, count));
}

/// Begins the phase of the next extrinsic.
pub(crate) fn next_extrinsic(ctx: &mut Ctx) {
    if let Some((Phase::ApplyExtrinsic(index), count)) = EVENT_CURSOR.get(ctx) {
        EVENT_CURSOR.set(ctx, &(Phase::ApplyExtrinsic(index.saturating_add(1)), count));
    }
}

/// Ends the list: its length becomes known, the cursor goes.
pub(crate) fn close(ctx: &mut Ctx) {
    if let Some((_, count)) = EVENT_CURSOR.take(ctx) {
        EVENT_COUNT.set(ctx, &count);
    }
}

#[cfg(test)]
pub(crate) mod tests;
