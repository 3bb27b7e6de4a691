//! Cells of the contract that runs.

use alloc::vec::Vec;

use super::{Answer, Host, ReturnCode};
use crate::{
    Error,
    exec::Touched,
    limits::{KEY_BYTES_MAX, VALUE_BYTES_MAX},
    prices,
    storage::{StorageId, cell_key},
};

/// In place of a length: there is no value.
const NONE: u64 = u32::MAX as u64;

impl Host<'_, '_, '_, '_> {
    pub(super) fn set_storage_fixed(&mut self) -> Answer<u64> {
        self.set_storage(self.u32(0), 32, 1).map(|_| 0)
    }

    /// Sets the cell; the value's pointer and length are the arguments from `value` on. Answers the old length.
    pub(super) fn set_storage(&mut self, key: u32, key_len: u32, value: usize) -> Answer<u64> {
        self.ensure_writable()?;
        let (pointer, len) = (self.u32(value), self.u32(value.saturating_add(1)));
        self.charge(prices::STORAGE_WRITE)?;
        self.charge_bytes(prices::STORAGE_WRITE_BYTE, len)?;
        let (id, key) = self.key(key, key_len, 0)?;
        let value = self.bytes(pointer, len, VALUE_BYTES_MAX)?;
        let before = self.len_of(&key);
        self.ctx.ext_mut().set(&key, &value);
        self.note(&id, before, Some(value.len()))?;
        Ok(length(before))
    }

    /// Removes the cell; answers the old length.
    pub(super) fn clear_storage(&mut self, key: u32, key_len: u32) -> Answer<u64> {
        self.ensure_writable()?;
        self.charge(prices::STORAGE_WRITE)?;
        let (id, key) = self.key(key, key_len, 0)?;
        let before = self.len_of(&key);
        if before.is_some() {
            self.ctx.ext_mut().clear(&key);
            self.note(&id, before, None)?;
        }
        Ok(length(before))
    }

    /// Answers the value; where it goes is in the arguments from `out` on.
    pub(super) fn get_storage(&mut self, key: u32, key_len: u32, out: usize) -> Answer<u64> {
        let (out, room) = (self.u32(out), self.u32(out.saturating_add(1)));
        self.charge(prices::STORAGE_READ)?;
        let (_, key) = self.key(key, key_len, prices::COLD)?;
        let Some(value) = self.ctx.ext().get(&key) else { return Ok(ReturnCode::KeyNotFound.into()) };
        self.charge_read(value.len())?;
        self.give(out, room, &value)?;
        Ok(ReturnCode::Success.into())
    }

    /// The length of the value.
    pub(super) fn contains_storage(&mut self, key: u32, key_len: u32) -> Answer<u64> {
        self.charge(prices::STORAGE_READ)?;
        let (_, key) = self.key(key, key_len, prices::COLD)?;
        let len = self.len_of(&key);
        // The value was read all the same.
        self.charge_read(len.unwrap_or(0))?;
        Ok(length(len))
    }

    /// Answers the value and removes it.
    pub(super) fn take_storage(&mut self) -> Answer<u64> {
        self.ensure_writable()?;
        self.charge(prices::STORAGE_WRITE)?;
        let (id, key) = self.key(self.u32(0), self.u32(1), 0)?;
        let Some(value) = self.ctx.ext().get(&key) else { return Ok(ReturnCode::KeyNotFound.into()) };
        self.charge_read(value.len())?;
        self.give(self.u32(2), self.u32(3), &value)?;
        self.ctx.ext_mut().clear(&key);
        self.note(&id, Some(value.len()), None)?;
        Ok(ReturnCode::Success.into())
    }

    /// The key in state. `cold` is what the first look at the cell costs; writing it is dear enough.
    fn key(&mut self, pointer: u32, len: u32, cold: u64) -> Answer<(StorageId, [u8; 80])> {
        let key: Vec<u8> = self.bytes(pointer, len, KEY_BYTES_MAX)?;
        if key.is_empty() {
            return self.fail(Error::DecodingFailed);
        }
        self.charge_bytes(prices::HASH_BYTE, len)?;
        let id = self.frame()?.storage_id;
        let key = cell_key(self.ctx, &id, &key);
        let hash = key.last_chunk::<32>().copied().unwrap_or_default();
        self.touch(Touched::Cell(id, hash), cold)?;
        Ok((id, key))
    }

    fn charge_read(&mut self, bytes: usize) -> Answer {
        self.charge_bytes(prices::STORAGE_READ_BYTE, u32::try_from(bytes).unwrap_or(u32::MAX))
    }

    fn len_of(&self, key: &[u8; 80]) -> Option<usize> {
        let mut len = None;
        self.ctx.ext().with(key, &mut |value| len = Some(value.len()));
        len
    }

    fn note(&mut self, id: &StorageId, before: Option<usize>, after: Option<usize>) -> Answer {
        let frame = self.frame()?;
        let (account, from) = (frame.account, frame.transactions.last().copied().unwrap_or(frame.deposits));
        self.stack.deposits.cell(from, &account, id, before, after);
        Ok(())
    }
}

fn length(len: Option<usize>) -> u64 {
    len.map_or(NONE, |len| u64::try_from(len).unwrap_or(NONE))
}
