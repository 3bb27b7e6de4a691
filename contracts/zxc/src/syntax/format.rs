//! Syntax tree to text: one canonical style.
//!
//! Four spaces, 120 columns, one statement a line, no semicolons. Lists that don't fit on a line have one element a line and a
//! comma behind each. What a writer decides stays: single empty lines, parentheses, how a number or string is written, and a
//! body on one line if it is one simple statement and was written so.
//!
//! ```
//! use zxc::{source::Source, syntax::{format, parse}};
//!
//! let source = Source::new("a.zx", "contract  A{data a=1;data b = 2 }// done").unwrap();
//! let (file, _) = parse(&source);
//! assert_eq!(format(&file, &source), "contract A {\n    data a = 1\n    data b = 2\n} // done\n");
//! ```
//!
//! # How
//! The tree becomes a document of the crate `pretty` (Wadler's algebra: groups that are on one line if they fit), which lays it
//! out. Comments are no part of the tree: [`comments`] hands them out, in order, as the walk over the tree passes their places.
//! One that stands where the style has no room for it (before an operator, in a type) moves to the next place that has.
//!
//! Invariant: the text of a tree gives the same tree, but for places and for parentheses that a tree needs which no text ever
//! had. Formatting what is formatted changes nothing. No comment is lost.

use pretty::{Arena, DocAllocator, DocBuilder};

use super::ast::{Expression, File};
use crate::source::Source;

mod comments;
mod expression;
mod item;
mod list;
mod nodes;
mod statement;

use comments::Comments;

#[cfg(test)]
mod tests;

/// Columns of a line.
const WIDTH_COLUMNS: usize = 120;

/// Columns of one step of indentation.
const INDENT_COLUMNS: isize = 4;

type Doc<'a> = DocBuilder<'a, Arena<'a>>;

/// The text of `file`, which was parsed from `source`: comments and empty lines are looked up there. A file with errors
/// ([`File::broken`]) is given back as it was: its tree lacks parts of it.
///
/// The text may be several times as long as the source's, and so longer than a source file may be, where a mebibyte was
/// written on few lines.
pub fn format(file: &File, source: &Source) -> String {
    if file.broken {
        return source.text().to_owned();
    }
    let arena = Arena::new();
    let formatter = Formatter { arena: &arena, source, comments: Comments::new(&file.comments) };
    let document = formatter.file(file);
    let mut text = String::with_capacity(source.text().len());
    // A string takes all that is written to it.
    let _ = document.render_fmt(WIDTH_COLUMNS, &mut text);
    tidy(&text)
}

/// An expression on one line, without its comments: the same text however it was written.
pub(crate) fn on_one_line(expression: &Expression) -> String {
    // Where something stood decides only which lists are broken over lines.
    let Ok(nowhere) = Source::new("", "") else { return String::new() };
    let arena = Arena::new();
    let formatter = Formatter { arena: &arena, source: &nowhere, comments: Comments::new(&[]) };
    let mut text = String::new();
    // A string takes all that is written to it.
    let _ = formatter.expression(expression).render_fmt(u32::MAX as usize, &mut text);
    text
}

/// Without blanks at the ends of lines, and with one newline at the end.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim_end().lines() {
        tidy.push_str(line.trim_end());
        tidy.push('\n');
    }
    tidy
}

struct Formatter<'a> {
    arena: &'a Arena<'a>,
    source: &'a Source,
    comments: Comments<'a>,
}

impl<'a> Formatter<'a> {
    fn nil(&self) -> Doc<'a> {
        self.arena.nil()
    }

    fn text(&self, text: &'a str) -> Doc<'a> {
        self.arena.text(text)
    }

    fn owned(&self, text: String) -> Doc<'a> {
        self.arena.text(text)
    }

    fn hardline(&self) -> Doc<'a> {
        self.arena.hardline()
    }

    /// The line of the source that `offset` is on.
    fn line(&self, offset: u32) -> u32 {
        self.source.line(offset)
    }
}
