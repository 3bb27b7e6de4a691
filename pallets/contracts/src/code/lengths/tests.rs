//! Lengths that make 32-bit sums wrap, wherever a module has one.
use super::*;

fn module() -> Vec<u8> {
    wat::parse_str(
        r#"(module (import "seal0" "input" (func (param i32 i32))) (memory 1) (table 2 funcref)
        (global (mut i32) (i32.const 3)) (func $f (local i64)) (func (export "call")) (func (export "deploy"))
        (elem (i32.const 0) $f $f) (data (i32.const 0) "abc") (data (i32.const 9) "defg") (@custom "name" "xyz"))"#,
    )
    .expect("the text is a module")
}

fn leb(mut number: u32) -> Vec<u8> {
    let mut out = vec![];
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// Where the lengths of sections, bodies and segments stand, all of which have one byte; each with its section's.
fn places(module: &[u8]) -> Vec<(usize, usize)> {
    let mut places = vec![];
    let mut at = 8;
    while at < module.len() {
        let (id, len) = (module[at], usize::from(module[at + 1]));
        places.push((at + 1, at + 1));
        let mut inner = at + 3;
        for _ in 0..module[at + 2] {
            match id {
                10 => {}
                11 => inner += 4,
                _ => break,
            }
            places.push((at + 1, inner));
            inner += 1 + usize::from(module[inner]);
        }
        at += 2 + len;
    }
    places
}

#[test]
fn lengths_beyond_the_end_are_refused_wherever_they_stand() {
    let good = module();
    assert_eq!(check(&good), Ok(()));
    let places = places(&good);
    assert_eq!(places.len(), 11 + 3 + 2, "sections, one of them custom, bodies and segments");
    for (section, at) in places {
        for len in [u32::from(good[at]) + 200, 1 << 31, u32::MAX - 200, u32::MAX - 1, u32::MAX] {
            let mut bad = [&good[..at], &leb(len), &good[at + 1..]].concat();
            if section < at {
                // The section has room for a longer length.
                bad[section] += leb(len).len() as u8 - 1;
            }
            assert!(matches!(check(&bad), Err(CodeError::Invalid { offset, .. }) if offset == at), "{len} at {at}");
        }
    }
}

#[test]
fn segments_of_every_kind_are_understood() {
    let module = |segment: &[u8]| {
        let section = [&[1][..], segment].concat();
        [b"\0asm\x01\0\0\0", &[DATA_SECTION, section.len() as u8][..], &section].concat()
    };
    let long = leb(u32::MAX);
    for place in
        [&[0, 0x41, 7, 0x0b][..], &[1], &[2, 0, 0x41, 7, 0x0b], &[0, 0x23, 0, 0x0b], &[0, 0x42, 1, 0x42, 2, 0x7c, 0x0b]]
    {
        assert_eq!(check(&module(&[place, b"\x03abc"].concat())), Ok(()));
        assert!(check(&module(&[place, &long, b"abc"].concat())).is_err(), "{place:?}");
    }
}

#[test]
fn what_is_not_understood_is_left_to_the_parser() {
    let good = module();
    for len in 0..good.len() {
        // Breaking off may cut a section or a length, never more.
        let _ = check(&good[..len]);
    }
    for bad in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0", b"\0asm\x01\0\0\0\x0b\x80", b"\0asm\x01\0\0\0\x0b\x02\x01\x09"]
    {
        assert_eq!(check(bad), Ok(()));
    }
}
