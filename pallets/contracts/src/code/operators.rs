//! The instructions that contracts may use, by name: everything else is refused before the validator sees it.
//!
//! The validator would refuse it too, by its features. That its code for floats and newer proposals can't be reached
//! from here leaves that out of the runtime: more than 100 KB.

use super::error::CodeError;
use alloc::vec::Vec;
use wasmparser::{
    BrTable, FuncValidator, MemArg, Operator, ValidatorResources, VisitOperator, for_each_visit_operator,
};

/// Validates one instruction and returns it.
pub struct Accept<'v> {
    /// Validates the function.
    pub validator: &'v mut FuncValidator<ValidatorResources>,
    /// Where the instruction stands in the module.
    pub offset: usize,
}

/// Defines the macro `method!`: a visitor's method that validates if the instruction is one of these, and refuses if
/// not.
macro_rules! allow {
    ($d:tt $($name:ident)*) => {
        macro_rules! method {
            $(($name $d($d rest:tt)*) => { validate!($name $d($d rest)*); };)*
            ($d op:ident $d({ $d($d arg:ident: $d argty:ty),* })? => $d visit:ident) => {
                fn $d visit(&mut self $d(, $d(_: $d argty),*)?) -> Self::Output {
                    Err(CodeError::Instruction { offset: self.offset })
                }
            };
        }
    };
}

allow!($
    Unreachable Nop Block Loop If Else End Br BrIf BrTable Return Call CallIndirect Drop Select
    LocalGet LocalSet LocalTee GlobalGet GlobalSet MemorySize MemoryGrow MemoryCopy MemoryFill I32Const I64Const
    I32Load I32Load8S I32Load8U I32Load16S I32Load16U I32Store I32Store8 I32Store16
    I64Load I64Load8S I64Load8U I64Load16S I64Load16U I64Load32S I64Load32U I64Store I64Store8 I64Store16 I64Store32
    I32Eqz I32Eq I32Ne I32LtS I32LtU I32GtS I32GtU I32LeS I32LeU I32GeS I32GeU
    I64Eqz I64Eq I64Ne I64LtS I64LtU I64GtS I64GtU I64LeS I64LeU I64GeS I64GeU
    I32Clz I32Ctz I32Popcnt I32Add I32Sub I32Mul I32DivS I32DivU I32RemS I32RemU
    I32And I32Or I32Xor I32Shl I32ShrS I32ShrU I32Rotl I32Rotr
    I64Clz I64Ctz I64Popcnt I64Add I64Sub I64Mul I64DivS I64DivU I64RemS I64RemU
    I64And I64Or I64Xor I64Shl I64ShrS I64ShrU I64Rotl I64Rotr
    I32WrapI64 I64ExtendI32S I64ExtendI32U I32Extend8S I32Extend16S I64Extend8S I64Extend16S I64Extend32S
);

/// The method of an instruction that is allowed.
macro_rules! validate {
    ($op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident) => {
        fn $visit(&mut self $(, $($arg: $argty),*)?) -> Self::Output {
            self.validator.visitor(self.offset).$visit($($($arg.again()),*)?)?;
            Ok(Operator::$op $({ $($arg),* })?)
        }
    };
}

/// The methods of all instructions there are.
macro_rules! methods {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(method!($op $({ $($arg: $argty),* })? => $visit);)*
    };
}

impl<'a> VisitOperator<'a> for Accept<'_> {
    type Output = Result<Operator<'a>, CodeError>;

    for_each_visit_operator!(methods);
}

/// A second one of an instruction's argument.
trait Again {
    fn again(&self) -> Self;
}

macro_rules! again {
    ($($argument:ty),*) => {
        $(impl Again for $argument {
            fn again(&self) -> Self {
                self.clone()
            }
        })*
    };
}

again!(u32, i32, i64, MemArg, wasmparser::BlockType, BrTable<'_>);
