//! A caller and an endpoint that may say anything, with the forwarder between them.

use std::time::Duration;

use treaty_http2::{PREFACE, Settings, Writer};
use treaty_proxy::engine::{
    Backend, Call, Command, Config, Decision, Director, Ended, Endpoint, Engine, Finished, Key,
    Method, Outcome, Peer, Say,
};

/// Forwards all that is gRPC, and tries twice.
#[derive(Debug, Default)]
struct Everything {
    is_ready: bool,
    in_flight: i64,
}

impl Director for Everything {
    fn decide(&mut self, call: &Call<'_>, _: Duration) -> Decision {
        if call.head.path.is_empty() {
            return Decision::NotGrpc { status: 415, text: "this is gRPC\n" };
        }
        Decision::Forward {
            backend: Backend(0),
            method: Method(0),
            timeout: None,
            attempts: 2,
            say: Say { identity: true },
        }
    }

    fn pick(&mut self, _: Backend, _: Duration) -> Option<Endpoint> {
        self.is_ready.then_some(Endpoint(0))
    }

    fn connected(&mut self, _: Endpoint, _: Duration) {
        assert!(!std::mem::replace(&mut self.is_ready, true), "connected twice");
    }

    fn disconnected(&mut self, _: Endpoint, _: Duration) {
        assert!(std::mem::replace(&mut self.is_ready, false), "disconnected twice");
    }

    fn began(&mut self, _: Endpoint, _: Duration) {
        self.in_flight += 1;
    }

    fn ended(&mut self, _: Ended, _: Duration) {
        self.in_flight -= 1;
    }

    fn retries(&mut self, _: Backend, _: Outcome, _: u8, _: Duration) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn finished(&mut self, _: Finished) {}

    fn identity(&self, _: Peer) -> Option<&str> {
        Some("URI=spiffe://a/ns/b/sa/c")
    }
}

/// What a caller (even) or an endpoint (odd) says: a byte for who, one for how many bytes follow
/// or, above 250, for time that passes. Both have greeted as they must, so that what follows is
/// frames.
pub fn http2(bytes: &[u8]) {
    let config = Config { max_streams: 20, ..Config::default() };
    let bound = 2 * 21 * config.stream_window as usize + (1 << 20);
    let mut now = Duration::from_secs(1);
    let mut engine = Engine::new(config, Everything::default(), 1, now);
    let caller = engine.accept(Peer(0), now);
    let mut greeting = PREFACE.to_vec();
    Writer(&mut greeting).settings(&Settings::default());
    engine.receive(caller, &greeting, now);
    engine.add_endpoint(Endpoint(0), Backend(0), now);
    let mut endpoint = greeted(&mut engine, now);
    let mut rest = bytes;
    while let [who, length, more @ ..] = rest {
        let (said, more) = more.split_at(usize::from(*length).min(more.len()));
        rest = more;
        if *length > 250 {
            now += Duration::from_millis(u64::from(*who) * 10);
            engine.turn(now);
        }
        match (who % 2, endpoint) {
            (0, _) => engine.receive(caller, said, now),
            (_, Some(endpoint)) => engine.receive(endpoint, said, now),
            (_, None) => endpoint = greeted(&mut engine, now),
        }
        settle(&mut engine, now, bound);
        if endpoint.is_some_and(|key| engine.outbox(key).is_none()) {
            endpoint = None;
        }
        assert!(engine.calls() <= 20, "more calls than were allowed");
    }
    engine.closed(caller, now);
    settle(&mut engine, now, bound);
    assert_eq!(engine.calls(), 0, "calls without a caller");
    assert_eq!(engine.director().in_flight, 0, "an endpoint is held to calls that have ended");
}

/// Takes the connection that the engine asks for, if it asks.
fn greeted(engine: &mut Engine<Everything>, now: Duration) -> Option<Key> {
    let key = engine.commands().into_iter().find_map(|command| match command {
        Command::Connect(key, _) => Some(key),
        Command::Abandon(_) => None,
    })?;
    let mut greeting = Vec::new();
    Writer(&mut greeting).settings(&Settings::default());
    engine.receive(key, &greeting, now);
    Some(key)
}

/// Writes what is to be written, to nobody.
fn settle(engine: &mut Engine<Everything>, now: Duration, bound: usize) {
    let mut dirty = Vec::new();
    loop {
        engine.take_dirty(&mut dirty);
        if dirty.is_empty() {
            return;
        }
        for &key in &dirty {
            let Some(outbox) = engine.outbox(key) else { continue };
            assert!(outbox.len() <= bound, "{} bytes for a peer of a few calls", outbox.len());
            outbox.clear();
            engine.drained(key);
            if engine.is_closing(key) {
                engine.closed(key, now);
            }
        }
    }
}
