//! What a compiled test and its runner say to each other.
//!
//! The body of a `test` is lowered like an action. What a contract can't do (to act as somebody else, to let time pass) is a
//! call of [`RUNNER`], an address that no contract has: the runner answers it itself, and passes all other calls on to the
//! chain. So the intermediate representation and its interpreter know nothing of tests.
//!
//! ```text
//! compile::tests("token.zx", source, &loader)  the tests, and the modules of the contracts that they create
//! Interpreter::new(&program, &mut chain, ..)   runs one; `chain.call` asks Ask::from_selector for calls of RUNNER
//! ```
//!
//! Out of scope: the chain below (`contracts/cli`).

use std::collections::BTreeMap;

use crate::{
    ir::{Program, program::selector},
    source::Span,
};

/// Who answers an [`Ask`]. Nobody has a key for it, and no contract gets it: it is no hash.
pub const RUNNER: [u8; 20] = *b"the zx test runner!!";

/// What a test asks of its runner: the input is the selector of the name, and the SCALE encodings of the arguments; the output
/// is 0 and the encoding of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// `(u32)`: the statement at this index of [`Tests::spans`] begins.
    At,
    /// `(string) -> Address`: the account of a name. It has money, and the runner its key.
    Account,
    /// `(Address, u128)`: an account has so much from here on.
    Deal,
    /// `(Address)`: who acts from here on.
    Act,
    /// `(u32)`: so many blocks pass.
    Advance,
    /// `(u64)`: so many seconds pass, and a block.
    Warp,
    /// `(u32, string)`: the test has failed, at this index of [`Tests::spans`], with this message. Reverts.
    Fail,
    /// `(Address) -> u128`: what an account has.
    Balance,
    /// `(Address?, Hash, bytes?) -> boolean`: whether the last transaction emitted an event, by whom, with this topic 0 and data.
    Emitted,
    /// `(Address, Hash) -> bytes`: the signature of a digest by an account of [`Ask::Account`].
    Sign,
    /// `() -> u64`: the gas that the last transaction used.
    GasUsed,
}

impl Ask {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::At,
        Self::Account,
        Self::Deal,
        Self::Act,
        Self::Advance,
        Self::Warp,
        Self::Fail,
        Self::Balance,
        Self::Emitted,
        Self::Sign,
        Self::GasUsed,
    ];

    /// What its selector is made of.
    pub fn name(self) -> &'static str {
        match self {
            Self::At => "at",
            Self::Account => "account",
            Self::Deal => "deal",
            Self::Act => "act",
            Self::Advance => "advance",
            Self::Warp => "warp",
            Self::Fail => "fail",
            Self::Balance => "balance",
            Self::Emitted => "emitted",
            Self::Sign => "sign",
            Self::GasUsed => "gas_used",
        }
    }

    /// The first four bytes of its input.
    pub fn selector(self) -> [u8; 4] {
        selector(self.name())
    }

    /// What is asked by an input that begins so.
    pub fn from_selector(found: [u8; 4]) -> Option<Self> {
        Self::ALL.into_iter().find(|ask| ask.selector() == found)
    }
}

/// The tests of a file.
#[derive(Clone, Debug, Default)]
pub struct Tests {
    /// Their code: each test is a message that takes nothing.
    pub program: Program,
    /// The tests, as they follow each other in the file.
    pub cases: Vec<TestCase>,
    /// Places in the source that [`Ask::At`] and [`Ask::Fail`] name.
    pub spans: Vec<Span>,
    /// The contracts that tests create, and those that they create, by the hashes of their code.
    pub modules: BTreeMap<[u8; 32], Module>,
}

/// A test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// What it is called.
    pub name: String,
    /// Where its name is written.
    pub span: Span,
    /// The message of [`Tests::program`].
    pub selector: [u8; 4],
}

/// A compiled contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The contract's name.
    pub name: String,
    /// Its code.
    pub wasm: Vec<u8>,
    /// The names of its constructors by their selectors.
    pub constructors: BTreeMap<[u8; 4], String>,
    /// The names of its messages by their selectors.
    pub messages: BTreeMap<[u8; 4], String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ask_has_a_selector_of_its_own() {
        for ask in Ask::ALL {
            assert_eq!(Ask::from_selector(ask.selector()), Some(ask));
        }
        assert_eq!(Ask::from_selector([0; 4]), None);
    }
}
