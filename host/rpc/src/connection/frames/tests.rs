//! Messages made by a real WebSocket library, in pieces of every size.

use tungstenite::protocol::frame::{
    CloseFrame, Frame,
    coding::{CloseCode, Data, OpCode},
};

use super::*;

fn frame(payload: usize, opcode: OpCode, is_final: bool) -> Vec<u8> {
    sent(Frame::message(vec![7; payload], opcode, is_final))
}

/// As a client sends it.
fn sent(mut frame: Frame) -> Vec<u8> {
    frame.header_mut().mask = Some([1, 2, 3, 4]);
    let mut bytes = Vec::new();
    frame.format(&mut bytes).unwrap();
    bytes
}

fn feed(frames: &mut Frames, bytes: &[u8]) -> bool {
    frames.feed(&mut bytes.to_vec())
}

const TEXT: OpCode = OpCode::Data(Data::Text);
const MORE: OpCode = OpCode::Data(Data::Continue);

#[test]
fn message_is_whole_with_its_last_byte_in_pieces_of_any_size() {
    for payload in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
        let bytes = frame(payload, TEXT, true);
        for piece in [1, 2, 3, 7, 1_000, bytes.len()] {
            let mut frames = Frames::default();
            let (last, before) = bytes.split_last().unwrap();
            for part in before.chunks(piece) {
                assert!(!feed(&mut frames, part), "{payload} in {piece}");
            }
            assert!(frames.unfinished().is_some());
            assert!(feed(&mut frames, &[*last]), "{payload} in {piece}");
            assert_eq!(frames.unfinished(), None);
        }
    }
}

#[test]
fn message_in_several_frames_ends_with_the_final_one_whatever_control_frames_come_between() {
    let mut frames = Frames::default();
    assert!(!feed(&mut frames, &frame(10, TEXT, false)));
    assert_eq!(frames.unfinished(), Some(10));
    assert!(!feed(&mut frames, &sent(Frame::ping(vec![7; 100]))));
    assert!(!feed(&mut frames, &frame(0, MORE, false)));
    assert_eq!(frames.unfinished(), Some(10), "control frames are none of the message's bytes");
    assert!(feed(&mut frames, &frame(5, MORE, true)));
    assert_eq!(frames.unfinished(), None);
}

#[test]
fn control_frames_alone_are_no_messages() {
    let mut frames = Frames::default();
    assert!(!feed(&mut frames, &sent(Frame::ping(vec![7; 3]))));
    assert_eq!(frames.unfinished(), None);
    let close = sent(Frame::close(Some(CloseFrame { code: CloseCode::Normal, reason: "x".into() })));
    assert!(!feed(&mut frames, &close));
    assert_eq!(frames.unfinished(), None);
}

#[test]
fn any_bytes_are_survived() {
    let mut random = 1u64;
    for _ in 0..2_000 {
        let mut frames = Frames::default();
        for _ in 0..50 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let bytes = random.to_be_bytes();
            feed(&mut frames, &bytes[..usize::from(bytes[0]) % 8 + 1]);
        }
    }
    let huge = [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4];
    let mut frames = Frames::default();
    assert!(!feed(&mut frames, &huge));
    assert!(!feed(&mut frames, &[0; 100]));
    assert_eq!(frames.unfinished(), Some(100));
}

#[test]
fn messages_are_looked_at_through_the_mask_and_across_frames() {
    let (first, second) = (r#"[{"id":-1,"meth"#, r#"od":"x"},{"id":2},{"id":3}]"#);
    let mut frames = Frames::new(2);
    let mut read = Vec::new();
    let parts = [(first, TEXT, false), (second, MORE, true)];
    for (text, opcode, is_final) in parts {
        let mut bytes = sent(Frame::message(text.as_bytes().to_vec(), opcode, is_final));
        // In pieces that end anywhere.
        for piece in bytes.chunks_mut(5) {
            frames.feed(piece);
        }
        let payload = bytes.len() - text.len();
        read.extend(bytes[payload..].iter().enumerate().map(|(at, byte)| byte ^ [1, 2, 3, 4][at % 4]));
    }
    assert_eq!(String::from_utf8(read).unwrap(), r#"[{"id":-1,"method":"x"},{"id":2},0       ]"#);
    assert_eq!((frames.take_odd_ids(), frames.take_odd_ids()), (1, 0));
}
