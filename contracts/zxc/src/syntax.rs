//! Text to syntax tree, and back.
//!
//! - [`ast`]: the tree;
//! - `lexer`: text to tokens;
//! - `parser`: tokens to tree: [`parse`];
//! - `format`: tree to text: [`format`](format()).
//!
//! ```
//! use zxc::{source::Source, syntax::{ast::ItemKind, parse}};
//!
//! let source = Source::new("a.zx", "contract A {\n    data a = 1 +\n    data b = 2\n}").unwrap();
//! let (file, diagnostics) = parse(&source);
//! // An expression is missing; all the rest is in the tree.
//! assert_eq!(diagnostics[0].code, "E0201");
//! assert!(file.broken);
//! let ItemKind::Contract(contract) = &file.items[0].kind else { panic!() };
//! assert_eq!(contract.members.len(), 2);
//! ```
//!
//! # Out of scope
//! What a program means: names, types, which file a `use` reads.

pub mod ast;
pub mod codes;
mod format;
mod lexer;
mod literal;
mod parser;
mod token;

#[cfg(test)]
pub(crate) mod testing;

pub use format::format;
pub(crate) use format::on_one_line;
pub use parser::parse;

/// The words that are reserved: no name is one of them. All others have their meaning where the grammar has them, and are names
/// elsewhere.
pub fn reserved_words() -> impl Iterator<Item = &'static str> {
    token::TokenKind::WORDS.iter().filter_map(|word| word.text())
}
