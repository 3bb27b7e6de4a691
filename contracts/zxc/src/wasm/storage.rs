//! Storage: keys and values.
//!
//! The key of an entry whose keys have a fixed size is made in a buffer of its cell, which begins with the root. What is in it
//! is remembered: where the same entry is read and then written, the key is made once. All other keys are made at the end of
//! the arena and given up after use.
//!
//! A value that looks in memory as it is encoded goes to storage from where it is, and comes from there to where it is needed.

use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::expression::Kept;
use super::function::{Compiler, Destination, Held};
use super::prelude::address;
use crate::ir::{CellId, Constant, Context, Expression, Fault, Kind, LocalId, Type, limits};

/// A key that gives the same value wherever it stands, until its local is assigned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KeyPart {
    Local(LocalId),
    Constant(Constant),
    Context(Context),
}

/// A key that has been evaluated.
#[derive(Clone, Debug)]
pub(super) struct Key {
    cell: CellId,
    kept: Vec<(Type, Kept)>,
    /// What it is made of, if that is known.
    parts: Option<Vec<KeyPart>>,
}

impl Compiler<'_, '_> {
    /// Evaluates the keys of a cell.
    pub(super) fn key(&mut self, cell: CellId, keys: &[Expression]) -> Key {
        let parts: Option<Vec<KeyPart>> = keys.iter().map(part).collect();
        let mut kept = Vec::new();
        for key in keys {
            // Context is fetched only where the key is made, if everything else is known too: it may be made already.
            let later = parts.is_some() && matches!(key.kind, Kind::Context(_));
            kept.push((key.ty, if later { Kept::Nothing } else { self.evaluate_and_keep(key) }));
        }
        Key { cell, kept, parts }
    }

    /// Leaves the address and length of a key on the stack. One in the arena has to be given up: the local with its beginning.
    fn put_key(&mut self, key: &Key) -> Option<u32> {
        let size: u32 = key.kept.iter().map(|(ty, _)| self.layout(*ty).size).fold(32, u32::saturating_add);
        if key.kept.iter().all(|(ty, _)| self.layout(*ty).fixed) {
            let buffer = self.key_buffer(key.cell, size - 32);
            if key.parts.is_none() || self.keys.get(&key.cell) != key.parts.as_ref() {
                self.fill_key(key, buffer);
            }
            self.code.i32(buffer);
            self.code.i32(size);
            return None;
        }
        let root = self.module.program.cells[key.cell.index()].root();
        let root = self.module.memory.constant(&root);
        let start = self.arena_end();
        self.code.i32(root);
        self.code.i32(32);
        self.prelude("append_raw");
        for index in 0..key.kept.len() {
            self.fetch_key(key, index);
            self.append(key.kept[index].0);
        }
        self.global_get("heap");
        self.code.get(start);
        self.code.plain(Instruction::I32Sub);
        let length = self.temporary(ValType::I32);
        self.code.tee(length);
        self.code.i32(limits::KEY_BYTES_MAX);
        self.code.plain(Instruction::I32GtU);
        self.fault_if(Fault::OutOfRange);
        self.code.get(start);
        self.code.get(length);
        Some(start)
    }

    fn fill_key(&mut self, key: &Key, buffer: u32) {
        let mut to = Destination::Fixed(buffer).plus(32);
        for (index, (ty, _)) in key.kept.iter().enumerate() {
            match self.held(*ty) {
                Held::Nothing => {}
                Held::Number(access) => {
                    self.address(to);
                    self.fetch_key(key, index);
                    self.code.store(access, 0);
                }
                Held::Memory(size) => {
                    self.address(to);
                    self.fetch_key(key, index);
                    self.copy(size);
                }
            }
            to = to.plus(self.layout(*ty).size);
        }
        match &key.parts {
            Some(parts) => self.keys.insert(key.cell, parts.clone()),
            None => self.keys.remove(&key.cell),
        };
    }

    fn fetch_key(&mut self, key: &Key, index: usize) {
        match key.parts.as_ref().and_then(|parts| parts.get(index)) {
            Some(KeyPart::Context(context)) => self.value(&Expression::context(*context)),
            _ => self.fetch(key.kept[index].1),
        }
    }

    fn key_buffer(&mut self, cell: CellId, room: u32) -> u32 {
        if let Some(buffer) = self.module.keys.get(&cell) {
            return *buffer;
        }
        let root = self.module.program.cells[cell.index()].root();
        let buffer = self.module.memory.buffer(&root, room);
        self.module.keys.insert(cell, buffer);
        buffer
    }

    /// Gives up a key in the arena. What was put on the stack since stays there.
    fn drop_key(&mut self, start: Option<u32>) {
        if let Some(start) = start {
            self.arena_back(start);
        }
    }

    /// What is in the key buffers is no longer known where the local is part of it.
    pub(super) fn forget_local(&mut self, local: LocalId) {
        self.keys.retain(|_, parts| !parts.contains(&KeyPart::Local(local)));
    }
}

/// Reading.
impl Compiler<'_, '_> {
    /// A value to somewhere in memory.
    pub(super) fn read(&mut self, cell: CellId, keys: &[Expression], to: Destination) {
        let ty = self.module.program.cells[cell.index()].value;
        let layout = self.layout(ty);
        let key = self.key(cell, keys);
        if layout.plain {
            let start = self.put_key(&key);
            self.address(to);
            self.code.i32(layout.size);
            self.prelude("load");
            self.drop_key(start);
            self.fault_if(Fault::MalformedData);
            return;
        }
        self.load_any(&key, |it| it.take_to(ty, to), |it| it.fill_zeros(to, layout.size), None);
    }

    /// A value that is held as a number.
    pub(super) fn read_number(&mut self, cell: CellId, keys: &[Expression]) {
        let ty = self.module.program.cells[cell.index()].value;
        let layout = self.layout(ty);
        let Held::Number(access) = self.held(ty) else { unreachable!("a number") };
        let key = self.key(cell, keys);
        if !layout.fixed {
            let result = self.held(ty).val_type();
            let zero = |it: &mut Self| if access == Access::Long { it.code.i64(0) } else { it.code.i32(0) };
            return self.load_any(&key, |it| it.take(ty), zero, result);
        }
        let start = self.put_key(&key);
        self.code.i32(address::SCALAR);
        self.code.i32(layout.size);
        self.prelude("load");
        self.drop_key(start);
        self.fault_if(Fault::MalformedData);
        self.code.i32(address::SCALAR);
        self.code.load(access, 0);
        if !layout.plain {
            let number = self.temporary(ValType::I32);
            self.code.tee(number);
            let count = self.module.program.types.variants(ty).unwrap_or(2);
            self.code.i32(u32::try_from(count).unwrap_or(u32::MAX));
            self.code.plain(Instruction::I32GeU);
            self.fault_if(Fault::MalformedData);
            self.code.get(number);
        }
    }

    /// Decodes a value of any size, if there is one.
    fn load_any(
        &mut self,
        key: &Key,
        found: impl FnOnce(&mut Self),
        missing: impl FnOnce(&mut Self),
        result: Option<ValType>,
    ) {
        // A key in the arena stays there: the value comes after it.
        self.put_key(key);
        self.prelude("load_any");
        self.either(
            result,
            |it| {
                found(it);
                it.finish_decoding();
            },
            missing,
        );
    }

    pub(super) fn exists(&mut self, cell: CellId, keys: &[Expression]) {
        let key = self.key(cell, keys);
        let start = self.put_key(&key);
        self.prelude("exists");
        self.drop_key(start);
    }
}

/// Writing.
impl Compiler<'_, '_> {
    pub(super) fn write(&mut self, cell: CellId, keys: &[Expression], value: &Expression) {
        let key = self.key(cell, keys);
        let layout = self.layout(value.ty);
        let kept = self.evaluate_and_keep(value);
        if !layout.fixed {
            let begin = self.arena_end();
            self.fetch(kept);
            self.append(value.ty);
            self.global_get("heap");
            self.code.get(begin);
            self.code.plain(Instruction::I32Sub);
            let length = self.temporary(ValType::I32);
            self.code.tee(length);
            self.code.i32(limits::STORED_BYTES_MAX);
            self.code.plain(Instruction::I32GtU);
            self.fault_if(Fault::OutOfRange);
            self.put_key(&key);
            self.code.get(begin);
            self.code.get(length);
            self.prelude("set_storage");
            self.code.plain(Instruction::Drop);
            self.arena_back(begin);
            return;
        }
        let start = self.put_key(&key);
        match self.held(value.ty) {
            Held::Nothing => self.code.i32(address::SCALAR),
            Held::Number(access) => {
                self.code.i32(address::SCALAR);
                self.fetch(kept);
                self.code.store(access, 0);
                self.code.i32(address::SCALAR);
            }
            Held::Memory(_) => self.fetch(kept),
        }
        self.code.i32(layout.size);
        self.prelude("set_storage");
        self.code.plain(Instruction::Drop);
        self.drop_key(start);
    }

    pub(super) fn clear(&mut self, cell: CellId, keys: &[Expression]) {
        let key = self.key(cell, keys);
        let start = self.put_key(&key);
        self.prelude("clear_storage");
        self.code.plain(Instruction::Drop);
        self.drop_key(start);
    }
}

fn part(key: &Expression) -> Option<KeyPart> {
    match &key.kind {
        Kind::Local(local) => Some(KeyPart::Local(*local)),
        Kind::Constant(constant) => Some(KeyPart::Constant(constant.clone())),
        Kind::Context(context @ (Context::Caller | Context::Origin | Context::This)) => {
            Some(KeyPart::Context(*context))
        }
        _ => None,
    }
}
