//! [`Externalities`] over a map in memory, for native tests of pallets and the runtime.
//!
//! Out of scope: tries. Its roots are hashes of the sorted pairs: they change exactly when the state does, but they are
//! not the roots that a host computes.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};
use codec::{Compact, Decode, Encode};
use core::{cell::RefCell, ops::Bound};
use ziver_primitives::hashing::keccak_256;

use super::{Externalities, LogLevel, RemovedPrefix};
use crate::sandbox::{NoSandbox, Sandbox};

/// What a key held before it was written.
type Undo = (Vec<u8>, Option<Vec<u8>>);
/// Answers for [`Externalities::runtime_version`].
type VersionOf = Box<dyn Fn(&[u8]) -> Option<Vec<u8>>>;

/// A state in memory.
#[derive(Default)]
pub struct MemoryExternalities {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// One list per open transaction, each in the order of writing.
    undo: Vec<Vec<Undo>>,
    version_of: Option<VersionOf>,
    lines: RefCell<Vec<(LogLevel, String)>>,
    sandbox: Option<&'static dyn Sandbox>,
}

impl MemoryExternalities {
    /// All pairs; tests compare them to show that nothing was written.
    pub fn pairs(&self) -> &BTreeMap<Vec<u8>, Vec<u8>> {
        &self.pairs
    }

    /// How `runtime_version` answers.
    pub fn with_version_of(mut self, answer: impl Fn(&[u8]) -> Option<Vec<u8>> + 'static) -> Self {
        self.version_of = Some(Box::new(answer));
        self
    }

    /// What runs contracts.
    pub fn with_sandbox(mut self, sandbox: &'static dyn Sandbox) -> Self {
        self.sandbox = Some(sandbox);
        self
    }

    /// What was logged.
    pub fn lines(&self) -> Vec<(LogLevel, String)> {
        self.lines.borrow().clone()
    }

    fn write(&mut self, key: &[u8], value: Option<Vec<u8>>) {
        let before = match value {
            Some(value) => self.pairs.insert(key.to_vec(), value),
            None => self.pairs.remove(key),
        };
        if let Some(layer) = self.undo.last_mut() {
            layer.push((key.to_vec(), before));
        }
    }
}

impl Externalities for MemoryExternalities {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.pairs.get(key).cloned()
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.write(key, Some(value.to_vec()));
    }

    fn clear(&mut self, key: &[u8]) {
        self.write(key, None);
    }

    fn append(&mut self, key: &[u8], item: &[u8]) {
        let list = self.get(key).unwrap_or_default();
        let mut items = list.as_slice();
        let len = Compact::<u32>::decode(&mut items).map(|len| len.0);
        // As the Host API says: what is not a list, or has no room for another item, is replaced by one.
        let (len, items) = len.ok().filter(|len| *len < u32::MAX).map_or((0, &[][..]), |len| (len, items));
        let mut out = Compact(len.saturating_add(1)).encode();
        out.extend_from_slice(items);
        out.extend_from_slice(item);
        self.write(key, Some(out));
    }

    fn next_key(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.pairs.range::<[u8], _>((Bound::Excluded(key), Bound::Unbounded)).next().map(|(key, _)| key.clone())
    }

    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> RemovedPrefix {
        let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let all: Vec<Vec<u8>> = self
            .pairs
            .range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, _)| key.clone())
            .collect();
        let removed = all.len().min(limit);
        for key in all.iter().take(removed) {
            self.clear(key);
        }
        RemovedPrefix { all: removed == all.len(), removed: u32::try_from(removed).unwrap_or(u32::MAX) }
    }

    fn start_transaction(&mut self) {
        self.undo.push(Vec::new());
    }

    fn commit_transaction(&mut self) {
        if let Some(layer) = self.undo.pop()
            && let Some(outer) = self.undo.last_mut()
        {
            outer.extend(layer);
        }
    }

    fn rollback_transaction(&mut self) {
        for (key, before) in self.undo.pop().into_iter().flatten().rev() {
            match before {
                Some(value) => self.pairs.insert(key, value),
                None => self.pairs.remove(&key),
            };
        }
    }

    fn storage_root(&mut self) -> [u8; 32] {
        keccak_256(&self.pairs.encode())
    }

    fn ordered_root(&self, values: &[Vec<u8>]) -> [u8; 32] {
        keccak_256(&values.encode())
    }

    fn runtime_version(&self, code: &[u8]) -> Option<Vec<u8>> {
        self.version_of.as_ref().and_then(|answer| answer(code))
    }

    fn sandbox(&self) -> &'static dyn Sandbox {
        self.sandbox.unwrap_or(&NoSandbox)
    }

    fn log(&self, level: LogLevel, _target: &str, message: &str) {
        self.lines.borrow_mut().push((level, message.into()));
    }
}

#[cfg(test)]
mod tests;
