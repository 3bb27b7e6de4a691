use codec::DecodeAll;
use proptest::prelude::*;

use super::*;

fn nibbles(key: &[u8]) -> Vec<u8> {
    key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect()
}

proptest! {
    #[test]
    fn runs_equal_plain_lists_of_nibbles(
        key in proptest::collection::vec(any::<u8>(), 1..6), other in proptest::collection::vec(any::<u8>(), 1..6),
        bounds in (0usize..12, 0usize..12, 0usize..12, 0usize..12), index in 0u8..16,
    ) {
        let (plain, length) = (nibbles(&key), key.len() * 2);
        let (from, to) = (bounds.0 % (length + 1), bounds.1 % (length + 1));
        let (from, to) = (from.min(to), from.max(to));
        let run = Partial::of_key(&key, from, to);
        prop_assert_eq!(run.iter().collect::<Vec<_>>(), &plain[from..to]);
        prop_assert_eq!(run.len(), to - from);
        prop_assert_eq!(Partial::decode_all(&mut &run.encode()[..]), Ok(run.clone()));
        let middle = bounds.2 % (run.len() + 1);
        prop_assert_eq!(run.after(middle).iter().collect::<Vec<_>>(), &plain[from + middle..to]);
        prop_assert_eq!(run.range(0, middle).iter().collect::<Vec<_>>(), &plain[from..from + middle]);
        let joined = run.range(0, middle).join(index, &run.after(middle));
        let expected = [&plain[from..from + middle], &[index], &plain[from + middle..to]].concat();
        prop_assert_eq!(joined.iter().collect::<Vec<_>>(), expected);
        // Keys that begin alike are as common as unlike ones.
        for other in [other.clone(), [&key[..key.len() / 2], &other[..]].concat(), key.clone()] {
            let at = bounds.3 % (other.len() * 2 + 1);
            let expected = plain[from..to].iter().zip(&nibbles(&other)[at..]).take_while(|(a, b)| a == b).count();
            prop_assert_eq!(run.common_with(&other, at), expected);
            let expected = plain[from..to].iter().zip(&nibbles(&other)[from.min(other.len() * 2)..]).take_while(|(a, b)| a == b).count();
            prop_assert_eq!(run.common_with(&other, from.min(other.len() * 2)), expected);
        }
    }
}
