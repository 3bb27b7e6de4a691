//! Events.
//!
//! The topics are made in a buffer of the event, in which their number and the first topic stand already; so is the data, if
//! its size is known. One field alone goes from where it is.

use wasm_encoder::Instruction;

use super::expression::Kept;
use super::function::{Compiler, Destination, Held};
use crate::ir::{EventField, EventId, Expression};

impl Compiler<'_, '_> {
    pub(super) fn emit(&mut self, id: EventId, values: &[Expression]) {
        let kept: Vec<Kept> = values.iter().map(|value| self.evaluate_and_keep(value)).collect();
        let fields = self.module.program.events[id.index()].fields.clone();
        let (topics, data) = self.event_buffers(id);
        let indexed = fields.iter().zip(&kept).filter(|(field, _)| field.indexed);
        let mut to = Destination::Fixed(topics).plus(1);
        for (field, kept) in indexed {
            to = to.plus(32);
            self.topic(field, *kept, to);
        }
        let count = fields.iter().filter(|field| field.indexed).count();
        let topics_size = 33 + 32 * u32::try_from(count).unwrap_or(u32::MAX);

        let in_data: Vec<(&EventField, Kept)> = fields.iter().zip(kept).filter(|(field, _)| field.data).collect();
        let size = self.data_size(&fields);
        match (size, &in_data[..]) {
            (Some(size), [(field, kept)]) if matches!(self.held(field.ty), Held::Memory(_)) => {
                self.code.i32(topics);
                self.code.i32(topics_size);
                self.fetch(*kept);
                self.code.i32(size);
                self.prelude("deposit_event");
            }
            (Some(size), _) => {
                let mut to = Destination::Fixed(data);
                for (field, kept) in in_data {
                    self.put(field, kept, to);
                    to = to.plus(self.layout(field.ty).size);
                }
                self.code.i32(topics);
                self.code.i32(topics_size);
                self.code.i32(data);
                self.code.i32(size);
                self.prelude("deposit_event");
            }
            (None, _) => {
                let start = self.arena_end();
                for (field, kept) in in_data {
                    self.fetch(kept);
                    self.append(field.ty);
                }
                self.code.i32(topics);
                self.code.i32(topics_size);
                self.code.get(start);
                self.global_get("heap");
                self.code.get(start);
                self.code.plain(Instruction::I32Sub);
                self.prelude("deposit_event");
                self.arena_back(start);
            }
        }
    }

    fn topic(&mut self, field: &EventField, kept: Kept, to: Destination) {
        let layout = self.layout(field.ty);
        if layout.fixed && layout.size <= 32 {
            return self.put(field, kept, to);
        }
        let start = self.arena_end();
        self.fetch(kept);
        self.append(field.ty);
        self.code.get(start);
        self.address(to);
        self.prelude("topic");
    }

    /// Copies a value that looks in memory as it is encoded.
    fn put(&mut self, field: &EventField, kept: Kept, to: Destination) {
        match self.held(field.ty) {
            Held::Nothing => {}
            Held::Number(access) => {
                self.address(to);
                self.fetch(kept);
                self.code.store(access, 0);
            }
            Held::Memory(size) => {
                self.address(to);
                self.fetch(kept);
                self.copy(size);
            }
        }
    }

    /// The size of the data, if all fields in it have a fixed one.
    fn data_size(&self, fields: &[EventField]) -> Option<u32> {
        let in_data = fields.iter().filter(|field| field.data).map(|field| self.layout(field.ty));
        in_data.map(|layout| layout.fixed.then_some(layout.size)).try_fold(0, |sum: u32, size| sum.checked_add(size?))
    }

    /// The buffers for topics and for data.
    fn event_buffers(&mut self, id: EventId) -> (u32, u32) {
        if let Some(buffers) = self.module.events.get(&id) {
            return *buffers;
        }
        let event = &self.module.program.events[id.index()];
        let indexed = event.fields.iter().filter(|field| field.indexed).count();
        let count = u8::try_from((indexed + 1) << 2).expect("an event has at most four topics");
        let start = [&[count][..], &event.topic()].concat();
        let room = 32 * u32::try_from(indexed).expect("an event has at most four topics");
        let topics = self.module.memory.buffer(&start, room);
        let size = self.data_size(&event.fields.clone()).unwrap_or_default();
        let data = self.module.memory.buffer(&[], size);
        self.module.events.insert(id, (topics, data));
        (topics, data)
    }
}
