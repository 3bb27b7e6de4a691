//! Both formats: there and back, cut short, and made by somebody who means harm.

use ziver_primitives::{Digest, DigestItem, Hash, ZIVER_ENGINE_ID};

use super::*;

fn block(number: u32) -> Block {
    let header = Header {
        parent_hash: Hash::repeat_byte(1),
        number,
        state_root: Hash::repeat_byte(2),
        extrinsics_root: Hash::repeat_byte(3),
        digest: Digest { logs: vec![DigestItem::PreRuntime(ZIVER_ENGINE_ID, vec![7; 20])] },
    };
    Block { header, extrinsics: vec![OpaqueExtrinsic(vec![4, 5, 6]), OpaqueExtrinsic(vec![])] }
}

fn written(format: Format, blocks: &[Block]) -> Vec<u8> {
    let mut writer = BlockWriter::begin(Vec::new(), format, blocks.len() as u64).unwrap();
    for block in blocks {
        writer.write(block).unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<Block>, BlockFileError> {
    BlockReader::begin(Box::new(Cursor::new(bytes.to_vec())), None)?.collect()
}

#[test]
fn both_formats_are_read_back_and_told_apart() {
    for format in [Format::Binary, Format::Json] {
        let blocks: Vec<Block> = (1..=130).map(block).collect();
        let bytes = written(format, &blocks);
        assert_eq!(read(&bytes).unwrap(), blocks);
        let total = BlockReader::begin(Box::new(Cursor::new(bytes)), None).unwrap().total();
        assert_eq!(total, (format == Format::Binary).then_some(130));
    }
    assert_eq!(read(&written(Format::Binary, &[])).unwrap(), []);
}

#[test]
fn binary_format_is_substrates() {
    let bytes = written(Format::Binary, &[block(300)]);
    let expected = (1u64, block(300).header, vec![vec![4u8, 5, 6], vec![]], Option::<Vec<([u8; 4], Vec<u8>)>>::None);
    assert_eq!(bytes, expected.encode());
}

#[test]
fn json_without_line_ends_is_read_too() {
    let text = String::from_utf8(written(Format::Json, &[block(1), block(2)])).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert_eq!(read(text.replace('\n', "").as_bytes()).unwrap(), [block(1), block(2)]);
}

#[test]
fn every_cut_of_a_binary_file_is_truncated_and_gives_the_blocks_before() {
    let bytes = written(Format::Binary, &[block(1), block(2)]);
    for length in 8..bytes.len() {
        let reader = BlockReader::begin(Box::new(Cursor::new(bytes[..length].to_vec())), None).unwrap();
        let (good, bad): (Vec<_>, Vec<_>) = reader.partition(Result::is_ok);
        assert!(matches!(bad[..], [Err(BlockFileError::Truncated { total: 2, .. })]), "{length}: {bad:?}");
        assert!(good.len() < 2);
    }
    for length in 0..8 {
        assert!(matches!(read(&bytes[..length]), Err(BlockFileError::Foreign)), "{length}");
    }
}

#[test]
fn every_cut_of_a_json_file_ends_in_an_error_or_between_blocks() {
    let bytes = written(Format::Json, &[block(1), block(2)]);
    let first = written(Format::Json, &[block(1)]).len();
    for length in 1..bytes.len() {
        match read(&bytes[..length]) {
            Ok(blocks) => assert!([first - 1, first, bytes.len() - 1].contains(&length), "{length}: {}", blocks.len()),
            Err(error) => assert!(matches!(error, BlockFileError::Truncated { .. }), "{length}: {error}"),
        }
    }
}

#[test]
fn garbage_and_foreign_files_are_refused() {
    for bytes in [&b""[..], b"hello, world", b"\x89PNG\r\n\x1a\n0123", b"[1, 2]", &[0xff; 64]] {
        assert!(matches!(read(bytes), Err(BlockFileError::Foreign)), "{bytes:?}");
    }
    let error = read(b"{\"block\": 7}").unwrap_err();
    assert!(matches!(error, BlockFileError::Malformed { place: 1, .. }), "{error}");
    let noise: Vec<u8> = (0..5_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert!(read(&[&3u64.to_le_bytes(), &noise[..]].concat()).is_err());
}

#[test]
fn lengths_that_lie_are_bounded() {
    let head = [1u64.encode(), block(1).header.encode()].concat();
    let many = read(&[&head[..], &Compact(u32::MAX).encode()].concat()).unwrap_err();
    assert!(many.to_string().contains("too many extrinsics"), "{many}");
    let body = [&head[..], &Compact(1u32).encode(), &Compact(u32::MAX).encode(), &vec![0; 20 << 20]].concat();
    let long = read(&body).unwrap_err();
    assert!(matches!(long, BlockFileError::TooLong { place: 1, .. }), "{long}");
    let endless = BlockReader::begin(Box::new(b"{\"block\": \"".chain(io::repeat(b'x'))), None).unwrap().next();
    assert!(matches!(endless, Some(Err(BlockFileError::LongText { place: 1, line: 1, .. }))), "{endless:?}");
}

#[test]
fn json_that_would_cost_much_memory_is_refused_with_its_line() {
    let good = String::from_utf8(written(Format::Json, &[block(1)])).unwrap();
    // Each element costs three bytes of text, and many more in memory.
    let many = vec!["\"\""; 1_000_000].join(",");
    let extrinsics = good.replace("\"extrinsics\":[", &format!("\"extrinsics\":[{many},"));
    let logs = good.replace("\"logs\":[", &format!("\"logs\":[{many},"));
    for (bad, expected) in [(extrinsics, "more than 100000 elements"), (logs, "more than 64 elements")] {
        let error = read(format!("{good}{bad}").as_bytes()).unwrap_err();
        assert!(matches!(error, BlockFileError::Malformed { place: 2, .. }), "{error}");
        let error = error.to_string();
        assert!(error.contains(expected) && error.contains("at line 2"), "{error}");
    }
    let zeros = vec!["0"; 1_000_000].join(",");
    let justified = good.replace("\"justifications\":null", &format!("\"justifications\":[{zeros}]"));
    assert!(read(justified.as_bytes()).unwrap_err().to_string().contains("justifications"));
    let with_more = good.replace("\"justifications\":null", &format!("\"justifications\":null,\"more\":[{zeros}]"));
    assert_eq!(read(with_more.as_bytes()).unwrap(), [block(1)], "what is not of a block is skipped");
    let long = Cursor::new(format!("{good}\n{good}{{\"block\": \"").into_bytes()).chain(io::repeat(b'x'));
    let last = BlockReader::begin(Box::new(long), None).unwrap().last().unwrap().unwrap_err();
    assert!(last.to_string().starts_with("line 4: the 3. block of the file takes more than"), "{last}");
}

#[test]
fn surplus_bytes_and_justifications_are_refused() {
    let surplus = [written(Format::Binary, &[block(1)]), vec![0]].concat();
    assert!(matches!(read(&surplus), Err(BlockFileError::Surplus { total: 1 })));
    let justified = (1u64, block(1), Some(vec![(*b"FRNK", vec![1u8])])).encode();
    assert!(read(&justified).unwrap_err().to_string().contains("justifications"));
    let text = String::from_utf8(written(Format::Json, &[block(1)])).unwrap();
    let text = text.replace("\"justifications\":null", "\"justifications\":[]");
    assert!(read(text.as_bytes()).unwrap_err().to_string().contains("justifications"));
}

#[test]
fn wrong_digits_in_json_are_named() {
    let text = String::from_utf8(written(Format::Json, &[block(1)])).unwrap();
    for (from, to, expected) in [
        ("\"number\":\"0x1\"", "\"number\":\"0x100000000\"", "number"),
        ("\"number\":\"0x1\"", "\"number\":\"1\"", "number"),
        ("0x0202", "0x02", "stateRoot has 31 bytes in place of 32"),
        ("0x0303", "0xzz03", "extrinsicsRoot is not 0x and hexadecimal digits"),
        ("0x0c040506", "0x0c0405", "extrinsic: "),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        let error = read(changed.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("at line 1"), "{error}");
    }
}
