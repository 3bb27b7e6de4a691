//! Which bracket closes which: found once for all tokens, before parsing.
//!
//! Recovery skips whole groups by it, and so never reads anything twice; and it tells a misplaced declaration in a complete
//! body from one that comes too early because a `}` is missing.

use crate::syntax::token::{Token, TokenKind};

/// The other halves of brackets.
pub(super) struct Matching {
    /// For each token: the index of its other half, or `NONE`.
    other: Vec<u32>,
    /// Whether each `{` has its `}` and the other way round.
    braces_match: bool,
}

const NONE: u32 = u32::MAX;

impl Matching {
    /// Matches all brackets of `tokens`. A `}` closes the nearest `{`, whatever else is open in between; `)` and `]` close
    /// nothing beyond a `{`.
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut other = vec![NONE; tokens.len()];
        let mut open: Vec<usize> = Vec::new();
        let mut braces = 0;
        let mut braces_match = true;
        for (index, token) in tokens.iter().enumerate() {
            if token.kind.closing().is_some() {
                open.push(index);
                braces += usize::from(token.kind == TokenKind::OpenBrace);
                continue;
            }
            if !token.kind.is_closing() {
                continue;
            }
            if token.kind == TokenKind::CloseBrace && braces == 0 {
                braces_match = false;
                continue;
            }
            while let Some(candidate) = open.last().copied() {
                let opening = tokens[candidate].kind;
                if opening.closing() == Some(token.kind) {
                    // Offsets fit u32, so do indices.
                    other[candidate] = index as u32;
                    other[index] = candidate as u32;
                    braces -= usize::from(opening == TokenKind::OpenBrace);
                    open.pop();
                    break;
                }
                if opening == TokenKind::OpenBrace {
                    break;
                }
                open.pop();
            }
        }
        Self { other, braces_match: braces_match && braces == 0 }
    }

    /// The index of the bracket that closes the one at `index`.
    pub(super) fn closing(&self, index: usize) -> Option<usize> {
        let other = self.other[index];
        (other != NONE && other as usize > index).then_some(other as usize)
    }

    /// Whether each `{` of the file has its `}`.
    pub(super) fn braces_match(&self) -> bool {
        self.braces_match
    }
}
