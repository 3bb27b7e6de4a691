//! What all subjects can do.

use std::{any::Any, fmt, fs, io, path::Path};

use clap::ValueEnum;

use crate::{load::Update, memory, nomt, parity, ziver};

/// How many blocks after a change the nodes that it replaced are removed, where a subject keeps old states.
pub const WINDOW_BLOCKS: u32 = 4;

/// The name of a file beside a subject's own.
const HEAD: &str = "head";

/// Something with a root that changes block by block.
pub trait Subject {
    /// Makes the changes and stores them; the root after them.
    fn block(&mut self, updates: Vec<Update>) -> [u8; 32];

    /// Ends when all blocks are durably stored, where that is not so already. What is returned may work on behind.
    fn store(self: Box<Self>) -> Box<dyn Any>;
}

/// A subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// This project's.
    Ziver,
    /// Substrate's trie on ParityDB.
    #[value(name = "sp-trie+parity-db")]
    ParityDb,
    /// NOMT.
    Nomt,
    /// Substrate's trie in memory.
    #[value(name = "sp-trie")]
    Memory,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

impl Name {
    /// Whether its roots are those of Substrate's trie with keccak-256.
    pub fn has_keccak(self) -> bool {
        self != Self::Nomt
    }

    /// Whether a later run goes on with what an earlier one stored.
    pub fn is_kept(self) -> bool {
        self != Self::Memory
    }

    /// Makes a state with `keys` keys in `folder`; its root.
    pub fn create(self, folder: &Path, keys: u32) -> [u8; 32] {
        match self {
            Self::Ziver => ziver::create(folder, keys),
            Self::ParityDb => parity::create(folder, keys),
            Self::Nomt => nomt::create(folder, keys),
            Self::Memory => memory::root(keys),
        }
    }

    /// Opens the state that is `head`.
    pub fn open(self, folder: &Path, keys: u32, head: Head) -> Box<dyn Subject> {
        match self {
            Self::Ziver => Box::new(ziver::open(folder, head)),
            Self::ParityDb => Box::new(parity::open(folder, head)),
            Self::Nomt => Box::new(nomt::open(folder)),
            Self::Memory => Box::new(memory::open(keys, head)),
        }
    }
}

/// The last block that a subject stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u32,
    /// The root after it.
    pub root: [u8; 32],
}

impl Head {
    /// What [`Head::write`] left in `folder`.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(folder.join(HEAD))?;
        let damaged = || io::Error::other("a damaged head");
        let (number, root) = text.split_once(' ').ok_or_else(damaged)?;
        let mut head = Self { number: number.parse().map_err(|_| damaged())?, root: [0; 32] };
        hex::decode_to_slice(root, &mut head.root).map_err(|_| damaged())?;
        Ok(head)
    }

    /// Remembers it for the next run.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(HEAD), format!("{} {}", self.number, hex::encode(self.root)))
    }
}
