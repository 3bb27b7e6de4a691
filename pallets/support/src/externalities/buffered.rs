//! [`Externalities`] that ask others once for each key, and tell them once what became of it.
//!
//! A transfer reads and writes some ten records several times, most of them the same for all transfers of a block. Each
//! crossing to the host costs more than what is done with the answer, so values stay here while a call runs:
//!
//! ```text
//! runtime -> Buffered: reads, writes, nested transactions -> (first read of a key, in the end each changed key) -> host
//! ```
//!
//! Lists that only grow (events) are kept as what was appended: the host's list is never read for that. What concerns
//! more keys than one (the next key, a prefix) first tells the host everything, open transactions included.
//!
//! Out of scope: child tries.
//!
//! Invariant: answers, and the host's state after [`Buffered::flush`], are those of the same calls without a buffer; the
//! tests compare. Until then the host knows nothing of them, so whoever ends a call well must flush.

use alloc::vec::Vec;
use core::{cell::RefCell, mem};

use super::{Externalities, LogLevel, RemovedPrefix};
use crate::sandbox::Sandbox;
use ziver_primitives::hashing;

mod cells;
mod list;
mod memo;
#[cfg(test)]
mod tests;

use cells::{Cells, Value};
use memo::Memo;

/// Bytes of keys and values beyond which everything is told to the host and forgotten, in the midst of a transaction too: a
/// contract can read or write many times what a runtime's memory holds.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// A buffer before other externalities.
pub struct Buffered<E> {
    state: RefCell<State<E>>,
    blake2_128: RefCell<Memo<16>>,
    blake2_256: RefCell<Memo<32>>,
    keccak_256: RefCell<Memo<32>>,
}

struct State<E> {
    inner: E,
    cells: Cells,
    /// Of each transaction that is open here: its number and where its writes begin in the cells' log.
    open: Vec<(u32, usize)>,
    /// Transactions opened so far.
    count: u32,
    bytes_max: usize,
}

impl<E: Externalities> Buffered<E> {
    /// A buffer that knows nothing yet.
    pub fn new(inner: E) -> Self {
        Self::with_bytes_max(inner, BYTES_MAX)
    }

    /// A buffer with another limit on what it keeps.
    fn with_bytes_max(inner: E, bytes_max: usize) -> Self {
        let state = State { inner, cells: Cells::default(), open: Vec::new(), count: 0, bytes_max };
        Self {
            state: RefCell::new(state),
            blake2_128: RefCell::default(),
            blake2_256: RefCell::default(),
            keccak_256: RefCell::default(),
        }
    }

    /// Tells the others all that changed. Transactions that are open here become open there.
    pub fn flush(&mut self) {
        self.state.get_mut().flush();
    }
}

impl<E: Externalities> State<E> {
    fn current(&self) -> u32 {
        self.open.last().map_or(0, |(number, _)| *number)
    }

    fn flush(&mut self) {
        if self.open.is_empty() { self.write_changes() } else { self.hand_over() }
    }

    fn write_changes(&mut self) {
        for slot in self.cells.changed() {
            match &slot.value {
                Value::Unknown => {}
                Value::Absent => self.inner.clear(&slot.key),
                Value::Bytes(bytes) => self.inner.set(&slot.key, bytes),
                Value::List(list) => match list.whole() {
                    Some(bytes) => self.inner.set(&slot.key, &bytes),
                    None => {
                        list.items_from(slot.told).for_each(|item| self.inner.append(&slot.key, item));
                        slot.told = list.count();
                    }
                },
            }
        }
    }

    /// Opens there what is open here, with every write in its place, and forgets everything.
    fn hand_over(&mut self) {
        let mut layers = Vec::new();
        for (_, start) in mem::take(&mut self.open).into_iter().rev() {
            layers.push(self.cells.unwind(start));
        }
        self.write_changes();
        for layer in layers.into_iter().rev() {
            self.inner.start_transaction();
            self.cells.redo(layer);
            self.write_changes();
        }
        self.cells.clear();
    }

    /// Before something that concerns many keys: the others know all, and nothing is known here afterwards.
    fn step_aside(&mut self) {
        self.flush();
        self.cells.clear();
    }

    /// Lets `take` see the value, if there is one.
    fn with(&mut self, key: &[u8], take: &mut dyn FnMut(&[u8])) -> bool {
        self.make_room();
        let Some(index) = self.cells.index(key) else { return false };
        if self.cells.is_unknown(index) {
            let value = self.inner.get(key).map_or(Value::Absent, Value::Bytes);
            self.cells.learn(index, value);
        }
        let Some(slot) = self.cells.slot(index) else { return false };
        match &slot.value {
            Value::Unknown | Value::Absent => return false,
            Value::Bytes(bytes) => take(bytes),
            Value::List(list) => match list.whole() {
                Some(bytes) => take(&bytes),
                None => take(&list.behind(self.inner.get(key), slot.told)),
            },
        }
        true
    }

    /// Makes room where there is too much.
    fn make_room(&mut self) {
        if self.cells.bytes() > self.bytes_max {
            self.step_aside();
        }
    }

    fn start(&mut self) {
        self.count = self.count.saturating_add(1);
        self.open.push((self.count, self.cells.log_len()));
    }

    fn commit(&mut self) {
        if self.open.pop().is_none() {
            // It was handed over.
            self.write_changes();
            self.inner.commit_transaction();
        } else if self.open.is_empty() {
            self.cells.forget_log();
        }
    }

    fn rollback(&mut self) {
        match self.open.pop() {
            Some((_, start)) => self.cells.undo(start),
            None => {
                // It was handed over.
                self.cells.clear();
                self.inner.rollback_transaction();
            }
        }
    }
}

impl<E: Externalities> Externalities for Buffered<E> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let mut value = None;
        self.with(key, &mut |bytes| value = Some(bytes.to_vec()));
        value
    }

    fn with(&self, key: &[u8], take: &mut dyn FnMut(&[u8])) -> bool {
        self.state.borrow_mut().with(key, take)
    }

    fn exists(&self, key: &[u8]) -> bool {
        self.with(key, &mut |_| {})
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let state = self.state.get_mut();
        state.make_room();
        state.cells.write(state.current(), key, Some(value));
    }

    fn clear(&mut self, key: &[u8]) {
        let state = self.state.get_mut();
        state.make_room();
        state.cells.write(state.current(), key, None);
    }

    fn append(&mut self, key: &[u8], item: &[u8]) {
        let state = self.state.get_mut();
        state.make_room();
        state.cells.append(state.current(), key, item);
    }

    fn next_key(&self, key: &[u8]) -> Option<Vec<u8>> {
        let mut state = self.state.borrow_mut();
        state.flush();
        state.inner.next_key(key)
    }

    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> RemovedPrefix {
        let state = self.state.get_mut();
        state.step_aside();
        state.inner.clear_prefix(prefix, limit)
    }

    fn start_transaction(&mut self) {
        self.state.get_mut().start();
    }

    fn commit_transaction(&mut self) {
        self.state.get_mut().commit();
    }

    fn rollback_transaction(&mut self) {
        self.state.get_mut().rollback();
    }

    fn storage_root(&mut self) -> [u8; 32] {
        let state = self.state.get_mut();
        state.flush();
        state.inner.storage_root()
    }

    fn ordered_root(&self, values: &[Vec<u8>]) -> [u8; 32] {
        self.state.borrow().inner.ordered_root(values)
    }

    fn runtime_version(&self, code: &[u8]) -> Option<Vec<u8>> {
        self.state.borrow().inner.runtime_version(code)
    }

    fn log(&self, level: LogLevel, target: &str, message: &str) {
        self.state.borrow().inner.log(level, target, message);
    }

    fn sandbox(&self) -> &'static dyn Sandbox {
        self.state.borrow().inner.sandbox()
    }

    fn blake2_128(&self, data: &[u8]) -> [u8; 16] {
        self.blake2_128.borrow_mut().get(data, hashing::blake2_128)
    }

    fn blake2_256(&self, data: &[u8]) -> [u8; 32] {
        self.blake2_256.borrow_mut().get(data, hashing::blake2_256)
    }

    fn keccak_256(&self, data: &[u8]) -> [u8; 32] {
        self.keccak_256.borrow_mut().get(data, hashing::keccak_256)
    }
}
