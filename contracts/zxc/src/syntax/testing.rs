//! What the tests of lexer, parser and formatter share: trees made up of random bytes, and trees compared.

use serde_json::Value;

use super::{ast::File, parse};
use crate::{
    diagnostics::{Style, render},
    source::Source,
};

mod expressions;
mod items;

pub(super) use items::file;

/// The tree of a text that has no errors.
pub(super) fn parsed(text: &str) -> (Source, File) {
    let source = Source::new("test.zx", text).unwrap();
    let (file, diagnostics) = parse(&source);
    let errors = diagnostics.into_iter().filter(|diagnostic| diagnostic.is_error()).collect::<Vec<_>>();
    let told = render(&errors, &source.clone().into(), Style::Plain);
    assert!(!file.broken, "{told}\nin\n{text}");
    (source, file)
}

/// A tree without places, comments and parentheses.
pub(crate) fn shape(file: &File) -> Value {
    stripped(serde_json::to_value(&file.items).unwrap())
}

fn stripped(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(stripped).collect(),
        Value::Object(mut fields) => {
            if let Some(inner) = fields.get_mut("kind").and_then(|kind| kind.get_mut("Parenthesised")) {
                return stripped(inner.take());
            }
            // `body` is a place in some nodes, and a block in others; `export` is a place if it is there.
            let is_place = |value: &Value| value.get("start").is_some();
            fields.retain(|name, value| name == "export" || !is_place(value));
            if let Some(export) = fields.get_mut("export") {
                *export = Value::Bool(!export.is_null());
            }
            if let Some(indexed) = fields.get_mut("indexed") {
                *indexed = Value::Bool(!indexed.is_null());
            }
            fields.into_iter().map(|(name, value)| (name, stripped(value))).collect()
        }
        other => other,
    }
}

/// Makes choices from bytes that proptest makes up: fewer and smaller bytes make smaller trees, so that it finds small ones.
pub(super) struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter() }
    }

    /// A number below `count`; 0 when the bytes have run out.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte) % count)
    }

    pub(super) fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// At most `most` of what `make` makes.
    pub(super) fn several<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    pub(super) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes().then(|| make(self))
    }
}
