//! What has a value.
//!
//! An [`Expression`] carries its type, so that nothing has to be inferred twice. The constructors in [`build`](super::build) fill
//! it in; [`check`](super::check) proves it.

use num_bigint::BigInt;

use super::{CellId, FunctionId, LocalId, Type};

/// A typed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// The type of its value.
    pub ty: Type,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of [`Expression`]. `ty` below is the expression's own type; "any integer" means that every width is admitted.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A constant of type `ty`.
    Constant(Constant),
    /// The value of a local.
    Local(LocalId),
    /// A tuple, or a record: the values of its fields in the order of their declaration.
    Tuple(Vec<Expression>),
    /// A list.
    List(Vec<Expression>),
    /// A value as an option. Null is [`Constant::Zero`].
    Some(Box<Expression>),
    /// An element of a tuple or a field of a record.
    Field(Box<Expression>, u32),
    /// An element of a list, or a `u8` of bytes; the index is any integer. Reverts with `IndexOutOfRange`.
    Element(Box<Expression>, Box<Expression>),
    /// What a list, bytes or string has from one index (any integer) up to, but not including, another (none: to the end).
    /// Reverts with `IndexOutOfRange` where not `from <= to <= length`, and with `MalformedText` where a string is cut through
    /// a character.
    Slice(Box<Expression>, Box<Expression>, Option<Box<Expression>>),
    /// How many elements a list has, or bytes a bytes or string: `u32`.
    Length(Box<Expression>),
    /// Strings, bytes or lists of one type, joined.
    Concat(Vec<Expression>),
    /// Whether a list has an element: boolean.
    Contains(Box<Expression>, Box<Expression>),
    /// Whether an option has a value: boolean.
    IsSome(Box<Expression>),
    /// What is in an option. Reverts with `NullValue`.
    Unwrap(Box<Expression>),
    /// What is in an option, or else the other value, which is evaluated only then.
    Coalesce(Box<Expression>, Box<Expression>),
    /// The second value if the condition is true, else the third. Only that one is evaluated. `&&` and `||` are this too.
    Choose(Box<Expression>, Box<Expression>, Box<Expression>),
    /// An operation on one value of type `ty`.
    Unary(Unary, Box<Expression>),
    /// An operation on two values of type `ty` (the shifts: on one, and a `u32`).
    Binary(Binary, Box<Expression>, Box<Expression>),
    /// A comparison of two values of one type: boolean.
    Compare(Comparison, Box<Expression>, Box<Expression>),
    /// Another type's value for a value. Reverts where there is none:
    ///
    /// | from | to | |
    /// |---|---|---|
    /// | integer | integer | `OutOfRange` |
    /// | enum | integer | its index |
    /// | integer | enum | `OutOfRange` |
    /// | address, hash, string | bytes | as they are |
    /// | bytes | address, hash | `OutOfRange` if the length is another |
    /// | bytes | string | `MalformedText` if it is no UTF-8 |
    Convert(Box<Expression>),
    /// As text: integers in decimal, booleans as `true` and `false`, addresses, hashes and bytes as `0x` and hexadecimal digits
    /// in lower case.
    Text(Box<Expression>),
    /// The SCALE encoding of values, one after the other: bytes.
    Encode(Vec<Expression>),
    /// What bytes, all of them, are the SCALE encoding of. Reverts with `MalformedData`.
    Decode(Box<Expression>),
    /// A hash of bytes: a [`Type::Hash`].
    Hash(Hasher, Box<Expression>),
    /// Who made a signature (bytes: 65, r, s, v) of a digest (hash): an option of an address, null if nobody could have.
    Recover(Box<Expression>, Box<Expression>),
    /// Something about this call, of the type [`Context::ty`].
    Context(Context),
    /// The hash of a block by its number (`u32`): an option of a hash, null beyond the last 256 blocks.
    BlockHash(Box<Expression>),
    /// Whether there is a contract at an address: boolean.
    IsContract(Box<Expression>),
    /// The hash of the code of the contract at an address: an option of a hash.
    CodeHash(Box<Expression>),
    /// The value of a cell, or the zero of its type; of a ledger, the last version.
    Read(CellId, Vec<Expression>),
    /// Whether a cell was written and not cleared since: boolean.
    Exists(CellId, Vec<Expression>),
    /// How many keys an enumerable cell has (given all keys but the last), or versions a ledger (given all keys): `u32`.
    Count(CellId, Vec<Expression>),
    /// All last keys of an enumerable cell (given all keys but the last), in their order: a list.
    Keys(CellId, Vec<Expression>),
    /// A version of a ledger by index (any integer), as a tuple (`u32` block number, value). Reverts with `IndexOutOfRange`.
    Version(CellId, Vec<Expression>, Box<Expression>),
    /// The value that a ledger had at the end of a block (`u32`): its last version not after it, or the zero.
    AtBlock(CellId, Vec<Expression>, Box<Expression>),
    /// The result of a function of this program.
    Call(FunctionId, Vec<Expression>),
    /// The answer of another contract.
    Invoke(Box<ContractCall>),
    /// The address of a new contract.
    Create(Box<Creation>),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// The zero of any type: 0, false, empty, null, the first variant, and a tuple of zeros.
    Zero,
    /// A boolean.
    Boolean(bool),
    /// An integer that fits its type.
    Integer(BigInt),
    /// A string.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An address.
    Address([u8; 20]),
    /// A hash.
    Hash([u8; 32]),
    /// The index of an enum's variant.
    Variant(u8),
}

/// Operations on one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// The other boolean.
    Not,
    /// An integer with the other sign. Reverts with `Overflow`: of unsigned ones, only 0 has one.
    Negate,
    /// An integer without its sign. Reverts with `Overflow` for the least one.
    Absolute,
    /// An integer with all bits flipped.
    Complement,
}

/// Operations on two integers of one width. What does not fit reverts with `Overflow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// The sum.
    Add,
    /// The difference.
    Subtract,
    /// The product.
    Multiply,
    /// The quotient, truncated towards zero. Reverts with `DivisionByZero`.
    Divide,
    /// The remainder, with the sign of the dividend. Reverts with `DivisionByZero`; of the least integer by -1 it is 0.
    Remainder,
    /// The smaller one.
    Minimum,
    /// The greater one.
    Maximum,
    /// Bitwise and, of two's complement.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Times 2 to the power of the right operand, which is a `u32`.
    ShiftLeft,
    /// Divided by 2 to the power of the right operand (a `u32`), rounded down.
    ShiftRight,
}

/// Comparisons. Equality is there for all types; order for integers, enums (by index), strings, bytes, addresses and hashes
/// (byte by byte, the shorter first where one begins the other).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Hash functions with a result of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hasher {
    /// SHA-256.
    Sha256,
    /// Keccak-256, as Ethereum uses it.
    Keccak256,
    /// Blake2b with 32 bytes.
    Blake2b256,
    /// SHA3-256, as NIST published it.
    Sha3256,
}

/// What a contract can know about the call it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Who called: address.
    Caller,
    /// Who signed the transaction: address.
    Origin,
    /// The contract itself: address.
    This,
    /// What was sent with the call: `u128`.
    Value,
    /// What the contract has: `u128`.
    Balance,
    /// The number of the block: `u32`.
    BlockNumber,
    /// Milliseconds since 1970: `u64`.
    Timestamp,
    /// What the call may use in all: `u64`.
    GasLimit,
    /// What it may still use: `u64`.
    GasLeft,
    /// What it has used: `u64`.
    GasUsed,
    /// The hash of the contract's code: hash.
    OwnCodeHash,
    /// Whether the caller signed the transaction: boolean.
    CallerIsOrigin,
    /// How often the contract is on the call stack below this call: `u32`.
    Reentrance,
}

impl Context {
    /// Its type.
    pub const fn ty(self) -> Type {
        match self {
            Self::Caller | Self::Origin | Self::This => Type::Address,
            Self::Value | Self::Balance => Type::U128,
            Self::BlockNumber | Self::Reentrance => Type::U32,
            Self::Timestamp | Self::GasLimit | Self::GasLeft | Self::GasUsed => Type::U64,
            Self::OwnCodeHash => Type::Hash,
            Self::CallerIsOrigin => Type::Boolean,
        }
    }
}

/// A call of another contract. Its parts are evaluated in the order of their declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractCall {
    /// How.
    pub kind: CallKind,
    /// The contract's address; for [`CallKind::Delegate`] the hash of the code.
    pub target: Expression,
    /// What it gets.
    pub input: CallInput,
    /// What is sent along: `u128`; not with [`CallKind::Static`] and [`CallKind::Delegate`].
    pub value: Option<Expression>,
    /// The most gas it may use: `u64`; without, or with 0, all there is. Not with [`CallKind::Delegate`].
    pub gas: Option<Expression>,
    /// Whether the other may call this contract again.
    pub reentry: bool,
    /// What is made of the answer.
    pub output: CallOutput,
}

/// How another contract is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// It works on its own storage.
    Normal,
    /// It may not change anything.
    Static,
    /// Its code works on this contract's storage.
    Delegate,
}

/// What another contract gets.
#[derive(Clone, Debug, PartialEq)]
pub enum CallInput {
    /// A selector and arguments, which are SCALE-encoded.
    Action([u8; 4], Vec<Expression>),
    /// Bytes as they are.
    Raw(Expression),
}

/// What is made of the answer, and so the type of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallOutput {
    /// After the byte 0, the SCALE encoding of a value of this type: the call has this type. All else reverts: with the other
    /// contract's message if it reverted with one, else with a fault.
    Value(Type),
    /// Bytes as they are. A call that fails reverts in the same way.
    Raw,
    /// A tuple (boolean, bytes): whether the call succeeded, and its output as it is. Nothing reverts.
    Outcome,
}

/// The creation of a contract: the type is address. A failure reverts as that of a [`ContractCall`] does. Its parts are
/// evaluated in the order of their declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Creation {
    /// The hash of the code.
    pub code: Expression,
    /// What the constructor gets.
    pub input: CallInput,
    /// What is sent along: `u128`.
    pub value: Option<Expression>,
    /// The most gas it may use: `u64`; without, or with 0, all there is.
    pub gas: Option<Expression>,
    /// Bytes that the address is made from; without them, the contract's nonce.
    pub salt: Option<Expression>,
}
