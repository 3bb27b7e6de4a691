//! smoldot's executor with a state of its own around it: a map that is changed in place, and what it was before.
//!
//! Nothing of our executor and of `ziver-state` is used here. The one thing shared is the computation of a root from the
//! whole map, which `ziver-trie` holds against Substrate's.

use std::collections::BTreeMap;
use std::ops::Bound;

use codec::{Compact, Decode, Encode};
use smoldot::executor::host::{Config, HostVm, HostVmPrototype, StorageProofSizeBehavior};
use smoldot::executor::{DEFAULT_HEAP_PAGES, vm::ExecHint};
use ziver_primitives::Hash;
use ziver_trie::{StateVersion, hash_db::Hasher, root};

pub type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

/// Changed keys, with what they hold now.
pub type Difference = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A runtime on smoldot's executor.
pub struct ForeignHost {
    prototype: Option<HostVmPrototype>,
}

impl ForeignHost {
    pub fn new(code: &[u8]) -> Result<Self, String> {
        let config = Config {
            module: code,
            heap_pages: DEFAULT_HEAP_PAGES,
            exec_hint: ExecHint::ForceWasmi { lazy_validation: false },
            allow_unresolved_imports: false,
        };
        let prototype = HostVmPrototype::new(config).map_err(|error| error.to_string())?;
        Ok(ForeignHost { prototype: Some(prototype) })
    }

    /// The version as smoldot reads it from the blob.
    pub fn version(&self) -> Vec<u8> {
        self.prototype.as_ref().expect("no call is running").runtime_version().as_ref().to_vec()
    }

    /// Calls an entry point on the state `pairs` and says what it answers and what it changes.
    pub fn call<H: Hasher<Out = Hash>>(
        &mut self,
        pairs: &Pairs,
        version: StateVersion,
        method: &str,
        input: &[u8],
    ) -> Result<(Vec<u8>, Difference), String> {
        let prototype = self.prototype.take().expect("no call is running");
        let proof_size = StorageProofSizeBehavior::proof_recording_disabled();
        let vm = prototype.run(method, proof_size, input).map_err(|(error, _)| error.to_string())?;
        let mut state = State { before: pairs, now: pairs.clone(), undo: Vec::new() };
        let mut vm: HostVm = vm.into();
        loop {
            vm = match vm {
                HostVm::Finished(finished) => {
                    let answer = finished.value().as_ref().to_vec();
                    self.prototype = Some(finished.into_prototype());
                    assert!(state.undo.is_empty(), "smoldot ends a call with an open transaction");
                    return Ok((answer, state.difference()));
                }
                HostVm::Error { error, prototype } => {
                    self.prototype = Some(prototype);
                    return Err(error.to_string());
                }
                HostVm::ExternalStorageRoot(ask) => {
                    assert!(ask.child_trie().is_none(), "child tries are not answered here");
                    let root = root::<H>(&state.now, version);
                    ask.resume(root.as_fixed_bytes())
                }
                other => state.answer(other),
            };
        }
    }
}

/// A key with what it held.
type Replaced = (Vec<u8>, Option<Vec<u8>>);

struct State<'a> {
    before: &'a Pairs,
    now: Pairs,
    /// For each open transaction what it replaced, in order.
    undo: Vec<Vec<Replaced>>,
}

impl State<'_> {
    fn difference(self) -> Difference {
        effective(self.before, self.now.keys().chain(self.before.keys()).map(|key| (key, self.now.get(key).cloned())))
    }

    fn put(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        let old = match value {
            Some(value) => self.now.insert(key.clone(), value),
            None => self.now.remove(&key),
        };
        if let Some(transaction) = self.undo.last_mut() {
            transaction.push((key, old));
        }
    }

    fn end_transaction(&mut self, rollback: bool) {
        let transaction = self.undo.pop().expect("smoldot counts transactions");
        if rollback {
            for (key, old) in transaction.into_iter().rev() {
                match old {
                    Some(old) => self.now.insert(key, old),
                    None => self.now.remove(&key),
                };
            }
        } else if let Some(outer) = self.undo.last_mut() {
            outer.extend(transaction);
        }
    }

    /// Appends an item to an encoded list; what is no list is replaced.
    fn append(&mut self, key: Vec<u8>, item: &[u8]) {
        let old = self.now.get(&key).cloned().unwrap_or_default();
        let rest = &mut &old[..];
        let list = match Compact::<u32>::decode(rest) {
            Ok(Compact(count)) => [&Compact(count + 1).encode()[..], rest, item].concat(),
            Err(_) => [&Compact(1u32).encode()[..], item].concat(),
        };
        self.put(key, Some(list));
    }

    /// The limit counts keys from before the block.
    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> (u32, bool) {
        let keys = |pairs: &Pairs| {
            let from = pairs.range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded));
            from.map(|(key, _)| key.clone()).take_while(|key| key.starts_with(prefix)).collect::<Vec<_>>()
        };
        let (old, now) = (keys(self.before), keys(&self.now));
        let allowed = limit.map_or(old.len(), |limit| old.len().min(limit as usize));
        let mut cleared = 0;
        for key in now {
            let place = old.binary_search(&key);
            if place.is_ok_and(|place| place >= allowed) {
                continue;
            }
            cleared += u32::from(place.is_ok());
            self.put(key, None);
        }
        (cleared, allowed < old.len())
    }

    fn answer(&mut self, vm: HostVm) -> HostVm {
        match vm {
            HostVm::ReadyToRun(ready) => ready.run(),
            HostVm::ExternalStorageGet(ask) => {
                assert!(ask.child_trie().is_none(), "child tries are not answered here");
                let value = self.now.get(ask.key().as_ref()).cloned();
                ask.resume_full_value(value.as_deref())
            }
            HostVm::ExternalStorageSet(ask) => {
                assert!(ask.child_trie().is_none(), "child tries are not answered here");
                self.put(ask.key().as_ref().to_vec(), ask.value().map(|value| value.as_ref().to_vec()));
                ask.resume()
            }
            HostVm::ExternalStorageAppend(ask) => {
                self.append(ask.key().as_ref().to_vec(), ask.value().as_ref());
                ask.resume()
            }
            HostVm::ExternalStorageClearPrefix(ask) => {
                assert!(ask.child_trie().is_none(), "child tries are not answered here");
                let (cleared, rest) = self.clear_prefix(ask.prefix().as_ref(), ask.max_keys_to_remove());
                ask.resume(cleared, rest)
            }
            HostVm::ExternalStorageNextKey(ask) => {
                let after = ask.key().as_ref().to_vec();
                let next = self.now.range::<[u8], _>((Bound::Excluded(&after[..]), Bound::Unbounded)).next();
                let next = next.map(|(key, _)| key.clone());
                ask.resume(next.as_deref())
            }
            HostVm::StartStorageTransaction(start) => {
                self.undo.push(Vec::new());
                start.resume()
            }
            HostVm::EndStorageTransaction { resume, rollback } => {
                self.end_transaction(rollback);
                resume.resume()
            }
            HostVm::CallRuntimeVersion(ask) => {
                let version = ForeignHost::new(ask.wasm_code().as_ref()).map(|host| host.version());
                ask.resume(version.as_deref().map_err(|_| ()))
            }
            HostVm::SignatureVerification(ask) => ask.verify_and_resume(),
            HostVm::ExternalOffchainIndexSet(ask) => ask.resume(),
            HostVm::GetMaxLogLevel(ask) => ask.resume(0),
            HostVm::LogEmit(log) => log.resume(),
            _ => panic!("a function that blocks have no use for"),
        }
    }
}

/// Of the entries those that differ from `before`.
pub fn effective<'a>(before: &Pairs, entries: impl IntoIterator<Item = (&'a Vec<u8>, Option<Vec<u8>>)>) -> Difference {
    let changed = entries.into_iter().filter(|(key, value)| before.get(*key) != value.as_ref());
    changed.map(|(key, value)| (key.clone(), value)).collect()
}
