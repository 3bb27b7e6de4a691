//! Messages made by a real WebSocket library, in pieces of every size.

use proptest::prelude::*;
use tungstenite::protocol::frame::{
    CloseFrame, Frame,
    coding::{CloseCode, Data, OpCode},
};

use super::*;

const TEXT: OpCode = OpCode::Data(Data::Text);
const BINARY: OpCode = OpCode::Data(Data::Binary);
const MORE: OpCode = OpCode::Data(Data::Continue);

fn frame(payload: impl AsRef<[u8]>, opcode: OpCode, is_final: bool) -> Vec<u8> {
    sent(Frame::message(payload.as_ref().to_vec(), opcode, is_final))
}

/// As a client sends it.
fn sent(mut frame: Frame) -> Vec<u8> {
    frame.header_mut().mask = Some([1, 2, 3, 4]);
    let mut bytes = Vec::new();
    frame.format(&mut bytes).unwrap();
    bytes
}

/// Messages of up to a million bytes.
fn beginning() -> Frames {
    Frames::new(1_000_000, 2)
}

/// Sends bytes; returns what the reader gets, and whether a message became whole.
fn feed(frames: &mut Frames, mut bytes: &[u8]) -> (Vec<u8>, bool) {
    let (mut read, mut space) = (Vec::new(), vec![0; 1_000]);
    loop {
        let taken = frames.feed(bytes);
        bytes = &bytes[taken..];
        let mut buffer = ReadBuf::new(&mut space);
        if !frames.give(&mut buffer) && taken == 0 {
            return (read, frames.take_whole());
        }
        read.extend_from_slice(buffer.filled());
    }
}

/// The frames that a reader finds: opcode, whether it is final, payload.
fn found(mut bytes: &[u8]) -> Vec<(u8, bool, Vec<u8>)> {
    let mut all = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        let (length, rest) = match second {
            126 => (usize::from(u16::from_be_bytes(rest[..2].try_into().unwrap())), &rest[2..]),
            127 => (usize::try_from(u64::from_be_bytes(rest[..8].try_into().unwrap())).unwrap(), &rest[8..]),
            short => (usize::from(*short), rest),
        };
        let (payload, rest) = rest.split_at(length.min(rest.len()));
        all.push((first & 0x0f, first & 0x80 != 0, payload.to_vec()));
        bytes = rest;
    }
    all
}

/// The messages in these frames.
fn messages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut all, mut message) = (Vec::new(), Vec::new());
    for (opcode, is_final, payload) in found(bytes) {
        assert!(opcode < CLOSE);
        message.extend(payload);
        if is_final {
            all.push(std::mem::take(&mut message));
        }
    }
    all
}

#[test]
fn message_is_whole_with_its_last_byte_in_pieces_of_any_size() {
    for payload in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
        let payload = vec![b'x'; payload];
        let bytes = frame(&payload, TEXT, true);
        for piece in [1, 2, 3, 7, 1_000, bytes.len()] {
            let mut frames = beginning();
            let (last, before) = bytes.split_last().unwrap();
            let mut read = Vec::new();
            for part in before.chunks(piece) {
                let (part, is_whole) = feed(&mut frames, part);
                assert!(!is_whole, "{} in {piece}", payload.len());
                read.extend(part);
            }
            assert!(frames.unfinished().is_some());
            let (part, is_whole) = feed(&mut frames, &[*last]);
            read.extend(part);
            assert!(is_whole, "{} in {piece}", payload.len());
            assert_eq!(messages(&read), std::slice::from_ref(&payload), "{} in {piece}", payload.len());
            assert_eq!(frames.unfinished(), None);
        }
    }
}

#[test]
fn message_in_several_frames_ends_with_the_final_one_whatever_control_frames_come_between() {
    let mut frames = beginning();
    assert!(!feed(&mut frames, &frame([7; 10], TEXT, false)).1);
    assert_eq!(frames.unfinished(), Some(10));
    let (read, is_whole) = feed(&mut frames, &sent(Frame::ping(vec![7; 100])));
    assert_eq!((found(&read), is_whole), (vec![(PING, true, vec![7; 100])], false));
    assert!(!feed(&mut frames, &frame([], MORE, false)).1);
    assert_eq!(frames.unfinished(), Some(10), "control frames are none of the message's bytes");
    assert!(feed(&mut frames, &frame([7; 5], MORE, true)).1);
    assert_eq!(frames.unfinished(), None);
}

#[test]
fn control_frames_alone_are_no_messages() {
    let mut frames = beginning();
    assert!(!feed(&mut frames, &sent(Frame::ping(vec![7; 3]))).1);
    assert_eq!(frames.unfinished(), None);
    let close = sent(Frame::close(Some(CloseFrame { code: CloseCode::Normal, reason: "x".into() })));
    let (read, is_whole) = feed(&mut frames, &close);
    assert_eq!((found(&read), is_whole), (vec![(CLOSE, true, [&1000u16.to_be_bytes()[..], b"x"].concat())], false));
    assert_eq!(frames.unfinished(), None);
}

/// What a reader makes of its frames.
#[derive(Debug, PartialEq)]
enum Heard {
    /// A message and its kind.
    Message(u8, Vec<u8>),
    /// A message that is too long.
    TooLong,
    Control(u8, Vec<u8>),
}

/// Reads as jsonrpsee does: it passes over a message that is too long as its head announces. Panics at anything but
/// whole, allowed frames; a message that has no end yet is left out.
fn heard(mut bytes: &[u8], bytes_max: usize) -> Vec<Heard> {
    let (mut all, mut begun) = (Vec::new(), None::<(u8, Vec<u8>)>);
    while !bytes.is_empty() {
        let (first, second) = (bytes[0], bytes[1]);
        let (opcode, is_final, head) = (first & 0x0f, first & 0x80 != 0, if second < 126 { 2 } else { second - 122 });
        let head = usize::from(if second == 127 { 10 } else { head });
        let length = match second {
            126 => usize::from(u16::from_be_bytes(bytes[2..4].try_into().unwrap())),
            127 => usize::try_from(u64::from_be_bytes(bytes[2..10].try_into().unwrap())).unwrap(),
            short => usize::from(short),
        };
        bytes = &bytes[head..];
        if is_control(opcode) {
            assert!(is_final && length <= 125 && [CLOSE, PING, PONG].contains(&opcode), "{first:#x} {length}");
            assert!(opcode != PONG || begun.is_none(), "the reader loses its way in a message with a pong");
            all.push(Heard::Control(opcode, bytes[..length].to_vec()));
            bytes = &bytes[length..];
            continue;
        }
        assert_eq!(opcode == CONTINUATION, begun.is_some());
        let (kind, mut message) = begun.take().unwrap_or((opcode, Vec::new()));
        assert!([super::TEXT, super::BINARY].contains(&kind));
        if message.len() + length > bytes_max {
            assert!(is_final);
            bytes = &bytes[bytes_max + 1..];
            all.push(Heard::TooLong);
            continue;
        }
        message.extend_from_slice(&bytes[..length]);
        bytes = &bytes[length..];
        if is_final {
            assert!(kind != super::TEXT || str::from_utf8(&message).is_ok());
            all.push(Heard::Message(kind, message));
        } else {
            begun = Some((kind, message));
        }
    }
    all
}

/// A message in frames that end anywhere, with control frames between them.
fn any_message() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let signs = prop::sample::select(br#"{}[]",:0a "#.to_vec());
    let payload = prop_oneof![
        4 => prop::collection::vec(signs.clone(), 0..300),
        1 => prop::collection::vec(any::<u8>(), 0..130),
        1 => (prop::collection::vec(signs, 1..50), 100usize..200).prop_map(|(signs, times)| signs.repeat(times)),
        2 => Just(r#" {"jsonrpc":"2.0","id":-1,"method":"é€😀"}"#.as_bytes().to_vec()),
    ];
    let opcode = prop::sample::select(vec![TEXT, TEXT, BINARY]);
    let ends = prop::collection::vec((any::<prop::sample::Index>(), prop::option::weighted(0.3, 8u8..11)), 0..3);
    (payload, opcode, ends).prop_map(|(payload, opcode, ends)| {
        let mut ends: Vec<_> = ends.into_iter().map(|(end, control)| (end.index(payload.len() + 1), control)).collect();
        ends.sort_unstable();
        let (mut frames, mut begin) = (Vec::new(), 0);
        for (end, control) in ends {
            let opcode = if frames.is_empty() { opcode } else { MORE };
            frames.push(frame(&payload[begin..end], opcode, false));
            begin = end;
            if let Some(control) = control {
                let mut bytes = frame([3, 0xe8], BINARY, true);
                bytes[0] = 0x80 | control;
                frames.push(bytes);
            }
        }
        frames.push(frame(&payload[begin..], if frames.is_empty() { opcode } else { MORE }, true));
        frames
    })
}

proptest! {
    #[test]
    fn any_messages_are_heard_the_same_however_their_frames_are_cut(
        messages in prop::collection::vec(any_message(), 1..6),
        damage in prop::option::weighted(0.3, (any::<prop::sample::Index>(), 1u8..)),
        cuts in prop::collection::vec(prop_oneof![1usize..5, 1usize..1_000], 1..10),
    ) {
        const BYTES_MAX: u32 = 6_000;
        let mut bytes = messages.concat().concat();
        if let Some((at, change)) = damage {
            let at = at.index(bytes.len());
            bytes[at] ^= change;
        }
        let mut whole = Frames::new(BYTES_MAX, 2);
        let at_once = feed(&mut whole, &bytes).0;
        let mut cut = Frames::new(BYTES_MAX, 2);
        let (mut in_pieces, mut rest) = (Vec::new(), &bytes[..]);
        for piece in cuts.iter().cycle() {
            let (piece, after) = rest.split_at((*piece).min(rest.len()));
            in_pieces.extend(feed(&mut cut, piece).0);
            prop_assert!(cut.unfinished().unwrap_or(0) <= BYTES_MAX as usize);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let heard = [at_once, in_pieces].map(|read| heard(&read, BYTES_MAX as usize));
        prop_assert_eq!(&heard[0], &heard[1]);
        prop_assert_eq!(whole.is_over(), cut.is_over());
        prop_assert!(!whole.is_over() || matches!(heard[0].last(), Some(Heard::Control(CLOSE, _))));
        // What came before the fault has been passed on as it was cut.
        prop_assert!(whole.is_over() || whole.unfinished() == cut.unfinished());
        prop_assert_eq!(whole.take_odd_ids(), cut.take_odd_ids());
    }
}

#[test]
fn too_long_frame_is_refused_at_its_head_and_costs_nothing() {
    let huge = [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4];
    let mut frames = beginning();
    let (read, is_whole) = feed(&mut frames, &huge);
    assert_eq!((found(&read), is_whole), (vec![(super::TEXT, true, vec![0; 1_000_001])], false));
    assert_eq!(feed(&mut frames, &[0; 5_000]), (Vec::new(), false));
    assert_eq!(frames.unfinished(), Some(0), "it has a time limit, but no weight");
}

#[test]
fn message_too_long_in_several_frames_is_refused_once_and_the_next_is_read() {
    let mut frames = beginning();
    let part = vec![b'x'; 400_000];
    let mut bytes = frame(&part, TEXT, false);
    bytes.extend(frame(&part, MORE, false));
    let (read, _) = feed(&mut frames, &bytes);
    let passed: usize = found(&read).iter().map(|(_, _, payload)| payload.len()).sum();
    assert_eq!((passed, frames.unfinished()), (800_000, Some(800_000)));
    // All at once: the refusal, what follows of the message, and the next one.
    let mut bytes = frame(&part, MORE, false);
    bytes.extend(frame(&part, MORE, false));
    bytes.extend(sent(Frame::ping("mine")));
    bytes.extend(frame("y", MORE, true));
    bytes.extend(frame("next", TEXT, true));
    let (read, is_whole) = feed(&mut frames, &bytes);
    assert!(is_whole);
    // The reader adds up what it has and what the head says, and passes over as much.
    let head = [0x80, 127, 0, 0, 0, 0, 0, 3, 0x0d, 0x41];
    assert_eq!(read[..10], head);
    let after = &read[10 + 1_000_001..];
    assert_eq!(found(after), [(PING, true, b"mine".to_vec()), (super::TEXT, true, b"next".to_vec())]);
    assert_eq!(frames.unfinished(), None);
}

#[test]
fn messages_are_looked_at_through_the_mask_and_across_frames() {
    let first = r#"   [{"jsonrpc":"2.0","id":-1,"meth"#;
    let cases = [
        (r#"od":"x"},{"id":2}]"#, r#"[{"jsonrpc":"2.0","id":-1,"method":"x"},{"id":2}]"#, 1),
        (r#"od":"x"},{"id":2},{"id":3}]"#, r#"[{"jsonrpc":"2.0","id":-1,"method":"x"},{"id":2},0       ]"#, 0),
    ];
    for (second, expected, odd_ids) in cases {
        let mut frames = beginning();
        let mut read = Vec::new();
        for (text, opcode, is_final) in [(first, TEXT, false), (second, MORE, true)] {
            // In pieces that end anywhere.
            for piece in frame(text, opcode, is_final).chunks(5) {
                read.extend(feed(&mut frames, piece).0);
            }
        }
        let [message] = &messages(&read)[..] else { panic!("one message") };
        assert_eq!(str::from_utf8(message).unwrap(), expected);
        assert_eq!((frames.take_odd_ids(), frames.take_odd_ids()), (odd_ids, 0));
    }
}

#[test]
fn what_breaks_the_protocol_closes_the_connection_with_its_code() {
    let unmasked = vec![0x81, 1, b'x'];
    let with_opcode = |mut bytes: Vec<u8>, first: u8| {
        bytes[0] = first;
        bytes
    };
    let reserved_bit = with_opcode(frame("x", TEXT, true), 0xc1);
    let reserved_opcode = with_opcode(frame("x", TEXT, true), 0x83);
    let ping_in_parts = with_opcode(frame("x", TEXT, false), PING);
    let long_ping = with_opcode(frame(vec![7; 126], TEXT, true), 0x80 | PING);
    let no_beginning = frame("x", MORE, true);
    let two_beginnings = [frame("x", TEXT, false), frame("x", TEXT, true)].concat();
    let half_a_code = with_opcode(frame([3], TEXT, true), 0x80 | CLOSE);
    let wrong =
        [unmasked, reserved_bit, reserved_opcode, ping_in_parts, long_ping, no_beginning, two_beginnings, half_a_code];
    for bytes in wrong {
        assert_eq!(closing_code(&bytes), Some(1002), "{bytes:?}");
    }
    assert_eq!(closing_code(&frame([b'x', 0xff], TEXT, true)), Some(1007));
    assert_eq!(closing_code(&frame(&"é".as_bytes()[..1], TEXT, true)), Some(1007));
    assert_eq!(closing_code(&frame([b'x', 0xff], BINARY, true)), None);
    let split = "aé€😀z".as_bytes();
    for at in 0..=split.len() {
        assert_eq!(closing_code(&[frame(&split[..at], TEXT, false), frame(&split[at..], MORE, true)].concat()), None);
    }
}

/// With what code the reader closes after these bytes.
fn closing_code(bytes: &[u8]) -> Option<u16> {
    for piece in [1, bytes.len()] {
        let mut frames = beginning();
        let read: Vec<u8> = bytes.chunks(piece).flat_map(|part| feed(&mut frames, part).0).collect();
        match found(&read).pop() {
            Some((CLOSE, true, code)) => {
                assert!(frames.is_over());
                return Some(u16::from_be_bytes(code.try_into().unwrap()));
            }
            _ => assert!(!frames.is_over()),
        }
    }
    None
}

#[test]
fn pong_within_a_message_comes_after_it() {
    let long = vec![b'x'; HELD_BYTES_MAX + 1];
    let mut frames = beginning();
    let (begun, _) = feed(&mut frames, &frame(&long, TEXT, false));
    assert_eq!(found(&begun), [(1, false, long)]);
    assert_eq!(feed(&mut frames, &sent(Frame::pong(vec![1]))), (Vec::new(), false));
    assert_eq!(feed(&mut frames, &sent(Frame::pong(vec![2]))), (Vec::new(), false));
    let (end, is_whole) = feed(&mut frames, &frame(b"y", MORE, true));
    assert_eq!((found(&end), is_whole), (vec![(CONTINUATION, true, b"y".to_vec()), (PONG, true, vec![2])], true));
}

#[test]
fn short_message_is_judged_the_same_however_it_is_cut() {
    for message in ["null", "{}", r#"{"id":"\ud800","method":"system_chain"}"#] {
        let mut expected = None;
        for cut in 0..message.len() {
            let (first, second) = message.split_at(cut);
            let mut frames = beginning();
            let mut read = feed(&mut frames, &frame(first, TEXT, false)).0;
            read.extend(feed(&mut frames, &frame(second, MORE, true)).0);
            let whole = messages(&read);
            assert_eq!(expected.get_or_insert(whole.clone()), &whole, "{message} cut at {cut}");
        }
        assert_eq!(expected.unwrap(), [NO_REQUEST]);
    }
}

#[test]
fn length_with_a_sign_breaks_the_protocol() {
    let mut bytes = vec![0x81, 0xff];
    bytes.extend((1_u64 << 63 | 5).to_be_bytes());
    bytes.extend([0; 4]);
    assert_eq!(found(&feed(&mut beginning(), &bytes).0), [(CLOSE, true, 1002_u16.to_be_bytes().to_vec())]);
}
