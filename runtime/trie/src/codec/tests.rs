use proptest::prelude::*;
use sp_trie::NodeCodec as SpNodeCodec;

use super::*;
use crate::KeccakHasher;

type Ours = NodeCodec<KeccakHasher>;
type Theirs = SpNodeCodec<sp_core::KeccakHasher>;

/// Both decoders' results in words. Theirs also takes inline children that no encoder makes.
fn compare(bytes: &[u8]) -> Result<(), TestCaseError> {
    let ours = Ours::decode_plan(bytes);
    if ours == Err(CodecError::InlineChild) {
        return Ok(());
    }
    let ours = ours.map(|plan| format!("{plan:?}")).ok();
    let theirs = <Theirs as TrieCodec>::decode_plan(bytes).map(|plan| format!("{plan:?}")).ok();
    prop_assert_eq!(ours, theirs);
    Ok(())
}

#[test]
fn headers_go_round_at_every_length_of_interest() {
    let kinds = [Kind::Leaf, Kind::Branch, Kind::BranchWithValue, Kind::HashedLeaf, Kind::HashedBranch];
    for kind in kinds {
        for nibbles in (0..600).chain([65_535, 65_536, 100_000]) {
            let mut bytes = Vec::new();
            header::encode(kind, nibbles, &mut bytes);
            let mut rest = bytes.iter().copied();
            assert_eq!(header::decode(|| rest.next().ok_or(CodecError::TooShort)), Ok((kind, nibbles)));
            assert_eq!(rest.next(), None);
        }
    }
}

#[test]
fn malformed_nodes_are_refused_by_name() {
    let cases: [(&[u8], CodecError); 8] = [
        (&[], CodecError::TooShort),
        (&[0b0000_0010], CodecError::Header(2)),
        (&[0b0100_0001, 0x10, 0x00], CodecError::Padding),
        (&[0b0100_0010], CodecError::TooShort),
        (&[0b0111_1111, 255, 255], CodecError::TooShort),
        (&[0b1000_0000, 0, 0], CodecError::NoChild),
        (&[0b0100_0000, 0b0000_0001, 0], CodecError::Length),
        (&[&[0b1000_0000, 1, 0, 33 << 2][..], &[0; 33]].concat(), CodecError::InlineChild),
    ];
    for (bytes, error) in cases {
        assert_eq!(Ours::decode_plan(bytes), Err(error), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_decode_as_in_sp_trie(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        compare(&bytes)?;
    }

    /// Bytes that begin as a node does get further into the decoder.
    #[test]
    fn node_like_bytes_decode_as_in_sp_trie(
        kind in 1u8..=15, nibbles in 0u8..4, bitmap in any::<u16>(), tail in proptest::collection::vec(0u8..16, 0..200),
    ) {
        let mut bytes = vec![kind << 4 | nibbles];
        bytes.extend(vec![0; usize::from(nibbles.div_ceil(2))]);
        bytes.extend(bitmap.to_le_bytes());
        bytes.extend(tail.into_iter().map(|byte| byte * 4));
        compare(&bytes)?;
    }
}
