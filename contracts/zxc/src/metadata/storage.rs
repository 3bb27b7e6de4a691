//! Where a contract keeps what: in ink!'s words, and as it is.

use serde::Serialize;

use super::{hex, registry::Registry};
use crate::ir::{Cell, CellKind, Program, Type};

/// A part of ink!'s layout.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Layout {
    /// A value.
    Leaf {
        /// Its key.
        key: String,
        /// Its type.
        ty: u32,
    },
    /// Something that has a key of its own.
    Root {
        /// Its key.
        #[serde(rename = "root_key")]
        root_key: String,
        /// What is there.
        layout: Box<Layout>,
        /// Its type.
        ty: u32,
    },
    /// Several with names.
    Struct {
        /// What it is called.
        name: String,
        /// Its parts.
        fields: Vec<LayoutField>,
    },
}

/// A part of a [`Layout::Struct`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayoutField {
    name: String,
    layout: Layout,
}

/// A storage member.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ZxStorage {
    name: String,
    /// `plain`, `enumerable` or `ledger`.
    kind: &'static str,
    /// The root key; an entry's key is this and the encodings of its keys.
    key: String,
    /// The types of the keys.
    keys: Vec<u32>,
    /// The type of a value.
    value: u32,
}

impl Layout {
    /// The layout of a program's storage.
    pub fn new(program: &Program, registry: &mut Registry<'_>) -> Self {
        let fields = program.cells.iter().map(|cell| {
            let key = short(cell);
            let ty = registry.id(cell.value);
            let leaf = Self::Leaf { key: key.clone(), ty };
            let layout = if cell.keys.is_empty() && cell.kind == CellKind::Plain {
                leaf
            } else {
                let ty = registry.tuple(&cell.keys);
                Self::Root { root_key: key, layout: Box::new(leaf), ty }
            };
            LayoutField { name: cell.name.clone(), layout }
        });
        let whole = Self::Struct { name: program.name.clone(), fields: fields.collect() };
        Self::Root { root_key: hex(&[0; 4]), layout: Box::new(whole), ty: registry.id(Type::Unit) }
    }
}

/// The storage members of a program.
pub fn members(program: &Program, registry: &mut Registry<'_>) -> Vec<ZxStorage> {
    let members = program.cells.iter().map(|cell| ZxStorage {
        name: cell.name.clone(),
        kind: match cell.kind {
            CellKind::Plain => "plain",
            CellKind::Enumerable => "enumerable",
            CellKind::Ledger => "ledger",
        },
        key: hex(&cell.root()),
        keys: cell.keys.iter().map(|ty| registry.id(*ty)).collect(),
        value: registry.id(cell.value),
    });
    members.collect()
}

/// The first four bytes of a root key.
fn short(cell: &Cell) -> String {
    hex(&cell.root()[..4])
}
