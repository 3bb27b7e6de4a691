//! Storage and events: the keys of [`ir::storage`](crate::ir::storage), read and written one by one.

use ziver_primitives::hashing::blake2_256;

use super::value::decode;
use super::{Interpreter, Result, Value, malformed};
use crate::ir::{Cell, CellId, CellKind, EventId, Expression, Fault, Kind, Type, limits};

impl<'a> Interpreter<'a> {
    pub(super) fn storage(&mut self, expression: &Expression) -> Result<Value> {
        match &expression.kind {
            Kind::Read(id, keys) => {
                let (cell, entry) = (self.cell(*id)?, self.encoded(keys)?);
                match cell.kind {
                    CellKind::Ledger => match self.stored_count(&cell.root(), &entry)? {
                        0 => Ok(self.zero(cell.value)),
                        count => Ok(self.version(cell, &entry, count - 1)?.1),
                    },
                    _ => self.load(&cell.root(), &entry, cell.value),
                }
            }
            Kind::Exists(id, keys) => {
                let (cell, entry) = (self.cell(*id)?, self.encoded(keys)?);
                Ok(Value::Boolean(self.chain.read(&key(&cell.root(), &entry)?).is_some()))
            }
            Kind::Count(id, keys) => {
                let (cell, entry) = (self.cell(*id)?, self.encoded(keys)?);
                let root = if cell.kind == CellKind::Ledger { cell.root() } else { cell.part("#keys") };
                Ok(Value::Integer(self.stored_count(&root, &entry)?.into()))
            }
            Kind::Keys(id, keys) => {
                let (cell, entry) = (self.cell(*id)?, self.encoded(keys)?);
                let ty = cell.keys.last().copied().unwrap_or(Type::Unit);
                let mut values = Vec::new();
                for place in 0..self.stored_count(&cell.part("#keys"), &entry)? {
                    self.charge(1)?;
                    values.push(self.load(&cell.part("#key"), &numbered(&entry, place), ty)?);
                }
                Ok(Value::List(values))
            }
            Kind::Version(id, keys, index) => {
                let (cell, entry) = (self.cell(*id)?, self.encoded(keys)?);
                let index = u32::try_from(self.index(index)?).unwrap_or(u32::MAX);
                if index >= self.stored_count(&cell.root(), &entry)? {
                    return Err(Fault::IndexOutOfRange.into());
                }
                let (block, value) = self.version(cell, &entry, index)?;
                Ok(Value::Tuple(vec![Value::Integer(block.into()), value]))
            }
            Kind::AtBlock(id, keys, block) => {
                let (cell, entry) = (self.cell(*id)?, self.encoded(keys)?);
                let block: u32 = self.number(block)?;
                for index in (0..self.stored_count(&cell.root(), &entry)?).rev() {
                    self.charge(1)?;
                    let (written, value) = self.version(cell, &entry, index)?;
                    if written <= block {
                        return Ok(value);
                    }
                }
                Ok(self.zero(cell.value))
            }
            _ => malformed(),
        }
    }

    pub(super) fn write(&mut self, id: CellId, keys: &[Expression], value: &Expression) -> Result {
        let (cell, [prefix, last]) = (self.cell(id)?, self.split(keys)?);
        let entry = [&prefix[..], &last].concat();
        let encoded = self.encoded(std::slice::from_ref(value))?;
        match cell.kind {
            CellKind::Plain => {}
            CellKind::Ledger => {
                let count = self.stored_count(&cell.root(), &entry)?;
                let block = self.chain.call_context().block_number;
                let version = [&block.to_le_bytes()[..], &encoded].concat();
                self.store(&cell.part("#version"), &numbered(&entry, count), &version)?;
                self.store_count(&cell.root(), &entry, count + 1)?;
                return Ok(());
            }
            CellKind::Enumerable => {
                let position = key(&cell.part("#position"), &entry)?;
                if self.chain.read(&position).is_none() {
                    let count = self.stored_count(&cell.part("#keys"), &prefix)?;
                    self.store(&cell.part("#key"), &numbered(&prefix, count), &last)?;
                    self.store_count(&cell.part("#keys"), &prefix, count + 1)?;
                    self.chain.write(&position, &(count + 1).to_le_bytes());
                }
            }
        }
        self.store(&cell.root(), &entry, &encoded)
    }

    pub(super) fn clear(&mut self, id: CellId, keys: &[Expression]) -> Result {
        let (cell, [prefix, last]) = (self.cell(id)?, self.split(keys)?);
        let entry = [prefix.clone(), last].concat();
        let position = key(&cell.part("#position"), &entry)?;
        if cell.kind == CellKind::Enumerable && self.chain.read(&position).is_some() {
            let place = self.stored_count(&cell.part("#position"), &entry)?.wrapping_sub(1);
            let count = self.stored_count(&cell.part("#keys"), &prefix)?.wrapping_sub(1);
            let last_place = key(&cell.part("#key"), &numbered(&prefix, count))?;
            if place != count {
                let last = self.chain.read(&last_place).unwrap_or_default();
                self.store(&cell.part("#key"), &numbered(&prefix, place), &last)?;
                let moved = [&prefix[..], &last].concat();
                self.store_count(&cell.part("#position"), &moved, place.wrapping_add(1))?;
            }
            self.chain.clear(&last_place);
            self.chain.clear(&position);
            self.store_count(&cell.part("#keys"), &prefix, count)?;
        }
        self.chain.clear(&key(&cell.root(), &entry)?);
        Ok(())
    }

    pub(super) fn emit(&mut self, id: EventId, values: &[Expression]) -> Result {
        let Some(event) = self.program.events.get(id.index()) else { return malformed() };
        let (mut topics, mut data) = (vec![event.topic()], Vec::new());
        for (field, value) in event.fields.iter().zip(values) {
            let encoded = self.encoded(std::slice::from_ref(value))?;
            if field.indexed {
                topics.push(topic(&encoded));
            }
            if field.data {
                data.extend(encoded);
            }
        }
        self.chain.emit(&topics, &data);
        Ok(())
    }

    /// The encoding of all keys but the last, and of the last.
    fn split(&mut self, keys: &[Expression]) -> Result<[Vec<u8>; 2]> {
        match keys.split_last() {
            Some((last, prefix)) => Ok([self.encoded(prefix)?, self.encoded(std::slice::from_ref(last))?]),
            None => Ok([Vec::new(), Vec::new()]),
        }
    }

    fn load(&mut self, root: &[u8; 32], entry: &[u8], ty: Type) -> Result<Value> {
        match self.chain.read(&key(root, entry)?) {
            Some(bytes) => Ok(decode(&bytes, ty, &self.program.types)?),
            None => Ok(self.zero(ty)),
        }
    }

    /// Writes what is not too long.
    fn store(&mut self, root: &[u8; 32], entry: &[u8], encoded: &[u8]) -> Result {
        if encoded.len() > limits::STORED_BYTES_MAX as usize {
            return Err(Fault::OutOfRange.into());
        }
        self.chain.write(&key(root, entry)?, encoded);
        Ok(())
    }

    fn version(&mut self, cell: &Cell, entry: &[u8], index: u32) -> Result<(u32, Value)> {
        let bytes = self.chain.read(&key(&cell.part("#version"), &numbered(entry, index))?).unwrap_or_default();
        let (block, value) = bytes.split_first_chunk().ok_or(Fault::MalformedData)?;
        Ok((u32::from_le_bytes(*block), decode(value, cell.value, &self.program.types)?))
    }

    fn stored_count(&mut self, root: &[u8; 32], entry: &[u8]) -> Result<u32> {
        match self.load(root, entry, Type::U32)? {
            Value::Integer(count) => count.try_into().or_else(|_| malformed()),
            _ => malformed(),
        }
    }

    fn store_count(&mut self, root: &[u8; 32], entry: &[u8], count: u32) -> Result {
        self.store(root, entry, &count.to_le_bytes())
    }

    fn cell(&self, id: CellId) -> Result<&'a Cell> {
        self.program.cells.get(id.index()).map_or_else(malformed, Ok)
    }
}

/// A storage key, unless it is too long.
fn key(root: &[u8; 32], entry: &[u8]) -> Result<Vec<u8>> {
    let key = [root, entry].concat();
    if key.len() > limits::KEY_BYTES_MAX as usize { Err(Fault::OutOfRange.into()) } else { Ok(key) }
}

fn numbered(entry: &[u8], number: u32) -> Vec<u8> {
    [entry, &number.to_le_bytes()].concat()
}

/// The topic of an encoded value.
fn topic(encoded: &[u8]) -> [u8; 32] {
    if encoded.len() > 32 {
        return blake2_256(encoded);
    }
    let mut topic = [0; 32];
    topic.iter_mut().zip(encoded).for_each(|(to, from)| *to = *from);
    topic
}
