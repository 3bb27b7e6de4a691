//! What instructions cost, in gas: 1 gas is at most about 1 ns of code that Winch compiled, on the reference machine
//! (x86-64 at about 3 GHz).
//!
//! The cheapest instruction costs 1, so most code takes less: 0.1 to 0.4 ns for 1 gas. Loads that miss the first caches
//! come to about 1 ns, and so does filling no memory at all.
//!
//! An instruction pays for itself and for what metering adds to it: those that begin a new run of instructions (see
//! `code/body.rs`) pay 1 or 2 more. What leaves no machine code (`block`, `end`, `nop`, ...) is free. Each way round a
//! loop passes a branch, so there is no free loop.
//!
//! Consensus: prepared code is stored, so a new table holds for new uploads only.

use wasmparser::Operator;

/// Constants, locals, comparisons, additions, shifts, ...
const SIMPLE: u32 = 1;
/// Counting bits: more than one instruction on some processors.
const BITS: u32 = 2;
/// Access to a global, which is memory.
const GLOBAL: u32 = 1;
/// Access to the memory.
const MEMORY: u32 = 2;
/// Division and remainder.
const DIVIDE: u32 = 8;
/// Choosing between two values.
const SELECT: u32 = 2;
/// A branch, the check that metering does behind it included.
const BRANCH: u32 = 2;
/// A jump through a table.
const BRANCH_TABLE: u32 = 4;
/// The caller's part of a call.
const CALL: u32 = 2;
/// The caller's part of a call through the table: bounds, type, then the call.
const CALL_INDIRECT: u32 = 6;
/// The callee's part of a call: its frame and the checks of gas and stack.
const ENTRY: u32 = 3;
/// Locals that are set to zero for 1 gas.
const LOCALS_PER_GAS: u32 = 4;
/// Copying memory, before the first byte.
const COPY: u32 = 20;
/// Filling memory, before the first byte. Filling none is what takes longest: 130 ns.
const FILL: u32 = 100;
/// Bytes that are copied or filled for 1 gas, as a power of two: `bytes >> 3` is what they cost on top.
pub const BULK_BYTES_PER_GAS_LOG2: u32 = 3;
/// Asking for more memory, without the pages.
const GROW: u32 = 1_000;
/// A page of 64 KiB more memory: its 16 page faults and its share of the clearing afterwards.
pub const PAGE: u32 = 20_000;
/// Pages that a `memory.grow` pays for at most, granted or not: more never are.
pub const PAID_PAGES_MAX: u32 = super::limits::MEMORY_PAGES_MAX;

/// Cost of entering a function that declares `locals` on top of its parameters.
pub fn of_entry(locals: u32) -> u32 {
    ENTRY.saturating_add(locals.div_ceil(LOCALS_PER_GAS))
}

/// Cost of an instruction, in gas, without what it pays at run time for the bytes or pages that it asks for.
pub fn of(operator: &Operator<'_>) -> u32 {
    use Operator as O;
    match operator {
        O::Nop | O::Block { .. } | O::Else | O::End | O::Drop => 0,
        O::Loop { .. } | O::If { .. } | O::Br { .. } | O::BrIf { .. } | O::Return | O::Unreachable => BRANCH,
        O::BrTable { .. } => BRANCH_TABLE,
        O::Call { .. } => CALL,
        O::CallIndirect { .. } => CALL_INDIRECT,
        O::Select => SELECT,
        O::GlobalGet { .. } | O::GlobalSet { .. } => GLOBAL,
        O::I32Clz | O::I32Ctz | O::I32Popcnt | O::I64Clz | O::I64Ctz | O::I64Popcnt => BITS,
        O::I32DivS | O::I32DivU | O::I32RemS | O::I32RemU => DIVIDE,
        O::I64DivS | O::I64DivU | O::I64RemS | O::I64RemU => DIVIDE,
        O::I32Load { .. } | O::I32Load8S { .. } | O::I32Load8U { .. } | O::I32Load16S { .. } => MEMORY,
        O::I32Load16U { .. } | O::I64Load { .. } | O::I64Load8S { .. } | O::I64Load8U { .. } => MEMORY,
        O::I64Load16S { .. } | O::I64Load16U { .. } | O::I64Load32S { .. } | O::I64Load32U { .. } => MEMORY,
        O::I32Store { .. } | O::I32Store8 { .. } | O::I32Store16 { .. } | O::I64Store { .. } => MEMORY,
        O::I64Store8 { .. } | O::I64Store16 { .. } | O::I64Store32 { .. } => MEMORY,
        O::MemoryCopy { .. } => COPY,
        O::MemoryFill { .. } => FILL,
        O::MemoryGrow { .. } => GROW,
        _ => SIMPLE,
    }
}
