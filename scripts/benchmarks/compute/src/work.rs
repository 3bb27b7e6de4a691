//! What is computed. Each function takes how much of it, and answers a number that depends on all of it.

use sha3::{Digest, Keccak256};

/// The functions, by their names.
pub const ALL: [(&str, fn(u32) -> u64); 4] =
    [("arithmetic", arithmetic), ("wide", wide), ("sort", sort), ("keccak", keccak)];
/// The largest argument of [`sort`].
pub const SORTED_MAX: usize = 1_024;

/// A multiplication, an addition, and two shifts and exclusive ors in 64 bits, `rounds` times.
pub fn arithmetic(rounds: u32) -> u64 {
    let (mut state, mut sum) = (1u64, 0);
    for _ in 0..rounds {
        state = next(state);
        sum ^= state >> 33;
    }
    sum
}

/// No compiler may put two steps together.
fn next(state: u64) -> u64 {
    (state ^ (state >> 32)).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
}

/// A multiplication and an addition in 256 bits, `rounds` times.
pub fn wide(rounds: u32) -> u64 {
    let mut state = [3, 5, 7, 11];
    for _ in 0..rounds {
        state = add(multiply(state, state), [13, 17, 19, 23]);
    }
    state[3]
}

fn multiply(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut product = [0; 4];
    for i in 0..4 {
        let mut carry = 0u128;
        for j in 0..4 - i {
            let sum = u128::from(a[i]) * u128::from(b[j]) + u128::from(product[i + j]) + carry;
            product[i + j] = sum as u64;
            carry = sum >> 64;
        }
    }
    product
}

fn add(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let (mut sum, mut carry) = ([0; 4], 0);
    for i in 0..4 {
        let word = u128::from(a[i]) + u128::from(b[i]) + carry;
        sum[i] = word as u64;
        carry = word >> 64;
    }
    sum
}

/// Sorts `len` numbers by heapsort.
pub fn sort(len: u32) -> u64 {
    let mut memory = [0u32; SORTED_MAX];
    let numbers = &mut memory[..len as usize];
    let mut state = 1;
    for number in numbers.iter_mut() {
        state = next(state);
        *number = (state >> 32) as u32;
    }
    for root in (0..numbers.len() / 2).rev() {
        sink(numbers, root);
    }
    for end in (1..numbers.len()).rev() {
        numbers.swap(0, end);
        sink(&mut numbers[..end], 0);
    }
    numbers.iter().enumerate().fold(0, |sum, (at, number)| sum ^ (u64::from(*number) + at as u64))
}

fn sink(heap: &mut [u32], mut root: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && heap[child + 1] > heap[child] {
            child += 1;
        }
        if heap[root] >= heap[child] {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}

/// Hashes 32 bytes, `rounds` times.
pub fn keccak(rounds: u32) -> u64 {
    let mut hash = [0; 32];
    for _ in 0..rounds {
        hash = Keccak256::digest(hash).into();
    }
    first(&hash)
}

/// The first eight bytes, of which a hash is known.
pub fn first(hash: &[u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
