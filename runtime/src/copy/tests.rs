use super::copy;
use std::vec::Vec;

/// More than three steps of the loop.
const LEN_MAX: usize = 70;
const OFFSETS: usize = 9;
const UNTOUCHED: u8 = 0xaa;

#[test]
fn every_length_between_any_addresses_copies_those_bytes_and_no_other() {
    let source: Vec<u8> = (1..=u8::MAX).cycle().take(LEN_MAX + OFFSETS).collect();
    for len in 0..=LEN_MAX {
        for from in 0..OFFSETS {
            for to in 0..OFFSETS {
                let mut target = [UNTOUCHED; LEN_MAX + 2 * OFFSETS];
                // SAFETY: both blocks are long enough, and different.
                unsafe { copy(target.as_mut_ptr().add(to), source.as_ptr().add(from), len) };
                assert_eq!(target[to..to + len], source[from..from + len], "{len} bytes from {from} to {to}");
                assert!(
                    target[..to].iter().chain(&target[to + len..]).all(|byte| *byte == UNTOUCHED),
                    "{len} bytes to {to}"
                );
            }
        }
    }
}
