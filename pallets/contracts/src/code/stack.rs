//! How much stack a function takes, in units of [`UNIT_BYTES`] of native stack.
//!
//! Which frames engines build differs, so the module counts for itself, more than any engine takes: this limit is met
//! first, at the same call on each node. A function pays on entry for its parameters, locals and operands as if all of
//! them lay on the stack at 8 bytes each, for what it computes, and for what frames have besides; it gives the same
//! back on every way out.
//!
//! **What it computes** counts as optimising compilers keep it: one that finds the same expression on both sides of a
//! call, or moves one out of a loop, has it on the stack over the call, in addition to all locals and operands. Without
//! this a function of 6 units could be built whose frame took 24 KiB in Cranelift. So each instruction that computes
//! something or has an address counts as a value ([`values`]).
//!
//! **Free functions.** A function that calls no function of the module (it may call imports, the helpers of
//! `helpers.rs` aside) and takes at most [`FREE_UNITS_MAX`] pays nothing, which makes small functions cheap to call.
//! The budget holds: such a function is on the stack at most once, on top, as whatever would be above it would have to
//! be called by it. (What an import runs is another instance with a budget of its own.) The check comes after the
//! engine has built the frame of a function that no longer fits, which is also the topmost one. So an instance takes at
//! most [`LIMIT_UNITS`] and one more frame, which the limits on bodies, locals and operands bound: 120 KiB were the
//! most that could be provoked.

use wasmparser::Operator;

/// Native stack that a unit stands for, in bytes.
pub const UNIT_BYTES: u32 = 32;
/// Units that an instance has in the beginning. A function that takes more can't be called.
pub const LIMIT_UNITS: u32 = 16 << 10;
/// Units that a function may take for nothing if it calls no other one.
pub const FREE_UNITS_MAX: u32 = 64;

/// Values of 8 bytes in a unit.
const VALUES_PER_UNIT: u32 = UNIT_BYTES / 8;
/// What each frame has besides its values: return address, frame pointer and the engine's context (32 bytes), saved
/// registers (40), alignment and some reserve. Arguments that don't fit into registers were operands, which are counted
/// already.
const FRAME_UNITS: u32 = 4;
/// Operands that metering puts on top of the function's own.
const METERING_OPERANDS: u32 = 2;

/// What decides how much stack a function takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// Parameters and locals.
    pub locals: u32,
    /// The most operands that are there at once.
    pub operands: u32,
    /// The sum of [`values`] of its instructions.
    pub values: u32,
    /// Whether it calls functions of the module.
    pub calls: bool,
}

/// Values that a compiler may keep because of an instruction, beyond operands and locals: what it computes, or the
/// address that it uses.
pub fn values(operator: &Operator<'_>) -> u32 {
    use Operator as O;
    match operator {
        O::Nop | O::Block { .. } | O::Loop { .. } | O::If { .. } | O::Else | O::End | O::Br { .. } => 0,
        O::BrIf { .. } | O::BrTable { .. } | O::Return | O::Unreachable | O::Drop | O::Call { .. } => 0,
        O::LocalGet { .. } | O::LocalSet { .. } | O::LocalTee { .. } | O::GlobalSet { .. } => 0,
        // Constants are made anew where they are used.
        O::I32Const { .. } | O::I64Const { .. } => 0,
        _ => 1,
    }
}

/// What a function takes.
pub fn units(needs: Needs) -> u32 {
    let Needs { locals, operands, values, .. } = needs;
    let all = locals.saturating_add(operands).saturating_add(values).saturating_add(METERING_OPERANDS);
    all.div_ceil(VALUES_PER_UNIT).saturating_add(FRAME_UNITS)
}

/// What a function pays: [`units`], or nothing.
pub fn price(needs: Needs) -> u32 {
    let units = units(needs);
    if !needs.calls && units <= FREE_UNITS_MAX { 0 } else { units }
}
