//! Events: the value of `System.Events`, as all Substrate runtimes keep it.
//!
//! [`Metadata::events`] reads them one at a time, so that who looks for a few of very many holds those alone.

use codec::{Compact, Decode};
use scale_info::{PortableRegistry, TypeDef};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::DecodeError;
use crate::limits::{VALUES_COUNT_MAX, VALUES_PER_EVENTS_BYTE_MAX};
use crate::read::{self, Budget};
use crate::{Metadata, storage};

/// When in a block something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Phase {
    /// In the extrinsic with this index.
    ApplyExtrinsic(u32),
    /// At the end of the block.
    Finalization,
    /// At its beginning.
    Initialization,
}

impl Phase {
    /// The index of the extrinsic in which something happened.
    pub fn extrinsic_index(self) -> Option<u32> {
        if let Self::ApplyExtrinsic(index) = self { Some(index) } else { None }
    }
}

/// An event that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// When it happened.
    pub phase: Phase,
    /// Name of the pallet.
    pub pallet: String,
    /// Name of the event.
    pub name: String,
    /// What it carries: an object by name, an array where the fields have no names, an empty object where there are
    /// none.
    pub fields: Value,
    /// What it is indexed by, `0x` and digits each.
    pub topics: Vec<Value>,
}

impl Metadata {
    /// The events in the value of `System.Events`, in order, each read when it is asked for.
    pub fn events<'a>(&'a self, bytes: &'a [u8]) -> Result<Events<'a>, DecodeError> {
        let unknown = || DecodeError::Unknown("list of events".to_owned());
        let item = self.storage(storage::EVENTS.0, storage::EVENTS.1).ok_or_else(unknown)?;
        let record_id = match self.0.types.resolve(item.value_id).map(|ty| &ty.type_def) {
            Some(TypeDef::Sequence(sequence)) => sequence.type_param.id,
            // Substrate keeps them in a boxed list, which metadata shows as the list itself or as one field.
            Some(TypeDef::Composite(composite)) => match composite.fields.as_slice() {
                [field] => match self.0.types.resolve(field.ty.id).map(|ty| &ty.type_def) {
                    Some(TypeDef::Sequence(sequence)) => sequence.type_param.id,
                    _ => return Err(unknown()),
                },
                _ => return Err(unknown()),
            },
            _ => return Err(unknown()),
        };
        let values_left = VALUES_PER_EVENTS_BYTE_MAX.saturating_mul(bytes.len()).saturating_add(VALUES_COUNT_MAX);
        let mut input = bytes;
        let count = Compact::<u32>::decode(&mut input)?.0;
        Ok(Events { types: &self.0.types, record_id, input, count, values_left, has_ended: false })
    }
}

/// Events that are read one after the other. The first that can't be read ends them with the reason; so do bytes that
/// are left over behind the last.
#[derive(Debug, Clone)]
pub struct Events<'a> {
    types: &'a PortableRegistry,
    record_id: u32,
    input: &'a [u8],
    /// Events to come.
    count: u32,
    /// Values that all of them may still have.
    values_left: usize,
    has_ended: bool,
}

impl Events<'_> {
    fn read(&mut self) -> Result<Event, DecodeError> {
        // A cheap block may have any number of small events, so that each has its own bound. What all have is bounded
        // by their bytes, for there are values that take none.
        let given = self.values_left.min(VALUES_COUNT_MAX);
        let budget = Budget::of(given);
        let record = read::next(self.types, self.record_id, &mut self.input, &budget)?;
        self.values_left -= given - budget.left();
        event(record)
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Event, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let Some(left) = self.count.checked_sub(1) else {
            self.has_ended = true;
            return read::finished(self.input).err().map(Err);
        };
        self.count = left;
        let event = self.read();
        self.has_ended = event.is_err();
        Some(event)
    }
}

/// `{"phase": .., "event": {"Balances": {"Transfer": {..}}}, "topics": [..]}`, taken apart.
fn event(record: Value) -> Result<Event, DecodeError> {
    let strange = || DecodeError::Bytes("an event is not what it is elsewhere".to_owned());
    let Value::Object(mut record) = record else { return Err(strange()) };
    let mut part = |name: &str| record.remove(name).ok_or_else(strange);
    let phase = phase(&part("phase")?).ok_or_else(strange)?;
    let topics = match part("topics")? {
        Value::Array(topics) => topics,
        _ => return Err(strange()),
    };
    let (pallet, event) = variant(part("event")?).ok_or_else(strange)?;
    let (name, fields) = variant(event).ok_or_else(strange)?;
    Ok(Event { phase, pallet, name, fields, topics })
}

fn phase(value: &Value) -> Option<Phase> {
    match value.as_str() {
        Some("Finalization") => Some(Phase::Finalization),
        Some("Initialization") => Some(Phase::Initialization),
        Some(_) => None,
        None => u32::try_from(value.get("ApplyExtrinsic")?.as_u64()?).ok().map(Phase::ApplyExtrinsic),
    }
}

/// Name and fields of a variant.
fn variant(value: Value) -> Option<(String, Value)> {
    match value {
        Value::String(name) => Some((name, Value::Object(Map::new()))),
        Value::Object(object) => object.into_iter().next(),
        _ => None,
    }
}
