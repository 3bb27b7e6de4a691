//! Runs of nibbles, as nodes carry them.

use codec::{Compact, Decode, Encode, Error, Input, Output};

/// The nibble at a position of a key.
pub(super) fn nibble(key: &[u8], at: usize) -> u8 {
    let byte = key[at / 2];
    if at.is_multiple_of(2) { byte >> 4 } else { byte & 0x0f }
}

/// A node's partial key. Two nibbles a byte; of an odd number the first has a byte of its own, as in a node's encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Partial {
    nibbles: u32,
    bytes: Box<[u8]>,
}

impl Partial {
    /// How many nibbles.
    pub(super) fn len(&self) -> usize {
        self.nibbles as usize
    }

    /// As they stand in a node.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn get(&self, at: usize) -> u8 {
        nibble(&self.bytes, at + self.len() % 2)
    }

    /// The nibbles `from..to` of a key.
    pub(super) fn of_key(key: &[u8], from: usize, to: usize) -> Self {
        if from % 2 == (to - from) % 2 && to.is_multiple_of(2) {
            let mut bytes: Box<[u8]> = key[from / 2..to / 2].into();
            if from % 2 == 1 {
                bytes[0] &= 0x0f;
            }
            return Self { nibbles: (to - from) as u32, bytes };
        }
        Self::collect(to - from, (from..to).map(|at| nibble(key, at)))
    }

    fn collect(len: usize, mut nibbles: impl Iterator<Item = u8>) -> Self {
        let mut bytes = Vec::with_capacity(len.div_ceil(2));
        if len % 2 == 1 {
            bytes.extend(nibbles.next());
        }
        while let (Some(high), Some(low)) = (nibbles.next(), nibbles.next()) {
            bytes.push(high << 4 | low);
        }
        Self { nibbles: len as u32, bytes: bytes.into() }
    }

    /// The nibbles from `from` on.
    pub(super) fn after(&self, from: usize) -> Self {
        self.range(from, self.len())
    }

    /// The nibbles `from..to`.
    pub(super) fn range(&self, from: usize, to: usize) -> Self {
        Self::collect(to - from, (from..to).map(|at| self.get(at)))
    }

    /// This, the nibble of a child, and the child's.
    pub(super) fn join(&self, index: u8, child: &Self) -> Self {
        let nibbles = self.iter().chain([index]).chain(child.iter());
        Self::collect(self.len() + 1 + child.len(), nibbles)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u8> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// How many nibbles this has in common with those of a key from `at` on.
    pub(super) fn common_with(&self, key: &[u8], at: usize) -> usize {
        let len = self.len().min((key.len() * 2).saturating_sub(at));
        let (mut count, odd) = (0, self.len() % 2);
        if odd == at % 2 {
            // Both begin in the same half of a byte: whole bytes can be compared.
            if odd == 1 && len > 0 {
                if nibble(key, at) != self.get(0) {
                    return 0;
                }
                count = 1;
            }
            let ours = &self.bytes[odd..];
            let theirs = &key[(at + count) / 2..];
            let equal = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours == theirs).count();
            count = (count + equal * 2).min(len);
        }
        while count < len && self.get(count) == nibble(key, at + count) {
            count += 1;
        }
        count
    }
}

impl Encode for Partial {
    fn size_hint(&self) -> usize {
        self.bytes.len() + 4
    }

    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        Compact(self.nibbles).encode_to(output);
        output.write(&self.bytes);
    }
}

impl Decode for Partial {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let nibbles = Compact::<u32>::decode(input)?.0;
        let len = (nibbles as usize).div_ceil(2);
        if input.remaining_len()?.is_none_or(|left| left < len) {
            return Err("a partial key is longer than its record".into());
        }
        let mut bytes = vec![0; len].into_boxed_slice();
        input.read(&mut bytes)?;
        if nibbles % 2 == 1 && bytes[0] > 0x0f {
            return Err("a partial key is badly padded".into());
        }
        Ok(Self { nibbles, bytes })
    }
}

#[cfg(test)]
mod tests;
