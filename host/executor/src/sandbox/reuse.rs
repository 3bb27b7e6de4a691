//! Instances that are used again: as good as new, for a third of what a new one takes.
//!
//! When the runtime drops an instance, it is put back to the state in which it was made, and waits for the next that wants one
//! of the same module. That must not be told apart from a new one by anything that a contract can do. So only those come back
//! whose whole state is in reach: the memory, compared block by block with the initial one and rewritten where it differs,
//! and the mutable globals, all of them exported. Not used again are
//! - instances of modules with another kind of state: a global that is not exported, instructions that change the table or drop
//!   segments, a start function ([`is_reusable`]);
//! - those that trapped, that failed, or whose memory grew.
//!
//! What an invocation leaves with the host (its counters, its way back to the runtime) is set anew before the next one.
//!
//! Out of scope: when instances are made and dropped (`instance`).

#[cfg(test)]
mod tests;

use std::sync::Arc;

use parking_lot::Mutex;
use wasmparser::{BinaryReaderError, ExternalKind, Operator, Parser, Payload, TypeRef};
use wasmtime::{ExternType, Global, InstancePre, ModuleExport, Mutability, Store, Val};

use super::instance::{ContractState, Instance};
use super::modules::ContractModule;
use crate::limits::{IDLE_INSTANCE_STALE_AFTER, IDLE_INSTANCES_MAX, REUSED_GLOBALS_MAX, REUSED_MEMORY_BYTES_MAX};

/// Bytes that are compared, and rewritten, at once: the size of a page of most processors, so that pages that a contract does
/// not touch stay unwritten. WebAssembly's pages are a multiple of it.
const BLOCK_BYTES: usize = 4_096;

static ZERO: [u8; BLOCK_BYTES] = [0; BLOCK_BYTES];

/// The value of a global.
#[derive(Clone, Copy)]
enum Number {
    I32(i32),
    I64(i64),
}

/// What instances of a module begin with.
pub(super) struct Initial {
    globals: Vec<(ModuleExport, Number)>,
    /// The memory, block by block; `None` is zero.
    memory: Vec<Option<Box<[u8; BLOCK_BYTES]>>>,
}

impl Initial {
    /// Looks at a new instance of a module that [`is_reusable`]. `None` where restoring it would not pay, or it does not
    /// initialise.
    pub fn of(pre: &InstancePre<ContractState>, memory: &ModuleExport) -> Option<Self> {
        let module = pre.module();
        let mut store = Store::new(module.engine(), ContractState::default());
        let instance = pre.instantiate(&mut store).ok()?;
        let mut globals = Vec::new();
        for export in module.exports() {
            let ExternType::Global(ty) = export.ty() else { continue };
            if ty.mutability() == Mutability::Const {
                continue;
            }
            let number = match instance.get_global(&mut store, export.name())?.get(&mut store) {
                Val::I32(value) => Number::I32(value),
                Val::I64(value) => Number::I64(value),
                _ => return None,
            };
            globals.push((module.get_export_index(export.name())?, number));
        }
        let memory = instance.get_module_export(&mut store, memory)?.into_memory()?;
        let bytes = memory.data(&store);
        if globals.len() > REUSED_GLOBALS_MAX || bytes.len() > REUSED_MEMORY_BYTES_MAX {
            return None;
        }
        let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
        let memory = blocks.iter().map(|block| (*block != ZERO).then(|| Box::new(*block))).collect();
        rest.is_empty().then_some(Self { globals, memory })
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.memory.iter().flatten().count().saturating_mul(BLOCK_BYTES)
    }

    /// Gives an instance of the same module this state; whether that was possible.
    fn restore(&self, instance: &mut Instance) -> bool {
        let Instance { store, instance, counters, globals, .. } = instance;
        if globals.is_empty() {
            let found = |(export, _): &(ModuleExport, Number)| -> Option<Global> {
                instance.get_module_export(&mut *store, export)?.into_global()
            };
            globals.extend(self.globals.iter().map_while(found));
        }
        if globals.len() != self.globals.len() {
            return false;
        }
        for (global, (_, number)) in globals.iter().zip(&self.globals) {
            let value = match *number {
                Number::I32(value) => Val::I32(value),
                Number::I64(value) => Val::I64(value),
            };
            if global.set(&mut *store, value).is_err() {
                return false;
            }
        }
        let (blocks, rest) = counters.memory.data_mut(store).as_chunks_mut::<BLOCK_BYTES>();
        if blocks.len() != self.memory.len() || !rest.is_empty() {
            return false;
        }
        for (block, initial) in blocks.iter_mut().zip(&self.memory) {
            let initial = initial.as_deref().unwrap_or(&ZERO);
            if block != initial {
                *block = *initial;
            }
        }
        true
    }
}

/// Whether the whole state of instances is what [`Initial`] has. `code` is a module that an engine has compiled.
pub(super) fn is_reusable(code: &[u8]) -> bool {
    has_plain_state(code).unwrap_or(false)
}

fn has_plain_state(code: &[u8]) -> Result<bool, BinaryReaderError> {
    // Of the globals in order: whether they can be restored.
    let mut globals = Vec::new();
    for payload in Parser::new(0).parse_all(code) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if !matches!(import?.ty, TypeRef::Func(_)) {
                        return Ok(false);
                    }
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    globals.push(!global?.ty.mutable);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Global
                        && let Some(is_known) = globals.get_mut(export.index as usize)
                    {
                        *is_known = true;
                    }
                }
            }
            Payload::StartSection { .. } => return Ok(false),
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    if has_other_state(&operator?) {
                        return Ok(false);
                    }
                }
            }
            _ => (),
        }
    }
    Ok(globals.iter().all(|is_known| *is_known))
}

/// Whether the instruction changes what is neither memory nor a global: tables, and segments.
fn has_other_state(operator: &Operator) -> bool {
    matches!(
        operator,
        Operator::TableInit { .. }
            | Operator::TableCopy { .. }
            | Operator::TableFill { .. }
            | Operator::TableSet { .. }
            | Operator::TableGrow { .. }
            | Operator::ElemDrop { .. }
            | Operator::DataDrop { .. }
            | Operator::MemoryInit { .. }
    )
}

/// Instances that wait to be used again.
#[derive(Default)]
pub(super) struct Idle(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// With the time at which each was given back, the oldest first.
    instances: Vec<(u64, Box<Instance>)>,
    /// Counts what was given back, or found no place.
    time: u64,
    reused: u64,
}

impl Idle {
    /// One of `module`, as good as new.
    pub fn take(&self, module: &Arc<ContractModule>) -> Option<Box<Instance>> {
        module.initial.as_ref()?;
        let mut waiting = self.0.lock();
        let place = waiting.instances.iter().rposition(|(_, instance)| Arc::ptr_eq(&instance.module, module))?;
        waiting.reused = waiting.reused.saturating_add(1);
        Some(waiting.instances.remove(place).1)
    }

    /// How many were used again.
    pub fn reused(&self) -> u64 {
        self.0.lock().reused
    }

    /// Takes one that nobody uses any more: to be used again, or to be dropped.
    pub fn give_back(&self, mut instance: Box<Instance>) {
        let module = Arc::clone(&instance.module);
        let Some(initial) = &module.initial else { return };
        if instance.is_spent || !module.heat.is_reused() || !self.has_room() || !initial.restore(&mut instance) {
            return;
        }
        let mut waiting = self.0.lock();
        waiting.time = waiting.time.saturating_add(1);
        let time = waiting.time;
        waiting.instances.push((time, instance));
        // Dropped when others may use the list again.
        let dropped = (waiting.instances.len() > IDLE_INSTANCES_MAX).then(|| waiting.instances.remove(0));
        drop(waiting);
        drop(dropped);
    }

    /// Whether another one has a place: where none is free, that of one which nobody has asked for in a long time. So as many as
    /// there are places serve again even when many more contracts are called in turn.
    fn has_room(&self) -> bool {
        let mut waiting = self.0.lock();
        if waiting.instances.len() < IDLE_INSTANCES_MAX {
            return true;
        }
        waiting.time = waiting.time.saturating_add(1);
        let time = waiting.time;
        waiting.instances.first().is_some_and(|(since, _)| time.saturating_sub(*since) > IDLE_INSTANCE_STALE_AFTER)
    }
}
