//! What the authors of published chains hand to their runtimes for an empty block: digests and inherent data.

use codec::{Compact, Encode};
use ziver_primitives::{Digest, DigestItem, Hash, Header, hashing::twox_128, inherents::InherentData};
use ziver_state::{Blake2Hasher, MemoryView, StateVersion, View};

/// Slots of relay chains take six seconds, those of parachains twelve; both divide this.
const SLOT_MS: u64 = 12_000;
/// The time of the block.
pub const NOW_MS: u64 = 1_700_000_004_000 / SLOT_MS * SLOT_MS;

/// How a chain makes its blocks.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A relay chain with the first scheme for parachains' blocks; slots of so many milliseconds.
    EarlyRelay { slot_ms: u64 },
    /// A relay chain of today.
    Relay { slot_ms: u64 },
    /// A parachain with this id whose relay chain has slots of six seconds.
    Parachain { id: u32, slot_ms: u64 },
}

/// The digest of the block: the slot, claimed by the first authority.
pub fn digest(kind: Kind) -> Digest {
    let slot = |slot_ms: u64| NOW_MS / slot_ms;
    let item = match kind {
        // BABE's secondary slots without a random number: variant 2, authority, slot.
        Kind::EarlyRelay { slot_ms } | Kind::Relay { slot_ms } => (*b"BABE", (2u8, 0u32, slot(slot_ms)).encode()),
        Kind::Parachain { slot_ms, .. } => (*b"aura", slot(slot_ms).encode()),
    };
    Digest { logs: vec![DigestItem::PreRuntime(item.0, item.1)] }
}

/// The inherent data of the block after `parent`.
pub fn data(kind: Kind, parent: &Header) -> InherentData {
    let mut data = InherentData::with_timestamp(NOW_MS);
    match kind {
        Kind::EarlyRelay { slot_ms } => {
            data.put(*b"babeslot", &(NOW_MS / slot_ms));
            // No header of another branch, nothing final beyond genesis, no block of a parachain.
            data.put(*b"uncles00", &Vec::<Header>::new());
            data.put(*b"finalnum", &0u32);
            data.put(*b"newheads", &Vec::<u8>::new());
        }
        Kind::Relay { slot_ms } => {
            data.put(*b"babeslot", &(NOW_MS / slot_ms));
            data.put(*b"uncles00", &Vec::<Header>::new());
            // No availability bits, no candidates, no disputes.
            let none = Vec::<u8>::new();
            data.put(*b"parachn0", &(&none, &none, &none, parent));
        }
        Kind::Parachain { id, slot_ms } => {
            data.put(*b"auraslot", &(NOW_MS / slot_ms));
            data.put(*b"sysi1337", &relay_chain_data(id, parent));
        }
    }
    data
}

/// A parachain's view of its relay chain: a relay chain state with just the entries that are looked at, and its proof.
fn relay_chain_data(id: u32, parent: &Header) -> RelayChainData {
    let key = |pallet: &str, item: &str| [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat();
    // The first fields of the relay chain's configuration, all that parachains read.
    let configuration =
        [3_145_728u32, 20_480, 174_762, 1_048_576, 65_536, 16, 10, 14_400, 600, 3, 2].map(|field| field.encode());
    let slot = NOW_MS / 6_000;
    let read = [
        (key("Configuration", "ActiveConfig"), configuration.concat()),
        (key("Babe", "CurrentSlot"), slot.encode()),
        (key("Paras", "Heads"), id.encode()),
    ];
    let state = MemoryView::<Blake2Hasher>::from_pairs(read.clone(), StateVersion::V0).expect("a trie in memory");
    let keys: Vec<_> = read.into_iter().map(|(key, _)| key).collect();
    RelayChainData {
        parent_head: parent.encode(),
        relay_parent_number: 1,
        relay_parent_storage_root: state.root(),
        max_pov_size: 5 << 20,
        relay_chain_state: state.prove(None, &keys).expect("a proof of what is there"),
        downward_messages: Vec::new(),
        horizontal_messages: Compact(0),
    }
}

/// What the inherent `sysi1337` of parachains carries.
#[derive(Encode)]
struct RelayChainData {
    parent_head: Vec<u8>,
    relay_parent_number: u32,
    relay_parent_storage_root: Hash,
    max_pov_size: u32,
    relay_chain_state: Vec<Vec<u8>>,
    downward_messages: Vec<u8>,
    horizontal_messages: Compact<u32>,
}
