//! What preparation adds to a module: an import, two globals and four functions; and where they stand.
//!
//! | added | what for |
//! |---|---|
//! | import `exhausted`: i32 -> | the last import; never returns. Functions of the module move up by one |
//! | global `gas_left`: i64 | gas that is left, never negative |
//! | global `stack_left`: i32 | units of stack that are left, never negative |
//! | function `out_of_gas` | sets `gas_left` to 0, calls `exhausted(1)` |
//! | function `out_of_stack` | calls `exhausted(2)`; `stack_left` stays what it was before the call that did not fit |
//! | function `pay_bytes`: i32 -> i32 | pays for so many bytes of bulk memory, returns its argument |
//! | function `pay_pages`: i32 -> i32 | pays for so many pages of memory, returns its argument |
//!
//! The globals follow the module's own and the functions are the last ones, so only calls of the module's own functions
//! are renumbered.

use super::{
    cost,
    imports::{OUT_OF_GAS, OUT_OF_STACK},
};
use alloc::vec::Vec;
use wasm_encoder::{BlockType, InstructionSink};

/// Where what was added stands.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Functions that the contract imports.
    imported: u32,
    /// Functions that the contract defines.
    defined: u32,
    /// Globals that the contract defines.
    globals: u32,
}

impl Layout {
    /// The layout of a contract's module.
    pub fn new(imported: u32, defined: u32, globals: u32) -> Self {
        Self { imported, defined, globals }
    }

    /// Whether a function, by its number in the contract, is an import.
    pub fn is_import(&self, function: u32) -> bool {
        function < self.imported
    }

    /// New number of a contract's function.
    pub fn function(&self, function: u32) -> u32 {
        if self.is_import(function) { function } else { function.saturating_add(1) }
    }

    /// The global `gas_left`.
    pub fn gas_left(&self) -> u32 {
        self.globals
    }

    /// The global `stack_left`.
    pub fn stack_left(&self) -> u32 {
        self.globals.saturating_add(1)
    }

    fn exhausted(&self) -> u32 {
        self.imported
    }

    fn helper(&self, index: u32) -> u32 {
        self.function(self.imported.saturating_add(self.defined)).saturating_add(index)
    }

    /// Appends the charge of `cost` gas. What happens if that was not there stands so many blocks further out (see
    /// [`Self::out_of_gas`]), or here.
    pub fn charge(&self, cost: u64, out: Option<u32>, code: &mut Vec<u8>) {
        sink(code).global_get(self.gas_left()).i64_const(i64::try_from(cost).unwrap_or(i64::MAX));
        self.subtract_gas(out, code);
    }

    fn subtract_gas(&self, out: Option<u32>, code: &mut Vec<u8>) {
        let gas = self.gas_left();
        let mut code = sink(code);
        code.i64_sub().global_set(gas).global_get(gas).i64_const(0).i64_lt_s();
        match out {
            Some(depth) => code.br_if(depth),
            None => code.if_(BlockType::Empty).call(self.helper(0)).end(),
        };
    }

    /// Appends what happens when a charge was too much.
    pub fn out_of_gas(&self, code: &mut Vec<u8>) {
        sink(code).call(self.helper(0)).unreachable();
    }

    /// Appends the entry into a function that takes `units` of stack.
    pub fn enter(&self, units: u32, code: &mut Vec<u8>) {
        let (left, units) = (self.stack_left(), i32::try_from(units).unwrap_or(i32::MAX));
        let mut code = sink(code);
        code.global_get(left).i32_const(units).i32_lt_s();
        code.if_(BlockType::Empty).call(self.helper(1)).end();
        code.global_get(left).i32_const(units).i32_sub().global_set(left);
    }

    /// Appends the way out of that function.
    pub fn leave(&self, units: u32, code: &mut Vec<u8>) {
        let (left, units) = (self.stack_left(), i32::try_from(units).unwrap_or(i32::MAX));
        sink(code).global_get(left).i32_const(units).i32_add().global_set(left);
    }

    /// Appends the payment for the bytes or pages on top of the operand stack, which stay there.
    pub fn pay_bytes(&self, code: &mut Vec<u8>) {
        sink(code).call(self.helper(2));
    }

    /// The same for pages.
    pub fn pay_pages(&self, code: &mut Vec<u8>) {
        sink(code).call(self.helper(3));
    }

    /// The bodies of the four functions, in order: the first two are of type `[] -> []`, the others of type `[i32] ->
    /// [i32]`.
    pub fn bodies(&self) -> [Vec<u8>; 4] {
        // Every body begins with its number of declarations of locals: none.
        let [mut out_of_gas, mut out_of_stack, mut pay_bytes, mut pay_pages] = [const { Vec::new() }; 4];
        for body in [&mut out_of_gas, &mut out_of_stack, &mut pay_bytes, &mut pay_pages] {
            body.push(0);
        }
        sink(&mut out_of_gas).i64_const(0).global_set(self.gas_left());
        for (body, reason) in [(&mut out_of_gas, OUT_OF_GAS), (&mut out_of_stack, OUT_OF_STACK)] {
            sink(body).i32_const(reason).call(self.exhausted()).unreachable().end();
        }

        let per_gas = cost::BULK_BYTES_PER_GAS_LOG2.cast_signed();
        sink(&mut pay_bytes).global_get(self.gas_left()).local_get(0).i32_const(per_gas).i32_shr_u().i64_extend_i32_u();
        let most = cost::PAID_PAGES_MAX.cast_signed();
        sink(&mut pay_pages).global_get(self.gas_left()).local_get(0).i32_const(most);
        sink(&mut pay_pages).local_get(0).i32_const(most).i32_lt_u().select();
        sink(&mut pay_pages).i32_const(cost::PAGE.cast_signed()).i32_mul().i64_extend_i32_u();
        for body in [&mut pay_bytes, &mut pay_pages] {
            self.subtract_gas(None, body);
            sink(body).local_get(0).end();
        }
        [out_of_gas, out_of_stack, pay_bytes, pay_pages]
    }
}

/// Appends instructions to a body.
pub fn sink(code: &mut Vec<u8>) -> InstructionSink<'_> {
    InstructionSink::new(code)
}
