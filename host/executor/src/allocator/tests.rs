//! The heap by itself: layout, reuse, and what damage to it does.

use proptest::prelude::*;

use super::*;

const BASE: u32 = 100;

fn heap() -> (FreeingBump, Vec<u8>) {
    (FreeingBump::new(BASE), vec![0; 64 * 1024])
}

fn at(allocation: Result<Allocation, AllocatorError>) -> u32 {
    match allocation {
        Ok(Allocation::At(pointer)) => pointer,
        other => panic!("expected a block, found {other:?}"),
    }
}

#[test]
fn blocks_begin_after_the_aligned_heap_base_and_a_header() {
    let (mut heap, mut memory) = heap();
    assert_eq!(at(heap.allocate(&mut memory, 1)), 112);
    assert_eq!(at(heap.allocate(&mut memory, 9)), 112 + 8 + 8);
    assert_eq!(at(heap.allocate(&mut memory, 0)), 112 + 8 + 8 + 16 + 8);
}

#[test]
fn header_tells_order_while_handed_out_and_next_block_while_free() {
    let (mut heap, mut memory) = heap();
    let first = at(heap.allocate(&mut memory, 32));
    let second = at(heap.allocate(&mut memory, 32));
    assert_eq!(read_header(&mut memory, first - 8), Ok(0x1_0000_0002));
    heap.release(&mut memory, first).unwrap();
    heap.release(&mut memory, second).unwrap();
    assert_eq!(read_header(&mut memory, first - 8), Ok(0xffff_ffff));
    assert_eq!(read_header(&mut memory, second - 8), Ok(u64::from(first - 8)));
}

#[test]
fn released_block_is_handed_out_again_for_its_order_only() {
    let (mut heap, mut memory) = heap();
    let block = at(heap.allocate(&mut memory, 20));
    heap.release(&mut memory, block).unwrap();
    assert_ne!(at(heap.allocate(&mut memory, 10)), block);
    assert_eq!(at(heap.allocate(&mut memory, 32)), block);
}

#[test]
fn full_memory_asks_for_the_bytes_it_needs_and_changes_nothing() {
    let (mut heap, mut memory) = heap();
    let wanted = Allocation::NeedsBytes(104 + 8 + 65_536);
    assert_eq!(heap.allocate(&mut memory, 65_536), Ok(wanted));
    assert_eq!(heap.allocate(&mut memory, 65_536), Ok(wanted));
    memory.resize(104 + 8 + 65_536, 0);
    assert_eq!(heap.allocate(&mut memory, 65_536), Ok(Allocation::At(112)));
}

#[test]
fn largest_block_is_32_mebibytes() {
    let (mut heap, mut memory) = heap();
    assert_eq!(heap.allocate(&mut memory, 1 << 25), Ok(Allocation::NeedsBytes(104 + 8 + (1 << 25))));
    let bytes = (1 << 25) + 1;
    assert_eq!(heap.allocate(&mut memory, bytes), Err(AllocatorError::TooLarge { bytes }));
    assert_eq!(heap.allocate(&mut memory, 1), Err(AllocatorError::Poisoned));
}

#[test]
fn heap_at_the_end_of_the_address_space_is_full() {
    let mut memory = vec![0; 16];
    assert_eq!(FreeingBump::new(u32::MAX - 20).allocate(&mut memory, 8), Err(AllocatorError::Full));
    assert_eq!(FreeingBump::new(u32::MAX).allocate(&mut memory, 8), Err(AllocatorError::Poisoned));
}

#[test]
fn second_release_of_a_block_is_damage() {
    let (mut heap, mut memory) = heap();
    let block = at(heap.allocate(&mut memory, 8));
    heap.release(&mut memory, block).unwrap();
    assert_eq!(heap.release(&mut memory, block), Err(AllocatorError::Damaged { pointer: block }));
}

#[test]
fn release_of_what_was_never_handed_out_is_damage() {
    for pointer in [0, 7, 8, 112, 65_535, 65_536, u32::MAX] {
        let (mut heap, mut memory) = heap();
        assert_eq!(heap.release(&mut memory, pointer).map_err(|_| ()), Err(()), "{pointer}");
    }
}

#[test]
fn forged_list_of_free_blocks_is_damage() {
    for forged in [0x1_0000_0000, 0xffff_fff0, 112 + 64, 1 << 40] {
        let (mut heap, mut memory) = heap();
        let block = at(heap.allocate(&mut memory, 8));
        heap.release(&mut memory, block).unwrap();
        write_header(&mut memory, block - 8, forged).unwrap();
        let header = block - 8;
        assert_eq!(heap.allocate(&mut memory, 8), Err(AllocatorError::Damaged { pointer: header }), "{forged:#x}");
    }
}

proptest! {
    /// Blocks in use never overlap, are aligned, and keep what the guest wrote into them.
    #[test]
    fn blocks_in_use_are_disjoint_and_keep_their_content(steps in prop::collection::vec((any::<bool>(), 0u32..3_000, any::<prop::sample::Index>()), 1..200)) {
        let mut heap = FreeingBump::new(BASE);
        let mut memory = vec![0; 1 << 20];
        let mut used: Vec<(u32, u32, u8)> = Vec::new();
        for (round, (take, bytes, index)) in steps.into_iter().enumerate() {
            if take || used.is_empty() {
                let pointer = at(heap.allocate(&mut memory, bytes));
                prop_assert_eq!(pointer % 8, 0);
                let mark = round as u8;
                memory[pointer as usize..(pointer + bytes) as usize].fill(mark);
                used.push((pointer, bytes, mark));
            } else {
                let (pointer, bytes, mark) = used.swap_remove(index.index(used.len()));
                prop_assert!(memory[pointer as usize..(pointer + bytes) as usize].iter().all(|byte| *byte == mark));
                heap.release(&mut memory, pointer).unwrap();
            }
        }
        for (pointer, bytes, mark) in used {
            prop_assert!(memory[pointer as usize..(pointer + bytes) as usize].iter().all(|byte| *byte == mark));
        }
    }

    /// Whatever the guest scribbles over headers, there is an answer or an error, and nothing lies outside of the memory.
    #[test]
    fn scribbled_memory_gives_errors_and_no_panic(
        steps in prop::collection::vec((0u8..3, any::<u32>(), any::<u64>()), 1..100),
        len in 0usize..4_096,
    ) {
        let mut heap = FreeingBump::new(BASE);
        let mut memory = vec![0; len];
        let mut blocks = vec![0];
        for (kind, number, word) in steps {
            match kind {
                0 => {
                    if let Ok(Allocation::At(pointer)) = heap.allocate(&mut memory, number % 64) {
                        prop_assert!((pointer as usize) <= memory.len());
                        blocks.push(pointer);
                    }
                }
                1 => {
                    let known = blocks[number as usize % blocks.len()];
                    let pointer = if word % 2 == 0 { known } else { number };
                    let _ = heap.release(&mut memory, pointer);
                }
                _ => {
                    let known = blocks[number as usize % blocks.len()] as usize;
                    if let Some(header) = known.checked_sub(8).and_then(|start| memory.get_mut(start..known)) {
                        header.copy_from_slice(&(word & 0x1_0000_0fff).to_le_bytes());
                    }
                }
            }
        }
    }
}
