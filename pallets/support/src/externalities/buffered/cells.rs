//! What is known of single keys, and how to undo what was written.

use alloc::{boxed::Box, collections::BTreeMap, vec, vec::Vec};
use core::mem;

use super::list::{List, Mark};

/// What is known of a key.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Nothing.
    Unknown,
    /// There is no value.
    Absent,
    /// The value.
    Bytes(Vec<u8>),
    /// The value, or its end: a list that was appended to.
    List(List),
}

/// A key.
pub(super) struct Slot {
    pub(super) key: Box<[u8]>,
    pub(super) value: Value,
    /// How many of the list's items the others were told of.
    pub(super) told: usize,
    /// Whether the others don't know the value yet.
    is_changed: bool,
    hash: u32,
    noted: Noted,
}

/// Which transaction has noted how to undo its first write to a key.
#[derive(Clone, Copy, Debug)]
struct Noted {
    /// Its number, 0 for none.
    by: u32,
    /// Whether it noted the whole value, not only how long a list was.
    whole: bool,
}

/// What stood at a key before a write.
pub(super) struct Undo {
    slot: usize,
    is_changed: bool,
    noted: Noted,
    before: Before,
}

enum Before {
    Value(Value),
    List(Mark),
}

/// Keys by hash, with open addressing: no other map here is both fast and without dependencies. Whoever can choose keys (a
/// contract) can make them collide; those that find no place near their own lie in a tree.
#[derive(Default)]
pub(super) struct Cells {
    slots: Vec<Slot>,
    /// One more than an index of `slots`, 0 for none; a power of two many.
    buckets: Vec<u32>,
    /// Indices of the slots that are in no bucket: the [`PROBES_MAX`] where they could be were taken.
    crowd: BTreeMap<Box<[u8]>, usize>,
    /// Where the keys of single values were found last, by where their bytes lie; one more than an index of `slots`. Those
    /// keys are constants of the runtime, so they lie in the same place each time. It is a guess, the key itself decides.
    guesses: Vec<u32>,
    log: Vec<Undo>,
    bytes: usize,
}

const BUCKETS_MIN: usize = 64;
/// In how many buckets a key may lie. With half of the buckets free, few keys do not find one unless they were chosen so.
const PROBES_MAX: usize = 32;
/// A power of two.
const GUESSES: usize = 64;
/// The length of a single value's key.
const SINGLE_BYTES: usize = 32;
/// Odd, with bits well spread: the fractional part of the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The up to seven bytes behind the last whole word.
fn tail(rest: &[u8]) -> u64 {
    rest.iter().fold(0, |word, byte| word.wrapping_shl(8) | u64::from(*byte))
}

/// The buckets, of `count`, in which a key may lie.
fn places(hash: u32, count: usize) -> impl Iterator<Item = usize> {
    let (first, mask) = (usize::try_from(hash).unwrap_or(0), count.wrapping_sub(1));
    (0..PROBES_MAX).map(move |step| first.wrapping_add(step) & mask)
}

pub(super) fn hash(key: &[u8]) -> u32 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER);
    let (words, rest) = key.as_chunks::<8>();
    let hash = mix(words.iter().fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word))), tail(rest));
    let (high, low) = (hash.wrapping_shr(32), hash & u64::from(u32::MAX));
    u32::try_from(high ^ low).unwrap_or(0)
}

/// Equality word by word: in Wasm the compiler's own goes byte by byte.
pub(super) fn is_same(left: &[u8], right: &[u8]) -> bool {
    let ((left_words, left_rest), (right_words, right_rest)) = (left.as_chunks::<8>(), right.as_chunks::<8>());
    let words = || left_words.iter().zip(right_words).all(|(a, b)| u64::from_le_bytes(*a) == u64::from_le_bytes(*b));
    left.len() == right.len() && tail(left_rest) == tail(right_rest) && words()
}

impl Cells {
    /// Where `key` is, from now on.
    pub(super) fn index(&mut self, key: &[u8]) -> Option<usize> {
        if key.len() != SINGLE_BYTES {
            return self.find(key);
        }
        let place = key.as_ptr().addr().wrapping_shr(5) & GUESSES.wrapping_sub(1);
        let guess = self.guesses.get(place).and_then(|guess| usize::try_from(guess.checked_sub(1)?).ok());
        if guess.and_then(|index| self.slots.get(index)).is_some_and(|slot| is_same(&slot.key, key)) {
            return guess;
        }
        let index = self.find(key)?;
        if self.guesses.is_empty() {
            self.guesses = vec![0; GUESSES];
        }
        *self.guesses.get_mut(place)? = u32::try_from(index).ok()?.checked_add(1)?;
        Some(index)
    }

    fn find(&mut self, key: &[u8]) -> Option<usize> {
        if self.slots.len().saturating_mul(2) >= self.buckets.len() {
            self.grow();
        }
        let hash = hash(key);
        let mut free = None;
        for at in places(hash, self.buckets.len()) {
            let Some(index) = self.buckets.get(at)?.checked_sub(1) else {
                free = Some(at);
                break;
            };
            let index = usize::try_from(index).ok()?;
            if self.slots.get(index).is_some_and(|slot| slot.hash == hash && is_same(&slot.key, key)) {
                return Some(index);
            }
        }
        // Buckets are not freed, so a key is in the crowd only where there is no free one.
        if free.is_none()
            && let Some(index) = self.crowd.get(key)
        {
            return Some(*index);
        }
        let index = self.slots.len();
        let noted = Noted { by: 0, whole: false };
        self.slots.push(Slot { key: key.into(), value: Value::Unknown, told: 0, is_changed: false, hash, noted });
        self.bytes = self.bytes.saturating_add(mem::size_of::<Slot>()).saturating_add(key.len());
        self.place(index, free)?;
        Some(index)
    }

    /// Notes where a slot is: in the bucket `free`, or in the crowd.
    fn place(&mut self, index: usize, free: Option<usize>) -> Option<()> {
        match free {
            Some(at) => *self.buckets.get_mut(at)? = u32::try_from(index).ok()?.checked_add(1)?,
            None => {
                let key = self.slots.get(index)?.key.clone();
                self.bytes = self.bytes.saturating_add(key.len());
                self.crowd.insert(key, index);
            }
        }
        Some(())
    }

    fn grow(&mut self) {
        let count = self.buckets.len().saturating_mul(4).max(BUCKETS_MIN);
        self.buckets = vec![0u32; count];
        self.crowd.clear();
        for index in 0..self.slots.len() {
            let Some(hash) = self.slots.get(index).map(|slot| slot.hash) else { continue };
            let free = places(hash, count).find(|at| self.buckets.get(*at) == Some(&0));
            let _ = self.place(index, free);
        }
    }

    /// The longest way from a key's own bucket to where it lies.
    #[cfg(test)]
    pub(super) fn probes_max(&self) -> usize {
        let mask = self.buckets.len().wrapping_sub(1);
        let of = |at: usize, number: &u32| {
            let slot = self.slots.get(usize::try_from(number.checked_sub(1)?).ok()?)?;
            Some(at.wrapping_sub(usize::try_from(slot.hash).ok()?) & mask)
        };
        let steps = self.buckets.iter().enumerate().filter_map(|(at, number)| of(at, number));
        steps.max().map_or(0, |steps| steps.saturating_add(1))
    }

    pub(super) fn slot(&self, index: usize) -> Option<&Slot> {
        self.slots.get(index)
    }

    pub(super) fn is_unknown(&self, index: usize) -> bool {
        self.slots.get(index).is_some_and(|slot| matches!(slot.value, Value::Unknown))
    }

    /// What the others answered for a key that was unknown.
    pub(super) fn learn(&mut self, index: usize, value: Value) {
        if let Value::Bytes(bytes) = &value {
            self.bytes = self.bytes.saturating_add(bytes.len());
        }
        if let Some(slot) = self.slots.get_mut(index) {
            slot.value = value;
        }
    }

    /// The slots of which the others don't know yet. They count as told from now on.
    pub(super) fn changed(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.iter_mut().filter_map(|slot| mem::take(&mut slot.is_changed).then_some(slot))
    }

    /// Writes a value (none: removes it) in the transaction `current`.
    pub(super) fn write(&mut self, current: u32, key: &[u8], value: Option<&[u8]>) {
        let Some(index) = self.index(key) else { return };
        let Some(slot) = self.slots.get_mut(index) else { return };
        self.bytes = self.bytes.saturating_add(value.map_or(0, <[u8]>::len));
        let is_noted = current == 0 || (slot.noted.by == current && slot.noted.whole);
        match (&mut slot.value, value) {
            (Value::Bytes(bytes), Some(value)) if is_noted => {
                self.bytes = self.bytes.saturating_sub(bytes.len());
                bytes.clear();
                bytes.extend_from_slice(value);
            }
            _ => {
                let value = value.map_or(Value::Absent, |value| Value::Bytes(value.to_vec()));
                let before = mem::replace(&mut slot.value, value);
                if !is_noted {
                    let noted = mem::replace(&mut slot.noted, Noted { by: current, whole: true });
                    let before = Before::Value(before);
                    self.log.push(Undo { slot: index, is_changed: slot.is_changed, noted, before });
                }
            }
        }
        slot.is_changed = true;
    }

    /// Appends an item to the list under `key` in the transaction `current`.
    pub(super) fn append(&mut self, current: u32, key: &[u8], item: &[u8]) {
        let Some(index) = self.index(key) else { return };
        let Some(slot) = self.slots.get_mut(index) else { return };
        self.bytes = self.bytes.saturating_add(item.len());
        let before = match &mut slot.value {
            Value::List(list) if !list.is_full() => {
                let mark = list.mark();
                list.push(item);
                Before::List(mark)
            }
            other => {
                let before = mem::replace(other, Value::Unknown);
                let mut list = match &before {
                    Value::Unknown => List::unknown(),
                    Value::Bytes(bytes) => List::of(Some(bytes)),
                    Value::Absent | Value::List(_) => List::of(None),
                };
                if matches!(before, Value::Unknown) {
                    slot.told = 0;
                }
                list.push(item);
                *other = Value::List(list);
                Before::Value(before)
            }
        };
        let is_whole = matches!(before, Before::Value(_));
        let is_noted = current == 0 || (slot.noted.by == current && (slot.noted.whole || !is_whole));
        if !is_noted {
            let noted = mem::replace(&mut slot.noted, Noted { by: current, whole: is_whole });
            self.log.push(Undo { slot: index, is_changed: slot.is_changed, noted, before });
        }
        slot.is_changed = true;
    }

    /// How many writes can be undone.
    pub(super) fn log_len(&self) -> usize {
        self.log.len()
    }

    /// Nothing can be undone any more.
    pub(super) fn forget_log(&mut self) {
        self.log.clear();
    }

    /// Undoes the writes behind the first `start`.
    pub(super) fn undo(&mut self, start: usize) {
        for undo in self.log.split_off(start.min(self.log.len())).into_iter().rev() {
            self.swap(undo, false);
        }
    }

    /// Undoes the writes behind the first `start`. Answers what [`Cells::redo`] needs to make them again.
    pub(super) fn unwind(&mut self, start: usize) -> Vec<Undo> {
        let undone = self.log.split_off(start.min(self.log.len()));
        undone.into_iter().rev().filter_map(|undo| self.swap(undo, true)).collect()
    }

    /// Makes writes again that were undone. They can't be undone once more.
    pub(super) fn redo(&mut self, undone: Vec<Undo>) {
        for undo in undone.into_iter().rev() {
            self.swap(undo, false);
        }
    }

    /// Undoes one write; answers how to make it again where `keeps` says so.
    fn swap(&mut self, undo: Undo, keeps: bool) -> Option<Undo> {
        let slot = self.slots.get_mut(undo.slot)?;
        let after = match (undo.before, &mut slot.value) {
            (Before::Value(before), now) => Some(mem::replace(now, before)),
            (Before::List(mark), Value::List(list)) => {
                let after = keeps.then(|| Value::List(list.clone()));
                list.truncate(mark);
                after
            }
            // Only of lists is a mark noted, and what replaced the list was undone before.
            (Before::List(_), _) => None,
        };
        let is_changed = mem::replace(&mut slot.is_changed, undo.is_changed);
        let noted = mem::replace(&mut slot.noted, undo.noted);
        after.filter(|_| keeps).map(|after| Undo { slot: undo.slot, is_changed, noted, before: Before::Value(after) })
    }

    /// Bytes of keys and values, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets everything, what the others don't know yet too.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
