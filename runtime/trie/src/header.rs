//! The header of a node: its kind in the high bits, the length of its partial key in nibbles in the low ones.
//!
//! A length that fills the low bits goes on in further bytes: each 255 adds 255, the first other byte is the last.

use alloc::vec::Vec;

use crate::codec::CodecError;

/// What a node is. The byte pattern stands beside each kind; x are bits of the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `00000000`: the trie without a key.
    Empty,
    /// `01xxxxxx`
    Leaf,
    /// `10xxxxxx`
    Branch,
    /// `11xxxxxx`
    BranchWithValue,
    /// `001xxxxx`
    HashedLeaf,
    /// `0001xxxx`
    HashedBranch,
}

impl Kind {
    /// The pattern with the bits of the length cleared, and the mask of those bits.
    fn pattern(self) -> (u8, u8) {
        match self {
            Self::Empty => (0b0000_0000, 0),
            Self::Leaf => (0b0100_0000, 0b0011_1111),
            Self::Branch => (0b1000_0000, 0b0011_1111),
            Self::BranchWithValue => (0b1100_0000, 0b0011_1111),
            Self::HashedLeaf => (0b0010_0000, 0b0001_1111),
            Self::HashedBranch => (0b0001_0000, 0b0000_1111),
        }
    }

    fn of(first: u8) -> Result<Self, CodecError> {
        Ok(match first.leading_zeros() {
            0 if first & 0b0100_0000 != 0 => Self::BranchWithValue,
            0 => Self::Branch,
            1 => Self::Leaf,
            2 => Self::HashedLeaf,
            3 => Self::HashedBranch,
            8 => Self::Empty,
            _ => return Err(CodecError::Header(first)),
        })
    }
}

/// Appends the header of a node with `nibbles` nibbles of partial key.
pub(crate) fn encode(kind: Kind, nibbles: usize, output: &mut Vec<u8>) {
    let (pattern, mask) = kind.pattern();
    match u8::try_from(nibbles) {
        Ok(short) if short < mask => output.push(pattern | short),
        _ => {
            output.push(pattern | mask);
            let mut rest = nibbles.saturating_sub(usize::from(mask));
            while rest >= 255 {
                output.push(255);
                rest = rest.saturating_sub(255);
            }
            output.push(u8::try_from(rest).unwrap_or(u8::MAX));
        }
    }
}

/// Reads a header by taking bytes from `next`.
pub(crate) fn decode(mut next: impl FnMut() -> Result<u8, CodecError>) -> Result<(Kind, usize), CodecError> {
    let first = next()?;
    let kind = Kind::of(first)?;
    let (_, mask) = kind.pattern();
    let mut nibbles = usize::from(first & mask);
    if mask != 0 && nibbles == usize::from(mask) {
        loop {
            let more = next()?;
            nibbles = nibbles.checked_add(usize::from(more)).ok_or(CodecError::TooLong)?;
            if more != 255 {
                break;
            }
        }
    }
    Ok((kind, nibbles))
}
