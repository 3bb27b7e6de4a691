//! A contract: its parts, and the ids by which they name each other.

use super::{Cell, Event, Statement, Type, Types};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The index in the list that it belongs to.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// An index in [`Program::functions`].
    FunctionId
);
id!(
    /// An index in [`Program::cells`].
    CellId
);
id!(
    /// An index in [`Program::events`].
    EventId
);
id!(
    /// An index in [`Function::locals`].
    LocalId
);

/// A contract.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The contract's name.
    pub name: String,
    /// Its composite types.
    pub types: Types,
    /// Its storage.
    pub cells: Vec<Cell>,
    /// Its events.
    pub events: Vec<Event>,
    /// Its functions. They may call each other, and themselves.
    pub functions: Vec<Function>,
    /// What can be called from outside.
    pub entries: Vec<Entry>,
    /// What is called when no message has the selector (also when the input has fewer than four bytes): a function from bytes
    /// (the whole input) to bytes (the whole output). It is payable.
    pub fallback: Option<FunctionId>,
}

/// A function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The name in the source, for messages.
    pub name: String,
    /// How many of the locals, from the first, are parameters.
    pub parameters: usize,
    /// The locals.
    pub locals: Vec<Local>,
    /// The type of the result.
    pub result: Type,
    /// What it does.
    pub body: Vec<Statement>,
}

/// A local variable or parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// The name in the source, for messages; several may have the same.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// What can be called from outside. The input is the selector and the SCALE encodings of the function's parameters, and nothing
/// more. The output is 0 and the SCALE encoding of the result, or with the revert flag 1 and the SCALE encoding of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name in the source.
    pub name: String,
    /// The first four bytes of the input; within a kind each only once.
    pub selector: [u8; 4],
    /// When.
    pub kind: EntryKind,
    /// Whether it may change state: metadata only.
    pub mutates: bool,
    /// Whether it accepts value. Others revert with `ValueRefused`.
    pub payable: bool,
    /// Whether it reverts with `ReentryRefused` when the contract is already on the call stack.
    pub secure: bool,
    /// What is called.
    pub function: FunctionId,
}

/// When an entry can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Once, at deployment.
    Constructor,
    /// Afterwards.
    Message,
}

impl Program {
    /// An empty contract.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Adds a storage member.
    pub fn add_cell(&mut self, cell: Cell) -> CellId {
        self.cells.push(cell);
        CellId(last(self.cells.len()))
    }

    /// Adds an event.
    pub fn add_event(&mut self, event: Event) -> EventId {
        self.events.push(event);
        EventId(last(self.events.len()))
    }

    /// Adds a function. One that calls functions added later is put in place by [`Program::declare`] and
    /// [`Program::define`].
    pub fn add_function(&mut self, function: Function) -> FunctionId {
        self.functions.push(function);
        FunctionId(last(self.functions.len()))
    }

    /// Makes an id for a function that [`Program::define`] will get.
    pub fn declare(&mut self, name: &str, result: Type) -> FunctionId {
        let (name, locals, body) = (name.to_owned(), Vec::new(), Vec::new());
        self.add_function(Function { name, parameters: 0, locals, result, body })
    }

    /// Gives a declared function its parameters and body.
    pub fn define(&mut self, id: FunctionId, function: Function) {
        if let Some(place) = self.functions.get_mut(id.index()) {
            *place = function;
        }
    }

    /// Adds an entry: a message that changes state, accepts no value and may be re-entered; change what is different.
    pub fn add_message(&mut self, name: &str, function: FunctionId) -> &mut Entry {
        self.add_entry(name, EntryKind::Message, function)
    }

    /// Adds a constructor that accepts no value.
    pub fn add_constructor(&mut self, name: &str, function: FunctionId) -> &mut Entry {
        self.add_entry(name, EntryKind::Constructor, function)
    }

    fn add_entry(&mut self, name: &str, kind: EntryKind, function: FunctionId) -> &mut Entry {
        let selector = selector(name);
        let name = name.to_owned();
        let entry = Entry { name, selector, kind, mutates: true, payable: false, secure: false, function };
        let index = self.entries.len();
        self.entries.push(entry);
        &mut self.entries[index]
    }
}

/// The selector of an action: the first four bytes of blake2-256 of its name.
pub fn selector(name: &str) -> [u8; 4] {
    let [a, b, c, d, ..] = ziver_primitives::hashing::blake2_256(name.as_bytes());
    [a, b, c, d]
}

fn last(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX).saturating_sub(1)
}
