//! The bounded list of transactions that were invalid a short while ago.
//!
//! It spares the runtime a second validation of what is known to be bad. A ban ends by itself, since an invalid transaction
//! may become valid later (its sender got money, say).

use std::collections::{BTreeMap, VecDeque};

use ziver_primitives::Hash;

#[derive(Default)]
pub(crate) struct BanList {
    until_ms: BTreeMap<Hash, u64>,
    /// In the order of the bans; an entry whose time differs from `until_ms` was overtaken by a later ban.
    order: VecDeque<(Hash, u64)>,
}

impl BanList {
    pub fn ban(&mut self, hash: Hash, until_ms: u64, count_max: usize) {
        self.until_ms.insert(hash, until_ms);
        self.order.push_back((hash, until_ms));
        while self.order.len() > count_max {
            self.forget_oldest();
        }
    }

    pub fn is_banned(&self, hash: &Hash, now_ms: u64) -> bool {
        self.until_ms.get(hash).is_some_and(|until| now_ms < *until)
    }

    /// Drops bans that have ended.
    pub fn expire(&mut self, now_ms: u64) {
        while self.order.front().is_some_and(|(_, until)| *until <= now_ms) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((hash, until)) = self.order.pop_front()
            && self.until_ms.get(&hash) == Some(&until)
        {
            self.until_ms.remove(&hash);
        }
    }
}
