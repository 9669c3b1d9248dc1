//! Frames: what is written is read, and every rule that one frame can break has its error.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use treaty_http2::frame::{Frame, HEAD_BYTES, Head, read};
use treaty_http2::hpack::{Block, Decoder, Encoder, Name};
use treaty_http2::{Broken, Reason, Settings, Writer};

fn split(bytes: &[u8]) -> (Head, &[u8], &[u8]) {
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>().unwrap();
    let head = Head::read(head);
    let (payload, rest) = rest.split_at(head.length);
    (head, payload, rest)
}

fn written(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut Writer(&mut out));
    out
}

#[test]
fn what_is_written_is_read() {
    println!("each kind of frame, written and read");
    let settings = Settings {
        header_table_bytes: Some(4096),
        enable_push: Some(false),
        max_concurrent_streams: Some(100),
        initial_window: Some(65_535),
        max_frame_bytes: Some(16_384),
        max_header_list_bytes: Some(16_384),
    };
    let frames: [(Vec<u8>, u32, Frame<'_>); 9] = [
        (written(|w| w.data(3, b"body", true)), 3, Frame::Data { data: b"body", end: true }),
        (written(|w| w.reset(5, Reason::CANCEL)), 5, Frame::Reset(Reason::CANCEL)),
        (written(|w| w.settings(&settings)), 0, Frame::Settings(settings)),
        (written(|w| w.settings_ack()), 0, Frame::SettingsAck),
        (written(|w| w.ping([7; 8])), 0, Frame::Ping([7; 8])),
        (written(|w| w.pong([8; 8])), 0, Frame::Pong([8; 8])),
        (
            written(|w| w.go_away(9, Reason::NO_ERROR, "drained")),
            0,
            Frame::GoAway { last: 9, reason: Reason::NO_ERROR },
        ),
        (written(|w| w.window_update(0, 77)), 0, Frame::WindowUpdate(77)),
        (written(|w| w.window_update(1, 78)), 1, Frame::WindowUpdate(78)),
    ];
    for (bytes, stream, frame) in frames {
        let (head, payload, rest) = split(&bytes);
        assert_eq!((head.stream, read(head, payload), rest), (stream, Ok(frame), &[][..]));
    }
}

#[test]
fn a_long_block_goes_into_several_frames() {
    println!("HEADERS and CONTINUATION of at most 100 bytes, joined and decoded");
    let mut block = Block::new();
    block.push(":path", b"/a.B/C");
    block.push("x-long", &[b'x'; 250]);
    let bytes = written(|w| w.headers(1, &block, true, &mut Encoder::new(), 100));
    let (mut joined, mut rest, mut frames) = (Vec::new(), &bytes[..], Vec::new());
    while !rest.is_empty() {
        let (head, payload, more) = split(rest);
        match read(head, payload).unwrap() {
            Frame::Headers { block, end, whole } => {
                assert!(end && !whole && joined.is_empty());
                joined.extend(block);
            }
            Frame::Continuation { block, last } => {
                assert_eq!(last, more.is_empty());
                joined.extend(block);
            }
            other => panic!("{other:?}"),
        }
        frames.push(head.length);
        rest = more;
    }
    assert_eq!(frames, [100, 100, joined.len() - 200]);
    let mut again = Block::new();
    Decoder::new().decode(&joined, 1 << 16, &mut again).unwrap();
    assert_eq!(again.get(Name::Path), Some(&b"/a.B/C"[..]));
    assert!(again.iter().eq(block.iter()));
}

#[test]
fn padding_and_priority_are_taken_off() {
    println!("padded DATA, padded HEADERS with priority");
    let data = Head { length: 7, kind: 0, flags: 0x8, stream: 1 };
    assert_eq!(read(data, b"\x02body\0\0"), Ok(Frame::Data { data: b"body", end: false }));
    let headers = Head { length: 9, kind: 1, flags: 0x8 | 0x20 | 0x4, stream: 3 };
    let read = read(headers, b"\x01\0\0\0\x01\x10\x82\x86\0");
    assert_eq!(read, Ok(Frame::Headers { block: b"\x82\x86", end: false, whole: true }));
}

#[test]
fn every_broken_frame_has_its_error() {
    println!("kind, flags, stream, payload, error");
    let connection = |reason| (true, reason);
    let stream = |reason| (false, reason);
    for (kind, flags, on, payload, expected) in [
        (0x0, 0, 0, &b"x"[..], connection(Reason::PROTOCOL_ERROR)),
        (0x0, 8, 1, b"", connection(Reason::FRAME_SIZE_ERROR)),
        (0x0, 8, 1, b"\x05body", connection(Reason::PROTOCOL_ERROR)),
        (0x1, 4, 0, b"\x82", connection(Reason::PROTOCOL_ERROR)),
        (0x1, 0x24, 1, b"\0\0\0", connection(Reason::FRAME_SIZE_ERROR)),
        (0x1, 0x24, 1, b"\0\0\0\x01\x10\x82", connection(Reason::PROTOCOL_ERROR)),
        (0x2, 0, 0, b"\0\0\0\0\0", connection(Reason::PROTOCOL_ERROR)),
        (0x2, 0, 1, b"\0\0\0\0", stream(Reason::FRAME_SIZE_ERROR)),
        (0x2, 0, 1, b"\0\0\0\x01\0", stream(Reason::PROTOCOL_ERROR)),
        (0x3, 0, 0, b"\0\0\0\0", connection(Reason::PROTOCOL_ERROR)),
        (0x3, 0, 1, b"\0\0\0", connection(Reason::FRAME_SIZE_ERROR)),
        (0x4, 0, 1, b"", connection(Reason::PROTOCOL_ERROR)),
        (0x4, 0, 0, b"\0\0\0", connection(Reason::FRAME_SIZE_ERROR)),
        (0x4, 1, 0, b"\0\0\0\0\0\0", connection(Reason::FRAME_SIZE_ERROR)),
        (0x4, 0, 0, b"\0\x02\0\0\0\x02", connection(Reason::PROTOCOL_ERROR)),
        (0x4, 0, 0, b"\0\x04\x80\0\0\0", connection(Reason::FLOW_CONTROL_ERROR)),
        (0x4, 0, 0, b"\0\x05\0\0\x3f\xff", connection(Reason::PROTOCOL_ERROR)),
        (0x4, 0, 0, b"\0\x05\x01\0\0\0", connection(Reason::PROTOCOL_ERROR)),
        (0x5, 4, 1, b"\0\0\0\x02", connection(Reason::PROTOCOL_ERROR)),
        (0x6, 0, 1, b"12345678", connection(Reason::PROTOCOL_ERROR)),
        (0x6, 0, 0, b"1234567", connection(Reason::FRAME_SIZE_ERROR)),
        (0x7, 0, 1, b"12345678", connection(Reason::PROTOCOL_ERROR)),
        (0x7, 0, 0, b"1234567", connection(Reason::FRAME_SIZE_ERROR)),
        (0x8, 0, 0, b"\0\0\0\0", connection(Reason::PROTOCOL_ERROR)),
        (0x8, 0, 1, b"\0\0\0\0", stream(Reason::PROTOCOL_ERROR)),
        (0x8, 0, 1, b"\0\0\0", connection(Reason::FRAME_SIZE_ERROR)),
        (0x9, 4, 0, b"\x82", connection(Reason::PROTOCOL_ERROR)),
    ] {
        let head = Head { length: payload.len(), kind, flags, stream: on };
        let told = match read(head, payload) {
            Err(Broken::Connection(reason, _)) => (true, reason),
            Err(Broken::Stream(reason, _)) => (false, reason),
            Ok(frame) => panic!("{head:?} {payload:?} is {frame:?}"),
        };
        assert_eq!(told, expected, "{head:?} {payload:?}");
    }
    let unknown = Head { length: 1, kind: 0x77, flags: 0xff, stream: 0 };
    assert_eq!(read(unknown, b"?"), Ok(Frame::Ignored));
}
