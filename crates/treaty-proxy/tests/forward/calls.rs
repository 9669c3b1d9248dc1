//! What becomes of a call.

use std::time::Duration;

use treaty_http2::{Reason, Settings};
use treaty_proxy::engine::{Backend, Config, Endpoint, Outcome};

use crate::world::{Seen, World};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_call_goes_through_whole() {
    println!("request and answer, whatever pieces they come in");
    for chunk in [usize::MAX, 1, 7, 100] {
        let (mut world, client, server) = World::pair();
        world.chunk = chunk;
        world.at(client).call(1, &[("x-custom", "yes"), ("grpc-timeout", "5S")], false);
        world.at(client).writer().data(1, b"question", true);
        world.run();
        let (stream, fields, end) = world.at(server).next_headers();
        assert_eq!((stream, end), (1, false));
        assert_eq!(fields[":path"], "/a.B/C");
        assert_eq!(fields["x-custom"], "yes");
        assert_eq!(fields["grpc-timeout"], "5S");
        assert_eq!(fields["x-forwarded-client-cert"], "URI=spiffe://test/ns/a/sa/b");
        assert_eq!(world.at(server).take(), [Seen::Data(1, b"question".to_vec(), true)]);

        world.at(server).answer(1, b"answer", "0");
        world.run();
        let (stream, fields, end) = world.at(client).next_headers();
        assert_eq!((stream, end, &*fields[":status"]), (1, false, "200"));
        let trailers = vec![("grpc-status".to_owned(), "0".to_owned())];
        let rest = [Seen::Data(1, b"answer".to_vec(), false), Seen::Headers(1, trailers, true)];
        assert_eq!(world.at(client).take(), rest);
        assert_eq!(world.at(server).take(), []);
        assert_eq!(world.engine.calls(), 0);
        let notes = world.notes();
        assert_eq!(notes.finished.len(), 1);
        assert_eq!(notes.finished[0].status, Some(0));
        assert_eq!(notes.ended[0].outcome, Outcome::Status(0));
        assert_eq!(notes.in_flight[&Endpoint(1)], 0);
    }
}

#[test]
fn many_calls_share_connections() {
    println!("two callers, one endpoint, three calls each, answered in another order");
    let (mut world, first, server) = World::pair();
    let second = world.client();
    world.run();
    for stream in [1, 3, 5] {
        world.at(first).call(stream, &[("x-who", "first")], true);
        world.at(second).call(stream, &[("x-who", "second")], true);
    }
    world.run();
    let calls: Vec<_> = (0..6).map(|_| world.at(server).next_headers()).collect();
    for (stream, fields, _) in calls.iter().rev() {
        let body = fields["x-who"].clone();
        world.at(server).answer(*stream, body.as_bytes(), "0");
    }
    world.run();
    for (client, who) in [(first, "first"), (second, "second")] {
        let bodies = world.at(client).take().into_iter().filter_map(|seen| match seen {
            Seen::Data(stream, data, _) => Some((stream, String::from_utf8(data).unwrap())),
            _ => None,
        });
        let mut bodies: Vec<_> = bodies.collect();
        bodies.sort();
        assert_eq!(bodies, [1, 3, 5].map(|stream| (stream, who.to_owned())));
    }
}

#[test]
fn what_is_refused_is_told_in_grpc() {
    println!("a refusal is a trailers-only answer, and counts");
    let (mut world, client, server) = World::pair();
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/no.Such/Method"),
        ("content-type", "application/grpc"),
    ];
    world.at(client).headers(1, &fields, false);
    world.run();
    let (_, fields, end) = world.at(client).next_headers();
    assert!(end);
    assert_eq!(fields["grpc-status"], "12");
    assert_eq!(fields["grpc-message"], "nobody serves no.Such");
    assert_eq!(world.at(client).take(), [Seen::Reset(1, Reason::NO_ERROR)]);
    assert_eq!(world.at(server).take(), []);
    assert_eq!(world.notes().finished[0].status, Some(12));
    // What was on its way is passed over.
    world.at(client).writer().data(1, b"late", true);
    world.run();
    assert_eq!(world.at(client).take(), []);
}

#[test]
fn what_is_not_grpc_is_told_in_http() {
    println!("415 with a text");
    let (mut world, client, _) = World::pair();
    let fields = [(":method", "GET"), (":scheme", "http"), (":path", "/")];
    world.at(client).headers(1, &fields, true);
    world.run();
    let (_, fields, end) = world.at(client).next_headers();
    assert_eq!((end, &*fields[":status"]), (false, "415"));
    assert_eq!(world.at(client).take(), [Seen::Data(1, b"this is gRPC\n".to_vec(), true)]);
    assert_eq!(world.engine.calls(), 0);
}

#[test]
fn a_deadline_ends_a_call_on_both_sides() {
    println!("DEADLINE_EXCEEDED to the caller, CANCEL to the endpoint");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[("grpc-timeout", "1S")], false);
    world.run();
    world.at(server).take();
    world.pass(SECOND - Duration::from_millis(20));
    assert_eq!(world.at(client).take(), []);
    world.pass(Duration::from_millis(40));
    let (_, fields, end) = world.at(client).next_headers();
    assert_eq!((end, &*fields["grpc-status"]), (true, "4"));
    assert_eq!(world.at(server).take(), [Seen::Reset(1, Reason::CANCEL)]);
    assert_eq!(world.notes().ended[0].outcome, Outcome::TimedOut);
}

#[test]
fn a_caller_that_goes_away_takes_its_call_along() {
    println!("a reset by the caller reaches the endpoint");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], false);
    world.run();
    world.at(client).writer().reset(1, Reason::CANCEL);
    world.run();
    world.at(server).next_headers();
    assert_eq!(world.at(server).take(), [Seen::Reset(1, Reason::CANCEL)]);
    assert_eq!(world.notes().finished[0].status, None);
    world.at(client).call(3, &[], false);
    world.run();
    world.at(server).next_headers();
    world.cut(client);
    assert_eq!(world.at(server).take(), [Seen::Reset(3, Reason::CANCEL)]);
    assert_eq!(world.engine.calls(), 0);
}

#[test]
fn a_call_waits_for_an_endpoint_and_not_forever() {
    println!("waits for the connection; the time it waited is taken off its timeout");
    let mut world = World::new(Config::default());
    let client = world.client();
    world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
    world.at(client).call(1, &[("grpc-timeout", "9S")], false);
    world.at(client).writer().data(1, b"question", true);
    world.run();
    world.pass(SECOND);
    let server = world.serve(Settings::default());
    world.run();
    let (_, fields, _) = world.at(server).next_headers();
    let left = treaty_core::deadline::parse(&fields["grpc-timeout"]).unwrap();
    assert!(left <= SECOND * 8 && left > SECOND * 7, "{left:?}");
    assert_eq!(world.at(server).take(), [Seen::Data(1, b"question".to_vec(), true)]);
    world.cut(server);
    world.at(client).take();

    world.at(client).call(3, &[], true);
    world.run();
    world.pass(SECOND * 3 + Duration::from_millis(20));
    let (_, fields, _) = world.at(client).next_headers();
    assert_eq!(fields["grpc-status"], "14");
    assert_eq!(world.engine.calls(), 0);
}

#[test]
fn a_call_is_sent_again_where_it_may_be() {
    println!("UNAVAILABLE at first, then an answer; the body is sent twice and credited once");
    let (mut world, client, server) = World::pair();
    world.notes().attempts = 2;
    world.notes().retry_wait = Some(Duration::from_millis(50));
    world.at(client).call(1, &[], false);
    world.at(client).writer().data(1, b"question", false);
    world.run();
    world.at(server).take();
    world.at(server).headers(1, &[(":status", "200"), ("grpc-status", "14")], true);
    world.run();
    assert_eq!(world.at(server).take(), [Seen::Reset(1, Reason::CANCEL)]);
    world.at(client).writer().data(1, b", and more", true);
    world.run();
    world.pass(Duration::from_millis(60));
    let (stream, fields, _) = world.at(server).next_headers();
    assert_eq!((stream, &*fields["grpc-previous-rpc-attempts"]), (3, "1"));
    let data: Vec<u8> = world
        .at(server)
        .take()
        .into_iter()
        .flat_map(|seen| match seen {
            Seen::Data(3, data, _) => data,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(data, b"question, and more");
    world.at(server).answer(3, b"answer", "14");
    world.run();
    let (_, fields, _) = world.at(client).next_headers();
    assert_eq!(fields[":status"], "200", "the second answer goes through as it is");
    assert_eq!(world.at(client).take().len(), 2);
    assert_eq!(world.engine.calls(), 0);
}

#[test]
fn a_refused_stream_goes_elsewhere_at_once() {
    println!("REFUSED_STREAM, then GOAWAY below the stream: no attempt is counted");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], true);
    world.run();
    world.at(server).next_headers();
    world.at(server).writer().reset(1, Reason::REFUSED_STREAM);
    world.run();
    let (stream, fields, _) = world.at(server).next_headers();
    assert_eq!(stream, 3);
    assert!(!fields.contains_key("grpc-previous-rpc-attempts"));

    world.at(client).call(3, &[], true);
    world.run();
    assert_eq!(world.at(server).next_headers().0, 5);
    world.at(server).writer().go_away(3, Reason::NO_ERROR, "");
    world.run();
    world.pass(Duration::from_millis(200));
    let other = world.serve(Settings::default());
    world.run();
    assert_eq!(world.at(other).next_headers().0, 1);
    world.at(server).answer(3, b"", "0");
    world.at(other).answer(1, b"", "0");
    world.run();
    let ends = world.at(client).take().into_iter();
    let ends = ends.filter(|seen| matches!(seen, Seen::Headers(_, _, true)));
    assert_eq!(ends.count(), 2, "both calls are answered");
}

#[test]
fn a_lost_connection_is_told_and_made_again() {
    println!("UNAVAILABLE for calls under way; the next call goes over a new connection");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], true);
    world.at(client).call(3, &[], true);
    world.run();
    world.at(server).headers(3, &[(":status", "200")], false);
    world.run();
    world.at(client).next_headers();
    world.cut(server);
    for (stream, answered) in [(1, false), (3, true)] {
        let seen = world.at(client).take_stream(stream);
        let Some(Seen::Headers(_, fields, true)) = seen.last() else { panic!("{seen:?}") };
        assert!(fields.contains(&("grpc-status".to_owned(), "14".to_owned())), "{fields:?}");
        assert_eq!(fields.iter().any(|(name, _)| name == ":status"), !answered);
    }
    world.pass(Duration::from_millis(200));
    let server = world.serve(Settings::default());
    world.run();
    world.at(client).call(5, &[], true);
    world.run();
    assert_eq!(world.at(server).next_headers().0, 1);
}

#[test]
fn a_whole_answer_outlives_its_connection() {
    println!("the answer waits for the caller's window while the endpoint goes away");
    let mut world = World::new(Config::default());
    let client = world.client_with(Settings { initial_window: Some(0), ..Settings::default() });
    world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
    let server = world.serve(Settings::default());
    world.run();
    world.at(client).call(1, &[], true);
    world.run();
    world.at(server).answer(1, b"answer", "0");
    world.run();
    world.at(client).next_headers();
    world.cut(server);
    assert_eq!(world.at(client).take(), []);
    assert_eq!(world.notes().ended[0].outcome, Outcome::Status(0));
    world.at(client).writer().window_update(1, 100);
    world.run();
    let trailers = vec![("grpc-status".to_owned(), "0".to_owned())];
    let rest = [Seen::Data(1, b"answer".to_vec(), false), Seen::Headers(1, trailers, true)];
    assert_eq!(world.at(client).take(), rest);
    assert_eq!(world.engine.calls(), 0);
}

#[test]
fn a_caller_that_does_not_wait_leaves_its_place() {
    println!("three may wait; those that went away do not count");
    let mut world = World::new(Config { max_waiting: 3, ..Config::default() });
    let client = world.client();
    for stream in [1, 3, 5, 7] {
        world.at(client).call(stream, &[], true);
    }
    world.run();
    assert_eq!(world.at(client).next_headers().1["grpc-status"], "14");
    world.at(client).writer().reset(1, Reason::CANCEL);
    world.at(client).call(9, &[], true);
    world.run();
    assert_eq!(world.at(client).take(), []);
}
