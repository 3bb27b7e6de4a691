use alloc::{collections::BTreeMap, vec, vec::Vec};
use proptest::prelude::*;

use super::*;

/// A heap over a memory of words, as `entry` uses it.
struct Memory {
    heap: Heap,
    words: BTreeMap<u32, u32>,
    chunks: u32,
}

impl Memory {
    fn alloc(&mut self, class: Class) -> u32 {
        match self.heap.next(class) {
            Source::Free(block) => {
                self.heap.set_free(class, self.words[&block]);
                block
            }
            Source::Cut(block) => block,
            Source::Chunk => {
                // As the host's: aligned to 8, not to 16.
                self.heap.add_chunk(0x1_0008 + self.chunks * (CHUNK_BYTES + 8));
                self.chunks += 1;
                self.alloc(class)
            }
        }
    }

    fn dealloc(&mut self, class: Class, block: u32) {
        self.words.insert(block, self.heap.first(class));
        self.heap.set_free(class, block);
    }
}

proptest! {
    #[test]
    fn blocks_neither_overlap_nor_leave_their_chunk(
        steps in proptest::collection::vec((0u32..=SMALL_BYTES_MAX, 0u32..=4, any::<bool>(), any::<prop::sample::Index>()), 1..600),
    ) {
        let mut memory = Memory { heap: Heap::new(), words: BTreeMap::new(), chunks: 0 };
        let mut out: Vec<(u32, Class)> = vec![];
        for (size, align, gives_back, which) in steps {
            if gives_back && !out.is_empty() {
                let (block, class) = out.swap_remove(which.index(out.len()));
                memory.dealloc(class, block);
                continue;
            }
            let align = 1 << align;
            let class = Class::of(size, align).unwrap();
            prop_assert!(class.bytes() >= size);
            let block = memory.alloc(class);
            prop_assert_eq!(block % align, 0);
            let (chunk, offset) = ((block - 0x1_0008) / (CHUNK_BYTES + 8), (block - 0x1_0008) % (CHUNK_BYTES + 8));
            prop_assert!(chunk < memory.chunks && offset + class.bytes() <= CHUNK_BYTES);
            prop_assert!(out.iter().all(|(other, of)| block + class.bytes() <= *other || other + of.bytes() <= block));
            out.push((block, class));
        }
    }
}

#[test]
fn what_was_given_back_is_used_again() {
    let mut memory = Memory { heap: Heap::new(), words: BTreeMap::new(), chunks: 0 };
    let class = Class::of(100, 8).unwrap();
    for _ in 0..10_000 {
        let blocks = [memory.alloc(class), memory.alloc(class)];
        blocks.into_iter().for_each(|block| memory.dealloc(class, block));
    }
    assert_eq!(memory.chunks, 1);
}

#[test]
fn large_and_widely_aligned_blocks_are_the_hosts() {
    assert_eq!(Class::of(SMALL_BYTES_MAX + 1, 8), None);
    assert_eq!(Class::of(8, ALIGN_MAX * 2), None);
    assert_eq!(Class::of(0, 1).map(Class::bytes), Some(8));
    assert_eq!(Class::of(SMALL_BYTES_MAX, ALIGN_MAX).map(Class::bytes), Some(SMALL_BYTES_MAX));
}
