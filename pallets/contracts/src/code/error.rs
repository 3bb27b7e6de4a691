//! Why a module is refused.

use super::limits::{
    BODY_BYTES_MAX, BR_TABLE_TARGETS_MAX, DATA_SEGMENTS_MAX, ELEMENT_SEGMENTS_MAX, ELEMENTS_MAX, EXPORTS_MAX,
    FUNCTIONS_MAX, GLOBALS_MAX, IMPORTS_MAX, LOCALS_MAX, MEMORY_PAGES_MAX, MODULE_BYTES_MAX, MODULE_LOCALS_MAX,
    NAME_BYTES_MAX, NESTING_MAX, OPERANDS_MAX, PARAMS_MAX, PREPARED_BODY_BYTES_MAX, TABLE_ENTRIES_MAX, TYPES_MAX,
};
use alloc::string::{String, ToString as _};
use core::fmt;

/// Why a module is refused. Which one of several reasons is named is not part of consensus: only that there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// The module is longer than [`MODULE_BYTES_MAX`].
    TooLarge,
    /// The module is malformed, ill-typed, or uses a feature that contracts may not use.
    Invalid {
        /// Where in the module, in bytes.
        offset: usize,
        /// What the validator says.
        message: String,
    },
    /// An instruction that contracts may not use.
    Instruction {
        /// Where in the module, in bytes.
        offset: usize,
    },
    /// More than [`TYPES_MAX`] types.
    TooManyTypes,
    /// More than [`IMPORTS_MAX`] imports.
    TooManyImports,
    /// More than [`FUNCTIONS_MAX`] functions.
    TooManyFunctions,
    /// More than [`GLOBALS_MAX`] globals.
    TooManyGlobals,
    /// More than [`EXPORTS_MAX`] exports.
    TooManyExports,
    /// More than [`ELEMENT_SEGMENTS_MAX`] segments that fill the table.
    TooManyElementSegments,
    /// More than [`ELEMENTS_MAX`] entries in the segments that fill the table.
    TooManyElements,
    /// More than [`DATA_SEGMENTS_MAX`] segments that fill the memory.
    TooManyDataSegments,
    /// More than [`PARAMS_MAX`] parameters of one function type.
    TooManyParams,
    /// More than [`LOCALS_MAX`] locals in one function.
    TooManyLocals,
    /// More than [`MODULE_LOCALS_MAX`] locals in all functions.
    TooManyModuleLocals,
    /// More than [`OPERANDS_MAX`] operands in one function.
    TooManyOperands,
    /// More than [`BR_TABLE_TARGETS_MAX`] targets of one `br_table`.
    TooManyTargets,
    /// More than [`NESTING_MAX`] blocks within one another.
    NestingTooDeep,
    /// A body longer than [`BODY_BYTES_MAX`].
    BodyTooLarge,
    /// A body that is longer than [`PREPARED_BODY_BYTES_MAX`] once it meters itself.
    PreparedBodyTooLarge,
    /// A module that is longer than [`prepared_bytes_max`](super::limits::prepared_bytes_max) says once it meters itself.
    PreparedTooLarge,
    /// A name longer than [`NAME_BYTES_MAX`].
    NameTooLong,
    /// A start function: nothing runs before the caller's message.
    StartFunction,
    /// An imported global.
    ImportedGlobal,
    /// An imported table.
    ImportedTable,
    /// An imported memory that is not called `env.memory`.
    ImportedMemoryName,
    /// A function that the chain does not offer.
    UnknownImport {
        /// Its module.
        module: String,
        /// Its name.
        name: String,
    },
    /// A function that the chain offers with another type.
    ImportType {
        /// Its module.
        module: String,
        /// Its name.
        name: String,
    },
    /// Neither an imported nor an own memory.
    NoMemory,
    /// A memory whose minimum or maximum is more than [`MEMORY_PAGES_MAX`].
    MemoryTooLarge,
    /// A table with more than [`TABLE_ENTRIES_MAX`] entries.
    TableTooLarge,
    /// Data outside of the memory that the module begins with.
    DataOutOfBounds,
    /// Elements outside of the table.
    ElementsOutOfBounds,
    /// No function `call` or `deploy` is exported.
    NoEntry {
        /// Which.
        name: &'static str,
    },
    /// The exported `call` or `deploy` is an imported function or has parameters or a result.
    EntryType {
        /// Which.
        name: &'static str,
    },
}

impl From<wasmparser::BinaryReaderError> for CodeError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Invalid { offset: error.offset(), message: error.message().to_string() }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the module is longer than {MODULE_BYTES_MAX} bytes"),
            Self::Invalid { offset, message } => write!(f, "at byte {offset}: {message}"),
            Self::Instruction { offset } => write!(f, "at byte {offset}: contracts may not use this instruction"),
            Self::TooManyTypes => write!(f, "the module has more than {TYPES_MAX} types"),
            Self::TooManyImports => write!(f, "the module has more than {IMPORTS_MAX} imports"),
            Self::TooManyFunctions => write!(f, "the module has more than {FUNCTIONS_MAX} functions"),
            Self::TooManyGlobals => write!(f, "the module has more than {GLOBALS_MAX} globals"),
            Self::TooManyExports => write!(f, "the module has more than {EXPORTS_MAX} exports"),
            Self::TooManyElementSegments => {
                write!(f, "the module has more than {ELEMENT_SEGMENTS_MAX} element segments")
            }
            Self::TooManyElements => write!(f, "the module's element segments have more than {ELEMENTS_MAX} entries"),
            Self::TooManyDataSegments => write!(f, "the module has more than {DATA_SEGMENTS_MAX} data segments"),
            Self::TooManyParams => write!(f, "a function type has more than {PARAMS_MAX} parameters"),
            Self::TooManyLocals => write!(f, "a function has more than {LOCALS_MAX} locals"),
            Self::TooManyModuleLocals => write!(f, "the functions have more than {MODULE_LOCALS_MAX} locals together"),
            Self::TooManyOperands => write!(f, "a function has more than {OPERANDS_MAX} operands on its stack"),
            Self::TooManyTargets => write!(f, "a br_table has more than {BR_TABLE_TARGETS_MAX} targets"),
            Self::NestingTooDeep => write!(f, "a function nests blocks more than {NESTING_MAX} deep"),
            Self::BodyTooLarge => write!(f, "a function's body is longer than {BODY_BYTES_MAX} bytes"),
            Self::PreparedBodyTooLarge => {
                write!(f, "a function's body with metering is longer than {PREPARED_BODY_BYTES_MAX} bytes")
            }
            Self::PreparedTooLarge => f.write_str("the module with metering is too long for the one without"),
            Self::NameTooLong => write!(f, "an imported or exported name is longer than {NAME_BYTES_MAX} bytes"),
            Self::StartFunction => write!(f, "the module has a start function"),
            Self::ImportedGlobal => write!(f, "the module imports a global"),
            Self::ImportedTable => write!(f, "the module imports a table"),
            Self::ImportedMemoryName => write!(f, "the imported memory is not env.memory"),
            Self::UnknownImport { module, name } => write!(f, "the chain has no function {module}.{name}"),
            Self::ImportType { module, name } => write!(f, "the chain's function {module}.{name} has another type"),
            Self::NoMemory => write!(f, "the module has no memory"),
            Self::MemoryTooLarge => write!(f, "the memory is larger than {MEMORY_PAGES_MAX} pages"),
            Self::TableTooLarge => write!(f, "the table has more than {TABLE_ENTRIES_MAX} entries"),
            Self::DataOutOfBounds => write!(f, "a data segment does not fit into the memory"),
            Self::ElementsOutOfBounds => write!(f, "an element segment does not fit into the table"),
            Self::NoEntry { name } => write!(f, "the module exports no function `{name}`"),
            Self::EntryType { name } => {
                write!(f, "the exported `{name}` is not a function of the module without parameters and results")
            }
        }
    }
}

impl core::error::Error for CodeError {}
