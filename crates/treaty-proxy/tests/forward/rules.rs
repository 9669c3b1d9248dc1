//! Peers that break the rules of HTTP/2, and what it costs them.

use std::time::Duration;

use treaty_http2::{MAX_WINDOW, PREFACE, Reason, Settings, Writer};
use treaty_proxy::engine::{Allowance, Config, Peer as Caller};

use crate::world::{Id, Seen, World};

fn raw(world: &mut World, client: Id, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let [_, a, b, c] = (payload.len() as u32).to_be_bytes();
    let [d, e, f, g] = stream.to_be_bytes();
    world.at(client).outbox.extend_from_slice(&[a, b, c, kind, flags, d, e, f, g]);
    world.at(client).outbox.extend_from_slice(payload);
    world.run();
}

/// What a caller is told last, and whether anything is left of it.
fn end(world: &mut World, client: Id) -> Option<Reason> {
    match world.at(client).take().pop()? {
        Seen::GoAway(_, reason) => Some(reason),
        _ => None,
    }
}

#[test]
fn what_breaks_a_connection_ends_it() {
    println!("each with its code; calls under way are ended at the endpoint");
    type Case = (&'static str, u8, u8, u32, &'static [u8], Reason);
    let cases: [Case; 16] = [
        ("DATA on an idle stream", 0x0, 0, 7, b"x", Reason::PROTOCOL_ERROR),
        ("DATA on stream 0", 0x0, 0, 0, b"x", Reason::PROTOCOL_ERROR),
        ("HEADERS on stream 0", 0x1, 4, 0, b"\x82", Reason::PROTOCOL_ERROR),
        ("HEADERS of an even stream", 0x1, 4, 8, b"\x82", Reason::PROTOCOL_ERROR),
        ("HEADERS that cannot be read", 0x1, 4, 7, b"\xff", Reason::COMPRESSION_ERROR),
        ("RST_STREAM of an idle stream", 0x3, 0, 7, b"\0\0\0\0", Reason::PROTOCOL_ERROR),
        ("RST_STREAM of 3 bytes", 0x3, 0, 1, b"\0\0\0", Reason::FRAME_SIZE_ERROR),
        ("SETTINGS on a stream", 0x4, 0, 1, b"", Reason::PROTOCOL_ERROR),
        ("SETTINGS of 5 bytes", 0x4, 0, 0, b"\0\0\0\0\0", Reason::FRAME_SIZE_ERROR),
        ("a window of 2^31", 0x4, 0, 0, b"\0\x04\x80\0\0\0", Reason::FLOW_CONTROL_ERROR),
        ("PUSH_PROMISE", 0x5, 4, 1, b"\0\0\0\x02\x82", Reason::PROTOCOL_ERROR),
        ("PING of 7 bytes", 0x6, 0, 0, b"1234567", Reason::FRAME_SIZE_ERROR),
        ("GOAWAY on a stream", 0x7, 0, 1, b"12345678", Reason::PROTOCOL_ERROR),
        ("WINDOW_UPDATE of an idle stream", 0x8, 0, 7, b"\0\0\0\x01", Reason::PROTOCOL_ERROR),
        ("WINDOW_UPDATE by 0", 0x8, 0, 0, b"\0\0\0\0", Reason::PROTOCOL_ERROR),
        ("CONTINUATION of nothing", 0x9, 4, 1, b"\x82", Reason::PROTOCOL_ERROR),
    ];
    for (what, kind, flags, stream, payload, reason) in cases {
        let (mut world, client, server) = World::pair();
        world.at(client).call(5, &[], false);
        world.run();
        world.at(server).take();
        raw(&mut world, client, kind, flags, stream, payload);
        assert_eq!(end(&mut world, client), Some(reason), "{what}");
        assert_eq!(world.at(server).take(), [Seen::Reset(1, Reason::CANCEL)], "{what}");
        assert_eq!(world.engine.calls(), 0, "{what}");
        assert_eq!(world.engine.connections(), 1, "{what}");
    }
}

#[test]
fn what_breaks_a_stream_ends_that_stream() {
    println!("another call on the connection goes on");
    let cases: [(&str, u8, u8, &[u8], Reason); 4] = [
        ("WINDOW_UPDATE by 0", 0x8, 0, b"\0\0\0\0", Reason::PROTOCOL_ERROR),
        ("a priority on itself", 0x2, 0, b"\0\0\0\x01\0", Reason::PROTOCOL_ERROR),
        ("PRIORITY of 4 bytes", 0x2, 0, b"\0\0\0\x03", Reason::FRAME_SIZE_ERROR),
        ("trailers without an end", 0x1, 4, b"\x90", Reason::PROTOCOL_ERROR),
    ];
    for (what, kind, flags, payload, reason) in cases {
        let (mut world, client, server) = World::pair();
        world.at(client).call(1, &[], false);
        world.at(client).call(3, &[], true);
        world.run();
        raw(&mut world, client, kind, flags, 1, payload);
        assert_eq!(world.at(client).take(), [Seen::Reset(1, reason)], "{what}");
        world.at(server).answer(3, b"", "0");
        world.run();
        assert_eq!(world.at(client).take().len(), 3, "{what}");
    }
}

#[test]
fn a_body_is_as_long_as_it_says() {
    println!("content-length of 3, with 2 and 4 bytes");
    for body in [&b"ab"[..], b"abcd"] {
        let (mut world, client, _) = World::pair();
        world.at(client).call(1, &[("content-length", "3")], false);
        world.at(client).writer().data(1, body, true);
        world.run();
        assert_eq!(world.at(client).take(), [Seen::Reset(1, Reason::PROTOCOL_ERROR)]);
    }
}

#[test]
fn frames_on_a_stream_that_has_ended() {
    println!("DATA and HEADERS after END_STREAM, HEADERS out of turn");
    let (mut world, client, server) = World::pair();
    world.at(client).call(5, &[], true);
    world.run();
    world.at(client).writer().data(5, b"more", true);
    world.run();
    assert_eq!(world.at(client).take(), [Seen::Reset(5, Reason::STREAM_CLOSED)]);
    world.at(client).call(7, &[], true);
    world.run();
    world.at(server).take();
    world.at(server).answer(3, b"", "0");
    world.run();
    world.at(client).take();
    world.at(client).call(7, &[], true);
    world.run();
    assert_eq!(end(&mut world, client), Some(Reason::STREAM_CLOSED));

    let (mut world, client, _) = World::pair();
    world.at(client).call(5, &[], true);
    world.at(client).call(3, &[], true);
    world.run();
    assert_eq!(end(&mut world, client), Some(Reason::PROTOCOL_ERROR));
}

#[test]
fn windows_do_not_overflow() {
    println!("of a connection and of a stream");
    let (mut world, client, _) = World::pair();
    world.at(client).call(1, &[], false);
    world.at(client).writer().window_update(1, MAX_WINDOW);
    world.run();
    assert_eq!(world.at(client).take(), [Seen::Reset(1, Reason::FLOW_CONTROL_ERROR)]);
    world.at(client).writer().window_update(0, MAX_WINDOW);
    world.run();
    assert_eq!(end(&mut world, client), Some(Reason::FLOW_CONTROL_ERROR));
}

#[test]
fn a_client_begins_as_it_must() {
    println!("another preface, another first frame, no word at all");
    let mut world = World::new(Config::default());
    let client = world.client();
    world.at(client).outbox = b"GET / HTTP/1.1\r\n".to_vec();
    world.run();
    assert_eq!(end(&mut world, client), Some(Reason::PROTOCOL_ERROR));

    let client = world.client();
    let mut first = PREFACE.to_vec();
    Writer(&mut first).ping([0; 8]);
    world.at(client).outbox = first;
    world.run();
    assert_eq!(end(&mut world, client), Some(Reason::PROTOCOL_ERROR));

    let silent = world.engine.accept(Caller(0), world.now);
    world.engine.receive(silent, &PREFACE[..10], world.now);
    assert!(!world.engine.is_closing(silent));
    world.engine.turn(world.now + Duration::from_secs(6));
    assert!(world.engine.is_closing(silent));
}

#[test]
fn floods_are_stopped() {
    println!(
        "PING, SETTINGS, empty DATA, PRIORITY, empty CONTINUATION, rapid reset, too many calls"
    );
    type Flood = fn(&mut World, Id, u32);
    let floods: [(&str, Flood); 7] = [
        ("PING", |world, client, _| world.at(client).writer().ping([1; 8])),
        ("SETTINGS", |world, client, _| world.at(client).writer().settings(&Settings::default())),
        ("empty DATA", |world, client, _| world.at(client).writer().data(1, b"", false)),
        ("PRIORITY", |world, client, _| raw(world, client, 2, 0, 1, b"\0\0\0\x03\0")),
        ("unknown frames", |world, client, _| raw(world, client, 0x77, 0, 0, b"")),
        ("rapid reset", |world, client, round| {
            let stream = 3 + 2 * round;
            world.at(client).call(stream, &[], true);
            world.at(client).writer().reset(stream, Reason::CANCEL);
        }),
        ("malformed calls", |world, client, round| {
            world.at(client).headers(3 + 2 * round, &[("x", "y")], true);
        }),
    ];
    for (what, flood) in floods {
        let (mut world, client, _) = World::pair();
        world.at(client).call(1, &[], false);
        world.run();
        let mut ended = None;
        for round in 0..10_000 {
            flood(&mut world, client, round);
            world.run();
            ended = world.at(client).take().into_iter().find_map(|seen| match seen {
                Seen::GoAway(_, reason) => Some((round, reason)),
                _ => None,
            });
            if ended.is_some() {
                break;
            }
        }
        let Some((round, reason)) = ended else { panic!("{what} goes on and on") };
        assert_eq!(reason, Reason::ENHANCE_YOUR_CALM, "{what}");
        assert!(round <= 2_100, "{what} was stopped after {round}");
    }
}

#[test]
fn a_header_block_has_its_bounds() {
    println!(
        "a list of 20 KB is refused in words; a block that goes on and on ends the connection"
    );
    let (mut world, client, _) = World::pair();
    let long = "x".repeat(9_000);
    world.at(client).call(1, &[("x-a", &long), ("x-b", &long)], true);
    world.run();
    let (_, fields, _) = world.at(client).next_headers();
    assert_eq!(fields["grpc-status"], "8");
    world.at(client).call(3, &[], true);
    world.run();
    assert_eq!(world.at(client).take(), [], "the next call is read as ever");

    raw(&mut world, client, 0x1, 0, 5, b"");
    for _ in 0..10 {
        raw(&mut world, client, 0x9, 0, 5, &[0; 8_000]);
    }
    assert_eq!(end(&mut world, client), Some(Reason::ENHANCE_YOUR_CALM));
}

#[test]
fn calls_at_a_time_are_bounded() {
    println!("two at a time: the third is refused, and may be tried again");
    let mut world = World::new(Config {
        max_streams: 2,
        early_ends: Allowance { burst: 10, per_second: 1 },
        ..Config::default()
    });
    let key = world.engine.accept(Caller(0), world.now);
    assert!(world.engine.outbox(key).is_some());
    let client = world.client();
    for stream in [1, 3, 5] {
        world.at(client).call(stream, &[], true);
    }
    world.run();
    assert_eq!(world.at(client).take(), [Seen::Reset(5, Reason::REFUSED_STREAM)]);
}
