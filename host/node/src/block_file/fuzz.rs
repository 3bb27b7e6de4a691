//! Files of blocks, damaged: whatever is read is a block that both formats give back.

use ziver_fuzz::damage::fuzz;
use ziver_primitives::{Digest, DigestItem, Hash, ZIVER_ENGINE_ID};

use super::*;

fn block(number: u32, extrinsics: &[&[u8]]) -> Block {
    let logs = vec![DigestItem::PreRuntime(ZIVER_ENGINE_ID, vec![7; 20]), DigestItem::RuntimeEnvironmentUpdated];
    let [parent_hash, state_root, extrinsics_root] = [7, 8, 9].map(Hash::repeat_byte);
    let header = Header { parent_hash, number, state_root, extrinsics_root, digest: Digest { logs } };
    Block { header, extrinsics: extrinsics.iter().map(|bytes| OpaqueExtrinsic(bytes.to_vec())).collect() }
}

fn written(format: Format, blocks: &[Block]) -> Vec<u8> {
    let mut writer = BlockWriter::begin(Vec::new(), format, blocks.len() as u64).unwrap();
    for block in blocks {
        writer.write(block).unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8], format: Option<Format>) -> Vec<Result<Block, BlockFileError>> {
    match BlockReader::begin(Box::new(Cursor::new(bytes.to_vec())), format) {
        Ok(reader) => reader.collect(),
        Err(error) => vec![Err(error)],
    }
}

#[test]
fn file_of_blocks() {
    let blocks = [block(1, &[]), block(2, &[&[4, 5, 6], &[]]), block(70_000, &[&[0x84; 140]])];
    let mut json = written(Format::Json, &blocks);
    json.retain(|byte| *byte != b'\n');
    fuzz(&[written(Format::Binary, &blocks), written(Format::Json, &blocks), json], |bytes| {
        for format in [None, Some(Format::Binary), Some(Format::Json)] {
            let mut read_blocks = Vec::new();
            for one in read(bytes, format) {
                match one {
                    Ok(block) => read_blocks.push(block),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
            for format in [Format::Binary, Format::Json] {
                if read_blocks.is_empty() && format == Format::Json {
                    continue;
                }
                let again: Result<Vec<_>, _> = read(&written(format, &read_blocks), Some(format)).into_iter().collect();
                assert_eq!(again.unwrap(), read_blocks);
            }
        }
    });
}
