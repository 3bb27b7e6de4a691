//! The fixed part of a contract's memory: constants, and buffers that begin with constants.
//!
//! It goes into the module's data segment, at [`address::CONSTANTS`]. After it come the frames of functions, and then the arena.

use std::collections::BTreeMap;

use super::prelude::address;

/// The contents of the data segment.
#[derive(Debug, Default)]
pub(super) struct StaticMemory {
    data: Vec<u8>,
    constants: BTreeMap<Vec<u8>, u32>,
}

impl StaticMemory {
    /// The address of a constant; equal ones are there once, and zeros are there anyway.
    pub(super) fn constant(&mut self, bytes: &[u8]) -> u32 {
        if bytes.iter().all(|byte| *byte == 0) && bytes.len() <= address::ZEROS_SIZE as usize {
            return address::ZEROS;
        }
        if let Some(address) = self.constants.get(bytes) {
            return *address;
        }
        let address = self.end();
        self.data.extend(bytes);
        self.constants.insert(bytes.to_vec(), address);
        address
    }

    /// The address of a constant string or bytes with its length, as values hold them.
    pub(super) fn text(&mut self, bytes: &[u8]) -> u64 {
        let address = if bytes.is_empty() { 0 } else { self.constant(bytes) };
        u64::from(address) | (bytes.len() as u64) << 32
    }

    /// A buffer that is written to: it begins with `start`, and `room` zeros follow.
    pub(super) fn buffer(&mut self, start: &[u8], room: u32) -> u32 {
        let address = self.end();
        self.data.extend(start);
        self.data.resize(self.data.len() + room as usize, 0);
        address
    }

    /// The first address after all of it.
    pub(super) fn end(&self) -> u32 {
        address::CONSTANTS.saturating_add(u32::try_from(self.data.len()).unwrap_or(u32::MAX))
    }

    /// The data segment. Memory begins with zeros: those at the end are left out.
    pub(super) fn data(&self) -> &[u8] {
        let used = self.data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        &self.data[..used]
    }
}
