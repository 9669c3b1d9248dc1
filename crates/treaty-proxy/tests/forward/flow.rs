//! Windows: nobody is sent more than was allowed, nobody is stopped for good.

use treaty_http2::{INITIAL_WINDOW, Reason, Settings};
use treaty_proxy::engine::{Backend, Config, Endpoint};

use crate::world::{Seen, World};

fn bytes_of(seen: &[Seen]) -> usize {
    seen.iter().map(|seen| if let Seen::Data(_, data, _) = seen { data.len() } else { 0 }).sum()
}

#[test]
fn a_slow_endpoint_holds_its_caller_back() {
    println!("an endpoint with a window of 10 bytes: the caller gets no more than its own window");
    let mut world = World::new(Config::default());
    let client = world.client();
    world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
    let server = world.serve(Settings { initial_window: Some(10), ..Settings::default() });
    world.run();
    world.at(client).call(1, &[], false);
    for _ in 0..6 {
        world.at(client).writer().data(1, &[b'x'; 10_000], false);
    }
    world.run();
    assert_eq!(bytes_of(&world.at(server).take()), 10);
    assert_eq!(world.at(client).windows.get(&1), None, "no window is given back");
    let mut received = 10;
    while received < 60_000 {
        world.at(server).writer().window_update(1, 7_000);
        world.run();
        let bytes = bytes_of(&world.at(server).take());
        assert_eq!(bytes, 7_000.min(60_000 - received));
        received += bytes;
    }
    assert!(world.at(client).windows[&1] > 40_000, "the caller may go on");
}

#[test]
fn a_caller_over_its_window_is_stopped() {
    println!("more than 65,535 bytes to an endpoint that takes none: FLOW_CONTROL_ERROR");
    let mut world = World::new(Config::default());
    let client = world.client();
    world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
    let server = world.serve(Settings { initial_window: Some(0), ..Settings::default() });
    world.run();
    world.at(client).call(1, &[], false);
    for _ in 0..7 {
        world.at(client).writer().data(1, &[b'x'; 10_000], false);
    }
    world.run();
    assert_eq!(world.at(client).take(), [Seen::Reset(1, Reason::FLOW_CONTROL_ERROR)]);
    world.at(server).next_headers();
    assert_eq!(world.at(server).take(), [Seen::Reset(1, Reason::CANCEL)]);
}

#[test]
fn streams_share_a_connection_window_in_turn() {
    println!("an endpoint's connection window of 65,535 for three callers of 60,000 bytes");
    let mut world = World::new(Config::default());
    let client = world.client();
    world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
    let large = Settings { initial_window: Some(1 << 20), ..Settings::default() };
    let server = world.serve(large);
    world.run();
    for stream in [1, 3, 5] {
        world.at(client).call(stream, &[], false);
        for _ in 0..6 {
            world.at(client).writer().data(stream, &[b'x'; 10_000], false);
        }
        world.at(client).headers(stream, &[("x-last", "yes")], true);
    }
    world.run();
    let ends = |seen: &[Seen]| {
        seen.iter().filter(|seen| matches!(seen, Seen::Headers(_, _, true))).count()
    };
    let seen = world.at(server).take();
    let (mut received, mut ended) = (bytes_of(&seen), ends(&seen));
    assert_eq!(received, INITIAL_WINDOW as usize);
    while received < 180_000 {
        world.at(server).writer().window_update(0, 30_000);
        world.run();
        let seen = world.at(server).take();
        ended += ends(&seen);
        received += bytes_of(&seen);
    }
    assert_eq!((received, ended), (180_000, 3), "trailers come after all data");
}

#[test]
fn a_smaller_window_reaches_open_streams() {
    println!("SETTINGS that take 65,535 to 0 and back, with a stream half sent");
    let (mut world, client, server) = World::pair();
    world.at(client).call(1, &[], false);
    world.at(client).writer().data(1, &[b'x'; 1_000], false);
    world.run();
    let none = Settings { initial_window: Some(0), ..Settings::default() };
    world.at(server).writer().settings(&none);
    world.run();
    assert_eq!(bytes_of(&world.at(server).take()), 1_000);
    world.at(client).writer().data(1, &[b'x'; 1_000], true);
    world.run();
    assert_eq!(world.at(server).take(), []);
    let some = Settings { initial_window: Some(1_500), ..Settings::default() };
    world.at(server).writer().settings(&some);
    world.run();
    assert_eq!(bytes_of(&world.at(server).take()), 500);
    world.at(server).writer().window_update(1, 500);
    world.run();
    assert_eq!(world.at(server).take(), [Seen::Data(1, vec![b'x'; 500], true)]);
}

#[test]
fn a_full_endpoint_gets_a_second_connection() {
    println!("MAX_CONCURRENT_STREAMS of 2: a third call waits for another connection");
    let mut world = World::new(Config::default());
    let client = world.client();
    world.engine.add_endpoint(Endpoint(1), Backend(1), world.now);
    let two = Settings { max_concurrent_streams: Some(2), ..Settings::default() };
    let first = world.serve(two);
    world.run();
    for stream in [1, 3, 5] {
        world.at(client).call(stream, &[], true);
    }
    world.run();
    assert_eq!(world.at(first).take().len(), 2);
    let second = world.serve(two);
    world.run();
    assert_eq!(world.at(second).take().len(), 1);

    println!("and one that waits takes the place of one that ends");
    world.at(client).call(7, &[], true);
    world.at(client).call(9, &[], true);
    world.run();
    assert_eq!(world.at(second).take().len(), 1);
    world.at(first).answer(1, b"", "0");
    world.run();
    assert_eq!(world.at(first).next_headers().0, 5);
}
