//! What a contract asks of the chain, as a trait: the reference interpreter runs over it, and so do the tests of the Wasm.
//!
//! It says what the imports of a contract mean without their memory layout. Out of scope: gas, limits and deposits.

/// The chain, as one call of a contract sees it.
pub trait Chain {
    /// What does not change during the call.
    fn call_context(&self) -> &CallContext;
    /// What the contract has.
    fn balance(&mut self) -> u128;
    /// How much gas is left.
    fn gas_left(&mut self) -> u64;

    /// The value of a storage key.
    fn read(&mut self, key: &[u8]) -> Option<Vec<u8>>;
    /// Writes a storage key.
    fn write(&mut self, key: &[u8], value: &[u8]);
    /// Removes a storage key.
    fn clear(&mut self, key: &[u8]);

    /// The hash of one of the last 256 blocks.
    fn block_hash(&mut self, number: u32) -> Option<[u8; 32]>;
    /// The hash of the code of the contract at an address.
    fn code_hash(&mut self, address: &[u8; 20]) -> Option<[u8; 32]>;
    /// The public key (compressed) that made a signature of a digest.
    fn recover(&mut self, signature: &[u8; 65], digest: &[u8; 32]) -> Option<[u8; 33]>;
    /// The address of a public key.
    fn address_of(&mut self, key: &[u8; 33]) -> [u8; 20];

    /// Emits an event.
    fn emit(&mut self, topics: &[[u8; 32]], data: &[u8]);
    /// Shows a message to those who debug.
    fn debug(&mut self, message: &str);
    /// Sends value; false: refused.
    fn transfer(&mut self, to: &[u8; 20], amount: u128) -> bool;
    /// Calls another contract.
    fn call(&mut self, request: &Request) -> Answer;
    /// Creates a contract: also its address.
    fn instantiate(&mut self, request: &Request, salt: &[u8]) -> (Answer, [u8; 20]);
    /// Makes code the contract's own; false: there is none.
    fn set_code(&mut self, hash: &[u8; 32]) -> bool;
    /// Ends the contract.
    fn terminate(&mut self, beneficiary: &[u8; 20]);
    /// Lowers the gas limit.
    fn limit_gas(&mut self, gas: u64);

    /// From here on what happens can be undone.
    fn begin(&mut self);
    /// The last begun is kept.
    fn commit(&mut self);
    /// The last begun is undone.
    fn rollback(&mut self);
}

/// What does not change during a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallContext {
    /// Who called.
    pub caller: [u8; 20],
    /// Who signed the transaction.
    pub origin: [u8; 20],
    /// The contract.
    pub this: [u8; 20],
    /// What was sent along.
    pub value: u128,
    /// The number of the block.
    pub block_number: u32,
    /// Milliseconds since 1970.
    pub timestamp: u64,
    /// The gas that the call may use.
    pub gas_limit: u64,
    /// The hash of the contract's code.
    pub own_code_hash: [u8; 32],
    /// Whether the caller signed the transaction.
    pub caller_is_origin: bool,
    /// How often the contract is on the call stack below.
    pub reentrance: u32,
}

/// A call of another contract, or the creation of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is called.
    pub target: Target,
    /// What it gets.
    pub input: Vec<u8>,
    /// What is sent along.
    pub value: u128,
    /// The most gas it may use; 0: all there is.
    pub gas: u64,
    /// Whether it may call back.
    pub reentry: bool,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The contract at an address.
    Contract([u8; 20]),
    /// The same, and it may not change anything.
    Static([u8; 20]),
    /// Code by its hash, on the caller's storage; or, of a new contract, its code.
    Code([u8; 32]),
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How it ended.
    pub code: ReturnCode,
    /// What the other contract returned, also when it reverted.
    pub output: Vec<u8>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ReturnCode {
    /// Well.
    Success = 0,
    /// The other contract trapped.
    CalleeTrapped = 1,
    /// It reverted.
    CalleeReverted = 2,
    /// There is no such key, or block.
    KeyNotFound = 3,
    /// The value could not be sent.
    TransferFailed = 5,
    /// There is no such code.
    CodeNotFound = 7,
    /// There is no contract at the address.
    NotCallable = 8,
    /// Nobody made the signature.
    EcdsaRecoveryFailed = 11,
    /// There is not enough of something.
    OutOfResources = 14,
}
