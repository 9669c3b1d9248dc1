//! How connections begin, live and end.

use std::time::Duration;

use treaty_http2::{MAX_WINDOW, Reason, Settings};
use treaty_proxy::engine::{Backend, Config, Endpoint};

use crate::world::{Seen, World};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn draining_says_so_twice_and_loses_nothing() {
    println!(
        "GOAWAY with the highest number, a PING, GOAWAY with the last stream, the answer, the end"
    );
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], true);
    world.run();
    world.at(client).answers_pings = false;
    world.engine.drain_connections(world.now);
    world.run();
    assert_eq!(world.at(client).take(), [Seen::GoAway(MAX_WINDOW, Reason::NO_ERROR)]);
    // A call that was on its way is still taken.
    world.at(client).call(3, &[], true);
    world.at(client).writer().pong(*b"draining");
    world.run();
    assert_eq!(world.at(client).take(), [Seen::GoAway(3, Reason::NO_ERROR)]);
    world.at(client).call(5, &[], true);
    world.run();
    assert_eq!(world.at(client).take(), [Seen::Reset(5, Reason::REFUSED_STREAM)]);
    world.at(server).answer(1, b"", "0");
    world.at(server).answer(3, b"", "0");
    world.run();
    assert_eq!(world.at(client).take().len(), 6);
    assert_eq!(world.engine.connections(), 1, "the caller's is closed, the endpoint's is not");
}

#[test]
fn draining_ends_even_when_a_caller_does_not_answer() {
    println!("no PONG, and a call that never ends");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], true);
    world.run();
    world.at(client).answers_pings = false;
    world.engine.drain_connections(world.now);
    world.pass(SECOND * 2);
    let told = world.at(client).take();
    assert_eq!(told.last(), Some(&Seen::GoAway(1, Reason::NO_ERROR)), "{told:?}");
    world.at(server).take();
    world.pass(SECOND * 31);
    assert_eq!(world.at(server).take(), [Seen::Reset(1, Reason::CANCEL)]);
    assert_eq!(world.engine.calls(), 0);
}

#[test]
fn an_endpoint_that_cannot_be_reached_is_tried_less_and_less() {
    println!("attempts in 30 s, and calls that come meanwhile");
    let mut world = World::new(Config::default());
    world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
    world.run();
    let mut attempts = 0;
    for _ in 0..3_000 {
        while !world.to_connect.is_empty() {
            attempts += 1;
            world.fail_connect();
        }
        world.pass(Duration::from_millis(10));
    }
    assert!((6..20).contains(&attempts), "{attempts}");
    assert_eq!(world.notes().ready, []);
    while world.to_connect.is_empty() {
        world.pass(Duration::from_millis(100));
    }
    world.serve(Settings::default());
    world.run();
    assert_eq!(world.notes().ready, [Endpoint(1)]);
}

#[test]
fn a_dead_endpoint_is_noticed() {
    println!("no word for 10 s, no answer to a PING for 3 s");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], true);
    world.run();
    world.pass(SECOND * 20);
    assert_eq!(world.at(client).take(), [], "it answers pings");
    world.at(server).answers_pings = false;
    world.pass(SECOND * 15);
    let (_, fields, _) = world.at(client).next_headers();
    assert_eq!(fields["grpc-status"], "14");
    assert_eq!(world.notes().ready, []);
}

#[test]
fn an_endpoint_that_is_removed_finishes_what_it_has() {
    println!("GOAWAY to it, its call is answered, the next goes elsewhere");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], true);
    world.run();
    world.at(server).next_headers();
    world.engine.add_endpoint(Endpoint(2), Backend(1), world.now);
    let other = world.serve(Settings::default());
    world.run();
    world.engine.remove_endpoint(Endpoint(1), world.now);
    world.at(client).call(3, &[], true);
    world.run();
    assert_eq!(world.at(other).next_headers().0, 1);
    assert_eq!(world.at(server).take(), [Seen::GoAway(0, Reason::NO_ERROR)]);
    world.at(server).answer(1, b"", "0");
    world.run();
    assert_eq!(world.at(client).take_stream(1).len(), 3);
    assert_eq!(world.engine.connections(), 2, "the removed one is closed");
}
