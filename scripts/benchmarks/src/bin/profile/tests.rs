use super::{
    parts,
    samples::{parse, within},
};

const TEXT: &str = "\
import 10 100.000001:    2004008 cpu-clock: 
\t    55d0 main+0x10 (/bin/import)

import 10 101.500000:    2004008 cpu-clock: 
\t    55d1 keccak (/bin/import)
\t    55d2 <ziver_state::trie::update::Update<H>>::change+0x4 (/bin/import)
\t    55d3 import::import+0x1 (/bin/import)

rocksdb:low0 11 101.700000:    2004008 cpu-clock: 
\t    55d4 memcpy (/lib/libc.so.6)
\t    55d5 rocksdb::FlushJob::Run() (/bin/import)

import 10 102.000000:    2004008 cpu-clock: 
\t    7f00 [unknown] ([unknown])
\t    55d3 import::import+0x1 (/bin/import)

import 10 103.000000:    2004008 cpu-clock: 
\t    55d0 main+0x10 (/bin/import)
";

#[test]
fn samples_of_all_threads_between_first_and_last_with_the_frame_are_taken() {
    let all = parse(TEXT);
    assert_eq!(all.len(), 5);
    let inner = within(&all, Some("import::import"));
    let parts: Vec<_> = inner.iter().map(parts::of).collect();
    assert_eq!(parts, ["trie", "database, flush and compaction", "runtime (Wasm)"]);
    assert_eq!(within(&all, None).len(), 5);
    assert!(within(&all, Some("nowhere")).is_empty());
}

#[test]
fn parts_are_counted_with_the_largest_first() {
    let all = parse(TEXT);
    let counts = parts::count(&all);
    assert_eq!(counts[0], ("other", 2));
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u32>(), 5);
}
