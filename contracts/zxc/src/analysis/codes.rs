//! The codes of what the analysis complains about. `docs/zx.md` lists them for users.

/// A name of a value that nothing here has.
pub const UNKNOWN_NAME: &str = "E0301";
/// A name of a type that nothing here has.
pub const UNKNOWN_TYPE: &str = "E0302";
/// Two declarations of one name.
pub const DUPLICATE: &str = "E0303";
/// A name that means something already where it is declared.
pub const TAKEN: &str = "E0304";
/// A `use` of a file that is not there, or can't be read.
pub const MISSING_FILE: &str = "E0305";
/// Files that use each other.
pub const CYCLE: &str = "E0306";
/// A path that no file can have.
pub const BAD_PATH: &str = "E0307";
/// A library other than `std`, or a name that it does not have.
pub const UNKNOWN_LIBRARY: &str = "E0308";
/// A call of something that is not there.
pub const UNKNOWN_ACTION: &str = "E0310";
/// A member, field or variant that is not there.
pub const UNKNOWN_MEMBER: &str = "E0311";
/// An event that is not there.
pub const UNKNOWN_EVENT: &str = "E0312";
/// A modifier that is not there.
pub const UNKNOWN_MODIFIER: &str = "E0313";
/// A protocol or contract that is not there.
pub const UNKNOWN_CONTRACT: &str = "E0314";
/// A name that is there, but stands for something of another kind.
pub const OTHER_KIND: &str = "E0315";
/// `this` where there is no contract.
pub const NO_CONTRACT: &str = "E0316";

/// A value of one type where another is needed.
pub const MISMATCH: &str = "E0401";
/// An operator between values that it is not for.
pub const OPERATOR: &str = "E0402";
/// A literal that its type has no value for.
pub const LITERAL: &str = "E0403";
/// A type that can't be inferred.
pub const NOT_INFERRED: &str = "E0404";
/// A map as a value.
pub const MAP_VALUE: &str = "E0405";
/// A map's type outside of storage.
pub const MAP_TYPE: &str = "E0406";
/// More or fewer types in angle brackets than a type has.
pub const TYPE_ARGUMENTS: &str = "E0407";
/// A type that contains itself.
pub const RECURSIVE_TYPE: &str = "E0408";
/// More or fewer arguments than parameters.
pub const ARGUMENTS: &str = "E0409";
/// A conversion that is not there.
pub const CONVERSION: &str = "E0410";
/// An index into, or a loop over, something that has no elements.
pub const NO_ELEMENTS: &str = "E0411";
/// A value that may be `null` where one is needed.
pub const NULLABLE: &str = "E0412";
/// A change of something that can't be changed.
pub const NOT_A_PLACE: &str = "E0413";
/// A record literal with fields missing, unknown or twice.
pub const RECORD_FIELDS: &str = "E0414";
/// A pattern that does not fit the value.
pub const PATTERN: &str = "E0415";
/// A way through an action without the result that it promises.
pub const MISSING_RETURN: &str = "E0416";
/// `return` with a value too many or too few, or where there is nothing to return from.
pub const RETURN: &str = "E0417";
/// `break` or `continue` outside of a loop.
pub const OUTSIDE_LOOP: &str = "E0418";
/// An option in braces that the call does not have.
pub const CALL_OPTION: &str = "E0419";
/// An argument that has to be written out.
pub const NOT_LITERAL: &str = "E0420";
/// Type arguments behind a call that has none, or none where they are needed.
pub const CALL_TYPES: &str = "E0421";
/// The result of something that has none.
pub const NO_VALUE: &str = "E0422";
/// A protocol or contract at an address as a value.
pub const HANDLE: &str = "E0423";

/// A view action that changes something.
pub const VIEW_WRITES: &str = "E0501";
/// A pure action that reads something.
pub const PURE_READS: &str = "E0502";
/// A constructor against the rules.
pub const CONSTRUCTOR: &str = "E0503";
/// More indexed fields than an event can have.
pub const INDEXED: &str = "E0504";
/// A contract without an action of a protocol that it implements.
pub const NOT_IMPLEMENTED: &str = "E0505";
/// An action that differs from the protocol's.
pub const SIGNATURE: &str = "E0506";
/// `async`, `native`.
pub const REFUSED_KIND: &str = "E0507";
/// A private action that others would have to call.
pub const PRIVATE: &str = "E0508";
/// A fallback against the rules.
pub const FALLBACK: &str = "E0509";
/// Which contract is to be compiled is not clear.
pub const WHICH_CONTRACT: &str = "E0510";
/// Contracts that create each other.
pub const CREATION_CYCLE: &str = "E0511";
/// Two actions with one selector.
pub const SELECTOR: &str = "E0512";
/// A kind of action where it means nothing.
pub const ACTION_KIND: &str = "E0513";
/// Storage that can't be as it is declared.
pub const STORAGE: &str = "E0514";
/// A word of tests outside of them, or not as tests have it.
pub const TEST_WORD: &str = "E0515";

/// A limit of contracts or of the compiler.
pub const LIMIT: &str = "E0601";
/// A mistake of the compiler.
pub const INTERNAL: &str = "E0602";

/// A `use` that makes nothing visible.
pub const EMPTY_USE: &str = "W0301";
/// A variable that hides a member.
pub const SHADOWS: &str = "W0302";
/// A variable that is never read.
pub const UNUSED: &str = "W0303";
/// An assignment of something to itself.
pub const SELF_ASSIGNMENT: &str = "W0304";
/// A result that nobody uses.
pub const IGNORED: &str = "W0401";
/// Statements that are never reached.
pub const UNREACHABLE: &str = "W0402";
/// A test for `null` of what never is.
pub const NEVER_NULL: &str = "W0403";
/// An action's name that some clients can't call.
pub const CLIENT_NAME: &str = "W0501";

/// State that is written after a call which may come back.
pub const WRITE_AFTER_CALL: &str = "W0601";
/// An action of a contract with an owner that changes state and never asks who calls.
pub const NO_CALLER_CHECK: &str = "W0602";
/// Another contract's answer that nobody looks at.
pub const UNCHECKED_RESULT: &str = "W0603";
/// A loop over a list or map in storage.
pub const UNBOUNDED_LOOP: &str = "W0604";
/// `TX.origin` in place of `TX.caller`.
pub const ORIGIN_CHECK: &str = "W0605";
