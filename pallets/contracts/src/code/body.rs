//! Validates one function and makes it meter itself, in one pass over its operators.
//!
//! **Runs.** Instructions are grouped into runs, of which either nothing or everything is executed, unless a call or an
//! instruction in between never comes back. A run's whole cost is charged where it begins; if that is more than what is
//! left, nothing of it is executed. A run begins at the function's entry, in a loop (so that each iteration pays), in
//! both arms of an `if` and after a `br_if`. After the `end` of a construct the run in front of it goes on if no branch
//! in the construct leads out of it: whoever entered it comes to its `end`. If one does, a new run begins. Calls end no
//! run: what follows a call that never returns was paid in vain.
//!
//! **Dead code**, from an unconditional branch to the next `else` or `end`, is validated and then left out.
//!
//! **Checks.** A charge is followed by a check whether too much was taken. In a function with one charge that is an `if`
//! with a call of `out_of_gas`. If there are more, they branch to one call behind the function's code instead, which
//! takes less room, less time to compile and less to run. Beyond [`SHARED_CHECKS_MAX`] each has an `if` again, as
//! Cranelift takes long for blocks with thousands of ways in.
//!
//! **Stack.** See [`super::stack`]. A function that pays is wrapped in a block, behind which it gives back what it
//! took. Branches to the function's own label lead to the end of that block without renumbering, and `return` becomes
//! such a branch. All in all:
//!
//! ```text
//! block                       if checks are shared
//!   charge, enter
//!   block (result)            if checks are shared, or the function pays for stack
//!     ... charge ...          br_if to the end of the outer block
//!   end
//!   leave
//!   return
//! end
//! call out_of_gas
//! unreachable
//! ```
//!
//! Operators are copied byte for byte, but for calls of functions, which are renumbered.

use super::{
    cost,
    error::CodeError,
    helpers::{Layout, sink},
    limits::{BODY_BYTES_MAX, BR_TABLE_TARGETS_MAX, LOCALS_MAX, NESTING_MAX, OPERANDS_MAX, PREPARED_BODY_BYTES_MAX},
    operators::Accept,
    stack::{self, Needs},
};
use alloc::vec::Vec;
use wasm_encoder::BlockType;
use wasmparser::{FuncValidator, FunctionBody, Operator, OperatorsReader, ValidatorResources};

/// Charges of one function that share a check. More than that, and each has its own.
const SHARED_CHECKS_MAX: usize = 512;

/// A function's type, as far as its body needs it.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Number of parameters.
    pub params: u32,
    /// The block type with the function's result.
    pub result: BlockType,
}

/// Validates a function's body and returns it with metering, with its declarations of locals in front.
pub fn prepare(
    body: &FunctionBody<'_>,
    validator: &mut FuncValidator<ValidatorResources>,
    signature: Signature,
    layout: &Layout,
) -> Result<Vec<u8>, CodeError> {
    let bytes = body.as_bytes();
    if bytes.len() > BODY_BYTES_MAX {
        return Err(CodeError::BodyTooLarge);
    }
    let (locals, mut operators) = declare_locals(body, validator)?;
    let start = body.range().start;
    let between = |from: usize, to: usize| {
        // Both lie in the body, as the reader does; an empty range would be caught by the validation of what comes out.
        bytes.get(from.saturating_sub(start)..to.saturating_sub(start)).unwrap_or_default()
    };
    let declarations = between(start, operators.original_position());

    let mut meter = Meter::new(layout, bytes.len());
    meter.pay(cost::of_entry(locals));
    while !operators.eof() {
        let offset = operators.original_position();
        let operator = operators.visit_operator(&mut Accept { validator, offset })??;
        if let Operator::BrTable { targets } = &operator
            && targets.len() > BR_TABLE_TARGETS_MAX
        {
            return Err(CodeError::TooManyTargets);
        }
        // The function itself is a frame, too.
        if validator.control_stack_height() > NESTING_MAX.saturating_add(1) {
            return Err(CodeError::NestingTooDeep);
        }
        let operands = validator.operand_stack_height();
        if operands > OPERANDS_MAX {
            return Err(CodeError::TooManyOperands);
        }
        meter.operator(&operator, operands, between(offset, operators.original_position()))?;
    }
    operators.finish()?;
    let prepared = meter.finish(declarations, signature.params.saturating_add(locals), signature.result);
    if prepared.len() > PREPARED_BODY_BYTES_MAX { Err(CodeError::PreparedBodyTooLarge) } else { Ok(prepared) }
}

/// Tells the validator the locals; returns how many there are, and what follows them.
fn declare_locals<'a>(
    body: &FunctionBody<'a>,
    validator: &mut FuncValidator<ValidatorResources>,
) -> Result<(u32, OperatorsReader<'a>), CodeError> {
    let mut reader = body.get_locals_reader()?;
    let mut locals = 0u32;
    for _ in 0..reader.get_count() {
        let offset = reader.original_position();
        let (count, ty) = reader.read()?;
        locals = locals.saturating_add(count);
        if locals > LOCALS_MAX {
            return Err(CodeError::TooManyLocals);
        }
        validator.define_locals(offset, count, ty)?;
    }
    Ok((locals, OperatorsReader::new(reader.get_binary_reader())))
}

/// Instructions that are paid for together.
struct Run {
    /// Where in the output the charge belongs.
    at: usize,
    /// Gas.
    cost: u64,
    /// Constructs that are open there, without the function.
    depth: u32,
}

/// An open construct.
struct Frame {
    /// The run that it stands in.
    run: usize,
    /// The outermost construct that a branch in it leads to, by its place among the open ones.
    reach: usize,
}

struct Meter<'a> {
    layout: &'a Layout,
    /// The operators, without the charges.
    code: Vec<u8>,
    runs: Vec<Run>,
    /// The run that the next instruction belongs to.
    run: usize,
    /// Open constructs, the function first.
    frames: Vec<Frame>,
    /// In dead code: constructs opened in it.
    dead: Option<u32>,
    needs: Needs,
}

impl<'a> Meter<'a> {
    fn new(layout: &'a Layout, bytes: usize) -> Self {
        let frames = Vec::from([Frame { run: 0, reach: 0 }]);
        let runs = Vec::from([Run { at: 0, cost: 0, depth: 0 }]);
        let code = Vec::with_capacity(bytes);
        Self { layout, code, runs, run: 0, frames, dead: None, needs: Needs::default() }
    }

    /// Open constructs, without the function.
    fn depth(&self) -> u32 {
        u32::try_from(self.frames.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    fn pay(&mut self, cost: u32) {
        if let Some(run) = self.runs.get_mut(self.run) {
            run.cost = run.cost.saturating_add(u64::from(cost));
        }
    }

    fn begin_run(&mut self) {
        self.run = self.runs.len();
        self.runs.push(Run { at: self.code.len(), cost: 0, depth: self.depth() });
    }

    /// Notes a branch out of as many constructs.
    fn branch(&mut self, depth: u32) {
        let place = self.frames.len().saturating_sub(1);
        let target = usize::try_from(depth).map_or(0, |depth| place.saturating_sub(depth));
        if let Some(frame) = self.frames.last_mut() {
            frame.reach = frame.reach.min(target);
        }
    }

    /// Takes the next operator, which the validator accepted, and its bytes. `operands` are there after it.
    fn operator(&mut self, operator: &Operator<'_>, operands: u32, bytes: &[u8]) -> Result<(), CodeError> {
        if self.skip_dead(operator) {
            return Ok(());
        }
        self.needs.operands = self.needs.operands.max(operands);
        self.needs.values = self.needs.values.saturating_add(stack::values(operator));
        self.pay(cost::of(operator));
        match operator {
            Operator::Block { .. } => self.open(bytes),
            Operator::Loop { .. } | Operator::If { .. } => {
                self.open(bytes);
                self.begin_run();
            }
            Operator::Else => {
                self.code.extend_from_slice(bytes);
                self.dead = None;
                self.begin_run();
            }
            Operator::End => self.close(bytes),
            Operator::Br { relative_depth } => {
                self.branch(*relative_depth);
                self.leave(bytes);
            }
            Operator::BrIf { relative_depth } => {
                self.branch(*relative_depth);
                self.code.extend_from_slice(bytes);
                self.begin_run();
            }
            Operator::BrTable { targets } => {
                for target in targets.targets() {
                    self.branch(target?);
                }
                self.branch(targets.default());
                self.leave(bytes);
            }
            Operator::Return => {
                let function = self.depth();
                self.branch(function);
                sink(&mut self.code).br(function);
                self.dead = Some(0);
            }
            Operator::Unreachable => self.leave(bytes),
            Operator::Call { function_index } => {
                self.needs.calls |= !self.layout.is_import(*function_index);
                sink(&mut self.code).call(self.layout.function(*function_index));
            }
            Operator::CallIndirect { .. } => {
                self.needs.calls = true;
                self.code.extend_from_slice(bytes);
            }
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => {
                self.layout.pay_bytes(&mut self.code);
                self.code.extend_from_slice(bytes);
            }
            Operator::MemoryGrow { .. } => {
                self.layout.pay_pages(&mut self.code);
                self.code.extend_from_slice(bytes);
            }
            _ => self.code.extend_from_slice(bytes),
        }
        Ok(())
    }

    /// Whether the operator is dead code. Follows the constructs in it.
    fn skip_dead(&mut self, operator: &Operator<'_>) -> bool {
        let Some(depth) = self.dead else { return false };
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.dead = Some(depth.saturating_add(1));
            }
            Operator::End if depth > 0 => self.dead = Some(depth.saturating_sub(1)),
            // These belong to the construct that the dead code stands in.
            Operator::End | Operator::Else if depth == 0 => return false,
            _ => {}
        }
        true
    }

    fn open(&mut self, bytes: &[u8]) {
        self.code.extend_from_slice(bytes);
        self.frames.push(Frame { run: self.run, reach: self.frames.len() });
    }

    fn close(&mut self, bytes: &[u8]) {
        self.dead = None;
        let Some(frame) = self.frames.pop() else { return };
        let Some(outer) = self.frames.last_mut() else {
            // The function's own end is written last, behind what it gives back.
            return;
        };
        outer.reach = outer.reach.min(frame.reach);
        self.code.extend_from_slice(bytes);
        if frame.reach < self.frames.len() {
            self.begin_run();
        } else {
            self.run = frame.run;
        }
    }

    /// An operator after which nothing is executed.
    fn leave(&mut self, bytes: &[u8]) {
        self.code.extend_from_slice(bytes);
        self.dead = Some(0);
    }

    /// Puts the body together.
    fn finish(self, declarations: &[u8], locals: u32, result: BlockType) -> Vec<u8> {
        let units = stack::price(Needs { locals, ..self.needs });
        let charges = self.runs.iter().filter(|run| run.cost > 0).count();
        let shared = (2..=SHARED_CHECKS_MAX).contains(&charges);
        let wrapped = shared || units > 0;
        let room = charges.saturating_mul(20).saturating_add(64);
        let mut body = Vec::with_capacity(declarations.len().saturating_add(self.code.len()).saturating_add(room));
        body.extend_from_slice(declarations);
        if shared {
            sink(&mut body).block(BlockType::Empty);
        }
        let mut done = 0;
        for (index, run) in self.runs.iter().enumerate() {
            body.extend_from_slice(self.code.get(done..run.at).unwrap_or_default());
            done = run.at;
            // The first one stands in front of the inner block.
            let inner = u32::from(index > 0);
            if run.cost > 0 {
                self.layout.charge(run.cost, shared.then_some(run.depth.saturating_add(inner)), &mut body);
            }
            if index == 0 && units > 0 {
                self.layout.enter(units, &mut body);
            }
            if index == 0 && wrapped {
                sink(&mut body).block(result);
            }
        }
        body.extend_from_slice(self.code.get(done..).unwrap_or_default());
        if wrapped {
            sink(&mut body).end();
        }
        if units > 0 {
            self.layout.leave(units, &mut body);
        }
        if shared {
            sink(&mut body).return_().end();
            self.layout.out_of_gas(&mut body);
        }
        sink(&mut body).end();
        body
    }
}
